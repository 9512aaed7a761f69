"""A form in the running hub: read, begun with what the hub knows, checked, for oneself and for a child."""

import httpx2

from ..conftest import Hub
from .person import SCOPES, Person

FORMS = "/catalog/v1/forms"


async def test_a_form_is_begun_for_oneself_and_for_ones_child(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        form = (await client.get(f"{FORMS}/petition", params={"lang": "ro"})).json()
        assert form["schema"]["$id"].startswith(f"{hub.origin}{FORMS}/petition/schema?")

        ana = Person(client, "ana.popescu@example.org", f"{SCOPES} forms:prefill")
        await ana.sign_in()
        begun = (await ana.get(f"{FORMS}/petition/prefill")).json()["data"]
        assert begun["applicant"] == {
            "given_name": "Ana",
            "family_name": "Popescu",
            "email": "ana.popescu@example.org",
        }

        choices = form["schema"]["properties"]["petition"]["allOf"][0]["properties"]["institution_id"][
            "oneOf"
        ]
        begun["petition"] |= {
            "institution_id": choices[0]["const"],
            "kind": "REQUEST",
            "subject": "Programul",
            "text": "Vă rog să îmi comunicați programul.",
        }
        wrong = await client.post(f"{FORMS}/petition/validate", json=begun)
        faults = {fault["pointer"]: fault["code"] for fault in wrong.json()["errors"]}
        assert faults == {"/answer": "required", "/applicant/acts_as": "required"}
        begun |= {"answer": {"by": "ACCOUNT"}, "applicant": begun["applicant"] | {"acts_as": "PERSON"}}
        assert (await client.post(f"{FORMS}/petition/validate", json=begun)).json()["valid"] is True

        children = (await ana.post("/identity/v1/parental-mandates"))["items"]
        andrei = next(one for one in children if one["principal"]["name"] == "Andrei Popescu")
        given = (await ana.act_for(andrei["id"])).json()
        assert "forms:prefill" in given["scope"].split()
        contest = await ana.get(f"{FORMS}/contest-registration/prefill", given["access_token"])
        assert contest.json()["data"]["candidate"] == {
            "given_name": "Andrei",
            "family_name": "Popescu",
            "email": "ana.popescu@example.org",
        }
