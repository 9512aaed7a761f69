"""The JSON API: a person's rights on their data, and the office that answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from hub_core.decisions import OwnCase
from hub_core.principal import Assurance, Role
from hub_service import paging, policy, schemas
from hub_service import purpose as purposes
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.problems import InsufficientAssurance, NotFound
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..domain.data_request import State
from ..errors.officials import UnknownInstitution
from ..errors.privacy import ExportExpired, ExportNotReady, StateForbids, StillInOffice, TermOver
from ..operations import accounts, data_requests, deletion, exports
from ..schemas.privacy import (
    AskAboutData,
    AskForExport,
    DataRequestForOfficeView,
    DataRequestInQueueView,
    DataRequestView,
    DeleteAccount,
    DeletionView,
    ExportView,
    ExtendRequest,
    ForwardRequest,
    GrantRequest,
    RefuseRequest,
)

_WATCH = (Role.DPO, Role.AUDITOR)

router = Router(prefix="/identity/v1")


class ZipResponse(Response):
    """A ZIP file for the person alone."""

    media_type = "application/zip"

    def __init__(self, content: bytes = b"", status_code: int = 200) -> None:
        headers = {
            "content-disposition": 'attachment; filename="hub-data.zip"',
            "cache-control": "no-store",
        }
        super().__init__(content, status_code, headers)


RequestId = Annotated[schemas.Id, Path(description="The request's identifier.")]
ExportId = Annotated[schemas.Id, Path(description="The copy's identifier.")]


@router.post(
    "/me/data-requests",
    status_code=201,
    tags=["privacy"],
    summary="Use a right on your data",
    **policy.operation(scopes.PRIVACY_WRITE, raises=(UnknownInstitution,)),
)
async def ask_about_data(
    body: AskAboutData,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
    response: Response,
) -> DataRequestView:
    """Ask for rectification, erasure, restriction, or object (GDPR art. 16-18, 21).

    The answer is due within a month; within that month the institution may take two more, with reasons.
    """
    received = await data_requests.receive(session, provider, person.person_id, body.wanted(), now)
    response.headers["location"] = f"{router.prefix}/me/data-requests/{received.id}"
    return DataRequestView.of(received)


@router.get(
    "/me/data-requests",
    tags=["privacy"],
    summary="List what you asked about your data",
    **policy.operation(scopes.PRIVACY_READ),
)
async def list_my_data_requests(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[DataRequestView]:
    """Your requests with their answers, newest first."""
    found = await data_requests.list_own(
        session, person.person_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=DataRequestView.of)


@router.get(
    "/me/data-requests/{request_id}",
    tags=["privacy"],
    summary="See what you asked",
    **policy.operation(scopes.PRIVACY_READ, raises=(NotFound,)),
)
async def get_my_data_request(
    request_id: RequestId, person: policy.Person, session: Session
) -> DataRequestView:
    """One of your requests, with its answer."""
    return DataRequestView.of(await data_requests.read_own(session, person.person_id, request_id))


@router.post(
    "/me/data-requests/{request_id}/withdraw",
    tags=["privacy"],
    summary="Take a request back",
    **policy.operation(scopes.PRIVACY_WRITE, raises=(NotFound, StateForbids)),
)
async def withdraw_data_request(
    request_id: RequestId, person: policy.Person, session: Session, now: Now
) -> DataRequestView:
    """Take back a request that is not answered yet."""
    return DataRequestView.of(await data_requests.withdraw(session, person.person_id, request_id, now))


@router.get(
    "/data-requests",
    tags=["privacy-office"],
    summary="List the requests at your institution",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=_WATCH),
)
async def list_data_requests(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
) -> paging.Page[DataRequestInQueueView]:
    """What people asked your institution about their data, newest first."""
    found = await data_requests.list_at(
        session, official, state=state, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=DataRequestInQueueView.of)


@router.get(
    "/data-requests/{request_id}",
    tags=["privacy-office"],
    summary="Examine a request",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=_WATCH, raises=(NotFound,)),
)
async def get_data_request(
    request_id: RequestId, official: policy.Acting, purpose: purposes.Given, session: Session, now: Now
) -> DataRequestForOfficeView:
    """A request with what can be done with it. The person sees that you opened it."""
    return DataRequestForOfficeView.of(
        await data_requests.examine(session, official, request_id, purpose, now)
    )


@router.post(
    "/data-requests/{request_id}/extend",
    tags=["privacy-office"],
    summary="Extend the term of a request",
    **policy.operation(
        scopes.PRIVACY_DECIDE, roles=(Role.DPO,), raises=(NotFound, OwnCase, StateForbids, TermOver)
    ),
)
async def extend_data_request(
    request_id: RequestId,
    body: ExtendRequest,
    official: policy.Acting,
    purpose: purposes.Given,
    session: Session,
    now: Now,
) -> DataRequestForOfficeView:
    """Take two more months, with the reason, within the first one (GDPR art. 12(3))."""
    return DataRequestForOfficeView.of(
        await data_requests.extend(session, official, request_id, body.reason, purpose, now)
    )


@router.post(
    "/data-requests/{request_id}/forward",
    tags=["privacy-office"],
    summary="Forward a rectification",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=(Role.DPO,), raises=(NotFound, OwnCase, StateForbids)),
)
async def forward_data_request(
    request_id: RequestId,
    body: ForwardRequest,
    official: policy.Acting,
    purpose: purposes.Given,
    session: Session,
    now: Now,
) -> DataRequestForOfficeView:
    """Pass it on to the owner of the register; until the answer the field is marked as contested."""
    return DataRequestForOfficeView.of(
        await data_requests.forward(session, official, request_id, body.register_owner, purpose, now)
    )


@router.post(
    "/data-requests/{request_id}/grant",
    tags=["privacy-office"],
    summary="Grant a request",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=(Role.DPO,), raises=(NotFound, OwnCase, StateForbids)),
)
async def grant_data_request(
    request_id: RequestId,
    body: GrantRequest,
    official: policy.Acting,
    purpose: purposes.Given,
    session: Session,
    now: Now,
) -> DataRequestForOfficeView:
    """Do as the person asked. A granted restriction or objection leaves the data stored only."""
    return DataRequestForOfficeView.of(
        await data_requests.grant(session, official, request_id, body.given(), purpose, now)
    )


@router.post(
    "/data-requests/{request_id}/refuse",
    tags=["privacy-office"],
    summary="Refuse a request",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=(Role.DPO,), raises=(NotFound, OwnCase, StateForbids)),
)
async def refuse_data_request(
    request_id: RequestId,
    body: RefuseRequest,
    official: policy.Acting,
    purpose: purposes.Given,
    session: Session,
    now: Now,
) -> DataRequestForOfficeView:
    """Refuse, with the law that forbids; where a retention term runs, with its end."""
    return DataRequestForOfficeView.of(
        await data_requests.refuse(session, official, request_id, body.given(), purpose, now)
    )


@router.post(
    "/me/exports",
    status_code=202,
    tags=["privacy"],
    summary="Ask for a copy of your data",
    **policy.operation(scopes.PRIVACY_READ, assurance=Assurance.SUBSTANTIAL),
)
async def create_export(
    body: AskForExport, person: policy.Person, session: Session, now: Now, response: Response
) -> ExportView:
    """Have a ZIP file made of all that the hub holds of you (GDPR art. 15, 20): JSON, PDF, signed manifest.

    Data of other people is left out. The file is there for 7 days.
    """
    wanted = await exports.request(session, person.person_id, body.language, now)
    response.headers["location"] = f"{router.prefix}/me/exports/{wanted.id}"
    return ExportView.of(wanted)


@router.get(
    "/me/exports",
    tags=["privacy"],
    summary="List the copies of your data",
    **policy.operation(scopes.PRIVACY_READ),
)
async def list_exports(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[ExportView]:
    """The copies you asked for, newest first."""
    found = await exports.list_own(session, person.person_id, before=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.id,), view=ExportView.of)


@router.get(
    "/me/exports/{export_id}",
    tags=["privacy"],
    summary="See whether a copy is ready",
    **policy.operation(scopes.PRIVACY_READ, raises=(NotFound,)),
)
async def get_export(export_id: ExportId, person: policy.Person, session: Session) -> ExportView:
    """One of your copies: where it stands, and until when it is there."""
    return ExportView.of(await exports.read_own(session, person.person_id, export_id))


@router.get(
    "/me/exports/{export_id}/file",
    tags=["privacy"],
    summary="Fetch a copy of your data",
    response_class=ZipResponse,
    **policy.operation(
        scopes.PRIVACY_READ,
        assurance=Assurance.SUBSTANTIAL,
        raises=(NotFound, ExportNotReady, ExportExpired),
    ),
)
async def get_export_file(
    export_id: ExportId, person: policy.Person, provider: Provider, session: Session, now: Now
) -> Response:
    """The ZIP file."""
    return ZipResponse(await exports.fetch(session, provider, person.person_id, export_id, now))


@router.get(
    "/me/deletion",
    tags=["privacy"],
    summary="See what deleting your account means",
    **policy.operation(scopes.PRIVACY_READ),
)
async def get_deletion(
    person: policy.Person, session: Session, now: Now, texts: Texts, language: Lang
) -> DeletionView:
    """What goes at once, what stays, by which law, and until when."""
    return DeletionView.of(await deletion.foresee(session, person.person_id, now), texts, language)


@router.post(
    "/me/deletion",
    status_code=204,
    tags=["privacy"],
    summary="Delete your account",
    **policy.operation(scopes.PRIVACY_WRITE, raises=(NotFound, StillInOffice)),
)
async def delete_account(body: DeleteAccount, person: policy.Person, session: Session, now: Now) -> Response:
    """Delete your account, at the level of assurance that it has. You are signed out everywhere."""
    del body
    account = await accounts.read(session, person.person_id)
    if not person.assurance.meets(account.assurance):
        challenge = f'Bearer error="insufficient_user_authentication", acr_values="{account.assurance}"'
        raise InsufficientAssurance(assurance=account.assurance, headers={"www-authenticate": challenge})
    await deletion.delete(session, person.person_id, now)
    return Response(status_code=204)
