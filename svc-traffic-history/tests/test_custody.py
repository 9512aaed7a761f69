"""The chain of custody: bound line to line, nothing is changed, and it tells no officer."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events.session import Session
from svc_traffic_history.domain import custody
from svc_traffic_history.domain.custody import CLOCK, Act, Actor, Entry, Line, Part
from svc_traffic_history.operations import custody as operations
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports

from .build_driving_reports import a_driving_report

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REPORTER = Actor(ids.new_id())
OFFICER = Actor(ids.new_id(), ids.new_id())


def an_entry(act: Act = Act.RECEIVED, actor: Actor = REPORTER, **special: Any) -> Entry:
    facts: dict[str, Any] = {"report_id": UUID(int=7), "at": NOON, "salt": bytes(16)}
    return Entry(act=act, actor=actor, **(facts | special))


def a_chain() -> list[Line]:
    lines: list[Line] = []
    for act, actor in ((Act.RECEIVED, REPORTER), (Act.CHECKED, CLOCK), (Act.VIEWED, OFFICER)):
        lines.append(custody.following(lines[-1] if lines else None, an_entry(act, actor)))
    return lines


def test_a_whole_chain_has_no_break() -> None:
    assert custody.broken_at(a_chain()) is None
    assert custody.broken_at([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON + timedelta(microseconds=1)},
        {"act": Act.FORWARDED},
        {"actor": replace(OFFICER, id=ids.new_id())},
        {"actor": replace(OFFICER, institution_id=ids.new_id())},
        {"purpose": "CASE_HANDLING"},
        {"sha256": bytes(32)},
        {"video_id": UUID(int=9)},
        {"report_id": UUID(int=8)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_of_a_line_breaks_the_chain_there(change: dict[str, Any]) -> None:
    lines = a_chain()
    lines[2] = replace(lines[2], entry=replace(lines[2].entry, **change))
    assert custody.broken_at(lines) == 3


def test_a_line_that_is_left_out_put_in_or_moved_breaks_the_chain() -> None:
    first, second, third = a_chain()
    assert custody.broken_at([first, third]) == 2
    assert custody.broken_at([second, third]) == 1
    assert custody.broken_at([first, third, second]) == 2
    assert custody.broken_at([first, first, second, third]) == 2


def test_a_line_tells_the_part_of_somebody_and_commits_to_who_it_was() -> None:
    entry = an_entry(Act.VIEWED, OFFICER, purpose="CASE_HANDLING")
    told = custody.told(1, entry)
    assert json.loads(told)["by"] == Part.OFFICER
    assert not any(str(each) in told for each in (OFFICER.id, OFFICER.institution_id, "CASE_HANDLING"))
    opened = hashlib.sha256(
        entry.salt + f"{OFFICER.id}|{OFFICER.institution_id}|CASE_HANDLING".encode()
    ).hexdigest()
    assert json.loads(told)["who"] == opened


def test_anybody_can_check_the_links_with_sha256_alone() -> None:
    link = bytes(32)
    for line in a_chain():
        link = hashlib.sha256(link + custody.told(line.number, line.entry).encode()).digest()
        assert link == line.link


@pytest.fixture
async def report_id(sessions: async_sessionmaker[Session], means: Means) -> UUID:
    """A report that was sent, as no other test has it."""
    made = a_driving_report(year=1902)
    async with sessions() as session, session.begin():
        await driving_reports.add(session, means.key, made)
    return made.id


async def test_what_is_noted_at_once_stands_line_after_line(
    sessions: async_sessionmaker[Session], report_id: UUID
) -> None:
    async def note(act: Act) -> None:
        async with sessions() as session, session.begin():
            await operations.note(session, report_id, act, OFFICER, clock.now(), purpose="CASE_HANDLING")

    await asyncio.gather(*(note(Act.VIEWED) for _ in range(8)))
    async with sessions() as session, session.begin():
        lines = await operations.lines(session, report_id)
        assert await operations.verify(session, report_id) is None
    assert [line.number for line in lines] == list(range(1, 9))


async def test_the_service_may_neither_change_nor_delete_a_line(
    sessions: async_sessionmaker[Session], report_id: UUID
) -> None:
    async with sessions() as session, session.begin():
        await operations.note(session, report_id, Act.RECEIVED, REPORTER, NOON)
    for statement in (
        "UPDATE custody SET act = 'DELETED' WHERE driving_report_id = :id",
        "DELETE FROM custody WHERE driving_report_id = :id",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with sessions() as session, session.begin():
                await session.execute(text(statement), {"id": report_id})


async def test_a_line_that_somebody_put_into_the_table_is_found(
    sessions: async_sessionmaker[Session], report_id: UUID
) -> None:
    async with sessions() as session, session.begin():
        await operations.note(session, report_id, Act.RECEIVED, REPORTER, NOON)
        await session.execute(
            text(
                "INSERT INTO custody (driving_report_id, line, at, act, salt, link)"
                " SELECT driving_report_id, 2, at, 'CHECKED', salt, link FROM custody"
                " WHERE driving_report_id = :id"
            ),
            {"id": report_id},
        )
        assert await operations.verify(session, report_id) == 2
