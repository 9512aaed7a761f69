"""What is told, as it arrives at the broker; and what no log says."""

import asyncio
import json
from typing import Any

import pytest

from svc_identity.domain.account import Account

PASSWORD = "patru cuvinte fara rost"


async def test_a_revocation_reaches_the_broker(
    nats_operator: Any, client: Any, flow: Any, ana: Account, resolve: Any
) -> None:
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    heard: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def hear(message: Any) -> None:
        event = json.loads(message.data)
        if event["subject"] == session_id and not heard.done():
            heard.set_result(event)

    listening = await nats_operator.subscribe("hub.identity.token.revoked.v1", cb=hear)
    await nats_operator.flush()
    await client.post("/oauth2/revoke", data={"token": given["access_token"], "client_id": "demo-portal"})
    event = await asyncio.wait_for(heard, 10)
    await listening.unsubscribe()
    assert event["type"] == "hub.identity.token.revoked.v1"
    assert event["data"] == {"version": 1, "session_id": session_id, "reason": "TOKEN_REVOKED"}


async def test_logs_and_addresses_name_nobody_and_hold_no_secret(
    flow: Any, ana: Account, resolve: Any, client: Any, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    addresses: list[str] = []

    async def note(request: Any) -> None:
        addresses.append(str(request.url))

    flow.browser.http.event_hooks["request"].append(note)
    code = await flow.code(ana, scope="openid email profile offline_access")
    given = (await flow.exchange(code)).json()
    await resolve(given["access_token"])
    await client.get("/oauth2/userinfo", headers={"authorization": f"Bearer {given['access_token']}"})
    await client.post("/oauth2/token", data={"grant_type": "refresh_token", "refresh_token": "guessed"})
    await flow.browser.get("/account/overview")
    said = capfdbinary.readouterr().out.decode() + "\n".join(addresses)
    assert addresses
    assert '"event":"request"' in said
    secret = [
        ana.email,
        "Popescu",
        PASSWORD,
        code,
        *(str(value) for value in given.values() if len(str(value)) > 20),
    ]
    secret.append(flow.browser.http.cookies["hub_session"])
    for one in secret:
        if one != given["scope"]:
            assert one not in said
