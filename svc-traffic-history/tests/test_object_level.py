"""Nobody comes to what is another's, by any operation: each of the contract is tried on all of somebody's.

Ana has a record and things in every state. A neighbour who may all that an application may ask for, officials
of other kinds, officers of another county and who is not signed in are refused as if there were nothing; no
answer to them holds a word of Ana's. Whoever may do it gets further, so that a refusal says something.

An operation is known by the collections in its path and by what it is sent: one that is not known here fails
by its name.
"""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_traffic_history.domain.grounds import Ground
from svc_traffic_history.domain.suspensions import State as SuspensionState
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import suspensions

from .build import a_suspension
from .outside import LICENCE, Outside, a_report

CONTRACT = json.loads((Path(__file__).parents[1] / "contract/openapi.json").read_text(encoding="utf-8"))
TODAY = clock.local_date(clock.now())
UNIT, ELSEWHERE = ids.new_id(), ids.new_id()
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
NUMBERS = itertools.count(1)

PUBLIC = {"list_offences"}
"""Who asks need not say who they are: about nobody."""
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
OF_HEADS = {"reverse_entry", "communicate_suspension", "withdraw_suspension"}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass(frozen=True)
class Operation:
    """An operation of the contract."""

    id: str
    method: str
    path: str
    said: dict[str, Any]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Each parameter of the path, after the collection that it is one of."""
        return re.findall(r"([a-z0-9-]+)/\{([a-z_]+)\}", self.path)

    @property
    def is_of_officials(self) -> bool:
        return "x-roles" in self.said

    @property
    def content(self) -> str:
        """The type of what is sent; empty where nothing is."""
        sent = self.said.get("requestBody", {}).get("content", {})
        return next(iter(sent), "")


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


@dataclass
class Things:
    """What is Ana's: ids by collection, all that nobody else may read, and where her driving reports are."""

    person: UUID
    cnp: str
    secrets: set[str]
    ids: dict[str, list[str]] = field(default_factory=dict)


def sent_with(operation: Operation, things: Things) -> Any:
    """A body that is in order, or `KeyError`."""
    on = {"on": str(ago(1))}
    money = {"amount": "1.00", "currency": "RON"}
    bodies: Mapping[str, Any] = {
        "begin_suspension": on,
        "communicate_suspension": on,
        "find_driver": {"cnp": things.cnp},
        "hand_in_licence": on,
        "record_communication": on,
        "record_court_complaint": on,
        "record_court_decision": on | {"outcome": "REJECTED"},
        "record_fine_payment": on | {"amount": money},
        "record_licence_step": on | {"step": "WITHDRAWN"},
        "record_proces_verbal": {
            "series": "OBJ",
            "number": str(next(NUMBERS)),
            "found_at": f"{ago(1)}T09:00:00Z",
            "county": "CV",
            "place": "DN13, km 1",
            "offences": [{"offence": "speed-10", "committed_on": str(ago(1)), "fine_points": 2}],
        },
        "reduce_suspension": on,
        "reverse_entry": {"reason": "WRONG_DRIVER"},
        "stay_suspension": on,
        "withdraw_suspension": on,
    }
    return bodies[operation.id]


@pytest.fixture
async def things(
    client: httpx2.AsyncClient,
    signed_in: Any,
    outside: Outside,
    sessions: async_sessionmaker[Session],
    means: Means,
) -> Things:
    """Ana, with everything."""
    mark = ids.new_id().hex[-10:]
    name, licence, place = f"Popescu{mark}", f"C{mark}", f"Strada {mark} nr. 7"
    reports = [
        a_report(ago(days), "speed-31", fine_points=6, place=place, number=f"1{mark}{days:03d}")
        for days in (60, 40, 20)
    ]
    person = outside.add_driver(*reports)
    outside.tell(person, family_name=name, licence=LICENCE.model_copy(update={"number": licence}))
    number = outside.number_of(person)
    made = Things(person, number, {number, name, licence, mark})
    own = signed_in(person, SCOPES, Assurance.HIGH)
    assert (await client.get("/traffic-history/v1/record", headers=own)).status_code == 200
    lines = (await client.get("/traffic-history/v1/record/lines", headers=own)).json()["items"]
    async with sessions() as session, session.begin():
        driver = await session.execute(text("SELECT id FROM drivers WHERE person_id = :p"), {"p": person})
        driver_id = driver.scalar_one()
        moving = [
            a_suspension(
                Ground.CLASS_2,
                driver_id=driver_id,
                proces_verbal_id=UUID(lines[0]["id"]),
                state=state,
                communicated_on=ago(15),
                handed_in_on=ago(14),
                begins_on=ago(13),
                ends_on=ago(-16),
                days_left=10,
            )
            for state in SuspensionState
        ]
        for one in moving:
            await suspensions.add(session, one, None, clock.now())
    made.ids = {
        "drivers": [str(driver_id)],
        "proces-verbale": [line["id"] for line in lines],
        "entries": [offence["entry_id"] for line in lines for offence in line["offences"]],
        "suspensions": [str(one.id) for one in moving],
    }
    made.secrets |= {str(driver_id), *made.ids["proces-verbale"], *made.ids["entries"]}
    return made


