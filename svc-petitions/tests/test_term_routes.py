"""The term of a petition, explained to who waits for the answer; and who is warned of it."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from dirty_equals import IsPartialDict
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import BUCHAREST, local_date
from hub_core.principal import Role
from hub_events.session import Session
from svc_petitions.domain.files import Actor, ActorKind
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.states import PetitionState
from svc_petitions.domain.terms import TermWarning
from svc_petitions.operations import terms as operations
from svc_petitions.storage import files
from svc_petitions.tables.files import COMPARTMENTS, FORWARDINGS, MEMBERS
from svc_petitions.tables.petitions import PETITIONS

from .office import Office, slug
from .officials import official

ADDRESS = "/petitions/v1/petitions"
BOTH = frozenset({"petitions:read", "petitions:write"})
FILES = "/petitions/v1/files"
HANDLE = "petitions:handle"
OVERDUE = "/petitions/v1/overdue-files"
PATHS = ["term", "calendar"]
Change = Callable[..., Awaitable[None]]


@pytest.fixture
async def filed(client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A petition of Ana's, filed now."""
    answer = await client.post(ADDRESS, json=body, headers=as_ana)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
def change(sessions: async_sessionmaker[Session], filed: dict[str, Any]) -> Change:
    """Write `change(**columns)` into her petition, as if it had happened."""

    async def write(**columns: Any) -> None:
        async with sessions() as session, session.begin():
            await session.execute(
                update(PETITIONS).where(PETITIONS.c.id == UUID(filed["id"])).values(columns)
            )

    return write


def address(filed: dict[str, Any], path: str = "term") -> str:
    return f"{ADDRESS}/{filed['id']}/{path}"


