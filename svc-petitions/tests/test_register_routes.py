"""Registers over HTTP: who may read, strike and export, and what leaves the house can be verified."""

import csv
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Assurance, Role
from svc_petitions.commands import verify_register
from svc_petitions.domain.institutions import Institution

Looking = asyncpg.Connection
YEAR = local_date(datetime.now(UTC)).year
REGISTER = f"/petitions/v1/registers/{YEAR}"
STRIKE = {"reason": "ENTERED_TWICE"}
EVERYTHING = frozenset({"petitions:register"})
READS = [f"{REGISTER}/entries", f"{REGISTER}/csv", f"{REGISTER}/pdf"]

Official = Callable[..., dict[str, str]]
FileOne = Callable[[], Awaitable[dict[str, Any]]]


@pytest.fixture
def official(signed_in: Any, dgp: Institution) -> Official:
    """The headers of an official of the institution of this test, a registrar unless said."""

    def headers(*roles: Role, scopes: frozenset[str] = EVERYTHING, **special: Any) -> dict[str, str]:
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(dgp.id),
            "roles": sorted(roles or (Role.REGISTRAR,)),
        }
        made: dict[str, str] = signed_in(ids.new_id(), scopes, **(claims | special))
        return made

    return headers


@pytest.fixture
def file_one(client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]) -> FileOne:
    """File a petition; what the petitioner gets."""

    async def make() -> dict[str, Any]:
        filed = await client.post("/petitions/v1/petitions", json=body, headers=as_ana)
        assert filed.status_code == 201, filed.text
        made: dict[str, Any] = filed.json()
        return made

    return make


async def end(looking: Looking, petition: dict[str, Any]) -> None:
    """The file of a petition has ended."""
    await looking.execute(
        "UPDATE petitions.petitions SET state = 'CLASSED', closed_on = registered_on WHERE id = $1",
        petition["id"],
    )


@pytest.mark.parametrize("path", READS)
async def test_nobody_reads_a_register_without_a_token(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    ("special", "status", "problem"),
    [
        ({"scopes": frozenset({"petitions:handle"})}, 403, "insufficient-scope"),
        ({"roles": [Role.HANDLER]}, 403, "role-required"),
        ({"assurance": Assurance.LOW}, 403, "insufficient-user-authentication"),
    ],
)
async def test_only_registrars_and_heads_read_a_register(
    client: httpx2.AsyncClient,
    official: Official,
    path: str,
    special: dict[str, Any],
    status: int,
    problem: str,
) -> None:
    refused = await client.get(path, headers=official(**special))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (status, problem)
    refused = await client.post(f"{REGISTER}/entries/1/strike", json=STRIKE, headers=official(**special))
    assert refused.status_code == status


async def test_an_official_of_another_institution_sees_nothing(
    client: httpx2.AsyncClient,
    official: Official,
    file_one: FileOne,
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    """Edge 82: the registers are apart, and so are their numbers."""
    await file_one()
    elsewhere = official(institution=str((await an_institution()).id))
    assert (await client.get(f"{REGISTER}/entries", headers=elsewhere)).json()["items"] == []
    assert (await client.get(f"{REGISTER}/csv", headers=elsewhere)).text.count("\r\n") == 1
    assert (await client.get(f"{REGISTER}/pdf", headers=elsewhere)).status_code == 404
    struck = await client.post(f"{REGISTER}/entries/1/strike", json=STRIKE, headers=elsewhere)
    assert struck.status_code == 404
    assert struck.json()["type"].endswith("entry-not-found")


async def test_a_register_is_read_page_by_page_in_the_order_of_its_numbers(
    client: httpx2.AsyncClient, official: Official, file_one: FileOne
) -> None:
    filed = [await file_one() for _ in range(3)]
    page = (await client.get(f"{REGISTER}/entries?limit=2", headers=official())).json()
    rest = await client.get(
        f"{REGISTER}/entries", params={"cursor": page["next_cursor"]}, headers=official(Role.HEAD)
    )
    lines = page["items"] + rest.json()["items"]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert [line["petition_id"] for line in lines] == [one["id"] for one in filed]
    assert {line["direction"] for line in lines} == {"IN"}
    assert "Programul" not in str(lines)


async def test_a_number_whose_file_is_open_is_not_struck(
    client: httpx2.AsyncClient, official: Official, file_one: FileOne
) -> None:
    """A term that runs is not hidden by striking its number."""
    await file_one()
    refused = await client.post(f"{REGISTER}/entries/1/strike", json=STRIKE, headers=official())
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("entry-stands")


async def test_a_number_is_struck_once_by_a_further_line(
    client: httpx2.AsyncClient, official: Official, file_one: FileOne, looking: Looking
) -> None:
    """Edge 75: struck with its reason, not deleted, and its number is not given again."""
    await end(looking, await file_one())
    struck = await client.post(f"{REGISTER}/entries/1/strike", json=STRIKE, headers=official())
    assert struck.status_code == 201, struck.text
    assert struck.json()["number"] == 2
    assert struck.json()["strikes"] == {"year": YEAR, "number": 1, "reason": "ENTERED_TWICE"}
    again = await client.post(f"{REGISTER}/entries/1/strike", json=STRIKE, headers=official())
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "entry-struck-already")
    a_strike = await client.post(f"{REGISTER}/entries/2/strike", json=STRIKE, headers=official())
    assert a_strike.status_code == 409
    assert (await file_one())["number"] == 3
    first = (await client.get(f"{REGISTER}/entries", headers=official())).json()["items"][0]
    assert first["struck_by"] == f"2/{YEAR}"
    told = await looking.fetch(
        "SELECT subject FROM petitions.outbox WHERE key = $1 ORDER BY seq", first["petition_id"]
    )
    assert [row["subject"] for row in told][-1] == "hub.petitions.entry.struck.v1"


