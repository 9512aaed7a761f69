"""Whatever officials and petitioners do, in whatever order: what the law promises of a petition holds."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
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
from svc_petitions.domain.files import Solution
from svc_petitions.domain.handling import Answer, ClassReason
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.states import ENDED, JOINABLE, OPEN, TRANSITIONS, PetitionState
from svc_petitions.operations import (
    answers,
    archiving,
    files,
    following,
    handling,
    petitions,
    structure,
    terms,
)
from svc_petitions.operations.handling import Addressee
from svc_petitions.storage.workload import Wanted

MakeInstitution = Callable[..., Awaitable[Institution]]
BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANSWER = Answer(solution=Solution.FAVOURABLE, text="Da.", legal_basis="OG nr. 27/2002 art. 8")
PETITIONS = 3
PEOPLE = ("head", "chief", "handler", "other", "aside", "stranger")
ACTS = (
    *("triage", "say_of_whom", "file_away", "join", "separate", "forward", "send_out", "assign", "accept"),
    *("hand_back", "ask", "clarify", "resume", "extend", "write", "approve", "give_back", "sign", "send"),
    *("withdraw", "archive", "move_member", "wait"),
)
NEXT = {
    PetitionState.REGISTERED: "triage",
    PetitionState.TRIAGE: "assign",
    PetitionState.ASSIGNED: "accept",
    PetitionState.IN_ANALYSIS: "write",
    PetitionState.AWAITING_CLARIFICATION: "clarify",
    PetitionState.DRAFTED: "approve",
    PetitionState.APPROVED: "sign",
    PetitionState.SIGNED: "send",
    PetitionState.JOINED: "separate",
    PetitionState.FORWARDED: "archive",
}
"""What would come next: most acts are this, so that petitions get far."""
WORKS = frozenset({"accept", "ask", "resume", "extend", "write", "approve", "sign", "file_away", "assign"})
"""Acts that nobody takes who is complained of, or works under who is."""


@dataclass
class Act:
    """One thing that somebody tries; numbers choose among petitions and people."""

    name: str | None
    petition: int
    other: int
    who: str
    whom: str
    days: int


@dataclass
class World:
    """Two institutions with the same people each, and three petitions of one person."""

    sessions: async_sessionmaker[Session]
    looking: asyncpg.Connection
    institutions: Sequence[UUID]
    petitioner: Principal
    people: dict[str, UUID]
    now: datetime = BEGIN
    petitions: list[UUID] = field(default_factory=list)
    compartments: dict[UUID, UUID] = field(default_factory=dict)
    done: int = 0

    def official(self, who: str, institution_id: UUID) -> Official:
        """Somebody with every role but that the stranger and the handlers are no heads."""
        roles = {Role.HANDLER, Role.REGISTRAR} | ({Role.HEAD} if who in ("head", "chief", "aside") else set())
        principal = Principal(
            Kind.PERSON,
            str(self.people[who]),
            Assurance.SUBSTANTIAL,
            frozenset(),
            "demo-office",
            roles=frozenset(roles),
            institution_id=institution_id,
        )
        return Official(self.people[who], institution_id, frozenset(roles), principal)

    async def begin(self) -> None:
        """Say who works where; file the petitions, one a day."""
        for institution_id in self.institutions:
            head = self.official("head", institution_id)
            async with self.sessions() as session:
                made = await structure.add_compartment(session, head, "SRP", "Relații cu publicul")
            self.compartments[institution_id] = made.id
            for who, above in (
                *(("head", None), ("chief", "head"), ("aside", "head")),
                *(("handler", "chief"), ("other", "chief")),
            ):
                superior = self.people[above] if above else None
                async with self.sessions() as session:
                    await structure.put_member(session, head, made.id, self.people[who], superior)
        for _ in range(PETITIONS):
            submission = domain.Submission(
                institution_id=self.institutions[0],
                kind=domain.PetitionKind.COMPLAINT,
                subject="Ghișeul",
                text="Nu este deschis.",
                language=Language.RO,
            )
            async with self.sessions() as session, session.unit_of_work():
                filed = await petitions.file_petition(session, submission, self.petitioner, self.now)
            self.petitions.append(filed.id)
            self.now += timedelta(days=1)

    async def rows(self) -> dict[UUID, asyncpg.Record]:
        """The petitions as they are stored."""
        found = await self.looking.fetch(
            "SELECT * FROM petitions.petitions WHERE id = ANY($1)", self.petitions
        )
        return {row["id"]: row for row in found}

    async def conflicted(self, petition_id: UUID) -> set[UUID]:
        """Who is complained of in a petition or one joined to it, and all who work under them."""
        found = await self.looking.fetch(
            """WITH RECURSIVE file AS (SELECT institution_id FROM petitions.petitions WHERE id = $1),
                 people AS (
                   SELECT DISTINCT unnest(complained_of) AS person_id FROM petitions.petitions
                   WHERE id = $1 OR (leader_id = $1 AND state = 'JOINED')
                   UNION
                   SELECT m.person_id FROM petitions.members m JOIN people p ON m.superior_id = p.person_id
                   JOIN file f ON f.institution_id = m.institution_id)
               SELECT person_id FROM people""",
            petition_id,
        )
        return {row["person_id"] for row in found}

    async def attempt(self, act: Act) -> None:
        """Try one act at the institution that has the petition; what is refused changes nothing."""
        petition_id, other_id = self.petitions[act.petition], self.petitions[act.other]
        row = (await self.rows())[petition_id]
        name = act.name or NEXT.get(PetitionState(row["state"]), "wait")
        institution_id = row["institution_id"]
        who = act.who
        if act.name is None:
            mine = [one for one, person in self.people.items() if person == row["handler_id"]]
            heads = ("head", "chief", "aside")
            who = mine[0] if name in ("accept", "write") and mine else heads[act.days % 3]
        official = self.official(who, institution_id)
        if name in ("approve", "sign") and Role.HEAD not in official.roles:
            return  # the policy of the route refuses them
        before = await self.conflicted(petition_id)
        with suppress(Problem):
            async with self.sessions() as session:
                await self._do(session, name, act, official, petition_id, other_id)
            self.done += 1
            if name in WORKS:
                assert official.person_id not in before, (name, who)
            if name in ("approve", "sign", "send"):
                await self._check_authors(petition_id, before)

    async def _do(
        self, session: Session, name: str, act: Act, official: Official, petition_id: UUID, other_id: UUID
    ) -> None:
        now, whom = self.now, self.people[act.whom]
        elsewhere = next(one for one in self.institutions if one != official.institution_id)
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "triage": lambda: handling.triage(
                session, official, petition_id, [whom] if act.days % 3 == 0 else [], now, reports_crime=False
            ),
            "say_of_whom": lambda: handling.say_of_whom(
                session, official, petition_id, [whom] if act.days % 2 else [], now, reports_crime=False
            ),
            "file_away": lambda: handling.file_away(
                *(session, official, petition_id, ClassReason.REPEATED, other_id, now),
                says_something_new=False,
            ),
            "join": lambda: handling.join(session, official, petition_id, [other_id], now),
            "separate": lambda: handling.separate(session, official, petition_id, now),
            "forward": lambda: handling.forward(
                session, official, petition_id, Addressee(elsewhere, None, "din nou"), "competent", now
            ),
            "send_out": lambda: handling.forward(
                session, official, petition_id, Addressee(None, "Primăria"), "competent", now
            ),
            "assign": lambda: handling.assign(
                *(session, official, petition_id, self.compartments[official.institution_id], whom),
                *(None, now),
            ),
            "accept": lambda: handling.accept(session, official, petition_id, now),
            "hand_back": lambda: handling.hand_back(session, official, petition_id, "nu noi", now),
            "ask": lambda: handling.ask_clarification(session, official, petition_id, "Unde?", now),
            "clarify": lambda: following.clarify(session, self.petitioner, petition_id, "Aici.", now),
            "resume": lambda: handling.resume(session, official, petition_id, now),
            "extend": lambda: handling.extend(session, official, petition_id, act.days, "verificări", now),
            "write": lambda: answers.write(session, official, petition_id, ANSWER, now),
            "approve": lambda: answers.approve(session, official, petition_id, now),
            "give_back": lambda: answers.give_back(session, official, petition_id, "altfel", now),
            "sign": lambda: answers.sign(session, official, petition_id, now),
            "send": lambda: answers.send(session, official, petition_id, now),
            "withdraw": lambda: following.withdraw(session, self.petitioner, petition_id, now),
            "archive": lambda: archiving.archive(session, now),
            "move_member": lambda: structure.put_member(
                *(session, official, self.compartments[official.institution_id], self.people[act.who]),
                whom,
            ),
            "wait": self._wait(act.days),
        }
        await acts[name]()

    def _wait(self, days: int) -> Callable[[], Awaitable[None]]:
        async def wait() -> None:
            self.now += timedelta(days=days)

        return wait

    async def _check_authors(self, petition_id: UUID, conflicted: set[UUID]) -> None:
        draft = await self.looking.fetchrow(
            "SELECT * FROM petitions.drafts WHERE petition_id = $1 AND returned_at IS NULL", petition_id
        )
        authors = {draft["drafted_by"], draft["approved_by"], draft["signed_by"]} - {None}
        assert not authors & conflicted
        assert draft["drafted_by"] not in (draft["approved_by"], draft["signed_by"])

    async def check(self) -> None:
        """What holds after every act."""
        rows = await self.rows()
        shown: list[UUID] = []
        for institution_id in self.institutions:
            official = self.official("head", institution_id)
            async with self.sessions() as session:
                listed = await files.workload(session, official, Wanted(), after=None, limit=200)
                counted = await files.count(session, official, Wanted(), self.now)
            assert sum(load.all for _, load in counted) == len(listed)
            assert all(one.institution_id == institution_id for one in listed)
            assert list(listed) == sorted(listed, key=lambda one: (one.answer_due_on, one.id))
            shown += [one.id for one in listed]
        assert len(shown) == len(set(shown))
        for petition_id, row in rows.items():
            state = PetitionState(row["state"])
            self._check_term(row, rows)
            # No term is hidden: who has to act sees it, or sees the one that it is joined to.
            assert (petition_id in shown) == (state in OPEN)
            if state is PetitionState.JOINED:
                leader = rows[row["leader_id"]]
                assert leader["state"] in OPEN
                assert leader["institution_id"] == row["institution_id"]
                assert leader["answer_due_on"] <= row["answer_due_on"]
                assert leader["leader_id"] is None
            assert (row["closed_on"] is not None) == (state in ENDED)
            await self._check_steps(row)

    async def check_explained(self) -> None:
        """The term of each petition explains itself, and ends on the day that is stored."""
        for petition_id, row in (await self.rows()).items():
            async with self.sessions() as session:
                _, clock = await terms.read_file_term(session, petition_id, row["institution_id"], self.now)
            assert clock.deadline.target == row["answer_due_on"]

    def _check_term(self, row: asyncpg.Record, rows: dict[UUID, asyncpg.Record]) -> None:
        latest: date = row["registered_on"] + timedelta(days=30)
        if row["extended_until"] is not None:
            latest += timedelta(days=15)
            assert row["extended_until"] == row["answer_due_on"] or row["state"] in JOINABLE
        assert row["answer_due_on"] <= latest
        earliest = min(one["registered_on"] for one in rows.values()) + timedelta(days=30)
        assert row["answer_due_on"] >= min(earliest, row["registered_on"] + timedelta(days=30))

    async def _check_steps(self, row: asyncpg.Record) -> None:
        """Nothing has moved without a step."""
        steps = await self.looking.fetch(
            "SELECT * FROM petitions.steps WHERE petition_id = $1 ORDER BY version", row["id"]
        )
        assert [step["version"] for step in steps] == list(range(2, row["version"] + 1))
        state = PetitionState.REGISTERED
        for step in steps:
            assert step["came_from"] == state
            came_to = PetitionState(step["state"])
            assert came_to is state or came_to in TRANSITIONS[state]
            state = came_to
        assert row["state"] == state


def an_act() -> st.SearchStrategy[Act]:
    """Most acts are what would come next, mostly of the first petition."""
    return st.builds(
        Act,
        name=st.one_of(st.none(), st.none(), st.sampled_from(ACTS)),
        petition=st.sampled_from([0, 0, 0, 1, 2]),
        other=st.integers(0, PETITIONS - 1),
        who=st.sampled_from(PEOPLE),
        whom=st.sampled_from(PEOPLE),
        days=st.integers(1, 16),
    )


@pytest.fixture
def world(
    sessions: async_sessionmaker[Session], looking: asyncpg.Connection, an_institution: MakeInstitution
) -> Callable[[], Awaitable[World]]:
    """Make a new one for each example."""

    async def make() -> World:
        petitioner = Principal(
            Kind.PERSON, str(ids.new_id()), Assurance.SUBSTANTIAL, frozenset(), "demo-portal"
        )
        institutions = [(await an_institution()).id for _ in range(2)]
        people = {who: ids.new_id() for who in PEOPLE}
        made = World(sessions, looking, institutions, petitioner, people)
        await made.begin()
        return made

    return make


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@given(acts=st.lists(an_act(), min_size=20, max_size=40))
async def test_no_sequence_of_acts_hides_a_term_moves_without_a_step_or_lets_who_is_complained_of_answer(
    world: Callable[[], Awaitable[World]], acts: list[Act]
) -> None:
    made = await world()
    await made.check()
    for act in acts:
        await made.attempt(act)
        await made.check()
    await made.check_explained()


async def test_a_petition_that_leads_one_that_is_overdue_is_overdue_from_its_first_day(
    world: Callable[[], Awaitable[World]],
) -> None:
    made = await world()
    made.now += timedelta(days=40)
    submission = domain.Submission(
        institution_id=made.institutions[0],
        kind=domain.PetitionKind.COMPLAINT,
        subject="Ghișeul",
        text="Tot nu este deschis.",
        language=Language.RO,
    )
    async with made.sessions() as session, session.unit_of_work():
        filed = await petitions.file_petition(session, submission, made.petitioner, made.now)
    made.petitions.append(filed.id)
    await made.attempt(Act("join", 3, 0, "head", "head", 1))
    rows = await made.rows()
    assert rows[filed.id]["answer_due_on"] == rows[made.petitions[0]]["answer_due_on"] < made.now.date()
    await made.check()
    await made.check_explained()


async def test_a_leading_petition_is_extended_from_the_earliest_term_of_those_joined(
    world: Callable[[], Awaitable[World]],
) -> None:
    """What is joined to it, and would be over before, is extended with it; each term explains itself."""
    made = await world()
    first, second, third = made.petitions
    for name, petition, other in (("triage", 2, 2), ("join", 2, 0), ("join", 2, 1), ("assign", 2, 2)):
        await made.attempt(Act(name, petition, other, "head", "handler", 1))
    await made.attempt(Act("accept", 2, 2, "handler", "handler", 1))
    due = (await made.rows())[third]["answer_due_on"]
    assert due == (await made.rows())[first]["answer_due_on"]
    await made.attempt(Act("extend", 2, 2, "head", "head", 1))
    rows = await made.rows()
    assert rows[third]["answer_due_on"] == rows[first]["answer_due_on"] == due + timedelta(days=1)
    assert rows[second]["extended_until"] is None
    await made.check()
    await made.check_explained()


async def test_a_draft_is_not_written_over_nor_what_was_said_yes_to(
    world: Callable[[], Awaitable[World]],
) -> None:
    made = await world()
    for name, who in (
        *(("triage", "head"), ("assign", "head"), ("accept", "handler"), ("write", "handler")),
        *(("write", "handler"), ("approve", "chief"), ("approve", "head"), ("sign", "head")),
        *(("sign", "chief"), ("triage", "head")),
    ):
        await made.attempt(Act(name, 0, 0, who, "handler", 1))
    row = (await made.rows())[made.petitions[0]]
    drafts = await made.looking.fetch(
        "SELECT * FROM petitions.drafts WHERE petition_id = $1", made.petitions[0]
    )
    assert (row["state"], len(drafts)) == ("SIGNED", 1)
    assert drafts[0]["approved_by"] == made.people["chief"]
    assert drafts[0]["signed_by"] == made.people["head"]
