"""Acting for another by token exchange (RFC 8693): in the principal's name, by the person who acts."""

import base64
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock
from hub_core.language import Language
from svc_identity.domain import mandate as mandates
from svc_identity.domain.account import Account
from svc_identity.domain.client import ApplicationType, Authentication, Client, GrantType, SubjectType
from svc_identity.domain.grant import hash_of
from svc_identity.domain.mandate import Mandate, State
from svc_identity.domain.mandate_type import MandateType, PrincipalKind
from svc_identity.domain.person import Person, Source
from svc_identity.operations import purge, registration, tokens
from svc_identity.storage import mandates as mandate_storage
from svc_identity.storage import people

EXCHANGE = GrantType.TOKEN_EXCHANGE.value
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SECRET = "a-secret-of-a-confidential-client"
SCOPE = "openid offline_access petitions:read petitions:write"
MakeClient = Callable[..., Awaitable[Client]]


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


@pytest.fixture
def a_client(sessions: Any, an_id: Any) -> MakeClient:
    """Store `a_client(subject_type=…)`, which may exchange tokens."""

    async def make(**given: Any) -> Client:
        made = Client(
            id=f"app-{an_id()}",
            names=dict.fromkeys(Language, "App"),
            authentication=Authentication.SECRET_BASIC,
            application_type=ApplicationType.WEB,
            secret_hash=hash_of(SECRET),
            redirect_uris=("https://app.example.org/callback",),
            post_logout_redirect_uris=(),
            scopes=frozenset(SCOPE.split()),
            created_at=clock.now(),
            grant_types=frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.TOKEN_EXCHANGE}),
        )
        made = replace(made, **given)
        async with sessions() as session:
            await registration.put_client(session, made)
        return made

    return make


@pytest.fixture
async def front_end(a_client: MakeClient) -> Client:
    return await a_client()


@pytest.fixture
def a_mandate(sessions: Any, an_id: Any) -> Callable[..., Awaitable[Mandate]]:
    """Store a proxy: of somebody without an account, to the account given."""

    async def make(representative: Account, **special: Any) -> Mandate:
        now = clock.now()
        principal = an_id()
        born = date(1950, 1, 1) + timedelta(days=secrets.randbelow(10_000))
        made = Mandate(
            **{
                "id": an_id(),
                "type": MandateType.NOTARIAL_PROXY,
                "principal_kind": PrincipalKind.PERSON,
                "principal_id": principal,
                "representative_id": representative.id,
                "given_by": principal,
                "services": (),
                "purpose": "",
                "valid_from": clock.local_date(now) - timedelta(days=30),
                "valid_to": clock.local_date(now) + timedelta(days=30),
                "evidence_ref": "procura 1/2026",
                "institution_id": None,
                "state": State.ACTIVE,
                "version": 1,
                "created_at": now,
                "verified_at": now,
                "checked_at": now,
            }
            | special
        )
        async with sessions() as session, session.begin():
            for person_id in (principal, representative.id):
                if await people.read(session, person_id) is None:
                    source = Source.POPULATION_REGISTER
                    person = Person(person_id, "Popescu", "Ana", born, None, source, 1, now, now)
                    await people.add(session, person)
            await mandate_storage.add(session, made)
        return made

    return make


async def exchange(flow: Any, given: dict[str, Any], mandate: Mandate, **changed: str | None) -> Any:
    fields: dict[str, str | None] = {
        "grant_type": EXCHANGE,
        "subject_token": given["access_token"],
        "subject_token_type": ACCESS_TOKEN,
        "mandate_id": str(mandate.id),
    }
    return await flow.token(**(fields | changed))


