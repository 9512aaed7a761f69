"""The chain of a register: whoever holds its lines sees what was changed, taken out or put between."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events.session import Session
from svc_petitions.domain import registers as domain
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.registers import Direction, Entry, Line, Strike, StrikeReason
from svc_petitions.storage import registers as storage

Looking = asyncpg.Connection
Enter = Callable[..., Awaitable[domain.Entered]]
NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
INSTITUTION = ids.new_id()


def a_line(**special: Any) -> Line:
    """A line of what came in."""
    facts: dict[str, Any] = {
        "institution_id": INSTITUTION,
        "direction": Direction.IN,
        "petition_id": ids.new_id(),
        "subject": "Groapă pe strada mea",
        "correspondent": "Ana",
        "entered_at": NOON,
    }
    return Line(**(facts | special))


def a_register(count: int) -> list[Entry]:
    """As many lines, entered one after the other."""
    previous, made = domain.BEFORE_THE_FIRST, []
    for number in range(1, count + 1):
        line = a_line(entered_at=NOON + timedelta(seconds=number))
        entry = Entry(
            institution_id=line.institution_id,
            year=line.year,
            number=number,
            direction=line.direction,
            petition_id=line.petition_id,
            entered_at=line.entered_at,
            entered_by=None,
            subject_sha256=domain.digest(b"salt", line.subject),
            correspondent_sha256=domain.digest(b"salt", line.correspondent),
            strikes=None,
            entry_sha256=b"",
        )
        previous = entry.link(previous)
        made.append(replace(entry, entry_sha256=previous))
    return made


def test_a_register_that_nobody_touched_has_no_fault() -> None:
    assert list(domain.faults(a_register(5))) == []
    assert list(domain.faults([])) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"direction": Direction.OUT},
        {"petition_id": ids.new_id()},
        {"institution_id": ids.new_id()},
        {"entered_at": NOON},
        {"entered_by": ids.new_id()},
        {"subject_sha256": domain.digest(b"salt", "Alta")},
        {"correspondent_sha256": domain.digest(b"salt", "Ion")},
        {"strikes": Strike(2026, 1, StrikeReason.CLERICAL_ERROR)},
        {"entry_sha256": bytes(32)},
        {"year": 2025},
    ],
)
@given(at=st.integers(0, 4))
def test_no_member_of_a_line_changes_unseen(changed: dict[str, Any], at: int) -> None:
    register = a_register(5)
    register[at] = replace(register[at], **changed)
    assert list(domain.faults(register))


@given(st.permutations(range(5)))
def test_no_order_but_its_own_is_without_fault(order: Sequence[int]) -> None:
    register = a_register(5)
    found = list(domain.faults(register[place] for place in order))
    assert bool(found) == (list(order) != sorted(order))


@given(st.integers(0, 3))
def test_no_line_is_taken_out_or_put_between_unseen(at: int) -> None:
    register = a_register(5)
    assert list(domain.faults(register[:at] + register[at + 1 :]))
    assert list(domain.faults([*register[: at + 1], *register[at:]]))


def test_an_export_says_all_of_a_line() -> None:
    """And so an export is verified as the register itself would be."""
    struck = replace(
        a_register(1)[0], entered_by=ids.new_id(), strikes=Strike(2026, 1, StrikeReason.CLERICAL_ERROR)
    )
    for entry in (*a_register(2), struck):
        assert domain.entry_of(dict(zip(domain.COLUMNS, domain.row_of(entry), strict=True))) == entry


@pytest.fixture
def enter(sessions: async_sessionmaker[Session]) -> Enter:
    """Enter a line in a transaction of its own."""

    async def make(**special: Any) -> domain.Entered:
        async with sessions() as session, session.begin():
            return await storage.enter(session, a_line(**special))

    return make


async def everything(sessions: async_sessionmaker[Session], institution: Institution) -> list[Entry]:
    """The register of 2026, whole."""
    async with sessions() as session:
        return [shown.entry for shown in await storage.entries_of(session, institution.id, 2026, limit=1000)]


async def test_the_database_chains_what_is_read_back(
    enter: Enter, sessions: async_sessionmaker[Session], dgp: Institution
) -> None:
    """Numbers run over all directions together."""
    entered = [await enter(institution_id=dgp.id, direction=direction) for direction in Direction]
    strike = Strike(2026, 1, StrikeReason.ENTERED_TWICE)
    entered.append(await enter(institution_id=dgp.id, direction=Direction.INTERNAL, strikes=strike))
    register = await everything(sessions, dgp)
    assert [entry.number for entry in register] == [1, 2, 3, 4]
    assert [entry.direction for entry in register] == [*Direction, Direction.INTERNAL]
    assert [entry.entry_sha256 for entry in register] == [one.entry_sha256 for one in entered]
    assert register[-1].strikes == strike
    assert list(domain.faults(register)) == []


async def test_what_is_entered_is_nowhere_in_its_line(
    enter: Enter, dgp: Institution, looking: Looking
) -> None:
    """Two lines of the same words have nothing in common but what is no word."""
    for _ in range(2):
        await enter(institution_id=dgp.id)
    rows = await looking.fetch("SELECT * FROM petitions.register_entries WHERE institution_id = $1", dgp.id)
    assert "Groap" not in str([dict(row) for row in rows])
    assert rows[0]["subject_sha256"] != rows[1]["subject_sha256"]
    assert rows[0]["correspondent_sha256"] != rows[1]["correspondent_sha256"]


async def test_erasing_what_words_are_tried_against_leaves_the_chain_whole(
    enter: Enter, sessions: async_sessionmaker[Session], schema: Any, dgp: Institution
) -> None:
    for _ in range(3):
        await enter(institution_id=dgp.id)
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        await connection.execute("UPDATE register_entries SET salt = NULL WHERE institution_id = $1", dgp.id)
    finally:
        await connection.close()
    assert list(domain.faults(await everything(sessions, dgp))) == []


async def test_a_line_is_struck_once_and_its_number_stays(
    enter: Enter, sessions: async_sessionmaker[Session], dgp: Institution
) -> None:
    """Edge 75."""
    await enter(institution_id=dgp.id)
    strike = Strike(2026, 1, StrikeReason.NOT_A_PETITION)
    await enter(institution_id=dgp.id, strikes=strike)
    with pytest.raises(IntegrityError):
        await enter(institution_id=dgp.id, strikes=strike)
    assert (await enter(institution_id=dgp.id)).number == 3
    assert [entry.number for entry in await everything(sessions, dgp)] == [1, 2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM register_entries",
        "UPDATE register_entries SET number = 0",
        "UPDATE register_entries SET entry_sha256 = salt",
        "UPDATE register_entries SET subject_sha256 = salt",
        "TRUNCATE register_entries",
    ],
)
async def test_the_service_itself_may_change_no_line(schema: Any, statement: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
