"""jsonld.js, the reference implementation of JSON-LD, reads the same statements as others in Turtle."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import rdflib

from hub_testing import programs

from ..conftest import Hub
from .conftest import HERE

pytestmark = pytest.mark.xdist_group("hub")


@pytest.fixture(autouse=True)
def literals_as_written() -> Iterator[None]:
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = True


def statements(packages: Path, origin: str, addresses: list[str]) -> list[set[object]]:
    """What jsonld.js reads at each address."""
    given = json.dumps({"origin": origin, "addresses": addresses})
    ran = programs.run("node", HERE / "statements.mjs", given=given)
    assert ran.returncode == 0, ran.stderr
    assert packages.is_dir()
    return [set(rdflib.Graph().parse(data=json.loads(line), format="nt")) for line in ran.stdout.splitlines()]


def test_every_entry_and_the_whole_say_the_same_in_both_forms(hub: Hub, packages: Path) -> None:
    with httpx2.Client(base_url=hub.origin) as client:
        services = client.get("/catalog/v1/services", params={"limit": 200}).json()["items"]
        assert len(services) > 20
        graphs = ["cpsv-ap", "dcat", *(f"cpsv-ap/{each['code']}" for each in services)]
        addresses = [f"{hub.origin}/catalog/v1/{each}" for each in graphs]
        for address, read in zip(addresses, statements(packages, hub.origin, addresses), strict=True):
            turtle = client.get(address, headers={"accept": "text/turtle"}).text
            assert read == set(rdflib.Graph().parse(data=turtle, format="turtle")), address
            assert len(read) > 50
