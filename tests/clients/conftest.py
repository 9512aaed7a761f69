"""Client libraries of others, with what they need: Node.js, their packages, clients of their own."""

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import pytest
from joserfc.jwk import ECKey

from hub_cli.browser import Browser
from hub_testing import programs
from hub_testing.listener import Answer, Asked, Listener

from ..conftest import Hub

HERE = Path(__file__).parent
EMAIL, PASSWORD = "ana.popescu@example.org", "demo-parola-2026"
SECONDS = 60


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the packages that package-lock.json names; without it, skipped by name."""
    programs.path("node")
    folder = HERE / "node_modules"
    if not all(
        (folder / name).is_dir()
        for name in (
            "@sd-jwt/sd-jwt-vc",
            "altcha-lib",
            "cloudevents",
            "ical.js",
            "jsonld",
            "openid-client",
            "oidc-client-ts",
            "standardwebhooks",
            "tus-js-client",
        )
    ):
        programs.missing("the client libraries are not installed: run `npm ci` in tests/clients")
    return folder


Show: TypeAlias = Callable[..., dict[str, Any]]


@pytest.fixture
def show(packages: Path) -> Show:
    """What @sd-jwt/sd-jwt-vc reads of the claims that a wallet shows it: see credential.mjs."""
    assert packages.is_dir()

    def shown(given: dict[str, Any], *claims: str, **others: Any) -> dict[str, Any]:
        asked = json.dumps({**given, "shown": claims, **others})
        ran = programs.run("node", HERE / "credential.mjs", given=asked)
        assert ran.returncode == 0, ran.stderr
        read: dict[str, Any] = json.loads(ran.stdout)
        return read

    return shown


@dataclass
class BackChannel:
    """What a client listens to: the tokens of logouts that came."""

    heard: Queue[str] = field(default_factory=Queue)
    address: str = ""

    def answer(self, asked: Asked) -> Answer:
        self.heard.put(parse_qs(asked.body.decode())["logout_token"][0])
        return Answer(b"", "text/plain")


@pytest.fixture
def back_channel() -> Iterator[BackChannel]:
    made = BackChannel()
    listener = Listener(made.answer)
    made.address = f"{listener.url}/logout"
    listener.start()
    yield made
    listener.stop()


Register = Callable[..., dict[str, Any]]


@pytest.fixture
def register(hub: Hub, tmp_path: Path) -> Register:
    """Register `register(profile="FAPI", …)` by the command line; what it is registered with."""

    def put(**metadata: Any) -> dict[str, Any]:
        described = {
            "client_id": f"client-{secrets.token_hex(4)}",
            "client_name": {"ro": "Aplicație", "hu": "Alkalmazás", "en": "Application"},
        } | metadata
        file = tmp_path / f"{described['client_id']}.json"
        file.write_text(json.dumps({"clients": [described]}))
        done = hub.run("clients", "put", str(file))
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{described['client_id']}: registered" in done.stdout
        return described

    return put


@pytest.fixture
def a_key() -> dict[str, Any]:
    """A private JWK of a client."""
    return dict(
        ECKey.generate_key("P-256", {"kid": "key-1", "use": "sig", "alg": "ES256"}).as_dict(private=True)
    )


class Program:
    """A client library at work in Node.js; the test is its person's browser."""

    def __init__(self, script: str) -> None:
        self._process = subprocess.Popen(
            [programs.path("node"), script],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def say(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = self._process.stdout.readline()
        assert line, self._process.stderr.read()
        heard: dict[str, Any] = json.loads(line)
        return heard

    def browse(self, browser: Browser) -> None:
        """Open what the program wants opened, as its person does, and say where that ended."""
        browser.open(self.hear()["open"])
        if "/account/device" in browser.address:
            browser.submit({})
        if "/account/sign-in" in browser.address:
            browser.submit({"username": EMAIL, "current-password": PASSWORD})
        if "/account/consent" in browser.address or "/account/sign-out" in browser.address:
            browser.submit({})
        self.say({"ended": browser.address})

    def end(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def a_program(packages: Path) -> Iterator[Callable[[str], Program]]:
    """Start `a_program("openid.mjs")`."""
    started: list[Program] = []

    def start(script: str) -> Program:
        started.append(Program(script))
        return started[-1]

    yield start
    for program in started:
        program.end()
