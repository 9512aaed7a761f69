"""Terms in answers: a deadline that says what it follows from."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field

from hub_core.clock import local_date
from hub_core.rules import Counting, Unit
from hub_service import schemas
from hub_service.i18n import Texts
from hub_terms.calendar import Reason
from hub_terms.calendar_file import Entry

from ..domain.files import File
from ..domain.petitions import PetitionKind
from ..domain.states import PetitionState
from ..domain.terms import Clock
from ..operations.terms import Timed

_SUMMARY: Final = "Last day for the answer to petition {label}"
_DESCRIPTION: Final = (
    "Rule: {basis}\nFor the institution, past days off: {limit}\nFor you, by the milder count: {end}"
)
CALENDAR_TEXTS: Final = (_SUMMARY, _DESCRIPTION)


class FactView(schemas.Resource):
    """Something that happened on a legal date."""

    code: Annotated[
        str,
        Field(
            max_length=32,
            description="REGISTERED; FORWARDED when another institution had sent it on; JOINED when an "
            "earlier petition was joined to it; SPLIT when it lay inside of a petition registered then; "
            "CLOSED.",
            examples=["REGISTERED"],
        ),
    ]
    on: Annotated[schemas.LegalDate, Field(description="Its date.")]


class NotCountedView(schemas.Resource):
    """A day that is not counted, or on which nothing can be due."""

    day: Annotated[schemas.LegalDate, Field(description="The day.")]
    reason: Annotated[
        Reason,
        Field(
            description="FIRST_DAY: the day of the fact; GRANTED: a day off given by the government.",
            examples=["HOLIDAY"],
        ),
    ]
    code: Annotated[
        str | None,
        Field(
            max_length=32,
            description="Which holiday: a code of the rule `calendar.holidays`.",
            examples=["11-30"],
        ),
    ]
    legal_basis: Annotated[
        str | None,
        Field(max_length=200, description="What makes it a day off.", examples=["Codul muncii art. 139"]),
    ]


NotCounted = Annotated[
    list[NotCountedView], Field(max_length=400, description="Days that are not counted, in order.")
]
MovedPast = Annotated[
    list[NotCountedView], Field(max_length=31, description="Days off that the end is moved past, in order.")
]
CountingOf = Annotated[
    Counting,
    Field(
        description="CIVIL: the first day is not counted, the last is (Civil Code art. 2553); CIVIL_MOVED: "
        "the same, moved to a working day; FREE_DAYS: neither is (CPC art. 181); ELAPSED.",
        examples=["CIVIL"],
    ),
]


class ExtensionView(schemas.Resource):
    """Why there is more time."""

    decided_on: Annotated[schemas.LegalDate, Field(description="When it was decided.")]
    reason: Annotated[
        str,
        Field(max_length=2_000, description="Why.", examples=["Este necesară o cercetare mai amănunțită."]),
    ]
    whole: Annotated[
        bool,
        Field(
            description="True when it takes the place of the first term; false when it is added.",
            examples=[False],
        ),
    ]


class StepView(schemas.Resource):
    """A part of the count, and the last day with it."""

    amount: Annotated[schemas.Int32, Field(description="How many.", examples=[30])]
    unit: Annotated[Unit, Field(description="Of what.", examples=["CALENDAR_DAYS"])]
    counting: CountingOf
    rule_id: Annotated[
        str, Field(max_length=64, description="The rule's code in the catalog.", examples=["petition.answer"])
    ]
    legal_basis: Annotated[
        str,
        Field(
            max_length=200,
            description="The law it comes from.",
            examples=["OG nr. 27/2002 art. 8 alin. (1)"],
        ),
    ]
    ends_on: Annotated[schemas.LegalDate, Field(description="The last day, counted so far.")]
    extension: Annotated[
        ExtensionView | None, Field(description="Null for the term itself, given for what extended it.")
    ]


class PauseView(schemas.Resource):
    """Days on which the term stood still."""

    first: Annotated[schemas.LegalDate, Field(description="The first of them.")]
    last: Annotated[schemas.LegalDate, Field(description="The last of them.")]
    reason: Annotated[str, Field(max_length=200, description="Why.", examples=["SUSPENDED"])]


class OfficeEndView(schemas.Resource):
    """The last day for the institution: the stricter count."""

    counting: CountingOf
    target: Annotated[schemas.LegalDate, Field(description="The last day that is counted, holiday or not.")]
    moved_past: MovedPast
    limit: Annotated[schemas.LegalDate, Field(description="The same, moved to a working day.")]


class CitizenEndView(schemas.Resource):
    """The last day for the petitioner: the milder count."""

    counting: CountingOf
    counted: Annotated[schemas.LegalDate, Field(description="The last day by that count.")]
    moved_past: MovedPast
    end: Annotated[schemas.LegalDate, Field(description="The same, moved to a working day.")]


class EarlierClockView(schemas.Resource):
    """The clock of an institution that has sent the petition on."""

    institution_id: Annotated[schemas.Id, Field(description="The institution.")]
    registered_on: Annotated[schemas.LegalDate, Field(description="When it was registered there.")]
    answer_due_on: Annotated[
        schemas.LegalDate, Field(description="By when it would have been answered there.")
    ]
    forward_by: Annotated[schemas.LegalDate, Field(description="The last day for sending it on.")]
    forwarded_on: Annotated[schemas.LegalDate, Field(description="When it was sent on: this clock ended.")]


class TermView(schemas.Resource):
    """The term of an answer, with everything that its last day follows from."""

    petition_id: Annotated[schemas.Id, Field(description="The petition.")]
    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["IN_ANALYSIS"])]
    start: Annotated[FactView, Field(description="What the term runs from.")]
    first_day: Annotated[schemas.LegalDate, Field(description="The first day that is counted.")]
    steps: Annotated[
        list[StepView], Field(max_length=10, description="The term, then what extended it, in order.")
    ]
    pauses: Annotated[
        list[PauseView],
        Field(max_length=100, description="Empty: a question to the petitioner does not stop this clock."),
    ]
    days_not_counted: NotCounted
    office: OfficeEndView
    citizen: CitizenEndView
    end: Annotated[schemas.LegalDate, Field(description="The last day, as the rule itself is counted.")]
    ended: Annotated[FactView | None, Field(description="What ended the clock; null while it runs.")]
    days_left: Annotated[
        int,
        Field(
            ge=-(2**31),
            le=2**31 - 1,
            description="Days from today, or from the day on which it was closed, to the last one; negative "
            "after it.",
            json_schema_extra={"format": "int32"},
            examples=[12],
        ),
    ]
    is_late: Annotated[
        bool,
        Field(
            description="Whether the last day has passed without an answer, or had when it was closed.",
            examples=[False],
        ),
    ]
    forward_by: Annotated[
        schemas.LegalDate | None,
        Field(description="The last day for sending it on (OG 27/2002 art. 6^1), while that is not decided."),
    ]
    refuse_by: Annotated[
        schemas.LegalDate | None,
        Field(description="The last day for refusing information with reasons (Legea 544/2001); else null."),
    ]
    is_refusal_late: Annotated[
        bool | None,
        Field(description="Whether information was refused after that day; null where it was not refused."),
    ]
    complain_by: Annotated[
        schemas.LegalDate | None,
        Field(
            description="The last day for an administrative complaint to the head of the institution "
            "(Legea 544/2001 art. 21), where information was refused or the term is over."
        ),
    ]
    earlier: Annotated[
        list[EarlierClockView],
        Field(max_length=50, description="The clocks of who had it before, the first one first."),
    ]

    @classmethod
    def of(cls, petition_id: UUID, state: PetitionState, clock: Clock, now: datetime) -> Self:
        """The view of a term on a day."""
        counted, today = clock.deadline, local_date(now)
        return cls.model_validate(
            {
                **counted.explain(),
                "petition_id": petition_id,
                "state": state,
                "days_left": counted.days_left(counted.ended.on if counted.ended else today),
                "is_late": counted.is_late(today),
                "forward_by": clock.forward_by,
                "refuse_by": clock.refuse_by,
                "is_refusal_late": clock.is_refusal_late,
                "complain_by": clock.complain_by,
                "earlier": [
                    {name: getattr(each, name) for name in EarlierClockView.model_fields}
                    for each in clock.earlier
                ],
            }
        )


class OverdueFileView(schemas.Resource):
    """An open file whose last day has passed."""

    petition_id: Annotated[schemas.Id, Field(description="The petition.")]
    registration_label: Annotated[
        str, Field(max_length=32, description="Number and date of registration.", examples=["123/21.11.2026"])
    ]
    kind: Annotated[PetitionKind, Field(description="What it is.", examples=["REQUEST"])]
    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["IN_ANALYSIS"])]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    days_late: Annotated[schemas.Int32, Field(ge=1, description="Days since then.", examples=[3])]
    compartment_id: Annotated[schemas.Id | None, Field(description="The compartment, if it is given to one.")]
    handler_id: Annotated[schemas.Id | None, Field(description="The official who works on it.")]

    @classmethod
    def of(cls, file: File, now: datetime) -> Self:
        """The view of a file on a day."""
        return cls(
            petition_id=file.id,
            registration_label=file.label,
            kind=file.kind,
            state=file.state,
            answer_due_on=file.answer_due_on,
            days_late=(local_date(now) - file.answer_due_on).days,
            compartment_id=file.compartment_id,
            handler_id=file.handler_id,
        )


def file_for_calendars(timed: Timed, texts: Texts, public_origin: str, now: datetime) -> str:
    """The last day for the institution as a file for calendars, in the petition's language.

    Nothing of what the petition says stands in it: calendars are shown to others.
    """
    petition, counted = timed.petition, timed.clock.deadline
    description = texts.translate(petition.language, _DESCRIPTION)
    return counted.as_ics(
        Entry(
            id=petition.id,
            version=petition.version,
            changed_at=now,
            summary=texts.translate(petition.language, _SUMMARY).format(label=petition.label),
            description=description.format(
                basis=counted.steps[-1].term.legal_basis,
                limit=f"{counted.limit:%d.%m.%Y}",
                end=f"{counted.citizen_end:%d.%m.%Y}",
            ),
            address=f"{public_origin}/petitions/v1/petitions/{petition.id}/term",
        )
    )
