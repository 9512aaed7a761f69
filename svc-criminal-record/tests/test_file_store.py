"""While the store of the files is away: what is asked for waits, what is fetched is told to come again."""

from typing import Any, NoReturn
from uuid import UUID

import httpx2
import pytest

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_documents.store import Store, StoreUnavailable
from svc_criminal_record.issuing import Means
from svc_criminal_record.operations import upkeep

from .outside import Outside

REQUESTS = "/criminal-record/v1/requests"
SCOPES = frozenset({"criminal-record:read", "criminal-record:write"})


@pytest.fixture
def as_ana(outside: Outside, signed_in: Any) -> dict[str, str]:
    """The headers of a person of this test."""
    person: UUID = outside.add_person()
    headers: dict[str, str] = signed_in(person, SCOPES, assurance=Assurance.SUBSTANTIAL)
    return headers | {"idempotency-key": str(ids.new_id())}


async def away(*_: Any) -> NoReturn:
    raise StoreUnavailable("a name")


async def test_a_request_waits_until_the_store_is_back(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    sessions: Any,
    means: Means,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Store, "put", away)
        answer = await client.post(REQUESTS, json={"motive": "angajare"}, headers=as_ana)
        assert (answer.status_code, answer.json()["state"]) == (201, "AUTO_CHECK")
    async with sessions() as session:
        await upkeep.go_on_with_all(session, means, clock.now())
    assert (await client.get(answer.headers["location"], headers=as_ana)).json()["state"] == "ISSUED"


async def test_a_file_that_cannot_be_fetched_now_is_not_one_that_is_gone(
    client: httpx2.AsyncClient, as_ana: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await client.post(REQUESTS, json={"motive": "angajare"}, headers=as_ana)
    file = answer.json()["certificate"]["file"]
    with monkeypatch.context() as patched:
        patched.setattr(Store, "get", away)
        refused = await client.get(file, headers=as_ana)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert refused.json()["type"].endswith("/documents-unavailable")
    assert (await client.get(file, headers=as_ana)).status_code == 200
