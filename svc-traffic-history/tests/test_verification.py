"""A history is verified by anybody, who learns that it is genuine and nothing else."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from hub_core import clock
from hub_core.principal import Assurance
from svc_traffic_history.operations.means import Archive

from .outside import Outside, a_report

V1 = "/traffic-history/v1"
DOCUMENTS = f"{V1}/history-documents"
FILE = f"{V1}/verifications/file"
PDF = {"content-type": "application/pdf"}
NOTHING = {"is_genuine": False, "number": None, "issued_at": None, "period": None, "sha256": None}
BOTH = frozenset({"traffic-history:read", "traffic-history:write"})
TODAY = clock.local_date(clock.now())

Issued = tuple[Any, bytes]


@pytest.fixture
def issued(client: httpx2.AsyncClient, signed_in: Any, outside: Outside) -> Callable[..., Any]:
    """Make `issued()`: a document as its holder is shown it, and its file."""

    async def make() -> Issued:
        ana = outside.add_driver(a_report(TODAY - timedelta(days=3), "speed-21"))
        headers = signed_in(ana, BOTH, Assurance.SUBSTANTIAL)
        wanted = {"motive": "angajare", "period": {"first": str(TODAY - timedelta(days=30))}}
        document = (await client.post(DOCUMENTS, headers=headers, json=wanted)).json()
        file = await client.get(f"{DOCUMENTS}/{document['id']}/file", headers=headers)
        return document, file.content

    return make


async def test_a_code_says_that_it_is_genuine_and_neither_a_name_nor_what_it_says(
    client: httpx2.AsyncClient, issued: Any
) -> None:
    document, _ = await issued()
    for typed in (document["code"], document["code"].lower().replace("-", " ")):
        answer = await client.get(f"{V1}/verify/{typed}")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json() == {
            "is_genuine": True,
            "number": document["number"],
            "issued_at": document["issued_at"],
            "period": {"first": str(TODAY - timedelta(days=30)), "last": None},
            "sha256": document["sha256"],
            "seal": None,
        }


@pytest.mark.parametrize("typed", ["T-9ZQW-41HK-YB7T-E0RM", "P-9ZQW-41HK-YB7T-E0RM", "U" * 17, "-" * 16])
async def test_every_other_code_is_answered_in_the_same_form_and_not_sooner(
    client: httpx2.AsyncClient, typed: str
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await client.get(f"{V1}/verify/{typed}")
    assert loop.time() - began >= 0.05
    assert (answer.status_code, answer.json()) == (200, NOTHING | {"seal": None})


async def test_the_code_of_one_service_is_not_another_s(client: httpx2.AsyncClient, issued: Any) -> None:
    document, _ = await issued()
    other = "P" + document["code"][1:]
    assert not (await client.get(f"{V1}/verify/{other}")).json()["is_genuine"]


async def test_a_file_is_verified_to_the_byte_and_kept_nowhere(
    client: httpx2.AsyncClient, issued: Any, archive: Archive
) -> None:
    document, file = await issued()
    before = {name async for name in archive.store.names(datetime.max.replace(tzinfo=UTC))}
    by_code = (await client.get(f"{V1}/verify/{document['code']}")).json()
    told = await client.post(FILE, content=file, headers=PDF)
    assert told.json() == by_code | {"seal": "INTACT"}
    changed = bytearray(file)
    changed[5000] ^= 1
    for content, seal in ((bytes(changed), "ALTERED"), (file + b" ", "ALTERED"), (b"%PDF-1.7", "NOT_SEALED")):
        refused = await client.post(FILE, content=content, headers=PDF)
        assert refused.json() == NOTHING | {"seal": seal}
    assert {name async for name in archive.store.names(datetime.max.replace(tzinfo=UTC))} == before


async def test_what_is_declared_as_something_else_is_refused(client: httpx2.AsyncClient) -> None:
    refused = await client.post(FILE, content=b"%PDF-1.7", headers={"content-type": "text/plain"})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (415, "history-file-not-pdf")


async def test_what_came_after_it_is_not_told(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    ana = outside.add_driver()
    headers = signed_in(ana, BOTH, Assurance.SUBSTANTIAL)
    document = (await client.post(DOCUMENTS, headers=headers, json={"motive": "angajare"})).json()
    before = (await client.get(f"{V1}/verify/{document['code']}")).json()
    outside.tell(ana, reports=(a_report(TODAY - timedelta(days=1), "speed-31"),))
    assert (await client.post(DOCUMENTS, headers=headers, json={"motive": "angajare"})).status_code == 201
    assert (await client.get(f"{V1}/verify/{document['code']}")).json() == before
