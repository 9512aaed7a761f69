"""Where documents lie: a folder or an S3-compatible store, encrypted, each whole or absent.

    store = Store.open("file:///var/lib/hub/documents", key)
    stored = await store.put("2026/11/0190f3.pdf", content)  # Stored(name, sha256, size)
    await store.get(stored.name)

What lies there is AES-256-GCM, bound to its name: who reads or changes the store learns nothing and
cannot put one document in the place of another. S3 takes its access from the environment (`AWS_…`).
Every act can raise `StoreUnavailable`.
"""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2
_TIMEOUT: Final = timedelta(seconds=10)
_RETRIES: Final = 2
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:[./][a-z0-9][a-z0-9_-]*)*")

_STAGED: Final = "*#[0-9]*"
"""Under what obstore writes a file before it has its name (`a.pdf#1`): no name of ours."""


class DocumentMissing(Exception):
    """Nothing of this name is stored."""


class DocumentDamaged(Exception):
    """What is stored was changed, belongs to another name, or was written with another key."""


class NameTaken(Exception):
    """Another content has this name; it stays as it is."""


class StoreUnavailable(Exception):
    """The store did not answer, or refused us. Whether a document was stored is not known: put it again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that is stored: SHA-256 and size, in bytes, are of its clear content."""

    name: str
    sha256: bytes
    size: int


class Store:
    """Documents by name; `key` is 32 bytes. Names say nothing of what they hold: they lie in the open."""

    def __init__(self, objects: ObjectStore, key: bytes, folder: Path | None = None) -> None:
        self._objects = objects
        self._cipher = AESGCM(key)
        self._folder = folder

    @classmethod
    def open(cls, url: str, key: bytes) -> Self:
        """The store at an address: `file:///folder` (made when it is not there), or `s3://bucket/prefix`."""
        parts = urlsplit(url)
        if parts.scheme != "file":
            return cls(
                from_url(
                    url,
                    # An endpoint inside the house may be plain HTTP: what travels is encrypted already.
                    client_options={"timeout": _TIMEOUT, "allow_http": True},
                    retry_config={"max_retries": _RETRIES, "retry_timeout": _TIMEOUT},
                ),
                key,
            )
        folder = Path(url2pathname(parts.path))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(LocalStore(folder), key, folder)

    async def put(self, name: str, content: bytes) -> Stored:
        """Store the document, on disk when this returns; the same again changes nothing.

        Raises `NameTaken` when the name has another content. Who is stopped at any moment has stored all
        of it or nothing.
        """
        _check(name)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, content, name.encode())
        try:
            if self._folder:
                await asyncio.to_thread(self._write, self._folder, name, sealed)
            else:
                await self._objects.put_async(name, sealed, mode="create", use_multipart=False)
        except AlreadyExistsError:
            if await self.get(name) != content:
                raise NameTaken(name) from None
        except BaseError as problem:
            raise StoreUnavailable(name) from problem
        return Stored(name, hashlib.sha256(content).digest(), len(content))

    def _write(self, folder: Path, name: str, sealed: bytes) -> None:
        """Into the folder, and to the disk; so too what somebody wrote before, who may have been stopped."""
        try:
            self._objects.put(name, sealed, mode="create", use_multipart=False)
        except AlreadyExistsError:
            _flush(folder, name)
            raise
        _flush(folder, name)

    async def get(self, name: str) -> bytes:
        """The document's content; raises `DocumentMissing` or `DocumentDamaged`."""
        _check(name)
        try:
            answer = await self._objects.get_async(name)
            sealed = bytes(await answer.bytes_async())
        except (NotFoundError, FileNotFoundError):
            raise DocumentMissing(name) from None
        except BaseError as problem:
            raise StoreUnavailable(name) from problem
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise DocumentDamaged(name) from None

    async def delete(self, name: str) -> None:
        """Take the document away; nothing happens when there is none."""
        _check(name)
        try:
            await self._objects.delete_async(name)
        except (NotFoundError, FileNotFoundError):
            return
        except BaseError as problem:
            raise StoreUnavailable(name) from problem

    async def names(self, before: datetime) -> AsyncIterator[str]:
        """The names of what was stored before an instant: a sweep keeps those that some row knows.

        A document is stored before its row is committed, so `before` leaves those alone that are younger
        than the longest transaction.
        """
        try:
            async for page in self._objects.list():
                for item in page:
                    if item["last_modified"] < before:
                        yield item["path"]
        except BaseError as problem:
            raise StoreUnavailable("the list of names") from problem

    async def clear(self, before: datetime) -> int:
        """Take away what was cut off in the middle of a `put` before an instant; how many there were.

        A folder keeps the half of who was killed, under a name that nobody reads; S3 keeps none.
        """
        return await asyncio.to_thread(_clear, self._folder, before) if self._folder else 0


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError("a name is of a-z, 0-9, - and _, with single dots and slashes between")


def _clear(folder: Path, before: datetime) -> int:
    cut_off = 0
    for file in folder.rglob(_STAGED):
        with suppress(FileNotFoundError):  # who writes it has finished just now
            if file.stat().st_mtime < before.timestamp():
                file.unlink()
                cut_off += 1
    return cut_off


def _flush(folder: Path, name: str) -> None:
    """Bring a file and the folders that name it to the disk."""
    file = folder / name
    for path in (file, *list(file.parents)[: name.count("/") + 1]):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
