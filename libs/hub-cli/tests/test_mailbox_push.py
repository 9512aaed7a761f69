"""The local push service: what RFC 8030 and RFC 8292 want of who sends, what RFC 8291 says of the content."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from hub_cli.mailbox import app as mailbox
from hub_cli.mailbox.push import Browser

ORIGIN = "http://localhost"


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


SERVER = ec.derive_private_key(7, ec.SECP256R1())
OTHER = ec.derive_private_key(8, ec.SECP256R1())


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = mailbox.create_app(tmp_path, 0)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as made,
    ):
        yield made


@pytest.fixture
async def subscribed(client: httpx2.AsyncClient) -> dict[str, Any]:
    told = {"owner": "ana", "key": encoded(point_of(SERVER))}
    made = await client.post("/api/push-subscriptions", json=told)
    assert made.status_code == 201
    given: dict[str, Any] = made.json()
    return given


def signed(server: ec.EllipticCurvePrivateKey = SERVER, audience: str = ORIGIN, seconds: int = 3600) -> str:
    claims = {"aud": audience, "exp": int(time.time()) + seconds, "sub": "mailto:a@example.org"}
    key = ECKey.import_key(server)
    return f"vapid t={jwt.encode({'alg': 'ES256'}, claims, key)}, k={encoded(point_of(server))}"


def sealed(text: bytes, keys: dict[str, str]) -> bytes:
    """A message as a server encrypts it (RFC 8291, 3.4)."""

    def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)

    private, receiver, salt = ec.generate_private_key(ec.SECP256R1()), decoded(keys["p256dh"]), bytes(16)
    shared = private.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver)
    )
    info = b"WebPush: info\0" + receiver + point_of(private)
    key = derive(shared, decoded(keys["auth"]), info, 32)
    nonce = derive(key, salt, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(derive(key, salt, b"Content-Encoding: aes128gcm\0", 16)).encrypt(
        nonce, text + b"\2", None
    )
    return salt + (8192).to_bytes(4) + bytes([65]) + point_of(private) + record


async def push(
    client: httpx2.AsyncClient,
    subscription: dict[str, Any],
    text: bytes = b'{"notification": {"title": "Ceva nou"}}',
    **headers: str | None,
) -> httpx2.Response:
    body = sealed(text, subscription["keys"])
    sent = {"ttl": "60", "content-encoding": "aes128gcm", "authorization": signed()} | headers
    kept = {name: value for name, value in sent.items() if value is not None}
    return await client.post(subscription["endpoint"], content=body, headers=kept)


async def items(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await client.get("/api/messages")).json()["items"]
    return listed


def test_the_message_of_rfc_8291_is_read() -> None:
    """RFC 8291, 5 and appendix A."""
    private = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    browser = Browser(
        "ana", None, ec.derive_private_key(private, ec.SECP256R1()), decoded("BTBZMqHH6r4Tts7J_aSIgg")
    )
    message = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.read(message) == b"When I grow up, I want to be a watermelon"
    with pytest.raises(ValueError, match="not for this browser"):
        browser.read(message[:-1] + bytes([message[-1] ^ 1]))


async def test_a_message_is_taken_read_and_shown(
    client: httpx2.AsyncClient, subscribed: dict[str, Any]
) -> None:
    taken = await push(client, subscribed, topic="news", urgency="high")
    assert (taken.status_code, taken.headers["ttl"]) == (201, "60")
    assert taken.headers["location"].startswith(ORIGIN)
    (item,) = await items(client)
    assert (item["channel"], item["recipients"], item["subject"]) == ("PUSH", ["ana"], "Ceva nou")
    assert item["message_id"] == "news"
    page = await client.get(f"/messages/{item['id']}")
    assert "Ceva nou" in page.text
    assert "Push" in (await client.get("/")).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"ttl": None}, 400),
        ({"ttl": "soon"}, 400),
        ({"urgency": "urgent"}, 400),
        ({"topic": "x" * 33}, 400),
        ({"content-encoding": "aesgcm"}, 415),
        ({"authorization": None}, 401),
        ({"authorization": signed(OTHER)}, 403),
        ({"authorization": signed(audience="http://elsewhere.example")}, 403),
        ({"authorization": signed(seconds=-1)}, 403),
        ({"authorization": signed(seconds=2 * 86_400)}, 403),
        ({"authorization": signed()[:-4] + "AAAA"}, 403),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_what_the_standards_do_not_allow_is_refused(
    client: httpx2.AsyncClient, subscribed: dict[str, Any], headers: dict[str, str | None], status: int
) -> None:
    assert (await push(client, subscribed, **headers)).status_code == status
    assert await items(client) == []


async def test_a_message_for_another_browser_or_too_large_a_one_is_refused(
    client: httpx2.AsyncClient, subscribed: dict[str, Any]
) -> None:
    other = (await client.post("/api/push-subscriptions", json={"owner": "ion"})).json()
    mixed = {"endpoint": subscribed["endpoint"], "keys": other["keys"]}
    assert (await push(client, mixed)).status_code == 400
    assert (await push(client, subscribed, b"x" * 4096)).status_code == 413
    assert (await push(client, other, authorization=signed(OTHER))).status_code == 201


async def test_it_fails_as_it_is_told_and_a_subscription_that_is_gone_stays_gone(
    client: httpx2.AsyncClient, subscribed: dict[str, Any]
) -> None:
    told = {"status": 429, "retry_after": 7, "times": 1}
    assert (await client.put("/api/push-behaviour", json=told)).status_code == 204
    busy = await push(client, subscribed)
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
    assert (await push(client, subscribed)).status_code == 201
    await client.put("/api/push-behaviour", json={"status": 410})
    assert (await push(client, subscribed)).status_code == 410
    assert (await client.delete("/api/push-behaviour")).status_code == 204
    assert (await push(client, subscribed)).status_code == 410


async def test_every_browser_unsubscribes(client: httpx2.AsyncClient, subscribed: dict[str, Any]) -> None:
    assert (await client.delete("/api/push-subscriptions")).status_code == 204
    assert (await push(client, subscribed)).status_code == 410
