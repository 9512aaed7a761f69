"""A partner institution's application, from its keys to a petition and the end of its tokens."""

import asyncio
import hashlib
import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from hub_cli.browser import Browser

from ..conftest import Hub
from ..faults import petitions
from .institution import CALLBACK, Institution, encoded

pytestmark = pytest.mark.xdist_group("hub")

SCOPES = "openid offline_access petitions:read petitions:write"
PETITIONS = "/petitions/v1/petitions"
PERSON = {"username": "ana.popescu@example.org", "current-password": "demo-parola-2026"}


def put(hub: Hub, file: Path) -> None:
    """Register the clients of a file."""
    done = hub.run("clients", "put", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def register(hub: Hub, made: Institution) -> Institution:
    """Make an application known to the hub, as an operator does."""
    file = hub.folder / f"{made.id}.json"
    file.write_text(made.described())
    put(hub, file)
    return made


@pytest.fixture
def institution(hub: Hub) -> Institution:
    return register(hub, Institution(hub.origin, SCOPES))


def agree(address: str) -> dict[str, str]:
    """A person signs in and agrees; what comes back to the application."""
    browser = Browser(ends_at=CALLBACK)
    browser.open(address)
    browser.submit(PERSON)
    if not browser.address.startswith(CALLBACK):
        browser.submit({})
    assert browser.address.startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(browser.address).query))


async def test_a_partner_pushes_signs_in_files_a_petition_refreshes_and_leaves(
    hub: Hub, institution: Institution
) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        said = (await client.get("/.well-known/oauth-authorization-server")).json()
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(8)

        pushed = await client.post(
            said["pushed_authorization_request_endpoint"],
            data={
                "response_type": "code",
                "redirect_uri": CALLBACK,
                "scope": SCOPES,
                "state": state,
                "code_challenge": encoded(hashlib.sha256(verifier.encode()).digest()),
                "code_challenge_method": "S256",
                **institution.shown(),
            },
            headers={"dpop": institution.proof("POST", said["pushed_authorization_request_endpoint"])},
        )
        assert pushed.status_code == 201, pushed.text
        query = urlencode({"client_id": institution.id, "request_uri": pushed.json()["request_uri"]})
        back = await asyncio.to_thread(agree, f"{said['authorization_endpoint']}?{query}")
        assert (back["state"], back["iss"]) == (state, hub.origin)

        async def ask(**fields: str) -> dict[str, Any]:
            answer = await client.post(
                said["token_endpoint"],
                data=fields | institution.shown(),
                headers={"dpop": institution.proof("POST", said["token_endpoint"])},
            )
            assert answer.status_code == 200, answer.text
            given: dict[str, Any] = answer.json()
            assert given["token_type"] == "DPoP"
            return given

        given = await ask(
            grant_type="authorization_code",
            code=back["code"],
            redirect_uri=CALLBACK,
            code_verifier=verifier,
        )
        keys = KeySet.import_key_set((await client.get(said["jwks_uri"])).json())
        person = jwt.decode(given["id_token"], keys, algorithms=["ES256"]).claims["sub"]
        seen = await client.get(
            said["userinfo_endpoint"],
            headers=institution.bound("GET", said["userinfo_endpoint"], given["access_token"]),
        )
        assert seen.json()["sub"] == person

        address = hub.origin + PETITIONS
        [first, *_] = await petitions.choose_institutions(client)
        petition = {
            "institution_id": first,
            "kind": "REQUEST",
            "subject": "Programul de lucru cu publicul",
            "text": "Vă rog să îmi comunicați programul de lucru.",
            "language": "ro",
        }
        filed = await client.post(
            PETITIONS,
            json=petition,
            headers=institution.bound("POST", address, given["access_token"])
            | {"idempotency-key": str(uuid4())},
        )
        assert filed.status_code == 201, filed.text

        token = (await ask(grant_type="refresh_token", refresh_token=given["refresh_token"]))["access_token"]
        listed = await client.get(PETITIONS, headers=institution.bound("GET", address, token))
        assert filed.json()["id"] in {item["id"] for item in listed.json()["items"]}

        await refused(client, institution, token)

        revoked = await client.post(
            said["revocation_endpoint"], data={"token": given["refresh_token"], **institution.shown()}
        )
        assert revoked.status_code == 200
        async with asyncio.timeout(1):
            while True:
                answer = await client.get(PETITIONS, headers=institution.bound("GET", address, token))
                if answer.status_code == 401:
                    break
        assert answer.json()["type"].endswith("/problems/invalid-token")


async def refused(client: httpx2.AsyncClient, institution: Institution, token: str) -> None:
    """A thief of the token, and one who has heard a request, get nothing."""
    address = institution.origin + PETITIONS
    heard = institution.bound("GET", address, token)
    assert (await client.get(PETITIONS, headers=heard)).status_code == 200
    thief = Institution(institution.origin, SCOPES)
    for headers in (
        heard,
        {"authorization": f"Bearer {token}"},
        {"authorization": f"DPoP {token}"},
        thief.bound("GET", address, token),
        institution.bound("POST", address, token),
        institution.bound("GET", f"{address}/{uuid4()}", token),
    ):
        answer = await client.get(PETITIONS, headers=headers)
        assert answer.status_code == 401, json.dumps(headers)
        assert answer.headers["www-authenticate"].startswith("DPoP ")


async def test_a_partner_stands_for_itself_and_is_no_person(hub: Hub, institution: Institution) -> None:
    address = hub.origin + PETITIONS
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        endpoint, form, headers = institution.own_token("petitions:read")
        given = await client.post(endpoint, data=form, headers=headers)
        token = given.json()["access_token"]
        inspected = await client.post(
            "/oauth2/introspect",
            data={"token": token, **institution.shown()},
            headers={"accept": "application/token-introspection+jwt"},
        )
        keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
        said = jwt.decode(inspected.text, keys, algorithms=["ES256"]).claims["token_introspection"]
        assert (said["sub"], said["cnf"]) == (institution.id, {"jkt": institution.held.thumbprint()})
        answer = await client.get(PETITIONS, headers=institution.bound("GET", address, token))
        assert answer.status_code == 401, "petitions are filed by people"


def test_the_example_of_a_partners_program_works_as_it_is_printed(hub: Hub, tmp_path: Path) -> None:
    program = (sys.executable, str(Path(__file__).parents[2] / "docs" / "examples" / "partner.py"))
    made = subprocess.run([*program, "keys"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert '"d"' not in made.stdout
    assert (tmp_path / "partner-key.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "clients.json").write_text(made.stdout)
    put(hub, tmp_path / "clients.json")
    with subprocess.Popen(
        [*program, hub.origin], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout
        person = Browser(ends_at="https://nowhere.example.org")
        person.open(running.stdout.readline().removeprefix("open: ").strip())
        person.submit(PERSON)
        if not person.address.startswith("http://127.0.0.1"):
            person.submit({})
        said = running.stdout.read()
    assert running.returncode == 0, said
    assert said.splitlines()[-1] == "revoked: the token opens nothing any more"
    assert ", level " in said
    assert "DPoP token" in said
