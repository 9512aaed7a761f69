"""A person's journey through the running hub, with requests-oauthlib as the application.

What belongs to the person happens in a browser; what belongs to the application goes through the
gateway with tokens, as any third party's would.
"""

import os
import re
import secrets
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import requests
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table

from hub_core import clock

from .browser import Browser, NoSuchPart
from .place import MAILBOX, Place

_CLIENT: Final = "demo-portal"
_CALLBACK: Final = "http://127.0.0.1:8765/callback"
_SCOPES: Final = ("openid", "profile", "email", "offline_access", "petitions:read", "petitions:write")
_CODE: Final = re.compile(r"(?<!\d)\d{4} ?\d{4}(?!\d)")
_SECONDS: Final = 20
_POLL: Final = 0.01
_RECORD_SCOPES: Final = ("openid", "criminal-record:read", "criminal-record:write")
_COUNTER_SCOPES: Final = ("appointments:read", "appointments:write")
_DRIVER_SCOPES: Final = ("traffic-history:read", "traffic-history:write")
_COUNTY, _TYPE = "CJ", "PE"
_A_DAY: Final = timedelta(days=1)
_AHEAD: Final = timedelta(days=21)
_OFFICE: Final = "demo-office"
_OFFICE_SCOPES: Final = (
    *("openid", "staff"),
    *("petitions:handle", "petitions:lead", "petitions:register", "petitions:sign"),
)
_INSTITUTION: Final = "IPJ-CV"
_REGISTRY, _HANDLER, _HEAD = ("eszter.bartha", "laura.dobre", "mihai.stan")
"""Who works on petitions there; all are invented, and have the password of the demo."""
_ANSWER: Final = {
    "solution": "FAVOURABLE",
    "text": "Stimată doamnă,\nPentru permise de armă lucrăm de luni până vineri, între orele 8 și 16.",
    "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
}
_ANA: Final = ("ana.popescu@example.org", "demo-parola-2026")
"""Somebody whose identity the population register has confirmed."""
_ANSWER_FETCHED: Final = "person fetches the sealed answer"
_SIGNED_IN: Final = "application exchanges the code for tokens"


class StepFailed(Exception):
    """A step did not give what it had to; the message says what came instead."""


