"""A partner institution's application, whole: keys, pushed request, sign-in, bound tokens, one call, the end.

    python docs/examples/partner.py keys                # makes partner-key.json, prints clients.json
    python docs/examples/partner.py http://localhost:8080

It needs `requests` and `joserfc`, and nothing of the hub's.
"""

import base64
import hashlib
import http.server
import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT_ID = "example-institution"
CALLBACK = "http://127.0.0.1/callback"  # with any port: the application is a person's own (RFC 8252, 7.3)
SCOPES = "openid offline_access petitions:read"
KEY_FILE = Path("partner-key.json")


def main() -> None:
    """Do what the command line asks for."""
    match sys.argv[1:]:
        case ["keys"]:
            show(json.dumps(registration(), indent=2))
        case [origin]:
            Partner(origin).run()
        case _:
            sys.exit(str(__doc__))


def registration() -> dict[str, Any]:
    """What the hub is told of this application: its public key only. The private one stays in a file."""
    key = ECKey.generate_key("P-256", {"kid": "2026-1", "use": "sig", "alg": "ES256"})
    KEY_FILE.touch(mode=0o600)
    KEY_FILE.write_text(json.dumps(key.as_dict(private=True)))
    described = {
        "client_id": CLIENT_ID,
        "client_name": {"ro": "Instituție exemplu", "hu": "Példaintézmény", "en": "Example institution"},
        "profile": "FAPI",
        "application_type": "native",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.as_dict(private=False)]},
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": SCOPES,
    }
    return {"clients": [described]}


class Partner:
    """The application at one hub. `held` is the key its tokens are bound to: new each time, never stored."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ECKey.import_key(json.loads(KEY_FILE.read_text()))
        self.held = ECKey.generate_key("P-256")
        self.http = requests.Session()
        self.said = self.http.get(f"{origin}/.well-known/oauth-authorization-server", timeout=10).json()

    def run(self) -> None:
        """From the pushed request to the revoked token."""
        browser = Callback()
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        pushed = self.post(
            "pushed_authorization_request_endpoint",
            response_type="code",
            redirect_uri=browser.address,
            scope=SCOPES,
            state=state,
            code_challenge=encoded(hashlib.sha256(verifier.encode()).digest()),
            code_challenge_method="S256",
        )
        query = urlencode({"client_id": CLIENT_ID, "request_uri": pushed["request_uri"]})
        show(f"open: {self.said['authorization_endpoint']}?{query}")

        back = browser.wait()
        if (back.get("state"), back.get("iss")) != (state, self.origin) or "code" not in back:
            sys.exit(f"not our answer: {back.get('error', 'state or iss differ')}")
        given = self.post(
            "token_endpoint",
            grant_type="authorization_code",
            code=back["code"],
            redirect_uri=browser.address,
            code_verifier=verifier,
        )
        keys = KeySet.import_key_set(self.http.get(self.said["jwks_uri"], timeout=10).json())
        claims = jwt.decode(given["id_token"], keys, algorithms=["ES256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.origin},
            aud={"essential": True, "value": CLIENT_ID},
            exp={"essential": True},
        ).validate(claims)
        show(f"signed in: {claims['sub']}, level {claims['acr']}, {given['token_type']} token")

        petitions = f"{self.origin}/petitions/v1/petitions"
        show(f"petitions: {len(self.get(petitions, given['access_token']).json()['items'])}")

        fresh = self.post("token_endpoint", grant_type="refresh_token", refresh_token=given["refresh_token"])
        show(f"refreshed: {self.get(petitions, fresh['access_token']).status_code}")

        self.post("revocation_endpoint", token=given["refresh_token"])
        while self.get(petitions, fresh["access_token"]).ok:
            time.sleep(0.05)
        show("revoked: the token opens nothing any more")

    def post(self, endpoint: str, **fields: str) -> dict[str, Any]:
        """Ask the provider: with an assertion (RFC 7523) and a proof (RFC 9449), both for this once."""
        address = self.said[endpoint]
        now = int(time.time())
        claims = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": self.said["issuer"],
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        shown = {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key),
        }
        answer = self.http.post(
            address, data=fields | shown, headers={"dpop": self.proof("POST", address)}, timeout=10
        )
        if not answer.ok:
            sys.exit(f"{endpoint}: {answer.status_code} {answer.text}")
        told: dict[str, Any] = answer.json()
        return told

    def get(self, address: str, token: str) -> requests.Response:
        """Call the hub with a bound token."""
        headers = {"authorization": f"DPoP {token}", "dpop": self.proof("GET", address, token)}
        return self.http.get(address, headers=headers, timeout=10)

    def proof(self, method: str, address: str, token: str = "") -> str:
        """The proof for one request: its method, its address without the query, now, and the token."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.held.as_dict(private=False)}
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": address, "iat": int(time.time())}
        if token:
            claims["ath"] = encoded(hashlib.sha256(token.encode()).digest())
        return jwt.encode(header, claims, self.held)


class Callback:
    """Where the browser comes back to."""

    def __init__(self) -> None:
        came: dict[str, str] = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # named by the standard library
                came.update(parse_qsl(urlsplit(self.path).query))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"You may close this window.")

            def log_message(self, *_: object) -> None:  # the address holds the code
                pass

        self.came = came
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.address = CALLBACK.replace("127.0.0.1", f"127.0.0.1:{self.server.server_port}")

    def wait(self) -> dict[str, str]:
        """The members of the answer that the browser brings."""
        with self.server:
            self.server.handle_request()
        return self.came


def encoded(value: bytes) -> str:
    """In base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def show(line: str) -> None:
    """Say something."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
