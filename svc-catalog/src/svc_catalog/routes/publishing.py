"""What the institution that keeps the catalog decides on entries: HTTP and nothing else."""

from typing import Final

from fastapi import Response

from hub_core.clock import local_date
from hub_core.decisions import FourEyes
from hub_core.principal import Role
from hub_service import policy
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..domain.services import ServiceStatus
from ..errors.entries import EntryIncomplete
from ..errors.officials import AdministratorRequired
from ..operations import publishing
from ..schemas.entries import EntryView, FindingsView, GiveReason, PublishEntry, ReturnEntry, SuspendEntry
from . import revisions
from .entries import CHANGES, READERS, EntryCode, shown
from .officials import READ, WRITE, Administrator
from .revisions import Revision

router = Router(prefix="/catalog/v1", tags=["entries"])

_PUBLISHERS: Final = (Role.CATALOG_PUBLISHER,)
_DECISIONS: Final = (*CHANGES, AdministratorRequired)


@router.post(
    "/entries/{code}/check",
    summary="Check an entry before publication",
    **revisions.operation(READ, READERS, (NotFound,)),
)
async def check_entry(
    code: EntryCode, official: policy.Acting, session: Session, now: Now, language: Lang, texts: Texts
) -> FindingsView:
    """What would keep the version in work, or else the published one, from being published today.

    The points of OMAI 136/2020 art. 8(3) and of Regulation (EU) 2018/1724 art. 10, what CPSV-AP asks
    for, whether all that it names is there, and whether the languages say the same. Nothing changes.
    """
    found = await publishing.check(session, official, code, now)
    return FindingsView.of(found, lambda message: texts.translate(language, message))


@router.post(
    "/entries/{code}/return",
    summary="Return a version to its provider",
    **revisions.operation(WRITE, _PUBLISHERS, _DECISIONS),
)
async def return_entry(
    code: EntryCode,
    body: ReturnEntry,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The version is a draft again, with the reasons."""
    returned = await publishing.give_back(session, official, code, revision, body.reasons, now)
    return shown(returned, response)


@router.post(
    "/entries/{code}/publish",
    summary="Publish a version",
    **revisions.operation(WRITE, _PUBLISHERS, (*_DECISIONS, FourEyes, EntryIncomplete)),
)
async def publish_entry(
    code: EntryCode,
    body: PublishEntry,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """People see the version from now on, in place of the one before. Whoever wrote it never publishes it."""
    pilot = body.status is ServiceStatus.PILOT
    published = await publishing.publish(session, official, code, revision, now, pilot=pilot)
    return shown(published, response)


@router.post(
    "/entries/{code}/promote",
    summary="End the trial of an entry",
    **revisions.operation(WRITE, _PUBLISHERS, (*_DECISIONS, FourEyes)),
)
async def promote_entry(
    code: EntryCode,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The published version is active; whoever wrote it does not decide this."""
    return shown(await publishing.promote(session, official, code, revision, now), response)


@router.post(
    "/entries/{code}/suspend",
    summary="Suspend a service",
    **revisions.operation(WRITE, _PUBLISHERS, _DECISIONS),
)
async def suspend_entry(
    code: EntryCode,
    body: SuspendEntry,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The service is not given for the time: people see why, and what to use meanwhile."""
    suspension = body.suspension(local_date(now))
    suspended = await publishing.suspend(session, official, code, revision, suspension, now)
    return shown(suspended, response)


@router.post(
    "/entries/{code}/resume",
    summary="Resume a service",
    **revisions.operation(WRITE, _PUBLISHERS, _DECISIONS),
)
async def resume_entry(
    code: EntryCode,
    body: GiveReason,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The service is given again, as a trial if it was one."""
    return shown(await publishing.resume(session, official, code, revision, body.reason, now), response)


@router.post(
    "/entries/{code}/retire",
    summary="Retire a service",
    **revisions.operation(WRITE, _PUBLISHERS, _DECISIONS),
)
async def retire_entry(
    code: EntryCode,
    body: GiveReason,
    official: Administrator,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The service is given no more, and no step is open after this one; a draft of it is discarded."""
    return shown(await publishing.retire(session, official, code, revision, body.reason, now), response)
