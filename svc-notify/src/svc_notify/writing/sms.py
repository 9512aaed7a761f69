"""A claimed delivery as a text message."""

from hub_core import clock
from hub_core.phone import REGION, Phone, parse
from hub_service.chassis import Resources

from ..channels.sms_gateways import Text
from ..clients import Contacts
from ..domain import kinds, sms_text
from ..domain.channels import Channel
from ..domain.deliveries import Answer, Outcome
from ..domain.kinds import Lane, Purpose
from ..operations.sending import Claimed
from ..settings import Settings
from . import asking, wording


async def write(hub: Resources, settings: Settings, contacts: Contacts, claimed: Claimed) -> Text | Outcome:
    """The text message of a claimed delivery, or how its attempt ends before there is one.

    Only a mobile number gets one; what rests on a person's consent goes to Romanian numbers only (8.1).
    It keeps its diacritics where the recipient wants that, or its template does (edge case 84).
    """
    delivery, message = claimed.delivery, claimed.delivery.message
    known = await asking.ask(hub, settings, contacts, message)
    if isinstance(known, Outcome):
        return known
    if known.phone is None:
        return Outcome(Answer.NO_ADDRESS)
    phone = _parsed(known.phone)
    if phone is None or not phone.takes_sms or (_is_by_consent(claimed) and phone.region != REGION):
        return Outcome(Answer.ADDRESS_UNUSABLE)
    words = wording.say(wording.opened(settings, claimed), known)
    if not words.sms:
        return Outcome(Answer.REFUSED)
    keeps_marks = words.sms_marks or claimed.with_marks
    return Text(
        reference=delivery.id,
        number=phone.e164,
        language=known.language,
        text=sms_text.corrected(words.sms) if keeps_marks else sms_text.without_marks(words.sms),
        valid_for=message.expires_at - clock.now(),
        is_code=message.lane is Lane.CODE,
        tried=delivery.provider,
    )


def _is_by_consent(claimed: Claimed) -> bool:
    kind = kinds.find(claimed.delivery.message.template)
    if kind is not None and Channel.SMS in kind.by_consent:
        return True
    told = claimed.own or kind
    return told is not None and told.purpose is Purpose.SERVICE_OPTIN


def _parsed(number: str) -> Phone | None:
    try:
        return parse(number)
    except ValueError:
        return None
