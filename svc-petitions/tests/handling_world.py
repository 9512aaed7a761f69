"""A small world of officials and petitions: what anybody may try in it, and what holds after each act."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_core.problem import Problem
from hub_events.session import Session
from hub_service.policy import Official
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.files import Solution
from svc_petitions.domain.handling import Answer, ClassReason
from svc_petitions.domain.registers import faults
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
from svc_petitions.storage import registers
from svc_petitions.storage.workload import Wanted

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANSWER = Answer(solution=Solution.FAVOURABLE, text="Da.", legal_basis="OG nr. 27/2002 art. 8")
PETITIONS = 3
HEADS = ("head", "chief", "aside")
PEOPLE = (*HEADS, "handler", "other", "deputy", "stranger")
ACTS = (
    *("triage", "say_of_whom", "file_away", "join", "separate", "forward", "send_out", "assign", "accept"),
    *("hand_back", "ask", "clarify", "resume", "extend", "write", "approve", "give_back", "sign", "send"),
    *("withdraw", "archive", "move_member", "delegate", "wait"),
)
LIKELY: Mapping[PetitionState, tuple[str, ...]] = {
    PetitionState.REGISTERED: ("triage", "triage", "triage", "triage", "triage", "join"),
    PetitionState.TRIAGE: (
        *("assign", "assign", "assign", "assign", "forward", "forward", "forward", "forward"),
        *("join", "join", "join", "file_away"),
    ),
    PetitionState.ASSIGNED: ("accept", "accept", "accept", "hand_back", "join"),
    PetitionState.IN_ANALYSIS: (
        *("write", "write", "write", "write", "extend", "extend", "extend"),
        *("ask", "ask", "hand_back", "join"),
    ),
    PetitionState.AWAITING_CLARIFICATION: ("clarify", "resume", "write", "extend"),
    PetitionState.DRAFTED: (
        *["approve"] * 6,
        "say_of_whom",
        "say_of_whom",
        "give_back",
        "delegate",
        "delegate",
        "delegate",
    ),
    PetitionState.APPROVED: (
        *["sign"] * 7,
        "say_of_whom",
        "say_of_whom",
        "delegate",
        "delegate",
        "give_back",
        "assign",
    ),
    PetitionState.SIGNED: (*["send"] * 8, "say_of_whom", "assign"),
    PetitionState.JOINED: ("separate", "separate", "withdraw"),
}
"""What may well come next, so that petitions get far; the more often it stands there, the more often."""
OF_THE_HANDLER = frozenset({"accept", "hand_back", "ask", "resume", "write"})
WORKS = frozenset({"accept", "ask", "resume", "extend", "write", "approve", "sign", "file_away", "assign"})
"""Acts that nobody takes who is complained of, or works under who is."""
OVER = frozenset({PetitionState.ANSWERED, PetitionState.ARCHIVED})


@dataclass
class Act:
    """One thing that somebody tries; numbers choose among petitions and people."""

    name: str
    petition: int
    other: int
    who: str
    whom: str
    days: int


NUMBERS = """
    SELECT 'IN' AS direction, year, number, id FROM petitions.petitions
        WHERE institution_id = $1 AND id = ANY($2)
    UNION SELECT 'IN', year, number, petition_id FROM petitions.forwardings
        WHERE institution_id = $1 AND petition_id = ANY($2)
    UNION ALL SELECT 'OUT', extract(year FROM forwarded_on)::int, out_number, petition_id
        FROM petitions.forwardings WHERE institution_id = $1 AND petition_id = ANY($2)
    UNION ALL SELECT 'OUT', out_year, out_number, petition_id FROM petitions.drafts
        WHERE institution_id = $1 AND petition_id = ANY($2) AND sent_at IS NOT NULL"""


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
    led: set[UUID] = field(default_factory=set)
    reached: Counter[str] = field(default_factory=Counter)
    """How often an act was taken, and how often one was refused, by the name of the problem."""

    def official(self, who: str, institution_id: UUID) -> Official:
        """Somebody with every role, but that only three are heads, and only the deputy signs for them."""
        roles = {Role.HANDLER, Role.REGISTRAR}
        roles |= {Role.HEAD} if who in HEADS else {Role.SIGNATORY} if who == "deputy" else set()
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
                *(("head", None), ("chief", "head"), ("aside", "head"), ("deputy", "head")),
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
        before = await self.rows()
        official = self.official(act.who, before[petition_id]["institution_id"])
        if act.name == "approve" and Role.HEAD not in official.roles:
            return  # the policy of the route refuses them
        if act.name == "sign" and not official.roles & {Role.HEAD, Role.SIGNATORY}:
            return
        is_work = act.name in WORKS or act.name == "send"
        conflicted = await self.conflicted(petition_id) if is_work else set()
        try:
            async with self.sessions() as session:
                await self._do(session, act.name, act, official, petition_id, other_id)
        except Problem as refusal:
            self.reached[type(refusal).__name__] += 1
            assert await self.rows() == before
            return
        self.reached[act.name] += 1
        if act.name == "join":
            self.led.add(petition_id)
        if act.name in WORKS:
            assert official.person_id not in conflicted, act
        if act.name in ("approve", "sign", "send"):
            await self._check_authors(petition_id, conflicted)
        if act.name == "forward" and before[petition_id]["forwarded_from"] is not None:
            self.reached["forward back"] += 1
        if act.name == "sign" and act.who == "deputy":
            self.reached["sign for the head"] += 1
        if act.name == "send" and any(row["leader_id"] == petition_id for row in before.values()):
            self.reached["send for those joined"] += 1

    async def _do(
        self, session: Session, name: str, act: Act, official: Official, petition_id: UUID, other_id: UUID
    ) -> None:
        now, whom = self.now, self.people[act.whom]
        elsewhere = next(one for one in self.institutions if one != official.institution_id)
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "triage": lambda: handling.triage(
                session, official, petition_id, [whom] if act.days % 2 == 0 else [], now, reports_crime=False
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
            "delegate": lambda: structure.delegate(
                *(session, official, whom, (now.date(), now.date() + timedelta(days=act.days))),
                *("Dispoziția 1", now),
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
        assert (draft["delegation_id"] is not None) == (draft["signed_by"] == self.people["deputy"])

    async def check(self) -> None:
        """What holds after every act."""
        rows = await self.rows()
        assert set(rows) == set(self.petitions)
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
        assert len(shown) + sum(row["state"] not in OPEN for row in rows.values()) == len(self.petitions)
        for petition_id, row in rows.items():
            state = PetitionState(row["state"])
            self._check_term(row)
            # No term is hidden: who has to act sees it, or sees the one that it is joined to.
            assert (petition_id in shown) == (state in OPEN)
            if state is PetitionState.JOINED:
                leader = rows[row["leader_id"]]
                assert leader["state"] in OPEN
                assert leader["institution_id"] == row["institution_id"]
                assert leader["answer_due_on"] <= row["answer_due_on"]
                assert leader["leader_id"] is None
            elif row["leader_id"] is not None:
                self._check_answer(row, rows[row["leader_id"]])
            assert (row["closed_on"] is not None) == (state in ENDED)
        await self._check_steps(rows)

    def _check_answer(self, row: asyncpg.Record, leader: asyncpg.Record) -> None:
        """What was joined is answered with its leader, and by nothing else."""
        assert row["state"] in OVER
        assert leader["state"] in OVER
        assert (row["closed_on"], row["solution"]) == (leader["closed_on"], leader["solution"])

    async def check_registers(self) -> None:
        """Each number that was given has its line, no line stands for nothing, and the chain holds."""
        for institution_id in self.institutions:
            told: list[tuple[str, int, int, UUID]] = [
                (row["direction"], row["year"], row["number"], row["id"])
                for row in await self.looking.fetch(NUMBERS, institution_id, self.petitions)
            ]
            async with self.sessions() as session, session.begin():
                lines = [
                    shown.entry
                    for year in sorted({year for _, year, _, _ in told})
                    for shown in await registers.entries_of(session, institution_id, year, limit=1_000)
                ]
            entered = [(line.direction, line.year, line.number, line.petition_id) for line in lines]
            assert sorted(entered) == sorted(told)
            for year in {line.year for line in lines}:
                assert list(faults(line for line in lines if line.year == year)) == []

    async def check_explained(self) -> None:
        """The term of each petition explains itself, and ends on the day that is stored."""
        for petition_id, row in (await self.rows()).items():
            async with self.sessions() as session:
                _, clock = await terms.read_file_term(session, petition_id, row["institution_id"], self.now)
            assert clock.deadline.target == row["answer_due_on"]

    def _check_term(self, row: asyncpg.Record) -> None:
        latest: date = row["registered_on"] + timedelta(days=30)
        if row["extended_until"] is not None:
            latest += timedelta(days=15)
            if row["id"] in self.led:  # what was joined to it may end before
                assert row["extended_until"] >= row["answer_due_on"]
            else:
                assert row["extended_until"] == row["answer_due_on"]
        assert row["answer_due_on"] <= latest
        earliest = BEGIN.date() + timedelta(days=30)  # of the first one, wherever it is by now
        assert row["answer_due_on"] >= min(earliest, row["registered_on"] + timedelta(days=30))

    async def _check_steps(self, rows: Mapping[UUID, asyncpg.Record]) -> None:
        """Nothing has moved without a step."""
        steps = defaultdict(list)
        for step in await self.looking.fetch(
            "SELECT * FROM petitions.steps WHERE petition_id = ANY($1) ORDER BY version", self.petitions
        ):
            steps[step["petition_id"]].append(step)
        for petition_id, row in rows.items():
            taken = steps[petition_id]
            assert [step["version"] for step in taken] == list(range(2, row["version"] + 1))
            state = PetitionState.REGISTERED
            for step in taken:
                assert step["came_from"] == state
                came_to = PetitionState(step["state"])
                assert came_to is state or came_to in TRANSITIONS[state]
                state = came_to
            assert row["state"] == state


def an_act(made: World, rows: Mapping[UUID, asyncpg.Record]) -> st.SearchStrategy[Act]:
    """What may well come next at one of the petitions, of five acts four; else anything, by anybody."""
    going_on = [n for n, one in enumerate(made.petitions) if PetitionState(rows[one]["state"]) in LIKELY]
    anybody, days = st.sampled_from(PEOPLE), st.integers(1, 16)
    which = st.integers(0, len(made.petitions) - 1)
    anything = st.builds(Act, st.sampled_from(ACTS), which, which, anybody, anybody, days)
    if not going_on:
        return anything
    likely = st.sampled_from([*going_on[:1] * 2, *going_on]).flatmap(lambda n: _likely(made, rows, n))
    return st.one_of(likely, likely, likely, likely, anything)


def _likely(made: World, rows: Mapping[UUID, asyncpg.Record], n: int) -> st.SearchStrategy[Act]:
    """Where a petition is joined to another, it is mostly that one's turn."""
    row = rows[made.petitions[n]]
    names = [
        name
        for name in LIKELY[PetitionState(row["state"])]
        if name not in ("join", "file_away") or _others(made, rows, n, name)
    ]
    name = st.sampled_from(names)
    its_own = name.flatmap(lambda name: _of_whom_it_is(made, rows, n, name))
    if row["leader_id"] is None:
        return its_own
    leaders = _likely(made, rows, made.petitions.index(row["leader_id"]))
    return st.one_of(its_own, leaders, leaders)


