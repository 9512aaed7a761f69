"""The keys that internal tokens are verified with."""

import asyncio

import httpx2

from hub_service.settings import ServiceSettings
from hub_service.tokens import Verifier
from hub_testing.identity import FakeIdentity


async def test_who_comes_together_asks_for_the_keys_once(fake_identity: FakeIdentity) -> None:
    settings = ServiceSettings(public_origin="http://localhost:8080", identity_url=fake_identity.url)
    fake_identity.forget()
    async with httpx2.AsyncClient() as http:
        verifier = Verifier(settings, http)
        callers = await asyncio.gather(*(verifier.verify(fake_identity.token()) for _ in range(20)))
    assert len({caller.subject for caller in callers}) == 20
    assert [question.path for question in fake_identity.asked] == ["/internal/v1/jwks"]
