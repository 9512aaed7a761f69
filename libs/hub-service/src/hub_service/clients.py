"""Questions to other services over HTTP: the exception, each with its reason beside it.

A service's `clients.py` holds one function per question and calls it through a `ServiceClient`.
"""

from typing import Any

import httpx2
from opentelemetry import propagate

from .tokens import OwnToken


class ServiceClient:
    """Authenticated calls to one other service; the trace goes along."""

    def __init__(self, address: str, token: OwnToken, http: httpx2.AsyncClient) -> None:
        self._address = address
        self._token = token
        self._http = http

    async def get(self, path: str) -> dict[str, Any] | None:
        """The JSON object at `path`, `None` when it is not there; raises `httpx2.HTTPError` otherwise."""
        answer = await self._ask(path)
        if answer.status_code == httpx2.codes.UNAUTHORIZED:  # its keys may have changed since
            self._token.forget()
            answer = await self._ask(path)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def _ask(self, path: str) -> httpx2.Response:
        headers = {"authorization": f"Bearer {await self._token.get()}"}
        propagate.inject(headers)
        return await self._http.get(f"{self._address}{path}", headers=headers)
