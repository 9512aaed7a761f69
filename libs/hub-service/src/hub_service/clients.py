"""Questions to other services over HTTP: the exception, each with its reason beside it.

A service's `clients.py` holds one function per question and calls it through a `ServiceClient`.
"""

from collections.abc import Mapping
from typing import Any

import httpx2
import orjson
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
        found: dict[str, Any] = orjson.loads(answer.content)
        return found

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object that `path` answers to a body; raises `httpx2.HTTPError` for any refusal.

        What is posted has to be the same when it comes again: nobody knows whether a lost answer was given.
        """
        answer = await self._post(path, body)
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            self._token.forget()
            answer = await self._post(path, body)
        answer.raise_for_status()
        given: dict[str, Any] = orjson.loads(answer.content)
        return given

    async def ask(self, path: str, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to a public question: a POST that changes nothing, and takes no token.

        `None` when there is nothing at `path`; raises `httpx2.HTTPError` otherwise.
        """
        headers = {"content-type": "application/json"}
        propagate.inject(headers)
        body = orjson.dumps(question)
        answer = await self._http.post(f"{self._address}{path}", content=body, headers=headers)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        told: dict[str, Any] = orjson.loads(answer.content)
        return told

    async def _ask(self, path: str) -> httpx2.Response:
        return await self._http.get(f"{self._address}{path}", headers=await self._headers())

    async def _post(self, path: str, body: Mapping[str, Any]) -> httpx2.Response:
        headers = {"content-type": "application/json"} | await self._headers()
        return await self._http.post(f"{self._address}{path}", content=orjson.dumps(body), headers=headers)

    async def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {await self._token.get()}"}
        propagate.inject(headers)
        return headers
