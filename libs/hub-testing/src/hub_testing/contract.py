"""The contract of a service is a committed folder, and these checks hold it to the code.

    def test_the_contract_is_the_code() -> None:
        contract.check(CONTRACT_FOLDER, app=create_app(Settings()), events=[PetitionRegistered(...)])

`contract/openapi.json` is the application's document; each event has `events/<subject without "hub.">`
`.schema.json` (the whole CloudEvent) and `.example.json`, which consumers test themselves on. With
HUB_CONTRACT=write in the environment the files are written instead of compared; so does

    python -m hub_testing.contract

for all services whose `tests/test_contract.py` lie below the working folder. Look at the difference: it is
the review of the API.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import jsonschema
import orjson
from fastapi import FastAPI

from hub_core.principal import Assurance
from hub_events import envelope
from hub_events.envelope import Event
from hub_service import examples

_VALIDATOR: Final = jsonschema.Draft202012Validator
_SWITCH: Final = "HUB_CONTRACT"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_EXAMPLE_ID: Final = UUID("01936f3a-5e00-7000-8000-000000000001")
_EXAMPLE_TIME: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_EXAMPLE_TRACE: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

_PERSONAL_WORDS: Final = frozenset(
    {
        *("cnp", "name", "names", "firstname", "lastname", "surname", "nickname"),
        *("email", "mail", "phone", "telephone", "msisdn", "address", "street", "iban"),
        *("birth", "birthday", "birthdate", "text", "body", "password", "secret", "token"),
    }
)
_CNP: Final = re.compile(r"(?<!\d)[1-9]\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{6}(?!\d)")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}")


class ContractBroken(AssertionError):
    """The committed contract and the code, or the contract and the rules, do not agree."""


def check(
    folder: Path,
    *,
    app: FastAPI | None = None,
    events: Iterable[Event] = (),
    not_personal: Collection[str] = (),
) -> None:
    """Fail unless the folder says what the code does, every operation is guarded, events are clean.

    `events` holds one example of each event that the service tells. `not_personal` names fields that
    look personal and are not, such as the `names` of an institution.
    """
    if app is not None:
        document = app.openapi()
        compare(folder / "openapi.json", document)
        faults = [*unguarded(document)]
        if faults:
            raise ContractBroken(
                "\n".join(["operations without a policy (see hub_service.policy):", *faults])
            )
        faults = [*unexemplified(document)]
        if faults:
            raise ContractBroken("\n".join(["bodies without an example that holds:", *faults]))
    for event in events:
        name = event.subject.removeprefix("hub.")
        schema, example = event_schema(type(event)), event_example(event)
        jsonschema.validate(example, schema)
        faults = [*personal(schema, not_personal), *personal(example, not_personal)]
        if faults:
            raise ContractBroken("\n".join([f"{event.subject} carries personal data:", *faults]))
        compare(folder / "events" / f"{name}.schema.json", schema)
        compare(folder / "events" / f"{name}.example.json", example)


def compare(file: Path, document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Fail unless the file holds the document; with HUB_CONTRACT=write, write it."""
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
    if os.environ.get(_SWITCH) == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    if committed != text:
        raise ContractBroken(
            f"{file} is not what the code says; if the change is meant, write it with {_SWITCH}=write "
            "and review the difference"
        )


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each operation of an OpenAPI document, as (`GET /path`, operation)."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                yield f"{method.upper()} {path}", operation


def unguarded(document: Mapping[str, Any]) -> Iterator[str]:
    """Each operation that neither names scope and assurance nor says that it is public or internal.

    A document without operations is a fault of its own: a check of nothing would always pass.
    """
    found = dict(operations(document))
    if not found:
        yield "the document has no operation"
    for name, operation in found.items():
        scopes = [
            scope
            for alternative in operation.get("security", ())
            for names in alternative.values()
            for scope in names
        ]
        is_open = operation.get("x-public") is True or operation.get("x-internal") is True
        if is_open and scopes:
            yield f"{name}: says that it is open and names a scope"
        elif not is_open and not scopes:
            yield f"{name}: names no scope and does not say that it is public"
        elif not is_open and operation.get("x-assurance") not in set(Assurance):
            yield f"{name}: names no level of assurance"


def unexemplified(document: Mapping[str, Any]) -> Iterator[str]:
    """Each JSON body, request or answer, that has no example or one that is not valid against its schema."""
    components = document.get("components", {})
    for name, media in examples.bodies(dict(document)):
        if "example" not in media:
            try:
                examples.of(media["schema"], components["schemas"], name)
            except examples.NoExample as fault:
                yield f"{fault}: give this member an example: Field(examples=[...])"
            continue
        whole = {"components": components, "allOf": [media["schema"]]}
        checked = _VALIDATOR(whole, format_checker=_VALIDATOR.FORMAT_CHECKER)
        for error in checked.iter_errors(media["example"]):
            yield f"{name}{error.json_path.removeprefix('$')}: {error.message}"


def event_schema(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event on the wire, envelope included."""
    data = event.model_json_schema(mode="serialization")
    definitions = data.pop("$defs", {})
    text = {"type": "string", "minLength": 1}
    properties = {
        "specversion": {"const": "1.0"},
        "id": {
            "type": "string",
            "format": "uuid",
            "description": "The same each time the event is delivered",
        },
        "source": {"const": f"/{event.subject.split('.')[1]}"},
        "type": {"const": event.subject},
        "time": {"type": "string", "format": "date-time"},
        "subject": text | {"description": f"The aggregate's id: `{event.key_field}`"},
        "datacontenttype": {"const": "application/json"},
        "traceparent": text | {"description": "W3C Trace Context of the operation that recorded it"},
        "data": data,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.subject,
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != "traceparent"],
    } | ({"$defs": definitions} if definitions else {})


def event_example(event: Event) -> dict[str, Any]:
    """An event as it travels, with an id, a time and a trace that are always the same."""
    example: dict[str, Any] = orjson.loads(envelope.encode(_EXAMPLE_ID, event, _EXAMPLE_TIME, _EXAMPLE_TRACE))
    return example


def personal(document: Any, not_personal: Collection[str] = (), place: str = "") -> Iterator[str]:
    """Each member whose name or value looks like a personal number, a name or an e-mail address."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            words = set(re.findall(r"[a-z]+", name.lower()))
            if words & _PERSONAL_WORDS and name not in not_personal:
                yield f"{place}/{name}: a field for personal data"
            yield from personal(value, not_personal, f"{place}/{name}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from personal(value, not_personal, f"{place}/{index}")
    elif _CNP.search(str(document)):
        yield f"{place}: looks like a personal number"
    elif _EMAIL.search(str(document)) or document == "email":
        yield f"{place}: looks like an e-mail address"


if __name__ == "__main__":
    tests = [str(file) for file in sorted(Path().glob("*/tests/test_contract.py"))]
    command = [sys.executable, "-m", "pytest", "--quiet", *tests]
    sys.exit(subprocess.run(command, env=os.environ | {_SWITCH: "write"}, check=False).returncode)
