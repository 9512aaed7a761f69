"""Officials: who may appoint whom, what a role opens, and how fast it is taken away."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.decisions import FourEyes, OwnCase
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_events.envelope import Envelope
from svc_identity import consumers
from svc_identity.domain import official as officials
from svc_identity.domain.account import Account
from svc_identity.domain.client import Client
from svc_identity.domain.official import Appointment, Institution, State, Wanted
from svc_identity.errors.officials import AppointmentOver
from svc_identity.seed import DGCTI, IPJ_CV, IPJ_HR, appointment

READ, WRITE = "officials:read", "officials:write"
SOMEBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
A, B, C = (UUID(int=number) for number in (1, 2, 3))

Staff = Callable[..., Awaitable[Any]]


def an_institution(code: str = "IPJ-CV") -> Institution:
    return Institution(IPJ_CV, code, dict.fromkeys(Language, code), date(2026, 1, 1), None, 1)


def wanted(**changed: Any) -> Wanted:
    facts: dict[str, Any] = {
        "person_id": B,
        "role": Role.CLERK,
        "valid_from": date(2026, 11, 21),
        "valid_to": date(2027, 11, 20),
        "act_number": "12/2026",
        "act_date": date(2026, 11, 20),
    }
    return Wanted(**(facts | changed))


def granted(role: Role = Role.CLERK) -> Appointment:
    return officials.grant(ids.new_id(), wanted(role=role), an_institution(), A, NOON)


# The rules.


def test_nobody_appoints_themselves() -> None:
    with pytest.raises(OwnCase):
        officials.grant(ids.new_id(), wanted(person_id=A), an_institution(), A, NOON)


@pytest.mark.parametrize("role", Role)
def test_a_role_of_four_eyes_waits_for_the_second_pair(role: Role) -> None:
    four = role in {Role.ADMIN, Role.ALERT_APPROVER, Role.CATALOG_PUBLISHER}
    assert granted(role).state is (State.PROPOSED if four else State.GRANTED)


def test_who_proposed_may_not_approve() -> None:
    with pytest.raises(FourEyes):
        officials.approve(granted(Role.ADMIN), A, NOON)


def test_nobody_approves_their_own_role() -> None:
    with pytest.raises(OwnCase):
        officials.approve(granted(Role.ADMIN), B, NOON)


def test_a_second_administrator_approves_once() -> None:
    approved = officials.approve(granted(Role.ADMIN), C, NOON)
    assert (approved.state, approved.approved_by, approved.version) == (State.GRANTED, C, 2)
    assert officials.approve(approved, C, NOON) is approved


def test_what_has_ended_is_not_approved() -> None:
    ended = officials.end(granted(Role.ADMIN), C, "no longer needed", NOON)
    with pytest.raises(AppointmentOver):
        officials.approve(ended, C, NOON)
    assert officials.end(ended, A, "again", NOON) is ended


@pytest.mark.parametrize("role", Role)
def test_a_head_gives_working_roles_only(role: Role) -> None:
    working = {"CLERK", "REGISTRAR", "HANDLER", "CATALOG_EDITOR", "TRAFFIC_OFFICER", "RECORDS_OFFICER"}
    assert officials.may_grant({Role.HEAD}, role) is (role in working | {"ALERT_OPERATOR"})
    assert officials.may_grant({Role.ADMIN}, role)
    assert not officials.may_grant(set(Role) - {Role.HEAD, Role.ADMIN}, role)


@pytest.mark.parametrize(
    ("changed", "flaw"),
    [
        ({"valid_to": date(2026, 11, 20)}, ("/valid_to", "order")),
        ({"valid_from": date(2026, 1, 1), "valid_to": date(2026, 11, 20)}, ("/valid_to", "past")),
        ({"valid_to": date(2030, 11, 22)}, ("/valid_to", "too-long")),
        ({"act_date": date(2026, 11, 22)}, ("/act_date", "future")),
        ({"act_number": "1850312149006"}, ("/act_number", "personal-number")),
        ({"role": Role.ADMIN}, ("/role", "not-here")),
        ({"role": Role.CATALOG_PUBLISHER}, ("/role", "not-here")),
    ],
)
def test_days_and_places_have_to_fit(changed: dict[str, Any], flaw: tuple[str, str]) -> None:
    found = officials.flaws(wanted(**changed), an_institution(), NOON)
    assert [(one.pointer, one.code) for one in found] == [flaw]


def test_four_years_to_the_day_fit() -> None:
    fits = wanted(valid_to=date(2030, 11, 21), role=Role.ADMIN)
    assert officials.flaws(fits, an_institution("DGCTI"), NOON) == []


def test_a_role_holds_from_midnight_to_midnight_in_bucharest() -> None:
    held = granted()
    assert held.ends_at == datetime.fromisoformat("2027-11-20T22:00:00+00:00")
    moments = {
        "2026-11-20T21:59:59+00:00": False,
        "2026-11-20T22:00:00+00:00": True,
        "2027-11-20T21:59:59+00:00": True,
        "2027-11-20T22:00:00+00:00": False,
    }
    for text, holds in moments.items():
        assert officials.in_force(held, datetime.fromisoformat(text)) is holds
    assert not officials.in_force(granted(Role.ADMIN), NOON)


# Who may.


def a_body(**changed: Any) -> dict[str, Any]:
    today = clock.local_date(clock.now())
    return {
        "person_id": SOMEBODY,
        "role": "CLERK",
        "valid_from": str(today),
        "valid_to": str(today + timedelta(days=365)),
        "act_number": "12/2026",
        "act_date": str(today),
    } | changed


OPERATIONS = [
    ("GET", "/identity/v1/officials", READ, {"HEAD", "ADMIN", "AUDITOR", "DPO"}),
    ("GET", f"/identity/v1/officials/{SOMEBODY}", READ, {"HEAD", "ADMIN", "AUDITOR", "DPO"}),
    ("POST", "/identity/v1/officials", WRITE, {"HEAD", "ADMIN"}),
    ("POST", f"/identity/v1/officials/{SOMEBODY}/approve", WRITE, {"ADMIN"}),
    ("POST", f"/identity/v1/officials/{SOMEBODY}/end", WRITE, {"HEAD", "ADMIN"}),
]


@pytest.mark.parametrize(("method", "path", "scope", "allowed"), OPERATIONS)
async def test_an_operation_on_officials_wants_scope_and_role(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str, allowed: set[str]
) -> None:
    body = {} if method == "GET" or path.endswith("approve") else {"json": {"reason": "moved"}}
    if path.endswith("officials") and method == "POST":
        body = {"json": a_body()}
    assert (await client.request(method, path, **body)).status_code == 401
    other = WRITE if scope == READ else READ
    acting = {"assurance": Assurance.SUBSTANTIAL, "institution": str(IPJ_CV)}
    refused = await client.request(
        method, path, headers=signed_in(scopes={other}, roles=["HEAD"], **acting), **body
    )
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "insufficient-scope")
    for role in Role:
        headers = signed_in(scopes={scope}, roles=[role], **acting)
        answer = await client.request(method, path, headers=headers, **body)
        is_refused = answer.status_code == 403 and answer.json()["type"].endswith("role-required")
        assert is_refused is (role not in allowed), (role, answer.text)
    citizen = await client.request(
        method, path, headers=signed_in(scopes={scope}, assurance=Assurance.SUBSTANTIAL), **body
    )
    assert citizen.status_code == 403
    if scope == WRITE:
        weak = signed_in(scopes={scope}, roles=["ADMIN"], institution=str(IPJ_CV))
        answer = await client.request(method, path, headers=weak, **body)
        assert answer.json()["type"].endswith("insufficient-user-authentication")


async def test_what_is_another_institutions_is_not_found(client: httpx2.AsyncClient, staff: Staff) -> None:
    clerk = await staff(Role.CLERK, institution=IPJ_CV)
    head = await staff(Role.HEAD, institution=IPJ_HR, scopes={READ, WRITE})
    path = f"/identity/v1/officials/{clerk.appointments[0].id}"
    assert (await client.get(path, headers=head.headers)).status_code == 404
    ended = await client.post(f"{path}/end", headers=head.headers, json={"reason": "not mine"})
    assert ended.status_code == 404
    listed = await client.get(
        "/identity/v1/officials", headers=head.headers, params={"institution_id": str(IPJ_CV)}
    )
    assert listed.status_code == 404
    body = a_body(person_id=str(clerk.account.id), institution_id=str(IPJ_CV))
    assert (await client.post("/identity/v1/officials", headers=head.headers, json=body)).status_code == 404
    own = (await client.get("/identity/v1/officials?limit=200", headers=head.headers)).json()["items"]
    assert {one["appointment"]["institution_id"] for one in own} == {str(IPJ_HR)}
    near = await staff(Role.AUDITOR, institution=IPJ_CV, scopes={READ})
    assert (await client.get(path, headers=near.headers)).status_code == 200


async def test_a_head_appoints_a_clerk_and_the_person_sees_it(
    client: httpx2.AsyncClient, staff: Staff, ana: Account, signed_in: Any
) -> None:
    head = await staff(Role.HEAD, scopes={READ, WRITE})
    body = a_body(person_id=str(ana.id))
    made = await client.post("/identity/v1/officials", headers=head.headers, json=body)
    assert made.status_code == 201, made.text
    shown = made.json()
    assert shown["name"] == "Ana Popescu"
    assert shown["appointment"]["state"] == "GRANTED"
    assert shown["granted_by"] == str(head.account.id)
    again = await client.post("/identity/v1/officials", headers=head.headers, json=body)
    assert again.json()["type"].endswith("already-appointed")
    own = await client.get("/identity/v1/me/appointments", headers=signed_in(ana.id, {"account:read"}))
    assert [one["id"] for one in own.json()["items"]] == [shown["appointment"]["id"]]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, "unknown-person"),
        ({"role": "SIGNATORY"}, "role-required"),
        ({"role": "HEAD"}, "role-required"),
        ({"valid_to": "2020-01-01"}, "invalid-request"),
    ],
)
async def test_a_head_is_refused(
    client: httpx2.AsyncClient, staff: Staff, changed: dict[str, Any], problem: str
) -> None:
    head = await staff(Role.HEAD, scopes={WRITE})
    answer = await client.post("/identity/v1/officials", headers=head.headers, json=a_body(**changed))
    assert answer.json()["type"].endswith(problem), answer.text


async def test_nobody_gives_themselves_a_role(client: httpx2.AsyncClient, staff: Staff) -> None:
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    body = a_body(person_id=str(admin.account.id), institution_id=str(IPJ_CV))
    answer = await client.post("/identity/v1/officials", headers=admin.headers, json=body)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("own-case")


async def test_an_institution_nobody_told_of_has_no_officials(
    client: httpx2.AsyncClient, staff: Staff, ana: Account
) -> None:
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    body = a_body(person_id=str(ana.id), institution_id=SOMEBODY)
    answer = await client.post("/identity/v1/officials", headers=admin.headers, json=body)
    assert answer.json()["type"].endswith("unknown-institution")


async def test_an_administrator_is_made_by_two(
    client: httpx2.AsyncClient, staff: Staff, a_person: Any
) -> None:
    first = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    second = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    wanted_admin = await a_person()
    body = a_body(person_id=str(wanted_admin.id), role="ADMIN")
    made = await client.post("/identity/v1/officials", headers=first.headers, json=body)
    assert made.json()["appointment"]["state"] == "PROPOSED"
    path = f"/identity/v1/officials/{made.json()['appointment']['id']}/approve"
    own = await staff(account=wanted_admin, institution=DGCTI)
    assert (await client.post(path, headers=own.headers)).status_code == 403
    alone = await client.post(path, headers=first.headers)
    assert alone.json()["type"].endswith("four-eyes")
    approved = await client.post(path, headers=second.headers)
    assert approved.json()["appointment"]["state"] == "GRANTED"
    assert approved.json()["approved_by"] == str(second.account.id)


async def test_an_administrator_does_not_approve_their_own_role(
    client: httpx2.AsyncClient, staff: Staff
) -> None:
    first = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    second = await staff(Role.ADMIN, institution=DGCTI, scopes={WRITE})
    body = a_body(person_id=str(second.account.id), role="CATALOG_PUBLISHER")
    made = (await client.post("/identity/v1/officials", headers=first.headers, json=body)).json()
    path = f"/identity/v1/officials/{made['appointment']['id']}/approve"
    assert (await client.post(path, headers=second.headers)).json()["type"].endswith("own-case")


# Acting as an official.


def claims_of(answer: httpx2.Response) -> dict[str, Any]:
    payload = answer.json()["internal_token"].split(".")[1]
    read: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return read


async def test_a_citizens_token_of_a_clerk_has_no_power(flow: Any, staff: Staff, resolve: Any) -> None:
    clerk = await staff(Role.CLERK)
    given = await flow.tokens(clerk.account)
    claims = claims_of(await resolve(given["access_token"]))
    assert claims["roles"] == []
    assert "institution" not in claims


async def test_a_staff_token_has_the_roles_at_the_institution(
    a_flow: Any, desk: Client, staff: Staff, resolve: Any
) -> None:
    clerk = await staff(Role.CLERK, Role.REGISTRAR)
    given = await a_flow(desk).tokens(clerk.account, scope="openid staff offline_access")
    claims = claims_of(await resolve(given["access_token"]))
    assert (claims["roles"], claims["institution"]) == (["CLERK", "REGISTRAR"], str(IPJ_CV))


async def test_a_token_without_the_scope_staff_is_a_citizens(
    a_flow: Any, desk: Client, staff: Staff, resolve: Any
) -> None:
    clerk = await staff(Role.CLERK)
    signed = a_flow(desk)
    given = await signed.tokens(clerk.account, scope="openid staff offline_access account:read")
    narrowed = await signed.refresh(given["refresh_token"], scope="account:read")
    claims = claims_of(await resolve(narrowed.json()["access_token"]))
    assert claims["roles"] == []


async def test_who_is_no_official_is_told_so_and_the_client_is_denied(
    a_flow: Any, desk: Client, ana: Account
) -> None:
    signed = a_flow(desk)
    await signed.ask(scope="openid staff")
    await signed.browser.follow()
    await signed.browser.post(
        str(signed.browser.answer.url), email=ana.email, password="patru cuvinte fara rost"
    )
    shown = await signed.browser.follow()
    assert "You are not an official now" in shown.text
    await signed.browser.post(str(shown.url), decision="agree")
    await signed.browser.follow()
    assert "You are not an official now" in signed.browser.answer.text
    await signed.browser.post(str(shown.url), decision="deny")
    assert signed.returned()["error"] == "access_denied"


async def test_who_has_two_institutions_chooses_one(
    a_flow: Any, desk: Client, staff: Staff, resolve: Any
) -> None:
    both = await staff(Role.CLERK, institution=IPJ_HR)
    await staff(Role.HANDLER, institution=IPJ_CV, account=both.account)
    signed = a_flow(desk)
    await signed.ask(scope="openid staff")
    await signed.browser.follow()
    await signed.browser.post(
        str(signed.browser.answer.url), email=both.account.email, password="patru cuvinte fara rost"
    )
    shown = await signed.browser.follow()
    offered = [one["value"] for one in signed.browser.page.all("input", type="radio")]
    assert offered == [str(IPJ_CV), str(IPJ_HR)]
    await signed.browser.post(str(shown.url), decision="agree", institution=str(IPJ_HR))
    given = await signed.exchange(signed.returned()["code"])
    claims = claims_of(await resolve(given.json()["access_token"]))
    assert (claims["roles"], claims["institution"]) == (["CLERK"], str(IPJ_HR))
    # asked again, they choose again; and a client that forbids it is told
    await signed.ask(scope="openid staff")
    assert "/account/consent" in signed.browser.location
    await signed.ask(scope="openid staff", prompt="none")
    assert signed.returned()["error"] == "interaction_required"


async def test_an_institution_that_is_not_theirs_is_not_chosen(
    a_flow: Any, desk: Client, staff: Staff
) -> None:
    both = await staff(Role.CLERK, institution=IPJ_HR)
    await staff(Role.HANDLER, institution=IPJ_CV, account=both.account)
    signed = a_flow(desk)
    await signed.ask(scope="openid staff")
    await signed.browser.follow()
    await signed.browser.post(
        str(signed.browser.answer.url), email=both.account.email, password="patru cuvinte fara rost"
    )
    shown = await signed.browser.follow()
    await signed.browser.post(str(shown.url), decision="agree", institution=str(DGCTI))
    assert "/account/consent" in signed.browser.location


async def test_the_end_of_an_appointment_is_told_and_the_token_refused(
    client: httpx2.AsyncClient,
    a_flow: Any,
    desk: Client,
    staff: Staff,
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    clerk = await staff(Role.CLERK)
    head = await staff(Role.HEAD, scopes={WRITE})
    signed = a_flow(desk)
    given = await signed.tokens(clerk.account, scope="openid staff offline_access")
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    path = f"/identity/v1/officials/{clerk.appointments[0].id}/end"
    ended = await client.post(path, headers=head.headers, json={"reason": "Moved elsewhere"})
    assert ended.status_code == 200, ended.text
    assert ended.json()["ended_by"] == str(head.account.id)
    told = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.identity.token.revoked.v1' AND key = $1", session_id
    )
    assert [json.loads(one["body"])["data"]["reason"] for one in told] == ["APPOINTMENT_ENDED"]
    assert (await resolve(given["access_token"])).status_code == 401
    refreshed = await signed.refresh(given["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    again = await client.post(path, headers=head.headers, json={"reason": "Moved elsewhere"})
    assert again.json()["type"].endswith("appointment-over")


async def test_the_official_reads_who_appointed_them(
    client: httpx2.AsyncClient, staff: Staff, ana: Account, looking: asyncpg.Connection
) -> None:
    head = await staff(Role.HEAD, scopes={WRITE})
    made = await client.post(
        "/identity/v1/officials", headers=head.headers, json=a_body(person_id=str(ana.id))
    )
    told = await looking.fetch("SELECT body FROM outbox WHERE subject = 'hub.identity.record.accessed.v1'")
    lines = [json.loads(one["body"])["data"] for one in told]
    (line,) = [one for one in lines if one["subject_person_id"] == str(ana.id)]
    assert line["actor_id"] == str(head.account.id)
    assert (line["action"], line["resource_type"], line["file"]) == ("CREATE", "appointment", "12/2026")
    assert line["resource_id"] == made.json()["appointment"]["id"]


async def test_another_role_at_the_institution_goes_on(
    client: httpx2.AsyncClient, a_flow: Any, desk: Client, staff: Staff, resolve: Any
) -> None:
    clerk = await staff(Role.CLERK, Role.HANDLER)
    head = await staff(Role.HEAD, scopes={WRITE})
    given = await a_flow(desk).tokens(clerk.account, scope="openid staff")
    path = f"/identity/v1/officials/{clerk.appointments[0].id}/end"
    assert (
        await client.post(path, headers=head.headers, json={"reason": "Only handler now"})
    ).status_code == 200
    claims = claims_of(await resolve(given["access_token"]))
    assert claims["roles"] == ["HANDLER"]


async def test_an_internal_token_ends_with_the_appointment(
    a_flow: Any, desk: Client, staff: Staff, resolve: Any, looking: asyncpg.Connection
) -> None:
    clerk = await staff(Role.CLERK)
    given = await a_flow(desk).tokens(clerk.account, scope="openid staff")
    await looking.execute(
        "UPDATE appointments SET valid_from = '2026-01-01', valid_to = $2 WHERE id = $1",
        clerk.appointments[0].id,
        clock.local_date(clock.now()) - timedelta(days=1),
    )
    assert (await resolve(given["access_token"])).status_code == 401


async def test_a_closed_institution_has_no_officials(
    a_flow: Any, desk: Client, staff: Staff, resolve: Any, session: Any
) -> None:
    closed = ids.new_id()
    told = {
        "institution_id": closed,
        "code": "OLD",
        "names": {language.value: "Old" for language in Language},
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "version": 1,
    }

    async def tell(**changed: Any) -> None:
        data = consumers.InstitutionChanged(**(told | changed))
        envelope = Envelope(ids.new_id(), NOON, data.subject, str(closed), None, data)
        async with session.begin():
            await consumers.institution_changed(session, envelope)

    await tell()
    clerk = await staff(Role.CLERK, institution=closed)
    given = await a_flow(desk).tokens(clerk.account, scope="openid staff")
    assert (await resolve(given["access_token"])).status_code == 200
    await tell(valid_to=date(2026, 1, 2), version=2)
    assert (await resolve(given["access_token"])).status_code == 401
    await tell(version=1)  # late: changes nothing
    assert (await resolve(given["access_token"])).status_code == 401


def test_an_appointment_of_the_seed_fits_the_rules() -> None:
    made = appointment(A, IPJ_CV, Role.CLERK, NOON)
    fits = wanted(valid_from=made.valid_from, valid_to=made.valid_to, act_date=made.act_date)
    assert officials.flaws(fits, an_institution(), NOON) == []
