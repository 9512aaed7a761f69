"""What the API shows of a search: how well each item fits, and how the question was read."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from hub_service.paging import Page, Wanted

from ..domain import text
from ..operations.searching import Answer
from ..storage.ranking import Position

ItemT = TypeVar("ItemT", bound=BaseModel)
ValueT = TypeVar("ValueT")


class Fit(StrEnum):
    """How well an item fits a question, the best first (`domain.text.Match`)."""

    EXACT = "EXACT"
    CALLED = "CALLED"
    BEGINNING = "BEGINNING"
    NAME = "NAME"
    KEYWORD = "KEYWORD"
    SUMMARY = "SUMMARY"
    TEXT = "TEXT"
    CORRECTED = "CORRECTED"
    PARTIAL = "PARTIAL"


FitOfItem = Annotated[
    Fit | None,
    Field(
        description="How well it fits `q`: a name or code is it, people call it so, a name begins with it, "
        "its words are in the names, keywords, summary, texts; only with an error of typing forgiven; "
        "only some of the words. Null without `q`."
    ),
]


class SearchPage(Page[ItemT], Generic[ItemT]):
    """One page of a list that can be searched."""

    read_as: Annotated[
        str | None,
        Field(
            max_length=2_000,
            examples=["passport appointment"],
            description="What was looked for instead, where an error of typing was forgiven: did you mean …?",
        ),
    ] = None


def fit(position: Position, *, asked: bool) -> Fit | None:
    """How well the item at a position fits what was asked."""
    if not asked:
        return None
    if position[0] >= text.PARTIAL:
        return Fit.PARTIAL
    return Fit.CORRECTED if position[0] >= text.CORRECTED else Fit(text.Match(position[0]).name)


def page(
    asked: Wanted, answer: Answer[tuple[Position, ValueT]], view: Callable[[tuple[Position, ValueT]], ItemT]
) -> SearchPage[ItemT]:
    """The page of what was found."""
    made = asked.page(answer.rows, position=lambda row: row[0], view=view)
    return SearchPage(items=made.items, next_cursor=made.next_cursor, read_as=answer.read_as)


def stored_page(
    asked: Wanted,
    answer: Answer[tuple[Position, ValueT]],
    show: Callable[[tuple[Position, ValueT]], dict[str, object]],
) -> bytes:
    """The same of what is shown as it is stored, as JSON."""
    rows, next_cursor = asked.cut(answer.rows, position=lambda row: row[0])
    page = {"items": [show(row) for row in rows], "next_cursor": next_cursor, "read_as": answer.read_as}
    return orjson.dumps(page)
