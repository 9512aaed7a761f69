"""The documents as a deployment serves them, and the tools of others that read them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway import merging, table

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LOCAL, DEPLOYED = "http://localhost:8080", "https://hub.example.org"
"""The origin in the committed documents, and one that linters take for a server's."""


def documents() -> dict[str, dict[str, Any]]:
    """Each service's committed document, by the service's name, at the origin of a deployment."""
    return {
        path.parts[-3].removeprefix("svc-"): json.loads(path.read_text().replace(LOCAL, DEPLOYED))
        for path in sorted(ROOT.glob("svc-*/contract/openapi.json"))
    }


def merged() -> dict[str, Any]:
    """The document of the whole hub, as the gateway makes it."""
    return merging.merge(documents(), table.load(), DEPLOYED)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the programs that package-lock.json names; without them, skipped by name."""
    folder = HERE / "node_modules/.bin"
    if shutil.which("node") is None:
        pytest.skip("no Node.js on this machine: install Debian's packages `nodejs` and `npm`")
    if not (folder / "spectral").exists():
        pytest.skip("the contract's tools are not installed: run `make tools`")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the document of each service and `hub.json`, that of them all."""
    made = tmp_path_factory.mktemp("contract")
    for name, document in {**documents(), "hub": merged()}.items():
        (made / f"{name}.json").write_text(json.dumps(document))
    return made


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """A program of others, in the folder of this file."""
    return subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, check=False, timeout=300, **options
    )
