"""Argon2id (RFC 9106), in threads, a few at once."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from hub_service.problems import ServiceUnavailable

from .domain import password
from .settings import Settings

Result = TypeVar("Result")


class Passwords:
    """Hashes and verifies. Each hash takes the settings' memory, so only a few run at once.

    Who finds too many waiting gets `ServiceUnavailable`.
    """

    def __init__(self, settings: Settings) -> None:
        self._argon2 = PasswordHasher(
            time_cost=settings.identity_argon2_passes,
            memory_cost=settings.identity_argon2_memory_kib,
            parallelism=settings.identity_argon2_lanes,
        )
        self._turns = asyncio.Semaphore(settings.identity_argon2_at_once)
        self._room = settings.identity_argon2_at_once + settings.identity_argon2_waiting
        self._nobody = _hash_of_nothing(self._argon2)

    async def hash(self, text: str) -> str:
        """The encoded hash to store."""
        return await self._in_thread(lambda: self._argon2.hash(password.prepare(text)))

    async def verify(self, stored: str | None, text: str) -> bool:
        """Whether the password is right. Without a stored hash the same work is done, for nothing."""
        return await self._in_thread(lambda: self._matches(stored or self._nobody, password.prepare(text)))

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _matches(self, stored: str, text: str) -> bool:
        try:
            return self._argon2.verify(stored, text)
        except VerifyMismatchError:
            return False

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if self._room == 0:
            raise ServiceUnavailable(headers={"retry-after": "1"})
        self._room -= 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._room += 1


def _hash_of_nothing(argon2: PasswordHasher) -> str:
    """An encoded hash of today's parameters that no password has."""

    def random(length: int) -> str:
        return b64encode(secrets.token_bytes(length)).decode().rstrip("=")

    cost = f"m={argon2.memory_cost},t={argon2.time_cost},p={argon2.parallelism}"
    return f"$argon2id$v=19${cost}${random(argon2.salt_len)}${random(argon2.hash_len)}"
