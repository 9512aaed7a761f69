"""Bodies about officials."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from hub_core.principal import Role
from hub_core.text import Line
from hub_service import schemas

from ..domain.official import Appointment, State, Wanted
from ..operations.officials import Named

PersonId = Annotated[schemas.Id, Field(description="The person, by the identifier their account shows.")]
HeldRole = Annotated[Role, Field(description="What the official may do.", examples=["CLERK"])]
FirstDay = Annotated[
    schemas.LegalDate, Field(description="First day, Europe/Bucharest.", examples=["2026-11-22"])
]
LastDay = Annotated[
    schemas.LegalDate, Field(description="Last day, Europe/Bucharest.", examples=["2028-11-21"])
]
ActNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$", min_length=1, max_length=64),
    Field(
        description="Number of the granting act; the official reads it in their access log.",
        examples=["123/2026"],
    ),
]
ActDate = Annotated[
    schemas.LegalDate, Field(description="Date of the granting act.", examples=["2026-11-20"])
]
Reason = Annotated[
    Line,
    Field(
        min_length=3,
        max_length=500,
        description="Why; no personal data of others.",
        examples=["Moved to another institution"],
    ),
]


class AppointOfficial(schemas.Resource):
    """An appointment: who, to what, where, from when to when, by which act."""

    person_id: PersonId
    role: HeldRole
    institution_id: Annotated[
        schemas.Id | None,
        Field(description="The institution; the caller's own when it is left out."),
    ] = None
    valid_from: FirstDay
    valid_to: LastDay
    act_number: ActNumber
    act_date: ActDate

    def wanted(self) -> Wanted:
        """The appointment that is asked for."""
        return Wanted(
            person_id=self.person_id,
            role=self.role,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            act_number=self.act_number,
            act_date=self.act_date,
        )


class EndAppointment(schemas.Resource):
    """Why an appointment ends before its last day."""

    reason: Reason


class AppointmentView(schemas.Resource):
    """One role of one person at one institution."""

    id: Annotated[schemas.Id, Field(description="The appointment's identifier.")]
    institution_id: Annotated[schemas.Id, Field(description="The institution, as in the catalog.")]
    role: HeldRole
    state: Annotated[
        State,
        Field(
            description="PROPOSED waits for a second administrator, GRANTED holds in its days, "
            "ENDED was ended before.",
            examples=["GRANTED"],
        ),
    ]
    valid_from: FirstDay
    valid_to: LastDay
    act_number: ActNumber
    act_date: ActDate
    ended_at: Annotated[
        schemas.Instant | None, Field(description="When it was ended before its last day.")
    ] = None
    end_reason: Annotated[
        str | None, Field(max_length=500, description="Why it was ended.", examples=["Moved"])
    ] = None

    @classmethod
    def of(cls, appointment: Appointment) -> Self:
        """The view of an appointment for the person it is about."""
        return cls(
            id=appointment.id,
            institution_id=appointment.institution_id,
            role=appointment.role,
            state=appointment.state,
            valid_from=appointment.valid_from,
            valid_to=appointment.valid_to,
            act_number=appointment.act_number,
            act_date=appointment.act_date,
            ended_at=appointment.ended_at,
            end_reason=appointment.end_reason,
        )


class OfficialView(schemas.Resource):
    """An official: the person, and one appointment of theirs."""

    person_id: PersonId
    name: Annotated[str, Field(max_length=201, description="The official's name.", examples=["Elena Marin"])]
    appointment: AppointmentView
    granted_by: Annotated[schemas.Id, Field(description="Who granted or proposed it.")]
    granted_at: Annotated[schemas.Instant, Field(description="When it was granted or proposed.")]
    approved_by: Annotated[
        schemas.Id | None, Field(description="The second administrator, for roles that need two.")
    ] = None
    ended_by: Annotated[schemas.Id | None, Field(description="Who ended it.")] = None

    @classmethod
    def of(cls, named: Named) -> Self:
        """The view of an appointment for those who look after it."""
        appointment = named.appointment
        return cls(
            person_id=appointment.person_id,
            name=named.name,
            appointment=AppointmentView.of(appointment),
            granted_by=appointment.granted_by,
            granted_at=appointment.granted_at,
            approved_by=appointment.approved_by,
            ended_by=appointment.ended_by,
        )