def _of_whom_it_is(
    made: World, rows: Mapping[UUID, asyncpg.Record], n: int, name: str
) -> st.SearchStrategy[Act]:
    """An act by somebody whose it is: of a handler's their own, at a head's any head's."""
    row = rows[made.petitions[n]]
    mine = [one for one, person in made.people.items() if person == row["handler_id"]]
    who = (
        mine if mine and name in OF_THE_HANDLER else ["deputy", "deputy", *HEADS] if name == "sign" else HEADS
    )
    complained_of = ("handler", "chief", "other", "aside", "head")
    whom = {
        "assign": ("handler", "other", "aside"),
        "delegate": ("deputy",),
        "say_of_whom": complained_of,
        "triage": complained_of,
    }
    return st.builds(
        Act,
        name=st.just(name),
        petition=st.just(n),
        other=st.sampled_from(_others(made, rows, n, name) or [n]),
        who=st.sampled_from(who),
        whom=st.sampled_from(whom.get(name, PEOPLE)),
        days=st.integers(1, 16),
    )


def _others(made: World, rows: Mapping[UUID, asyncpg.Record], n: int, name: str) -> Sequence[int]:
    """What may be joined to a petition, or what it says again."""
    row = rows[made.petitions[n]]

    def fits(other: asyncpg.Record) -> bool:
        if other["id"] == row["id"] or other["institution_id"] != row["institution_id"]:
            return False
        return other["solution"] is not None if name == "file_away" else other["state"] in JOINABLE

    return [m for m, one in enumerate(made.petitions) if fits(rows[one])]
