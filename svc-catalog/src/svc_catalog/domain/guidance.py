"""Guidance: questions with answers, preventive advice, and whom to call."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from hub_core import clock
from hub_core.language import Language
from hub_terms import calendar

from . import text
from .text import Index, Question, Texts

_NAMESPACE: Final = UUID("0f7e7c58-9d34-5c1b-8a51-2f9a4b6d8e37")

_ROMANIA: Final = "+40"


class FaqCategory(StrEnum):
    """What a question is about."""

    CRIMINAL_RECORD = "CRIMINAL_RECORD"
    PASSPORTS = "PASSPORTS"
    TRAFFIC = "TRAFFIC"
    PETITIONS = "PETITIONS"
    ACCOUNT = "ACCOUNT"
    DOCUMENTS_AND_VEHICLES = "DOCUMENTS_AND_VEHICLES"
    GENERAL = "GENERAL"


class AdviceTopic(StrEnum):
    """What a piece of advice is about."""

    FIRE = "FIRE"
    FLOOD = "FLOOD"
    STORM = "STORM"
    HEAT = "HEAT"
    WINTER = "WINTER"
    EARTHQUAKE = "EARTHQUAKE"
    GAS = "GAS"
    TRAFFIC = "TRAFFIC"
    THEFT = "THEFT"
    FRAUD = "FRAUD"
    BEARS = "BEARS"
    MOUNTAIN = "MOUNTAIN"


@dataclass(frozen=True, slots=True)
class Faq:
    """A question that people ask. `services` are codes; the numbers of a service are on its entry."""

    id: UUID
    code: str
    category: FaqCategory
    question: Texts
    answer: Texts
    services: tuple[str, ...]
    reviewed_at: date
    version: int = 1

    @property
    def sort_key(self) -> str:
        """Its place in a list: by category, then by Romanian question."""
        return text.sort_key(f"{list(FaqCategory).index(self.category)} {self.question.ro}")

    def index(self) -> Index:
        """What a search finds it by."""
        return text.index(names=[(Language.EN, self.code), *self.question.said()], summary=self.answer.said())


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a danger and what not. `months` are those of its season; empty: the whole year.

    `source_id` is the structure that answers for it; `call` says when and whom to call.
    """

    id: UUID
    code: str
    topic: AdviceTopic
    source_id: UUID
    title: Texts
    summary: Texts
    do: tuple[Texts, ...]
    avoid: tuple[Texts, ...]
    call: Texts
    reviewed_at: date
    months: tuple[int, ...] = ()
    version: int = 1

    def is_for(self, day: date) -> bool:
        """Whether its season is on that day."""
        return not self.months or day.month in self.months


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line: `opens` and `closes` are local times of working days, `None` when not confirmed.

    `number` is E.164, or 112. Open `always` means day and night, on holidays too.
    """

    code: str
    institution: str
    number: str
    name: Texts
    purpose: Texts
    verified: bool
    always: bool = False
    opens: time | None = None
    closes: time | None = None

    @property
    def national(self) -> str:
        """The number as people in Romania write and dial it (`0800 800 624`)."""
        if not self.number.startswith(_ROMANIA):
            return self.number
        digits = "0" + self.number.removeprefix(_ROMANIA)
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"

    def is_open(self, now: datetime, holidays: Collection[str]) -> bool | None:
        """Whether somebody answers at that moment; `None` when the hours are not confirmed."""
        if self.always:
            return True
        if self.opens is None or self.closes is None:
            return None
        local = now.astimezone(clock.BUCHAREST)
        works = calendar.is_working_day(local.date(), holidays)
        return works and self.opens <= local.time() < self.closes


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Whom to call. The disclaimer is read before the numbers."""

    disclaimer: Texts
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FaqFilter:
    """Which questions are wanted."""

    question: Question | None = None
    category: FaqCategory | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class AdviceFilter:
    """Which advice is wanted: of a topic, and for the season of a day."""

    topic: AdviceTopic | None = None
    on: date | None = None


def guidance_id(kind: str, code: str) -> UUID:
    """The id of a question (`faq`) or a piece of advice (`advice`): the same in every installation."""
    return uuid5(_NAMESPACE, f"{kind}:{code}")
