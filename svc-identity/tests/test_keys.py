"""Signing keys in the database, the settings of the environment, and the demo data."""

import asyncio
import base64
import json
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import ValidationError

from hub_core import clock
from svc_identity import provider as providers
from svc_identity import seed
from svc_identity.domain.signing_key import Use
from svc_identity.master_key import Purpose, derived_from
from svc_identity.operations import keys
from svc_identity.settings import Settings

PASSWORD = "demo-parola-2026"


async def test_keys_rotate_by_themselves_with_an_overlap(settings: Settings, sessions: Any) -> None:
    made = providers.build(settings)
    now = clock.now()

    async def at(days: float) -> Any:
        async with sessions() as session:
            await keys.refresh(session, made, now + timedelta(days=days))
        return now + timedelta(days=days)

    def kids(when: Any) -> list[str]:
        return [key["kid"] for key in made.key_ring.published(Use.ID_TOKEN, when)["keys"]]

    def signer(token: str) -> str:
        header = token.split(".", maxsplit=1)[0]
        kid: str = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
        return kid

    when = await at(0)
    first = made.key_ring.sign(Use.ID_TOKEN, {"sub": "x"}, when)
    before = len(kids(when))
    when = await at(29.5)
    assert len(kids(when)) == before + 1
    assert signer(made.key_ring.sign(Use.ID_TOKEN, {"sub": "x"}, when)) == signer(first)
    when = await at(30.5)
    second = made.key_ring.sign(Use.ID_TOKEN, {"sub": "x"}, when)
    assert signer(second) != signer(first)
    assert {signer(first), signer(second)} <= set(kids(when))
    assert made.key_ring.read(Use.ID_TOKEN, first) == {"sub": "x"}
    when = await at(30.5 + 31)
    assert signer(first) not in kids(when)


async def test_two_replicas_and_a_client_that_caches_agree_on_the_keys_for_half_a_year(
    settings: Settings, sessions: Any
) -> None:
    """A client fetches the keys once a day, from either replica, and never meets a key it does not know."""
    replicas = [providers.build(settings) for _ in range(2)]
    began = clock.now() + timedelta(days=8000)
    cached: dict[str, Any] = {"keys": []}
    signers: dict[str, datetime] = {}
    for step in range(6 * 30 * 3):
        now = began + timedelta(hours=8 * step)
        asked, other = replicas[step % 2], replicas[(step + 1) % 2]
        if asked.key_ring.is_stale(now):  # as each request does; the other one may look a day later
            async with sessions() as session:
                await keys.refresh(session, asked, now)
        if step % 3 == 0:
            cached = asked.key_ring.published(Use.ID_TOKEN, now)
        token = asked.key_ring.sign(Use.ID_TOKEN, {"sub": str(step)}, now)
        read = jwt.decode(token, KeySet.import_key_set(cached), algorithms=["ES256"])
        assert read.claims == {"sub": str(step)}
        if step:
            assert other.key_ring.read(Use.ID_TOKEN, token) == {"sub": str(step)}
        signers[read.header["kid"]] = now
        shown = {key["kid"] for key in asked.key_ring.published(Use.ID_TOKEN, now)["keys"]}
        for kid, signed_last in signers.items():
            if now < signed_last + timedelta(days=30):
                assert kid in shown, "an ID token of the last thirty days still serves as a hint"
            elif now > signed_last + timedelta(days=31):
                assert kid not in shown
    assert len(signers) == 6


async def test_replicas_that_start_at_once_make_one_key(settings: Settings, sessions: Any) -> None:
    made = [providers.build(settings) for _ in range(6)]
    when = clock.now() + timedelta(days=4000)

    async def refresh(one: providers.Provider) -> None:
        async with sessions() as session:
            await keys.refresh(session, one, when)

    await asyncio.gather(*(refresh(one) for one in made))
    used = {one.key_ring.sign(Use.INTERNAL_TOKEN, {}, when).split(".")[0] for one in made}
    assert len(used) == 1


async def test_a_token_of_another_use_or_key_is_not_read(provider: Any, session: Any) -> None:
    await keys.refresh(session, provider, clock.now())
    token = provider.key_ring.sign(Use.INTERNAL_TOKEN, {"sub": "x"}, clock.now())
    assert provider.key_ring.read(Use.INTERNAL_TOKEN, token) == {"sub": "x"}
    for text in (token[:-4] + "AAAA", "a.b.c", "", token.split(".")[0]):
        assert provider.key_ring.read(Use.INTERNAL_TOKEN, text) is None
    assert provider.key_ring.read(Use.ID_TOKEN, token) is None


def test_what_is_sealed_opens_with_its_key_in_its_context_only() -> None:
    key = derived_from(bytes(32))
    sealed = key.seal(b"secret", "kid")
    assert key.unseal(sealed, "kid") == b"secret"
    assert key.seal(b"secret", "kid") != sealed
    for other, context in ((derived_from(b"1" * 32), "kid"), (key, "other")):
        with pytest.raises(InvalidTag):
            other.unseal(sealed, context)
    assert len({key.of(purpose) for purpose in Purpose}) == len(Purpose)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_IDENTITY_KEY", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv(
        "HUB_IDENTITY_SERVICES", '{"notify": {"secret": "s", "scopes": ["identity.contact:read"]}}'
    )
    read = Settings()
    assert read.identity_key.get_secret_value() == bytes(32)
    assert read.identity_services["notify"].scopes == ("identity.contact:read",)
    assert "AAAA" not in repr(read)
    for wrong in ("", "not base64!", base64.b64encode(bytes(31)).decode()):
        monkeypatch.setenv("HUB_IDENTITY_KEY", wrong)
        with pytest.raises(ValidationError):
            Settings()


async def test_the_demo_data_is_loaded_once(
    settings: Settings, looking: asyncpg.Connection, a_browser: Any
) -> None:
    for _ in range(2):
        await seed.seed(settings)
    wanted = "SELECT email, language FROM accounts WHERE email ~ '^[a-z]+[.][a-z]+@'"
    people = [(row["email"], row["language"]) for row in await looking.fetch(wanted)]
    assert len(people) == len(set(people))
    assert {
        ("ana.popescu@example.org", "ro"),
        ("ion.ionescu@example.org", "ro"),
        ("kovacs.istvan@example.org", "hu"),
        ("jane.doe@example.org", "en"),
    } <= set(people)
    browser = a_browser()
    await browser.get("/account/sign-in")
    await browser.post("/account/sign-in", email="kovacs.istvan@example.org", password=PASSWORD)
    answer = await browser.follow()
    assert "Kovács István" in answer.text
