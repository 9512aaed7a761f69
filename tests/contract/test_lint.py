"""No linter finds anything in any document of the contract."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import run
from .release import documents

Document = dict[str, Any]


def spectral(tools: Path, file: Path) -> list[dict[str, Any]]:
    done = run(tools / "spectral", "lint", "--quiet", "-f", "json", file)
    assert done.stdout.startswith("["), done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["hub", *documents()])
def test_spectral_finds_nothing(tools: Path, folder: Path, name: str) -> None:
    found = spectral(tools, folder / f"{name}.json")
    told = {f"{one['code']} {'.'.join(one['path'])}: {one['message']}" for one in found}
    assert told == set(), "docs/api.md says what each rule is for; tests/contract/.spectral.yaml has them"


@pytest.mark.parametrize("name", ["hub", *documents()])
def test_redocly_finds_nothing(tools: Path, folder: Path, name: str) -> None:
    quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = run(tools / "redocly", "lint", "--format=json", folder / f"{name}.json", env=quiet)
    found = json.loads(done.stdout)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"]


def without(document: Document, *path: str) -> None:
    for step in path[:-1]:
        document = document[step]
    del document[path[-1]]


def test_our_own_rules_find_what_breaks_them(tools: Path, tmp_path: Path) -> None:
    """One document with a fault for each rule of docs/api.md."""
    document = copy.deepcopy(documents()["petitions"])
    filing, listing = document["paths"]["/petitions/v1/petitions"].values()
    reading = document["paths"]["/petitions/v1/petitions/{petition_id}"]["get"]
    view = document["components"]["schemas"]["PetitionView"]["properties"]
    without(filing, "x-assurance")
    filing["parameters"].clear()
    filing["requestBody"]["content"]["application/json"].pop("example")
    filing["responses"]["500"] = {"description": "Oops", "content": {"text/plain": {}}}
    listing["parameters"] = [one for one in listing["parameters"] if one["name"] != "cursor"]
    listing["operationId"] = "listPetitions"
    reading["parameters"][0]["name"] = "petitionId"
    document["components"]["schemas"]["FilePetition"].pop("additionalProperties")
    document["components"]["schemas"]["PetitionKind"]["enum"] = ["Request", "complaint"]
    view["registered_at"] = {"type": "string", "maxLength": 9, "pattern": "^[0-9]*$", "description": "When."}
    view["answerRule"] = {"type": "boolean"}
    document["paths"]["/petitions/v1/petitions/{petitionId}"] = document["paths"].pop(
        "/petitions/v1/petitions/{petition_id}"
    )
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(document))
    found = {one["code"] for one in spectral(tools, file)}
    assert {
        *("hub-policy", "hub-operation-id", "hub-address", "hub-parameter-name", "hub-member"),
        *("hub-enumeration", "hub-problem", "hub-list", "hub-repeatable", "hub-strict-body", "hub-example"),
    } <= found


def test_two_rules_are_off_and_say_why() -> None:
    lines = (Path(__file__).parent / ".spectral.yaml").read_text().splitlines()
    off = [at for at, line in enumerate(lines) if line.endswith(": off")]
    assert len(off) == len(["read-restricted", "write-restricted"])
    assert lines[off[0] - 1].strip().startswith("#")
