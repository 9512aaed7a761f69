"""The pages for people, in a real browser: without barriers, without scripts, in three languages."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from ..conftest import Hub
from .looking import CALLBACK, look_at
from .test_no_personal_numbers import OFFICE, application, sign_in

pytestmark = pytest.mark.xdist_group("hub")

PASSWORD = "demo-parola-2026"
PEOPLE = {"ro": "ana.popescu@example.org", "hu": "kovacs.istvan@example.org", "en": "jane.doe@example.org"}


def authorize(hub: Hub, **changes: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "demo-portal",
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "openid petitions:read",
        "state": "s-1",
        "prompt": "consent",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{hub.origin}/oauth2/authorize?{urlencode(asked | changes)}"


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 320, "dark"), ("en", 1280, "light")]
)
def test_the_pages_of_an_account_have_no_barriers(
    hub: Hub, visit: Any, language: str, width: int, scheme: str
) -> None:
    page = visit(language, scheme, width)
    page.goto(f"{hub.origin}/account/sign-up")
    look_at(page, language)
    page.locator("button.main").click()
    page.locator(".summary").wait_for()
    look_at(page, language)

    page.goto(authorize(hub))
    look_at(page, language)
    page.fill("#email", PEOPLE[language])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/account/consent**")
    look_at(page, language)
    page.locator("button[value=agree]").click()
    page.wait_for_url(f"{CALLBACK}**")
    answer = parse_qs(urlsplit(page.url).query)
    assert answer["state"] == ["s-1"]
    assert answer["iss"] == [hub.origin]
    assert answer["code"]

    page.goto(f"{hub.origin}/account/overview")
    look_at(page, language)
    page.goto(f"{hub.origin}/account/mandates")
    look_at(page, language)
    page.goto(f"{hub.origin}/account/sign-out")
    look_at(page, language)
    page.locator("main button.main").click()
    page.wait_for_url("**/account/signed-out**")
    look_at(page, language)


def opened_by_a_clerk(hub: Hub, email: str) -> None:
    """An official looks a person up, so that there is a line to show."""
    client_id = application(hub)
    own = sign_in(hub, client_id, email, PASSWORD, ("openid", "account:read"))
    clerk = sign_in(hub, client_id, "elena.marin@example.org", PASSWORD, OFFICE)
    person_id = httpx2.get(f"{hub.origin}/identity/v1/me", headers=own).json()["person_id"]
    stated = clerk | {"purpose": 'CASE_HANDLING;file="88/2026"'}
    assert httpx2.get(f"{hub.origin}/identity/v1/people/{person_id}", headers=stated).is_success


@pytest.mark.parametrize(("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 1280, "dark")])
def test_who_looked_at_my_data_and_my_rights_have_no_barriers(
    hub: Hub, visit: Any, language: str, width: int, scheme: str
) -> None:
    opened_by_a_clerk(hub, PEOPLE[language])
    page = visit(language, scheme, width)
    page.goto(f"{hub.origin}/account/sign-in?next=access")
    page.fill("#email", PEOPLE[language])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/account/access")
    while not page.locator("#dispute-1").count():  # the line is on its way
        page.reload()
    look_at(page, language)
    page.locator("#dispute-1").click()
    look_at(page, language)
    page.locator("button.main").click()
    page.locator(".summary").wait_for()
    look_at(page, language)
    page.fill("#reason", "Nu am avut nicio cerere acolo.")
    page.locator("button.main").click()
    page.locator(".notice").wait_for()
    look_at(page, language)
    page.goto(f"{hub.origin}/account/privacy")
    look_at(page, language)
    section = page.locator("section[aria-labelledby=requests]")
    page.fill("#details", "Vă rog să corectați.")
    section.locator("button.main").click()
    page.locator(".summary").wait_for()
    look_at(page, language)
    page.locator("#field-1").check()
    section.locator("button.main").click()
    page.locator(".notice").wait_for()
    look_at(page, language)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("ro", 360, "light"), ("hu", 360, "dark"), ("en", 900, "light"), ("hu", 900, "dark")],
)
@pytest.mark.parametrize(
    ("who", "path"), [("en", "/account/registrations"), ("ro", "/account/mandates/give")]
)
def test_what_one_asks_for_and_gives_has_no_barriers(
    hub: Hub, visit: Any, who: str, path: str, language: str, width: int, scheme: str
) -> None:
    page = visit(language, scheme, width)
    chosen = {"name": "hub_language", "value": language, "url": hub.origin}
    page.context.add_cookies([chosen])  # the account keeps its own
    page.goto(f"{hub.origin}/account/sign-in")
    page.fill("#email", PEOPLE[who])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/account/overview")
    page.goto(hub.origin + path)
    look_at(page, language)
    page.locator("main button.main").click()
    page.locator(".summary").wait_for()
    look_at(page, language)


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 360, "light"), ("hu", 360, "dark"), ("en", 1280, "light")]
)
def test_the_pages_of_applications_have_no_barriers(
    hub: Hub, visit: Any, language: str, width: int, scheme: str
) -> None:
    page = visit(language, scheme, width)
    staff = {"client_id": "demo-office", "scope": "openid staff"}
    page.goto(authorize(hub, **staff))
    page.fill("#email", "szabo.katalin@example.org")  # an official at two institutions
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/account/consent**")
    page.locator(f"button[name=language][value={language}]").click()  # others than that of the account
    page.wait_for_url("**/account/consent**")
    assert page.locator("input[type=radio]").count() == 2
    look_at(page, language)
    page.locator("label[for=institution-2]").click()
    page.locator("button[value=agree]").click()
    page.wait_for_url(f"{CALLBACK}**")
    assert "code=" in page.url
    page.goto(authorize(hub, client_id="demo-office", scope="openid staff officials:read"))
    assert page.locator(".asked .tag").count() == 1
    look_at(page, language)
    page.goto(f"{hub.origin}/account/applications")
    look_at(page, language)
    page.locator("#withdraw-1").click()
    page.locator(".notice").wait_for()
    look_at(page, language)


def test_who_is_no_official_sees_why(hub: Hub, visit: Any) -> None:
    page = visit("hu", "light", 360)
    page.goto(authorize(hub, client_id="demo-office", scope="openid staff"))
    page.fill("#email", PEOPLE["hu"])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/account/consent**")
    look_at(page, "hu")
    page.locator("button[value=deny]").click()
    page.wait_for_url(f"{CALLBACK}**")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(("language", "scheme"), [("ro", "dark"), ("hu", "light")])
def test_the_pages_of_the_gateway_have_no_barriers(hub: Hub, visit: Any, language: str, scheme: str) -> None:
    page = visit(language, scheme, width=320)
    for path in ("/", "/problems/petition-not-found"):
        page.goto(hub.origin + path)
        look_at(page, language)


def test_the_reference_is_readable_without_the_internet(hub: Hub, visit: Any) -> None:
    page = visit("en")
    page.goto(f"{hub.origin}/docs")
    page.get_by_role("heading", name="File a petition").first.wait_for()


def test_the_mailbox_has_no_barriers(hub: Hub, visit: Any) -> None:
    page = visit("en", "dark", 320)
    page.goto(f"{hub.mailbox}/")
    look_at(page, "en")


def test_one_signs_in_without_scripts(hub: Hub, visit: Any) -> None:
    page = visit("ro", scripts=False)
    page.goto(authorize(hub))
    page.fill("#email", PEOPLE["ro"])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.locator("button[value=agree]").click()
    page.wait_for_url(f"{CALLBACK}**")
    assert "code=" in page.url


def test_a_refusal_of_the_person_reaches_the_application(hub: Hub, visit: Any) -> None:
    page = visit("en")
    page.goto(authorize(hub))
    page.fill("#email", PEOPLE["en"])
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    page.locator("button[value=deny]").click()
    page.wait_for_url(f"{CALLBACK}**")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 320, "dark"), ("en", 1280, "light")]
)
def test_help_has_no_barriers_and_needs_no_script(
    hub: Hub, visit: Any, language: str, width: int, scheme: str
) -> None:
    page = visit(language, scheme, width)
    for address in ("/contact", "/faq", "/advice"):
        page.goto(f"{hub.origin}{address}")
        look_at(page, language)
    page.goto(f"{hub.origin}/faq?q=moped")
    assert page.locator("details[open]").count() == 1
    look_at(page, language)
    plain = visit(language, scheme, width, scripts=False)
    plain.goto(f"{hub.origin}/contact")
    plain.locator("nav.languages a[lang=en]").click()
    assert plain.locator("html").get_attribute("lang") == "en"
    assert plain.locator("a[href='tel:+40800800624']").inner_text() == "0800 800 624"


@dataclass(frozen=True)
class Paper:
    """A certificate of somebody's: what its QR code says, and its file."""

    link: str
    label: str
    file: Path


