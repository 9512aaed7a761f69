"""Two identity providers for the embedded run, in which one chooses whom to be: ROeID, and the eIDAS node.

    /roeid, /eidas   .well-known/openid-configuration, authorize, token, jwks

OpenID Connect with the authorization code and PKCE. ROeID knows the invented people of the population
register by their CNP, at level substantial; the eIDAS node knows some from abroad by their identifier,
at the level that one chooses.
"""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub_core import clock

from . import demo
from .demo import CLIENT_ID, LEVELS, LOA

_VALID: Final = timedelta(minutes=5)
_SHOWN: Final = 12
_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody whom a provider knows: `number` is a CNP, or `<their country>/RO/<identifier>` of eIDAS."""

    number: str
    family_name: str
    given_name: str
    birth_date: date


class Register(Protocol):
    """Where ROeID finds people, besides those of the demo."""

    def people(self, after: str, limit: int) -> list[dict[str, Any]]:
        """Some entries in the order of their numbers."""
        ...

    def person(self, cnp: str) -> dict[str, Any] | None:
        """The entry of a number."""
        ...


ABROAD: Final = (
    Citizen("DE/RO/0a7f3c9921", "Müller", "Anna", date(1988, 4, 17)),
    Citizen("HU/RO/HU-77120934", "Szabó", "Gergely", date(1979, 11, 2)),
    Citizen("FR/RO/f3d2c1b0a9", "Dubois", "Camille", date(1995, 7, 30)),
    Citizen("IT/RO/TINIT-RSSMRC80A01H501U", "Rossi", "Marco", date(1980, 1, 1)),
)
"""Invented people from abroad, with identifiers as the eIDAS node gives them."""


@dataclass(frozen=True, slots=True)
class _Code:
    """What was agreed to, until it is exchanged."""

    citizen: Citizen
    level: str
    nonce: str
    redirect_uri: str
    challenge: str
    ends_at: float


@dataclass(slots=True)
class IdentityProvider:
    """One provider at `<origin>/<name>`; its keys and codes live as long as the process."""

    name: str
    title: str
    origin: str
    client_secret: str
    register: Register | None = None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "outside", "use": "sig"}))
    codes: dict[str, _Code] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens."""
        return f"{self.origin}/{self.name}"

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route(f"/{self.name}/.well-known/openid-configuration", self.show_metadata),
            Route(f"/{self.name}/jwks", self.show_keys),
            Route(f"/{self.name}/authorize", self.ask),
            Route(f"/{self.name}/authorize", self.decide, methods=["POST"]),
            Route(f"/{self.name}/token", self.exchange, methods=["POST"]),
        ]

    async def show_metadata(self, _: Request) -> Response:
        """What clients need to know (OpenID Connect Discovery 1.0)."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "acr_values_supported": [f"{LOA}{level}" for level in LEVELS],
            }
        )

    async def show_keys(self, _: Request) -> Response:
        """The key of its tokens."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def ask(self, request: Request) -> Response:
        """Whom do you want to be? What the client asks for is carried in the page's address."""
        if request.query_params.get("client_id") != CLIENT_ID:
            return JSONResponse({"error": "invalid_client"}, HTTPStatus.BAD_REQUEST)
        page = _PAGES.get_template("choose.html").render(
            title=self.title,
            citizens=self._citizens(),
            levels=LEVELS if self.register is None else (),
        )
        return HTMLResponse(page, headers={"content-security-policy": _POLICY, "cache-control": "no-store"})

    async def decide(self, request: Request) -> Response:
        """Go back with a code, or with `access_denied`."""
        asked = request.query_params
        form = dict(parse_qsl((await request.body()).decode()))
        citizen = self._citizen(form.get("citizen", ""))
        answer = {"state": asked["state"], "iss": self.issuer}
        if citizen is None or form.get("decision") != "agree":
            answer["error"] = "access_denied"
        else:
            code = answer["code"] = secrets.token_urlsafe(24)
            self.codes[code] = _Code(
                citizen,
                form.get("level", "substantial"),
                asked["nonce"],
                asked["redirect_uri"],
                asked["code_challenge"],
                (clock.now() + _VALID).timestamp(),
            )
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", HTTPStatus.SEE_OTHER)

    async def exchange(self, request: Request) -> Response:
        """An ID token for a code, once."""
        form = dict(parse_qsl((await request.body()).decode()))
        shown = base64.b64encode(f"{CLIENT_ID}:{self.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {shown}":
            return JSONResponse({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
        given = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = given is not None and given.ends_at > clock.now().timestamp()
        if (
            given is None
            or not good
            or (given.redirect_uri, given.challenge)
            != (
                form.get("redirect_uri"),
                challenge,
            )
        ):
            return JSONResponse({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(24),
                "token_type": "Bearer",
                "id_token": self._token(given),
            },
            headers={"cache-control": "no-store"},
        )

    def _token(self, given: _Code) -> str:
        now = int(clock.now().timestamp())
        number = "cnp" if self.register is not None else "person_identifier"
        citizen = asdict(given.citizen)
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": hashlib.sha256(given.citizen.number.encode()).hexdigest()[:32],
            "iat": now,
            "auth_time": now,
            "exp": now + int(_VALID.total_seconds()),
            "nonce": given.nonce,
            "acr": f"{LOA}{given.level}",
            number: citizen["number"],
            "family_name": citizen["family_name"],
            "given_name": citizen["given_name"],
            "birthdate": citizen["birth_date"].isoformat(),
        }
        return jwt.encode({"alg": "ES256", "kid": "outside"}, claims, self.key)

    def _citizens(self) -> list[Citizen]:
        if self.register is None:
            return list(ABROAD)
        return [_citizen(asdict(one)) for one in demo.PEOPLE] + [
            _citizen(entry) for entry in self.register.people("", _SHOWN)
        ]

    def _citizen(self, number: str) -> Citizen | None:
        if self.register is None:
            return next((one for one in ABROAD if one.number == number), None)
        entry = self.register.person(number)
        return _citizen(entry) if entry else None


def _citizen(entry: dict[str, Any]) -> Citizen:
    return Citizen(
        entry["cnp"],
        entry["family_name"],
        entry["given_name"],
        date.fromisoformat(str(entry["birth_date"])),
    )
