"""What somebody may be looking for who has only begun to type, and the situations in life to begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub_events.session import Session

from ..domain import institutions, services, text
from ..domain.text import Question, Texts
from ..reference import concepts
from ..storage import services as storage
from . import institutions as institution_operations
from . import services as service_operations

_SERVICES: Final = 6
_INSTITUTIONS: Final = 4
_LIFE_EVENTS: Final = 3


class SuggestionKind(StrEnum):
    """What is suggested."""

    SERVICE = "SERVICE"
    LIFE_EVENT = "LIFE_EVENT"
    INSTITUTION = "INSTITUTION"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that is found by what was typed, in the language in which it was."""

    kind: SuggestionKind
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A situation in life, and how many published services are needed in it."""

    code: str
    title: Texts
    services: int


async def suggest(session: Session, question: Question | None, on: date) -> list[Suggestion]:
    """What the day's catalog has for these words: services, life events, institutions; few of each."""
    if question is None:
        return []
    wanted = services.Filter(question=question)
    found = await service_operations.find(session, wanted, None, _SERVICES)
    there = await institution_operations.find(
        session, institutions.Filter(on=on, question=question), None, _INSTITUTIONS
    )
    return [
        *(
            Suggestion(SuggestionKind.SERVICE, each.card["code"], question.best(each.title))
            for position, each in found.rows
            if position[0] < text.PARTIAL
        ),
        *_life_events(question),
        *(
            Suggestion(SuggestionKind.INSTITUTION, each.code, question.best(each.names))
            for position, each in there.rows
            if position[0] < text.PARTIAL
        ),
    ]


async def life_events(session: Session) -> list[LifeEvent]:
    """The situations that published services are needed in, by Romanian title."""
    async with session.begin():
        counted = await storage.count_life_events(session)
    found = [LifeEvent(code, concepts.name("life_event", code), count) for code, count in counted.items()]
    return sorted(found, key=lambda each: text.sort_key(each.title.ro))


def _life_events(question: Question) -> Iterator[Suggestion]:
    known = concepts.concepts()["life_event"]
    fitting = [code for code, title in known.items() if question.fits(title)]
    for code in fitting[:_LIFE_EVENTS]:
        yield Suggestion(SuggestionKind.LIFE_EVENT, code, question.best(known[code]))
