"""Calls to addresses that others gave us: never into a private network, never redirected, never for long.

    async with Outside(settings) as outside:
        answer = await outside.post("https://hooks.example.com/hub", body, {"content-type": "…"}, 10.0)

A name is resolved here, every address it has is judged, and the connection goes to one of these and nowhere
else, so that a name whose answer changes in between leads nowhere (DNS rebinding). TLS, the certificate and
`Host` stay the name's. Connections are kept by name and address together: one that is open leads to an
address that was judged, and to a server that proved this name.

Nothing here is logged, and no error carries an address.
"""

import asyncio
import re
import socket
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from types import TracebackType
from typing import Final, Self

import httpx2

from .settings import ServiceSettings

LONGEST_ADDRESS: Final = 2048
LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read."""
_CONNECT_SECONDS: Final = 3.0
_RESOLVE_SECONDS: Final = 5.0
_RESOLVED_AT_ONCE: Final = 32
"""Names: so many silent name servers hold up nobody else."""
_TRIED: Final = 3
"""Addresses of one name."""
_TARGETS: Final = 256
_KEPT_SECONDS: Final = 4.0
_LIMITS: Final = httpx2.Limits(
    max_connections=32, max_keepalive_connections=8, keepalive_expiry=_KEPT_SECONDS
)

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]{{2,45}}\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<target>/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_LONGEST_NAME: Final = 253
_LAST_PORT: Final = 65535
_PORTS: Final = {"http": 80, "https": 443}
_OURS: Final = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})

# The registries of special addresses (IANA, RFC 6890), whatever the version of Python knows of them.
_UNICAST: Final = IPv6Network("2000::/3")
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own service, at a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and others
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name; raises `OSError` where it has none."""


class Reason(StrEnum):
    """Why there is no answer."""

    ADDRESS = "address"
    """No plain address: credentials, a fragment, a number in place of a name, other letters than ASCII."""
    SCHEME = "scheme"
    PORT = "port"
    PRIVATE = "private"
    """The name has an address that is not everybody's."""
    NAME = "name"
    """The name has no address."""
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    """TLS failed; mostly the certificate is expired, or another name's."""
    TIME = "time"
    PROTOCOL = "protocol"
    """The connection ended without an answer of HTTP."""


