"""The free telephone line: who may look up, what the check is, and that the petitioner sees it."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import ids
from hub_core.principal import Role
from svc_petitions.domain.institutions import Institution

from .officials import API, AT_COUNTER, official
from .test_entries import ANA, an_entry
from .test_signatures import pair, slug

LOOK_UP = f"{API}/telverde/look-ups"


@pytest.fixture
async def operator(signed_in: Any, an_institution: Any) -> dict[str, str]:
    """An operator, of another institution than the one that has the petition."""
    return official(signed_in, (await an_institution()).id, "petitions:register") | AT_COUNTER


@pytest.fixture
def enter(client: httpx2.AsyncClient, signed_in: Any, dgp: Institution) -> Any:
    """Make `enter(**what_is_special)`: the slip of what a registrar entered."""

    async def make(**special: Any) -> dict[str, Any]:
        by = official(signed_in, dgp.id, "petitions:register") | AT_COUNTER
        made: dict[str, Any] = (
            await client.post(f"{API}/entries", json=an_entry(**special), headers=by)
        ).json()
        return made

    return make


async def test_only_an_operator_with_a_purpose_looks_up(
    client: httpx2.AsyncClient, enter: Any, signed_in: Any, dgp: Institution
) -> None:
    asked = pair(await enter())
    assert (await client.post(LOOK_UP, json=asked)).status_code == 401
    clerk = official(signed_in, dgp.id, "petitions:register", role=Role.CLERK) | AT_COUNTER
    assert slug(await client.post(LOOK_UP, json=asked, headers=clerk)) == "role-required"
    unsaid = official(signed_in, dgp.id, "petitions:register")
    assert slug(await client.post(LOOK_UP, json=asked, headers=unsaid)) == "purpose-required"


async def test_the_number_alone_is_not_enough(
    client: httpx2.AsyncClient, enter: Any, operator: dict[str, str]
) -> None:
    slip = await enter(petitioners=[ANA | {"email": "ana@example.org"}])
    wrong = [
        pair(slip, code=""),
        pair(slip, code="AAAAAAAA"),
        pair(slip, code="", email="ion@example.org"),
        pair(slip, number=slip["number"] + 1000, email="ana@example.org"),
    ]
    answers = [await client.post(LOOK_UP, json=one, headers=operator) for one in wrong]
    bodies = [{**one.json(), "trace_id": ""} for one in answers]
    assert all(body == bodies[0] for body in bodies)
    assert (answers[0].status_code, slug(answers[0])) == (404, "petition-status-not-found")


@pytest.mark.parametrize("check", ["code", "email"])
async def test_who_answers_the_check_is_told_how_it_stands_and_nothing_of_its_words(
    client: httpx2.AsyncClient, enter: Any, operator: dict[str, str], check: str
) -> None:
    slip = await enter(petitioners=[ANA | {"email": "ana@example.org"}])
    asked = pair(slip) if check == "code" else pair(slip, code="", email=" Ana@Example.org".strip())
    told = await client.post(LOOK_UP, json=asked, headers=operator | {"accept-language": "ro"})
    assert told.status_code == 200, told.text
    assert told.json()["petition"]["state"] == "REGISTERED"
    assert told.json()["is_overdue"] is False
    assert "telefon" in told.json()["disclaimer"]
    for word in ("Popescu", "ghi", "ana@"):
        assert word not in told.text


async def test_who_has_an_account_reads_that_it_was_looked_up(
    client: httpx2.AsyncClient, enter: Any, operator: dict[str, str], looking: asyncpg.Connection
) -> None:
    ana: UUID = ids.new_id()
    slip = await enter(petitioners=[{"person_id": str(ana)}])
    await client.post(LOOK_UP, json=pair(slip), headers=operator)
    lines = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE subject = 'hub.petitions.record.accessed.v1'"
        " AND convert_from(body, 'UTF8') LIKE $1 ORDER BY seq",
        f"%{ana}%",
    )
    told = [json.loads(line["body"])["data"] for line in lines]
    assert [(one["action"], one["purpose"]) for one in told] == [
        ("CREATE", "COUNTER_SERVICE"),
        ("READ", "COUNTER_SERVICE"),
    ]