async def inspect(client: httpx2.AsyncClient, front_end: Client, token: str) -> dict[str, Any]:
    answer = await client.post("/oauth2/introspect", data={"token": token}, auth=(front_end.id, SECRET))
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_person_gets_a_token_to_act_for_their_principal(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, resolve: Any, client: httpx2.AsyncClient
) -> None:
    mandate = await a_mandate(ana)
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    answer = await exchange(flow, given, mandate)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    acting = answer.json()
    assert acting.keys() == {"access_token", "token_type", "expires_in", "scope", "issued_token_type"}
    assert acting["issued_token_type"] == ACCESS_TOKEN
    assert acting["scope"] == "petitions:read petitions:write"

    seen = await inspect(client, front_end, acting["access_token"])
    assert (seen["sub"], seen["act"]) == (str(mandate.principal_id), {"sub": str(ana.id)})
    assert (seen["mandate_id"], seen["sid"]) == (str(mandate.id), claims_of(given["id_token"])["sid"])

    internal = claims_of((await resolve(acting["access_token"])).json()["internal_token"])
    assert (internal["sub"], internal["kind"]) == (str(ana.id), "person")
    assert (internal["mandate"], internal["act_for"]) == (str(mandate.id), str(mandate.principal_id))
    assert internal["scope"] == "petitions:read petitions:write"
    own = claims_of((await resolve(given["access_token"])).json()["internal_token"])
    assert not {"mandate", "act_for"} & own.keys()


async def test_it_tells_nothing_of_the_person(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, client: httpx2.AsyncClient
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, await a_mandate(ana))).json()
    bearer = {"authorization": f"Bearer {acting['access_token']}"}
    assert (await client.get("/oauth2/userinfo", headers=bearer)).status_code == 403


async def test_a_pairwise_client_sees_subjects_of_its_own(
    a_flow: Any, a_client: MakeClient, ana: Account, a_mandate: Any, client: httpx2.AsyncClient
) -> None:
    front_end = await a_client(subject_type=SubjectType.PAIRWISE)
    mandate = await a_mandate(ana)
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, mandate)).json()
    seen = await inspect(client, front_end, acting["access_token"])
    assert seen["act"] == {"sub": claims_of(given["id_token"])["sub"]}
    assert seen["sub"] not in (str(mandate.principal_id), seen["act"]["sub"])


# ── within both bounds ──


async def test_it_carries_what_both_the_token_and_the_mandate_allow(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    reading = await a_mandate(ana, services=("petitions:read",))
    assert (await exchange(flow, given, reading)).json()["scope"] == "petitions:read"
    narrowed = await exchange(flow, given, await a_mandate(ana), scope="petitions:read")
    assert narrowed.json()["scope"] == "petitions:read"
    more = await exchange(flow, given, reading, scope="petitions:write")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    only_openid = await a_flow(app=front_end).tokens(ana, scope="openid")
    assert (await exchange(flow, only_openid, reading)).json()["error"] == "invalid_scope"


# ── it ends with what it came from ──


async def test_it_ends_with_its_parent_family(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, resolve: Any, client: httpx2.AsyncClient
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, await a_mandate(ana))).json()
    await client.post("/oauth2/revoke", data={"token": given["refresh_token"]}, auth=(front_end.id, SECRET))
    assert (await resolve(acting["access_token"])).status_code == 401


async def test_it_ends_with_the_session(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, resolve: Any
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, await a_mandate(ana))).json()
    await flow.browser.get("/account/sign-out")
    await flow.browser.post("/account/sign-out")
    assert (await resolve(acting["access_token"])).status_code == 401


async def test_it_ends_with_the_mandate_though_nothing_was_told(
    a_flow: Any,
    front_end: Client,
    ana: Account,
    a_mandate: Any,
    resolve: Any,
    client: httpx2.AsyncClient,
    looking: asyncpg.Connection,
) -> None:
    mandate = await a_mandate(ana)
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, mandate)).json()
    await looking.execute("UPDATE mandates SET state = 'REVOKED' WHERE id = $1", mandate.id)
    assert (await resolve(acting["access_token"])).status_code == 401
    assert await inspect(client, front_end, acting["access_token"]) == {"active": False}
    assert (await resolve(given["access_token"])).status_code == 200


