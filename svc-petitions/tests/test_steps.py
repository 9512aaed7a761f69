"""Every step of a file is a row, a line and an event, or nothing."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_events.session import Session
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.files import SYSTEM, Actor, ActorKind, File
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.states import ENDED, OPEN, TRANSITIONS, PetitionState
from svc_petitions.errors.files import FileChanged, FileNotFound, FileStateForbids
from svc_petitions.operations import petitions as operations
from svc_petitions.storage import files as storage
from svc_petitions.tables import petitions as tables

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
REGISTRAR = Actor(ActorKind.OFFICIAL, ids.new_id())


@pytest.fixture
async def file(sessions: async_sessionmaker[Session], dgp: Institution) -> File:
    """A file, just registered."""
    submission = domain.Submission(
        institution_id=dgp.id,
        kind=domain.PetitionKind.REQUEST,
        subject="Program",
        text="Vă rog.",
        language=Language.RO,
    )
    somebody = Principal(Kind.PERSON, str(ids.new_id()), Assurance.LOW, frozenset(), "demo-portal")
    async with sessions() as session, session.unit_of_work():
        petition = await operations.file_petition(session, submission, somebody, NOW)
    async with sessions() as session, session.begin():
        return await storage.read(session, petition.id, dgp.id)


async def test_another_institutions_file_is_not_found(
    file: File, an_institution: Callable[..., Awaitable[Institution]], sessions: async_sessionmaker[Session]
) -> None:
    elsewhere = await an_institution()
    async with sessions() as session, session.begin():
        with pytest.raises(FileNotFound):
            await storage.lock(session, file.id, elsewhere.id)


async def test_a_step_is_a_row_a_line_and_an_event(
    file: File, sessions: async_sessionmaker[Session], looking: asyncpg.Connection
) -> None:
    async with sessions() as session, session.begin():
        triaged = await storage.move(session, file, PetitionState.TRIAGE, REGISTRAR, NOW)
        gone = await storage.move(
            session, triaged, PetitionState.WITHDRAWN, SYSTEM, NOW, reason="NO_NEED", note="telefonic"
        )
    assert (gone.state, gone.version, str(gone.closed_on)) == (PetitionState.WITHDRAWN, 3, "2026-11-02")
    async with sessions() as session, session.begin():
        assert await storage.read(session, file.id, file.institution_id) == gone
        lines = await storage.steps(session, file.id)
    assert [(line.version, line.came_from, line.state, line.actor, line.reason) for line in lines] == [
        (2, PetitionState.REGISTERED, PetitionState.TRIAGE, REGISTRAR, None),
        (3, PetitionState.TRIAGE, PetitionState.WITHDRAWN, SYSTEM, "NO_NEED"),
    ]
    told = await looking.fetch(
        "SELECT subject, body FROM petitions.outbox WHERE key = $1 ORDER BY seq", str(file.id)
    )
    assert [row["subject"].split(".")[3] for row in told] == ["registered", "withdrawn"]
    assert "telefonic" not in told[1]["body"].decode()
    assert json.loads(told[1]["body"])["data"]["version"] == 3


async def test_of_two_who_have_read_the_same_one_takes_the_step(
    file: File, sessions: async_sessionmaker[Session]
) -> None:
    async with sessions() as session, session.begin():
        await storage.move(session, file, PetitionState.TRIAGE, REGISTRAR, NOW)
    async with sessions() as session, session.begin():
        with pytest.raises(FileChanged):
            await storage.move(session, file, PetitionState.TRIAGE, REGISTRAR, NOW)


async def test_a_step_that_is_not_open_changes_nothing(
    file: File, sessions: async_sessionmaker[Session]
) -> None:
    async with sessions() as session, session.begin():
        with pytest.raises(FileStateForbids):
            await storage.move(session, file, PetitionState.ANSWERED, REGISTRAR, NOW)
        assert await storage.steps(session, file.id) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE steps SET reason = 'X'", "DELETE FROM steps", "DELETE FROM drafts"]
)
async def test_the_service_itself_may_not_rewrite_what_happened(schema: Any, statement: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


def test_the_rows_on_which_somebody_acts_are_the_open_states() -> None:
    assert {*tables.ENDED.replace("'", "").split(", ")} == ENDED
    assert frozenset(PetitionState) - ENDED - {PetitionState.JOINED} == OPEN


def test_from_every_state_there_is_a_way_to_the_end() -> None:
    reached = {PetitionState.ARCHIVED}
    while more := {one for one, to in TRANSITIONS.items() if to & reached} - reached:
        reached |= more
    assert reached == set(PetitionState)
