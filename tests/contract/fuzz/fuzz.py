"""Made-up requests against a running hub: `make fuzz`. Every operation, by somebody who may do it.

    python tests/contract/fuzz/fuzz.py --var var/fuzz --seconds 60

Each round is one person with what they may do; whatever breaks the contract (a 5xx, a status or a member
that the document does not name, a wrong request that is taken, a right one that is refused) fails.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2

from hub_cli.browser import Browser
from hub_cli.place import Place, State

HERE: Final = Path(__file__).parent
PROGRAM: Final = Path(__file__).parents[3] / ".tools/fuzz/bin/schemathesis"
CALLBACK: Final = "http://127.0.0.1:8765/callback"
PASSWORD: Final = "demo-parola-2026"
_METHODS: Final = ("get", "put", "post", "patch", "delete")

CITIZEN: Final = (
    "openid profile email petitions:read petitions:write account:read account:write messages:read "
    "registration:read registration:write privacy:read privacy:write clients:read clients:write "
    "consents:read consents:write mandates:read mandates:write forms:prefill "
    "criminal-record:read criminal-record:write appointments:read appointments:write traffic-history:read "
    "driving-reports:read driving-reports:write"
)
OFFICE: Final = (
    "openid staff officials:read officials:write people:verify registration:decide clients:review "
    "mandates:verify people:read privacy:decide catalog:read catalog:write"
)
RECORDS: Final = "openid staff criminal-record:decide"
PASSPORTS: Final = "openid staff appointments:desk appointments:manage"
SPCP_CJ: Final = "county=CJ&type=PE"
LEFT_OUT: Final = {
    "delete_account": "ends the person who asks",
    "end_session": "ends the session of the token",
    "withdraw_consent": "ends the token",
    "change_password": "ends the other sessions",
    "create_account": "sends an e-mail for each request",
    "introspect_token": "for applications with a secret",
    "block_client": "ends the application that asks",
    "suspend_client": "ends the application that asks",
    "declare_bridge_day": "the demo has nobody at the directorate that may",
    "withdraw_bridge_day": "the demo has nobody at the directorate that may",
}
"""Operations that are asked by nobody, each with the reason."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an account of the demo, and the application it uses."""

    email: str
    application: str
    scopes: str
    roles: frozenset[str] = frozenset()
    office: str = ""
    """The query by which the counters are found where an official works."""

    def may(self, operation: Mapping[str, Any]) -> bool:
        """Whether this person may do it, as far as the document says."""
        needed = {scope for one in operation.get("security", ()) for names in one.values() for scope in names}
        roles = operation.get("x-roles")
        return needed <= set(self.scopes.split()) and (not roles or not self.roles.isdisjoint(roles))


ASKERS: Final = (
    Asker("ana.popescu@example.org", "demo-portal", CITIZEN),
    Asker("sorin.dinu@example.org", "demo-office", RECORDS, frozenset({"RECORDS_OFFICER"})),
    Asker("gabriela.vasile@example.org", "demo-office", RECORDS, frozenset({"HEAD"})),
    Asker("adina.moldovan@example.org", "demo-office", PASSPORTS, frozenset({"CLERK"}), SPCP_CJ),
    Asker("horia.muresan@example.org", "demo-office", PASSPORTS, frozenset({"HEAD"}), SPCP_CJ),
    Asker("elena.marin@example.org", "demo-office", OFFICE, frozenset({"CLERK"})),
    Asker("mihai.stan@example.org", "demo-office", OFFICE, frozenset({"HEAD"})),
    Asker("ioana.rusu@example.org", "demo-office", OFFICE, frozenset({"DPO"})),
    Asker(
        "vlad.neagu@example.org", "demo-office", OFFICE, frozenset({"CATALOG_EDITOR", "CATALOG_PUBLISHER"})
    ),
    Asker("irina.pop@example.org", "demo-office", OFFICE, frozenset({"ADMIN"})),
)


