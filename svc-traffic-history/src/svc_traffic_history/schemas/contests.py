"""Reports contested by a petition, in requests and answers."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import Field

from hub_core.language import Language
from hub_core.text import Text
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain import contests as domain
from ..domain.contests import Contest, ContestState, Words
from ..operations.contests import Contested
from .terms import TrafficTermView

OPEN: Final = (
    "A petition does not stop the term for the complaint in court (plângere contravențională, OG 2/2001 "
    "art. 31). The last day of that term is {day}."
)
OVER: Final = (
    "A petition does not stop the term for the complaint in court (plângere contravențională, OG 2/2001 "
    "art. 31). The last day of that term was {day}."
)
NOT_BEGUN: Final = (
    "A petition does not stop the term for the complaint in court (plângere contravențională, OG 2/2001 "
    "art. 31). That term runs from the day on which the report is handed over or communicated to you."
)
TEXTS: Final = (OPEN, OVER, NOT_BEGUN)
_DAYS: Final = {Language.RO: "{:%d.%m.%Y}", Language.HU: "{:%Y.%m.%d.}", Language.EN: "{:%d %B %Y}"}

PetitionNumber = Annotated[
    str,
    Field(
        max_length=32,
        description="Number and date of the petition, as they are quoted.",
        json_schema_extra={"examples": ["123/21.11.2026"]},
    ),
]


class ContestLine(schemas.Resource):
    """What a driver writes against a report, and what they ask for."""

    words: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.WORDS_MAX,
            description="Why the report is wrong, in plain text.",
            examples=["În acea zi nu eu am condus; mașina era la service."],
        ),
    ]
    asks: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.ASKS_MAX,
            description="What is asked for.",
            examples=["Vă rog să verificați și să anulați procesul-verbal."],
        ),
    ]
    language: Annotated[
        Language, Field(description="The language it is written in (ISO 639-1).", examples=["ro"])
    ]

    def value(self) -> Words:
        """What was sent."""
        return Words(self.words, self.asks, self.language)


class LinePetitionView(schemas.Resource):
    """The petition by which a report is contested."""

    id: Annotated[schemas.Id, Field(description="The petition, in `/petitions/v1/petitions`.")]
    state: Annotated[
        ContestState,
        Field(description="PENDING until it has its number, ENDED once it was answered or filed away."),
    ]
    number: PetitionNumber | None
    registered_at: Annotated[schemas.Instant | None, Field(description="The instant of registration.")]
    answer_due_on: Annotated[schemas.LegalDate | None, Field(description="The last day for its answer.")]

    @classmethod
    def of(cls, contest: Contest) -> Self:
        """The view of a contest."""
        petition = contest.petition
        return cls(
            id=contest.id,
            state=contest.state,
            number=petition.number if petition else None,
            registered_at=petition.at if petition else None,
            answer_due_on=petition.answer_due_on if petition else None,
        )


class LineContestView(schemas.Resource):
    """A report that is contested by a petition, and the term in court, which runs on."""

    line_id: Annotated[schemas.Id, Field(description="The report.")]
    petition: Annotated[LinePetitionView, Field(description="The petition.")]
    complaint: Annotated[
        TrafficTermView | None,
        Field(description="The term for the complaint in court; null before the report is communicated."),
    ]
    important: Annotated[
        str,
        Field(
            max_length=500,
            description="That the petition does not stop that term, in the language of Accept-Language.",
            examples=["Petiția nu oprește termenul plângerii contravenționale."],
        ),
    ]

    @classmethod
    def of(cls, made: Contested, on: date, language: Language, texts: Texts) -> Self:
        """The view of a contest on a day."""
        term = made.line.complaint
        message = NOT_BEGUN if term is None else OPEN if on <= term.citizen_end else OVER
        day = _DAYS[language].format(term.citizen_end) if term else ""
        return cls(
            line_id=made.contest.proces_verbal_id,
            petition=LinePetitionView.of(made.contest),
            complaint=TrafficTermView.of(term, on),
            important=texts.translate(language, message).format(day=day),
        )