async def test_an_internal_token_ends_with_the_last_day(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, session: Any, provider: Any
) -> None:

    today = clock.local_date(clock.now())
    mandate = await a_mandate(ana, valid_to=today)
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, mandate)).json()
    resolved = await tokens.resolve(session, provider, acting["access_token"], clock.now())
    assert resolved.expires_at <= mandates.midnight_after(today)


async def test_revoking_it_leaves_the_parent(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, resolve: Any, client: httpx2.AsyncClient
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    acting = (await exchange(flow, given, await a_mandate(ana))).json()
    await client.post("/oauth2/revoke", data={"token": acting["access_token"]}, auth=(front_end.id, SECRET))
    assert (await resolve(acting["access_token"])).status_code == 401
    assert (await resolve(given["access_token"])).status_code == 200


async def test_it_is_forgotten_before_its_parent(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, session: Any, looking: asyncpg.Connection
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    await exchange(flow, given, await a_mandate(ana))
    session_id = UUID(claims_of(given["id_token"])["sid"])
    left = "SELECT count(*) FROM grants WHERE session_id = $1"
    assert await looking.fetchval(left, session_id) == 2
    await purge.purge(session, clock.now() + timedelta(hours=1))
    assert await looking.fetchval(left, session_id) == 1


# ── refusals ──


async def test_a_mandate_that_is_not_in_force_is_refused(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, a_person: Any
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    today = clock.local_date(clock.now())
    for mandate in (
        await a_mandate(ana, state=State.REVOKED),
        await a_mandate(ana, valid_to=today - timedelta(days=1)),
        await a_mandate(ana, valid_from=today + timedelta(days=1)),
        await a_mandate(await a_person()),
    ):
        answer = await exchange(flow, given, mandate)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    answer = await exchange(flow, given, mandate, mandate_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
    assert answer.json()["error"] == "invalid_grant"


async def test_a_token_under_a_mandate_is_not_exchanged_again(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    mandate = await a_mandate(ana)
    acting = (await exchange(flow, given, mandate)).json()
    assert (await exchange(flow, acting, mandate)).json()["error"] == "invalid_request"


async def test_only_ones_own_live_access_token_is_exchanged(
    a_flow: Any,
    front_end: Client,
    a_client: MakeClient,
    ana: Account,
    a_mandate: Any,
    client: httpx2.AsyncClient,
) -> None:
    mandate = await a_mandate(ana)
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    others = await a_flow(app=await a_client()).tokens(ana, scope=SCOPE)
    for token in (others["access_token"], given["refresh_token"], given["id_token"], "hub_at_made-up"):
        answer = await exchange(flow, given, mandate, subject_token=token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    await client.post("/oauth2/revoke", data={"token": given["access_token"]}, auth=(front_end.id, SECRET))
    assert (await exchange(flow, given, mandate)).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"mandate_id": None}, "invalid_request"),
        ({"mandate_id": "not-a-uuid"}, "invalid_request"),
        ({"audience": "elsewhere"}, "invalid_target"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
    ],
)
async def test_a_wrong_exchange_is_refused_by_name(
    a_flow: Any, front_end: Client, ana: Account, a_mandate: Any, changed: dict[str, str | None], error: str
) -> None:
    flow = a_flow(app=front_end)
    given = await flow.tokens(ana, scope=SCOPE)
    answer = await exchange(flow, given, await a_mandate(ana), **changed)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_client_has_to_be_registered_for_it(
    a_flow: Any, a_client: MakeClient, ana: Account, a_mandate: Any
) -> None:
    flow = a_flow(app=await a_client(grant_types=frozenset({GrantType.CODE, GrantType.REFRESH})))
    given = await flow.tokens(ana, scope="petitions:read")
    answer = await exchange(flow, given, await a_mandate(ana))
    assert answer.json()["error"] == "unauthorized_client"
