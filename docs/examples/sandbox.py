# /// script
# requires-python = ">=3.11"
# dependencies = ["requests"]
# ///
"""An application in the sandbox with its test people, from one command.

    python docs/examples/sandbox.py http://localhost:8080 new "Portalul orașului" https://portal.example.org/callback
    python docs/examples/sandbox.py http://localhost:8080 reset

`new` registers the application and writes client.json and people.json, which conformance.py reads. `reset`
makes its people as new and writes people.json again. Open the address that is printed and sign in: the
application will be yours. It needs `requests` and nothing of the hub's.
"""

import base64
import hashlib
import http.server
import json
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import requests

PORTAL = "demo-portal"  # the hub's own: people look after their applications with it
CLIENT_FILE, PEOPLE_FILE = Path("client.json"), Path("people.json")
SCOPES = ["openid", "offline_access", "petitions:read", "petitions:write", "messages:read"]
GRANTS = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"]
SECONDS = 20


def main() -> None:
    """Do what the command line asks for."""
    match sys.argv[1:]:
        case [origin, "new", name, redirect_uri]:
            owner = Owner(origin)
            client = owner.register(name, redirect_uri)
            keep(CLIENT_FILE, client)
        case [origin, "reset"]:
            owner = Owner(origin)
            client = json.loads(CLIENT_FILE.read_text())
        case _:
            sys.exit(str(__doc__))
    people = owner.call("PUT", f"/clients/{quote(client['client_id'])}/test-people")
    keep(PEOPLE_FILE, people)
    for one in people["items"]:
        show(f"{one['kind']:<23} {one['username'] or 'has no account'}")


class Owner:
    """Who the application belongs to, signed in."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        said = requests.get(f"{origin}/.well-known/oauth-authorization-server", timeout=SECONDS).json()
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        came: dict[str, str] = {}
        with http.server.HTTPServer(("127.0.0.1", 0), answering(came)) as server:
            redirect_uri = f"http://127.0.0.1:{server.server_port}/callback"
            asked = {
                "client_id": PORTAL,
                "response_type": "code",
                "redirect_uri": redirect_uri,
                "scope": "openid clients:read clients:write",
                "state": state,
                "code_challenge": encoded(hashlib.sha256(verifier.encode()).digest()),
                "code_challenge_method": "S256",
            }
            show(f"open: {said['authorization_endpoint']}?{urlencode(asked)}")
            server.handle_request()
        if came.get("state") != state or "code" not in came:
            sys.exit(f"not our answer: {came.get('error', 'state differs')}")
        form = {
            "client_id": PORTAL,
            "grant_type": "authorization_code",
            "code": came["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        given = requests.post(said["token_endpoint"], data=form, timeout=SECONDS).json()
        self.headers = {"authorization": f"Bearer {given['access_token']}"}

    def register(self, name: str, redirect_uri: str) -> dict[str, Any]:
        """A front end with a secret; what conformance.py wants to know of it."""
        described = {
            "names": dict.fromkeys(("ro", "hu", "en"), name),
            "application_type": "web",
            "authentication": "client_secret_basic",
            "grant_types": GRANTS,
            "redirect_uris": [redirect_uri],
            "scopes": SCOPES,
        }
        client_id = self.call("POST", "/clients", described)["client_id"]
        secret = self.call("PUT", f"/clients/{quote(client_id)}/secret", {})
        return {
            "client_id": client_id,
            "client_secret": secret["client_secret"],
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
        }

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Ask the hub, as the owner."""
        answer = requests.request(
            method, f"{self.origin}/identity/v1{path}", json=body, headers=self.headers, timeout=SECONDS
        )
        if not answer.ok:
            sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
        told: dict[str, Any] = answer.json()
        return told


def answering(came: dict[str, str]) -> type[http.server.BaseHTTPRequestHandler]:
    """A page for the browser to come back to; what it brings goes into `came`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # named by the standard library
            came.update(parse_qsl(urlsplit(self.path).query))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"You may close this window.")

        def log_message(self, *_: object) -> None:  # the address holds the code
            pass

    return Handler


def keep(file: Path, held: dict[str, Any]) -> None:
    """Write a file that nobody else reads: it holds a secret."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n")


def encoded(value: bytes) -> str:
    """In base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def show(line: str) -> None:
    """Say something."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
