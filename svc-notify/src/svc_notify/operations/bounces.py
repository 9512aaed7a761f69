"""Mail that came back."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub_events.session import Session

from ..channels.return_paths import ReturnPaths
from ..domain import bounces
from ..domain.bounces import Action
from ..domain.deliveries import Failure
from ..domain.messages import Channel
from ..errors.bounces import BounceRefused, BounceTypeRefused
from ..keys import MasterKey
from ..storage import deliveries as storage
from . import receipts, suppressions

MEDIA_TYPE: Final = "message/rfc822"
_CHALLENGE: Final = 'Basic realm="mail that came back", charset="UTF-8"'


class Taken(StrEnum):
    """What a report changed; `IGNORED`: nothing, for it is none, not about ours, or not the first."""

    BOUNCED = "BOUNCED"
    DELAYED = "DELAYED"
    DELIVERED = "DELIVERED"
    IGNORED = "IGNORED"


def admit(secret: str, headers: Mapping[str, str]) -> None:
    """Let a mail server in that proves the secret and sends a mail.

    Raises `BounceRefused`, also where no secret is agreed, and `BounceTypeRefused`.
    """
    kind, _, credentials = headers.get("authorization", "").partition(" ")
    agreed = b64encode(f"bounces:{secret}".encode())
    proved = hmac.compare_digest(credentials.strip().encode(), agreed)
    if not (secret and proved and kind.lower() == "basic"):
        raise BounceRefused(headers={"www-authenticate": _CHALLENGE})
    if headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise BounceTypeRefused


async def take(session: Session, keys: MasterKey, paths: ReturnPaths, content: bytes, now: datetime) -> Taken:
    """Take a message that came to one of our return paths (edge case 86).

    A failure ends the delivery, its message goes on by its plan at once, and an address that is gone is left
    alone: the one that we wrote to, not another that the report names. Whoever has not got a return path of
    ours cannot say anything.
    """
    report = bounces.read(content)
    delivery_id = paths.read(report.returned_to) if report else None
    if report is None or delivery_id is None:
        return Taken.IGNORED
    if report.action is Action.DELAYED:
        return Taken.DELAYED
    if report.action is Action.DELIVERED:
        return Taken.DELIVERED if await receipts.delivered(session, delivery_id, now) else Taken.IGNORED
    async with session.unit_of_work():
        if await receipts.bounced(session, delivery_id, report.failure, now) is None:
            return Taken.IGNORED
        ours = [each for each in report.recipients if paths.was_to(report.returned_to, delivery_id, each)]
        if report.failure is Failure.ADDRESS_GONE and ours:
            delivery = await storage.lock(session, delivery_id)
            person_id = delivery.message.person_id if delivery else None
            await suppressions.suppress(session, keys, Channel.EMAIL, ours[0], report.failure, now, person_id)
    return Taken.BOUNCED
