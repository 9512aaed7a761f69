"""Requests per second and latency through the gateway, with all its policies on.

It starts what it needs by itself: a tiny service that answers 1 KiB to everything (and stands for
svc-identity), the gateway as the supervisor would run it (uvicorn, uvloop, route table of the package,
access log to a file), and a load generator in this process. The contestants take turns, round by round:
the service alone, a public operation, an operation with a token from the gateway's memory, one with a
body of 1 KiB, and one with a token that is bound to a key, each request with a proof of its own.

    .venv/bin/python tests/bench/bench_gateway.py --rounds 3 --seconds 3

Figures are medians of the rounds (least and greatest in brackets). "µs" is CPU time of the gateway's
process for each request; it holds whatever the machine does besides. On two cores, the generator and the
service share one with each other, so requests per second are less than a gateway alone could do.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import uvicorn
import uvloop
from figures import spent_by
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from hub_core import manifest
from hub_service import dpop

BODY: Final = json.dumps({"text": "x" * 1011}).encode()
WARM: Final = 2.0
TOKEN: Final = "hub_at_" + "b" * 43
BOUND: Final = "hub_at_" + "d" * 43
HELD: Final = ECKey.import_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    }
)
"""The key of RFC 7515, appendix A.3: no secret."""
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def internal_token(*, bound: bool) -> bytes:
    """What identity would answer: a token without a signature, good for five minutes."""
    claims = {"sub": "01936f3a-5e00-7000-8000-000000000001", "client_id": "bench"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    ends = datetime.now(UTC) + timedelta(minutes=5)
    return json.dumps(
        {
            "internal_token": f"eyJhbGciOiJFZERTQSJ9.{payload}.{'s' * 86}",
            "expires_at": ends.isoformat().replace("+00:00", "Z"),
            "session_id": "01936f3a-5e00-7000-8000-000000000002",
            "jkt": HELD.thumbprint() if bound else None,
        }
    ).encode()


class Service(asyncio.Protocol):
    """The service: one answer for every request, whatever it asks."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self.waiting += data
        while True:
            head, end, rest = self.waiting.partition(b"\r\n\r\n")
            if not end:
                return
            lowered = head.lower()
            length = 0
            if b"\r\ncontent-length:" in lowered:
                length = int(lowered.split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
            if len(rest) < length:
                return
            self.waiting = rest[length:]
            body = BODY
            if b"/tokens/resolve " in head:
                body = internal_token(bound=BOUND.encode() in data)
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (len(body), body)
            )


async def serve_service() -> None:
    """Run the service; says its port on standard output."""
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def serve_gateway(port: int) -> None:
    """Run the gateway as the supervisor does."""
    from gateway import main  # noqa: PLC0415  # only this process needs it

    config = uvicorn.Config(main.create_app(), host="127.0.0.1", port=port, log_config=None, **main.SERVER)
    uvicorn.Server(config).run()


@dataclass(frozen=True)
class Contestant:
    """A request to repeat, and where to; `request` makes it anew each time."""

    name: str
    port: int
    request: Callable[[], bytes]


class Caller(asyncio.Protocol):
    """One client connection: the next request leaves when the answer is whole."""

    def __init__(self, request: Callable[[], bytes], waits: list[float], refused: list[bytes]) -> None:
        self.request, self.waits, self.refused = request, waits, refused
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """Send the request, and look at the clock."""
        request = self.request()
        self.began = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Count an answer, and ask again."""
        received = self.received = self.received + data if self.received else data
        end = received.find(b"\r\n\r\n")
        if end < 0 or len(received) < end + 4 + len(BODY):
            if not received.startswith(b"HTTP/1.1 200"):
                self.refused.append(received[:200])
            return
        self.waits.append(time.perf_counter() - self.began)
        self.received = b""
        self.send()


async def load(contestant: Contestant, connections: int, seconds: float) -> tuple[list[float], int]:
    """Keep that many requests going for a while.

    The wait of each in seconds, and how many of them belong to the first two seconds, in which the
    gateway opens its connections.
    """
    waits: list[float] = []
    refused: list[bytes] = []
    loop = asyncio.get_running_loop()
    callers = [
        await loop.create_connection(
            lambda: Caller(contestant.request, waits, refused), "127.0.0.1", contestant.port
        )
        for _ in range(connections)
    ]
    await asyncio.sleep(WARM)
    early = len(waits)
    await asyncio.sleep(seconds)
    for transport, _ in callers:
        transport.abort()
    if refused:
        raise SystemExit(f"{contestant.name} was refused: {refused[0]!r}")
    return waits, early


def memory_mib(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20


@contextlib.contextmanager
def running(
    *arguments: str, output: Path | None = None, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """This file as another process, until the end of the block."""
    command = [sys.executable, __file__, *arguments]
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(output.open("w")) if output else subprocess.PIPE
        child = subprocess.Popen(
            command, stdout=target, stderr=subprocess.STDOUT, text=True, env=os.environ | environment
        )
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait()


async def until_ready(port: int) -> None:
    """Wait for the gateway's first answer."""
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
                await reader.read(100)
                writer.close()
                return
            await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Figures:
    """One round of one contestant: requests/s, milliseconds, µs of the gateway's CPU a request."""

    rate: float
    p50: float
    p99: float
    cpu: float


