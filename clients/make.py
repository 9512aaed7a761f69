"""Make the client libraries of the hub from its contract: `make clients`.

    python clients/make.py                                       # from the committed contract
    python clients/make.py --contract http://localhost:8080/openapi.json

Two packages come out, ready to be installed or published: `clients/out/python` (httpx, typed) and
`clients/out/typescript` (openapi-fetch, typed). A generator that warns of anything fails.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Any, Final

import httpx2

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
RELEASED: Final = ROOT / "docs/contract/released/openapi.json"
OUT: Final = HERE / "out"
PYTHON_TOOLS: Final = ROOT / ".tools/clients/bin"
NODE_TOOLS: Final = ROOT / "tests/contract/node_modules"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_A_WARNING: Final = re.compile(r"warn|⚠|\bskip", re.IGNORECASE)


def main() -> None:
    """Do what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--contract", default=str(RELEASED), help="file or address; the last release")
    asked.add_argument("--out", type=Path, default=OUT)
    given = asked.parse_args()
    document = read(given.contract)
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    contract = given.out / "openapi.json"
    contract.write_text(json.dumps(document))
    for made, count in (
        (make_python(contract, given.out / "python"), python_operations(given.out / "python")),
        (
            make_typescript(contract, given.out / "typescript"),
            typescript_operations(given.out / "typescript"),
        ),
    ):
        if count != operations(document):
            raise SystemExit(f"{made}: {count} operations of {operations(document)}")
        sys.stdout.write(f"{made}: {count} operations\n")


def read(contract: str) -> dict[str, Any]:
    """The OpenAPI document at a file or an address."""
    if contract.startswith(("http://", "https://")):
        body = httpx2.get(contract, timeout=30).raise_for_status().content
    else:
        body = Path(contract).read_bytes()
    document: dict[str, Any] = json.loads(body)
    return document


def operations(document: dict[str, Any]) -> int:
    """How many operations a document has."""
    return sum(method in _METHODS for item in document["paths"].values() for method in item)


def make_python(contract: Path, out: Path) -> Path:
    """The Python package, from a file; gives its folder."""
    fill(HERE / "templates/python", out, contract)
    quiet = os.environ | {"PATH": f"{PYTHON_TOOLS}:{os.environ['PATH']}"}
    program = PYTHON_TOOLS / "openapi-python-client"
    terms = ["--config", HERE / "python.yaml", "--meta", "none", "--fail-on-warning", "--overwrite"]
    run([program, "generate", "--path", contract, "--output-path", out / "src/hub_client", *terms], quiet)
    (out / "src/hub_client/py.typed").touch()
    return out


def python_operations(out: Path) -> int:
    """How many operations the Python package has: each is a module."""
    return sum(file.name != "__init__.py" for file in (out / "src/hub_client/api").rglob("*.py"))


def make_typescript(contract: Path, out: Path) -> Path:
    """The TypeScript package, from a file; gives its folder."""
    fill(HERE / "templates/typescript", out, contract)
    options = ["--root-types", "--root-types-no-schema-prefix", "--alphabetize"]
    run([NODE_TOOLS / ".bin/openapi-typescript", contract, *options, "--output", out / "src/schema.ts"])
    (out / "node_modules").symlink_to(NODE_TOOLS)
    run([NODE_TOOLS / ".bin/tsc", "--project", out])
    (out / "node_modules").unlink()
    return out


def typescript_operations(out: Path) -> int:
    """How many operations the TypeScript package has."""
    text = (out / "src/schema.ts").read_text()
    declared = re.search(r"^export interface operations \{$(.*?)^\}$", text, re.MULTILINE | re.DOTALL)
    return len(re.findall(r"^    \w+: \{$", declared[1], re.MULTILINE)) if declared else 0


def fill(templates: Path, out: Path, contract: Path) -> None:
    """Copy a package's own files, with the version of the contract where `$version` stands."""
    version = json.loads(contract.read_text())["info"]["version"]
    for file in templates.rglob("*"):
        if file.is_file():
            target = out / str(file.relative_to(templates)).removesuffix(".in")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(Template(file.read_text()).safe_substitute(version=version))


def run(command: list[str | Path], environment: dict[str, str] | None = None) -> None:
    """Run a generator; whatever it warns of ends the program with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    said = done.stdout + done.stderr
    if done.returncode or _A_WARNING.search(said):
        raise SystemExit(f"{command[0]}:\n{said}")


if __name__ == "__main__":
    main()
