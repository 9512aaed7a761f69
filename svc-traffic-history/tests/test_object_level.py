"""Nobody comes to what is another's, by any operation: each of the contract is tried on all that is Ana's.

A neighbour who may all that an application may ask for, officials of other kinds, officers of another county
and who is not signed in are refused as if there were nothing; no answer to them holds a word of Ana's.
Whoever may do it gets further, so that a refusal says something.

An operation is known by the collections in its path and by what it is sent: one that is not known here fails
by its name.
"""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi.routing import APIRoute

from hub_core import clock, ids
from hub_core.clock import BUCHAREST
from hub_core.principal import Assurance, Role
from svc_traffic_history.domain.admissibility import DECLARATION
from svc_traffic_history.operations.means import Means
from svc_traffic_history.routes import internal

from .anas_things import (
    TODAY,
    Sessions,
    Things,
    ago,
    hold_history,
    recorded,
    report_driving,
    upload,
)
from .outside import Outside, a_report
from .reviewing import Reviewer

CONTRACT = json.loads((Path(__file__).parents[1] / "contract/openapi.json").read_text(encoding="utf-8"))
UNIT, ELSEWHERE = ids.new_id(), ids.new_id()
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
NUMBERS = itertools.count(1)

NATIONAL = {
    "find_driver",
    "list_suspensions",
    "open_driver",
    "record_communication",
    "record_court_complaint",
    "record_court_decision",
    "record_fine_payment",
    "record_licence_step",
    "record_proces_verbal",
    "reverse_entry",
    *(f"{step}_suspension" for step in ("communicate", "begin", "reduce", "stay", "withdraw")),
    "hand_in_licence",
}
"""A driver's record is one for the whole country: what officers of any county do, in the driver's sight."""
SHOWN_ELSEWHERE = {"contest_record_line", "get_video_receipt", "play_driving_report_video"}
"""That whoever may do it can needs what is not here: svc-petitions, or a film."""
OF_HEADS = {"reverse_entry", "communicate_suspension", "withdraw_suspension"}
CONSTANT = {"response_format": "json", "service_code": "aggressive-driving-report"}
"""Parts of paths that are no ids."""
ASKED_BY = {"find_open311_requests": ("driving-reports", "service_request_id")}
"""Parameters of queries that are ids, and of what."""
SENT_AS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "data",
    "application/offset+octet-stream": "content",
    "application/pdf": "content",
}
SENT_WITH = {
    "Tus-Resumable": "1.0.0",
    "Upload-Length": "10",
    "Upload-Offset": "0",
    "X-HTTP-Method-Override": "PATCH",
}
"""Headers that an operation wants."""