@pytest.fixture(scope="session")  # one a day for each motive
def paper(hub: Hub, program: Any, tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """What was asked for and got, and read from the printed page."""
    scopes = ("openid", "criminal-record:read", "criminal-record:write")
    own = sign_in(hub, "demo-portal", PEOPLE["ro"], PASSWORD, scopes)
    asked = httpx2.post(
        f"{hub.origin}/criminal-record/v1/requests", json={"motive": "voluntariat"}, headers=own
    )
    assert asked.status_code == 201, asked.text
    issued = asked.json()["certificate"]
    folder = tmp_path_factory.mktemp("paper")
    file = folder / "certificate.pdf"
    file.write_bytes(httpx2.get(f"{hub.origin}{issued['file']}", headers=own).content)
    program("pdftoppm", "-r", "150", "-gray", "-singlefile", file, folder / "print")
    link = program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", folder / "print.pgm")
    return Paper(link.decode().strip(), issued["label"], file)


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 360, "dark"), ("en", 1280, "light")]
)
def test_who_is_shown_a_certificate_verifies_it_in_the_browser(
    hub: Hub, visit: Any, paper: Paper, language: str, width: int, scheme: str
) -> None:
    page = visit(language, scheme, width)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.goto(paper.link)
    page.locator("#qr [data-when=genuine]").first.wait_for()
    assert page.locator("[data-fact=no]").inner_text() == paper.label
    look_at(page, language)
    page.locator("#by-code button").click()
    page.locator(".result.good").wait_for()
    assert paper.label in page.locator(".result").inner_text()
    page.locator("#qr [data-when=genuine]").first.wait_for()
    look_at(page, language)
    stated = paper.link.partition("#")[2]
    assert [each for each in sent if stated in each.partition("#")[0]] == []

    page.locator("#code").fill("0000-0000-0000-0000")
    page.locator("#by-code button").click()
    page.locator(".result.bad").wait_for()
    look_at(page, language)


