"""What signing in, refreshing and resolving cost, beside the raw cost of their cryptography.

The hub must be up (`make up DETACH=1`). Two more replicas of the service are started on its database
(`--processes`), and asked directly, without the gateway and its memory of tokens; one after the other, each
as fast as it goes, with the CPU that the replicas and PostgreSQL spend on each:

- raw: Argon2id with the parameters of the service, one after the other and two at once; one ES256
  signature (an ID token has one) and one Ed25519 signature (an internal token has one);
- sign-ins: a form with a right password, from browsers that signed in before;
- token resolution, uncached: what stands behind an access token, and a signed internal token;
- refreshes of distinct sessions, each with a new access, refresh and ID token;
- refreshes of one session: they wait for each other, because a family ends as one.

    .venv/bin/python tests/bench/bench_identity.py --seconds 5 --sessions 64

Sessions made here stay in the running hub until they run out: `make reset` empties it. To compare two
versions of the service on one database, run this in turns with and without `PYTHONPATH=<other>/src`.
"""

import argparse
import asyncio
import base64
import hashlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import aiohttp
from argon2 import PasswordHasher
from bench_petitions import CLIENT, PASSWORD, PEOPLE, Form, Hub, Times, failed
from figures import say, spent_by
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from hub_cli import environment, hub, ports
from hub_cli.place import Place, State
from hub_core import manifest

SCOPES: Final = "openid offline_access petitions:read"
BROWSERS: Final = 8
RAW_SECONDS: Final = 2.0

Acting = Callable[[], Awaitable[None]]


def rate(act: Callable[[], Any], seconds: float, threads: int = 1) -> float:
    """How often a second this can be done, in so many threads."""

    def run() -> int:
        ends, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < ends:
            act()
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        return sum(future.result() for future in [pool.submit(run) for _ in range(threads)]) / seconds


def measure_raw() -> None:
    """The cryptography alone, in this process."""
    argon2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    stored = argon2.hash(PASSWORD)
    claims = {"iss": "https://hub.example.org", "sub": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "exp": 1}
    es256, ed25519 = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
    say("raw, in this process")
    for threads in (1, 2):
        verified = rate(lambda: argon2.verify(stored, PASSWORD), RAW_SECONDS, threads)
        say(f"  Argon2id (19 MiB, 2 passes), {threads} at once: {verified:7.0f}/s")
    for name, key in (("ES256", es256), ("Ed25519", ed25519)):
        signed = rate(lambda key=key, name=name: jwt.encode({"alg": name}, claims, key, [name]), RAW_SECONDS)
        say(f"  {name} signature of a token: {signed:7.0f}/s, {1e6 / signed:5.0f} µs each")


@contextmanager
def replicas(var: Path, count: int) -> Iterator["Replicas"]:
    """So many processes of the service on the running hub's database, each with half the usual pool."""
    place, known = Place(var.absolute(), State.read(var).ports), manifest.installed()
    service = next(one for one in known if one.name == "identity")
    given = environment.of_service(service, place, known, *hub.servers(place))
    given = os.environ | given | {"HUB_DATABASE_POOL_SIZE": "4"}
    numbers = [ports.free() for _ in range(count)]
    serve = "import sys; from hub_cli.worker import serve; serve(sys.argv[1], int(sys.argv[2]))"
    log = place.log("bench-identity").open("ab")
    started = [
        subprocess.Popen([sys.executable, "-c", serve, service.factory, str(port)], env=given, stdout=log)
        for port in numbers
    ]
    try:
        made = Replicas(var, [f"http://127.0.0.1:{port}" for port in numbers], [one.pid for one in started])
        made.wait()
        yield made
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


class Replicas:
    """The processes that are measured, and what they and PostgreSQL have spent."""

    def __init__(self, var: Path, origins: Sequence[str], pids: Sequence[int]) -> None:
        self.origins = origins
        self._pids = pids
        self._postgres = next(one.pid for one in State.read(var).processes if one.name == "postgres")

    def wait(self) -> None:
        """Until all of them are ready."""
        for origin in self.origins:
            for _ in range(200):
                if ports.is_taken(int(origin.rpartition(":")[2])):
                    break
                time.sleep(0.1)

    def spent(self) -> tuple[float, float]:
        """Seconds of CPU so far: of the replicas, and of PostgreSQL with all that it has started."""
        own = sum(spent_by(pid) for pid in self._pids)
        return own, spent_by(self._postgres, with_children=True)


async def as_fast_as_it_goes(
    options: argparse.Namespace, replicas: Replicas, told: str, acting: Sequence[Acting]
) -> None:
    """Closed loop: each of `acting` again and again; prints rate, waits, and CPU spent on each."""
    times, ends = Times(), time.perf_counter() + options.seconds
    before, own = replicas.spent(), time.process_time()

    async def go_on(act: Acting) -> None:
        while (began := time.perf_counter()) < ends:
            try:
                await act()
            except (RuntimeError, aiohttp.ClientError, TimeoutError) as error:
                times.failures.append(str(error))
            else:
                times.waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(go_on(act) for act in acting))
    count = max(len(times.waits), 1)
    service, postgres = (
        (after - was) / count * 1000 for after, was in zip(replicas.spent(), before, strict=True)
    )
    mine = (time.process_time() - own) / count * 1000
    say(f"  {told}, {len(acting)} at a time")
    say(f"    {len(times.waits) / options.seconds:7.0f}/s   {times.shown()}{failed(times)}")
    say(f"    CPU each, ms: service {service:.2f}   PostgreSQL {postgres:.2f}   this program {mine:.2f}")


