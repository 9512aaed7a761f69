"""svc-identity as other services see it: keys, tokens and a few questions, answered as a test wants.

fake_identity.answer(f"/internal/v1/people/{person_id}/contact", {"person_id": ..., "email": ...})

What it answers of one person it answers to `POST /internal/v1/contacts` too.

headers = fake_identity.headers(scopes={"petitions:read"})
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind

from .listener import Answer, Asked, Listener

LIFETIME: Final = timedelta(minutes=5)
"""How long an internal token lives."""


class FakeIdentity:
    """A small HTTP server on the loopback address, and the key it signs internal tokens with.

    `issuer` is the hub's public origin; `asked` holds the requests in their order.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.asked: list[Asked] = []
        self._key = OKPKey.generate_key("Ed25519", {"kid": str(ids.new_id()), "use": "sig"})
        self._listener = Listener(self._respond)
        self._answers: dict[str, Answer] = {}
        self._recognised: dict[str, dict[str, str]] = {}

    @property
    def url(self) -> str:
        """Its address, for HUB_IDENTITY_URL."""
        return self._listener.url

    def start(self) -> None:
        """Serve until `stop()`."""
        self._listener.start()

    def stop(self) -> None:
        """Serve no more."""
        self._listener.stop()

    def answer(self, path: str, body: Any, status: int = HTTPStatus.OK) -> None:
        """Say what a path answers from now on, whatever the method; `body` is given out as JSON."""
        self._answers[path] = _json(body, status)

    def recognise(self, access_token: str, internal_token: str, session_id: UUID | None = None) -> None:
        """Let an access token resolve to an internal one (`POST /internal/v1/tokens/resolve`)."""
        self._recognised[access_token] = {
            "internal_token": internal_token,
            "expires_at": _ends(),
            "session_id": str(session_id or ids.new_id()),
        }

    def forget(self) -> None:
        """Forget everything a test has said and asked; the key stays."""
        self.asked.clear()
        self._answers.clear()
        self._recognised.clear()

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
        header = {"alg": "Ed25519", "typ": "hub+jwt", "kid": self._key.kid}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(header, kept, self._key, algorithms=["Ed25519"])

    def headers(
        self,
        person_id: UUID | None = None,
        scopes: Iterable[str] = (),
        assurance: Assurance = Assurance.LOW,
        **claims: Any,
    ) -> dict[str, str]:
        """The headers of a request with such a token."""
        return {"authorization": f"Bearer {self.token(person_id, scopes, assurance, **claims)}"}

    def _respond(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.path in self._answers:
            return self._answers[asked.path]
        match asked.path:
            case "/internal/v1/jwks":
                return _json({"keys": [self._key.as_dict(private=False)]})
            case "/internal/v1/tokens":
                token = self.token(sub="service", kind=Kind.SERVICE, client_id="service", sid=None)
                return _json({"internal_token": token, "expires_at": _ends()})
            case "/internal/v1/tokens/resolve":
                known = self._recognised.get(json.loads(asked.body)["token"])
                return _json(known) if known else self._problem("invalid-token", HTTPStatus.UNAUTHORIZED)
            case "/internal/v1/contacts":
                return self._contacts(json.loads(asked.body)["people"])
            case _:
                return self._problem("not-found", HTTPStatus.NOT_FOUND)

    def _contacts(self, people: list[str]) -> Answer:
        """The contacts that a test has given one by one; what it refuses of one, it refuses of all."""
        known = {person: self._answers.get(f"/internal/v1/people/{person}/contact") for person in people}
        given = {person: answer for person, answer in known.items() if answer}
        refused = {HTTPStatus(answer.status) for answer in given.values()} - {
            HTTPStatus.OK,
            HTTPStatus.NOT_FOUND,
        }
        if refused:
            return self._problem("refused", refused.pop())
        contacts = [
            {"person_id": person, "phone": None} | json.loads(answer.body)
            for person, answer in given.items()
            if answer.status == HTTPStatus.OK
        ]
        return _json({"contacts": contacts})

    def _problem(self, slug: str, status: HTTPStatus) -> Answer:
        body = {"type": f"{self.issuer}/problems/{slug}", "title": status.phrase, "status": status}
        return _json(body, status)


def _json(body: Any, status: int = HTTPStatus.OK) -> Answer:
    kind = "application/json" if status < HTTPStatus.BAD_REQUEST else "application/problem+json"
    return Answer(json.dumps(body).encode(), kind, status)


def _ends() -> str:
    return (clock.now() + LIFETIME).isoformat().replace("+00:00", "Z")
