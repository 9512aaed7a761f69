"""A certificate of the running hub in a wallet: its verifier fetches type and status list like anybody."""

import httpx2
import pytest
from joserfc.jwk import ECKey

from ..conftest import Hub
from ..journey.person import Person
from .conftest import EMAIL, Show

pytestmark = pytest.mark.xdist_group("hub")
V1 = "/criminal-record/v1"
SCOPES = "openid criminal-record:read criminal-record:write"


async def test_an_employer_reads_from_a_wallet_what_the_hub_issued(hub: Hub, show: Show) -> None:
    key = ECKey.generate_key("P-256")
    public = key.as_dict(private=False)
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=20) as client:
        ana = Person(client, EMAIL, SCOPES)
        await ana.sign_in()
        asked = await ana.post(f"{V1}/requests", {"motive": "interes-personal"})
        body = {"wallet_key": {name: public[name] for name in ("kty", "crv", "x", "y")}}
        given = await ana.post(f"{V1}/certificates/{asked['certificate']['id']}/credential", body)
        pem = (await client.get(f"{V1}/trust")).json()["facts"][0]["certificate"]
    read = show(
        {"credential": given["credential"], "pem": pem},
        *("family_name", "purpose", "has_entries"),
        wallet=key.as_dict(private=True),
        nonce="n-0S6_WzA2Mj",
    )
    assert read["bound"] == "https://employer.example", read
    assert (read["payload"]["family_name"], read["payload"]["has_entries"]) == ("Popescu", False)
    assert read["payload"]["iss"] == hub.origin
    assert "given_name" not in read["payload"]
    assert {"locale": "ro", "name": "Certificat de cazier judiciar"} in read["type"]["display"]
