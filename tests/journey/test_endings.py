"""Whatever a person ends has ended: a token is refused at the gateway in less than a second."""

import httpx2
import pytest

from ..conftest import Hub
from .person import PETITIONS, Person, refused_within_a_second

pytestmark = pytest.mark.xdist_group("hub")

ALL = "openid offline_access petitions:read account:read account:write consents:read consents:write"
JANE = "jane.doe@example.org"


async def test_an_ended_sign_in_ends_its_tokens_and_no_others(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        here, there = Person(client, JANE, ALL), Person(client, JANE, ALL)
        await here.sign_in()
        await there.sign_in()
        assert (await there.get(PETITIONS)).status_code == 200
        listed = (await there.get("/identity/v1/me/sessions")).json()["items"]
        [current] = [one["id"] for one in listed if one["current"]]
        await here.end(f"/identity/v1/me/sessions/{current}/end")
        await refused_within_a_second(there, there.token)
        assert (await here.get(PETITIONS)).status_code == 200


async def test_a_withdrawn_consent_ends_all_that_the_application_was_given(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        here, there = Person(client, JANE, ALL), Person(client, JANE, ALL)
        await here.sign_in()
        await there.sign_in()
        assert (await there.get(PETITIONS)).status_code == 200
        given = (await here.get("/identity/v1/me/consents")).json()["items"]
        assert "demo-portal" in [one["client_id"] for one in given]
        await here.end("/identity/v1/me/consents/demo-portal/withdraw")
        await refused_within_a_second(there, there.token)
        await refused_within_a_second(here, here.token)
        refreshed = await there.ask(grant_type="refresh_token", refresh_token=there.refresh_token)
        assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")
