"""import-linter passes silently over a package that it does not know: here every package is known."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MEMBERS = {
    path.parent.name.replace("-", "_")
    for pattern in ("gateway/pyproject.toml", "svc-*/pyproject.toml", "libs/*/pyproject.toml")
    for path in ROOT.glob(pattern)
}


def test_the_walls_know_every_package() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == MEMBERS


def test_every_service_has_layers_of_its_own() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layered = {container for contract in contracts for container in contract.get("containers", ())}
    assert layered == {name for name in MEMBERS if not name.startswith("hub_")}


def test_every_package_is_tested() -> None:
    tested = {name.replace("-", "_") for name in PROJECT["tool"]["pytest"]["ini_options"]["testpaths"]}
    assert {name for name in MEMBERS if not name.startswith("hub_")} <= tested
    assert "libs" in tested
