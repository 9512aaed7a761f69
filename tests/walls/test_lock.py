"""The lock serves every declaration, and names no place to download from."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
MEMBERS = sorted(path.parent for path in ROOT.glob("*/pyproject.toml")) + sorted((ROOT / "libs").glob("*/"))
LOCK = (ROOT / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", LOCK, re.MULTILINE))


def declared(folder: Path) -> list[Requirement]:
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    groups = project.get("dependency-groups", {}).values()
    return [Requirement(line) for lines in (project["project"]["dependencies"], *groups) for line in lines]


@pytest.mark.parametrize("folder", [ROOT, *MEMBERS], ids=lambda folder: folder.name)
def test_every_declared_dependency_is_locked(folder: Path) -> None:
    own = {member.name for member in MEMBERS}
    missing = [
        str(wanted)
        for wanted in declared(folder)
        if wanted.name not in own
        and (wanted.name not in PINS or not wanted.specifier.contains(PINS[wanted.name]))
    ]
    assert not missing, "run `make lock`"


def test_every_pin_has_its_hashes_and_no_address() -> None:
    assert len(PINS) > 50
    assert LOCK.count("--hash=sha256:") >= len(PINS)
    assert "://" not in LOCK


@pytest.mark.parametrize("folder", ["clients", "contract"])
def test_the_programs_of_others_have_their_hashes_and_no_address(folder: str) -> None:
    lock = (ROOT / "tests" / folder / "package-lock.json").read_text()
    packages = {name: one for name, one in json.loads(lock)["packages"].items() if name}
    assert packages
    assert all("integrity" in one for one in packages.values())
    assert "://" not in lock, "run `make lock`"
