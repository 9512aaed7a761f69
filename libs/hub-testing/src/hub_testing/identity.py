"""svc-identity as other services see it: keys, tokens and a few questions, answered as a test wants.

fake_identity.answer("/internal/v1/people/0192…/contact", {"person_id": "0192…", …})
headers = fake_identity.headers(scopes={"petitions:read"})
"""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind

LIFETIME: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the fake was asked; `authorization` as it came."""

    method: str
    path: str
    authorization: str
    body: Any


@dataclass(frozen=True, slots=True)
class _Answer:
    body: Any
    status: int


@dataclass
class FakeIdentity:
    """A small HTTP server on the loopback address, and the key it signs internal tokens with.

    `asked` holds the questions in their order.
    """

    issuer: str
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", {"kid": str(ids.new_id()), "use": "sig"})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.forget()

    @property
    def url(self) -> str:
        """Its address, for HUB_IDENTITY_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Serve until `stop()`."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, body: Any, status: int = HTTPStatus.OK) -> None:
        """Say what a path answers from now on, whatever the method; `body` is given out as JSON."""
        self._answers[path] = _Answer(body, status)

    def recognise(self, access_token: str, internal_token: str, session_id: UUID | None = None) -> None:
        """Let an access token resolve to an internal one (`POST /internal/v1/tokens/resolve`)."""
        self._resolvable[access_token] = {
            "internal_token": internal_token,
            "expires_at": _ends(clock.now()),
            "session_id": str(session_id or ids.new_id()),
        }

    def forget(self) -> None:
        """Forget everything a test has said and asked; the key stays."""
        self.asked.clear()
        self._answers: dict[str, _Answer] = {}
        self._resolvable: dict[str, dict[str, str]] = {}

    def token(
        self,
        person_id: UUID | None = None,
        scopes: Iterable[str] = (),
        assurance: Assurance = Assurance.LOW,
        *,
        now: datetime | None = None,
        **claims: Any,
    ) -> str:
        """An internal token of a person (a new one unless named); `claims` replace or add claims.

        A claim given as `None` is left out.
        """
        issued_at = now or clock.now()
        said = {
            "iss": self.issuer,
            "aud": "hub",
            "sub": str(person_id or ids.new_id()),
            "kind": Kind.PERSON,
            "acr": assurance,
            "scope": " ".join(sorted(scopes)),
            "client_id": "demo-portal",
            "sid": str(ids.new_id()),
            "roles": [],
            "iat": int(issued_at.timestamp()),
            "exp": int((issued_at + LIFETIME).timestamp()),
            "jti": str(ids.new_id()),
        } | claims
        header = {"alg": "EdDSA", "typ": "hub+jwt", "kid": self._key.kid}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(header, kept, self._key, algorithms=["EdDSA"])

    def headers(
        self,
        person_id: UUID | None = None,
        scopes: Iterable[str] = (),
        assurance: Assurance = Assurance.LOW,
        **claims: Any,
    ) -> dict[str, str]:
        """The headers of a request with such a token."""
        return {"authorization": f"Bearer {self.token(person_id, scopes, assurance, **claims)}"}

    def _respond(self, asked: Asked) -> _Answer:
        self.asked.append(asked)
        if asked.path in self._answers:
            return self._answers[asked.path]
        if asked.path == "/internal/v1/jwks":
            return _Answer({"keys": [self._key.as_dict(private=False)]}, HTTPStatus.OK)
        if asked.path == "/internal/v1/tokens":
            token = self.token(sub="service", kind=Kind.SERVICE, client_id="service", sid=None)
            return _Answer({"internal_token": token, "expires_at": _ends(clock.now())}, HTTPStatus.OK)
        if asked.path == "/internal/v1/tokens/resolve" and asked.body["token"] in self._resolvable:
            return _Answer(self._resolvable[asked.body["token"]], HTTPStatus.OK)
        status = (
            HTTPStatus.UNAUTHORIZED if asked.path.startswith("/internal/v1/tokens") else HTTPStatus.NOT_FOUND
        )
        slug = "invalid-token" if status is HTTPStatus.UNAUTHORIZED else "not-found"
        return _Answer({"type": f"{self.issuer}/problems/{slug}", "title": slug, "status": status}, status)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        respond = self._respond

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                asked = Asked(
                    method=self.command,
                    path=self.path,
                    authorization=self.headers.get("authorization", ""),
                    body=json.loads(body) if body else None,
                )
                answer = respond(asked)
                content = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header(
                    "content-type",
                    "application/json"
                    if answer.status < HTTPStatus.BAD_REQUEST
                    else "application/problem+json",
                )
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing: the test sees `asked`."""

        return Handler


def _ends(now: datetime) -> str:
    return (now + LIFETIME).isoformat().replace("+00:00", "Z")
