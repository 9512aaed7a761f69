"""Officials of the administrator keep the directory; a former name goes on being found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest

from hub_core.principal import Assurance
from svc_catalog.domain import institutions
from svc_catalog.domain.institutions import Institution, institution_id
from svc_catalog.errors.institutions import InstitutionHasParts, InstitutionStructureWrong
from svc_catalog.events.institutions import InstitutionChanged
from svc_catalog.reference.institutions import institutions as reference
from svc_catalog.seed import seed

DIRECTORY = "/catalog/v1/institutions"
ON = date(2026, 11, 22)
KNOWN = {each.id: each for each in reference()}
POLICE = KNOWN[institution_id("IGPR")]
COVASNA = KNOWN[institution_id("IPJ-CV")]
DGCTI, DGP = str(institution_id("DGCTI")), str(institution_id("DGP"))
PUBLISHER = "CATALOG_PUBLISHER"
SignedIn = Callable[..., dict[str, str]]


def content(**changes: Any) -> dict[str, Any]:
    return {
        "names": {"ro": "Direcția de Probă", "en": "Trial Directorate"},
        "kind": "DIRECTORATE",
        "parent": "MAI",
        "counties": [],
        "accepts_petitions": False,
        "attributions": [{"topic": "TRIALS", "text": {"ro": "Probe", "en": "Trials"}}],
        "aliases": [],
        "contacts": [],
        "valid_from": "2026-11-22",
        "reason": "Ordinul nr. 1/2026",
    } | changes


def official(
    signed_in: SignedIn, role: str = "CATALOG_PUBLISHER", institution: str = DGCTI
) -> dict[str, str]:
    return signed_in(
        scopes={"catalog:write"}, assurance=Assurance.SUBSTANTIAL, roles=[role], institution=institution
    )


# ── who may ──


@pytest.mark.parametrize(
    ("role", "institution", "scopes", "assurance", "problem"),
    [
        ("CATALOG_EDITOR", DGCTI, {"catalog:write"}, Assurance.SUBSTANTIAL, "role-required"),
        (
            "CATALOG_PUBLISHER",
            DGP,
            {"catalog:write"},
            Assurance.SUBSTANTIAL,
            "catalog-administrator-required",
        ),
        (PUBLISHER, DGCTI, {"catalog:read"}, Assurance.SUBSTANTIAL, "insufficient-scope"),
        (PUBLISHER, DGCTI, {"catalog:write"}, Assurance.LOW, "insufficient-user-authentication"),
    ],
)
async def test_others_change_nothing(
    client: httpx2.AsyncClient,
    signed_in: SignedIn,
    role: str,
    institution: str,
    scopes: set[str],
    assurance: Assurance,
    problem: str,
) -> None:
    headers = signed_in(scopes=scopes, assurance=assurance, roles=[role], institution=institution)
    made = await client.post(DIRECTORY, json=content(code="TEST-NEVER"), headers=headers)
    changed = await client.put(f"{DIRECTORY}/IGPR", json=content(), headers=headers | {"if-match": '"1"'})
    for answer in (made, changed):
        assert answer.json()["type"].endswith(f"/problems/{problem}")
    assert (await client.get(f"{DIRECTORY}/TEST-NEVER")).status_code == 404
    assert (await client.get(f"{DIRECTORY}/IGPR")).json()["version"] == 1


# ── the rules ──


def test_a_former_name_is_kept_as_an_alias_that_has_ended() -> None:
    renamed = replace(POLICE, names=replace(POLICE.names, ro="Poliția Națională"))
    made = institutions.revised(renamed, KNOWN, ON)
    assert made.version == POLICE.version + 1
    assert [(alias.name, alias.valid_to) for alias in made.aliases][-1] == (
        "Inspectoratul General al Poliției Române",
        date(2026, 11, 21),
    )
    back = replace(made, names=POLICE.names)
    assert institutions.revised(back, {**KNOWN, made.id: made}, ON).names == POLICE.names


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        (replace(POLICE, parent_id=POLICE.id), "/parent"),
        (replace(POLICE, parent_id=COVASNA.id), "/parent"),
        (replace(POLICE, successor_id=POLICE.id), "/successor"),
        (replace(POLICE, valid_to=date(2020, 1, 1)), "/valid_to"),
    ],
    ids=["under itself", "under its part", "its own successor", "ends before it begins"],
)
def test_a_structure_that_contradicts_itself_is_refused(wanted: Institution, pointer: str) -> None:
    with pytest.raises(InstitutionStructureWrong) as refused:
        institutions.revised(wanted, KNOWN, ON)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_what_has_parts_does_not_end_before_them() -> None:
    with pytest.raises(InstitutionHasParts):
        institutions.revised(replace(POLICE, valid_to=date(2027, 1, 1)), KNOWN, ON)
    ended = {key: replace(each, valid_to=date(2026, 12, 31)) for key, each in KNOWN.items()}
    assert institutions.revised(replace(POLICE, valid_to=date(2027, 1, 1)), ended, ON).valid_to


# ── by HTTP ──


async def test_an_institution_begins_is_renamed_and_ends(
    client: httpx2.AsyncClient, signed_in: SignedIn, looking: asyncpg.Connection
) -> None:
    headers = official(signed_in)
    made = await client.post(DIRECTORY, json=content(code="TEST-A"), headers=headers)
    assert made.status_code == 201
    assert made.json()["parent_id"] == str(institution_id("MAI"))
    address, read = f"{DIRECTORY}/TEST-A", await client.get(f"{DIRECTORY}/TEST-A")
    assert read.headers["etag"] == made.headers["etag"] == '"1"'
    renamed = content(
        names={"ro": "Direcția Reînnoită", "hu": "Megújult", "en": "Renewed"}, reason="Redenumire"
    )
    stale = await client.put(address, json=renamed, headers=headers | {"if-match": '"7"'})
    assert stale.status_code == 412
    assert (await client.put(address, json=renamed, headers=headers)).status_code == 428
    changed = await client.put(address, json=renamed, headers=headers | {"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert [alias["name"] for alias in changed.json()["aliases"]] == ["Direcția de Probă"]
    found = (await client.get(DIRECTORY, params={"q": "directia de proba"})).json()["items"]
    assert found[0]["code"] == "TEST-A"
    ended = await client.put(
        address,
        json=renamed | {"valid_to": "2030-12-31", "successor": "DGCTI", "reason": "Reorganizare"},
        headers=headers | {"if-match": '"2"'},
    )
    assert ended.json()["successor_id"] == DGCTI
    versions = (await client.get(f"{address}/versions")).json()["items"]
    assert [(each["version"], each["reason"]) for each in versions] == [
        (3, "Reorganizare"),
        (2, "Redenumire"),
        (1, "Ordinul nr. 1/2026"),
    ]
    told = await looking.fetch(
        "SELECT body FROM catalog.outbox WHERE subject = $1 AND key = $2 ORDER BY seq",
        InstitutionChanged.subject,
        made.json()["id"],
    )
    assert [orjson.loads(row["body"])["data"]["version"] for row in told] == [1, 2, 3]


async def test_a_code_that_is_taken_and_one_that_is_unknown(
    client: httpx2.AsyncClient, signed_in: SignedIn
) -> None:
    headers = official(signed_in)
    taken = await client.post(DIRECTORY, json=content(code="IGPR"), headers=headers)
    assert taken.json()["type"].endswith("/problems/institution-exists")
    lost = await client.post(DIRECTORY, json=content(code="TEST-B", parent="NOBODY"), headers=headers)
    assert lost.status_code == 422
    assert [error["pointer"] for error in lost.json()["errors"]] == ["/parent"]


async def test_a_release_does_not_overwrite_what_an_official_has_changed(
    client: httpx2.AsyncClient, signed_in: SignedIn, settings: Any
) -> None:
    before = (await client.get(f"{DIRECTORY}/IGAv")).json()
    mine = content(
        names={"ro": "Inspectoratul General de Aviație al MAI", "en": "Aviation"}, kind="INSPECTORATE"
    )
    headers = official(signed_in) | {"if-match": f'"{before["version"]}"'}
    assert (await client.put(f"{DIRECTORY}/IGAv", json=mine, headers=headers)).status_code == 200
    await seed(settings)
    assert (await client.get(f"{DIRECTORY}/IGAv")).json()["names"]["en"] == "Aviation"
    assert UUID(before["id"]) == institution_id("IGAv")
