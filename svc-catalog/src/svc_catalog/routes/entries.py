"""Entries in work, for their providers: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Header, Path, Query, Response
from fastapi.responses import PlainTextResponse

from hub_core.clock import local_date
from hub_core.principal import Role
from hub_service import paging, policy
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.paging import Page
from hub_service.problems import NotFound, PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..domain.services import ServiceStatus, service_id
from ..errors.entries import EntryExists, EntryStepRefused
from ..operations import confirmations
from ..operations import entries as operations
from ..operations.entries import Opened
from ..schemas.differences import DifferencesView
from ..schemas.entries import (
    CreateEntry,
    EntryListItem,
    EntryStepView,
    EntryView,
    GiveReason,
    OpenEntryVersion,
    ReviseEntry,
    VersionView,
)
from ..schemas.vocabulary import ServiceCode
from ..storage.entries import Filter
from . import public, revisions
from .officials import READ, WRITE
from .public import IdOrCode
from .revisions import Revision

router = Router(prefix="/catalog/v1", tags=["entries"])

EDITORS: Final = (Role.CATALOG_EDITOR,)
READERS: Final = (Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER)
CHANGES: Final = (NotFound, PreconditionFailed, PreconditionRequired, EntryStepRefused)
_AS_TEXT: Final = {"vary": "Accept, Accept-Language"}
_READ: Final = revisions.operation(READ, READERS, (NotFound,))
_READ_AS_TEXT: Final = _READ | {
    "responses": _READ["responses"]
    | {200: {"content": {"text/plain": {"schema": {"type": "string", "maxLength": 1_000_000}}}}}
}
EntryCode = Annotated[ServiceCode, Path(description="The entry's code.")]


def shown(opened: Opened, response: Response) -> EntryView:
    """The entry after a step, with its ETag."""
    response.headers["etag"] = revisions.etag(opened.entry.revision)
    return EntryView.of(opened)


@router.get("/entries", summary="List the entries in your care", **revisions.operation(READ, READERS))
async def list_entries(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    status: Annotated[ServiceStatus | None, Query(description="Only those in this status.")] = None,
    provider: Annotated[
        IdOrCode | None, Query(description="Only those of this institution: id or code.")
    ] = None,
    stale: Annotated[
        bool | None, Query(description="Only those whose provider has not confirmed them in time, or has.")
    ] = None,
    waiting: Annotated[
        bool | None, Query(description="Only those with a version that waits for a review, or without.")
    ] = None,
) -> Page[EntryListItem]:
    """The entries of your institution by code, of any status; of all institutions for a publisher."""
    wanted = Filter(
        provider=public.id_or_code(provider) if provider else None,
        status=status,
        stale=stale,
        waiting=waiting,
    )
    rows = await operations.find(session, official, wanted, asked.after(str), asked.rows)
    return asked.page(rows, position=lambda row: (row.entry.code,), view=EntryListItem.of)


@router.post(
    "/entries",
    status_code=201,
    summary="Create an entry",
    **revisions.operation(WRITE, EDITORS, (EntryExists,)),
)
async def create_entry(
    body: CreateEntry, official: policy.Acting, session: Session, now: Now, response: Response
) -> EntryView:
    """A new entry that your institution provides, as a draft. Nobody else sees it before it is published."""
    content = body.content.service(
        id=service_id(body.code),
        code=body.code,
        status=ServiceStatus.DRAFT,
        provider_id=official.institution_id,
    )
    return shown(await operations.create(session, official, content, body.reason, now), response)


@router.get("/entries/{code}", summary="Read an entry", **revisions.operation(READ, READERS, (NotFound,)))
async def read_entry(
    code: EntryCode, official: policy.Acting, session: Session, response: Response
) -> EntryView:
    """An entry with all its versions: where it stands, and which steps are open."""
    return shown(await operations.read(session, official, code), response)


@router.get(
    "/entries/{code}/versions/{number}",
    summary="Read a version of an entry",
    **revisions.operation(READ, READERS, (NotFound,)),
)
async def read_entry_version(
    code: EntryCode,
    number: Annotated[
        int,
        Path(ge=1, le=2**31 - 1, description="The version's number.", json_schema_extra={"format": "int32"}),
    ],
    official: policy.Acting,
    session: Session,
) -> VersionView:
    """One version, whole, with its rules by their codes."""
    return VersionView.of(await operations.read_version(session, official, code, number))


@router.get(
    "/entries/{code}/differences",
    summary="Compare two versions of an entry",
    response_model=DifferencesView,
    **_READ_AS_TEXT,
)
async def compare_entry_versions(
    code: EntryCode,
    official: policy.Acting,
    session: Session,
    now: Now,
    language: Lang,
    texts: Texts,
    was: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The older version; what the newer was made from.")
    ] = None,
    to: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="The newer version; the newest of all.")
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> DifferencesView | Response:
    """Member by member, in the words of the reader's language, as JSON or as plain text by `Accept`.

    Parts of lists are matched by their meaning, and legal numbers shown with their values of today.
    """
    compared = await operations.compare(session, official, code, was, to)
    view = DifferencesView.of(compared, language, texts, local_date(now))
    if "text/plain" not in accept:
        return view
    return PlainTextResponse(view.written(), headers=_AS_TEXT | {"content-language": language})


@router.get(
    "/entries/{code}/steps",
    summary="List the steps of an entry",
    **revisions.operation(READ, READERS, (NotFound,)),
)
async def list_entry_steps(
    code: EntryCode, asked: paging.Asked, official: policy.Acting, session: Session
) -> Page[EntryStepView]:
    """The change log: every step of the entry's life with who took it, when and why, the newest first."""
    lines = await operations.log(session, official, code, asked.after(int), asked.rows)
    return asked.page(lines, position=lambda line: (line.revision,), view=EntryStepView.of)


