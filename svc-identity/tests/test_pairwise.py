"""Pairwise subjects: a sector knows a person by a name of its own (OpenID Connect Core, 8)."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from hub_core import clock
from hub_core.language import Language
from svc_identity.domain.account import Account
from svc_identity.domain.client import ApplicationType, Authentication, Client, SubjectType
from svc_identity.domain.grant import hash_of
from svc_identity.operations import registration

SECRET = "a-secret-of-a-confidential-client"


def subject_in(token: str) -> str:
    payload = token.split(".")[1]
    subject: str = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
    return subject


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def a_client(sessions: Any, an_id: Any) -> MakeClient:
    """Store `a_client(redirect_uris=…, sector=…)`: pairwise, confidential."""

    async def make(**given: Any) -> Client:
        made = Client(
            id=f"app-{an_id()}",
            names=dict.fromkeys(Language, "App"),
            authentication=Authentication.SECRET_BASIC,
            application_type=ApplicationType.WEB,
            secret_hash=hash_of(SECRET),
            redirect_uris=("https://app.example.org/callback",),
            post_logout_redirect_uris=(),
            scopes=frozenset({"openid", "email", "offline_access"}),
            created_at=clock.now(),
            subject_type=SubjectType.PAIRWISE,
        )
        made = replace(made, **given)
        async with sessions() as session:
            await registration.put_client(session, made)
        return made

    return make


def test_a_sector_is_registered_or_the_one_host_of_the_addresses(portal: Client) -> None:
    one = ("https://a.example.org/x", "https://a.example.org/y")
    two = ("https://a.example.org/x", "https://b.example.org/x")
    own_scheme = ("org.example.app:/callback",)
    assert replace(portal, redirect_uris=one).sector_identifier == "a.example.org"
    assert replace(portal, redirect_uris=two).sector_identifier == portal.id
    assert replace(portal, redirect_uris=own_scheme).sector_identifier == portal.id
    assert replace(portal, redirect_uris=two, sector="example.org").sector_identifier == "example.org"


async def test_the_client_sees_one_subject_everywhere_and_never_the_id(
    client: httpx2.AsyncClient, a_client: MakeClient, a_flow: Any, ana: Account, signed_in: Any
) -> None:
    app = await a_client()
    flow = a_flow(app=app)
    given = await flow.tokens(ana)
    subject = subject_in(given["id_token"])
    assert str(ana.id) not in subject
    assert len(subject) == 43
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    assert (await client.get("/oauth2/userinfo", headers=bearer)).json()["sub"] == subject
    through_the_gateway = signed_in(ana.id, {"openid"}, client_id=app.id)
    assert (await client.get("/oauth2/userinfo", headers=through_the_gateway)).json()["sub"] == subject
    seen = await client.post(
        "/oauth2/introspect", data={"token": given["access_token"]}, auth=(app.id, SECRET)
    )
    assert seen.json()["sub"] == subject
    fresh = (await flow.refresh(given["refresh_token"])).json()
    assert subject_in(fresh["id_token"]) == subject


async def test_a_sector_shares_the_subject_and_another_cannot_know_it(
    a_client: MakeClient, a_flow: Any, ana: Account, a_person: Any
) -> None:
    async def subject(app: Client, person: Account) -> str:
        return subject_in((await a_flow(app=app).tokens(person))["id_token"])

    one = await a_client(sector="example.org")
    two = await a_client(sector="example.org", redirect_uris=("https://b.example.net/cb",))
    other = await a_client(sector="example.com")
    assert await subject(one, ana) == await subject(two, ana)
    assert await subject(one, ana) != await subject(other, ana)
    assert await subject(one, ana) != await subject(one, await a_person())


async def test_a_hint_with_a_pairwise_subject_names_the_person(
    a_client: MakeClient, a_flow: Any, ana: Account, a_person: Any
) -> None:
    app = await a_client()
    mine = a_flow(app=app)
    given = await mine.tokens(ana)
    same = a_flow(app=app, browser=mine.browser)
    await same.ask(prompt="none", id_token_hint=given["id_token"])
    assert "code" in same.returned()
    theirs = a_flow(app=app)
    await theirs.tokens(await a_person())
    hinted = a_flow(app=app, browser=theirs.browser)
    await hinted.ask(prompt="none", id_token_hint=given["id_token"])
    assert hinted.returned()["error"] == "login_required"


async def test_the_internal_token_names_the_person_in_the_hub(
    a_client: MakeClient, a_flow: Any, ana: Account, resolve: Any
) -> None:
    given = await a_flow(app=await a_client()).tokens(ana)
    assert subject_in((await resolve(given["access_token"])).json()["internal_token"]) == str(ana.id)


async def test_the_subject_types_are_told(client: httpx2.AsyncClient) -> None:
    said = (await client.get("/.well-known/openid-configuration")).json()
    assert said["subject_types_supported"] == ["public", "pairwise"]
