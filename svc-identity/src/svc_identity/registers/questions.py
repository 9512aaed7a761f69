"""How a register of the state is asked: in time, again when it was not reached, and never aloud."""

import ssl
from collections.abc import Mapping
from typing import Any, Final

import httpx2
import structlog

from ..errors.decisions import RegisterUnavailable

_TIMEOUT: Final = httpx2.Timeout(5.0, connect=2.0)
_TIMES: Final = 2
_log = structlog.get_logger("registers")


class Questions:
    """Questions to the register at `address`; personal numbers travel in bodies only, never in an address.

    Each question has a connection of its own: they are rare, and so nothing has to be closed.
    """

    def __init__(self, address: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._address = address.rstrip("/")
        self._transport = transport
        self._tls = ssl.create_default_context() if address.startswith("https:") else False

    async def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """The JSON of the answer, `None` when the register knows no such entry.

        Asking changes nothing there, so who was not reached is asked once more. Raises
        `RegisterUnavailable`.
        """
        for left in reversed(range(_TIMES)):
            try:
                return await self._ask(method, path, body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                fault: Exception = error
                if left:
                    continue
            except (httpx2.HTTPError, ValueError) as error:
                fault = error
            _log.warning("register away", register=self._address, error=type(fault).__name__)
            raise RegisterUnavailable from fault
        raise RegisterUnavailable

    async def _ask(self, method: str, path: str, body: Mapping[str, str] | None) -> Any:
        async with httpx2.AsyncClient(
            timeout=_TIMEOUT, verify=self._tls, trust_env=False, transport=self._transport
        ) as http:
            answer = await http.request(method, f"{self._address}{path}", json=body)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        return answer.raise_for_status().json()
