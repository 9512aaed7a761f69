"""Applications after they were handed in: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from hub_core.decisions import OwnCase
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart, at_desk
from ..domain.applications import Stage
from ..errors.applications import ApplicationNotFound, ApplicationState, NoPickUpMessages
from ..errors.guests import TriedTooOften
from ..operations import applications as operations
from ..operations.timing import in_time
from ..schemas.applications import (
    ApplicationStateView,
    ApplicationView,
    AskApplicationState,
    AskPickUpMessage,
    MoveApplication,
    PickUpMessageView,
    StopPickUpMessage,
)
from .desk import OfficeId

_FOUND: Final = (ApplicationNotFound, TriedTooOften)

router = Router(prefix="/passport-booking/v1", tags=["applications"])


@router.get("/desks/{office_id}/applications", summary="List applications", **at_desk())
async def list_applications(
    office_id: OfficeId,
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    state: Annotated[Stage, Query(description="Those in this state.")] = Stage.IN_ANALYSIS,
) -> paging.Page[ApplicationView]:
    """The applications of an office in a state, the oldest first, without names."""
    found = await operations.list_of_office(
        session, keys, official, office_id, state, asked.after(UUID), asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=ApplicationView.of)


@router.post(
    "/desks/{office_id}/applications/{application_id}/move",
    summary="Move an application on",
    **at_desk(ApplicationNotFound, ApplicationState, OwnCase),
)
async def move_application(
    body: MoveApplication,
    office_id: OfficeId,
    application_id: Annotated[schemas.Id, Path(description="The application's identifier.")],
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> ApplicationView:
    """Approve or reject it, or note how far it has come. One that is there already stays as it is."""
    return ApplicationView.of(
        await operations.move(session, keys, official, office_id, application_id, body.state, now)
    )


@router.post(
    "/applications/state",
    summary="Ask how far an application has come",
    **policy.public(raises=(TriedTooOften,), asks=True),
)
async def ask_application_state(
    body: AskApplicationState,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> ApplicationStateView:
    """How far an application has come, by its number, or by nine digits and the day it was handed in.

    No names, and nothing else of it. What is not there and what is not unique are answered in the very
    same way and time. The answer is kept nowhere.
    """
    response.headers["cache-control"] = "no-store"
    async with in_time():
        return ApplicationStateView.of(
            await operations.state_of(apart, session, keys, body.asked(), address, now)
        )


@router.post(
    "/applications/pick-up-message",
    summary="Ask for a message when it can be fetched",
    **policy.public(raises=(*_FOUND, NoPickUpMessages)),
)
async def ask_pick_up_message(
    body: AskPickUpMessage,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> PickUpMessageView:
    """One text message to a Romanian mobile number, once the document is at the counter."""
    response.headers["cache-control"] = "no-store"
    async with in_time():
        return PickUpMessageView.of(
            await operations.tell_when_ready(
                apart, session, keys, body.number, body.cnp_end, body.phone, address, now
            )
        )


@router.post(
    "/applications/pick-up-message/stop",
    summary="Ask for no message any more",
    **policy.public(raises=_FOUND),
)
async def stop_pick_up_message(
    body: StopPickUpMessage,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> PickUpMessageView:
    """Withdraw it: the telephone number is forgotten at once."""
    response.headers["cache-control"] = "no-store"
    async with in_time():
        return PickUpMessageView.of(
            await operations.tell_when_ready(
                apart, session, keys, body.number, body.cnp_end, None, address, now
            )
        )
