"""What a mail server hands over by HTTP: proved, a mail, small enough, forged, twice (edge case 86)."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub_core import ids
from svc_notify.channels.return_paths import ReturnPaths
from svc_notify.domain.bounces import LARGEST
from svc_notify.keys import derived_from
from svc_notify.main import create_app
from svc_notify.manifest import MANIFEST
from svc_notify.settings import Settings

ROUTE = "/notify/v1/bounces"
ANA = "ana.popescu@example.org"
PATHS = ReturnPaths(derived_from(bytes(32)), "hub.example")
MAIL = {"content-type": "message/rfc822"}


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


def report(returned_to: str) -> bytes:
    return (
        f"To: {returned_to}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {ANA}\nAction: failed\nStatus: 5.1.1\n\n--B--\n"
    ).encode()


@pytest.fixture(params=["words"])
async def listening(
    request: Any, schema: Any, empty_streams: Any, service_settings: Any, running: Any
) -> AsyncIterator[Any]:
    """A service that has agreed on a secret with its mail server."""
    await empty_streams()
    await schema.truncate("rule_tables")
    settings = service_settings(MANIFEST, Settings, notify_bounce_secret=request.param, notify_smtp_port=1)
    async with running(create_app(settings)) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [{}, basic("bounces:other"), basic("other:words"), {"authorization": "Bearer words"}],
    ids=["none", "wrong-secret", "other-name", "bearer"],
)
async def test_who_does_not_prove_the_secret_is_refused(listening: Any, headers: dict[str, str]) -> None:
    answer = await listening.post(ROUTE, content=b"x", headers=MAIL | headers)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (401, "bounce-refused")


@pytest.mark.parametrize("listening", [""], indirect=True, ids=["unset"])
async def test_without_a_secret_everybody_is_refused(listening: Any) -> None:
    answer = await listening.post(ROUTE, content=b"x", headers=MAIL | basic("bounces:"))
    assert answer.status_code == 401


async def test_another_type_and_what_is_too_large_are_refused(listening: Any) -> None:
    proved = basic("bounces:words")
    answer = await listening.post(ROUTE, json={}, headers=proved)
    assert answer.status_code == 415
    answer = await listening.post(ROUTE, content=b"x" * (LARGEST + 1), headers=proved | MAIL)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        report(PATHS.of(ids.new_id(), ANA)),
        report(ReturnPaths(derived_from(b"\1" * 32), "hub.example").of(ids.new_id(), ANA)),
        b"\xff\x00",
        b"",
    ],
    ids=["unknown", "forged", "unreadable", "empty"],
)
async def test_what_changes_nothing_is_taken(listening: Any, content: bytes) -> None:
    answer = await listening.post(ROUTE, content=content, headers=MAIL | basic("bounces:words"))
    assert answer.status_code == 204


async def test_a_report_bounces_its_delivery_once(
    hub: Any, listening: Any, sender: Any, turn: Any, queue_notice: Any, stored: Any
) -> None:
    delivery = await queue_notice()
    await turn(sender)
    for _ in range(2):
        back = report(PATHS.of(delivery.id, ANA))
        answer = await listening.post(ROUTE, content=back, headers=MAIL | basic("bounces:words"))
        assert answer.status_code == 204
        assert (await stored(delivery.id))["state"] == "BOUNCED"