async def term_of(
    client: httpx2.AsyncClient, headers: dict[str, str], filed: dict[str, Any]
) -> dict[str, Any]:
    answer = await client.get(address(filed), headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


# Who may.


@pytest.mark.parametrize("path", PATHS)
async def test_a_term_is_shown_to_nobody_else(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    ana: UUID,
    signed_in: Any,
    filed: dict[str, Any],
    path: str,
) -> None:
    assert (await client.get(address(filed, path))).status_code == 401
    other = signed_in(ana, {"petitions:write"})
    assert (await client.get(address(filed, path), headers=other)).status_code == 403
    answer = await client.get(address(filed, path), headers=as_ion)
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/petition-not-found")
    assert (await client.get(address(filed, path), headers=as_ana)).status_code == 200


async def test_who_reads_a_term_for_another_leaves_a_line(
    client: httpx2.AsyncClient,
    ana: UUID,
    signed_in: Any,
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    mandate = ids.new_id()
    for_child = signed_in(ana, BOTH, mandate=str(mandate), act_for=str(ids.new_id()))
    made = (await client.post(ADDRESS, json=body, headers=for_child)).json()
    await term_of(client, for_child, made)
    actions = await looking.fetch(
        "SELECT convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'action' AS action FROM petitions.outbox "
        "WHERE subject = 'hub.petitions.record.accessed.v1' AND convert_from(body, 'UTF8') LIKE $1 "
        "ORDER BY seq",
        f"%{mandate}%",
    )
    assert [row["action"] for row in actions] == ["CREATE", "READ"]


# What it says.


async def test_a_term_says_what_its_last_day_follows_from(
    client: httpx2.AsyncClient, as_ana: dict[str, str], filed: dict[str, Any]
) -> None:
    told = await term_of(client, as_ana, filed)
    registered_on = date.fromisoformat(filed["registered_on"])
    assert told == IsPartialDict(
        petition_id=filed["id"],
        state="REGISTERED",
        start={"code": "REGISTERED", "on": filed["registered_on"]},
        first_day=(registered_on + timedelta(days=1)).isoformat(),
        end=filed["answer_due_on"],
        ended=None,
        days_left=30,
        is_late=False,
        forward_by=(registered_on + timedelta(days=5)).isoformat(),
        refuse_by=None,
        pauses=[],
        earlier=[],
    )
    assert told["office"]["target"] == filed["answer_due_on"]
    assert told["office"]["target"] <= told["office"]["limit"] <= told["citizen"]["end"]
    [step] = told["steps"]
    assert step == {
        "amount": 30,
        "unit": "CALENDAR_DAYS",
        "counting": "CIVIL",
        **filed["answer_rule"],
        "ends_on": filed["answer_due_on"],
        "extension": None,
    }
    [first] = told["days_not_counted"]
    assert (first["day"], first["reason"]) == (filed["registered_on"], "FIRST_DAY")


async def test_an_extension_is_told_with_its_reason_and_the_new_last_day(
    client: httpx2.AsyncClient, as_ana: dict[str, str], filed: dict[str, Any], change: Change
) -> None:
    until = date.fromisoformat(filed["answer_due_on"]) + timedelta(days=10)
    await change(
        state="IN_ANALYSIS",
        answer_due_on=until,
        extended_until=until,
        extended_at=clock.now(),
        extension_reason="Se cercetează la fața locului.",
    )
    told = await term_of(client, as_ana, filed)
    assert [(step["amount"], step["rule_id"]) for step in told["steps"]] == [
        (30, "petition.answer"),
        (10, "petition.extension"),
    ]
    assert told["steps"][0]["ends_on"] == filed["answer_due_on"]
    assert told["steps"][1]["extension"]["reason"] == "Se cercetează la fața locului."
    assert told["office"]["target"] == told["end"] == until.isoformat()
    assert told["forward_by"] is None


async def test_what_is_late_is_told_as_late_also_after_it_was_answered(
    client: httpx2.AsyncClient, as_ana: dict[str, str], filed: dict[str, Any], change: Change
) -> None:
    due = local_date(clock.now()) - timedelta(days=4)
    await change(registered_on=due - timedelta(days=30), answer_due_on=due)
    told = await term_of(client, as_ana, filed)
    assert (told["is_late"], told["days_left"]) == (True, -4)
    await change(state="ANSWERED", closed_on=due + timedelta(days=1))
    told = await term_of(client, as_ana, filed)
    assert (told["is_late"], told["days_left"]) == (True, -1)
    assert told["ended"] == {"code": "CLOSED", "on": (due + timedelta(days=1)).isoformat()}


async def test_edge_62_the_clock_of_each_institution_is_told(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    filed: dict[str, Any],
    change: Change,
    sessions: async_sessionmaker[Session],
    dgp: Institution,
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    now, today = clock.now(), local_date(clock.now())
    before = {
        "institution_id": (await an_institution()).id,
        "registered_on": today - timedelta(days=4),
        "answer_due_on": today + timedelta(days=26),
        "forward_by": today + timedelta(days=1),
        "forwarded_on": today,
    }
    async with sessions() as session, session.begin():
        await session.execute(
            insert(FORWARDINGS),
            {
                **before,
                "petition_id": UUID(filed["id"]),
                "ordinal": 1,
                "year": today.year,
                "number": 7,
                "registered_at": now,
                "forwarded_at": now,
                "forwarded_by": ids.new_id(),
                "to_institution_id": dgp.id,
                "out_number": 8,
                "reason": "Nu este de competența noastră.",
            },
        )
    await change(forwarded_from=before["institution_id"], answer_rule_id="petition.answer-forwarded")
    told = await term_of(client, as_ana, filed)
    assert told["start"]["code"] == "FORWARDED"
    assert told["earlier"] == [{name: str(value) for name, value in before.items()}]


async def test_what_tests_an_application_has_a_term_too(
    client: httpx2.AsyncClient, ana: UUID, signed_in: Any, body: dict[str, Any]
) -> None:
    headers = signed_in(ana, BOTH, sandbox=True, client_id="app-0123456789abcdef")
    made = (await client.post(ADDRESS, json=body, headers=headers)).json()
    assert (await term_of(client, headers, made))["end"] == made["answer_due_on"]


async def test_a_term_is_a_day_in_a_calendar_and_says_nothing_of_the_petition(
    client: httpx2.AsyncClient, as_ana: dict[str, str], filed: dict[str, Any], change: Change
) -> None:
    answer = await client.get(address(filed, "calendar"), headers=as_ana)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["content-language"] == "ro"
    file = answer.text.replace("\r\n ", "")
    assert f"DTSTART;VALUE=DATE:{filed['answer_due_on'].replace('-', '')}\r\n" in file
    assert f"SUMMARY:Ultima zi pentru răspunsul la petiția {filed['registration_label']}\r\n" in file
    assert "STATUS:CONFIRMED" in file
    assert filed["subject"] not in file
    await change(state="ANSWERED", closed_on=local_date(clock.now()), language="hu")
    answer = await client.get(address(filed, "calendar"), headers=as_ana)
    assert "STATUS:CANCELLED" in answer.text
    assert "utolsó napja" in answer.text.replace("\r\n ", "")


# For officials.


async def test_officials_see_the_term_of_their_institutions_files_alone(
    client: httpx2.AsyncClient,
    filed: dict[str, Any],
    dgp: Institution,
    as_ana: dict[str, str],
    signed_in: Any,
) -> None:
    path = f"{FILES}/{filed['id']}/term"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=as_ana)).status_code == 403
    assert (await client.get(OVERDUE, headers=as_ana)).status_code == 403
    outsider = official(signed_in, ids.new_id(), HANDLE, role=Role.HANDLER)
    answer = await client.get(path, headers=outsider)
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/file-not-found")
    told = (await client.get(path, headers=official(signed_in, dgp.id, HANDLE, role=Role.HEAD))).json()
    assert told == await term_of(client, as_ana, filed)
    assert filed["subject"] not in json.dumps(told)


async def test_what_is_overdue_is_listed_page_by_page_until_it_is_ended(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    body: dict[str, Any],
    sessions: async_sessionmaker[Session],
    dgp: Institution,
    signed_in: Any,
) -> None:
    today, filed = local_date(clock.now()), []
    for late in (3, 1, 2, 0):
        made = (await client.post(ADDRESS, json=body, headers=as_ana)).json()
        due = today - timedelta(days=late)
        async with sessions() as session, session.begin():
            await session.execute(
                update(PETITIONS).where(PETITIONS.c.id == UUID(made["id"])).values(answer_due_on=due)
            )
        filed.append(made)
    headers, listed, cursor = official(signed_in, dgp.id, HANDLE, role=Role.HEAD), list[dict[str, Any]](), ""
    while True:
        page = (await client.get(f"{OVERDUE}?limit=2{cursor}", headers=headers)).json()
        listed += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert [(one["petition_id"], one["days_late"]) for one in listed] == [
        (filed[0]["id"], 3),
        (filed[2]["id"], 2),
        (filed[1]["id"], 1),
    ]
    assert listed[0]["registration_label"] == filed[0]["registration_label"]
    async with sessions() as session, session.begin():
        ended = update(PETITIONS).where(PETITIONS.c.id == UUID(filed[0]["id"]))
        await session.execute(ended.values(state="ANSWERED", closed_on=today))
    page = (await client.get(OVERDUE, headers=headers)).json()
    assert [one["petition_id"] for one in page["items"]] == [filed[2]["id"], filed[1]["id"]]


WORDS = {"reason": "Se caută în arhivă."}


async def in_analysis(
    client: httpx2.AsyncClient, office: Office, headers: dict[str, str], body: dict[str, Any]
) -> dict[str, Any]:
    """A petition that a handler of the office works on."""
    sent = body | {"institution_id": str(office.id)}
    made: dict[str, Any] = (await client.post(ADDRESS, json=sent, headers=headers)).json()
    await office.bring(made["id"], "IN_ANALYSIS")
    return made


async def test_a_request_for_information_is_extended_to_thirty_days_in_all_and_no_further(
    client: httpx2.AsyncClient, office: Office, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    made = await in_analysis(client, office, as_ana, body | {"kind": "INFO_544"})
    registered_on = date.fromisoformat(made["registered_on"])
    told = await term_of(client, as_ana, made)
    assert told["end"] == (registered_on + timedelta(days=10)).isoformat()
    assert told["refuse_by"] == (registered_on + timedelta(days=5)).isoformat()
    refused = await office.step(made["id"], "extension", office.head, {"days": 21, **WORDS})
    assert slug(refused) == "extension-too-long"
    extended = await office.step(made["id"], "extension", office.head, {"days": 20, **WORDS})
    assert extended.status_code == 200, extended.text
    told = await term_of(client, as_ana, made)
    assert told["end"] == extended.json()["answer_due_on"] == (registered_on + timedelta(days=30)).isoformat()
    assert [(step["amount"], step["rule_id"]) for step in told["steps"]] == [
        (10, "public-information.answer"),
        (30, "public-information.extended-answer"),
    ]
    assert told["steps"][1]["extension"] == {
        "decided_on": local_date(clock.now()).isoformat(),
        "reason": WORDS["reason"],
        "whole": True,
    }


async def test_edge_68_a_term_is_not_extended_after_its_last_day(
    client: httpx2.AsyncClient,
    office: Office,
    as_ana: dict[str, str],
    body: dict[str, Any],
    sessions: async_sessionmaker[Session],
) -> None:
    made = await in_analysis(client, office, as_ana, body)
    today = local_date(clock.now())
    for due, refused in ((today - timedelta(days=1), True), (today, False)):
        async with sessions() as session, session.begin():
            of_made = update(PETITIONS).where(PETITIONS.c.id == UUID(made["id"]))
            await session.execute(of_made.values(registered_on=due - timedelta(days=30), answer_due_on=due))
        answer = await office.step(made["id"], "extension", office.head, {"days": 15, **WORDS})
        assert (answer.status_code == 409) is refused
        if refused:
            assert slug(answer) == "term-has-passed"
    told = await term_of(client, as_ana, made)
    assert [step["ends_on"] for step in told["steps"]] == [
        today.isoformat(),
        (today + timedelta(days=15)).isoformat(),
    ]


async def test_edge_72_a_question_to_the_petitioner_moves_no_day(
    client: httpx2.AsyncClient, office: Office, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    made = await in_analysis(client, office, as_ana, body)
    before = await term_of(client, as_ana, made)
    asked = {"question": "Despre ce ghișeu este vorba?"}
    answer = await office.step(made["id"], "clarification", office.handler, asked)
    assert answer.json()["state"] == "AWAITING_CLARIFICATION", answer.text
    after = await term_of(client, as_ana, made)
    assert after == before | {"state": "AWAITING_CLARIFICATION"}


# Who is warned.


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BUCHAREST)


@pytest.fixture
def warnings(
    sessions: async_sessionmaker[Session], filed: dict[str, Any], looking: asyncpg.Connection
) -> Callable[[date], Awaitable[list[dict[str, Any]]]]:
    """Let the clock strike noon of a day, then say all that was told of her petition's term so far."""

    async def strike(day: date) -> list[dict[str, Any]]:
        async with sessions() as session:
            await operations.warn(session, noon(day))
        rows = await looking.fetch(
            "SELECT convert_from(body, 'UTF8') AS body FROM petitions.outbox "
            "WHERE subject = 'hub.petitions.term.warned.v1' AND convert_from(body, 'UTF8') LIKE $1 "
            "ORDER BY seq",
            f"%{filed['id']}%",
        )
        return [json.loads(row["body"])["data"] for row in rows]

    return strike


async def test_each_warning_is_told_once_and_the_last_says_that_it_is_late(
    warnings: Callable[[date], Awaitable[list[dict[str, Any]]]], change: Change, filed: dict[str, Any]
) -> None:
    await change(registered_on=date(2026, 10, 12), answer_due_on=date(2026, 11, 11))
    told = []
    for n in range(29, 62):
        told = await warnings(date(2026, 9, 28) + timedelta(days=n))
    assert [(one["warning"], one["days_left"]) for one in told] == [
        ("SHARE", 15),
        ("DAYS", 5),
        ("LAST", 2),
        ("OVERDUE", -1),
    ]
    assert {one["answer_due_on"] for one in told} == {"2026-11-11"}
    assert filed["subject"] not in json.dumps(told)


async def test_of_several_warnings_at_once_the_furthest_alone_is_told(
    warnings: Callable[[date], Awaitable[list[dict[str, Any]]]], change: Change
) -> None:
    await change(registered_on=date(2026, 10, 12), answer_due_on=date(2026, 11, 11))
    for _ in range(2):
        told = await warnings(date(2026, 11, 20))
    assert [one["warning"] for one in told] == ["OVERDUE"]


@pytest.mark.parametrize(
    "ended", [{"state": "ANSWERED", "closed_on": date(2026, 11, 10)}, {"state": "JOINED"}]
)
async def test_of_what_nobody_has_to_answer_nobody_is_warned(
    warnings: Callable[[date], Awaitable[list[dict[str, Any]]]],
    change: Change,
    filed: dict[str, Any],
    ended: dict[str, Any],
) -> None:
    leader = {"leader_id": ids.new_id()} if ended["state"] == "JOINED" else {}
    await change(registered_on=date(2026, 10, 12), answer_due_on=date(2026, 11, 11), **ended, **leader)
    assert await warnings(date(2026, 12, 20)) == []


async def test_an_extended_term_has_warnings_of_its_own(
    warnings: Callable[[date], Awaitable[list[dict[str, Any]]]],
    change: Change,
    filed: dict[str, Any],
    sessions: async_sessionmaker[Session],
    dgp: Institution,
) -> None:
    await change(state="IN_ANALYSIS", registered_on=date(2026, 10, 12), answer_due_on=date(2026, 11, 11))
    assert [one["warning"] for one in await warnings(date(2026, 11, 10))] == ["LAST"]
    async with sessions() as session, session.begin():
        file = await files.lock(session, UUID(filed["id"]), dgp.id)
        await files.move(
            session,
            file,
            PetitionState.IN_ANALYSIS,
            Actor(ActorKind.OFFICIAL, ids.new_id()),
            noon(date(2026, 11, 10)),
            answer_due_on=date(2026, 11, 26),
            extended_until=date(2026, 11, 26),
            extended_at=noon(date(2026, 11, 10)),
            extension_reason="Cercetare",
        )
        warned = select(PETITIONS.c.warned).where(PETITIONS.c.id == file.id)
        assert (await session.execute(warned)).scalar_one() == TermWarning.NONE
    told = await warnings(date(2026, 11, 24))
    assert [(one["warning"], one["answer_due_on"]) for one in told] == [
        ("LAST", "2026-11-11"),
        ("LAST", "2026-11-26"),
    ]


async def test_the_handler_and_their_head_hear_of_it(
    warnings: Callable[[date], Awaitable[list[dict[str, Any]]]],
    change: Change,
    sessions: async_sessionmaker[Session],
    dgp: Institution,
) -> None:
    head, handler, other, compartment = (ids.new_id() for _ in range(4))
    async with sessions() as session, session.begin():
        await session.execute(
            insert(COMPARTMENTS),
            {
                "id": compartment,
                "institution_id": dgp.id,
                "code": "REL",
                "name": "Relații cu publicul",
                "is_closed": False,
            },
        )
        people = [(head, None), (handler, head), (other, head)]
        await session.execute(
            insert(MEMBERS),
            [
                {
                    "institution_id": dgp.id,
                    "compartment_id": compartment,
                    "person_id": person,
                    "superior_id": superior,
                }
                for person, superior in people
            ],
        )
    await change(registered_on=date(2026, 10, 12), answer_due_on=date(2026, 11, 11))
    assert [one["person_ids"] for one in await warnings(date(2026, 10, 28))] == [[str(head)]]
    await change(state="ASSIGNED", handler_id=handler)
    told = (await warnings(date(2026, 11, 6)))[-1]
    assert (told["handler_id"], told["warning"]) == (str(handler), "DAYS")
    assert told["person_ids"] == sorted([str(head), str(handler)])
