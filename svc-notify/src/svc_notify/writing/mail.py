"""A claimed delivery as an e-mail."""

from dataclasses import dataclass
from typing import Final

from hub_core.language import Language
from hub_service.chassis import Resources

from .. import keys
from ..channels import dkim, mail
from ..channels.return_paths import ReturnPaths
from ..clients import Contacts
from ..domain.deliveries import Answer, Delivery, Outcome
from ..domain.kinds import Lane
from ..operations import unsubscribing
from ..operations.sending import Claimed
from ..settings import Settings
from . import asking, wording
from .left_alone import LeftAlone

_SPARING: Final = frozenset({Lane.REMINDER, Lane.BULK})
"""What is not handed over to an address that sent messages back; codes and notices are tried."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to go; the address lives only as long as the attempt."""

    address: str
    language: Language
    content: bytes
    return_path: str
    envelope_id: str


class Stationery:
    """What every e-mail of this service is written with: its sender, return paths and signatures."""

    def __init__(self, settings: Settings) -> None:
        self.sender = settings.notify_sender
        self.domain = mail.domain_of(settings.notify_sender)
        master_key = keys.derived_from(settings.notify_key.get_secret_value())
        self.return_paths = ReturnPaths(master_key, settings.notify_bounce_domain or self.domain)
        self.left_alone = LeftAlone(master_key)
        self._keys = tuple(dkim.load(*each) for each in settings.notify_dkim_keys.items())

    def finish(self, delivery: Delivery, content: bytes, address: str, language: Language) -> Mail:
        """A composed message as it goes out."""
        return Mail(
            address,
            language,
            dkim.sign(content, self.domain, self._keys, delivery.queued_at),
            self.return_paths.of(delivery.id, address),
            str(delivery.id),
        )


async def write(
    hub: Resources, settings: Settings, contacts: Contacts, stationery: Stationery, claimed: Claimed
) -> Mail | Outcome:
    """The e-mail of a claimed delivery, or how its attempt ends before there is one."""
    delivery = claimed.delivery
    known = await asking.ask(hub, settings, contacts, delivery.message)
    if isinstance(known, Outcome):
        return known
    if known.email is None:
        return Outcome(Answer.NO_ADDRESS)
    if delivery.lane in _SPARING and await stationery.left_alone.has(hub, known.email):
        return Outcome(Answer.SUPPRESSED)
    master_key = keys.derived_from(settings.notify_key.get_secret_value())
    end = unsubscribing.address(master_key, settings.public_origin, delivery.message)
    letter = wording.letter(settings, wording.opened(settings, claimed), known, end.page if end else "")
    try:
        content = mail.compose(
            delivery,
            letter,
            stationery.sender,
            known.email,
            known.calendar,
            end.headers if end else None,
        )
    except mail.UnusableAddress:
        return Outcome(Answer.ADDRESS_UNUSABLE)
    return stationery.finish(delivery, content, known.email, known.language)
