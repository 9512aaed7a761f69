"""The JSON API: officials of institutions and their roles."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.decisions import FourEyes, OwnCase
from hub_core.principal import Assurance, Role
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..domain import scopes
from ..errors.officials import AlreadyAppointed, AppointmentOver, UnknownInstitution, UnknownPerson
from ..operations import officials
from ..schemas.officials import AppointmentView, AppointOfficial, EndAppointment, OfficialView

SCOPES: Final = {
    scopes.STAFF: "Act for the institution where the person is an official",
    scopes.OFFICIALS_READ: "See the officials of an institution and their roles",
    scopes.OFFICIALS_WRITE: "Appoint officials and end appointments",
}
_LOOK_AFTER: Final = (Role.HEAD, Role.ADMIN, Role.AUDITOR, Role.DPO)
_GRANT: Final = (Role.HEAD, Role.ADMIN)

router = Router(prefix="/identity/v1")

AppointmentId = Annotated[schemas.Id, Path(description="The appointment's identifier.")]


@router.get(
    "/officials",
    tags=["officials"],
    summary="List the officials of your institution",
    **policy.operation(scopes.OFFICIALS_READ, roles=_LOOK_AFTER, raises=(NotFound,)),
)
async def list_officials(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    institution_id: Annotated[
        schemas.Id | None, Query(description="Another institution, for administrators of the hub.")
    ] = None,
) -> paging.Page[OfficialView]:
    """The appointments at an institution, also past ones, newest first."""
    found = await officials.list_at(
        session,
        official,
        institution_id or official.institution_id,
        before=asked.after(UUID),
        limit=asked.rows,
    )
    return asked.page(
        found,
        position=lambda named: (named.appointment.id,),
        view=OfficialView.of,
    )


@router.get(
    "/officials/{appointment_id}",
    tags=["officials"],
    summary="See an appointment",
    **policy.operation(scopes.OFFICIALS_READ, roles=_LOOK_AFTER, raises=(NotFound,)),
)
async def get_official(
    appointment_id: AppointmentId, official: policy.Acting, session: Session
) -> OfficialView:
    """One appointment at your institution."""
    return OfficialView.of(await officials.read(session, official, appointment_id))


@router.post(
    "/officials",
    status_code=201,
    tags=["officials"],
    summary="Appoint an official",
    **policy.operation(
        scopes.OFFICIALS_WRITE,
        assurance=Assurance.SUBSTANTIAL,
        roles=_GRANT,
        raises=(NotFound, OwnCase, UnknownInstitution, UnknownPerson, AlreadyAppointed),
    ),
)
async def appoint_official(
    body: AppointOfficial, official: policy.Acting, session: Session, now: Now
) -> OfficialView:
    """Give a person a role at an institution, for some days and by an act.

    A head gives the working roles of the own institution, an administrator every role anywhere.
    The roles ADMIN, ALERT_APPROVER and CATALOG_PUBLISHER hold only after a second administrator has
    approved them. Nobody appoints themselves.
    """
    institution_id = body.institution_id or official.institution_id
    return OfficialView.of(await officials.appoint(session, official, body.wanted(), institution_id, now))


@router.post(
    "/officials/{appointment_id}/approve",
    tags=["officials"],
    summary="Approve an appointment",
    **policy.operation(
        scopes.OFFICIALS_WRITE,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.ADMIN,),
        raises=(NotFound, OwnCase, FourEyes, AppointmentOver),
    ),
)
async def approve_official(
    appointment_id: AppointmentId, official: policy.Acting, session: Session, now: Now
) -> OfficialView:
    """Approve what another administrator has proposed; repeating it changes nothing."""
    return OfficialView.of(await officials.approve(session, official, appointment_id, now))


@router.post(
    "/officials/{appointment_id}/end",
    tags=["officials"],
    summary="End an appointment",
    **policy.operation(
        scopes.OFFICIALS_WRITE,
        assurance=Assurance.SUBSTANTIAL,
        roles=_GRANT,
        raises=(NotFound, AppointmentOver),
    ),
)
async def end_official(
    appointment_id: AppointmentId, body: EndAppointment, official: policy.Acting, session: Session, now: Now
) -> OfficialView:
    """End an appointment at once. The official's tokens for this institution are refused from then on.

    It refuses a proposal as well.
    """
    return OfficialView.of(await officials.end(session, official, appointment_id, body.reason, now))


@router.get(
    "/me/appointments",
    tags=["me"],
    summary="List your appointments",
    **policy.operation(scopes.ACCOUNT_READ),
)
async def list_my_appointments(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[AppointmentView]:
    """Your own appointments as an official, also past ones, newest first."""
    found = await officials.list_own(session, person.person_id, before=asked.after(UUID), limit=asked.rows)
    return asked.page(
        found,
        position=lambda appointment: (appointment.id,),
        view=AppointmentView.of,
    )
