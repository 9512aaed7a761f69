"""Browsers that listen for people. Permission cases first."""

import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub_core import ids

SUBSCRIPTIONS = "/notify/v1/push-subscriptions"
MOST = 10


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def a_subscription(endpoint: str = "") -> dict[str, Any]:
    """What a browser gives, with keys of its own."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "endpoint": endpoint or f"https://push.example.net/wpush/v2/{secrets.token_urlsafe(24)}",
        "keys": {"p256dh": encoded(key), "auth": encoded(secrets.token_bytes(16))},
    }


@pytest.fixture
def person() -> UUID:
    """A person of this test."""
    return ids.new_id()


@pytest.fixture
def headers(person: UUID, signed_in: Any) -> dict[str, str]:
    """Their headers."""
    made: dict[str, str] = signed_in(person, {"messages:read", "messages:write"})
    return made


# ── who may ──


@pytest.mark.parametrize(
    ("method", "path", "scope", "other"),
    [
        ("POST", SUBSCRIPTIONS, "messages:write", "messages:read"),
        ("GET", SUBSCRIPTIONS, "messages:read", "messages:write"),
        (
            "DELETE",
            f"{SUBSCRIPTIONS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
            "messages:write",
            "messages:read",
        ),
    ],
)
async def test_an_operation_wants_a_token_with_its_scope(
    service: Any, signed_in: Any, method: str, path: str, scope: str, other: str
) -> None:
    body = {"json": a_subscription()} if method == "POST" else {}
    answer = await service.client.request(method, path, **body)
    assert answer.status_code == 401
    answer = await service.client.request(method, path, headers=signed_in(scopes={other}), **body)
    assert answer.status_code == 403
    assert f'scope="{scope}"' in answer.headers["www-authenticate"]


async def test_the_key_is_everybody_s_to_see(service: Any) -> None:
    answer = await service.client.get("/notify/v1/push-key")
    assert answer.status_code == 200
    assert len(answer.json()["key"]) == 87


async def test_nobody_sees_or_ends_the_subscription_of_another(
    service: Any, headers: dict[str, str], signed_in: Any
) -> None:
    made = await service.client.post(SUBSCRIPTIONS, json=a_subscription(), headers=headers)
    elsewhere = signed_in(scopes={"messages:read", "messages:write"})
    assert (await service.client.get(SUBSCRIPTIONS, headers=elsewhere)).json()["items"] == []
    path = f"{SUBSCRIPTIONS}/{made.json()['id']}"
    assert (await service.client.delete(path, headers=elsewhere)).status_code == 404
    assert (await service.client.delete(path, headers=headers)).status_code == 204
    assert (await service.client.delete(path, headers=headers)).status_code == 404


# ── what is taken ──


async def test_a_browser_subscribes_is_listed_and_stays_the_same_one(
    service: Any, headers: dict[str, str]
) -> None:
    wanted = a_subscription()
    made = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert made.status_code == 201
    again = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert again.json()["id"] == made.json()["id"]
    listed = (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()
    assert [one["service"] for one in listed["items"]] == ["push.example.net"]
    assert wanted["endpoint"] not in json.dumps(listed)


async def test_who_signs_in_next_at_a_browser_takes_it_over(
    service: Any, headers: dict[str, str], signed_in: Any
) -> None:
    wanted, next_one = a_subscription(), signed_in(scopes={"messages:read", "messages:write"})
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=next_one)
    assert (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()["items"] == []
    assert len((await service.client.get(SUBSCRIPTIONS, headers=next_one)).json()["items"]) == 1


async def test_of_more_browsers_than_the_rule_allows_the_oldest_listen_no_more(
    service: Any, headers: dict[str, str]
) -> None:
    made = []
    for _ in range(MOST + 2):
        answer = await service.client.post(SUBSCRIPTIONS, json=a_subscription(), headers=headers)
        made.append(answer.json()["id"])
    listed = (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()
    assert [one["id"] for one in listed["items"]] == made[:1:-1]
    page = (await service.client.get(SUBSCRIPTIONS, params={"limit": 4}, headers=headers)).json()
    assert len(page["items"]) == 4
    rest = {"limit": 50, "cursor": page["next_cursor"]}
    left = (await service.client.get(SUBSCRIPTIONS, params=rest, headers=headers)).json()
    assert [one["id"] for one in page["items"] + left["items"]] == made[:1:-1]


@pytest.mark.parametrize(
    ("endpoint", "pointer"),
    [
        ("http://push.example.net/x", None),
        ("https://push.example.net:8443/x", None),
        ("https://intranet/x", None),
        ("https://user:word@push.example.net/x", None),
        ("https://0x7f.1/x", None),
        ("ftp://push.example.net/x", "/endpoint"),
        ("push.example.net", "/endpoint"),
        ("https://push.example.net/" + "x" * 2048, "/endpoint"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_an_endpoint_that_would_never_be_called_is_not_taken(
    service: Any, headers: dict[str, str], endpoint: str, pointer: str | None
) -> None:
    answer = await service.client.post(SUBSCRIPTIONS, json=a_subscription(endpoint), headers=headers)
    assert answer.status_code == 422
    assert endpoint not in answer.text
    told = answer.json()
    if pointer:
        assert [error["pointer"] for error in told["errors"]] == [pointer]
    else:
        assert told["type"].endswith("/problems/push-endpoint-refused")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p256dh", encoded(b"\4" + b"\1" * 64)),
        ("p256dh", encoded(b"\2" + b"\1" * 32) + "A" * 43),
        ("p256dh", "short"),
        ("auth", encoded(bytes(17))),
        ("auth", "!" * 22),
    ],
    ids=["no-point", "compressed", "short", "auth-of-17-bytes", "no-base64"],
)
async def test_keys_that_nothing_could_be_encrypted_with_are_not_taken(
    service: Any, headers: dict[str, str], name: str, value: str
) -> None:
    wanted = a_subscription()
    wanted["keys"][name] = value
    answer = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/keys/{name}"]


async def test_it_lies_sealed_and_no_log_says_where_a_browser_listens(
    service: Any,
    person: UUID,
    headers: dict[str, str],
    looking: asyncpg.Connection,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    wanted = a_subscription()
    made = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    row = await looking.fetchrow("SELECT * FROM notify.push_subscriptions WHERE person_id = $1", person)
    await service.client.delete(f"{SUBSCRIPTIONS}/{made.json()['id']}", headers=headers)
    said = capfdbinary.readouterr().out.decode()
    assert '"event":"request"' in said
    for secret in (wanted["endpoint"], "push.example.net", wanted["keys"]["auth"]):
        assert secret not in said
        assert secret not in repr(dict(row))


# ── what a person's data are ──


async def test_the_copy_of_ones_data_names_the_browsers(
    service: Any, person: UUID, headers: dict[str, str], signed_in: Any
) -> None:
    wanted = a_subscription()
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    as_identity = signed_in(scopes={"personal-data:read"}, kind="service", sub="identity", sid=None)
    told = (await service.client.get(f"/internal/v1/people/{person}/export", headers=as_identity)).json()
    (section,) = [one for one in told["sections"] if one["name"] == "browsers"]
    assert [item["endpoint"] for item in section["items"]] == [wanted["endpoint"]]