class NoAnswer(Exception):
    """A call without an answer."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Refused(NoAnswer):
    """The address is not one that is called: nothing was sent."""


class Unreachable(NoAnswer):
    """No answer came, or not in time; whether the message arrived is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: headers by their names in lower case, the first 64 KiB of the body as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; `target` is the path with the query, `host` has no brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """What `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class Outside:
    """Calls addresses of others.

    `settings.outside_allowed` names hosts that need neither TLS nor a public address, at any port; `ports`
    are those of all others. `resolve`, `tls` and `transport` stand in for the network in tests.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        ports: Sequence[int] = (443,),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        transport: Callable[[], httpx2.AsyncBaseTransport] | None = None,
    ) -> None:
        self._allowed = settings.outside_allowed
        self._ports = frozenset(ports)
        self._threads: ThreadPoolExecutor | None = None
        self._resolve = resolve or self._ask_resolver
        self._tls = tls or ssl.create_default_context()
        self._connect = transport or self._new_transport
        self._targets: OrderedDict[tuple[str, str, str], _Target] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End every connection; who calls afterwards opens new ones."""
        while self._targets:
            await self._targets.popitem()[1].transport.aclose()
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def parse(self, url: str) -> Address:
        """An address in its parts; raises `Refused` where it is not called whatever its name leads to."""
        found = _ADDRESS.fullmatch(url) if len(url) <= LONGEST_ADDRESS else None
        if found is None or int(found["port"] or 0) > _LAST_PORT:
            raise Refused(Reason.ADDRESS)
        scheme, host = found["scheme"], found["host"].strip("[]").lower()
        address = Address(scheme, host, int(found["port"] or _PORTS[scheme]), found["target"] or "/")
        allowed = host in self._allowed
        if not (allowed or _is_name_of_the_world(host)):
            raise Refused(Reason.ADDRESS)
        if scheme != "https" and not allowed:
            raise Refused(Reason.SCHEME)
        if address.port not in self._ports and not allowed:
            raise Refused(Reason.PORT)
        return address

    async def post(self, url: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """The answer to a POST, whatever its status: a redirect is an answer too.

        `seconds` is the time for all of it, the name and the whole answer included. Raises `Refused` and
        `Unreachable`.
        """
        address = self.parse(url)
        try:
            async with asyncio.timeout(seconds):
                machines = await self._judge(address)
                return await self._send(address, machines, content, headers)
        except TimeoutError as error:
            raise Unreachable(Reason.TIME) from error

    async def _judge(self, address: Address) -> Sequence[str]:
        """The addresses of a name; `Refused` when one of them is not everybody's."""
        try:
            async with asyncio.timeout(_RESOLVE_SECONDS):
                machines = await self._resolve(address.host, address.port)
        except (OSError, UnicodeError) as error:  # TimeoutError is an OSError
            raise Unreachable(Reason.NAME) from error
        if not machines:
            raise Unreachable(Reason.NAME)
        if address.host not in self._allowed and not all(is_public(ip_address(one)) for one in machines):
            raise Refused(Reason.PRIVATE)
        return machines[:_TRIED]

    async def _send(
        self,
        address: Address,
        machines: Sequence[str],
        content: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        """The first answer, beginning where a connection may be open; the name had all of these addresses."""
        *others, last = sorted(machines, key=lambda machine: _key(address, machine) not in self._targets)
        for machine in others:
            try:
                return await self._send_to(machine, address, content, headers)
            except Unreachable as error:
                if error.reason is not Reason.CONNECTION:  # it may have arrived
                    raise
        return await self._send_to(last, address, content, headers)

    async def _send_to(
        self, machine: str, address: Address, content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        given = {name: value for name, value in headers.items() if name.lower() not in _OURS}
        host = f"[{machine}]" if ":" in machine else machine
        request = httpx2.Request(
            "POST",
            f"{address.scheme}://{host}:{address.port}{address.target}",
            headers={"host": address.netloc, "accept-encoding": "identity", **given},
            content=content,
            extensions={"sni_hostname": address.host, "timeout": {"connect": _CONNECT_SECONDS}},
        )
        target = self._target(address, machine)
        try:
            response = await target.transport.handle_async_request(request)
            try:
                return await _read(response)
            finally:
                await response.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            target.is_dead = True
            raise Unreachable(_why_not_connected(error)) from error
        except httpx2.TransportError as error:
            raise Unreachable(Reason.PROTOCOL) from error
        finally:
            target.calls -= 1
            target.last = asyncio.get_running_loop().time()
            await self._end_silent()

    def _target(self, address: Address, machine: str) -> "_Target":
        """The connections to one name at one address, the last used ones last."""
        key = _key(address, machine)
        target = self._targets.pop(key, None) or _Target(self._connect())
        target.calls += 1
        self._targets[key] = target
        return target

    async def _end_silent(self) -> None:
        now = asyncio.get_running_loop().time()
        idle = [key for key, target in self._targets.items() if not target.calls]
        surplus = len(self._targets) - _TARGETS
        ended = [
            self._targets.pop(key)
            for number, key in enumerate(idle)
            if number < surplus or self._targets[key].is_over(now)
        ]
        for target in ended:
            await target.transport.aclose()

    def _new_transport(self) -> httpx2.AsyncBaseTransport:
        return httpx2.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=_LIMITS)

    async def _ask_resolver(self, host: str, port: int) -> Sequence[str]:
        # With its last dot a name is nobody's but the root's: no search list of this machine is tried.
        asked = host if host in self._allowed or _is_literal(host) else f"{host}."
        self._threads = self._threads or ThreadPoolExecutor(_RESOLVED_AT_ONCE, "outside")
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(asked, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(slots=True)
class _Target:
    transport: httpx2.AsyncBaseTransport
    calls: int = 0
    last: float = 0.0
    is_dead: bool = False

    def is_over(self, now: float) -> bool:
        """Whether nothing is kept there any more: nobody listened, or nobody has called for long."""
        return self.is_dead or now - self.last > _KEPT_SECONDS


def _key(address: Address, machine: str) -> tuple[str, str, str]:
    return address.scheme, address.netloc, machine


def is_public(machine: IPv4Address | IPv6Address) -> bool:
    """Whether an address is reached by everybody in the internet, and is no other one in disguise."""
    unicast = isinstance(machine, IPv4Address) or machine in _UNICAST
    return unicast and not any(
        machine in network for network in _SPECIAL if network.version == machine.version
    )


def _is_literal(host: str) -> bool:
    try:
        return str(ip_address(host)) == host
    except ValueError:
        return False


def _is_name_of_the_world(host: str) -> bool:
    """Whether it is a name with a dot, or an address in its one usual form (not 0x7f.1, not 127.1)."""
    if _is_literal(host):
        return True
    labels = host.split(".")
    return (
        ":" not in host
        and len(labels) > 1
        and len(host) <= _LONGEST_NAME
        and _NUMBER.fullmatch(labels[-1]) is None
    )


async def _read(response: httpx2.Response) -> Answer:
    """The answer, as far as it is read; what is longer costs the connection."""
    body = bytearray()
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            body += part
            if len(body) > LONGEST_ANSWER:
                break
    return Answer(response.status_code, dict(response.headers), bytes(body[:LONGEST_ANSWER]))


def _why_not_connected(error: httpx2.TransportError) -> Reason:
    arguments = error.__cause__.args if error.__cause__ else ()
    return (
        Reason.CERTIFICATE if any(isinstance(one, ssl.SSLError) for one in arguments) else Reason.CONNECTION
    )
