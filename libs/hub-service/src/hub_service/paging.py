"""Lists by keyset: an opaque cursor over an index, never an offset, never a total.

async def list_petitions(asked: paging.Asked, ...) -> paging.Page[View]:
    rows = await storage.find(session, after=asked.after(UUID), limit=asked.rows)
    return asked.page(rows, position=lambda row: (row.id,), view=View.of)
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from hub_core.problem import FieldError

from .problems import InvalidRequest

Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)
Key = TypeVar("Key")

Limit = Annotated[
    int,
    Query(
        ge=1, le=200, description="How many items a page has at most.", json_schema_extra={"format": "int32"}
    ),
]
"""Page size; give it the default 50."""

Cursor = Annotated[
    str | None,
    Query(
        max_length=512,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The `next_cursor` of the page before; leave it out for the first page.",
    ),
]
"""The opaque position after which the page begins; its default is `None`."""


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[Item], Field(max_length=200, description="The items of this page.")]
    next_cursor: Annotated[
        str | None,
        Field(
            max_length=512,
            description="Give it as `cursor` to read on; null on the last page.",
            examples=["WyIwMTk5ZjJhNC03YzFlLTdiM2EtOWQ1Mi0zZjZhMWM4ZTRiNzAiXQ"],
        ),
    ]


def encode(position: Sequence[Any]) -> str:
    """The cursor of a position, such as `(filed_at, id)`."""
    return urlsafe_b64encode(orjson.dumps(list(position), default=str)).rstrip(b"=").decode()


def decode(cursor: str | None, shape: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The position a cursor stands for, read as `shape` (such as `(datetime, UUID)`).

    Raises `InvalidRequest` for one that this list did not give out.
    """
    if cursor is None:
        return None
    try:
        values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(
            TypeAdapter[Any](kind).validate_python(value) for kind, value in zip(shape, values, strict=True)
        )
    except (Error, TypeError, ValueError) as error:
        raise InvalidRequest(
            errors=[FieldError("query/cursor", "cursor", "This cursor was not given out by this list")]
        ) from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page of a list, as the caller asks for it."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    @property
    def rows(self) -> int:
        """How many rows to look for: one more than is shown tells whether there is another page."""
        return self.limit + 1

    def position(self, shape: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Where the page before ended, read as `shape`; raises `InvalidRequest`."""
        return decode(self.cursor, shape)

    def after(self, kind: type[Key]) -> Key | None:
        """The same for a list in the order of one key."""
        position = self.position((kind,))
        return position[0] if position else None

    def page(
        self, rows: Sequence[Row], *, position: Callable[[Row], Sequence[Any]], view: Callable[[Row], Item]
    ) -> Page[Item]:
        """The page, of up to `rows` rows; sets the Link header to the next (RFC 8288)."""
        shown, next_cursor = self.cut(rows, position=position)
        return Page(items=[view(row) for row in shown], next_cursor=next_cursor)

    def cut(
        self, rows: Sequence[Row], *, position: Callable[[Row], Sequence[Any]]
    ) -> tuple[Sequence[Row], str | None]:
        """The rows of the page and the cursor of the next; sets the Link header."""
        shown = rows[: self.limit]
        next_cursor = encode(position(shown[-1])) if len(rows) > self.limit else None
        if next_cursor:
            address = self.request.url.include_query_params(cursor=next_cursor)
            self.response.headers["link"] = f'<{address.path}?{address.query}>; rel="next"'
        return shown, next_cursor


async def _asked(request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None) -> Wanted:
    return Wanted(request, response, limit, cursor)


Asked = Annotated[Wanted, Depends(_asked)]
"""The page that a list operation was asked for: `limit` and `cursor` in the query."""
