"""Audiences and sittings in requests and answers."""

from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import audiences as domain
from ..domain import petitions
from ..domain.audiences import AudienceFile, AudienceState, Mode, Reply
from ..operations.audiences import Seen
from ..operations.sittings import Cancelled, Wanted
from .petitions import IsPetition, Kind, WrittenIn
from .topics import Topic, TopicCode

_FUNCTION: Final = Field(
    min_length=1,
    max_length=domain.FUNCTION_MAX,
    description="Who receives, by function.",
    examples=["Director general"],
)
_PLACE: Final = Field(
    min_length=1,
    max_length=domain.PLACE_MAX,
    description="The address and room, or how the video call is opened.",
    examples=["Strada Exemplului nr. 1, camera 12"],
)
_STARTS: Final = Field(
    description="When the first person is received.", examples=["2099-12-02T08:00:00.000Z"]
)
_MINUTES: Final = Field(ge=1, le=240, description="Minutes for each person.", examples=[15])
_PLACES: Final = Field(
    ge=1,
    le=domain.PLACES_MOST,
    description="How many people are received, one after the other.",
    examples=[8],
)
_REASON: Final = Field(
    min_length=1,
    max_length=domain.REASON_MAX,
    description="Why, in words that who asked for the audience may read.",
    examples=["Directorul general este în misiune."],
)
_NOTE: Final = Field(
    min_length=1,
    max_length=domain.NOTE_MAX,
    description="For officials alone.",
    examples=["A mai scris în martie; vezi dosarul 41/2026."],
)
_SAID: Final = Field(
    min_length=1,
    max_length=domain.NOTE_MAX,
    description="What was said; who was received reads it.",
    examples=["S-a discutat despre programul ghișeului."],
)
_WHAT: Final = Field(
    min_length=1,
    max_length=domain.PROMISE_MAX,
    description="What was promised.",
    examples=["Programul se afișează și la intrare."],
)
_TOPICS: Final = Field(min_length=1, max_length=50, description="What people are received about.")
_WANTED: Final[dict[str, JsonValue]] = {
    "function": "Director general",
    "mode": "IN_PERSON",
    "place": "Strada Exemplului nr. 1, camera 12",
    "starts_at": "2099-12-02T08:00:00.000Z",
    "minutes": 15,
    "places": 8,
    "topics": ["PASSPORTS"],
}

ModeField = Annotated[Mode, Field(description="IN_PERSON or VIDEO.", examples=["IN_PERSON"])]
StateField = Annotated[AudienceState, Field(description="Where it stands.", examples=["SCHEDULED"])]


