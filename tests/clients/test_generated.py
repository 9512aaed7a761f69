"""The clients that `make clients` makes: whole, strictly typed, and good for a person's journey."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hub_cli import demo
from hub_cli.place import Place, State
from hub_testing import programs

from ..conftest import Hub

pytestmark = pytest.mark.xdist_group("hub")

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"
CAME_OF_IT = re.compile(
    r"number \d+/\d\d\.\d\d\.\d{4}, answer due on \d{4}-\d\d-\d\d; "
    r"sent twice, filed once: true; read back: true; listed: 1\n",
    re.IGNORECASE,
)


def load() -> ModuleType:
    described = importlib.util.spec_from_file_location("make_clients", ROOT / "clients/make.py")
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


MAKE = load()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both clients, made from the last release of the contract."""
    if not (MAKE.PYTHON_TOOLS / "openapi-python-client").exists() or not MAKE.NODE_TOOLS.exists():
        programs.missing("the generators are not installed: run `make tools`")
    out = tmp_path_factory.mktemp("clients") / "out"
    run(sys.executable, ROOT / "clients/make.py", "--out", out)
    return out


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd)} | environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def token(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a person who has just signed up and signed in."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    _, token = demo.somebody(Place(hub.folder, State.read(hub.folder).ports))
    return token


def test_every_operation_of_the_contract_is_in_both(made: Path) -> None:
    document: dict[str, Any] = json.loads((made / "openapi.json").read_text())
    counted = MAKE.operations(document)
    assert counted > 100
    assert MAKE.python_operations(made / "python") == counted
    assert MAKE.typescript_operations(made / "typescript") == counted


def test_a_person_goes_their_way_with_the_python_client(made: Path, hub: Hub, token: str) -> None:
    python = MAKE.PYTHON_TOOLS / "python"
    strict = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--python-executable", python]
    sources = made / "python/src"
    run(*strict, sources / "hub_client", EXAMPLES / "client.py", cwd=sources, MYPYPATH=str(sources))
    told = run(python, EXAMPLES / "client.py", hub.origin, PYTHONPATH=str(sources), HUB_TOKEN=token)
    assert CAME_OF_IT.fullmatch(told), told


def test_a_person_goes_their_way_with_the_typescript_client(
    made: Path, hub: Hub, token: str, tmp_path: Path
) -> None:
    node = programs.path("node")
    packages = tmp_path / "node_modules"
    packages.mkdir()
    shutil.copytree(made / "typescript", packages / "hub-client")
    for needed in ("openapi-fetch", "openapi-typescript-helpers"):
        (packages / needed).symlink_to(MAKE.NODE_TOOLS / needed)
    shutil.copy(EXAMPLES / "client.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    strict = ["--strict", "--noUncheckedIndexedAccess", "--module", "NodeNext", "--target", "ES2022"]
    run(MAKE.NODE_TOOLS / ".bin/tsc", *strict, "--lib", "ES2022,DOM", "client.ts", cwd=tmp_path)
    told = run(node, "client.js", hub.origin, cwd=tmp_path, HUB_TOKEN=token)
    assert CAME_OF_IT.fullmatch(told), told


def test_the_packages_can_be_built(made: Path, tmp_path: Path) -> None:
    run(MAKE.PYTHON_TOOLS / "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=made / "python")
    [wheel] = tmp_path.glob("hub_client-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "hub_client/api/petitions/file_petition.py" in names
    assert "hub_client/py.typed" in names
    package = json.loads((made / "typescript/package.json").read_text())
    assert all((made / "typescript" / package[part]).exists() for part in ("main", "types"))


def test_a_generator_that_warns_fails(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="WARNING"):
        MAKE.run([sys.executable, "-c", "print('WARNING parsing POST /things')"])
    assert not [*tmp_path.iterdir()]