async def measure(contestant: Contestant, connections: int, seconds: float, pid: int) -> Figures:
    """One round."""
    before = spent_by(pid)
    all_waits, early = await load(contestant, connections, seconds)
    used = spent_by(pid) - before
    waits = sorted(all_waits[early:])
    return Figures(
        len(waits) / seconds,
        waits[len(waits) // 2] * 1000,
        waits[int(len(waits) * 0.99)] * 1000,
        used / len(all_waits) * 1e6,
    )


def contestants(service: int, gateway: int) -> list[Contestant]:
    """Who takes part."""
    host = b"host: localhost:8080\r\naccept: application/json\r\nuser-agent: bench\r\n"
    token = b"authorization: Bearer %b\r\n" % TOKEN.encode()
    post = (
        b"POST /petitions/v1/petitions HTTP/1.1\r\n%bcontent-type: application/json\r\ncontent-length: %d\r\n"
    )
    get = b"GET %b HTTP/1.1\r\n%b\r\n"
    public = get % (b"/catalog/v1/services", host)
    private = get % (b"/petitions/v1/petitions", host + token)
    posted = (post % (host + token, len(BODY))) + b"\r\n" + BODY

    def proved() -> bytes:
        headers = b"authorization: DPoP %b\r\ndpop: %b\r\n" % (BOUND.encode(), proof().encode())
        return get % (b"/petitions/v1/petitions", host + headers)

    return [
        Contestant("service alone", service, lambda: public),
        Contestant("public GET", gateway, lambda: public),
        Contestant("GET with token", gateway, lambda: private),
        Contestant("POST 1 KiB with token", gateway, lambda: posted),
        Contestant("GET with bound token", gateway, proved),
    ]


def proof() -> str:
    """A DPoP proof for the GET with a token (RFC 9449)."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": HELD.as_dict(private=False)}
    claims = {
        "jti": os.urandom(16).hex(),
        "htm": "GET",
        "htu": "http://localhost:8080/petitions/v1/petitions",
        "iat": int(time.time()),
        "ath": dpop.hash_of(BOUND.encode()),
    }
    message = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{message}.{encoded(JWSRegistry.algorithms['ES256'].sign(message.encode(), HELD))}"


def encoded(value: bytes) -> str:
    """In base64url."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


async def compare(rounds: int, seconds: float, folder: Path) -> None:
    """All contestants in turns; the table goes to standard output."""
    with running("service") as child:
        assert child.stdout
        service = int(child.stdout.readline())
        port = service + 1 if service < 60_000 else service - 1
        address = f"http://127.0.0.1:{service}"
        upstreams = dict.fromkeys((one.name for one in manifest.installed()), address)
        with running(
            *("gateway", str(port)),
            output=folder / "access.log",
            HUB_GATEWAY_UPSTREAMS=json.dumps(upstreams),
            HUB_IDENTITY_URL=address,
            HUB_GATEWAY_RATE_SCALE="100000",
            HUB_NATS_URL="nats://127.0.0.1:1",
            HUB_LOG_LEVEL="INFO",
        ) as gateway:
            await until_ready(port)
            found: dict[tuple[str, int], list[Figures]] = {}
            for contestant in contestants(service, port):
                await load(contestant, 32, 1)
            for _ in range(rounds):
                for connections in (32, 128):
                    for contestant in contestants(service, port):
                        figures = await measure(contestant, connections, seconds, gateway.pid)
                        found.setdefault((contestant.name, connections), []).append(figures)
            show(found, memory_mib(gateway.pid))


def show(found: dict[tuple[str, int], list[Figures]], memory: float) -> None:
    """The table, in Markdown."""
    lines = [
        "| contestant | connections | requests/s | p50 ms | p99 ms | gateway µs |",
        "|---|---|---|---|---|---|",
    ]
    for (name, connections), all_figures in found.items():
        rates = [figures.rate for figures in all_figures]
        cells = (
            f"{statistics.median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})",
            f"{statistics.median(figures.p50 for figures in all_figures):.2f}",
            f"{statistics.median(figures.p99 for figures in all_figures):.2f}",
            "-"
            if name == "service alone"
            else f"{statistics.median(figures.cpu for figures in all_figures):.0f}",
        )
        lines.append(f"| {name} | {connections} | {' | '.join(cells)} |")
    lines.append(f"\nGateway's memory afterwards: {memory:.0f} MiB")
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Run what the command line asks for."""
    match sys.argv[1:]:
        case ["service"]:
            uvloop.run(serve_service())
        case ["gateway", port]:
            serve_gateway(int(port))
        case _:
            parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
            parser.add_argument("--rounds", type=int, default=3)
            parser.add_argument("--seconds", type=float, default=3.0)
            asked = parser.parse_args()
            with tempfile.TemporaryDirectory() as folder:
                uvloop.run(compare(asked.rounds, asked.seconds, Path(folder)))


if __name__ == "__main__":
    main()