@dataclass(frozen=True)
class Operation:
    """An operation of the contract."""

    id: str
    method: str
    path: str
    said: dict[str, Any]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Each id that it is asked with, after the collection that it is one of."""
        found = re.findall(r"([a-z0-9-]+)/\{([a-z_0-9]+)\}", self.path)
        found += [ASKED_BY[self.id]] if self.id in ASKED_BY else []
        return [(kind, name) for kind, name in found if name not in CONSTANT]

    @property
    def is_public(self) -> bool:
        return bool(self.said.get("x-public"))

    @property
    def is_of_officials(self) -> bool:
        return "x-roles" in self.said

    @property
    def content(self) -> str:
        """The type of what is sent; empty where nothing is."""
        return next(iter(self.said.get("requestBody", {}).get("content", {})), "")


OPERATIONS = [
    Operation(said["operationId"], method.upper(), path, said)
    for path, methods in CONTRACT["paths"].items()
    for method, said in methods.items()
]
SCOPES = frozenset(
    scope
    for operation in OPERATIONS
    for one in operation.said.get("security", [])
    for scopes in one.values()
    for scope in scopes
)
BY_ID = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)


def bodies(things: Things) -> Mapping[str, Any]:
    """What is sent, in order, by operation."""
    on = {"on": str(ago(1))}
    number = str(next(NUMBERS))
    happened = datetime.combine(ago(2), time(17, 45), BUCHAREST).isoformat()
    event = {
        "event_time": happened,
        "place": {"county": "CV", "siruta": "63394", "description": "DN 13, km 2"},
        "plate": {"number": "CV 77 XYZ"},
        "manoeuvres": ["a"],
        "seen_by_chance": True,
    }
    named = {
        "declaration": {"version": DECLARATION, "agreed": True},
        "phone": "0745 123 456",
        "address": "Strada Scurtă nr. 2, 520001 Sfântu Gheorghe",
    }
    return {
        "append_video": b"12345",
        "ask_vehicle_owner": {},
        "begin_suspension": on,
        "check_driving_report": event,
        "communicate_suspension": on,
        "contest_record_line": {
            "words": "Nu eu am condus.",
            "asks": "Vă rog să verificați.",
            "language": "ro",
        },
        "create_video": b"",
        "end_driving_report_without_sanction": {"reason": "NOT_PROVED"},
        "fetch_by_record_link": {"secret": "A" * 43, "opening_id": str(ids.new_id())},
        "find_driver": {"cnp": things.cnp},
        "find_driving_report_eligible": {},
        "find_driving_report_not_eligible": {"reason": "NOT_AGGRESSIVE"},
        "forward_driving_report": {},
        "hand_in_licence": on,
        "hand_over_driving_report": {"county": "HR", "note": "Locul este în județul Harghita."},
        "issue_history_document": {"motive": "angajare"},
        "join_driving_report": {"leader_id": things.ids.get("leaders", [""])[0]},
        "make_record_link": {"ends_at": (clock.now() + timedelta(days=3)).isoformat()},
        "override_video_method": b"12345",
        "open_record_link": {"secret": "A" * 43, "organisation": "Exemplu SRL", "purpose": "angajare"},
        "record_communication": on,
        "record_court_complaint": on,
        "record_court_decision": on | {"outcome": "REJECTED"},
        "record_fine_payment": on | {"amount": {"amount": "1.00", "currency": "RON"}},
        "record_licence_step": on | {"step": "WITHDRAWN"},
        "record_owner_answer": {
            "outcome": "DRIVER_NAMED",
            "on": str(TODAY),
            "named": {"kind": "PERSON", "number": things.cnp, "name": "Popescu Ana"},
        },
        "record_proces_verbal": {
            "series": "OBJ",
            "number": number,
            "found_at": f"{ago(1)}T09:00:00Z",
            "county": "CV",
            "place": "DN13, km 1",
            "offences": [{"offence": "speed-10", "committed_on": str(ago(1)), "fine_points": 2}],
        },
        "reduce_suspension": on,
        "reverse_entry": {"reason": "WRONG_DRIVER"},
        "sanction_reported_driver": {
            "driver_cnp": things.cnp,
            "series": "OBJ",
            "number": number,
            "found_at": f"{ago(1)}T09:00:00Z",
            "place": "DN13, km 2",
            "fine_points": 4,
        },
        "send_driving_report": event | named,
        "send_open311_request": {
            "service_code": "aggressive-driving-report",
            "lat": "45.8636",
            "long": "25.7875",
            "address_string": "DN 13, km 2",
            "description": "A frânat brusc.",
            "attribute[happened_at]": happened,
            "attribute[county]": "CV",
            "attribute[plate]": "CV 77 XYZ",
            "attribute[manoeuvres][]": "a",
            "attribute[seen_by_chance]": "YES",
            "attribute[declaration]": DECLARATION,
            "attribute[correspondence_address]": named["address"],
            "phone": "0745 123 456",
        },
        "stay_suspension": on,
        "verify_history_file": b"%PDF-1.7 none of ours",
        "withdraw_suspension": on,
    }


@dataclass
class Asking:
    """Somebody who tries."""

    client: httpx2.AsyncClient
    headers: dict[str, str]

    async def ask(
        self, operation: Operation, things: Things, filled: Mapping[str, str], key: str
    ) -> httpx2.Response:
        """Send the operation with these ids."""
        path = re.sub(r"\{([a-z_0-9]+)\}", lambda found: (CONSTANT | dict(filled))[found[1]], operation.path)
        headers = self.headers | PURPOSE | {"if-match": '"1"'}
        known = {"Idempotency-Key": key, "content-type": operation.content} | SENT_WITH
        wanted = {each["name"] for each in operation.said.get("parameters", []) if each["in"] == "header"}
        wanted |= {"content-type"} if operation.content else set()
        headers |= {name: value for name, value in known.items() if name in wanted}
        sent: dict[str, Any] = {}
        if operation.content:
            sent[SENT_AS[operation.content]] = bodies(things)[operation.id]
        if operation.id in ASKED_BY:
            _, name = ASKED_BY[operation.id]
            sent["params"] = {name: filled[name]}
        return await self.client.request(operation.method, path, headers=headers, **sent)


@pytest.fixture
def officer(client: httpx2.AsyncClient, signed_in: Any) -> Reviewer:
    """Who has Ana's reports in hand."""
    person = ids.new_id()
    held = {"institution": str(UNIT), "roles": sorted((Role.TRAFFIC_OFFICER, Role.HEAD))}
    return Reviewer(client, person, signed_in(person, SCOPES, Assurance.HIGH, **held) | PURPOSE)


@pytest.fixture
async def things(
    client: httpx2.AsyncClient,
    signed_in: Any,
    officer: Reviewer,
    outside: Outside,
    sessions: Sessions,
    means: Means,
    county_police: Any,
    operation: Operation,
) -> Things:
    """Ana, with everything that the operation could be about."""
    for county in ("CV", "HR"):
        await county_police(county)
    made = await recorded(client, signed_in, SCOPES, outside, sessions)
    own, kinds = signed_in(made.person, SCOPES, Assurance.HIGH), {kind for kind, _ in operation.parameters}
    if "driving" in operation.path or "open311" in operation.path or "videos" in kinds:
        await report_driving(made, UNIT, officer, outside, sessions, means)
    if "videos" in kinds:
        await upload(made, client, own)
    if not kinds.isdisjoint({"history-documents", "verify"}):
        await hold_history(made, client, own)
    return made