@pytest.fixture
async def exported(
    client: httpx2.AsyncClient, official: Official, file_one: FileOne, looking: Looking, tmp_path: Path
) -> Path:
    """The CSV of a register with three petitions, one of them struck."""
    for _ in range(3):
        last = await file_one()
    await end(looking, last)
    await client.post(f"{REGISTER}/entries/3/strike", json=STRIKE, headers=official())
    answer = await client.get(f"{REGISTER}/csv", headers=official())
    assert answer.headers["content-type"].startswith("text/csv")
    path = tmp_path / "register.csv"
    path.write_bytes(answer.content)
    return path


def test_an_export_is_verified_without_the_hub(exported: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "svc_petitions.commands.verify_register", str(exported)],
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": ""},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "4 lines, 0 faults" in ran.stdout


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:2] + rows[3:],
        lambda rows: [rows[0], rows[2], rows[1], *rows[3:]],
        lambda rows: [
            *rows[:4],
            rows[4].replace("CLERICAL_ERROR", "").replace("ENTERED_TWICE", "WRONG_REGISTER"),
        ],
        lambda rows: [rows[0], rows[1].replace(",IN,", ",OUT,"), *rows[2:]],
        lambda rows: [*rows, "nothing of a register"],
    ],
)
def test_an_export_that_somebody_changed_is_found_out(
    exported: Path, change: Callable[[list[str]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = exported.read_text().splitlines()
    exported.write_text("\r\n".join(change(rows)) + "\r\n", newline="")
    assert verify_register.main([str(exported)]) == 1
    assert "0 faults" not in capsys.readouterr().out


async def test_a_sealed_extract_says_the_links_of_the_export(
    client: httpx2.AsyncClient,
    official: Official,
    exported: Path,
    trust_folder: Path,
    program: Any,
    tmp_path: Path,
) -> None:
    answer = await client.get(f"{REGISTER}/pdf", params={"first": 2, "last": 4}, headers=official())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    sealed = tmp_path / "extract.pdf"
    sealed.write_bytes(answer.content)
    page = " ".join(program("pdftotext", sealed, "-").decode().split())
    rows = list(csv.DictReader(exported.read_text().splitlines()))
    assert rows[0]["entry_sha256"] in page
    assert rows[3]["entry_sha256"] in page
    assert f"2\N{EN DASH}4/{YEAR}" in page
    assert f"anulează nr. 3/{YEAR}: înregistrat de două ori" in page
    assert f"anulat prin nr. 4/{YEAR}" in page
    asked = [str(exported), "--sealed", str(sealed), "--root", str(trust_folder / "root.pem")]
    assert verify_register.main(asked) == 0
    sealed.write_bytes(answer.content.replace(b"sha256:", b"sha257:"))
    assert verify_register.main(asked) == 1


async def test_an_extract_of_another_register_is_found_out(
    client: httpx2.AsyncClient,
    official: Official,
    exported: Path,
    trust_folder: Path,
    an_institution: Callable[..., Awaitable[Institution]],
    as_ion: dict[str, str],
    body: dict[str, Any],
    tmp_path: Path,
) -> None:
    elsewhere = await an_institution()
    filed = await client.post(
        "/petitions/v1/petitions", json=body | {"institution_id": str(elsewhere.id)}, headers=as_ion
    )
    assert filed.status_code == 201
    answer = await client.get(f"{REGISTER}/pdf", headers=official(institution=str(elsewhere.id)))
    sealed = tmp_path / "extract.pdf"
    sealed.write_bytes(answer.content)
    asked = [str(exported), "--sealed", str(sealed), "--root", str(trust_folder / "root.pem")]
    assert verify_register.main(asked) == 1
