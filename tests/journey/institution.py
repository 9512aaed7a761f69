"""The application of a partner institution: its keys, and what it says with them (FAPI 2.0, DPoP)."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

CALLBACK: Final = "https://institution.example.org/callback"


@dataclass
class Institution:
    """The application: its key, the key its tokens are bound to, and what it says with them.

    `institution_id` is the institution of the catalog that it stands for, where it stands for itself.
    """

    origin: str
    scopes: str
    institution_id: UUID | None = None
    id: str = field(default_factory=lambda: f"institution-{secrets.token_hex(4)}")
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "2026", "use": "sig"}))
    held: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    def described(self) -> str:
        """What makes it known to the hub, as `hub clients put` reads it."""
        client = {
            "client_id": self.id,
            "client_name": dict.fromkeys(("ro", "hu", "en"), "Institution"),
            "profile": "FAPI",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [self.key.as_dict(private=False)]},
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "scope": self.scopes,
            **({"institution_id": str(self.institution_id)} if self.institution_id else {}),
        }
        return json.dumps({"clients": [client]})

    def own_token(self, scopes: str) -> tuple[str, dict[str, str], dict[str, str]]:
        """The request for a token in its own name: address, form and headers."""
        endpoint = f"{self.origin}/oauth2/token"
        form = {"grant_type": "client_credentials", "scope": scopes, **self.shown()}
        return endpoint, form, {"dpop": self.proof("POST", endpoint)}

    def shown(self) -> dict[str, str]:
        """How it proves itself in a form (RFC 7523)."""
        now = int(time.time())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.origin,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        header = {"alg": "ES256", "kid": "2026"}
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(header, claims, self.key),
        }

    def proof(self, method: str, address: str, token: str = "") -> str:
        """That it holds the key, for one request (RFC 9449)."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.held.as_dict(private=False)}
        claims = {"jti": str(uuid4()), "htm": method, "htu": address, "iat": int(time.time())}
        if token:
            claims["ath"] = encoded(hashlib.sha256(token.encode()).digest())
        return jwt.encode(header, claims, self.held)

    def bound(self, method: str, address: str, token: str) -> dict[str, str]:
        """The headers of a request with a bound token."""
        return {"authorization": f"DPoP {token}", "dpop": self.proof(method, address, token)}


def encoded(value: bytes) -> str:
    """Base64 as JOSE has it (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