@pytest.fixture
def strangers(client: httpx2.AsyncClient, signed_in: Any, outside: Outside) -> dict[str, Asking]:
    """Who has no business with what is Ana's."""
    neighbour = outside.add_driver(a_report(ago(9), "speed-10"))

    def official(unit: UUID, *roles: Role) -> dict[str, str]:
        held = {"institution": str(unit), "roles": sorted(roles)}
        headers: dict[str, str] = signed_in(ids.new_id(), SCOPES, Assurance.HIGH, **held)
        return headers

    traffic = (Role.TRAFFIC_OFFICER, Role.HEAD)
    return {
        "nobody": Asking(client, {}),
        "neighbour": Asking(client, signed_in(neighbour, SCOPES, Assurance.HIGH)),
        "other officials": Asking(client, official(UNIT, *(role for role in Role if role not in traffic))),
        "officers elsewhere": Asking(client, official(ELSEWHERE, *traffic)),
    }


def fillings(operation: Operation, things: Things) -> list[dict[str, str]]:
    """Every way to ask with what is Ana's."""
    values = [[(name, each) for each in things.ids[kind]] for kind, name in operation.parameters]
    return [dict(each) for each in itertools.product(*values)]


def comparable(answer: httpx2.Response) -> tuple[int, Any]:
    """What an answer says, without where and when."""
    said = json.loads(answer.content) if answer.content else {}
    if isinstance(said, dict):
        said = {name: value for name, value in said.items() if name not in ("instance", "trace_id")}
    return answer.status_code, said


def must_not_tell(answer: httpx2.Response, things: Things, asked: Mapping[str, str]) -> None:
    """No word of Ana's, apart from the ids that were asked with."""
    told = answer.text + "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    for sent in asked.values():
        told = told.replace(sent, "")
    found = {secret for secret in things.secrets if secret in told}
    assert not found, f"{answer.request.method} {answer.request.url} tells {found}"


def is_refused(answer: httpx2.Response) -> bool:
    """Whether there is nothing for who asked: 404, an empty list, or nothing for such people at all."""
    return answer.status_code in (401, 403, 404) or (answer.status_code == 200 and answer.json() == [])


def test_everything_that_is_said_here_is_an_operation() -> None:
    known = {operation.id for operation in OPERATIONS}
    assert NATIONAL | ASKED_BY.keys() <= known


@BY_ID
async def test_nobody_comes_to_what_is_anothers(
    operation: Operation,
    things: Things,
    strangers: dict[str, Asking],
    officer: Reviewer,
    signed_in: Any,
    client: httpx2.AsyncClient,
) -> None:
    """Object-level authorisation (OWASP API1), by every operation."""
    key, ways = str(ids.new_id()), fillings(operation, things)
    if operation.is_public:
        for filled in ways:
            answer = await strangers["nobody"].ask(operation, things, filled, key)
            assert answer.status_code in (200, 204, 404), answer.text
            must_not_tell(answer, things, filled)
        return
    for name, somebody in strangers.items():
        if name == "officers elsewhere" and operation.id in NATIONAL:
            continue
        nothing = {parameter: str(ids.new_id()) for _, parameter in operation.parameters}
        unknown = await somebody.ask(operation, things, nothing, str(ids.new_id()))
        for filled in ways:
            answer = await somebody.ask(operation, things, filled, key)
            must_not_tell(answer, things, filled)
            if filled:
                assert is_refused(answer), f"{name}: {answer.text}"
                assert comparable(answer) == comparable(unknown), name
    if operation.id in SHOWN_ELSEWHERE:
        return
    own = signed_in(things.person, SCOPES, Assurance.HIGH)
    rightful = Asking(client, officer.headers if operation.is_of_officials else own)
    reached = [await rightful.ask(operation, things, filled, str(ids.new_id())) for filled in ways]
    assert any(answer.status_code < 300 for answer in reached), [answer.text for answer in reached]


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.id in OF_HEADS], ids=lambda operation: operation.id
)
async def test_what_heads_decide_no_officer_does(
    operation: Operation, things: Things, client: httpx2.AsyncClient, signed_in: Any
) -> None:
    held = {"institution": str(UNIT), "roles": [Role.TRAFFIC_OFFICER]}
    officer = Asking(client, signed_in(ids.new_id(), SCOPES, Assurance.HIGH, **held))
    for filled in fillings(operation, things):
        assert (await officer.ask(operation, things, filled, str(ids.new_id()))).status_code == 403


@pytest.mark.parametrize("route", internal.router.routes, ids=lambda route: str(route.name))
async def test_nobody_asks_what_only_services_ask(
    route: APIRoute, strangers: dict[str, Asking], client: httpx2.AsyncClient
) -> None:
    path = re.sub(r"\{[a-z_]+\}", str(ids.new_id()), route.path)
    (method,) = route.methods
    for name, somebody in strangers.items():
        answer = await client.request(method, path, headers=somebody.headers)
        assert answer.status_code == (401 if name == "nobody" else 403), name
