"""Messages to addresses that clients have named: never into a private network, never redirected."""

import asyncio
import socket
import ssl
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx2

from .domain import logout

_TIMEOUT: Final = httpx2.Timeout(5.0, connect=2.0)


class Unreachable(Exception):
    """The message did not arrive; the text says why, without the address."""


class Callbacks:
    """Sends forms. `embedded` allows http and the own machine, for the embedded run.

    A name is resolved here and the connection goes to the address that was looked at, so that a name
    whose answer changes leads nowhere else.
    """

    def __init__(self, *, embedded: bool, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._embedded = embedded
        self._transport = transport
        self._tls = ssl.create_default_context()

    async def post(self, address: str, fields: dict[str, str]) -> None:
        """Send a form; raises `Unreachable` unless the answer is 200 or 204."""
        if not logout.address_allowed(address, embedded=self._embedded):
            raise Unreachable("the address is not allowed")
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        machine = await self._resolve(host, port)
        target = f"[{machine}]" if ":" in machine else machine
        query = f"?{parts.query}" if parts.query else ""
        try:
            async with httpx2.AsyncClient(
                timeout=_TIMEOUT, verify=self._tls, trust_env=False, transport=self._transport
            ) as http:
                answer = await http.post(
                    f"{parts.scheme}://{target}:{port}{parts.path or '/'}{query}",
                    data=fields,
                    headers={"host": parts.netloc},
                    extensions={"sni_hostname": host},
                    follow_redirects=False,
                )
        except httpx2.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        if answer.status_code not in (httpx2.codes.OK, httpx2.codes.NO_CONTENT):
            raise Unreachable(f"answered {answer.status_code}")

    async def _resolve(self, host: str, port: int) -> str:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable("the name has no address") from error
        machines = [str(one[4][0]) for one in found]
        if not all(logout.host_allowed(ip_address(one), embedded=self._embedded) for one in machines):
            raise Unreachable("the name leads into a private network")
        return machines[0]
