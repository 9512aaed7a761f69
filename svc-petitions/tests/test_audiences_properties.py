"""Whatever registrars, hosts and people do, in whatever order: no place twice, no audience lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_core.problem import Problem
from hub_events.session import Session
from hub_service.policy import Official
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.audiences import (
    AT_REGISTRY,
    PLACED,
    TRANSITIONS,
    WAITING,
    AudienceState,
    Mode,
    Promise,
    Reply,
)
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.states import PetitionState
from svc_petitions.operations import audiences, following, handling, petitions, sittings, structure
from svc_petitions.operations.handling import Addressee
from svc_petitions.operations.sittings import Wanted

MakeInstitution = Callable[..., Awaitable[Institution]]
BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEOPLE, REQUESTS, SITTINGS = 3, 5, 3
ACTS = (
    *("schedule", "schedule", "schedule", "confirm", "other_date", "cancel", "in_writing", "decline"),
    *("minutes", "missed", "cancel_sitting", "withdraw", "assign", "send_out", "remind", "wait"),
)
OVER = frozenset({AudienceState.HELD, AudienceState.MISSED, AudienceState.DECLINED, AudienceState.CANCELLED})


@dataclass
class Act:
    """One thing that somebody tries; numbers choose among requests, sittings and places."""

    name: str
    request: int
    sitting: int
    place: int | None


@dataclass
class World:
    """An institution with sittings of two places each, and requests of three people."""

    sessions: async_sessionmaker[Session]
    looking: asyncpg.Connection
    institution_id: UUID
    compartment_id: UUID = field(default_factory=ids.new_id)
    head_id: UUID = field(default_factory=ids.new_id)
    now: datetime = BEGIN
    people: list[Principal] = field(default_factory=list)
    requests: list[UUID] = field(default_factory=list)
    sittings: list[UUID] = field(default_factory=list)

    @property
    def official(self) -> Official:
        """A head who keeps the register, too, and receives."""
        roles = frozenset({Role.HEAD, Role.REGISTRAR})
        principal = Principal(
            Kind.PERSON,
            str(self.head_id),
            Assurance.SUBSTANTIAL,
            frozenset(),
            "demo-office",
            roles=roles,
            institution_id=self.institution_id,
        )
        return Official(self.head_id, self.institution_id, roles, principal)

    async def begin(self) -> None:
        """Publish the sittings and file the requests; the first two people ask twice."""
        for _ in range(PEOPLE):
            person = Principal(
                Kind.PERSON, str(ids.new_id()), Assurance.SUBSTANTIAL, frozenset(), "demo-portal"
            )
            self.people.append(person)
        async with self.sessions() as session:
            made = await structure.add_compartment(session, self.official, "SRP", "Relații cu publicul")
        self.compartment_id = made.id
        async with self.sessions() as session:
            await structure.put_member(session, self.official, made.id, self.head_id, None)
        for days in range(1, SITTINGS + 1):
            wanted = Wanted(
                function="Director general",
                host_id=self.head_id,
                mode=Mode.VIDEO,
                place="Apel video",
                starts_at=self.now + timedelta(days=days),
                minutes=15,
                places=2,
                topics=("PASSPORTS",),
            )
            async with self.sessions() as session:
                self.sittings.append((await sittings.publish(session, self.official, wanted, self.now)).id)
        for number in range(REQUESTS):
            submission = domain.Submission(
                institution_id=self.institution_id,
                kind=domain.PetitionKind.AUDIENCE,
                subject="Audiență",
                text="Cer audiență.",
                language=Language.RO,
                topic="PASSPORTS",
            )
            async with self.sessions() as session, session.unit_of_work():
                filed = await petitions.file_petition(
                    session, submission, self.people[number % PEOPLE], self.now
                )
            self.requests.append(filed.id)

    async def attempt(self, act: Act) -> None:
        """Try one act; what is refused changes nothing."""
        before = await self.rows()
        try:
            async with self.sessions() as session:
                await self._do(session, act)
        except Problem:
            assert await self.rows() == before

    async def _do(self, session: Session, act: Act) -> None:
        petition_id, sitting_id, now = self.requests[act.request], self.sittings[act.sitting], self.now
        person, official = self.people[act.request % PEOPLE], self.official
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "schedule": lambda: audiences.schedule(
                session, official, petition_id, sitting_id, act.place, now
            ),
            "confirm": lambda: audiences.reply(session, person, petition_id, Reply.CONFIRM, now),
            "other_date": lambda: audiences.reply(session, person, petition_id, Reply.OTHER_DATE, now),
            "cancel": lambda: audiences.reply(session, person, petition_id, Reply.CANCEL, now),
            "in_writing": lambda: audiences.answer_in_writing(session, official, petition_id, now),
            "decline": lambda: audiences.decline(session, official, petition_id, "nu", now),
            "minutes": lambda: audiences.write_minutes(
                *(session, official, petition_id, ["Director general"], "Da."),
                *([Promise("Răspuns.", date(2027, 1, 15))], now),
            ),
            "missed": lambda: audiences.note_missed(session, official, petition_id, now),
            "cancel_sitting": lambda: sittings.cancel(session, official, sitting_id, "plecat", now),
            "withdraw": lambda: following.withdraw(session, person, petition_id, now),
            "assign": lambda: handling.assign(
                session, official, petition_id, self.compartment_id, self.head_id, None, now
            ),
            "send_out": lambda: handling.forward(
                session, official, petition_id, Addressee(None, "Primăria"), "competent", now
            ),
            "remind": lambda: audiences.remind(session, now),
            "wait": self._wait,
        }
        await acts[act.name]()

    async def _wait(self) -> None:
        self.now += timedelta(hours=12)

    async def rows(self) -> list[dict[str, Any]]:
        """The audiences as they are stored, with the states of their files."""
        found = await self.looking.fetch(
            "SELECT a.*, p.state AS file_state, s.cancelled_at FROM petitions.audiences a"
            " JOIN petitions.petitions p ON p.id = a.petition_id"
            " LEFT JOIN petitions.sittings s ON s.id = a.sitting_id"
            " WHERE a.petition_id = ANY($1) ORDER BY a.petition_id",
            self.requests,
        )
        return [dict(row) for row in found]

    async def check(self) -> None:
        """What holds after every act."""
        rows = await self.rows()
        assert [row["petition_id"] for row in rows] == self.requests
        placed = [row for row in rows if row["sitting_id"]]
        assert len({(row["sitting_id"], row["place"]) for row in placed}) == len(placed)
        assert len({(row["sitting_id"], row["person_id"]) for row in placed}) == len(placed)
        async with self.sessions() as session:
            listed = await audiences.listed(session, self.official, (), None, after=None, limit=200)
        assert [one.audience.petition_id for one in listed] == self.requests
        for row in rows:
            state, file_state = AudienceState(row["state"]), PetitionState(row["file_state"])
            assert (row["sitting_id"] is not None) == (state in PLACED)
            assert not (state in WAITING and row["cancelled_at"])
            # Who waits to be received has a file at the registry, which sees them in its list.
            if state is AudienceState.REQUESTED:
                assert file_state in AT_REGISTRY
            if state in OVER:
                assert file_state not in AT_REGISTRY
            await self._check_steps(row)

    async def _check_steps(self, row: dict[str, Any]) -> None:
        steps = await self.looking.fetch(
            "SELECT * FROM petitions.audience_steps WHERE petition_id = $1 ORDER BY version",
            row["petition_id"],
        )
        assert [step["version"] for step in steps] == list(range(2, row["version"] + 1))
        state = AudienceState.REQUESTED
        for step in steps:
            assert step["came_from"] == state
            came_to = AudienceState(step["state"])
            assert came_to in TRANSITIONS[state]
            state = came_to
        assert row["state"] == state


@pytest.fixture
def world(
    sessions: async_sessionmaker[Session], looking: asyncpg.Connection, an_institution: MakeInstitution
) -> Callable[[], Awaitable[World]]:
    """Make a new one for each example."""

    async def make() -> World:
        made = World(sessions, looking, (await an_institution()).id)
        await made.begin()
        return made

    return make


def an_act() -> st.SearchStrategy[Act]:
    """Anything that somebody may try."""
    return st.builds(
        Act,
        name=st.sampled_from(ACTS),
        request=st.integers(0, REQUESTS - 1),
        sitting=st.integers(0, SITTINGS - 1),
        place=st.one_of(st.none(), st.integers(1, 3)),
    )


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@given(acts=st.lists(an_act(), min_size=15, max_size=40))
async def test_no_sequence_of_acts_gives_a_place_twice_loses_an_audience_or_moves_one_without_a_step(
    world: Callable[[], Awaitable[World]], acts: list[Act]
) -> None:
    made = await world()
    await made.check()
    for act in acts:
        await made.attempt(act)
        await made.check()