class PublishSitting(schemas.Resource):
    """Hours in which somebody receives people."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WANTED]})

    function: Annotated[Line, _FUNCTION]
    host_id: Annotated[
        schemas.Id | None,
        Field(description="The official who receives: they prepare audiences and write their minutes."),
    ] = None
    mode: ModeField
    place: Annotated[Line, _PLACE]
    starts_at: Annotated[schemas.Instant, _STARTS]
    minutes: Annotated[schemas.Int32, _MINUTES]
    places: Annotated[schemas.Int32, _PLACES]
    topics: Annotated[tuple[Topic, ...], _TOPICS]

    def wanted(self) -> Wanted:
        """What was sent, as a value."""
        return Wanted(
            function=self.function,
            host_id=self.host_id,
            mode=self.mode,
            place=self.place,
            starts_at=self.starts_at,
            minutes=self.minutes,
            places=self.places,
            topics=tuple(dict.fromkeys(self.topics)),
        )


class SittingView(schemas.Resource):
    """Hours in which somebody receives people, as everybody sees them."""

    id: Annotated[schemas.Id, Field(description="The sitting.")]
    institution_id: Annotated[schemas.Id, Field(description="The institution.")]
    function: Annotated[str, _FUNCTION]
    mode: ModeField
    place: Annotated[str, _PLACE]
    starts_at: Annotated[schemas.Instant, _STARTS]
    ends_at: Annotated[schemas.Instant, Field(description="When the last person goes.")]
    minutes: Annotated[schemas.Int32, _MINUTES]
    places: Annotated[schemas.Int32, _PLACES]
    free: Annotated[schemas.Int32, Field(ge=0, description="How many places are free.", examples=[3])]
    topics: Annotated[list[TopicCode], Field(max_length=50, description="What people are received about.")]

    @classmethod
    def of(cls, sitting: domain.Sitting) -> Self:
        """The view of a sitting."""
        return cls(**_sitting(sitting))


class OfficeSittingView(SittingView):
    """The same as officials of the institution see it."""

    host_id: Annotated[schemas.Id | None, Field(description="The official who receives, where known.")]
    cancelled_at: Annotated[schemas.Instant | None, Field(description="When it was cancelled, if it was.")]
    cancel_reason: Annotated[
        str | None,
        Field(max_length=domain.REASON_MAX, description="Why.", examples=["Directorul general este plecat."]),
    ]

    @classmethod
    def of(cls, sitting: domain.Sitting) -> Self:
        """The view of a sitting at its institution."""
        return cls(**_office_sitting(sitting))


class CancelledSittingView(OfficeSittingView):
    """A sitting that does not take place."""

    offered: Annotated[
        schemas.Int32,
        Field(ge=0, description="People who were given a place of one of the next sittings.", examples=[5]),
    ]
    waiting: Annotated[
        schemas.Int32, Field(ge=0, description="People who wait for another date.", examples=[0])
    ]

    @classmethod
    def of_cancelled(cls, cancelled: Cancelled) -> Self:
        """The view of a sitting just cancelled."""
        return cls(**_office_sitting(cancelled.sitting), offered=cancelled.offered, waiting=cancelled.waiting)


class CancelSitting(schemas.Resource):
    """Why a sitting does not take place."""

    reason: Annotated[Text, _REASON]


class ScheduleAudience(schemas.Resource):
    """Where somebody is received."""

    sitting_id: Annotated[schemas.Id, Field(description="A sitting of your institution.")]
    place: Annotated[
        schemas.Int32 | None,
        Field(
            ge=1,
            le=domain.PLACES_MOST,
            description="The place; the first free one if left out.",
            examples=[1],
        ),
    ] = None


class DeclineAudience(schemas.Resource):
    """Why a request is declined."""

    reason: Annotated[Text, _REASON]


class ReplyToAudience(schemas.Resource):
    """What the person says to the hour that they were given."""

    reply: Annotated[
        Reply,
        Field(
            description="CONFIRM, OTHER_DATE, or CANCEL: no audience is wanted any more.",
            examples=["CONFIRM"],
        ),
    ]


class PrepareAudience(schemas.Resource):
    """What whoever receives should know."""

    text: Annotated[Text, _NOTE]


class PromiseBody(schemas.Resource):
    """Something that was promised."""

    what: Annotated[Line, _WHAT]
    until: Annotated[
        schemas.LegalDate, Field(description="The day until which it was promised.", examples=["2026-12-15"])
    ]


class WriteMinutes(schemas.Resource):
    """What was said in an audience."""

    present: Annotated[
        tuple[Annotated[Line, _FUNCTION], ...],
        Field(min_length=1, max_length=domain.PRESENT_MOST, description="Who was there, by function."),
    ]
    said: Annotated[Text, _SAID]
    promises: Annotated[
        tuple[PromiseBody, ...],
        Field(max_length=domain.PROMISES_MOST, description="What was promised, each until a day."),
    ] = ()

    def promised(self) -> list[domain.Promise]:
        """What was promised, as values."""
        return [domain.Promise(one.what, one.until) for one in self.promises]


class FollowUpAudience(schemas.Resource):
    """The petition that came of an audience; it is of who was received."""

    kind: Kind
    subject: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=petitions.SUBJECT_MAX,
            description="What it is about, in one line.",
            examples=["Programul ghișeului de pașapoarte"],
        ),
    ]
    text: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=petitions.TEXT_MAX,
            description="What was asked for in the audience.",
            examples=["Solicită afișarea programului la intrare."],
        ),
    ]
    language: WrittenIn
    is_petition: IsPetition = False

    def submission(self, institution_id: UUID) -> petitions.Submission:
        """What was sent, as a value; it is registered where the registrar works."""
        return petitions.Submission(
            institution_id=institution_id,
            kind=self.kind,
            subject=self.subject,
            text=self.text,
            language=self.language,
            is_petition=self.is_petition,
        )


class MinutesView(schemas.Resource):
    """What was said in an audience."""

    present: Annotated[
        list[Annotated[str, _FUNCTION]],
        Field(max_length=domain.PRESENT_MOST, description="Who was there, by function."),
    ]
    said: Annotated[str, _SAID]
    promises: Annotated[
        list[PromiseBody], Field(max_length=domain.PROMISES_MOST, description="What was promised.")
    ]
    written_at: Annotated[schemas.Instant, Field(description="When it was written.")]

    @classmethod
    def of(cls, minutes: domain.Minutes) -> Self:
        """The view of what was said."""
        return cls(
            present=[*minutes.present],
            said=minutes.said,
            promises=[PromiseBody(what=one.what, until=one.until) for one in minutes.promises],
            written_at=minutes.written_at,
        )


class _Audience(schemas.Resource):
    petition_id: Annotated[schemas.Id, Field(description="The petition that asks for it.")]
    registration_label: Annotated[
        str, Field(max_length=32, description="Its number and date.", examples=["123/21.11.2026"])
    ]
    answer_due_on: Annotated[
        schemas.LegalDate,
        Field(description="The last day for a written answer; the term of the petition explains it."),
    ]
    topic: Annotated[
        str | None,
        Field(max_length=32, description="What it is about, if it was said.", examples=["PASSPORTS"]),
    ]
    state: StateField
    function: Annotated[
        str | None,
        Field(max_length=domain.FUNCTION_MAX, description="Who receives.", examples=["Director general"]),
    ]
    mode: Annotated[Mode | None, Field(description="How, once there is a place.", examples=["IN_PERSON"])]
    place: Annotated[
        str | None,
        Field(
            max_length=domain.PLACE_MAX, description="Where.", examples=["Strada Exemplului nr. 1, camera 12"]
        ),
    ]
    starts_at: Annotated[schemas.Instant | None, Field(description="When the person is received.")]
    ends_at: Annotated[schemas.Instant | None, Field(description="When the next one is received.")]
    follow_up_id: Annotated[schemas.Id | None, Field(description="The petition that came of it.")]


class AudienceView(_Audience):
    """An audience as who asked for it sees it."""

    reason: Annotated[
        str | None,
        Field(
            max_length=domain.REASON_MAX,
            description="Why it was declined, or why the sitting was cancelled in which it had a place.",
            examples=["Directorul general este în misiune."],
        ),
    ]
    minutes: Annotated[MinutesView | None, Field(description="What was said, once it is written.")]

    @classmethod
    def of(cls, seen: Seen) -> Self:
        """The view of an audience."""
        return cls(
            **_audience(seen.file),
            reason=seen.steps[-1].note if seen.steps else None,
            minutes=MinutesView.of(seen.minutes) if seen.minutes else None,
        )


class ListedAudienceView(_Audience):
    """An audience in the list of an institution: nothing of what it is about but the topic."""

    sitting_id: Annotated[schemas.Id | None, Field(description="The sitting in which it has a place.")]
    number_in_sitting: Annotated[
        schemas.Int32 | None, Field(ge=1, description="Which place of the sitting.", examples=[1])
    ]

    @classmethod
    def of(cls, one: AudienceFile) -> Self:
        """The view of a request."""
        return cls(**_listed(one))


class AudienceStepView(schemas.Resource):
    """A step of an audience."""

    at: Annotated[schemas.Instant, Field(description="When it was taken.")]
    came_from: Annotated[AudienceState, Field(description="Where it stood before.", examples=["REQUESTED"])]
    state: StateField
    reason: Annotated[
        str | None,
        Field(max_length=64, description="A code, if there is one.", examples=["SITTING_CANCELLED"]),
    ]
    note: Annotated[
        str | None,
        Field(
            max_length=domain.REASON_MAX, description="A reason in words.", examples=["Se răspunde în scris."]
        ),
    ]


class OpenedAudienceView(ListedAudienceView):
    """An audience as officials see it."""

    preparation: Annotated[
        str | None,
        Field(
            max_length=domain.NOTE_MAX, description="For officials alone.", examples=["Vezi dosarul 41/2026."]
        ),
    ]
    minutes: Annotated[MinutesView | None, Field(description="What was said, once it is written.")]
    steps: Annotated[
        list[AudienceStepView], Field(max_length=1_000, description="What it has gone through, in order.")
    ]

    @classmethod
    def of_seen(cls, seen: Seen) -> Self:
        """The view of an audience that an official opened."""
        return cls(
            **_listed(seen.file),
            preparation=seen.preparation,
            minutes=MinutesView.of(seen.minutes) if seen.minutes else None,
            steps=[
                AudienceStepView(
                    at=step.at,
                    came_from=step.came_from,
                    state=step.state,
                    reason=step.reason,
                    note=step.note,
                )
                for step in seen.steps
            ],
        )


def _sitting(sitting: domain.Sitting) -> dict[str, Any]:
    same = (
        *("id", "institution_id", "function", "mode", "place", "starts_at", "ends_at", "minutes", "places"),
    )
    shown = {name: getattr(sitting, name) for name in same}
    is_open = sitting.cancelled_at is None
    return shown | {
        "free": sitting.places - sitting.taken if is_open else 0,
        "topics": [*sitting.topics],
    }


def _office_sitting(sitting: domain.Sitting) -> dict[str, Any]:
    own = {name: getattr(sitting, name) for name in ("host_id", "cancelled_at", "cancel_reason")}
    return _sitting(sitting) | own


def _audience(one: AudienceFile) -> dict[str, Any]:
    sitting = one.sitting
    return {
        "petition_id": one.audience.petition_id,
        "registration_label": one.label,
        "answer_due_on": one.answer_due_on,
        "topic": one.audience.topic,
        "state": one.audience.state,
        "function": sitting.function if sitting else None,
        "mode": sitting.mode if sitting else None,
        "place": sitting.place if sitting else None,
        "starts_at": one.hour,
        "ends_at": one.ends_at,
        "follow_up_id": one.audience.follow_up_id,
    }


def _listed(one: AudienceFile) -> dict[str, Any]:
    return _audience(one) | {
        "sitting_id": one.audience.sitting_id,
        "number_in_sitting": one.audience.place,
    }
