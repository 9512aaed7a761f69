"""Registration requests: their states, who may decide, and what stays of them."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from svc_identity.domain import recognition, registration
from svc_identity.domain.account import Account
from svc_identity.domain.population import Kin, RegisteredPerson, Relative, Sex
from svc_identity.domain.proofing import DocumentKind
from svc_identity.domain.recognition import HubWide
from svc_identity.domain.registration import Reason, RegisterCheck, State
from svc_identity.errors.registration import NotYourReview, TransitionRefused
from svc_identity.operations import identities, registration_ends
from svc_identity.seed import DGCTI, IPJ_CV, IPJ_HR

MakeCnp = Callable[..., Cnp]

READ, WRITE, DECIDE = "registration:read", "registration:write", "registration:decide"
OWN = "/identity/v1/me/registration-requests"
QUEUE = "/identity/v1/registration-requests"
SOMEBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
A, B = UUID(int=1), UUID(int=2)
VERIFYING = {"purpose": "VERIFICATION"}
BORN = date(1985, 3, 12)
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


def entry(cnp: Cnp) -> RegisteredPerson:
    return RegisteredPerson(cnp, "Popescu", "Ana", BORN, Sex.FEMALE)


def kind(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def told(looking: asyncpg.Connection, subject: str, names: str) -> list[str]:
    """The bodies of the events of a subject that name this id."""
    bodies = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM outbox WHERE subject = $1", subject
    )
    return [row["body"] for row in bodies if names in row["body"]]


def read_claims(token: str) -> dict[str, Any]:
    return dict(json.loads(urlsafe_b64decode(token.split(".")[1] + "==")))


# The rules.


def a_request(**changed: Any) -> registration.Request:
    made = registration.submit(ids.new_id(), A, IPJ_CV, RegisterCheck.MATCHED, NOON)
    return replace(made, **changed)


STEPS: dict[str, Callable[[registration.Request, datetime], registration.Request]] = {
    "CLAIM": lambda one, now: registration.claim(one, B, now),
    "RETURN": lambda one, now: registration.give_back(one, B, "what is missing", now, head=False),
    "COMPLETE": registration.complete,
    "APPROVE": lambda one, now: registration.approve(one, B, DocumentKind.PASSPORT, now, head=False),
    "REJECT": lambda one, now: registration.reject(one, B, Reason.OTHER, "what to do", now, head=False),
    "EXPIRE": registration.expire,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 40)), max_size=12))
def test_whatever_is_tried_a_request_stands_where_the_table_says(tried: list[tuple[str, int]]) -> None:
    request, now = a_request(), NOON
    for step, days in tried:
        now += timedelta(days=days)
        before = request
        try:
            request = STEPS[step](request, now)
        except TransitionRefused:
            assert request is before
            continue
        assert registration.TRANSITIONS[(before.state, registration.Step(step))] is request.state
        assert request.version == before.version + 1
        decided = request.state in (State.APPROVED, State.REJECTED, State.EXPIRED)
        assert (request.decided_at is not None) is decided
        assert (request.expires_at is not None) is (
            request.state in (State.SUBMITTED, State.NEEDS_COMPLETION)
        )
        assert (registration.steps(request) == ()) is decided
        assert request.state is State.SUBMITTED or request.reviewer_id == B or request.state is State.EXPIRED


def test_only_who_claimed_it_or_a_head_goes_on() -> None:
    claimed = registration.claim(a_request(), B, NOON)
    for step in (
        lambda head: registration.approve(claimed, A, DocumentKind.PASSPORT, NOON, head=head),
        lambda head: registration.reject(claimed, A, Reason.OTHER, "why", NOON, head=head),
        lambda head: registration.give_back(claimed, A, "what", NOON, head=head),
    ):
        with pytest.raises(NotYourReview):
            step(head=False)
        assert step(head=True).version == 3


def test_a_refused_step_names_the_state_and_the_open_ones() -> None:
    with pytest.raises(TransitionRefused) as refused:
        registration.approve(a_request(), B, DocumentKind.PASSPORT, NOON, head=True)
    assert isinstance(refused.value, Problem)
    assert refused.value.facts == {"state": "SUBMITTED", "steps": "CLAIM, EXPIRE"}


@pytest.mark.parametrize(("days", "expires"), [(29, False), (30, True)])
def test_a_request_nobody_claims_expires(days: int, expires: bool) -> None:
    now = NOON + timedelta(days=days)
    if expires:
        assert registration.expire(a_request(), now).state is State.EXPIRED
    else:
        with pytest.raises(TransitionRefused):
            registration.expire(a_request(), now)


def test_what_was_not_completed_in_time_is_not_completed_later() -> None:
    returned = registration.give_back(
        registration.claim(a_request(), B, NOON), B, "what is missing", NOON, head=False
    )
    assert registration.complete(returned, NOON + timedelta(days=14)).state is State.UNDER_REVIEW
    with pytest.raises(TransitionRefused):
        registration.complete(returned, NOON + timedelta(days=15))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg>", None),
        (b"", None),
    ],
)
def test_a_file_is_what_it_begins_with(content: bytes, found: str | None) -> None:
    assert registration.media_type(content) == found


def test_an_approval_counts_everywhere_by_a_row_and_on_its_days() -> None:
    row = HubWide(IPJ_CV, "a test's", date(2026, 11, 21), date(2026, 11, 22))
    assert recognition.is_hub_wide(IPJ_CV, NOON, (row,))
    assert not recognition.is_hub_wide(IPJ_HR, NOON, (row,))
    assert not recognition.is_hub_wide(IPJ_CV, NOON + timedelta(days=1), (row,))
    assert not recognition.is_hub_wide(IPJ_CV, NOON)


# Who may.


CHANGES = [
    ("claim", None),
    ("return", {"message": "Send both sides."}),
    ("approve", {"document": "PASSPORT"}),
    ("reject", {"reason": "OTHER", "message": "Come to a counter."}),
]


@pytest.mark.parametrize("path", ["", f"/{SOMEBODY}", f"/{SOMEBODY}/documents/{SOMEBODY}"])
async def test_the_queue_is_for_clerks_and_heads(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    assert (await client.get(QUEUE + path)).status_code == 401
    acting = {"assurance": Assurance.SUBSTANTIAL, "institution": str(IPJ_CV)}
    for headers, refusal in (
        (signed_in(scopes={READ, WRITE}, roles=["CLERK"], **acting), "insufficient-scope"),
        (signed_in(scopes={DECIDE}, roles=["HANDLER"], **acting), "role-required"),
        (signed_in(scopes={DECIDE}, assurance=Assurance.SUBSTANTIAL), "role-required"),
        (
            signed_in(scopes={DECIDE}, roles=["CLERK"], institution=str(IPJ_CV)),
            "insufficient-user-authentication",
        ),
    ):
        assert kind(await client.get(QUEUE + path, headers=headers)) == refusal
    for role in ("CLERK", "HEAD"):
        headers = signed_in(scopes={DECIDE}, roles=[role], **acting) | VERIFYING
        answer = await client.get(QUEUE + path, headers=headers)
        assert answer.status_code == (404 if path else 200)
        if path:
            del headers["purpose"]
            assert kind(await client.get(QUEUE + path, headers=headers)) == "purpose-required"


@pytest.mark.parametrize(("step", "body"), CHANGES)
async def test_a_decision_wants_scope_role_version_and_purpose(
    client: httpx2.AsyncClient, signed_in: Any, step: str, body: Any
) -> None:
    path, sent = f"{QUEUE}/{SOMEBODY}/{step}", {"json": body} if body else {}
    assert (await client.post(path, **sent)).status_code == 401
    acting = {"assurance": Assurance.SUBSTANTIAL, "institution": str(IPJ_CV), "roles": ["CLERK"]}
    assert kind(await client.post(path, headers=signed_in(scopes={WRITE}, **acting), **sent)) == (
        "insufficient-scope"
    )
    headers = signed_in(scopes={DECIDE}, **acting) | VERIFYING
    assert (await client.post(path, headers=headers, **sent)).status_code == 428
    headers["if-match"] = '"1"'
    assert (await client.post(path, headers=headers, **sent)).status_code == 404
    if step != "claim":
        del headers["purpose"]
        assert kind(await client.post(path, headers=headers, **sent)) == "purpose-required"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", OWN, READ),
        ("GET", f"{OWN}/{SOMEBODY}", READ),
        ("POST", OWN, WRITE),
        ("POST", f"{OWN}/{SOMEBODY}/documents", WRITE),
        ("POST", f"{OWN}/{SOMEBODY}/complete", WRITE),
    ],
)
async def test_one_s_own_requests_want_their_scope(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str
) -> None:
    body = {"json": {}} if path == OWN and method == "POST" else {}
    assert (await client.request(method, path, **body)).status_code == 401
    other = WRITE if scope == READ else READ
    refused = await client.request(method, path, headers=signed_in(scopes={other}), **body)
    assert kind(refused) == "insufficient-scope"


# What happens.


class Case:
    """A person, the officials of an institution, and the request between them."""

    def __init__(self, client: httpx2.AsyncClient, signed_in: Any, person: Account, clerk: Any) -> None:
        self.client, self.person, self.clerk = client, person, clerk
        self.own = signed_in(person.id, {READ, WRITE})
        self.id, self.version = "", 1

    async def submit(self, **changed: Any) -> httpx2.Response:
        body = {"institution_id": str(IPJ_CV), "birth_date": str(BORN), "citizenship": "RO"} | changed
        answer = await self.client.post(OWN, json=body, headers=self.own)
        if answer.status_code == 201:
            self.id = answer.json()["id"]
        return answer

    async def send(self, content: bytes = JPEG) -> httpx2.Response:
        headers = self.own | {"content-type": "image/jpeg"}
        return await self.client.post(f"{OWN}/{self.id}/documents", content=content, headers=headers)

    async def step(self, name: str, body: Any = None, headers: Any = None) -> httpx2.Response:
        headers = (headers or self.clerk.headers) | VERIFYING | {"if-match": f'"{self.version}"'}
        sent = {"json": body} if body else {}
        answer = await self.client.post(f"{QUEUE}/{self.id}/{name}", headers=headers, **sent)
        if answer.status_code == 200:
            self.version = answer.json()["version"]
        return answer

    async def look(self) -> dict[str, Any]:
        found = (await self.client.get(f"{OWN}/{self.id}", headers=self.own)).json()
        self.version = found["version"]
        return dict(found)


FOREIGN = {"citizenship": "DE", "document": {"kind": "PASSPORT", "number": "C01X00T47", "issued_by": "DE"}}


@pytest.fixture
async def case(client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any) -> Case:
    return Case(client, signed_in, ana, await staff(Role.CLERK, scopes={DECIDE}))


async def test_a_foreigner_is_approved_by_a_document_and_the_copy_goes(
    case: Case, looking: asyncpg.Connection, client: httpx2.AsyncClient
) -> None:
    submitted = await case.submit(**FOREIGN)
    assert submitted.status_code == 201, submitted.text
    assert (submitted.json()["state"], submitted.json()["needs_document"]) == ("SUBMITTED", True)
    assert (await case.step("claim")).json()["state"] == "UNDER_REVIEW"
    assert kind(await case.step("approve", {"document": "PASSPORT"})) == "evidence-missing"
    assert (await case.step("return", {"message": "Send the passport."})).status_code == 200
    assert (await case.look())["message"] == "Send the passport."
    sent = await case.send()
    assert sent.status_code == 201, sent.text
    stored = await looking.fetchval("SELECT sealed FROM evidence WHERE registration_id = $1", UUID(case.id))
    assert JPEG not in stored
    opened = await client.get(f"{QUEUE}/{case.id}", headers=case.clerk.headers | VERIFYING)
    assert opened.json()["stated"]["document_number"] == "C01X00T47"
    (evidence,) = opened.json()["evidence"]
    path = f"{QUEUE}/{case.id}/documents/{evidence['id']}"
    copy = await client.get(path, headers=case.clerk.headers | VERIFYING)
    assert (copy.content, copy.headers["content-type"]) == (JPEG, "image/jpeg")
    assert (await client.post(f"{OWN}/{case.id}/complete", headers=case.own)).status_code == 200
    await case.look()
    approved = await case.step("approve", {"document": "PASSPORT"})
    assert (approved.status_code, approved.json()["state"]) == (200, "APPROVED")
    assert (await client.get(path, headers=case.clerk.headers | VERIFYING)).status_code == 404
    kept = await looking.fetchrow("SELECT * FROM verifications WHERE account_id = $1", case.person.id)
    assert (kept["document"], kept["official_id"]) == ("PASSPORT", case.clerk.account.id)
    for step in ("submitted", "claimed", "returned", "completed", "approved"):
        (event,) = await told(looking, f"hub.identity.registration.{step}.v1", case.id)
        assert "C01X00T47" not in event
    lines = await told(looking, "hub.identity.record.accessed.v1", case.id)
    assert len(lines) == 4


async def test_an_approval_counts_at_that_institution_only(
    case: Case, population: Any, a_cnp: MakeCnp, flow: Any, resolve: Any
) -> None:
    person = population.put(entry(a_cnp(BORN)))
    assert (await case.submit(cnp=person.cnp.number)).status_code == 201
    assert kind(await case.send()) == "evidence-not-needed"
    await case.step("claim")
    assert (await case.step("approve", {"document": "IDENTITY_CARD"})).status_code == 200
    given = await flow.tokens(case.person)
    claims = read_claims((await resolve(given["access_token"])).json()["internal_token"])
    assert claims["acr"] == "low"
    assert claims["recognised"] == {str(IPJ_CV): "substantial"}
    assert kind(await case.submit(cnp=person.cnp.number)) == "already-recognised"
    assert (await case.submit(cnp=person.cnp.number, institution_id=str(IPJ_HR))).status_code == 201


async def test_another_institution_finds_nothing(case: Case, client: httpx2.AsyncClient, staff: Any) -> None:
    await case.submit(**FOREIGN)
    await case.send()
    there = await staff(Role.CLERK, Role.HEAD, institution=IPJ_HR, scopes={DECIDE})
    headers = there.headers | VERIFYING
    assert (await client.get(f"{QUEUE}/{case.id}", headers=headers)).status_code == 404
    listed = (await client.get(QUEUE, headers=headers, params={"limit": 200})).json()["items"]
    assert case.id not in {one["id"] for one in listed}
    for step, body in CHANGES:
        assert (await case.step(step, body, there.headers)).status_code == 404
    here = (await client.get(QUEUE, headers=case.clerk.headers, params={"limit": 200})).json()["items"]
    assert case.id in {one["id"] for one in here}


async def test_nobody_decides_on_themselves_their_spouse_or_a_relative(
    case: Case,
    population: Any,
    a_cnp: MakeCnp,
    session: Any,
    provider: Any,
    staff: Any,
) -> None:
    clerk = case.clerk
    his = population.put(entry(a_cnp(BORN)))
    hers = population.put(entry(a_cnp(BORN)), Relative(Kin.SPOUSE, his.cnp))
    async with session.begin():
        await identities.establish(session, provider, clerk.account, his, clock.now())
    await case.submit(cnp=hers.cnp.number)
    assert kind(await case.step("claim")) == "own-case"
    colleague = await staff(Role.CLERK, scopes={DECIDE})
    assert (await case.step("claim", None, colleague.headers)).status_code == 200
    head = clerk.headers
    assert kind(await case.step("approve", {"document": "PASSPORT"}, head)) == "own-case"
    own = await staff(Role.CLERK, scopes={DECIDE}, account=case.person)
    assert kind(await case.step("reject", CHANGES[3][1], own.headers)) == "own-case"


async def test_a_rejection_says_why_and_leaves_nothing_of_the_person(
    case: Case, looking: asyncpg.Connection, client: httpx2.AsyncClient
) -> None:
    await case.submit(**FOREIGN)
    await case.send()
    await case.step("claim")
    answer = await case.step("reject", {"reason": "DOCUMENT_NOT_READABLE", "message": "Send it sharper."})
    assert answer.json()["state"] == "REJECTED"
    seen = await case.look()
    assert (seen["reason"], seen["message"]) == ("DOCUMENT_NOT_READABLE", "Send it sharper.")
    row = await looking.fetchrow("SELECT * FROM registrations WHERE id = $1", UUID(case.id))
    assert row["stated"] is None
    copies = "SELECT count(*) FROM evidence WHERE registration_id = $1"
    assert await looking.fetchval(copies, UUID(case.id)) == 0
    assert kind(await case.step("claim")) == "registration-state"
    assert (await case.submit(**FOREIGN)).status_code == 201


async def test_two_officials_do_not_decide_at_once(case: Case, staff: Any) -> None:
    await case.submit(**FOREIGN)
    colleague = await staff(Role.CLERK, scopes={DECIDE})
    head = await staff(Role.HEAD, scopes={DECIDE})
    await case.step("claim")
    case.version = 1
    assert (await case.step("claim", None, colleague.headers)).status_code == 412
    case.version = 2
    refused = await case.step("reject", CHANGES[3][1], colleague.headers)
    assert kind(refused) == "registration-claimed"
    assert (await case.step("reject", CHANGES[3][1], head.headers)).status_code == 200


async def test_one_open_request_an_institution_and_none_for_the_validated(
    case: Case, population: Any, a_cnp: MakeCnp, session: Any, provider: Any, client: httpx2.AsyncClient
) -> None:
    assert kind(await case.submit(institution_id=SOMEBODY, **FOREIGN)) == "unknown-institution"
    both = await case.submit(cnp=a_cnp(BORN).number, **FOREIGN)
    neither = await case.submit()
    assert both.status_code == neither.status_code == 422
    assert (await case.submit(**FOREIGN)).status_code == 201
    assert kind(await case.submit(**FOREIGN)) == "registration-open"
    population.is_away = True
    away = await case.submit(institution_id=str(DGCTI), cnp=a_cnp(BORN).number)
    assert kind(away) == "register-unavailable"


async def test_what_the_register_does_not_bear_out_is_not_approved(case: Case, a_cnp: MakeCnp) -> None:
    submitted = await case.submit(cnp=a_cnp(BORN).number)
    assert submitted.status_code == 201
    assert "NOT_MATCHED" not in submitted.text
    claimed = await case.step("claim")
    assert claimed.json()["register_check"] == "NOT_MATCHED"
    assert kind(await case.step("approve", {"document": "PASSPORT"})) == "identity-not-confirmed"


async def test_files_of_another_kind_and_too_many_are_refused(case: Case) -> None:
    await case.submit(**FOREIGN)
    assert kind(await case.send(b"<svg>")) == "unreadable-file"
    assert (await case.send(JPEG[:3] + bytes(1_048_570))).status_code == 201
    assert (await case.send(JPEG[:3] + bytes(1_048_580))).status_code == 413
    for _ in range(3):
        assert (await case.send()).status_code == 201
    assert kind(await case.send()) == "too-much-evidence"


async def test_the_clock_ends_what_waits_too_long(
    case: Case, session: Any, looking: asyncpg.Connection
) -> None:
    await case.submit(**FOREIGN)
    await case.send()
    await looking.execute(
        "UPDATE registrations SET expires_at = $1 WHERE id = $2", clock.now(), UUID(case.id)
    )
    while await registration_ends.expire(session, clock.now()):
        pass
    assert (await case.look())["state"] == "EXPIRED"
    assert len(await told(looking, "hub.identity.registration.expired.v1", case.id)) == 1
    assert await looking.fetchval("SELECT stated FROM registrations WHERE id = $1", UUID(case.id)) is None
