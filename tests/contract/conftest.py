"""The documents as a deployment serves them, and the tools of others that read them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hub_testing import programs

from .release import TOOL, documents, merged

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the programs that package-lock.json names; without them, skipped by name."""
    folder = HERE / "node_modules/.bin"
    programs.path("node")
    if not (folder / "spectral").exists():
        programs.missing("the contract's tools are not installed: run `make tools`")
    return folder


@pytest.fixture(scope="session")
def oasdiff(tools: Path) -> Path:
    """The program that compares two documents; it comes for Linux on x86-64."""
    del tools
    if not TOOL.exists():
        programs.missing("oasdiff is not there for this machine")
    return TOOL


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
