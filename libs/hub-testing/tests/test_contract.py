from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import jsonschema
import pytest

from hub_events.envelope import Event
from hub_testing import contract
from hub_testing.contract import ContractBroken


class NoteWritten(Event):
    """A note was written."""

    subject: ClassVar[str] = "hub.notes.note.written.v1"
    key_field: ClassVar[str] = "note_id"

    note_id: UUID
    author_email: str = ""


class NoteRead(Event):
    """A note was read."""

    subject: ClassVar[str] = "hub.notes.note.read.v1"
    key_field: ClassVar[str] = "note_id"

    note_id: UUID
    remark: str = ""


READ = NoteRead(version=1, note_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"))


def a_document(**operation: Any) -> dict[str, Any]:
    return {"paths": {"/notes": {"parameters": [], "get": operation}}}


@pytest.mark.parametrize(
    "operation",
    [
        {"security": [{"hub": ["notes:read"]}], "x-assurance": "low"},
        {"security": [], "x-public": True},
        {"security": [], "x-internal": True},
    ],
)
def test_an_operation_that_says_who_may_is_fine(operation: dict[str, Any]) -> None:
    assert list(contract.unguarded(a_document(**operation))) == []


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ({}, "names no scope"),
        ({"security": [{"hub": []}], "x-assurance": "low"}, "names no scope"),
        ({"security": [{"hub": ["notes:read"]}]}, "names no level"),
        ({"security": [{"hub": ["notes:read"]}], "x-assurance": "some"}, "names no level"),
        ({"security": [{"hub": ["notes:read"]}], "x-public": True}, "names a scope"),
    ],
)
def test_an_operation_that_does_not_is_named(operation: dict[str, Any], fault: str) -> None:
    (found,) = contract.unguarded(a_document(**operation))
    assert found.startswith("GET /notes: ")
    assert fault in found


def test_a_document_without_operations_is_a_fault() -> None:
    assert list(contract.unguarded({"paths": {"/notes": {"parameters": []}}}))


def test_the_contract_is_written_when_asked_and_compared_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ContractBroken, match="HUB_CONTRACT=write"):
        contract.check(tmp_path, events=[READ])
    monkeypatch.setenv("HUB_CONTRACT", "write")
    contract.check(tmp_path, events=[READ])
    monkeypatch.delenv("HUB_CONTRACT")
    contract.check(tmp_path, events=[READ])
    assert sorted(file.name for file in (tmp_path / "events").iterdir()) == [
        "notes.note.read.v1.example.json",
        "notes.note.read.v1.schema.json",
    ]


def test_the_example_fits_the_schema() -> None:
    schema, example = contract.event_schema(NoteRead), contract.event_example(READ)
    jsonschema.validate(example, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example | {"type": "hub.notes.note.written.v1"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({name: example[name] for name in example if name != "id"}, schema)


@pytest.mark.parametrize(
    "event",
    [
        NoteWritten(version=1, note_id=READ.note_id),
        READ.model_copy(update={"remark": "write to ana@example.org"}),
        READ.model_copy(update={"remark": "her number is 2900101400905."}),
    ],
)
def test_an_event_with_personal_data_is_refused(tmp_path: Path, event: Event) -> None:
    with pytest.raises(ContractBroken, match="personal"):
        contract.check(tmp_path, events=[event])


def test_a_field_that_only_looks_personal_is_named() -> None:
    document = {"names": {"ro": "Inspectoratul"}, "others": [{"phone": "1"}]}
    assert len(list(contract.personal(document))) == 2
    assert list(contract.personal(document, {"names"})) == ["/others/0/phone: a field for personal data"]