def main() -> None:
    """Ask as everybody; the exit status says whether all answers were in the contract."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--var", type=Path, default=Path("var"))
    asked.add_argument("--seconds", type=int, default=60, help="of fuzzing, for each person; 0 for none")
    asked.add_argument("--only", help="the e-mail address of one person")
    given = asked.parse_args()
    place = Place(given.var, State.read(given.var).ports)
    document = contract(place.origin)
    left = {
        operation["operationId"]: (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS and operation["operationId"] not in LEFT_OUT
    }
    failed = False
    for asker in ASKERS:
        mine = {name: found for name, found in left.items() if asker.may(found[2])}
        left = {name: found for name, found in left.items() if name not in mine}
        if mine and given.only in {None, asker.email}:
            failed |= ask(place.origin, asker, mine, document, given.seconds)
    for name in sorted(left):
        sys.stdout.write(f"nobody may: {name}\n")
    sys.exit(failed)


def contract(origin: str) -> Any:
    """The merged document; 503 until the gateway has read it of each service."""
    ends = time.monotonic() + 60
    while (answer := httpx2.get(f"{origin}/openapi.json", timeout=60)).status_code == 503:
        if time.monotonic() > ends:
            break
        time.sleep(0.5)
    return answer.raise_for_status().json()


def ask(
    origin: str, asker: Asker, mine: Mapping[str, tuple[str, str, Any]], document: Any, seconds: int
) -> bool:
    """Let schemathesis ask as one person; whether something was not in the contract."""
    access_token = token(origin, asker)
    headers = {"authorization": f"Bearer {access_token}"}
    known = dict(there(origin, headers, document))
    if asker.office:
        offices = httpx2.get(f"{origin}/passport-booking/v1/offices?{asker.office}").json()["items"]
        known |= {
            path: {"office_id": offices[0]["id"]} for path, _, _ in mine.values() if "{office_id}" in path
        }
    institution = httpx2.get(f"{origin}/catalog/v1/institutions?accepts_petitions=true&limit=1").json()
    references = {"institution_id": institution["items"][0]["id"]}
    sys.stdout.write(f"\n### {asker.email}: {len(mine)} operations\n")
    sys.stdout.flush()
    command: list[str | Path] = [PROGRAM, "--config-file", HERE / "schemathesis.toml", "run"]
    command += [f"{origin}/openapi.json", "--checks", "all"]
    for name in sorted(mine):
        command += ["--include-operation-id", name]
    refusals = {name: problems(document, operation, "422") for name, (_, _, operation) in mine.items()}
    environment = {
        "HUB_FUZZ_TOKEN": access_token,
        "HUB_FUZZ_KNOWN": json.dumps(known),
        "HUB_FUZZ_REFERENCES": json.dumps(references),
        "HUB_FUZZ_PROBLEMS": json.dumps(refusals),
    }
    rounds = [["--phases", "examples,coverage"]]
    if seconds:
        rounds.append(["--phases", "fuzzing,stateful", "--max-time", str(seconds)])
    done = [
        subprocess.run([*command, *options], cwd=HERE, env=os.environ | environment, check=False)
        for options in rounds
    ]
    return any(one.returncode for one in done)


def problems(document: Any, operation: Any, status: str) -> list[str]:
    """The problem types with which an operation may answer with a status."""
    answer = operation["responses"].get(status, {})
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return list(answer.get("x-problem-types", ()))


def token(origin: str, asker: Asker) -> str:
    """An access token of somebody who signs in now (RFC 6749, 4.1, with PKCE)."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    wanted = {
        "client_id": asker.application,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": asker.scopes,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    browser = Browser(ends_at=CALLBACK)
    browser.open(f"{origin}/oauth2/authorize?{urlencode(wanted)}")
    browser.submit({"username": asker.email, "current-password": PASSWORD})
    while not browser.address.startswith(CALLBACK):
        browser.submit({})
    code = dict(parse_qsl(urlsplit(browser.address).query))["code"]
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    exchange |= {"client_id": asker.application, "code_verifier": verifier}
    answer = httpx2.post(f"{origin}/oauth2/token", data=exchange)
    return str(answer.raise_for_status().json()["access_token"])


def there(origin: str, headers: Mapping[str, str], document: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """For each template that ends in a parameter, and all below it, a value from the list above it."""
    for path, item in document["paths"].items():
        before, _, after = path.partition("/{")
        if not after or "get" not in document["paths"].get(before, {}):
            continue
        listed = httpx2.get(f"{origin}{before}", headers=dict(headers), params={"limit": 1}, timeout=30)
        items = listed.json().get("items") if listed.is_success else None
        if items:
            parameter = after.partition("}")[0]
            names = (parameter, "id", "code") if parameter.endswith("_id") else (parameter, "code", "id")
            value = next((items[0][name] for name in names if name in items[0]), None)
            if value is not None and item:
                yield path, {parameter: str(value)}


if __name__ == "__main__":
    main()
