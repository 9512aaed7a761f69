"""HTTP and nothing else: officials look after the templates of their institution."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Path, Query, Request, Response

from hub_core.decisions import FourEyes
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_service import paging, policy, routing
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.problems import PreconditionFailed, PreconditionRequired

from ..domain import templates as domain
from ..domain.templates import Versions
from ..errors.templates import (
    ChannelNotOfTemplate,
    TemplateExists,
    TemplateNotFound,
    TemplateRefused,
    TemplateStepRefused,
)
from ..operations import templates as operations
from ..schemas.templates import (
    CreateTemplate,
    RejectTemplate,
    ReviseTemplate,
    SendTemplateTest,
    TemplateDifferences,
    TemplateKey,
    TemplateListItem,
    TemplatePreview,
    TemplateTestView,
    TemplateVersionView,
    TemplateView,
)
from ..schemas.templates import Version as Number

router = routing.Router(prefix="/notify/v1/templates", tags=["templates"])

WRITERS: Final = (Role.CATALOG_EDITOR,)
DECIDERS: Final = (Role.CATALOG_EDITOR, Role.HEAD)
CHANGES: Final = (TemplateNotFound, PreconditionFailed, PreconditionRequired, TemplateStepRefused)
Key = Annotated[TemplateKey, Path(description="The template's key.")]
Version = Annotated[Number, Path(description="The version's number.")]


def _operation(roles: Collection[Role], raises: Sequence[type[Problem]] = ()) -> dict[str, Any]:
    return policy.operation("templates:write", assurance=Assurance.SUBSTANTIAL, roles=roles, raises=raises)


async def _revision(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of what was read and is changed."),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired
    tag = if_match.strip().removeprefix('"').removesuffix('"')
    if not (tag.isascii() and tag.isdigit()) or len(tag) > len("2147483647"):
        raise PreconditionFailed
    return int(tag)


Revision = Annotated[int, Depends(_revision)]


def _shown(versions: Versions, response: Response) -> TemplateView:
    """A template after a step, with its ETag."""
    response.headers["etag"] = f'"{domain.revision_of(versions)}"'
    return TemplateView.of(versions)


@router.get(
    "",
    summary="List the templates of your institution",
    response_description="A page of templates, by key",
    **_operation(DECIDERS),
)
async def list_templates(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> Page[TemplateListItem]:
    """The templates that your institution sends by, or is preparing."""
    found = await operations.find(session, official, asked.after(str), asked.rows)
    return asked.page(found, position=lambda versions: (versions[0].key,), view=TemplateListItem.of)


@router.post(
    "",
    status_code=201,
    summary="Create a template",
    response_description="The template with its first draft",
    **_operation(WRITERS, (TemplateExists, TemplateRefused)),
)
async def create_template(
    body: CreateTemplate, official: policy.Acting, session: Session, now: Now, response: Response
) -> TemplateView:
    """A draft, which nothing is sent by before a second person approves it."""
    made = await operations.create(session, official, body.key, body.content.content(), now)
    return _shown(made, response)


@router.get(
    "/{key}",
    summary="Read a template",
    response_description="The template",
    **_operation(DECIDERS, (TemplateNotFound,)),
)
async def read_template(
    key: Key, official: policy.Acting, session: Session, response: Response
) -> TemplateView:
    """A template with all its versions: where it stands, and which steps are open."""
    return _shown(await operations.read(session, official, key), response)


@router.get(
    "/{key}/versions/{version}",
    summary="Read a version of a template",
    response_description="The version",
    **_operation(DECIDERS, (TemplateNotFound,)),
)
async def read_template_version(
    key: Key, version: Version, official: policy.Acting, session: Session
) -> TemplateVersionView:
    """One version with its words. What was once active stays readable, because people were sent it."""
    return TemplateVersionView.of(await operations.read_version(session, official, key, version))


@router.get(
    "/{key}/differences",
    summary="Compare two versions of a template",
    response_description="What differs",
    **_operation(DECIDERS, (TemplateNotFound,)),
)
async def compare_template_versions(
    key: Key,
    official: policy.Acting,
    session: Session,
    was: Annotated[
        Number | None, Query(description="The older version; what the newer was made from.")
    ] = None,
    to: Annotated[Number | None, Query(description="The newer version; the newest of all.")] = None,
) -> TemplateDifferences:
    """Text by text: what it was, and what it is."""
    return TemplateDifferences.of(*await operations.compare(session, official, key, was, to))


@router.get(
    "/{key}/versions/{version}/preview",
    summary="Preview a version of a template",
    response_description="What each channel would show",
    **_operation(DECIDERS, (TemplateNotFound,)),
)
async def preview_template(
    key: Key,
    version: Version,
    request: Request,
    official: policy.Acting,
    session: Session,
    now: Now,
    language: Annotated[Language, Query(description="The language of who would read it.")] = Language.RO,
) -> TemplatePreview:
    """The version with its samples by letter, text message, push and inbox. Nothing is sent."""
    origin = request.app.state.hub.settings.public_origin
    found = await operations.preview(session, official, key, version, language, origin, now)
    return TemplatePreview.of(found)


@router.post(
    "/{key}/versions/{version}/test-sends",
    status_code=202,
    summary="Send a version of a template to yourself",
    response_description="The message",
    **_operation(DECIDERS, (TemplateNotFound, ChannelNotOfTemplate)),
)
async def send_template_test(
    key: Key, version: Version, body: SendTemplateTest, official: policy.Acting, session: Session, now: Now
) -> TemplateTestView:
    """The version with its samples, by one of its channels, to you and nobody else. Its subject says so."""
    sent = await operations.send_test(session, official, key, version, body.channel, now)
    return TemplateTestView(message_id=sent.id)


@router.post(
    "/{key}/versions",
    status_code=201,
    summary="Open a new version of a template",
    response_description="The template with its draft",
    **_operation(WRITERS, CHANGES),
)
async def open_template_version(
    key: Key, official: policy.Acting, revision: Revision, session: Session, now: Now, response: Response
) -> TemplateView:
    """A draft with the content of the active version, which orders go on sending by meanwhile."""
    return _shown(await operations.open_version(session, official, key, revision, now), response)


@router.put(
    "/{key}/draft",
    summary="Replace the draft of a template",
    response_description="The template",
    **_operation(WRITERS, (*CHANGES, TemplateRefused)),
)
async def replace_template_draft(
    key: Key,
    body: ReviseTemplate,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> TemplateView:
    """The whole content anew. Every flaw is named by a pointer into it."""
    content = body.content.content()
    return _shown(await operations.revise(session, official, key, revision, content, now), response)


@router.post(
    "/{key}/submit",
    summary="Submit a template for review",
    response_description="The template",
    **_operation(WRITERS, CHANGES),
)
async def submit_template(
    key: Key, official: policy.Acting, revision: Revision, session: Session, now: Now, response: Response
) -> TemplateView:
    """Hand the draft in: a second person of your institution approves or rejects it."""
    return _shown(await operations.submit(session, official, key, revision, now), response)


@router.post(
    "/{key}/approve",
    summary="Approve a template",
    response_description="The template",
    **_operation(DECIDERS, (*CHANGES, FourEyes)),
)
async def approve_template(
    key: Key, official: policy.Acting, revision: Revision, session: Session, now: Now, response: Response
) -> TemplateView:
    """From now on orders send by this version. Not by who wrote or submitted it."""
    return _shown(await operations.approve(session, official, key, revision, now), response)


@router.post(
    "/{key}/reject",
    summary="Reject a template",
    response_description="The template",
    **_operation(DECIDERS, CHANGES),
)
async def reject_template(
    key: Key,
    body: RejectTemplate,
    official: policy.Acting,
    revision: Revision,
    session: Session,
    now: Now,
    response: Response,
) -> TemplateView:
    """Give the version back to who wrote it, with the reason; it is a draft again."""
    return _shown(await operations.reject(session, official, key, revision, body.reason, now), response)


@router.post(
    "/{key}/retire",
    summary="Retire a template",
    response_description="The template",
    **_operation(DECIDERS, CHANGES),
)
async def retire_template(
    key: Key, official: policy.Acting, revision: Revision, session: Session, now: Now, response: Response
) -> TemplateView:
    """Nothing more can be ordered by it; what was ordered before is still sent."""
    return _shown(await operations.retire(session, official, key, revision, now), response)
