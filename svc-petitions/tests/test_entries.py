"""What registrars enter: who may, which day counts, what the slip says, and who is told."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_service.policy import Official
from hub_service.purpose import Purpose, Stated
from hub_testing import rules
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.petitioners import Identity, Organisation, refuse_child_alone
from svc_petitions.domain.petitions import Channel, PetitionKind, Submission
from svc_petitions.errors.entries import ParentNeeded
from svc_petitions.operations import entries

from .officials import API, AT_COUNTER, FOR_FILE, official

LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")

ENTRIES = f"{API}/entries"
STATUS = f"{API}/status"
LATER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
AT_THE_COUNTER = Stated(Purpose.COUNTER_SERVICE)
ANA = {
    "family_name": "Popescu",
    "given_name": "Ana",
    "address": "Strada Exemplului nr. 1, 400001 Cluj-Napoca",
}


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def a_registrar(institution_id: UUID) -> Official:
    """An official of an institution."""
    roles, person_id = frozenset({Role.REGISTRAR}), ids.new_id()
    principal = Principal(
        kind=Kind.PERSON,
        subject=str(person_id),
        assurance=Assurance.SUBSTANTIAL,
        scopes=frozenset({"petitions:register"}),
        client_id="demo-office",
        roles=roles,
        institution_id=institution_id,
    )
    return Official(person_id, institution_id, roles, principal)


def an_entry(**special: Any) -> dict[str, Any]:
    """A petition that came by post today."""
    return {
        "channel": "POST",
        "received_on": clock.local_date(clock.now()).isoformat(),
        "kind": "COMPLAINT",
        "subject": "Coadă la ghișeu",
        "text": "Am așteptat trei ore la ghișeu.",
        "language": "ro",
        "petitioners": [ANA],
    } | special


@pytest.fixture
def enter(client: httpx2.AsyncClient, signed_in: Any, dgp: Institution) -> Any:
    """Make `enter(headers, **what_is_special)`; a registrar of the institution enters it."""

    async def make(headers: dict[str, str] | None = None, **special: Any) -> httpx2.Response:
        by = headers or official(signed_in, dgp.id, "petitions:register") | AT_COUNTER
        return await client.post(ENTRIES, json=an_entry(**special), headers=by)

    return make


# Who may.


async def test_only_a_registrar_signed_in_strongly_and_with_a_purpose_enters(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution
) -> None:
    assert (await client.post(ENTRIES, json=an_entry())).status_code == 401
    citizen = signed_in(ids.new_id(), {"petitions:register"}, assurance=Assurance.SUBSTANTIAL) | AT_COUNTER
    assert slug(await enter(citizen)) == "role-required"
    for role in (Role.HANDLER, Role.HEAD, Role.SIGNATORY, Role.CLERK, Role.AUDITOR):
        other = official(signed_in, dgp.id, "petitions:register", role=role) | AT_COUNTER
        assert slug(await enter(other)) == "role-required", role
    weak = official(signed_in, dgp.id, "petitions:register", assurance=Assurance.LOW) | AT_COUNTER
    assert slug(await enter(weak)) == "insufficient-user-authentication"
    unscoped = official(signed_in, dgp.id, "petitions:write") | AT_COUNTER
    assert slug(await enter(unscoped)) == "insufficient-scope"
    assert slug(await enter(official(signed_in, dgp.id, "petitions:register"))) == "purpose-required"


async def test_another_institution_sees_neither_slip_nor_petitioners(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, an_institution: Any
) -> None:
    """Edge 82: fifteen municipalities share the system, a clerk of one sees nothing of another."""
    entered = (await enter()).json()
    other = await an_institution()
    stranger = official(signed_in, other.id, "petitions:register") | FOR_FILE
    for path in ("slip", "petitioners"):
        refused = await client.get(f"{API}/files/{entered['id']}/{path}", headers=stranger)
        assert (refused.status_code, slug(refused)) == (404, "file-not-found")


async def test_number_series_of_institutions_are_separate(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, an_institution: Any
) -> None:
    other = await an_institution()
    there = official(signed_in, other.id, "petitions:register") | AT_COUNTER
    assert [(await enter()).json()["number"] for _ in range(2)] == [1, 2]
    assert (await enter(there)).json()["number"] == 1


# What an entry answers.


async def test_the_slip_says_number_date_term_and_code_and_can_be_printed_again(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution
) -> None:
    entered = await enter()
    assert entered.status_code == 201, entered.text
    slip, today = entered.json(), clock.local_date(clock.now())
    assert slip["registration_label"] == f"1/{today:%d.%m.%Y}"
    assert slip["answer_due_on"] == (today + timedelta(days=30)).isoformat()
    assert (len(slip["code"]), slip["channel"], slip["is_late"]) == (8, "POST", False)
    by = official(signed_in, dgp.id, "petitions:register")
    again = await client.get(entered.headers["location"], headers=by)
    assert again.json() == slip


async def test_what_came_ten_days_ago_is_registered_today_and_late(enter: Any) -> None:
    """OMAI 33/2020: the date of registration is the one in the register, at most a working day after."""
    today = clock.local_date(clock.now())
    slip = (await enter(received_on=(today - timedelta(days=10)).isoformat())).json()
    assert slip["registered_on"] == today.isoformat()
    assert slip["is_late"] is True
    assert slip["register_by"] < today.isoformat()


async def test_nothing_comes_in_tomorrow(enter: Any) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    refused = await enter(received_on=tomorrow.isoformat())
    assert (refused.status_code, slug(refused)) == (422, "petition-received-on-wrong")


async def test_one_working_day_after_friday_is_monday_and_holidays_do_not_count(
    client: httpx2.AsyncClient, sessions: Any, master: Any, dgp: Institution
) -> None:
    """30 November and 1 December are holidays."""
    ends = []
    for received_on in (date(2026, 11, 20), date(2026, 11, 27)):
        wanted = entries.Wanted(
            channel=Channel.POST,
            received_on=received_on,
            submission=Submission(dgp.id, PetitionKind.REQUEST, "Program", "Care este?", Language.RO),
            petitioners=[],
        )
        async with sessions() as session:
            slip = await entries.enter(session, master, a_registrar(dgp.id), wanted, AT_THE_COUNTER, LATER)
        ends.append((slip.register_by, slip.is_late))
    assert ends == [(date(2026, 11, 23), True), (date(2026, 12, 2), False)]


@pytest.mark.parametrize(
    ("kind", "days"), [("SUGGESTION", 30), ("INFO_544", 10), ("AUDIENCE", 30), ("PROPOSAL", 30)]
)
async def test_each_kind_has_the_term_of_its_law(enter: Any, kind: str, days: int) -> None:
    slip = (await enter(kind=kind)).json()
    assert slip["answer_due_on"] == (clock.local_date(clock.now()) + timedelta(days=days)).isoformat()


async def test_a_request_for_public_information_hidden_in_a_petition_gets_a_number_and_a_clock_of_its_own(
    enter: Any,
) -> None:
    """Edge 71: the registrar enters it besides, as what it is, received on the same day."""
    today = clock.local_date(clock.now())
    petition, hidden = [(await enter(kind=kind)).json() for kind in ("COMPLAINT", "INFO_544")]
    assert [each["number"] for each in (petition, hidden)] == [1, 2]
    ends = [date.fromisoformat(each["answer_due_on"]) - today for each in (petition, hidden)]
    assert ends == [timedelta(days=30), timedelta(days=10)]


async def test_several_sign_a_paper_and_each_is_kept_in_their_order(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution
) -> None:
    ion = {"family_name": "Ionescu", "given_name": "Ion", "email": "ion@example.org"}
    company = ANA | {"organisation": {"name": "Asociația Exemplu", "cui": "RO 14399840"}}
    entered = (await enter(petitioners=[ANA, ion, company])).json()
    by = official(signed_in, dgp.id, "petitions:register") | FOR_FILE
    signed = (await client.get(f"{API}/files/{entered['id']}/petitioners", headers=by)).json()["items"]
    assert [one["family_name"] for one in signed] == ["Popescu", "Ionescu", "Popescu"]
    assert signed[1]["email"] == "ion@example.org"
    assert signed[2]["organisation"] == {"name": "Asociația Exemplu", "cui": "14399840"}


async def test_a_group_that_is_no_organisation_has_no_number_and_signs_by_its_people(enter: Any) -> None:
    """Edge 69: an unregistered group "citizens of Street X" is not in whose name a petition is made."""
    group = ANA | {"organisation": {"name": "Cetățenii străzii X", "cui": "1"}}
    assert (await enter(petitioners=[group])).status_code == 422
    assert (await enter(petitioners=[ANA])).status_code == 201


@pytest.mark.parametrize(
    ("born_on", "today", "alone"),
    [
        (date(2012, 11, 23), date(2026, 11, 22), False),
        (date(2012, 11, 22), date(2026, 11, 22), True),
        (date(2010, 5, 1), date(2026, 11, 22), True),
        (date(2012, 2, 29), date(2026, 2, 28), False),
        (date(2012, 2, 29), date(2026, 3, 1), True),
    ],
)
def test_edge_69_from_the_fourteenth_birthday_a_minor_makes_a_petition_alone(
    born_on: date, today: date, alone: bool
) -> None:
    if alone:
        refuse_child_alone(born_on, today, LEGAL)
    else:
        with pytest.raises(ParentNeeded):
            refuse_child_alone(born_on, today, LEGAL)


async def test_edge_69_a_child_under_fourteen_signs_a_paper_through_a_parent(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution, looking: asyncpg.Connection
) -> None:
    this_year = clock.local_date(clock.now()).year
    child, youth = ({"birth_date": f"{this_year - age}-01-01"} for age in (10, 16))
    refused = await enter(petitioners=[ANA | child])
    assert (refused.status_code, slug(refused)) == (422, "petition-parent-needed")
    assert (await enter(petitioners=[ANA | youth])).status_code == 201
    entered = await enter(petitioners=[ANA | child | {"represented_by": "Popescu Ion"}])
    assert entered.status_code == 201, entered.text
    by = official(signed_in, dgp.id, "petitions:register") | FOR_FILE
    path = f"{API}/files/{entered.json()['id']}/petitioners"
    [signed] = (await client.get(path, headers=by)).json()["items"]
    assert (signed["represented_by"], signed["family_name"]) == ("Popescu Ion", "Popescu")
    assert str(this_year - 10) not in str(signed)


async def test_who_gives_no_address_at_all_cannot_be_answered(enter: Any) -> None:
    nowhere = {"family_name": "Popescu", "given_name": "Ana"}
    assert (await enter(petitioners=[nowhere])).status_code == 422


async def test_an_anonymous_one_is_registered_and_nobody_signed_it(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution, looking: asyncpg.Connection
) -> None:
    """Edge 64: the registrar decides that nobody is identified; filing it away is another act."""
    entered = await enter(petitioners=[], channel="EMAIL")
    assert entered.status_code == 201, entered.text
    by = official(signed_in, dgp.id, "petitions:register") | FOR_FILE
    seen = await client.get(f"{API}/files/{entered.json()['id']}/petitioners", headers=by)
    assert seen.json() == {"items": []}
    row = await looking.fetchrow(
        "SELECT person_id, state, channel FROM petitions.petitions WHERE id = $1", UUID(entered.json()["id"])
    )
    assert tuple(row) == (None, "REGISTERED", "EMAIL")


async def test_who_has_an_account_finds_it_there_and_sees_who_entered_and_read_it(
    client: httpx2.AsyncClient,
    enter: Any,
    signed_in: Any,
    dgp: Institution,
    ana: UUID,
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    """A validated account is never anonymous (OG 27/2002 art. 7)."""
    entered = (await enter(petitioners=[{"person_id": str(ana)}])).json()
    mine = await client.get(f"{API}/petitions/{entered['id']}", headers=as_ana)
    assert mine.json()["number"] == entered["number"]
    by = official(signed_in, dgp.id, "petitions:register") | FOR_FILE
    await client.get(f"{API}/files/{entered['id']}/petitioners", headers=by)
    lines = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE subject = 'hub.petitions.record.accessed.v1'"
        " AND convert_from(body, 'UTF8') LIKE $1 ORDER BY seq",
        f"%{ana}%",
    )
    told = [json.loads(line["body"])["data"] for line in lines]
    assert [(one["action"], one["purpose"]) for one in told] == [
        ("CREATE", "COUNTER_SERVICE"),
        ("READ", "CASE_HANDLING"),
    ]


async def test_nothing_of_who_signed_lies_in_the_open(enter: Any, looking: asyncpg.Connection) -> None:
    odd = ANA | {"family_name": "Neobișnuitescu", "address": "Aleea Tainică nr. 77, Zalău"}
    entered = (await enter(petitioners=[odd])).json()
    row = await looking.fetchrow(
        "SELECT sealed, same_key FROM petitions.petitioners WHERE petition_id = $1", UUID(entered["id"])
    )
    told = await looking.fetch("SELECT body FROM petitions.outbox WHERE key = $1", entered["id"])
    for word in ("Neobi", "Tainic"):
        assert word.encode() not in row["sealed"] + row["same_key"]
        assert all(word.encode() not in line["body"] for line in told)


def test_the_same_one_is_known_again_however_the_name_is_written() -> None:
    ana = Identity(family_name="Popescu", given_name="Ana-Maria", address="Str. Exemplului 1")
    again = Identity(family_name="POPESCU", given_name="Ana Maria", address="str Exemplului 1")
    other = Identity(family_name="Popescu", given_name="Ana-Maria", address="Str. Exemplului 2")
    assert ana.same == again.same
    assert ana.same != other.same
    company = Organisation("Exemplu", "14399840")
    for_it = Identity(family_name="Popescu", given_name="Ana", organisation=company)
    by_another = Identity(family_name="Ionescu", given_name="Ion", organisation=company)
    assert for_it.same == by_another.same


# How it stands, for who has the slip.


def pair(slip: dict[str, Any], **special: Any) -> dict[str, Any]:
    return {
        "institution_id": slip["institution"]["id"],
        "number": slip["number"],
        "year": slip["year"],
        "code": slip["code"],
    } | special


async def test_anybody_with_the_slip_sees_how_it_stands_and_nothing_else(
    client: httpx2.AsyncClient, enter: Any
) -> None:
    slip = (await enter()).json()
    seen = await client.post(STATUS, json=pair(slip, code=f" {slip['code'].lower()} "))
    assert seen.status_code == 200, seen.text
    assert seen.headers["cache-control"] == "no-store"
    assert set(seen.json()) == {"state", "institution", "registered_on", "answer_due_on", "followed"}
    assert seen.json()["followed"] is None
    assert seen.json()["state"] == "REGISTERED"


async def test_every_wrong_pair_gets_the_same_answer(client: httpx2.AsyncClient, enter: Any) -> None:
    slip = (await enter()).json()
    wrong = [
        pair(slip, code="AAAAAAAA"),
        pair(slip, code="ő"),
        pair(slip, number=slip["number"] + 1_000_000),
        pair(slip, year=2001),
        pair(slip, institution_id=str(ids.new_id())),
    ]
    answers = [await client.post(STATUS, json=one) for one in wrong]
    bodies = [{**one.json(), "trace_id": ""} for one in answers]
    assert {one.status_code for one in answers} == {404}
    assert all(body == bodies[0] for body in bodies)
    assert slug(answers[0]) == "petition-status-not-found"


async def test_codes_of_a_number_are_not_found_out_by_trying(client: httpx2.AsyncClient, enter: Any) -> None:
    slip = (await enter()).json()
    for _ in range(10):
        assert (await client.post(STATUS, json=pair(slip, code="AAAAAAAA"))).status_code == 404
    refused = await client.post(STATUS, json=pair(slip))
    assert (refused.status_code, slug(refused)) == (429, "petition-tried-too-often")
    assert int(refused.headers["retry-after"]) > 0
