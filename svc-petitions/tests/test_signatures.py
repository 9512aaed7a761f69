"""Several sign one petition: who may, who sees it, and what is left when one withdraws."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest

from hub_core import clock, ids
from svc_petitions.domain.institutions import Institution
from svc_petitions.operations import petitions

from .officials import API, FOR_FILE, official


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


@pytest.fixture
async def slip(client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The slip of a petition of Ana's."""
    filed = (await client.post(f"{API}/petitions", json=body, headers=as_ana)).json()
    made: dict[str, Any] = (await client.get(f"{API}/petitions/{filed['id']}/slip", headers=as_ana)).json()
    return made


def pair(slip: dict[str, Any], **special: Any) -> dict[str, Any]:
    return {
        "institution_id": slip["institution"]["id"],
        "number": slip["number"],
        "year": slip["year"],
        "code": slip["code"],
    } | special


async def sign(client: httpx2.AsyncClient, headers: dict[str, str], slip: dict[str, Any]) -> httpx2.Response:
    return await client.post(f"{API}/signatures", json=pair(slip), headers=headers)


async def withdraw(
    client: httpx2.AsyncClient, headers: dict[str, str], slip: dict[str, Any]
) -> httpx2.Response:
    return await client.post(f"{API}/petitions/{slip['id']}/signature/withdraw", headers=headers)


async def signed(
    client: httpx2.AsyncClient, signed_in: Any, dgp: Institution, slip: dict[str, Any]
) -> list[tuple[str, bool]]:
    by = official(signed_in, dgp.id, "petitions:register") | FOR_FILE
    items = (await client.get(f"{API}/files/{slip['id']}/petitioners", headers=by)).json()["items"]
    return [(one["person_id"], one["withdrawn_at"] is None) for one in items]


async def test_nobody_signs_or_sees_the_slip_without_a_right(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ion: dict[str, str], signed_in: Any
) -> None:
    assert (await client.post(f"{API}/signatures", json=pair(slip))).status_code == 401
    reading = signed_in(ids.new_id(), {"petitions:read"})
    assert slug(await sign(client, reading, slip)) == "insufficient-scope"
    assert (
        slug(await client.get(f"{API}/petitions/{slip['id']}/slip", headers=as_ion)) == "petition-not-found"
    )
    wrong = await client.post(f"{API}/signatures", json=pair(slip, code="AAAAAAAA"), headers=as_ion)
    assert slug(wrong) == "petition-status-not-found"
    assert slug(await withdraw(client, as_ion, slip)) == "petition-not-found"


async def test_two_sign_and_one_withdraws(
    client: httpx2.AsyncClient,
    slip: dict[str, Any],
    ana: UUID,
    as_ana: dict[str, str],
    signed_in: Any,
    dgp: Institution,
) -> None:
    """Edge 69: it goes on for the other."""
    ion = ids.new_id()
    as_ion = signed_in(ion, {"petitions:read", "petitions:write"})
    mine = f"{API}/petitions/{slip['id']}"
    assert (await client.get(mine, headers=as_ion)).status_code == 404
    assert (await sign(client, as_ion, slip)).status_code == 201
    assert (await client.get(mine, headers=as_ion)).status_code == 200
    assert await signed(client, signed_in, dgp, slip) == [(str(ana), True), (str(ion), True)]
    for headers in (as_ana, as_ion):
        refused = await client.post(f"{mine}/withdraw", headers=headers)
        assert (refused.status_code, slug(refused)) == (409, "petition-others-signed")
    assert (await withdraw(client, as_ion, slip)).status_code == 204
    assert await signed(client, signed_in, dgp, slip) == [(str(ana), True), (str(ion), False)]
    assert (await client.get(mine, headers=as_ion)).status_code == 404
    assert (await client.get(mine, headers=as_ana)).json()["state"] == "REGISTERED"
    last = await withdraw(client, as_ana, slip)
    assert (last.status_code, slug(last)) == (409, "petition-last-signature")
    assert (await client.post(f"{mine}/withdraw", headers=as_ana)).status_code == 200