def test_what_the_qr_code_states_is_checked_without_a_network(visit: Any, paper: Paper) -> None:
    page = visit("en")
    page.goto(paper.link)
    page.locator("#qr [data-when=genuine]").first.wait_for()
    page.context.set_offline(True)
    forged = paper.link[:-4] + ("AAAA" if paper.link[-4:] != "AAAA" else "BBBB")
    page.evaluate("link => { location.hash = new URL(link).hash }", forged)
    page.locator("#qr [data-when=forged]").wait_for()
    assert not page.locator("#qr dl").is_visible()
    page.evaluate("link => { location.hash = new URL(link).hash }", paper.link)
    page.locator("#qr [data-when=genuine]").first.wait_for()


def test_a_file_is_dropped_and_one_that_was_changed_is_refused(
    hub: Hub, visit: Any, paper: Paper, tmp_path: Path
) -> None:
    page = visit("hu", "dark", 360)
    page.goto(f"{hub.origin}/verify")
    look_at(page, "hu")
    page.set_input_files("#file", paper.file)
    page.locator(".result.good").wait_for()
    look_at(page, "hu")
    content = bytearray(paper.file.read_bytes())
    content[5000] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    page.set_input_files("#file", changed)
    page.locator(".result.bad").wait_for()
    look_at(page, "hu")
    large = tmp_path / "large.pdf"
    large.write_bytes(bytes(11 * 1024 * 1024))
    page.set_input_files("#file", large)
    page.locator("#file-status [data-when=large]").wait_for()
    assert page.locator(".result").count() == 0


def test_a_code_is_verified_without_scripts(hub: Hub, visit: Any, paper: Paper) -> None:
    page = visit("ro", scripts=False)
    page.goto(f"{hub.origin}/verify")
    page.fill("#code", paper.link.partition("#")[0].rpartition("/")[2].replace("-", " ").lower())
    page.locator("#by-code button").click()
    assert paper.label in page.locator(".result.good").inner_text()
