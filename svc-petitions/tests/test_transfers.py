"""Hand-overs between compartments: who may, who decides, and where the file is meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import ids
from hub_core.principal import Role

from .office import API, Office, slug

Looking = asyncpg.Connection


@pytest.fixture
async def file_id(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], office: Office
) -> str:
    """A petition that nobody works on yet."""
    filed = await client.post(f"{API}/petitions", json=body, headers=as_ana)
    assert filed.status_code == 201, filed.text
    made: str = filed.json()["id"]
    await office.triage(made)
    return made


@pytest.fixture
async def elsewhere(office: Office) -> str:
    """Another compartment, where `other` works now."""
    made = await office.post("compartments", office.head, {"code": "JUR", "name": "Juridic"})
    body = {"compartment_id": made.json()["id"], "superior_id": str(office.chief)}
    put = await office.client.put(f"{API}/members/{office.other}", json=body, headers=office.as_(office.head))
    assert put.status_code == 200, put.text
    found: str = made.json()["id"]
    return found


@pytest.fixture
def hand_over(office: Office, file_id: str, elsewhere: str) -> Callable[[], Awaitable[str]]:
    """Hand the file over to the other compartment."""

    async def make() -> str:
        made = await office.step(file_id, "transfers", office.registrar, {"compartment_id": elsewhere})
        assert made.status_code == 201, made.text
        assert made.json()["state"] == "WAITING"
        found: str = made.json()["id"]
        return found

    return make


async def compartment_of(looking: Looking, file_id: str) -> UUID | None:
    found: UUID | None = await looking.fetchval(
        "SELECT compartment_id FROM petitions.petitions WHERE id = $1", UUID(file_id)
    )
    return found


async def test_only_the_registry_hands_over_and_only_at_its_own_institution(
    office: Office, file_id: str, elsewhere: str
) -> None:
    body = {"compartment_id": elsewhere}
    assert (await office.step(file_id, "transfers", office.handler, body)).status_code == 403
    foreign = office.as_(office.registrar, institution=str(ids.new_id()))
    answer = await office.client.post(f"{API}/files/{file_id}/transfers", json=body, headers=foreign)
    assert (answer.status_code, slug(answer)) == (404, "file-not-found")


async def test_who_receives_decides_and_nobody_else(
    office: Office, hand_over: Callable[[], Awaitable[str]], file_id: str
) -> None:
    """Not somebody of another compartment, nor who has handed it over, nor another institution."""
    transfer = await hand_over()
    for step, body in (("accept", None), ("refuse", {"reason": "Nu este al nostru."})):
        answer = await office.post(f"transfers/{transfer}/{step}", office.handler, body)
        assert (answer.status_code, slug(answer)) == (403, "not-your-compartment")
        own = await office.post(f"transfers/{transfer}/{step}", office.registrar, body, Role.HANDLER)
        assert (own.status_code, slug(own)) == (403, "not-your-compartment")
    foreign = office.as_(office.other, institution=str(ids.new_id()))
    answer = await office.client.post(f"{API}/transfers/{transfer}/accept", headers=foreign)
    assert (answer.status_code, slug(answer)) == (404, "transfer-not-found")


async def test_a_file_is_with_who_hands_it_over_until_it_is_accepted(
    office: Office,
    hand_over: Callable[[], Awaitable[str]],
    file_id: str,
    elsewhere: str,
    looking: Looking,
) -> None:
    transfer = await hand_over()
    assert await compartment_of(looking, file_id) is None
    waiting = await office.client.get(f"{API}/transfers", headers=office.as_(office.other))
    assert [one["id"] for one in waiting.json()["items"]] == [transfer]
    accepted = await office.post(f"transfers/{transfer}/accept", office.other)
    assert (accepted.status_code, accepted.json()["state"]) == (200, "ACCEPTED")
    assert str(await compartment_of(looking, file_id)) == elsewhere
    waiting = await office.client.get(f"{API}/transfers", headers=office.as_(office.other))
    assert waiting.json()["items"] == []
    steps = await looking.fetch(
        "SELECT reason FROM petitions.steps WHERE petition_id = $1 ORDER BY version", UUID(file_id)
    )
    assert [row["reason"] for row in steps][-1] == "HANDED_OVER"
    again = await office.post(f"transfers/{transfer}/accept", office.other)
    assert (again.status_code, slug(again)) == (409, "transfer-decided")


async def test_a_refused_file_stays_where_it_was_and_the_log_says_why(
    office: Office, hand_over: Callable[[], Awaitable[str]], file_id: str, looking: Looking
) -> None:
    """Edge 76. Its term is where it was, and it can be handed to another one."""
    before = await looking.fetchrow(
        "SELECT answer_due_on, state, version FROM petitions.petitions WHERE id = $1", UUID(file_id)
    )
    transfer = await hand_over()
    refused = await office.post(
        f"transfers/{transfer}/refuse", office.other, {"reason": "Nu ține de compartimentul nostru."}
    )
    assert (refused.status_code, refused.json()["state"]) == (200, "REFUSED")
    assert before == await looking.fetchrow(
        "SELECT answer_due_on, state, version FROM petitions.petitions WHERE id = $1", UUID(file_id)
    )
    log = await office.client.get(f"{API}/files/{file_id}/transfers", headers=office.as_(office.head))
    (line,) = log.json()["items"]
    assert line["refusal"] == "Nu ține de compartimentul nostru."
    assert line["decided_by"] == str(office.other)
    await hand_over()


async def test_a_file_is_handed_over_once_at_a_time(
    office: Office, hand_over: Callable[[], Awaitable[str]], file_id: str, elsewhere: str
) -> None:
    await hand_over()
    again = await office.step(file_id, "transfers", office.registrar, {"compartment_id": elsewhere})
    assert (again.status_code, slug(again)) == (409, "transfer-waiting")


async def test_a_file_that_somebody_works_on_is_not_handed_over(
    office: Office, file_id: str, elsewhere: str
) -> None:
    await office.assign(file_id)
    answer = await office.step(file_id, "transfers", office.registrar, {"compartment_id": elsewhere})
    assert (answer.status_code, slug(answer)) == (409, "file-not-to-hand-over")


async def test_who_is_complained_of_does_not_accept(
    office: Office, hand_over: Callable[[], Awaitable[str]], file_id: str, looking: Looking
) -> None:
    """OG 27/2002 art. 11."""
    transfer = await hand_over()
    await looking.execute(
        "UPDATE petitions.petitions SET complained_of = ARRAY[$1::uuid] WHERE id = $2",
        office.other,
        UUID(file_id),
    )
    answer = await office.post(f"transfers/{transfer}/accept", office.other)
    assert (answer.status_code, slug(answer)) == (403, "conflict-of-interest")
    assert await compartment_of(looking, file_id) is None


async def test_a_closed_compartment_gets_nothing(office: Office, file_id: str, elsewhere: str) -> None:
    await office.post(f"compartments/{elsewhere}/close", office.head)
    answer = await office.step(file_id, "transfers", office.registrar, {"compartment_id": elsewhere})
    assert (answer.status_code, slug(answer)) == (409, "compartment-closed")


async def test_the_compartments_and_delegations_of_an_institution_come_in_pages(
    office: Office, elsewhere: str
) -> None:
    headers = office.as_(office.head)
    page = (await office.client.get(f"{API}/compartments?limit=1", headers=headers)).json()
    assert [one["id"] for one in page["items"]] == [elsewhere]
    rest = await office.client.get(
        f"{API}/compartments", params={"cursor": page["next_cursor"]}, headers=headers
    )
    assert [one["id"] for one in rest.json()["items"]] == [office.compartment]
    assert rest.json()["next_cursor"] is None
    days = {"valid_from": "2026-11-01", "valid_to": "2026-12-31"}
    given = []
    for act in ("Ordinul nr. 1/2026", "Ordinul nr. 2/2026"):
        body = days | {"delegate_id": str(office.signatory), "act": act}
        made = await office.post("signature-delegations", office.head, body)
        assert made.status_code == 201, made.text
        given.append(made.json()["id"])
    page = (await office.client.get(f"{API}/signature-delegations?limit=1", headers=headers)).json()
    rest = await office.client.get(
        f"{API}/signature-delegations", params={"cursor": page["next_cursor"]}, headers=headers
    )
    assert [one["id"] for one in page["items"] + rest.json()["items"]] == given[::-1]
