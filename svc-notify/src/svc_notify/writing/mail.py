"""A claimed delivery as an e-mail."""

from dataclasses import dataclass

from hub_core.language import Language
from hub_service.chassis import Resources

from .. import keys
from ..channels import mail
from ..clients import Contacts
from ..domain.deliveries import Answer, Outcome
from ..operations import unsubscribing
from ..operations.sending import Claimed
from ..settings import Settings
from . import asking, wording


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to go; the address lives only as long as the attempt."""

    address: str
    language: Language
    content: bytes


async def write(hub: Resources, settings: Settings, contacts: Contacts, claimed: Claimed) -> Mail | Outcome:
    """The e-mail of a claimed delivery, or how its attempt ends before there is one."""
    delivery = claimed.delivery
    known = await asking.ask(hub, settings, contacts, delivery.message)
    if isinstance(known, Outcome):
        return known
    if known.email is None:
        return Outcome(Answer.NO_ADDRESS)
    master_key = keys.derived_from(settings.notify_key.get_secret_value())
    end = unsubscribing.address(master_key, settings.public_origin, delivery.message)
    letter = wording.letter(settings, wording.opened(settings, claimed), known, end.page if end else "")
    try:
        content = mail.compose(
            delivery,
            letter,
            settings.notify_sender,
            known.email,
            known.calendar,
            end.headers if end else None,
        )
    except mail.UnusableAddress:
        return Outcome(Answer.ADDRESS_UNUSABLE)
    return Mail(known.email, known.language, content)