@router.post(
    "/entries/{code}/versions",
    status_code=201,
    summary="Open a new version of an entry",
    **revisions.operation(WRITE, EDITORS, CHANGES),
)
async def open_entry_version(
    code: EntryCode,
    body: OpenEntryVersion,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """A draft with the content of the published version, which people go on seeing meanwhile."""
    opened = await operations.open_version(session, official, code, revision, body.reason, now)
    return shown(opened, response)


@router.put(
    "/entries/{code}/draft",
    summary="Replace the draft of an entry",
    **revisions.operation(WRITE, EDITORS, CHANGES),
)
async def replace_entry_draft(
    code: EntryCode,
    body: ReviseEntry,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The whole content anew. A member that is left out is empty; one that is not known is refused."""
    content = body.content.service(
        id=service_id(code), code=code, status=ServiceStatus.DRAFT, provider_id=official.institution_id
    )
    revised = await operations.revise(session, official, code, revision, content, body.reason, now)
    return shown(revised, response)


@router.post(
    "/entries/{code}/discard",
    summary="Discard the draft of an entry",
    **revisions.operation(WRITE, EDITORS, CHANGES),
)
async def discard_entry_draft(
    code: EntryCode,
    body: GiveReason,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """Give the draft up; what is published stays. A first draft cannot be discarded."""
    return shown(await operations.discard(session, official, code, revision, body.reason, now), response)


@router.post(
    "/entries/{code}/submit",
    summary="Submit an entry for review",
    **revisions.operation(WRITE, EDITORS, CHANGES),
)
async def submit_entry(
    code: EntryCode,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """Hand the draft in: an official of the institution that keeps the catalog publishes or returns it."""
    return shown(await operations.submit(session, official, code, revision, now), response)


@router.post(
    "/entries/{code}/confirm",
    summary="Confirm that an entry is right",
    **revisions.operation(WRITE, EDITORS, CHANGES),
)
async def confirm_entry(
    code: EntryCode,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> EntryView:
    """The provider says that what people see is still right; it counts as current for another term."""
    return shown(await confirmations.confirm(session, official, code, revision, now), response)
