"""Whatever officials and petitioners do, in whatever order: what the law promises of a petition holds."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_events.session import Session
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.states import TRANSITIONS, PetitionState
from svc_petitions.operations import petitions, terms

from .handling_world import OF_THE_HANDLER, PEOPLE, Act, World, an_act

ACTS_TAKEN = 34
MakeInstitution = Callable[..., Awaitable[Institution]]


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
    phases=(Phase.explicit, Phase.generate),  # to shrink takes minutes here
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
@given(data=st.data())
async def test_no_sequence_of_acts_hides_a_term_moves_without_a_step_or_lets_who_is_complained_of_answer(
    world: Callable[[], Awaitable[World]], data: st.DataObject
) -> None:
    made = await world()
    await made.check()
    for _ in range(ACTS_TAKEN):
        await made.attempt(data.draw(an_act(made, await made.rows())))
        await made.check()
    await made.check_registers()
    await made.check_explained()
    for what in sorted(made.reached):
        event(what)


ANSWERING = ("triage", "assign", "accept", "write", "approve", "sign", "send")
START = {
    PetitionState.REGISTERED: (),
    PetitionState.TRIAGE: ANSWERING[:1],
    PetitionState.ASSIGNED: ANSWERING[:2],
    PetitionState.IN_ANALYSIS: ANSWERING[:3],
    PetitionState.AWAITING_CLARIFICATION: (*ANSWERING[:3], "ask"),
    PetitionState.DRAFTED: ANSWERING[:4],
    PetitionState.APPROVED: ANSWERING[:5],
    PetitionState.SIGNED: ANSWERING[:6],
    PetitionState.ANSWERED: ANSWERING,
    PetitionState.FORWARDED: ("triage", "send_out"),
    PetitionState.JOINED: ("be joined",),
    PetitionState.CLASSED: ("answer another", "triage", "file_away"),
    PetitionState.WITHDRAWN: ("withdraw",),
}
"""How a petition comes to each state from which it may go on."""
LAST = {
    PetitionState.TRIAGE: "hand_back",
    PetitionState.ASSIGNED: "assign",
    PetitionState.IN_ANALYSIS: "give_back",
    PetitionState.AWAITING_CLARIFICATION: "ask",
    PetitionState.DRAFTED: "write",
    PetitionState.APPROVED: "approve",
    PetitionState.SIGNED: "sign",
    PetitionState.ANSWERED: "send",
    PetitionState.FORWARDED: "send_out",
    PetitionState.JOINED: "be joined",
    PetitionState.CLASSED: "file_away",
    PetitionState.WITHDRAWN: "withdraw",
    PetitionState.ARCHIVED: "archive",
}
"""The act that leads to a state, but for these."""
OTHERWISE = {
    (PetitionState.REGISTERED, PetitionState.TRIAGE): ("triage",),
    (PetitionState.TRIAGE, PetitionState.CLASSED): ("answer another", "file_away"),
    (PetitionState.ASSIGNED, PetitionState.IN_ANALYSIS): ("accept",),
    (PetitionState.AWAITING_CLARIFICATION, PetitionState.IN_ANALYSIS): ("clarify",),
    (PetitionState.JOINED, PetitionState.TRIAGE): ("separate",),
    (PetitionState.JOINED, PetitionState.ANSWERED): ("answer another",),
    (PetitionState.FORWARDED, PetitionState.REGISTERED): (),
}
OPEN_STEPS = sorted((came_from, to) for came_from, every in TRANSITIONS.items() for to in every)


def an_act_of(name: str, petition: int, other: int) -> Act:
    """It is taken by somebody whose it is."""
    who = "handler" if name in OF_THE_HANDLER else "chief" if name == "approve" else "head"
    return Act(name, petition, other, who, "deputy" if name == "delegate" else "handler", 1)


async def walk(made: World, *names: str) -> None:
    """Take one act after the other, with the first petition; "another" is the second."""
    for name in names:
        if name == "answer another":
            for one in ANSWERING:
                await made.attempt(an_act_of(one, 1, 1))
        elif name == "be joined":
            await made.attempt(an_act_of("join", 1, 0))
        elif name == "sign for the head":
            await made.attempt(Act("sign", 0, 1, "deputy", "handler", 1))
        else:
            if name == "archive":
                made.now += timedelta(days=31)
            await made.attempt(an_act_of(name, 0, 1))
        await made.check()


@pytest.mark.parametrize(("came_from", "to"), OPEN_STEPS, ids=[f"{a}-{b}" for a, b in OPEN_STEPS])
async def test_each_step_that_is_open_is_taken_by_an_act(
    world: Callable[[], Awaitable[World]], came_from: PetitionState, to: PetitionState
) -> None:
    made = await world()
    start = ("triage", "forward") if to is PetitionState.REGISTERED else START[came_from]
    await walk(made, *start, *OTHERWISE.get((came_from, to), (LAST.get(to, ""),)))
    steps = await made.looking.fetch(
        "SELECT came_from, state FROM petitions.steps WHERE petition_id = $1", made.petitions[0]
    )
    assert (came_from, to) in {(step["came_from"], step["state"]) for step in steps}
    await made.check_registers()


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("extend", (*ANSWERING[:3], "extend")),
        ("forward back", ("triage", "forward", "triage", "forward")),
        ("send for those joined", ("be joined", "answer another")),
        ("sign for the head", (*ANSWERING[:5], "delegate", "sign for the head")),
        ("NotADelegate", (*ANSWERING[:5], "sign for the head")),
        ("ConflictOfInterest", ("triage", "say_of_whom", "assign")),
        ("LeadsOthers", ("triage", "join", "forward")),
        ("ExtendedAlready", (*ANSWERING[:3], "extend", "extend")),
    ],
)
async def test_what_changes_no_state_is_reached_as_well(
    world: Callable[[], Awaitable[World]], what: str, names: tuple[str, ...]
) -> None:
    made = await world()
    await walk(made, *names)
    await made.check_registers()
    assert made.reached[what] == 1


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


async def test_a_term_that_was_extended_gives_way_to_an_earlier_one_that_is_joined(
    world: Callable[[], Awaitable[World]],
) -> None:
    """The extension is told no more: the term runs from the petition that was joined."""
    made = await world()
    await walk(made, *ANSWERING[:3])
    await made.attempt(Act("extend", 0, 1, "head", "head", 15))
    await made.attempt(an_act_of("join", 0, 1))
    rows = await made.rows()
    leader, joined = (rows[one] for one in made.petitions[:2])
    assert leader["answer_due_on"] == joined["answer_due_on"] < leader["extended_until"]
    await made.check()
    await made.check_explained()
    async with made.sessions() as session:
        _, clock = await terms.read_file_term(session, leader["id"], leader["institution_id"], made.now)
    assert (clock.deadline.start.code, clock.deadline.start.on) == ("JOINED", joined["registered_on"])
    assert not clock.deadline.extensions


async def test_who_is_complained_of_stays_so_through_triage_joining_and_sending_on(
    world: Callable[[], Awaitable[World]],
) -> None:
    """Triage says more of it, never less: of a leader not, nor at another institution, nor back again."""
    made = await world()
    handler, chief = made.people["handler"], made.people["chief"]
    await made.attempt(Act("triage", 1, 1, "head", "handler", 2))
    await made.attempt(Act("join", 0, 1, "head", "head", 1))
    await made.attempt(Act("triage", 0, 0, "head", "head", 1))
    assert (await made.rows())[made.petitions[0]]["complained_of"] == [handler]
    await made.attempt(Act("assign", 0, 0, "head", "handler", 1))
    assert made.reached["ConflictOfInterest"] == 1
    await made.attempt(Act("triage", 2, 2, "head", "handler", 2))
    for name in ("forward", "triage", "forward"):
        await made.attempt(an_act_of(name, 2, 2))
    await made.attempt(Act("triage", 2, 2, "head", "chief", 2))
    assert (await made.rows())[made.petitions[2]]["complained_of"] == sorted([handler, chief])
    await made.check()


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
