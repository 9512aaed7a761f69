"""Petitions per second, and how long a person waits for the number and for its e-mail.

The hub must be up (`make up DETACH=1`). Without options, two measurements one after the other:

- through the gateway, as a client application does it, at a constant rate (open loop: a late answer
  delays no later request, and its wait counts from the moment it was due), with the time from the
  201 to the e-mail in the mailbox;
- the service alone, with an internal token, as fast as it goes: `--clients` at a time, each with an
  Idempotency-Key, first spread over several institutions, then all at one (the hot register).

    .venv/bin/python tests/bench/bench_petitions.py --rate 20 --seconds 30 --only gateway

Every petition filed here stays in the registers of the running hub: `make reset` empties it.
"""

import argparse
import asyncio
import base64
import hashlib
import itertools
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import aiohttp
from figures import percentile, say

PEOPLE: Final = ("ana.popescu", "ion.ionescu", "kovacs.istvan", "jane.doe")
PASSWORD: Final = "demo-parola-2026"  # of the made-up people of the embedded run
CLIENT: Final = {"client_id": "demo-portal", "redirect_uri": "http://127.0.0.1:8765/callback"}
SCOPES: Final = "openid petitions:read petitions:write"
PETITIONS: Final = "/petitions/v1/petitions"
SPREAD: Final = 20
MAIL_SECONDS: Final = 30.0


class Hub:
    """The running hub of a folder: the addresses of its processes."""

    def __init__(self, var: Path) -> None:
        try:
            state = json.loads((var / "run" / "state.json").read_text())
        except FileNotFoundError:
            sys.exit(
                f"no hub runs in {var}: start one with `make up DETACH=1`, or name its folder with --var"
            )
        self._ports: dict[str, int] = state["ports"]

    def url(self, name: str) -> str:
        """The address of a process; the gateway's is the public origin."""
        host = "localhost" if name == "gateway" else "127.0.0.1"
        return f"http://{host}:{self._ports[name]}"


@dataclass
class Times:
    """Waits in milliseconds, and what did not end as it should."""

    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def shown(self) -> str:
        """p50, p99 and the greatest."""
        if not self.waits:
            return "nothing measured"
        ordered = sorted(self.waits)
        p50, p99 = (percentile(ordered, share) for share in (0.5, 0.99))
        return f"p50 {p50:8.1f} ms   p99 {p99:8.1f} ms   max {ordered[-1]:8.1f} ms   n {len(ordered)}"


class Form(HTMLParser):
    """The first form of a page that carries the guard against forgery: its hidden fields and buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field."""
        named = dict(attrs)
        if tag == "input" or (tag == "button" and named.get("value") == "agree"):
            self.fields.setdefault(named.get("name") or "", named.get("value") or "")


