# /// script
# requires-python = ">=3.11"
# dependencies = ["requests", "joserfc"]
# ///
"""Does an application get along with the hub? One program, one answer, for the sandbox.

    python docs/examples/conformance.py http://localhost:8080 client.json people.json
    python docs/examples/conformance.py http://localhost:8080 client.json people.json --report report.json

`client.json` says what the application is: `client_id`, `redirect_uri` (registered; nothing has to listen
there), `scope`, and how it proves itself: `private_key` (a JWK) or `client_secret`, or neither. A secret is
sent as `client_secret_basic` unless `token_endpoint_auth_method` says `client_secret_post`.
`people.json` is the answer of `PUT /identity/v1/clients/{client_id}/test-people`, as it came.

Each line is one promise of the hub's contract that applications lean on, tried with the application's own
registration: PASS, FAIL with what came instead, or SKIP with the reason. The report is for the request for
production. Exit code: 0 when nothing failed, 1 when something did, 2 when it could not be tried at all.

It needs `requests` and `joserfc` and nothing of the hub's; `uv run` installs them by itself.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, import_key

VERSION = "1"
SECONDS = 20
PETITIONS = "/petitions/v1/petitions"
MESSAGES = "/notify/v1/messages"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SUBJECT_TYPE = "urn:ietf:params:oauth:token-type:access_token"
REPEAT = "Safe to repeat, safe to race"
MOST_REQUESTS = 2_000
MOST_PAGES = 8


class Failed(Exception):
    """The hub did something else; the message says what."""


class Skipped(Exception):
    """It could not be tried with this application; the message says why."""


def expect(*, that: bool, otherwise: object) -> None:
    """Fail unless it is so; `otherwise` is what came instead."""
    if not that:
        raise Failed(str(otherwise))


def need(*, that: bool, otherwise: str) -> None:
    """Skip unless it is so."""
    if not that:
        raise Skipped(otherwise)


# ── The application ──


@dataclass(frozen=True)
class Tokens:
    """What a sign-in brought."""

    access: str
    refresh: str
    claims: dict[str, Any]
    scope: frozenset[str]


class Application:
    """The application under test, at one hub: it pushes its requests and binds its tokens to a key."""

    def __init__(self, origin: str, client: dict[str, Any], people: dict[str, Any]) -> None:
        self.origin = origin
        self.id: str = client["client_id"]
        self.redirect_uri: str = client["redirect_uri"]
        self.scope: str = client["scope"]
        secret = client.get("client_secret", "")
        in_form = client.get("token_endpoint_auth_method") == "client_secret_post"
        self.in_form = {"client_secret": secret} if secret and in_form else {}
        self.basic = (self.id, secret) if secret and not in_form else None
        self.key = import_key(client["private_key"]) if "private_key" in client else None
        self.password: str = people["password"]
        self.people = {one["kind"]: one for one in people["items"]}
        self.held = ECKey.generate_key("P-256")
        self.http = requests.Session()
        self.signed_in: dict[str, Tokens] = {}

    @cached_property
    def said(self) -> dict[str, Any]:
        """What the hub says of its provider (RFC 8414)."""
        answer = self.http.get(f"{self.origin}/.well-known/oauth-authorization-server", timeout=SECONDS)
        expect(that=answer.ok, otherwise=shown(answer))
        described: dict[str, Any] = answer.json()
        return described

    @cached_property
    def institution(self) -> str:
        """An institution to which one may write."""
        cursor = None
        for _ in range(MOST_PAGES):
            query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = self.http.get(
                f"{self.origin}/catalog/v1/institutions", params=query, timeout=SECONDS
            ).json()
            for one in page["items"]:
                if one.get("accepts_petitions"):
                    return str(one["id"])
            cursor = page["next_cursor"]
            if cursor is None:
                break
        raise Skipped("no institution of this hub takes petitions")

    def shown(self, **changed: object) -> dict[str, str]:
        """How the application proves itself in a form; `changed` claims are for what must be refused."""
        if self.key is None:
            return {"client_id": self.id} | self.in_form
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.said["issuer"],
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        header = {"alg": algorithm(self.key), "kid": self.key.kid}
        signed = jwt.encode(header, claims | changed, self.key, algorithms=[algorithm(self.key)])
        return {"client_assertion_type": ASSERTION, "client_assertion": signed}

    def proof(self, method: str, address: str, token: str = "", **changed: object) -> str:
        """The proof for one request (RFC 9449)."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.held.as_dict(private=False)}
        claims: dict[str, object] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": address.partition("?")[0],
            "iat": int(time.time()),
        }
        if token:
            claims["ath"] = encoded(hashlib.sha256(token.encode()).digest())
        return jwt.encode(header, claims | changed, self.held)

    def ask(self, endpoint: str, /, **fields: str) -> requests.Response:
        """Ask the provider, with a proof of its own; `fields` go before how the application proves itself."""
        address = self.said[endpoint]

        def once() -> requests.Response:
            sent, headers = self.shown() | fields, {"dpop": self.proof("POST", address)}
            return self.http.post(address, data=sent, headers=headers, auth=self.basic, timeout=SECONDS)

        return patient(once)

    def call(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> requests.Response:
        """Call the hub with a bound token; waits as long as it is told to."""
        address = urljoin(self.origin, path)

        def once() -> requests.Response:
            bound = {"authorization": f"DPoP {token}", "dpop": self.proof(method, address, token)}
            return self.http.request(method, address, json=body, headers=bound | headers, timeout=SECONDS)

        return patient(once)

    def push(self, verifier: str, **changed: str) -> requests.Response:
        """Push a request to sign somebody in."""
        asked = {
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": "conformance",
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        } | changed
        return self.ask(
            "pushed_authorization_request_endpoint", **{name: value for name, value in asked.items() if value}
        )

    def authorize(self, kind: str, verifier: str, **changed: str) -> dict[str, str]:
        """Let a test person sign in and agree, in a browser of their own; what comes back."""
        pushed = self.push(verifier, **changed)
        expect(that=pushed.status_code == HTTPStatus.CREATED, otherwise=shown(pushed))
        query = urlencode({"client_id": self.id, "request_uri": pushed.json()["request_uri"]})
        window = Window(self.redirect_uri, self.people[kind]["username"], self.password)
        return window.go(f"{self.said['authorization_endpoint']}?{query}")

    def redeem(self, code: str, verifier: str) -> requests.Response:
        """Exchange a code."""
        return self.ask(
            "token_endpoint",
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.redirect_uri,
            code_verifier=verifier,
        )

    def tokens(self, kind: str = "VALIDATED", *, anew: bool = False, **changed: str) -> Tokens:
        """Sign a test person in; who is signed in already stays so, unless it is to be done `anew`."""
        if anew or kind not in self.signed_in:
            verifier = secrets.token_urlsafe(48)
            back = self.authorize(kind, verifier, **changed)
            expect(that="code" in back, otherwise=f"the browser came back with {back}")
            given = self.redeem(back["code"], verifier)
            expect(that=given.ok, otherwise=shown(given))
            read = given.json()
            claims = self.read_id_token(read["id_token"]) if "id_token" in read else {}
            self.signed_in[kind] = Tokens(
                read["access_token"], read.get("refresh_token", ""), claims, frozenset(read["scope"].split())
            )
        return self.signed_in[kind]

    def read_id_token(self, text: str) -> dict[str, Any]:
        """The claims of an ID token that the hub has signed for this application."""
        keys = KeySet.import_key_set(self.http.get(self.said["jwks_uri"], timeout=SECONDS).json())
        claims = jwt.decode(text, keys, algorithms=["ES256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.said["issuer"]},
            aud={"essential": True, "value": self.id},
            exp={"essential": True},
        ).validate(claims)
        return claims

    def writer(self) -> str:
        """An access token that may file and read petitions."""
        held = self.tokens()
        need(
            that={"petitions:read", "petitions:write"} <= held.scope,
            otherwise="the application has not both scopes petitions:read and petitions:write",
        )
        return held.access

    def file(self, token: str, key: str, **changed: object) -> requests.Response:
        """File a petition; in the sandbox no institution gets it."""
        body: dict[str, object] = {
            "institution_id": self.institution,
            "kind": "REQUEST",
            "subject": "Conformance",
            "text": "This is a test.",
            "language": "ro",
        }
        return self.call("POST", PETITIONS, token, body | changed, **{"idempotency-key": key})


def patient(send: Callable[[], requests.Response]) -> requests.Response:
    """Send; who is told 429 or 503 waits as long as it says, a few times."""
    for _ in range(5):
        answer = send()
        if answer.status_code not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            break
        time.sleep(min(int(answer.headers.get("retry-after", "1")), 60))
    return answer


# ── The person's browser ──


class Page(HTMLParser):
    """The first form in the main part of a page that asks for what we can give, or just the first."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.in_main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the forms, what stands in them, and what sends them."""
        given = {name: value or "" for name, value in attrs}
        self.in_main = self.in_main or tag == "main"
        if not self.in_main:
            return
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": [], "buttons": []})
        elif tag in {"input", "button"} and self.forms:
            self.forms[-1]["fields" if tag == "input" else "buttons"].append(given)

    def filled(self, values: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Where the form goes and with what; `values` are known by what a field is for (`autocomplete`)."""
        form = next((one for one in self.forms if purposes(one) & values.keys()), None)
        form = form or next(iter(self.forms), None)
        if form is None:
            raise Failed("a page without a form stands in the way")
        sent = {
            one["name"]: next(
                (values[word] for word in one.get("autocomplete", "").split() if word in values),
                one.get("value", ""),
            )
            for one in form["fields"]
            if one.get("name")
        }
        for pressed in form["buttons"][:1]:
            if "name" in pressed:
                sent[pressed["name"]] = pressed.get("value", "")
        return form["action"], sent


def purposes(form: dict[str, Any]) -> set[str]:
    """What the fields of a form are for."""
    return {word for one in form["fields"] for word in one.get("autocomplete", "").split()}


class Window:
    """One browser window, which does not open the application's own address."""

    def __init__(self, ends_at: str, username: str, password: str) -> None:
        self.ends_at = ends_at
        self.values = {"username": username, "current-password": password}
        self.http = requests.Session()
        self.http.headers["accept"] = "text/html"

    def go(self, address: str) -> dict[str, str]:
        """Go on until the application is reached; the members of the answer that the browser brings."""
        for method, where, sent in self.steps(address):
            answer = self.http.request(method, where, data=sent, timeout=SECONDS, allow_redirects=False)
            self.answer, self.where = answer, where
            if not answer.is_redirect and not answer.ok:
                raise Failed(f"{where.partition('?')[0]} answers {answer.status_code} in the browser")
        return dict(parse_qsl(urlsplit(self.where).query))

    def steps(self, address: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        """What to send next, by the answer before."""
        yield "GET", address, {}
        for _ in range(30):
            if self.answer.is_redirect:
                self.where = urljoin(self.where, self.answer.headers["location"])
                if self.where.startswith(self.ends_at):
                    return
                yield "GET", self.where, {}
            else:
                action, sent = Page(self.answer.text).filled(self.values)
                yield "POST", urljoin(self.where, action), sent
        raise Failed("the browser went round in circles")


# ── The checks ──


@dataclass
class Outcome:
    """How one check ended."""

    id: str
    proves: str
    paragraph: str
    result: str = "PASS"
    why: str = ""
    milliseconds: int = 0


@dataclass(frozen=True)
class Check:
    """One promise: what it proves, where it stands, and how it is tried."""

    id: str
    proves: str
    paragraph: str
    run: Callable[[Application], None]

    def outcome(self, application: Application) -> Outcome:
        """Try it."""
        began = time.monotonic()
        ended = Outcome(self.id, self.proves, self.paragraph)
        try:
            self.run(application)
        except Skipped as skipped:
            ended.result, ended.why = "SKIP", str(skipped)
        except Failed as failed:
            ended.result, ended.why = "FAIL", str(failed)
        except Exception as broken:
            ended.result, ended.why = "FAIL", f"{type(broken).__name__}: {broken}"
        ended.milliseconds = round((time.monotonic() - began) * 1000)
        return ended


CHECKS: list[Check] = []


def check(paragraph: str, proves: str) -> Callable[[Callable[[Application], None]], None]:
    """Add a check, called as its function is."""

    def add(run: Callable[[Application], None]) -> None:
        CHECKS.append(Check(run.__name__.replace("_", "-"), proves, paragraph, run))

    return add


@check("Addresses", "Discovery names this origin as issuer, and every endpoint below it")
def discovery(app: Application) -> None:
    """RFC 8414, OpenID Connect Discovery 1.0."""
    said = app.said
    expect(that=said["issuer"] == app.origin, otherwise=f"the issuer is {said['issuer']}")
    endpoints = [value for name, value in said.items() if name.endswith(("_endpoint", "_uri"))]
    away = [value for value in endpoints if not value.startswith(f"{app.origin}/")]
    expect(that=not away, otherwise=f"endpoints elsewhere: {away}")
    expect(that="S256" in said["code_challenge_methods_supported"], otherwise="PKCE with S256 is not offered")
    expect(that="ES256" in said["dpop_signing_alg_values_supported"], otherwise="no DPoP with ES256")
    answer = app.http.get(f"{app.origin}/.well-known/openid-configuration", timeout=SECONDS)
    expect(that=answer.ok and answer.json()["issuer"] == app.origin, otherwise=shown(answer))


@check("Who may", "A request without PKCE is refused; a pushed one serves its client once")
def pushed_request(app: Application) -> None:
    """RFC 9126, RFC 7636."""
    refused = app.push("", code_challenge="", code_challenge_method="")
    expect_error(refused, "invalid_request")
    pushed = app.push(secrets.token_urlsafe(48))
    expect(that=pushed.status_code == HTTPStatus.CREATED, otherwise=shown(pushed))
    query = urlencode({"client_id": app.id, "request_uri": pushed.json()["request_uri"]})
    address = f"{app.said['authorization_endpoint']}?{query}"
    answers = [app.http.get(address, timeout=SECONDS, allow_redirects=False) for _ in range(2)]
    expect(that=answers[0].is_redirect, otherwise=shown(answers[0]))
    expect(that=answers[1].status_code == HTTPStatus.GONE, otherwise=shown(answers[1]))


@check("Who may", "An assertion serves once, and only one that is made for this hub")
def client_assertion(app: Application) -> None:
    """RFC 7523, FAPI 2.0 Security Profile 5.3.2.1."""
    need(that=app.key is not None, otherwise="the application proves itself without private_key_jwt")
    once = app.shown()
    verifier = secrets.token_urlsafe(48)
    first = app.push(verifier, **once)
    expect(that=first.status_code == HTTPStatus.CREATED, otherwise=shown(first))
    expect_error(app.push(verifier, **once), "invalid_client")
    for changed in ({"aud": "https://elsewhere.example.org"}, {"exp": int(time.time()) - 60}):
        expect_error(app.push(verifier, **app.shown(**changed)), "invalid_client")


@check("Who may", "A test person signs in; the answer carries state, issuer and a signed ID token")
def sign_in(app: Application) -> None:
    """OpenID Connect Core 1.0, RFC 9207."""
    verifier = secrets.token_urlsafe(48)
    back = app.authorize("VALIDATED", verifier, nonce="n-conformance")
    expect(that=back.get("state") == "conformance", otherwise=f"state is {back.get('state')}")
    expect(that=back.get("iss") == app.origin, otherwise=f"iss is {back.get('iss')}")
    given = app.redeem(back["code"], verifier)
    expect(that=given.ok, otherwise=shown(given))
    read = given.json()
    kind = read["token_type"]
    expect(that=kind == "DPoP", otherwise=f"token_type is {kind}")
    if "openid" in app.scope.split():
        claims = app.read_id_token(read["id_token"])
        expect(that=claims["nonce"] == "n-conformance", otherwise="the nonce came back changed")


@check("Who may", "A code serves once, and only with its verifier")
def code_once(app: Application) -> None:
    """RFC 6749 4.1.2, RFC 7636 4.6."""
    verifier = secrets.token_urlsafe(48)
    code = app.authorize("VALIDATED", verifier)["code"]
    expect_error(app.redeem(code, secrets.token_urlsafe(48)), "invalid_grant")
    code = app.authorize("VALIDATED", verifier)["code"]
    given = app.redeem(code, verifier)
    expect(that=given.ok, otherwise=shown(given))
    expect_error(app.redeem(code, verifier), "invalid_grant")
    ended = app.call("GET", PETITIONS, given.json()["access_token"])
    expect(
        that=ended.status_code == HTTPStatus.UNAUTHORIZED, otherwise="a replayed code left its tokens good"
    )


@check("Who may", "A bound token is good with a proof alone, each proof once, and needs no server nonce")
def dpop(app: Application) -> None:
    """RFC 9449."""
    token = app.tokens().access
    address = f"{app.origin}/oauth2/userinfo"
    proof = app.proof("GET", address, token)
    bound = {"authorization": f"DPoP {token}", "dpop": proof}
    first, again = (app.http.get(address, headers=bound, timeout=SECONDS) for _ in range(2))
    expect(that=first.ok, otherwise=shown(first))
    expect(that="dpop-nonce" not in first.headers, otherwise="a nonce is asked for, which api.md rules out")
    stolen = {"authorization": f"Bearer {token}"}
    old = app.proof("GET", address, token, iat=int(time.time()) - 3600)
    for refused in (
        again,
        app.http.get(address, headers=stolen, timeout=SECONDS),
        app.http.get(address, headers={**bound, "dpop": old}, timeout=SECONDS),
        app.http.get(address, headers={**bound, "dpop": app.proof("POST", address, token)}, timeout=SECONDS),
    ):
        expect(that=refused.status_code == HTTPStatus.UNAUTHORIZED, otherwise=shown(refused))
        expect(that="DPoP" in refused.headers.get("www-authenticate", ""), otherwise="no DPoP challenge")


@check("Who may", "A refresh brings new tokens; where the refresh token rotates, the old one is dead")
def refresh(app: Application) -> None:
    """RFC 6749 6, RFC 9700 4.14.2."""
    held = app.tokens("HUNGARIAN", anew=True)
    need(that=bool(held.refresh), otherwise="the application does not ask for offline_access")
    given = app.ask("token_endpoint", grant_type="refresh_token", refresh_token=held.refresh)
    expect(that=given.ok, otherwise=shown(given))
    read = given.json()
    expect(that=read["access_token"] != held.access, otherwise="the same access token again")
    again = app.ask("token_endpoint", grant_type="refresh_token", refresh_token=held.refresh)
    if read.get("refresh_token", held.refresh) == held.refresh:
        expect(that=again.ok, otherwise=shown(again))
    else:
        expect_error(again, "invalid_grant")
        latest = app.ask("token_endpoint", grant_type="refresh_token", refresh_token=read["refresh_token"])
        expect_error(latest, "invalid_grant")


@check("Errors", "Who reaches the level asked for gets it; who cannot is sent back with an error (step-up)")
def step_up(app: Application) -> None:
    """RFC 9470, OpenID Connect Core 1.0 3.1.2.1."""
    need(that="openid" in app.scope.split(), otherwise="the application does not ask for openid")
    held = app.tokens("VALIDATED", anew=True, acr_values="substantial")
    expect(that=held.claims["acr"] == "substantial", otherwise=f"acr is {held.claims['acr']}")
    back = app.authorize("UNVALIDATED", secrets.token_urlsafe(48), acr_values="substantial")
    expected = "unmet_authentication_requirements"
    expect(that=back.get("error") == expected, otherwise=f"the browser came back with {back}")


@check("Errors", "Every error is application/problem+json with a type that people can read up on")
def problem(app: Application) -> None:
    """RFC 9457."""
    token = app.writer()
    without = app.http.get(f"{app.origin}{PETITIONS}", timeout=SECONDS)
    read = expect_problem(without, HTTPStatus.UNAUTHORIZED)
    expect(that=bool(without.headers.get("www-authenticate")), otherwise="401 without WWW-Authenticate")
    page = app.http.get(read["type"], headers={"accept": "text/html"}, timeout=SECONDS)
    expect(that=page.ok and "html" in page.headers["content-type"], otherwise=f"{read['type']} is no page")
    nowhere = f"{PETITIONS}/00000000-0000-7000-8000-000000000000"
    expect_problem(app.call("GET", nowhere, token), HTTPStatus.NOT_FOUND)
    hungarian = app.call("GET", nowhere, token, **{"accept-language": "hu"})
    expect(that=hungarian.json()["title"] != read["title"], otherwise="the title is in one language only")


@check("Bodies", "An unknown field in a request is refused, and the error points to it")
def unknown_field(app: Application) -> None:
    """RFC 6901 for the pointer."""
    answer = app.file(app.writer(), secrets.token_hex(8), subjekt="a typing error")
    read = expect_problem(answer, HTTPStatus.UNPROCESSABLE_ENTITY)
    pointers = [one["pointer"] for one in read["errors"]]
    expect(that="/subjekt" in pointers, otherwise=f"errors point to {pointers}")


@check(
    "Safe to repeat, safe to race",
    "The same key with the same request replays the answer; with another it is refused",
)
def idempotency_key(app: Application) -> None:
    """One petition, however often it is sent."""
    token, key = app.writer(), secrets.token_hex(8)
    first, again = app.file(token, key), app.file(token, key)
    expect(that=first.status_code == HTTPStatus.CREATED, otherwise=shown(first))
    expect(that=again.content == first.content, otherwise="the replay is another answer")
    expect(that=again.headers.get("idempotent-replay") == "true", otherwise="no Idempotent-Replay: true")
    other = app.file(token, key, subject="Another subject")
    read = expect_problem(other, HTTPStatus.UNPROCESSABLE_ENTITY)
    expect(that=read["type"].endswith("/idempotency-key-reused"), otherwise=read["type"])


@check(
    "Safe to repeat, safe to race", "What is filed in the sandbox says so, and takes no institution's number"
)
def sandbox_mark(app: Application) -> None:
    """So that no test petition is taken for a real one."""
    filed = app.file(app.writer(), secrets.token_hex(8))
    expect(that=filed.status_code == HTTPStatus.CREATED, otherwise=shown(filed))
    read = filed.json()
    expect(that=read.get("sandbox") is True, otherwise="the petition is not marked: is this the sandbox?")
    expect(that=read["registration_label"].startswith("SANDBOX "), otherwise=read["registration_label"])


@check(REPEAT, "A resource has a strong ETag, and If-None-Match gives 304")
def etag(app: Application) -> None:
    """RFC 9110 8.8 and 13.1.2."""
    token = app.writer()
    filed = app.file(token, secrets.token_hex(8))
    read = app.call("GET", filed.headers["location"], token)
    tag = read.headers.get("etag", "")
    expect(that=tag.startswith('"') and tag == filed.headers["etag"], otherwise=f"ETag is {tag or 'missing'}")
    same = app.call("GET", filed.headers["location"], token, **{"if-none-match": tag})
    expect(that=same.status_code == HTTPStatus.NOT_MODIFIED and not same.content, otherwise=shown(same))


@check("Bodies", "Going from page to page brings everything once, and ends")
def paging(app: Application) -> None:
    """By next_cursor and by the Link header (RFC 8288), which agree."""
    token = app.writer()
    filed = {app.file(token, secrets.token_hex(8)).json()["id"] for _ in range(3)}
    seen: list[str] = []
    address, limit = f"{PETITIONS}?limit=2", MOST_REQUESTS
    while address and limit:
        page = app.call("GET", address, token)
        expect(that=page.ok, otherwise=shown(page))
        read, link = page.json(), page.links.get("next", {}).get("url", "")
        seen += [one["id"] for one in read["items"]]
        expect(that=bool(link) is (read["next_cursor"] is not None), otherwise="Link and next_cursor differ")
        address, limit = link and urljoin(app.origin, link), limit - 1
    expect(that=len(seen) == len(set(seen)), otherwise="an item came twice")
    expect(that=filed <= set(seen), otherwise="an item is missing")
    expect_problem(app.call("GET", f"{PETITIONS}?cursor=none", token), HTTPStatus.UNPROCESSABLE_ENTITY)


@check("Errors", "Another person's resource is not found, as if it did not exist")
def not_yours(app: Application) -> None:
    """Two test people, one petition."""
    filed = app.file(app.writer(), secrets.token_hex(8))
    other = app.tokens("FOREIGNER").access
    expect_problem(app.call("GET", filed.headers["location"], other), HTTPStatus.NOT_FOUND)
    listed = app.call("GET", PETITIONS, other).json()["items"]
    expect(that=filed.json()["id"] not in [one["id"] for one in listed], otherwise="it stands in the list")


@check("Who may", "A parent acts for a child with a token of its own, which names both")
def mandate(app: Application) -> None:
    """RFC 8693, with the mandate_id of the test person."""
    held = app.tokens("PARENT")
    need(that="petitions:write" in held.scope, otherwise="the application has not the scope petitions:write")
    parent = app.people["PARENT"]["mandate"]
    given = app.ask(
        "token_endpoint",
        grant_type=EXCHANGE,
        subject_token=held.access,
        subject_token_type=SUBJECT_TYPE,
        mandate_id=parent["mandate_id"],
    )
    refused = given.json().get("error")
    need(that=refused != "unauthorized_client", otherwise="the application has not this grant type")
    expect(that=given.ok, otherwise=shown(given))
    filed = app.file(given.json()["access_token"], secrets.token_hex(8))
    expect(that=filed.status_code == HTTPStatus.CREATED, otherwise=shown(filed))
    expect(that=filed.json()["on_behalf_of"] == parent["principal_id"], otherwise="it names no principal")


@check("Bodies", "A petition causes a message, which the application can follow")
def messages(app: Application) -> None:
    """Asked for again and again, as events are not pushed to applications yet."""
    token = app.writer()
    need(that="messages:read" in app.tokens().scope, otherwise="the application has not messages:read")
    app.file(token, secrets.token_hex(8))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        listed = app.call("GET", MESSAGES, token)
        expect(that=listed.ok, otherwise=shown(listed))
        if listed.json()["items"]:
            return
        time.sleep(0.2)
    raise Failed(f"no message after {SECONDS} seconds")


@check("Who may", "A revoked token opens nothing any more, within a second")
def revocation(app: Application) -> None:
    """RFC 7009."""
    held = app.tokens("HUNGARIAN", anew=True)
    answer = app.ask("revocation_endpoint", token=held.refresh or held.access)
    expect(that=answer.ok, otherwise=shown(answer))
    address = f"{app.origin}/oauth2/userinfo"
    until = time.monotonic() + 1
    while time.monotonic() < until:
        proof = app.proof("GET", address, held.access)
        headers = {"authorization": f"DPoP {held.access}", "dpop": proof}
        if app.http.get(address, headers=headers, timeout=SECONDS).status_code == HTTPStatus.UNAUTHORIZED:
            break
    else:
        raise Failed("the access token was good for more than a second")
    unknown = app.ask("revocation_endpoint", token=secrets.token_urlsafe(32))
    expect(that=unknown.ok, otherwise="an unknown token is not passed over")


@check("Limits", "Every answer tells the limits; who comes too often gets 429 and when to come again")
def too_many(app: Application) -> None:
    """draft-ietf-httpapi-ratelimit-headers; last, because it uses up what the application may send."""
    token = app.writer()
    address = f"{app.origin}{PETITIONS}?limit=1"

    def once() -> requests.Response:
        bound = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", address, token)}
        return app.http.get(address, headers=bound, timeout=SECONDS)

    first = once()
    for name in ("ratelimit", "ratelimit-policy"):
        expect(that=name in first.headers, otherwise=f"no {name} on an answer")
    for _ in range(MOST_REQUESTS):
        answer = once()
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            break
    else:
        raise Skipped(f"{MOST_REQUESTS} requests in a row were let through")
    expect_problem(answer, HTTPStatus.TOO_MANY_REQUESTS)
    wait = int(answer.headers["retry-after"])
    time.sleep(wait)
    again = once()
    expect(that=again.ok, otherwise=f"{again.status_code} after waiting the {wait} s of Retry-After")


# ── The report ──


@dataclass
class Report:
    """What the application attaches to its request for production. No token, no secret, no person."""

    hub: str
    client_id: str
    began_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    program: str = f"conformance/{VERSION}"
    checks: list[Outcome] = field(default_factory=list)

    def count(self, result: str) -> int:
        """How many checks ended so."""
        return sum(one.result == result for one in self.checks)

    @property
    def summary(self) -> dict[str, int]:
        """How many passed, failed, were skipped."""
        return {result.lower(): self.count(result) for result in ("PASS", "FAIL", "SKIP")}


def main() -> None:
    """Do what the command line asks for."""
    match sys.argv[1:]:
        case [origin, client, people]:
            report_to = ""
        case [origin, client, people, "--report", report_to]:
            pass
        case _:
            say(str(__doc__))
            sys.exit(2)
    try:
        application = Application(
            origin.rstrip("/"), json.loads(Path(client).read_text()), json.loads(Path(people).read_text())
        )
        say(f"{application.id} at {application.said['issuer']}")
    except (OSError, ValueError, KeyError, Failed) as error:
        say(f"cannot begin: {type(error).__name__}: {error}")
        sys.exit(2)
    report = Report(application.origin, application.id)
    for one in CHECKS:
        outcome = one.outcome(application)
        report.checks.append(outcome)
        say(f"{outcome.result}  {outcome.id:<18} {outcome.proves} [api.md: {outcome.paragraph}]")
        if outcome.why:
            say(f"      {outcome.why}")
    say(", ".join(f"{many} {result}" for result, many in report.summary.items()))
    if report_to:
        written = asdict(report) | {"summary": report.summary}
        Path(report_to).write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    sys.exit(1 if report.count("FAIL") else 0)


def expect_error(answer: requests.Response, code: str) -> None:
    """Fail unless the provider refused with this code (RFC 6749, 5.2)."""
    refused = answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}
    expect(that=refused and answer.json().get("error") == code, otherwise=f"not {code}: {shown(answer)}")


def expect_problem(answer: requests.Response, status: HTTPStatus) -> dict[str, Any]:
    """Fail unless it is a whole problem of this status; its members."""
    expect(that=answer.status_code == status, otherwise=shown(answer))
    kind = answer.headers.get("content-type", "")
    expect(that=kind.startswith("application/problem+json"), otherwise=f"an error as {kind}")
    read: dict[str, Any] = answer.json()
    members = ("type", "title", "status", "detail", "instance", "trace_id")
    missing = [name for name in members if not read.get(name)]
    expect(that=not missing, otherwise=f"a problem without {missing}")
    expect(that=read["status"] == status, otherwise="the problem names another status")
    return read


def shown(answer: requests.Response) -> str:
    """An answer in a line; of a page, its status only."""
    words = answer.text[:300] if "json" in answer.headers.get("content-type", "") else ""
    return f"{answer.status_code} {words}".strip()


def algorithm(key: Any) -> str:
    """By what a key signs."""
    by_type = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519"}
    return str(key.as_dict(private=False).get("alg", by_type[key.key_type]))


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return encoded(hashlib.sha256(verifier.encode()).digest())


def encoded(value: bytes) -> str:
    """In base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def say(line: str) -> None:
    """Say something."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
