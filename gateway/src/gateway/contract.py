"""The contract as it stands: the services' OpenAPI documents, read when somebody asks for them.

A document that was read is read again a while later, so that a service that came back with a new one
is noticed. Half a contract is worse than none: as long as one document was never read, there is a 503.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog

from hub_service import problems
from hub_service.i18n import Texts

from . import merging
from .errors import ContractIncomplete
from .merging import Document
from .table import Table, Templates

Fetch = Callable[[str], Awaitable[bytes]]
"""A service's name → its document as bytes; raises `OSError` when it cannot be had."""

_log: Final = structlog.get_logger("contract")
_FRESH: Final = 10.0
"""Seconds that a document is taken as unchanged."""
_AGAIN_AFTER: Final = 1.0
"""Seconds until a service that did not give its document is asked again."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it is sent: JSON and its strong ETag."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "Page":
        """The page of a document."""
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class Contract:
    """The documents, fetched lazily. `clock` gives monotonic seconds."""

    def __init__(
        self,
        table: Table,
        fetch: Fetch,
        texts: Texts,
        public_origin: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._clock = clock
        self._fetch = fetch
        self._own = problems.catalogue(texts)
        self._public_origin = public_origin
        self._documents: dict[str, Document] = {}
        self._hashes: dict[str, bytes] = {}
        self._read_at: dict[str, float] = {}
        self._templates: dict[str, Templates] = {}
        self._pages: dict[str, Page] = {}
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def merged(self) -> Page:
        """The whole hub's document; raises `ContractIncomplete`, or `ValueError` when it cannot be."""
        await self._refresh()
        return self._page("", {service: self._document(service) for service in self._table.services})

    async def of(self, service: str) -> Page:
        """One service's document, with only what the gateway lets through."""
        await self._refresh(service)
        return self._page(service, {service: self._document(service)})

    async def problem(self, slug: str) -> Mapping[str, Any] | None:
        """The texts of a problem type, from any service that is known, or our own."""
        await self._refresh()
        known: Mapping[str, Any] | None = self._own.get(slug)
        for document in self._documents.values():
            known = known or document.get("x-problems", {}).get(slug)
        return known

    def template(self, service: str, method: str, path: str) -> str | None:
        """The path template of an operation, as far as it is known now; never waits.

        Not knowing it starts a look at this service's document, so that the next request finds it.
        """
        known = self._templates.get(service)
        found: str | None = known.find(method, path) if known else None
        if found is None and self._refreshing is None and self._is_stale(service):
            self._refreshing = asyncio.create_task(self._refresh(service))
            self._refreshing.add_done_callback(self._refreshed)
        return found

    async def close(self) -> None:
        """End what runs in the background."""
        if self._refreshing:
            self._refreshing.cancel()

    def _refreshed(self, _: asyncio.Task[None]) -> None:
        self._refreshing = None

    def _page(self, name: str, documents: Mapping[str, Document]) -> Page:
        if name not in self._pages:
            try:
                document = merging.merge(documents, self._table, self._public_origin)
            except ValueError as error:
                _log.error("the documents do not fit together", reason=str(error))
                raise
            self._pages[name] = Page.of(orjson.dumps(document))
        return self._pages[name]

    def _document(self, service: str) -> Document:
        try:
            return self._documents[service]
        except KeyError:
            raise ContractIncomplete(service=service, headers={"retry-after": "2"}) from None

    def _is_stale(self, service: str) -> bool:
        return self._clock() - self._read_at.get(service, -_FRESH) >= _FRESH

    async def _refresh(self, *services: str) -> None:
        """Read what is stale of these services, or of all."""
        async with self._lock:
            stale = [name for name in services or self._table.services if self._is_stale(name)]
            await asyncio.gather(*(self._read(service) for service in stale))

    async def _read(self, service: str) -> None:
        self._read_at[service] = self._clock()
        try:
            body = await self._fetch(service)
            digest = hashlib.sha256(body).digest()
            if digest == self._hashes.get(service):
                return
            document = orjson.loads(body)
        except (OSError, orjson.JSONDecodeError) as error:
            _log.warning("contract not read", service=service, error=type(error).__name__)
            self._read_at[service] -= _FRESH - _AGAIN_AFTER
            return
        self._hashes[service], self._documents[service] = digest, document
        self._pages.clear()
        self._templates[service] = Templates(
            (method.upper(), path, path) for path, method, _ in merging.operations(document)
        )
        for reason in merging.audit({service: document}, self._table):
            _log.error("contract and route table disagree", service=service, reason=reason)