async def test_the_first_may_withdraw_and_the_other_stands_alone(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    await sign(client, as_ion, slip)
    assert (await withdraw(client, as_ana, slip)).status_code == 204
    assert slug(await withdraw(client, as_ion, slip)) == "petition-last-signature"


async def test_who_signs_twice_has_signed_once_and_who_withdrew_does_not_come_back(
    client: httpx2.AsyncClient,
    slip: dict[str, Any],
    as_ion: dict[str, str],
    signed_in: Any,
    dgp: Institution,
) -> None:
    for _ in range(2):
        assert (await sign(client, as_ion, slip)).status_code == 201
    assert len(await signed(client, signed_in, dgp, slip)) == 2
    await withdraw(client, as_ion, slip)
    again = await sign(client, as_ion, slip)
    assert (again.status_code, slug(again)) == (409, "petition-signatures-closed")


async def test_what_has_ended_is_signed_by_nobody(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    await client.post(f"{API}/petitions/{slip['id']}/withdraw", headers=as_ana)
    assert slug(await sign(client, as_ion, slip)) == "petition-signatures-closed"


async def test_many_sign_at_once_and_each_has_a_place(
    client: httpx2.AsyncClient, slip: dict[str, Any], signed_in: Any, dgp: Institution
) -> None:
    people = [signed_in(ids.new_id(), {"petitions:write", "petitions:read"}) for _ in range(8)]
    answers = await asyncio.gather(*(sign(client, person, slip) for person in people))
    assert {answer.status_code for answer in answers} == {201}
    assert len({person for person, _ in await signed(client, signed_in, dgp, slip)}) == 9


async def test_both_of_two_withdrawing_at_once_leave_one(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    await sign(client, as_ion, slip)
    answers = await asyncio.gather(*(withdraw(client, one, slip) for one in (as_ana, as_ion)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_who_signed_finds_it_in_the_copy_of_their_data(
    client: httpx2.AsyncClient, slip: dict[str, Any], signed_in: Any
) -> None:
    ion = ids.new_id()
    await sign(client, signed_in(ion, {"petitions:read", "petitions:write"}), slip)
    exporting = signed_in(scopes={"personal-data:read"})
    copy = await client.get(f"/internal/v1/people/{ion}/export", headers=exporting)
    assert copy.status_code == 200, copy.text
    assert slip["registration_label"].partition("/")[0] in copy.text
    assert len(copy.json()["sections"][0]["items"]) == 1


async def standings(client: httpx2.AsyncClient, headers: dict[str, str], **asked: Any) -> dict[str, str]:
    listed = await client.get(f"{API}/petitions", params=asked, headers=headers)
    assert listed.status_code == 200, listed.text
    return {one["id"]: one["standing"] for one in listed.json()["items"]}


async def test_nobody_has_in_their_list_what_another_signed(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ion: dict[str, str], signed_in: Any
) -> None:
    await sign(client, as_ion, slip)
    eva = signed_in(ids.new_id(), {"petitions:read", "petitions:write"})
    assert await standings(client, eva) == {}


async def test_what_somebody_signed_too_is_in_their_list_until_they_withdraw(
    client: httpx2.AsyncClient,
    slip: dict[str, Any],
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
) -> None:
    await sign(client, as_ion, slip)
    own = (await client.post(f"{API}/petitions", json=body, headers=as_ion)).json()["id"]
    assert await standings(client, as_ana) == {slip["id"]: "OWN"}
    assert await standings(client, as_ion) == {own: "OWN", slip["id"]: "CO_SIGNED"}
    filters = ({"institution_id": body["institution_id"]}, {"kind": body["kind"]})
    for asked in filters:
        assert len(await standings(client, as_ion, **asked)) == 2
    assert slip["id"] not in await standings(client, as_ion, kind="PROPOSAL")
    first = await client.get(f"{API}/petitions", params={"limit": 1}, headers=as_ion)
    rest = {"limit": 1, "cursor": first.json()["next_cursor"]}
    assert await standings(client, as_ion, **rest) == {slip["id"]: "CO_SIGNED"}
    read = await client.get(f"{API}/petitions/{slip['id']}", headers=as_ion)
    assert read.json()["standing"] == "CO_SIGNED"
    steps = await client.get(f"{API}/petitions/{slip['id']}/steps", headers=as_ion)
    assert steps.status_code == 200
    assert (await withdraw(client, as_ion, slip)).status_code == 204
    assert await standings(client, as_ion) == {own: "OWN"}


async def test_who_filed_it_and_withdrew_sees_that_they_do_not_stand_behind_it(
    client: httpx2.AsyncClient, slip: dict[str, Any], as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    await sign(client, as_ion, slip)
    assert (await withdraw(client, as_ana, slip)).status_code == 204
    assert await standings(client, as_ana) == {slip["id"]: "WITHDRAWN"}
    read = await client.get(f"{API}/petitions/{slip['id']}", headers=as_ana)
    assert read.json()["standing"] == "WITHDRAWN"


async def test_a_signature_follows_its_person_and_ends_where_they_have_signed_already(
    client: httpx2.AsyncClient,
    slip: dict[str, Any],
    as_ana: dict[str, str],
    signed_in: Any,
    dgp: Institution,
    sessions: Any,
) -> None:
    former, account, late = ids.new_id(), ids.new_id(), ids.new_id()
    both = {"petitions:read", "petitions:write"}
    await sign(client, signed_in(former, both), slip)
    for merged in (account, late):
        async with sessions() as session:
            await petitions.follow_person(session, former, merged, clock.now())
    assert await standings(client, signed_in(former, both)) == {}
    assert await standings(client, signed_in(late, both)) == {}
    assert await standings(client, signed_in(account, both)) == {slip["id"]: "CO_SIGNED"}
    await sign(client, signed_in(former, both), slip)
    async with sessions() as session:
        await petitions.follow_person(session, former, account, clock.now())
    stand = [person for person, stands in await signed(client, signed_in, dgp, slip) if stands]
    assert stand.count(str(account)) == 1
    assert str(former) not in stand