class Journey:
    """One person, made up for this run, and the application that person uses.

    Each method is a step; it gives a short word on what came of it.
    """

    def __init__(self, place: Place) -> None:
        self._origin = place.origin
        self._mailbox = f"{place.url(MAILBOX)}/api/messages"
        self.email = f"demo-{secrets.token_hex(4)}@example.org"
        self._password = secrets.token_urlsafe(18)
        self._browser = Browser(ends_at=_CALLBACK)
        self._application = OAuth2Session(_CLIENT, redirect_uri=_CALLBACK, scope=_SCOPES, pkce="S256")
        self._application.trust_env = False
        self._provider: dict[str, Any] = {}
        self._code = ""
        self._institution = ""
        self._key = str(uuid.uuid4())
        self._petition: dict[str, Any] = {}
        self._officials: dict[str, OAuth2Session] = {}
        self.sealed_answer = b""
        self._certificate: dict[str, Any] = {}
        self._file = b""
        self._place: dict[str, Any] = {}
        self._appointment: dict[str, Any] = {}
        self._history = b""
        asked = (*_RECORD_SCOPES, *_COUNTER_SCOPES, *_DRIVER_SCOPES)
        self._record = OAuth2Session(_CLIENT, redirect_uri=_CALLBACK, scope=asked, pkce="S256")
        self._record.trust_env = False

    @property
    def token(self) -> str:
        """The application's access token; `KeyError` before there is one."""
        return str(self._application.token["access_token"])

    def steps(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        """The whole journey, in its order."""
        return (
            ("read the provider's configuration", self.discover),
            ("person opens the application and is asked to sign in", self.begin),
            ("person creates an account", self.create_account),
            ("person gets a code by e-mail", self.read_code),
            ("person confirms the address", self.confirm),
            ("person signs in", self.sign_in),
            ("person agrees to what the application asks", self.agree),
            (_SIGNED_IN, self.exchange),
            ("application asks who it is", self.ask_who),
            ("choose an institution from the catalog", self.choose_institution),
            ("file a petition", self.file),
            ("send the same again: no second petition", self.file_again),
            ("list one's own petitions", self.list_own),
            ("the number comes by e-mail", self.read_number),
            ("registry, handler and head of the institution sign in", self.sign_in_officials),
            ("the registry takes the petition into triage", self.triage),
            ("who is competent is suggested, and why", self.suggest),
            ("the head assigns it", self.assign),
            ("the handler accepts it and drafts an answer", self.draft),
            ("the head approves and signs it: not who wrote it", self.sign),
            ("the registry sends it under a number", self.send),
            (_ANSWER_FETCHED, self.fetch_answer),
            ("anybody verifies the answer", self.verify_answer),
            ("Ana, whose identity is proved, signs in", self.sign_in_ana),
            ("ask for a certificate of the criminal record", self.ask_for_certificate),
            ("fetch the sealed file", self.fetch_certificate),
            ("anybody verifies the file", self.verify_certificate),
            ("see where a place for a passport is free", self.find_place),
            ("book it, confirmed at once", self.book),
            ("what to bring on that day", self.ask_what_to_bring),
            ("the message says when and where", self.read_appointment),
            ("give it up: the place goes to somebody else", self.give_up),
            ("read one's record as a driver", self.read_record),
            ("the history of sanctions, sealed at once", self.ask_for_history),
            ("anybody verifies the history", self.verify_history),
            ("refresh the token", self.refresh),
            ("revoke it", self.revoke),
            ("the revoked token is refused", self.be_refused),
        )

    def discover(self) -> str:
        """OpenID Connect Discovery 1.0."""
        self._provider = self._get("/.well-known/openid-configuration")
        return str(self._provider["issuer"])

    def begin(self) -> str:
        """RFC 6749, 4.1.1, with PKCE (RFC 7636)."""
        address, _ = self._application.authorization_url(self._provider["authorization_endpoint"])
        self._browser.open(address)
        return "code + PKCE (S256)"

    def create_account(self) -> str:
        """With an address nobody has had yet."""
        self._browser.follow("sign-up")
        self._browser.submit(
            {
                "given-name": "Ana",
                "family-name": "Popescu",
                "email": self.email,
                "new-password": self._password,
            }
        )
        return self.email

    def read_code(self) -> str:
        """The code is the only number of eight digits."""
        self._code = self._wait_for_mail(_CODE)
        return "one e-mail"

    def confirm(self) -> str:
        """With the code."""
        self._browser.submit({"one-time-code": self._code})
        return ""

    def sign_in(self) -> str:
        """With address and password."""
        self._browser.submit({"username": self.email, "current-password": self._password})
        return ""

    def agree(self) -> str:
        """Then the browser is sent back to the application."""
        self._browser.submit({})
        _expect(self._browser.address.startswith(_CALLBACK), "the browser did not come back")
        return "back at the application"

    def exchange(self) -> str:
        """RFC 6749, 4.1.3; the library checks the state."""
        token = self._application.fetch_token(
            self._provider["token_endpoint"],
            authorization_response=self._browser.address,
            include_client_id=True,
        )
        return f"opaque, for {token['expires_in']} s"

    def ask_who(self) -> str:
        """OpenID Connect Core 1.0, 5.3."""
        told = _json(self._application.get(self._provider["userinfo_endpoint"], timeout=_SECONDS))
        _expect(told["email"] == self.email, "userinfo tells another address")
        return str(told["name"])

    def choose_institution(self) -> str:
        """Nobody needs a token for the catalog."""
        listed = self._get("/catalog/v1/institutions?accepts_petitions=true&limit=200")["items"]
        found = next((one for one in listed if one["code"] == _INSTITUTION), None)
        if found is None:
            raise StepFailed(f"{_INSTITUTION} takes no petitions")
        self._institution = found["id"]
        return str(found["names"]["en"])

    def file(self) -> str:
        """The number is in the answer."""
        answer = self._post_petition()
        _expect(answer.status_code == requests.codes.created, _told(answer))
        self._petition = answer.json()
        return f"number {self._petition['registration_label']}"

    def file_again(self) -> str:
        """A repetition with the same Idempotency-Key gets the first answer."""
        answer = self._post_petition()
        _expect(_json(answer) == self._petition, "another answer than the first")
        return f"number {self._petition['registration_label']}"

    def list_own(self) -> str:
        """There is one."""
        listed = self._application.get(f"{self._origin}/petitions/v1/petitions", timeout=_SECONDS)
        numbers = [item["id"] for item in _json(listed)["items"]]
        _expect(numbers == [self._petition["id"]], f"{len(numbers)} petitions listed")
        return "one"

    def read_number(self) -> str:
        """From svc-notify, which heard of it over NATS."""
        number, date = map(re.escape, self._petition["registration_label"].split("/"))
        return self._wait_for_mail(re.compile(rf"(?<!\d){number}\D{{1,20}}{date}"))

    def sign_in_ana(self) -> str:
        """At level substantial, which her account has."""
        self._sign_in(self._record, _ANA)
        return "substantial"

    def _sign_in(self, application: OAuth2Session, person: tuple[str, str]) -> None:
        browser = Browser(ends_at=_CALLBACK)
        address, _ = application.authorization_url(self._provider["authorization_endpoint"])
        browser.open(address)
        browser.submit(dict(zip(("username", "current-password"), person, strict=True)))
        if not browser.address.startswith(_CALLBACK):
            browser.submit({})
        application.fetch_token(
            self._provider["token_endpoint"],
            authorization_response=browser.address,
            include_client_id=True,
        )

    def sign_in_officials(self) -> str:
        """At the same time, each with the application of offices, for their institution."""

        def sign_in(name: str) -> OAuth2Session:
            made = OAuth2Session(_OFFICE, redirect_uri=_CALLBACK, scope=_OFFICE_SCOPES, pkce="S256")
            made.trust_env = False
            self._sign_in(made, (f"{name}@example.org", _ANA[1]))
            return made

        names = (_REGISTRY, _HANDLER, _HEAD)
        with ThreadPoolExecutor(len(names)) as at_once:
            self._officials = dict(zip(names, at_once.map(sign_in, names), strict=True))
        return "three officials"

    def triage(self) -> str:
        """Nobody is complained of."""
        return self._step(_REGISTRY, "triage", {"complained_of": [], "reports_crime": False})

    def suggest(self) -> str:
        """By the catalog's attributions, and the county."""
        found = self._office(_REGISTRY, "GET", f"files/{self._petition['id']}/suggested-structures")["items"]
        return str(found[0]["structure"]["names"]["en"]) if found else "nobody by its words"

    def assign(self) -> str:
        """To a handler, in whose compartment they work."""
        handler = str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{_HANDLER}@example.org"))
        members = self._office(_HEAD, "GET", "members")["items"]
        compartments = [one["compartment_id"] for one in members if one["person_id"] == handler]
        _expect(bool(compartments), f"{_HANDLER} works in no compartment")
        wanted = {"compartment_id": compartments[0], "handler_id": handler}
        return self._step(_HEAD, "assign", wanted)

    def draft(self) -> str:
        """With the law that it rests on."""
        self._step(_HANDLER, "accept")
        return self._step(_HANDLER, "draft", _ANSWER)

    def sign(self) -> str:
        """By two acts."""
        self._step(_HEAD, "approve")
        return self._step(_HEAD, "sign")

    def send(self) -> str:
        """The number is the register's next one."""
        return self._step(_REGISTRY, "send")

    def fetch_answer(self) -> str:
        """PDF/A, with the seal of the institution that answers."""
        address = f"{self._origin}/petitions/v1/petitions/{self._petition['id']}/answer-document"
        answer = self._application.get(address, timeout=_SECONDS)
        _expect(answer.content.startswith(b"%PDF"), _told(answer))
        self.sealed_answer = answer.content
        return f"{len(self.sealed_answer) / 1024:.0f} KB"

    def verify_answer(self) -> str:
        """Without an account; what it says is not told."""
        told = self._verified("petitions", self.sealed_answer)
        _expect(told["answer"] is not None, f"seal {told['seal']}")
        return f"{told['seal']}, {told['answer']['institution']['en']}"

    def _step(self, name: str, step: str, body: dict[str, Any] | None = None) -> str:
        """A step of the file, by an official; the state that it has come to."""
        return str(self._office(name, "POST", f"files/{self._petition['id']}/{step}", body)["state"])

    def _office(
        self, name: str, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Purpose": 'CASE_HANDLING;file="demo"'}
        address = f"{self._origin}/petitions/v1/{path}"
        answer = self._officials[name].request(method, address, json=body, headers=headers, timeout=_SECONDS)
        return _json(answer)

    def _verified(self, service: str, file: bytes) -> dict[str, Any]:
        answer = requests.post(
            f"{self._origin}/{service}/v1/verifications/file",
            data=file,
            headers={"Content-Type": "application/pdf"},
            timeout=_SECONDS,
        )
        return _json(answer)

    def ask_for_certificate(self) -> str:
        """For the first motive that she has not asked for today: there is one a day for each."""
        requests_path = f"{self._origin}/criminal-record/v1/requests"
        for motive in self._get("/criminal-record/v1/motives")["items"]:
            answer = self._record.post(
                requests_path,
                json={"motive": motive["code"]},
                headers={"Idempotency-Key": str(uuid.uuid4())},
                timeout=_SECONDS,
            )
            if answer.status_code != requests.codes.conflict:
                break
        else:
            raise StepFailed("she has asked for every motive today")
        _expect(answer.status_code == requests.codes.created, _told(answer))
        _expect(answer.json()["state"] == "ISSUED", f"state {answer.json()['state']}")
        self._certificate = answer.json()["certificate"]
        return f"{self._certificate['label']}, {motive['name']['en']}"

    def fetch_certificate(self) -> str:
        """PDF/A, sealed (PAdES); its ETag is its SHA-256."""
        answer = self._record.get(f"{self._origin}{self._certificate['file']}", timeout=_SECONDS)
        _expect(answer.content.startswith(b"%PDF"), _told(answer))
        self._file = answer.content
        return f"{len(self._file) / 1024:.0f} KB, until {self._certificate['valid_until']}"

    def verify_certificate(self) -> str:
        """Without an account; what stands in it is not told."""
        return str(self._verified("criminal-record", self._file)["standing"])

    def find_place(self) -> str:
        """In a county, from tomorrow on, so that it can be given up; nobody needs a token for that."""
        today = clock.local_date(clock.now())
        asked = f"type={_TYPE}&county={_COUNTY}&first={today + _A_DAY}&last={today + _AHEAD}"
        found = [
            {"name": office["name"], "day": day["day"], **hour}
            for office in self._get(f"/passport-booking/v1/availability?{asked}")["items"]
            for day in office["days"]
            for hour in day["hours"]
        ]
        _expect(bool(found), "no place is free")
        self._place = min(found, key=lambda place: (place["day"], place["at"]))
        return f"{self._place['name']['en']}, {self._place['day']} {self._place['at']}"

    def book(self) -> str:
        """For Ana herself, whom the hub knows; a second one for the same is refused."""
        wanted = {"slot_id": self._place["slot_id"], "type": _TYPE, "persons": [{"account": True}]}
        answer = self._record.post(
            f"{self._origin}/passport-booking/v1/appointments",
            json=wanted,
            headers={"Idempotency-Key": str(uuid.uuid4())},
            timeout=_SECONDS,
        )
        self._appointment = _json(answer)
        _expect(self._appointment["state"] == "CONFIRMED", f"state {self._appointment['state']}")
        return f"code {self._appointment['code']}"

    def ask_what_to_bring(self) -> str:
        """By the catalog's table of decisions."""
        address = f"{self._origin}/passport-booking/v1/appointments/{self._appointment['id']}/documents"
        (needed,) = _json(self._record.get(address, timeout=_SECONDS))["persons"]
        certain = (paper for paper in needed["documents"] if paper["mandatory"] and paper["certain"])
        sure = [paper["title"]["en"] for paper in certain]
        return ", ".join(sure) or "the list is away"

    def read_appointment(self) -> str:
        """From svc-notify, which asked for it when it wrote."""
        return self._wait_for_mail(re.compile(re.escape(self._appointment["code"])), _ANA[0])

    def give_up(self) -> str:
        """So that the demo can be given again."""
        address = f"{self._origin}/passport-booking/v1/appointments/{self._appointment['id']}/cancel"
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return str(_json(self._record.post(address, headers=key, timeout=_SECONDS))["state"])

    def read_record(self) -> str:
        """As the police register has it, with what stands between her and a suspension."""
        record = _json(self._record.get(f"{self._origin}/traffic-history/v1/record", timeout=_SECONDS))
        return f"{record['points']} of {record['limit']} points, the right to drive is {record['right']}"

    def ask_for_history(self) -> str:
        """For the first motive of the list; twenty a day are given."""
        service = f"{self._origin}/traffic-history/v1/history-documents"
        motive = self._get("/traffic-history/v1/history-documents/motives")["items"][0]
        made = self._record.post(
            service,
            json={"motive": motive["code"]},
            headers={"Idempotency-Key": str(uuid.uuid4())},
            timeout=_SECONDS,
        )
        document = _json(made)
        file = self._record.get(f"{service}/{document['id']}/file", timeout=_SECONDS)
        _expect(file.content.startswith(b"%PDF"), _told(file))
        self._history = file.content
        return f"{document['number']}, {motive['name']['en']}"

    def verify_history(self) -> str:
        """Without an account; nobody is named, and nothing of what it says is told."""
        told = self._verified("traffic-history", self._history)
        _expect(told["is_genuine"], f"seal {told['seal']}")
        return f"{told['seal']}, {told['number']}"

    def refresh(self) -> str:
        """RFC 6749, 6: the refresh token is new each time."""
        before = self._application.token["refresh_token"]
        after = self._application.refresh_token(self._provider["token_endpoint"], client_id=_CLIENT)
        _expect(after["refresh_token"] != before, "the refresh token is the old one")
        return "both tokens are new"

    def revoke(self) -> str:
        """RFC 7009."""
        token = self._application.token["refresh_token"]
        told = {"token": token, "token_type_hint": "refresh_token", "client_id": _CLIENT}
        answer = requests.post(self._provider["revocation_endpoint"], data=told, timeout=_SECONDS)
        _expect(answer.ok, _told(answer))
        return ""

    def be_refused(self) -> str:
        """The gateway hears of the revocation over NATS."""

        def refusal() -> str | None:
            answer = self._application.get(f"{self._origin}/petitions/v1/petitions", timeout=_SECONDS)
            return str(answer.json()["title"]) if answer.status_code == requests.codes.unauthorized else None

        return _wait_for(refusal, "the token still works")

    def _get(self, path: str) -> dict[str, Any]:
        return _json(requests.get(f"{self._origin}{path}", timeout=_SECONDS))

    def _post_petition(self) -> requests.Response:
        petition = {
            "institution_id": self._institution,
            "kind": "REQUEST",
            "subject": "Programul de lucru pentru permise de armă",
            "text": "Vă rog să îmi comunicați programul de lucru pentru permise de armă în luna decembrie.",
            "language": "ro",
        }
        answer: requests.Response = self._application.post(
            f"{self._origin}/petitions/v1/petitions",
            json=petition,
            headers={"Idempotency-Key": self._key},
            timeout=_SECONDS,
        )
        return answer

    def _wait_for_mail(self, wanted: re.Pattern[str], to: str = "") -> str:
        """What is found in the text of an e-mail to this person, or to another."""

        def found() -> str | None:
            asked = {"to": to or self.email}
            messages = _json(requests.get(self._mailbox, params=asked, timeout=_SECONDS))
            matches = (wanted.search(message["text"]) for message in messages["items"])
            return next((match.group() for match in matches if match), None)

        return _wait_for(found, "the e-mail did not come")


def somebody(place: Place) -> tuple[str, str]:
    """E-mail address and access token of a person made up for this call, who went the journey so far."""
    journey = _gone(place, _SIGNED_IN)
    return journey.email, journey.token


def answered(place: Place) -> bytes:
    """The sealed answer to a petition of a person made up for this call, who went the journey so far."""
    return _gone(place, _ANSWER_FETCHED).sealed_answer


def _gone(place: Place, until: str) -> Journey:
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    journey = Journey(place)
    for name, step in journey.steps():
        step()
        if name == until:
            break
    return journey


def take(place: Place, screen: Console) -> bool:
    """Take the journey and show each step with its time; whether all of it went well."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the embedded hub is on the loopback address
    table = Table("step", "came of it", box=box.SIMPLE_HEAD)
    table.add_column("ms", justify="right")
    began = time.perf_counter()
    with Live(table, console=screen):
        for name, step in Journey(place).steps():
            step_began = time.perf_counter()
            try:
                came_of_it = step()
            except (StepFailed, NoSuchPart, requests.RequestException, OAuth2Error, KeyError) as fault:
                table.add_row(name, f"{type(fault).__name__}: {fault}", _since(step_began), style="bold red")
                return False
            table.add_row(name, came_of_it, _since(step_began))
        table.add_section()
        table.add_row("together", "", _since(began))
    return True


def _json(answer: requests.Response) -> dict[str, Any]:
    _expect(answer.ok, _told(answer))
    told: dict[str, Any] = answer.json()
    return told


def _told(answer: requests.Response) -> str:
    return f"{answer.status_code} {answer.text[:300]}"


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StepFailed(otherwise)


def _wait_for(look: Callable[[], str | None], otherwise: str) -> str:
    deadline = time.monotonic() + _SECONDS
    while (found := look()) is None:
        _expect(time.monotonic() < deadline, f"{otherwise} in {_SECONDS} s")
        time.sleep(_POLL)
    return found


def _since(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.0f}"