class Browser:
    """A browser that a person signs in at, and the tokens an application gets from the replica it asks."""

    def __init__(self, origin: str, asked: str, email: str) -> None:
        self._origin = origin
        self.asked = asked
        self._email = email
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(30)
        )
        self.given: dict[str, Any] = {}

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()

    async def open(self) -> None:
        """Sign in and agree, the whole way; an application has its tokens then."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        wanted = CLIENT | {
            "response_type": "code",
            "scope": SCOPES,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address, method, sent = f"{self._origin}/oauth2/authorize?{urlencode(wanted)}", "GET", None
        while not address.startswith(CLIENT["redirect_uri"]):
            page, location = await self._ask(method, address, sent)
            if location:
                address, method, sent = urljoin(address, location), "GET", None
            else:
                fields = Form(page).fields
                filled = {"email": self._email, "password": PASSWORD} if "password" in fields else {}
                method, sent = "POST", fields | filled
        code = parse_qs(urlsplit(address).query)["code"][0]
        await self.ask_tokens({"grant_type": "authorization_code", "code": code, "code_verifier": verifier})

    async def sign_in(self) -> None:
        """Send the form with the right password once more."""
        page, _ = await self._ask("GET", f"{self.asked}/account/sign-up", None)
        form = {"csrf": Form(page).fields["csrf"], "email": self._email, "password": PASSWORD}
        await self._ask("POST", f"{self.asked}/account/sign-in", form)

    async def refresh(self) -> None:
        """The next tokens of this session."""
        await self.ask_tokens({"grant_type": "refresh_token", "refresh_token": self.given["refresh_token"]})

    async def ask_tokens(self, fields: dict[str, str]) -> None:
        """Ask the token endpoint, and keep what it gives."""
        async with self._http.post(f"{self.asked}/oauth2/token", data=CLIENT | fields) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {(await answer.text())[:200]}")
            self.given = await answer.json()

    async def _ask(self, method: str, address: str, sent: dict[str, str] | None) -> tuple[str, str]:
        async with self._http.request(method, address, data=sent, allow_redirects=False) as answer:
            page = await answer.text()
            if answer.status >= 400:
                raise RuntimeError(f"{answer.status} at {urlsplit(address).path}")
            return page, answer.headers.get("location", "")


async def measure_service(options: argparse.Namespace, origin: str, replicas: Replicas) -> None:
    """The replicas alone; people sign in at the running hub first."""
    browsers = [
        Browser(
            origin,
            replicas.origins[number % len(replicas.origins)],
            f"{PEOPLE[number % len(PEOPLE)]}@example.org",
        )
        for number in range(options.sessions)
    ]
    try:
        for browser in browsers:
            await browser.open()
        say(f"the service alone, {len(replicas.origins)} processes")
        measured = {
            "sign-in": (
                "sign-ins with a password (page and form)",
                [one.sign_in for one in browsers[:BROWSERS]],
            ),
            "refresh": ("refreshes of distinct sessions", [one.refresh for one in browsers]),
            "one": ("refreshes of one session", [browsers[0].refresh]),
        }
        async with resolving(options) as resolve:
            measured["resolve"] = (
                "token resolution, uncached",
                [resolve(one) for one in browsers],
            )
            for name in options.only or measured:
                await as_fast_as_it_goes(options, replicas, *measured[name])
    finally:
        for browser in browsers:
            await browser.close()


@asynccontextmanager
async def resolving(options: argparse.Namespace) -> AsyncIterator[Callable[[Browser], Acting]]:
    """What the gateway asks when it does not remember a browser's access token."""
    secret = (options.var / "secrets" / "gateway.service").read_text()
    headers = {"authorization": aiohttp.encode_basic_auth("gateway", secret)}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as http:

        def of(browser: Browser) -> Acting:
            async def resolve() -> None:
                address, token = f"{browser.asked}/internal/v1/tokens/resolve", browser.given["access_token"]
                async with http.post(address, json={"token": token}) as answer:
                    if answer.status != 200:
                        raise RuntimeError(f"{answer.status} {(await answer.text())[:200]}")
                    await answer.read()

            return resolve

        yield of


async def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each measurement (10)")
    parser.add_argument("--sessions", type=int, default=64, help="distinct sessions, at a time (64)")
    parser.add_argument("--processes", type=int, default=2, help="replicas of the service (2)")
    parser.add_argument("--only", nargs="*", choices=("sign-in", "refresh", "one", "resolve"), default=())
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("HUB_VAR", "var")))
    options = parser.parse_args()
    if not options.only:
        measure_raw()
    origin = Hub(options.var).url("identity")
    try:
        with replicas(options.var, options.processes) as started:
            await measure_service(options, origin, started)
    except aiohttp.ClientConnectionError as error:
        sys.exit(f"the hub of {options.var} does not answer: {error}")


if __name__ == "__main__":
    asyncio.run(main())