@dataclass
class Asking:
    """Somebody who tries."""

    client: httpx2.AsyncClient
    headers: dict[str, str]

    async def ask(
        self, operation: Operation, things: Things, filled: dict[str, str], key: str
    ) -> httpx2.Response:
        """Send the operation with these ids."""
        path = re.sub(r"\{([a-z_]+)\}", lambda found: filled[found[1]], operation.path)
        headers = self.headers | PURPOSE | {"if-match": '"1"'}
        if any(each["name"] == "Idempotency-Key" for each in operation.said.get("parameters", [])):
            headers["idempotency-key"] = key
        sent: dict[str, Any] = {}
        if operation.content == "application/json":
            sent["json"] = sent_with(operation, things)
        elif operation.content:
            raise KeyError(operation.content)
        return await self.client.request(operation.method, path, headers=headers, **sent)


def fillings(operation: Operation, things: Things) -> list[dict[str, str]]:
    """Every way to fill the path with what is Ana's."""
    values = [[(name, each) for each in things.ids[kind]] for kind, name in operation.parameters]
    return [dict(each) for each in itertools.product(*values)]


def nothing(operation: Operation) -> dict[str, str]:
    """Ids that nobody has."""
    return {name: str(ids.new_id()) for _, name in operation.parameters}


def comparable(answer: httpx2.Response) -> tuple[int, Any]:
    """What an answer says, without where and when."""
    said = json.loads(answer.content) if answer.content else {}
    return answer.status_code, {
        name: value for name, value in said.items() if name not in ("instance", "trace_id")
    }


def must_not_tell(answer: httpx2.Response, things: Things, *, but: set[str] | None = None) -> None:
    """No byte of Ana's, apart from the ids that were asked with."""
    told = answer.text + "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    for sent in but or ():
        told = told.replace(sent, "")
    found = {secret for secret in things.secrets if secret in told}
    assert not found, f"{answer.request.method} {answer.request.url} tells {found}"


@pytest.fixture
def trying(client: httpx2.AsyncClient, signed_in: Any, outside: Outside) -> Any:
    """Make `trying(name)`."""
    neighbour = outside.add_driver(a_report(ago(9), "speed-10"))

    def official(unit: UUID, *roles: Role) -> dict[str, str]:
        held = {"institution": str(unit), "roles": sorted(roles)}
        headers: dict[str, str] = signed_in(ids.new_id(), SCOPES, Assurance.HIGH, **held)
        return headers

    traffic = (Role.TRAFFIC_OFFICER, Role.HEAD)
    others = tuple(role for role in Role if role not in traffic)

    def make(name: str) -> Asking:
        headers = {
            "nobody": dict,
            "neighbour": lambda: signed_in(neighbour, SCOPES, Assurance.HIGH),
            "other officials": lambda: official(UNIT, *others),
            "officers elsewhere": lambda: official(ELSEWHERE, *traffic),
            "officers": lambda: official(UNIT, *traffic),
        }[name]()
        return Asking(client, headers)

    return make


def test_everything_that_is_said_here_is_an_operation() -> None:
    known = {operation.id for operation in OPERATIONS}
    assert known >= (PUBLIC | NATIONAL)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
async def test_nobody_comes_to_what_is_anothers(
    operation: Operation, things: Things, trying: Any, signed_in: Any, client: httpx2.AsyncClient
) -> None:
    """OWASP API1: object-level authorisation, by every operation."""
    if operation.id in PUBLIC:
        answer = await trying("nobody").ask(operation, things, {}, "")
        assert answer.status_code == 200
        must_not_tell(answer, things)
        return
    key, ways = str(ids.new_id()), fillings(operation, things)
    strangers = ["nobody", "neighbour", "other officials"]
    if operation.id not in NATIONAL:
        strangers.append("officers elsewhere")
    for name in strangers:
        somebody = trying(name)
        unknown = await somebody.ask(operation, things, nothing(operation), str(ids.new_id()))
        for filled in ways:
            answer = await somebody.ask(operation, things, filled, key)
            must_not_tell(answer, things, but=set(filled.values()))
            if filled:
                assert answer.status_code in (401, 403, 404), f"{name}: {answer.text}"
                assert comparable(answer) == comparable(unknown), name
    rightful = trying("officers") if operation.is_of_officials else None
    if rightful is None:
        rightful = Asking(client, signed_in(things.person, SCOPES, Assurance.HIGH))
    reached = [(await rightful.ask(operation, things, filled, key)).status_code for filled in ways]
    assert not set(reached) <= {400, 401, 403, 404, 415, 422}, f"nobody comes there: {reached}"


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
