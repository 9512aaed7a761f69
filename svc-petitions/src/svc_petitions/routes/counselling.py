"""Counselling contacts: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Query, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import leading, registering
from ..errors.counselling import ContactDayWrong, ContactPeriodOpen, CountedDaysWrong
from ..errors.files import FileNotFound
from ..operations import counselling as operations
from ..schemas.counselling import (
    ContactCountsView,
    ContactView,
    CounsellingStatisticsView,
    RecordContact,
)

router = Router(prefix="/petitions/v1", tags=["counselling"])

_FRESH: Final = {"cache-control": "public, max-age=3600"}
_TABLE: Final = "text/csv; charset=utf-8; header=present"
_PUBLIC: Final = policy.public(raises=(ContactPeriodOpen,))
_EXAMPLE: Final = "\r\n".join(
    (",".join(operations.COLUMNS), "2026-H1,TOTAL,,,1769,7.4", "2026-H1,CHANNEL,PHONE,,1474,6.1")
)
CountedDay = Annotated[
    schemas.LegalDate, Query(description="A day; at most 31 are counted at once.", examples=["2026-11-01"])
]
Period = Annotated[
    str | None,
    Query(
        pattern=r"^20[0-9]{2}(-H[12])?$",
        max_length=7,
        description="A half-year or a year; the last half-year that is settled, where left out.",
        examples=["2026-H1"],
    ),
]


@router.post(
    "/counselling-contacts",
    status_code=201,
    summary="Record that somebody was counselled",
    **registering(ContactDayWrong, FileNotFound),
)
async def record_counselling_contact(
    body: RecordContact, official: policy.Acting, session: Session, now: Now
) -> ContactView:
    """For operators of the free telephone line and of the counter: when, how, what about, for how long.

    Nobody is named, and nothing of what was said is kept.
    """
    return ContactView.of(await operations.record(session, official, body.wanted(), now))


@router.get(
    "/counselling-contacts/counts",
    summary="Count the people whom your institution counselled",
    **leading(CountedDaysWrong),
)
async def count_counselling_contacts(
    first: CountedDay, last: CountedDay, official: policy.Acting, session: Session
) -> ContactCountsView:
    """How many people were counselled, by day, topic and channel, and for how long."""
    return ContactCountsView.of(first, last, await operations.count(session, official, first, last))


@router.get("/counselling-statistics", summary="Read counselling in figures", **_PUBLIC)
async def get_counselling_statistics(
    session: Session, now: Now, response: Response, period: Period = None
) -> CounsellingStatisticsView:
    """A half-year or a year: how many, by channel, topic and structure, and for how long on average.

    A period is told once nothing of it can be recorded any more, and never changes after. Small counts are
    not told, nor what would let one be worked out.
    """
    response.headers.update(_FRESH)
    return CounsellingStatisticsView.of(await operations.read_statistics(session, period, now))


@router.get(
    "/counselling-statistics/csv",
    summary="Read counselling in figures, as a table",
    **_PUBLIC
    | {
        "responses": _PUBLIC["responses"]
        | {
            200: {
                "description": "The figures as CSV",
                "content": {
                    "text/csv": {"schema": {"type": "string", "maxLength": 10_000_000}, "example": _EXAMPLE}
                },
            }
        },
        "response_class": Response,
    },
)
async def export_counselling_statistics(session: Session, now: Now, period: Period = None) -> Response:
    """The same figures as CSV (RFC 4180), a row for the whole and for each part; empty where not told."""
    told = await operations.read_statistics(session, period, now)
    return Response(operations.table(told), media_type=_TABLE, headers=_FRESH)
