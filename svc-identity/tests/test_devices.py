"""Devices without a browser (RFC 8628): rules first, then the journey of two, refusal by refusal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from hub_core import clock
from hub_core.language import Language
from svc_identity.domain import device_request
from svc_identity.domain.account import Account
from svc_identity.domain.client import ApplicationType, Authentication, Client, GrantType
from svc_identity.domain.device_request import DeviceRequest, Polled
from svc_identity.operations import devices, purge, registration

PASSWORD = "patru cuvinte fara rost"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
ORIGIN = "http://localhost:8080"
NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


# ── the rules ──


def a_request(**changed: Any) -> DeviceRequest:
    begun = device_request.begin(UUID(int=1), "tv", ("openid",), b"code", b"user", NOON)
    return replace(begun, **changed)


@pytest.mark.parametrize(
    ("request_", "client_id", "seconds", "answer"),
    [
        (a_request(), "tv", 1, Polled.PENDING),
        (a_request(polled_at=NOON), "tv", 5, Polled.PENDING),
        (a_request(polled_at=NOON), "tv", 4, Polled.SLOW_DOWN),
        (a_request(polled_at=NOON, interval=10), "tv", 9, Polled.SLOW_DOWN),
        (a_request(), "tv", 600, Polled.EXPIRED),
        (a_request(decided_at=NOON), "tv", 1, Polled.DENIED),
        (a_request(decided_at=NOON, grant_id=UUID(int=2)), "tv", 1, Polled.GRANTED),
        (a_request(decided_at=NOON, grant_id=UUID(int=2), polled_at=NOON), "tv", 1, Polled.GRANTED),
        (a_request(decided_at=NOON, grant_id=UUID(int=2), spent_at=NOON), "tv", 1, Polled.REFUSED),
        (a_request(decided_at=NOON, grant_id=UUID(int=2)), "other", 1, Polled.REFUSED),
    ],
)
def test_a_poll_is_answered(request_: DeviceRequest, client_id: str, seconds: int, answer: Polled) -> None:
    assert device_request.poll(request_, client_id, NOON + timedelta(seconds=seconds))[1] is answer


def test_who_polls_too_often_has_to_wait_longer_each_time() -> None:
    held, intervals = a_request(polled_at=NOON), []
    for second in range(1, 4):
        held, _ = device_request.poll(held, "tv", NOON + timedelta(seconds=second))
        intervals.append(held.interval)
    assert intervals == [10, 15, 20]


@pytest.mark.parametrize("typed", ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-M-J-H-T"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert device_request.read_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize("typed", ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH0", "\uff37DJB-MJHT"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert device_request.read_code(typed) is None


# ── the journey ──


@dataclass
class Television:
    """A device: it asks, shows a code, and polls."""

    http: httpx2.AsyncClient
    app: Client

    async def ask(self, **changed: str) -> httpx2.Response:
        fields = {"client_id": self.app.id, "scope": "openid email offline_access"} | changed
        return await self.http.post("/oauth2/device", data=fields)

    async def poll(self, device_code: str, **changed: str) -> httpx2.Response:
        fields = {"client_id": self.app.id, "grant_type": DEVICE_CODE, "device_code": device_code}
        return await self.http.post("/oauth2/token", data=fields | changed)


@pytest.fixture
async def television(sessions: Any, client: httpx2.AsyncClient, an_id: Any) -> Television:
    app = Client(
        id=f"tv-{an_id()}",
        names={Language.RO: "Televizor", Language.HU: "Televízió", Language.EN: "Television"},
        authentication=Authentication.NONE,
        application_type=ApplicationType.NATIVE,
        secret_hash=None,
        redirect_uris=(),
        post_logout_redirect_uris=(),
        scopes=frozenset({"openid", "email", "offline_access"}),
        created_at=clock.now(),
        grant_types=frozenset({GrantType.DEVICE_CODE, GrantType.REFRESH}),
    )
    async with sessions() as session:
        await registration.put_client(session, app)
    return Television(client, app)


@pytest.fixture
def decide(browser: Any) -> Callable[..., Awaitable[httpx2.Response]]:
    """A person types the code, signs in and decides: `decide(ana, begun, "agree")`."""

    async def go(account: Account, begun: dict[str, Any], decision: str) -> httpx2.Response:
        await browser.get("/account/device")
        await browser.post("/account/device", user_code=begun["user_code"].lower())
        page = await browser.follow()
        if page.url.path == "/account/sign-in":
            await browser.post(str(page.url), email=account.email, password=PASSWORD)
            page = await browser.follow()
        assert page.url.path == "/account/consent"
        assert "<strong>Television</strong>" in page.text
        assert "A device asks" in page.text
        answer: httpx2.Response = await browser.post(str(page.url), decision=decision)
        return answer

    return go


async def test_a_person_lets_a_device_in(
    television: Television, decide: Any, browser: Any, ana: Account, resolve: Any, client: httpx2.AsyncClient
) -> None:
    asked = await television.ask()
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    begun = asked.json()
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    assert begun["verification_uri"] == f"{ORIGIN}/account/device"
    assert begun["verification_uri_complete"].endswith(f"?user_code={begun['user_code']}")
    waiting = await television.poll(begun["device_code"])
    assert (waiting.status_code, waiting.json()["error"]) == (400, "authorization_pending")
    hasty = await television.poll(begun["device_code"])
    assert (hasty.status_code, hasty.json()["error"]) == (400, "slow_down")

    await decide(ana, begun, "agree")
    assert browser.location == f"{ORIGIN}/account/device/done"
    page = await browser.get(browser.location)
    assert "<h1>The device is connected</h1>" in page.text

    given = (await television.poll(begun["device_code"])).json()
    assert given.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    seen = (await client.get("/oauth2/userinfo", headers=bearer)).json()
    assert (seen["sub"], seen["email"]) == (str(ana.id), ana.email)
    body = {"client_id": television.app.id, "grant_type": "refresh_token"}
    fresh = await client.post("/oauth2/token", data=body | {"refresh_token": given["refresh_token"]})
    assert fresh.status_code == 200
    assert (await resolve(fresh.json()["access_token"])).status_code == 200

    again = await television.poll(begun["device_code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_the_tokens_of_a_device_end_with_the_session(
    television: Television, decide: Any, browser: Any, ana: Account, resolve: Any
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "agree")
    given = (await television.poll(begun["device_code"])).json()
    await browser.get("/account/sign-out")
    await browser.post("/account/sign-out")
    assert (await resolve(given["access_token"])).status_code == 401


async def test_who_signs_out_before_the_poll_let_nothing_in(
    television: Television, decide: Any, browser: Any, ana: Account
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "agree")
    await browser.get("/account/sign-out")
    await browser.post("/account/sign-out")
    assert (await television.poll(begun["device_code"])).json()["error"] == "invalid_grant"


async def test_a_device_that_is_denied_is_told(
    television: Television, decide: Any, browser: Any, ana: Account
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "deny")
    page = await browser.get(browser.location)
    assert (page.url.path, page.status_code) == ("/account/device/done", 200)
    assert "<h1>The device is not connected</h1>" in page.text
    assert (await television.poll(begun["device_code"])).json()["error"] == "access_denied"


async def test_a_device_is_asked_about_even_when_its_application_is_known(
    television: Television, decide: Any, ana: Account
) -> None:
    for _ in range(2):
        begun = (await television.ask()).json()
        await decide(ana, begun, "agree")
        assert (await television.poll(begun["device_code"])).status_code == 200


async def test_a_code_serves_one_decision(
    television: Television, decide: Any, a_browser: Any, ana: Account
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "agree")
    late = a_browser()
    await late.get(begun["verification_uri_complete"])
    assert late.page.all("input", name="user_code", value=begun["user_code"])
    answer = await late.post("/account/device", user_code=begun["user_code"])
    assert answer.status_code == 422
    assert "No device waits with this code" in answer.text


async def test_both_who_typed_the_code_are_not_let_in(
    television: Television, a_browser: Any, ana: Account, a_person: Any
) -> None:
    begun = (await television.ask()).json()
    pages = []
    for person in (ana, await a_person()):
        one = a_browser()
        await one.sign_in(person)
        await one.get("/account/device")
        await one.post("/account/device", user_code=begun["user_code"])
        pages.append((one, str((await one.follow()).url)))
    answers = [await one.post(address, decision="agree") for one, address in pages]
    assert [answer.status_code for answer in answers] == [303, 410]


async def test_guessing_codes_becomes_slow(a_browser: Any) -> None:
    browser = a_browser()
    await browser.get("/account/device")
    answers = [(await browser.post("/account/device", user_code="BBBB-BBBB")).status_code for _ in range(12)]
    assert answers == [422] * 11 + [429]


async def test_a_device_code_runs_out(
    television: Television, decide: Any, ana: Account, session: Any, provider: Any
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "agree")
    late = clock.now() + timedelta(minutes=10)
    with pytest.raises(Exception, match="expired_token"):
        await devices.poll(session, provider, television.app, device_code=begun["device_code"], now=late)


async def test_an_approval_waits_for_its_poll_and_is_forgotten_later(
    television: Television, decide: Any, ana: Account, session: Any, looking: Any
) -> None:
    begun = (await television.ask()).json()
    await decide(ana, begun, "agree")
    left = "SELECT count(*) FROM grants WHERE client_id = $1"
    await purge.purge(session, clock.now() + timedelta(minutes=9))
    assert await looking.fetchval(left, television.app.id) == 1
    await purge.purge(session, clock.now() + timedelta(minutes=21))
    assert await looking.fetchval(left, television.app.id) == 0


# ── refusals ──


async def test_the_device_endpoint_refuses_by_name(
    television: Television, client: httpx2.AsyncClient
) -> None:
    assert (await television.ask(scope="openid petitions:read")).json()["error"] == "invalid_scope"
    assert (await television.ask(scope="")).json()["error"] == "invalid_scope"
    assert (await television.ask(client_id="nobody")).json()["error"] == "invalid_client"
    assert (await television.ask(client_id="demo-portal")).json()["error"] == "unauthorized_client"
    answer = await client.get("/oauth2/device")
    assert answer.status_code == 405


async def test_the_token_endpoint_refuses_a_device_code_by_name(television: Television, a_flow: Any) -> None:
    begun = (await television.ask()).json()
    other = await television.poll(begun["device_code"], client_id="demo-portal")
    assert other.json()["error"] == "unauthorized_client"
    assert (await television.poll("made-up")).json()["error"] == "invalid_grant"
    fields = {"client_id": television.app.id, "grant_type": DEVICE_CODE}
    missing = await television.http.post("/oauth2/token", data=fields)
    assert missing.json()["error"] == "invalid_request"


async def test_a_client_for_devices_gets_no_codes_at_the_authorization_endpoint(
    a_flow: Any, television: Television, sessions: Any
) -> None:
    app = replace(television.app, redirect_uris=("http://127.0.0.1:8765/callback",))
    async with sessions() as session:
        await registration.put_client(session, app)
    flow = a_flow(app=app)
    await flow.ask(scope="openid")
    assert flow.returned()["error"] == "unauthorized_client"


async def test_the_flow_is_told(client: httpx2.AsyncClient) -> None:
    said = (await client.get("/.well-known/openid-configuration")).json()
    assert said["device_authorization_endpoint"] == f"{ORIGIN}/oauth2/device"
    assert DEVICE_CODE in said["grant_types_supported"]