async def sign_in(origin: str, email: str, scopes: str = SCOPES) -> str:
    """An access token by authorization code and PKCE, agreeing to what is asked."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    wanted = CLIENT | {
        "response_type": "code",
        "scope": scopes,
        "state": secrets.token_urlsafe(8),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        address, method, sent = f"{origin}/oauth2/authorize?{urlencode(wanted)}", "GET", None
        while not address.startswith(CLIENT["redirect_uri"]):
            async with browser.request(method, address, data=sent, allow_redirects=False) as answer:
                page, location = await answer.text(), answer.headers.get("location")
                if answer.status >= 400:
                    sys.exit(f"signing in failed at {urlsplit(address).path}: {answer.status}")
            if location:
                address, method, sent = urljoin(address, location), "GET", None
            else:
                fields = Form(page).fields
                filled = {"email": email, "password": PASSWORD} if "password" in fields else {}
                method, sent = "POST", fields | filled
        code = parse_qs(urlsplit(address).query)["code"][0]
        grant = CLIENT | {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        async with browser.post(f"{origin}/oauth2/token", data=grant) as answer:
            answer.raise_for_status()
            token: str = (await answer.json())["access_token"]
            return token


def a_petition(institution_id: str) -> dict[str, str]:
    """One of usual length."""
    return {
        "institution_id": institution_id,
        "kind": "REQUEST",
        "subject": "Programul de lucru cu publicul",
        "text": "Vă rog să îmi comunicați programul de lucru cu publicul în luna decembrie. " * 10,
        "language": "ro",
    }


async def institutions(http: aiohttp.ClientSession, origin: str) -> list[str]:
    """Some that accept petitions."""
    wanted = f"{origin}/catalog/v1/institutions?accepts_petitions=true&limit={SPREAD}"
    async with http.get(wanted) as answer:
        answer.raise_for_status()
        return [item["id"] for item in (await answer.json())["items"]]


async def file(http: aiohttp.ClientSession, origin: str, token: str, institution_id: str) -> dict[str, Any]:
    """File one; the petition. `RuntimeError` says what came instead of a 201."""
    headers = {"authorization": f"Bearer {token}", "idempotency-key": secrets.token_urlsafe(16)}
    async with http.post(f"{origin}{PETITIONS}", json=a_petition(institution_id), headers=headers) as answer:
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {(await answer.text())[:200]}")
        petition: dict[str, Any] = await answer.json()
        return petition


async def as_fast_as_it_goes(
    filing: Callable[[str], Awaitable[Any]], wanted: Iterator[str], clients: int, seconds: float
) -> None:
    """Closed loop: so many clients, each one request after the other; prints rate and waits."""
    times, ends = Times(), time.perf_counter() + seconds

    async def client() -> None:
        while (began := time.perf_counter()) < ends:
            try:
                await filing(next(wanted))
            except (RuntimeError, aiohttp.ClientError, TimeoutError) as error:
                times.failures.append(str(error))
            else:
                times.waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(client() for _ in range(clients)))
    say(f"    {len(times.waits) / seconds:7.0f}/s   {times.shown()}{failed(times)}")


def failed(times: Times) -> str:
    """How many failed, and how the first did."""
    return f"   {len(times.failures)} FAILED: {times.failures[0]}" if times.failures else ""


async def measure_service(
    options: argparse.Namespace, hub: Hub, http: aiohttp.ClientSession, token: str
) -> None:
    """The service alone, with the internal token that the gateway would send."""
    secret = (options.var / "secrets" / "gateway.service").read_text()
    async with http.post(
        f"{hub.url('identity')}/internal/v1/tokens/resolve",
        json={"token": token},
        headers={"authorization": aiohttp.encode_basic_auth("gateway", secret)},
    ) as answer:
        answer.raise_for_status()
        internal = (await answer.json())["internal_token"]
    known = await institutions(http, hub.url("gateway"))

    def filing(institution_id: str) -> Awaitable[dict[str, Any]]:
        return file(http, hub.url("petitions"), internal, institution_id)

    for _ in range(2 * options.clients):
        await filing(known[0])
    for told, among in ((f"{len(known)} institutions", known), ("one institution", known[:1])):
        say(f"  the service alone, {options.clients} at a time, {told}")
        await as_fast_as_it_goes(filing, itertools.cycle(among), options.clients, options.seconds)


async def measure_gateway(
    options: argparse.Namespace, hub: Hub, http: aiohttp.ClientSession, tokens: list[str]
) -> None:
    """Through the gateway at a constant rate, until the last e-mail is in the mailbox.

    All go to one institution, so that a number names one petition.
    """
    institution_id = (await institutions(http, hub.url("gateway")))[0]
    for token in tokens:
        await file(http, hub.url("gateway"), token, institution_id)
    times, mail = Times(), Times()
    answered_at: dict[int, float] = {}
    people, last_mail = itertools.cycle(tokens), await newest_mail(http, hub.url("mailbox"))
    began = time.perf_counter()

    async def one(order: int) -> None:
        due = began + order / options.rate
        await asyncio.sleep(due - time.perf_counter())
        try:
            petition = await file(http, hub.url("gateway"), next(people), institution_id)
        except (RuntimeError, aiohttp.ClientError, TimeoutError) as error:
            times.failures.append(str(error))
        else:
            answered_at[petition["number"]] = time.time()
            times.waits.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(one(order) for order in range(int(options.rate * options.seconds))))
    say(f"  through the gateway, {options.rate:g}/s, open loop")
    say(f"    request to 201:    {times.shown()}{failed(times)}")
    arrived_at = await arrivals(http, hub.url("mailbox"), last_mail, set(answered_at))
    mail.waits = [(arrived_at[number] - answered_at[number]) * 1000 for number in arrived_at]
    mail.failures = [f"no e-mail within {MAIL_SECONDS:.0f} s"] * (len(answered_at) - len(arrived_at))
    say(f"    201 to its e-mail: {mail.shown()}{failed(mail)}")


async def messages(
    http: aiohttp.ClientSession, mailbox: str, after: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """The next e-mails and the position behind them."""
    async with http.get(f"{mailbox}/api/messages", params={"after": after, "limit": limit}) as answer:
        answer.raise_for_status()
        page = await answer.json()
        return page["items"], page["next_after"]


async def newest_mail(http: aiohttp.ClientSession, mailbox: str) -> int:
    """The position behind everything that is in the mailbox, by bisection: pages are costly to make."""
    low, high = 0, 1
    while (await messages(http, mailbox, high, 1))[0]:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if (await messages(http, mailbox, middle, 1))[0]:
            low = middle + 1
        else:
            high = middle
    return low


async def arrivals(
    http: aiohttp.ClientSession, mailbox: str, after: int, numbers: set[int]
) -> dict[int, float]:
    """When the e-mail with each number arrived, by the mailbox's clock, in seconds of the epoch."""
    arrived: dict[int, float] = {}
    deadline = time.monotonic() + MAIL_SECONDS
    while arrived.keys() != numbers and time.monotonic() < deadline:
        items, after = await messages(http, mailbox, after, 100)
        for item in items:
            found = re.search(r"\d+", item["subject"])
            if found and int(found.group()) in numbers:
                at = datetime.fromisoformat(item["received_at"]).timestamp()
                arrived.setdefault(int(found.group()), at)
        if not items:
            await asyncio.sleep(0.05)
    return arrived


async def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("service", "gateway"), help="one of the two measurements")
    parser.add_argument("--rate", type=float, default=20.0, help="petitions/s through the gateway (20)")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each measurement (15)")
    parser.add_argument("--clients", type=int, default=16, help="at the service, at a time (16)")
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("HUB_VAR", "var")))
    options = parser.parse_args()
    hub = Hub(options.var)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(10)) as http:
        try:
            tokens = [await sign_in(hub.url("gateway"), f"{person}@example.org") for person in PEOPLE]
        except aiohttp.ClientConnectionError as error:
            sys.exit(f"the hub of {options.var} does not answer: {error}")
        say("petitions")
        if options.only != "service":  # first: the other leaves a backlog of e-mails
            await measure_gateway(options, hub, http, tokens)
        if options.only != "gateway":
            await measure_service(options, hub, http, tokens[0])


if __name__ == "__main__":
    asyncio.run(main())
