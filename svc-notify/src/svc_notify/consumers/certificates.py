"""Criminal-record and integrity certificates: what people are written of them.

No event says what the register holds, so no message can: whatever it is, the messages are the same. A
request that is answered at once makes one message, that the document is ready; any other one that it is
registered, and one for each later step.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope

from .. import manifest
from ..domain import kinds
from ..domain.kinds import Kind
from ..operations import notices
from . import hearing
from .copies import (
    CertificateRequestAlarmed,
    CertificateRequestChanged,
    CertificateRequested,
    CertificateRevoked,
    CertificateSuperseded,
    CertificateVerified,
    ExtractDecided,
)
from .hearing import Wake

_ISSUED: Final = "ISSUED"
_REVOKED: Final = "REVOKED"


def subscription(wake: Wake) -> Subscription:
    """The consumer; `wake` is called with what was queued once that is committed."""

    async def tell(
        session: AsyncSession,
        heard: Envelope[Any],
        kind: Kind,
        people: Collection[UUID],
        variables: Mapping[str, str],
        once: str | None = None,
    ) -> None:
        queued = await notices.queue_notices(
            session, kind, people, variables, hearing.cause(heard), clock.now(), once
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell_of_request(session: AsyncSession, heard: Envelope[Any]) -> None:
        if news := _news(heard):
            await tell(session, heard, news[0], heard.data.people, news[1])

    async def warn_of_term(session: AsyncSession, heard: Envelope[CertificateRequestAlarmed]) -> None:
        queued = await notices.queue_alarm(
            session, heard.data.institution_id, heard.data.due_on, hearing.cause(heard), clock.now()
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell_of_end(session: AsyncSession, heard: Envelope[Any]) -> None:
        kind, said = _end(heard)
        await tell(session, heard, kind, _known(heard.data.holder_id), said)

    async def tell_of_verification(session: AsyncSession, heard: Envelope[CertificateVerified]) -> None:
        day, certificate = hearing.day(heard), heard.data.certificate_id
        kind = kinds.CERTIFICATE_VERIFIED
        once = f"{kind.template}:{certificate}:{day}"
        await tell(session, heard, kind, _known(heard.data.person_id), {"told_on": day}, once)

    async def tell_of_extract(session: AsyncSession, heard: Envelope[ExtractDecided]) -> None:
        extract = heard.data
        people = _known(extract.person_id if extract.state == _ISSUED else None)
        said = _of_extract(heard, extract.institution_id, _ISSUED)
        await tell(session, heard, kinds.EXTRACT, people, said)

    return Subscription(
        manifest.CRIMINAL_RECORD,
        {
            CertificateRequested: tell_of_request,
            CertificateRequestChanged: tell_of_request,
            CertificateRequestAlarmed: warn_of_term,
            CertificateRevoked: tell_of_end,
            CertificateSuperseded: tell_of_end,
            CertificateVerified: tell_of_verification,
            ExtractDecided: tell_of_extract,
        },
    )


def _news(
    heard: Envelope[CertificateRequested] | Envelope[CertificateRequestChanged],
) -> tuple[Kind, Mapping[str, str]] | None:
    """What is written of a request: that it is registered, or where it has come to; not of every state."""
    request = heard.data
    said = {"product": request.product, "number": str(request.number), "state": request.state}
    if isinstance(request, CertificateRequested) and request.state != _ISSUED:
        days = {"registered_on": request.requested_on.isoformat(), "due_on": request.due_on.isoformat()}
        return kinds.CERTIFICATE_REQUESTED, said | days
    if request.state in kinds.TOLD_STEPS:
        return kinds.CERTIFICATE_STEP, said | {"told_on": hearing.day(heard)}
    return None


def _end(
    heard: Envelope[CertificateRevoked] | Envelope[CertificateSuperseded],
) -> tuple[Kind, Mapping[str, str]]:
    """What is written of the end of a certificate, or of an extract that an institution holds."""
    ended = heard.data
    change = _REVOKED if isinstance(ended, CertificateRevoked) else "SUPERSEDED"
    if isinstance(ended, CertificateRevoked) and ended.institution_id is not None:
        return kinds.EXTRACT, _of_extract(heard, ended.institution_id, change)
    said = {"product": ended.product, "change": change, "told_on": hearing.day(heard)}
    return kinds.CERTIFICATE_ENDED, said


def _of_extract(heard: Envelope[Any], institution_id: UUID, change: str) -> Mapping[str, str]:
    return {"institution_id": str(institution_id), "change": change, "told_on": hearing.day(heard)}


def _known(person_id: UUID | None) -> list[UUID]:
    """Whom a certificate's news go to; nobody for who has no account."""
    return [person_id] if person_id else []
