"""What is public and read by anybody, so that it may be cached."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from hub_core.text import Line
from hub_service import routing

from ..domain import text
from ..domain.text import Match
from ..exports.documents import GraphFormat

_FRESH: Final = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
"""A minute; another while a newer answer is fetched; a day while the catalog is away (RFC 5861)."""
POSITION: Final = (
    Annotated[int, Field(ge=min(Match), le=text.WORST, strict=True)],
    Annotated[Line, Field(max_length=text.SORT_KEY_LENGTH)],
    UUID,
)
"""Where a list stands (`storage.ranking.Position`)."""

Search = Annotated[
    Line | None,
    Query(
        max_length=200,
        examples=["politia covasna"],
        description="Words of the name, former name, code or subject, in any of the three languages; "
        "diacritics, case and endings do not matter, beginnings of words are enough, and errors of typing "
        "are forgiven where nothing else is found.",
    ),
]
IdOrCode = Annotated[str, Field(max_length=36, pattern=r"^[A-Za-z0-9-]+$", examples=["IPJ-CV"])]


async def _may_be_cached(response: Response) -> None:
    response.headers["cache-control"] = _FRESH


def router() -> routing.Router:
    """A router of public operations, whose answers may be kept for a while."""
    return routing.Router(prefix="/catalog/v1", dependencies=[Depends(_may_be_cached)])


def document(content: bytes, media_type: str, **headers: str) -> Response:
    """An answer that is no JSON of ours, and may be cached as long; `vary` and the like as headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(content, media_type=media_type, headers={"cache-control": _FRESH, **named})


def exports_of(code: str) -> str:
    """The Link header that leads from an entry to its exports (RFC 8288)."""
    address = f"/catalog/v1/cpsv-ap/{code}"
    return ", ".join(
        f'<{address}?format={form}>; rel="alternate"; type="{form.media_type}"' for form in GraphFormat
    )


def id_or_code(given: str) -> UUID | str:
    """An institution's id, or its code, as somebody gave it."""
    try:
        return UUID(given)
    except ValueError:
        return given
