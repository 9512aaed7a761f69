"""Acting for others through the running hub: a mother for her child, an employee for a company."""

import httpx2
import pytest

from ..conftest import Hub
from ..faults import petitions
from .person import PETITIONS, Person, refused_within_a_second

pytestmark = pytest.mark.xdist_group("hub")

MANDATES = "/identity/v1/mandates"
COMPANY = "990000013"


async def petition(client: httpx2.AsyncClient) -> dict[str, str]:
    [first, *_] = await petitions.choose_institutions(client)
    return {
        "institution_id": first,
        "kind": "REQUEST",
        "subject": "Programul de lucru cu publicul",
        "text": "Vă rog să îmi comunicați programul de lucru.",
        "language": "ro",
    }


async def test_a_mother_files_for_her_child_until_she_renounces(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        ana = Person(client, "ana.popescu@example.org")
        await ana.sign_in()
        children = (await ana.post("/identity/v1/parental-mandates"))["items"]
        assert {one["principal"]["name"] for one in children} == {"Andrei Popescu", "Ioana Popescu"}
        ioana = next(one for one in children if one["principal"]["name"] == "Ioana Popescu")

        given = await ana.act_for(ioana["id"])
        assert given.status_code == 200, given.text
        assert set(given.json()["scope"].split()) == {"petitions:read", "petitions:write"}
        token = given.json()["access_token"]
        filed = await ana.post(PETITIONS, await petition(client), token)
        assert filed["on_behalf_of"] == ioana["principal"]["id"]
        assert (filed["acting_person_id"], filed["mandate_id"]) == (ioana["representative_id"], ioana["id"])
        listed = await ana.get(PETITIONS, token)
        assert [one["id"] for one in listed.json()["items"]][:1] == [filed["id"]]
        assert (await ana.get(f"{PETITIONS}/{filed['id']}")).status_code == 404, "it is the child's"
        assert (await ana.get("/identity/v1/me", token)).status_code in (401, 403)

        assert (await ana.post(f"{MANDATES}/{ioana['id']}/revoke", {}))["state"] == "REVOKED"
        await refused_within_a_second(ana, token)
        again = await ana.act_for(ioana["id"])
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert (await ana.get(PETITIONS)).status_code == 200, "her own token stays"


async def test_a_company_delegates_and_takes_it_back(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        ana, ion = Person(client, "ana.popescu@example.org"), Person(client, "ion.ionescu@example.org")
        await ana.sign_in()
        await ion.sign_in()
        by_law = await ion.post("/identity/v1/company-mandates", {"cui": COMPANY})
        company = by_law["principal"]["id"]
        offer = {"type": "DELEGATE", "organisation_id": company, "services": ["petitions:write"]}
        offered = await ion.post("/identity/v1/mandate-offers", offer)
        accepted = await ana.post("/identity/v1/mandate-offers/accept", {"code": offered["code"]})
        assert (accepted["state"], accepted["principal"]["id"]) == ("ACTIVE", company)

        given = (await ana.act_for(accepted["id"])).json()
        assert given["scope"] == "petitions:write", "no more than the mandate names"
        filed = await ana.post(PETITIONS, await petition(client), given["access_token"])
        assert (await ana.get(PETITIONS, given["access_token"])).status_code == 403

        own = (await ion.act_for(by_law["id"])).json()["access_token"]
        listed = (await ion.get(PETITIONS, own)).json()["items"]
        assert filed["id"] in {one["id"] for one in listed}
        held = (await ion.get(f"/identity/v1/organisations/{company}/mandates")).json()["items"]
        assert accepted["id"] in {one["id"] for one in held}

        await ion.post(f"{MANDATES}/{accepted['id']}/revoke", {"reason": "A plecat din firmă"})
        await refused_within_a_second(ana, given["access_token"])
