"""What a release of the contract promises is kept: additions pass, what breaks a reader is refused."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import release
from .release import Contract, Document

FILE, LIST, READ = "file_petition", "list_petitions", "get_petition"


@pytest.fixture(scope="module")
def before(oasdiff: Path) -> Contract:
    """The contract as it stands, without what takes long: petitions, messages, and all events."""
    assert oasdiff.exists()
    now = Contract.current()
    operations = copy.deepcopy(now.operations)
    operations["paths"] = {
        path: item
        for path, item in operations["paths"].items()
        if path.startswith(("/petitions/", "/notify/"))
    }
    return Contract(operations, now.events)


def operation(document: Document, name: str) -> Any:
    return next(
        one for item in document["paths"].values() for one in item.values() if one["operationId"] == name
    )


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def drop_member(document: Document) -> None:
    schema(document, "PetitionView")["properties"].pop("text")
    schema(document, "PetitionView")["required"].remove("text")


def ask_for_more(document: Document) -> None:
    schema(document, "FilePetition")["properties"]["urgent"] = {"type": "boolean"}
    schema(document, "FilePetition")["required"].append("urgent")


def narrow_values(document: Document) -> None:
    schema(document, "PetitionKind")["enum"].remove("PROPOSAL")


def shorten(document: Document) -> None:
    schema(document, "FilePetition")["properties"]["subject"]["maxLength"] = 10


def change_type(document: Document) -> None:
    schema(document, "PetitionView")["properties"]["number"] = {"type": "string"}


def close(document: Document) -> None:
    del document["paths"]["/petitions/v1/petitions/{petition_id}"]


def rename(document: Document) -> None:
    operation(document, READ)["operationId"] = "read_petition"


def ask_for_another_scope(document: Document) -> None:
    operation(document, LIST)["security"] = [{"hub": ["petitions:write"]}]


def raise_assurance(document: Document) -> None:
    operation(document, FILE)["x-assurance"] = "high"


def refuse_mandates(document: Document) -> None:
    operation(document, FILE)["x-mandate"] = False


def ask_for_a_role(document: Document) -> None:
    operation(document, FILE)["x-roles"] = ["CLERK"]


def need_a_parameter(document: Document) -> None:
    operation(document, LIST)["parameters"].append(
        {"name": "year", "in": "query", "required": True, "schema": {"type": "integer"}}
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (drop_member, READ),
        (ask_for_more, FILE),
        (narrow_values, FILE),
        (shorten, FILE),
        (change_type, READ),
        (close, READ),
        (rename, READ),
        (ask_for_another_scope, LIST),
        (raise_assurance, FILE),
        (refuse_mandates, FILE),
        (ask_for_a_role, FILE),
        (need_a_parameter, LIST),
    ],
)
def test_what_breaks_a_reader_is_refused(
    before: Contract, change: Callable[[Document], None], place: str
) -> None:
    broken = copy.deepcopy(before.operations)
    change(broken)
    found = release.changes(before, Contract(broken, before.events))
    assert place in {one.place for one in found if one.breaks}


def add_a_member(document: Document) -> None:
    schema(document, "PetitionView")["properties"]["topic"] = {"type": "string"}
    schema(document, "PetitionView")["required"].append("topic")


def add_a_choice(document: Document) -> None:
    schema(document, "FilePetition")["properties"]["topic"] = {"type": "string"}


def add_an_operation(document: Document) -> None:
    document["paths"]["/petitions/v1/topics"] = {
        "get": operation(document, LIST) | {"operationId": "list_topics"}
    }


def add_a_state(document: Document) -> None:
    schema(document, "PetitionState")["enum"].append("REOPENED")


def lower_assurance(document: Document) -> None:
    operation(document, "list_messages")["x-assurance"] = "low"


@pytest.mark.parametrize(
    "change", [add_a_member, add_a_choice, add_an_operation, add_a_state, lower_assurance]
)
def test_what_only_adds_passes_and_is_told(before: Contract, change: Callable[[Document], None]) -> None:
    earlier = copy.deepcopy(before.operations)
    operation(earlier, "list_messages")["x-assurance"] = "substantial"
    later = copy.deepcopy(earlier)
    change(later)
    found = release.changes(Contract(earlier, before.events), Contract(later, before.events))
    assert found
    assert [one for one in found if one.breaks] == []
    assert "Breaks" not in release.told(found, "Since 1.0.0")


@pytest.mark.parametrize(("member", "breaks"), [("number", True), (None, False)], ids=["gone", "added"])
def test_an_event_is_held_to_the_same(before: Contract, member: str | None, breaks: bool) -> None:
    later = copy.deepcopy(before.events)
    data = later["components"]["messages"]["petitions_petition_registered_v1"]["payload"]["properties"][
        "data"
    ]
    if member:
        data["properties"].pop(member)
        data["required"].remove(member)
    else:
        data["properties"]["topic"] = {"type": "string"}
    found = release.changes(before, Contract(before.operations, later))
    assert {one.place for one in found} == {"hub.petitions.petition.registered.v1"}
    assert any(one.breaks for one in found) is breaks


def test_an_event_that_is_told_no_more_is_refused(before: Contract) -> None:
    later = copy.deepcopy(before.events)
    del later["components"]["messages"]["petitions_petition_registered_v1"]
    assert any(one.breaks for one in release.changes(before, Contract(before.operations, later)))


def test_nothing_of_the_last_release_is_broken(oasdiff: Path) -> None:
    assert oasdiff.exists()
    found = release.changes(Contract.released(), Contract.current())
    assert [str(one) for one in found if one.breaks] == [], "docs/adr/0021: a v1 is never narrowed"


def test_a_release_is_kept_with_its_change_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Contract
) -> None:
    monkeypatch.setattr(release, "RELEASED", tmp_path / "released")
    monkeypatch.setattr(release, "CHANGELOG", tmp_path / "CHANGELOG.md")
    now = [before]
    monkeypatch.setattr(Contract, "current", lambda: now[0])
    day = release.clock.local_date(release.clock.now())
    assert "The first release" in release.release("1.0.0", day)
    later = copy.deepcopy(before.operations)
    add_an_operation(later)
    now[0] = Contract(later, before.events)
    assert "`list_topics`" in release.release("1.1.0", day)
    log = (tmp_path / "CHANGELOG.md").read_text()
    assert log.index("## 1.1.0") < log.index("## 1.0.0")
    assert json.loads((tmp_path / "released/openapi.json").read_text())["info"]["version"] == "1.1.0"
    broken = copy.deepcopy(later)
    drop_member(broken)
    now[0] = Contract(broken, before.events)
    with pytest.raises(SystemExit, match="Not released"):
        release.release("1.2.0", day)
