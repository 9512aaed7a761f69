"""The pages: what a person, a screen reader and a browser find in them."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2
import pytest

from hub_core.language import Language
from svc_identity.domain.account import Account
from svc_identity.main import create_app
from svc_identity.pages import rendering
from svc_identity.settings import Settings

NOBODYS = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
"""An identifier that nothing has."""

PASSWORD = "patru cuvinte fara rost"
REDIRECT = "http://127.0.0.1:8765/callback"
TITLES = {
    "ro": (
        "Autentificare",
        "Creați un cont",
        "Confirmați adresa de e-mail",
        "Sunteți de acord?",
        "Contul dumneavoastră",
    ),
    "hu": ("Bejelentkezés", "Fiók létrehozása", "Az e-mail-cím megerősítése", "Hozzájárul?", "Az Ön fiókja"),
    "en": ("Sign in", "Create an account", "Confirm your e-mail address", "Do you agree?", "Your account"),
}
WITH_PASSKEYS = ("/account/sign-in", "/account/second-step", "/account/security/passkeys/new")
"""The pages that may run a script: ours, for passkeys."""
PUBLIC = (
    "/account/sign-in",
    "/account/forgot-password",
    f"/account/reset-password?confirmation={NOBODYS}",
    "/account/sign-up",
    f"/account/confirm?confirmation={NOBODYS}",
    "/account/signed-out",
)


def check(answer: httpx2.Response, page: Any, language: str) -> None:
    """What holds for every page (WCAG 2.2, and our content policy)."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-language"] == language
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy.pop("form-action").startswith("'self'")
    scripts = policy.pop("script-src", "")
    assert not scripts or (scripts == "'self'" and answer.request.url.path in WITH_PASSKEYS)
    assert [one["src"] for one in page.all("script")] == ([rendering.SCRIPT_ADDRESS] if scripts else [])
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert not page.all("iframe", "object", "img", "base", "style")
    attributes = Counter(name for _, found in page.tags for name in found)
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert page.tags[0] == ("html", {"lang": language})
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == 1
    assert page.title.strip().endswith(("servicii publice", "közszolgáltatások", "public services"))
    names = [found["id"] for _, found in page.tags if "id" in found]
    assert not [name for name, times in Counter(names).items() if times > 1]
    labelled = {label["for"] for label in page.all("label")}
    for field in page.all("input", "select", "textarea"):
        if field["type"] != "hidden":
            assert field["id"] in labelled
            assert field["autocomplete"]
    for _, found in page.tags:
        for pointer in ("for", "aria-describedby", "aria-labelledby"):
            assert set(found.get(pointer, "").split()) <= set(names)
        if found.get("href", "").startswith("#"):
            assert found["href"][1:] in names
    for form in page.all("form", method="post"):
        assert form.get("action", "/account/").startswith("/account/")
    assert len(page.all("input", name="csrf")) == len(page.all("form", method="post"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert not [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]


@pytest.mark.parametrize("language", list(TITLES))
@pytest.mark.parametrize("address", PUBLIC)
async def test_a_public_page_is_sound_in_every_language(browser: Any, address: str, language: str) -> None:
    answer = await browser.get(address, **{"accept-language": language})
    assert answer.status_code == 200
    check(answer, browser.page, language)


@pytest.mark.parametrize("language", list(TITLES))
async def test_the_pages_of_a_sign_in_are_sound_in_every_language(
    a_flow: Any, a_person: Any, language: str
) -> None:
    flow = a_flow()
    person = await a_person(language=Language(language))
    await flow.ask(ui_locales=language, scope="openid profile email offline_access account:read")
    answer = await flow.browser.follow()
    check(answer, flow.browser.page, language)
    assert flow.browser.page.title.startswith(TITLES[language][0])
    await flow.browser.post(str(answer.url), email=person.email, password=PASSWORD)
    answer = await flow.browser.follow()
    check(answer, flow.browser.page, language)
    assert flow.browser.page.title.startswith(TITLES[language][3])
    assert len(flow.browser.page.all("li")) == 5
    await flow.browser.post(str(answer.url), decision="agree")
    await flow.exchange(flow.returned()["code"])
    answer = await flow.browser.get("/account/overview")
    check(answer, flow.browser.page, language)
    assert flow.browser.page.title.startswith(TITLES[language][4])
    assert {"ro": "Portal demonstrativ", "hu": "Bemutató portál", "en": "Demo portal"}[
        language
    ] in answer.text
    answer = await flow.browser.get("/account/sign-out")
    check(answer, flow.browser.page, language)


@pytest.mark.parametrize("language", list(TITLES))
async def test_errors_are_summarised_linked_and_tied_to_their_fields(browser: Any, language: str) -> None:
    await browser.get("/account/sign-up", **{"accept-language": language})
    browser.http.headers["accept-language"] = language
    answer = await browser.post(
        "/account/sign-up", given_name="", family_name="Pop", email="ana", password="short"
    )
    assert answer.status_code == 422
    check(answer, browser.page, language)
    assert browser.page.title.startswith({"ro": "Eroare: ", "hu": "Hiba: ", "en": "Error: "}[language])
    (summary,) = browser.page.all("div", role="alert")
    assert "autofocus" in summary
    wrong = {field["id"] for field in browser.page.all("input") if field.get("aria-invalid") == "true"}
    assert wrong == {"given_name", "email", "password"}
    assert {link["href"] for link in browser.page.all("a")} >= {f"#{name}" for name in wrong}
    for name in wrong:
        (field,) = browser.page.all("input", id=name)
        assert f"{name}-error" in field["aria-describedby"]
    assert browser.page.all("input", id="family_name")[0]["value"] == "Pop"
    assert "value" not in browser.page.all("input", id="password")[0]


async def test_what_people_type_is_escaped(browser: Any) -> None:
    await browser.get("/account/sign-up")
    answer = await browser.post(
        "/account/sign-up", given_name='"><script>alert(1)</script>', family_name="", email="", password=""
    )
    assert "<script>" not in answer.text
    check(answer, browser.page, "en")


async def test_a_login_hint_fills_the_form_when_it_is_an_address(flow: Any, a_flow: Any) -> None:
    await flow.ask(login_hint="Ana@Example.org")
    await flow.browser.follow()
    assert flow.browser.page.all("input", id="email")[0]["value"] == "Ana@example.org"
    other = a_flow()
    await other.ask(login_hint='"><b>')
    await other.browser.follow()
    assert "value" not in other.browser.page.all("input", id="email")[0]


# ── the way through the pages ──


async def test_a_person_makes_an_account_on_the_way_to_an_application(
    flow: Any, an_address: str, client: httpx2.AsyncClient, signed_in: Any
) -> None:
    browser = flow.browser
    await flow.ask()
    await browser.follow()
    (link,) = [one["href"] for one in browser.page.all("a") if "/account/sign-up" in one["href"]]
    await browser.get(link)
    fields = {"given_name": "Ștefan", "family_name": "Popescu", "email": an_address, "password": PASSWORD}
    answer = await browser.post(link, **fields)
    assert answer.status_code == 303
    assert "@" not in browser.location
    await browser.follow()
    address = str(browser.answer.url)
    confirmation_id = parse_qs(urlsplit(address).query)["confirmation"][0]
    headers = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
    mail = (await client.get(f"/internal/v1/email-confirmations/{confirmation_id}", headers=headers)).json()
    assert mail["language"] == "en"

    for given in ("1", "abcdefgh", f"{(int(mail['code']) + 1) % 10**8:08}"):
        answer = await browser.post(address, code=given)
        assert answer.status_code == 422
        check(answer, browser.page, "en")
    await browser.post(address, code=f" {mail['code'][:4]} {mail['code'][4:]} ")
    answer = await browser.follow()
    assert browser.page.all("p", role="status")
    await browser.post(str(answer.url), email=an_address, password=PASSWORD)
    answer = await browser.follow()
    await browser.post(str(answer.url), decision="agree")
    given = (await flow.exchange(flow.returned()["code"])).json()
    assert given["access_token"]


async def test_a_new_code_is_asked_for_by_a_button(
    browser: Any, an_address: str, looking: asyncpg.Connection
) -> None:
    await browser.get("/account/sign-up")
    fields = {"given_name": "A", "family_name": "B", "email": an_address, "password": PASSWORD}
    await browser.post("/account/sign-up", **fields)
    answer = await browser.follow()
    (form,) = [one for one in browser.page.all("form") if "new-code" in one.get("action", "")]
    answer = await browser.post(form["action"])
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    await looking.execute("UPDATE confirmations SET sent_at = sent_at - interval '1 minute'")
    await browser.get("/account/sign-up")
    await browser.post(form["action"])
    await browser.follow()
    assert browser.page.all("p", role="status")


async def test_who_is_signed_in_needs_no_sign_in_page(browser: Any, ana: Account) -> None:
    await browser.get("/account/overview")
    assert browser.location == "/account/sign-in"
    await browser.sign_in(ana)
    assert browser.location == "/account/overview"
    await browser.get("/account/sign-in")
    assert browser.location == "/account/overview"


async def test_a_person_ends_a_sign_in_elsewhere(a_browser: Any, ana: Account) -> None:
    here, there = a_browser(), a_browser()
    there.http.headers["user-agent"] = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    await there.sign_in(ana)
    await here.sign_in(ana)
    answer = await here.get("/account/overview")
    assert "Firefox, Linux" in answer.text
    assert "Unknown device" in answer.text
    ends = [form["action"] for form in here.page.all("form") if "/sessions/" in form.get("action", "")]
    assert len(ends) == 2
    await here.post(ends[1])  # the newest, this one, is first
    assert here.location == "/account/overview?notice=session-ended"
    await there.get("/account/overview")
    assert there.location == "/account/sign-in"
    await here.get("/account/overview")
    await here.post(ends[0])
    assert here.location == "/account/signed-out"


async def test_nobody_ends_the_session_of_another(a_browser: Any, ana: Account, a_person: Any) -> None:
    hers, his = a_browser(), a_browser()
    await hers.sign_in(ana)
    await hers.get("/account/overview")
    (end,) = [form["action"] for form in hers.page.all("form") if "/sessions/" in form.get("action", "")]
    await his.sign_in(await a_person())
    await his.get("/account/overview")
    assert (await his.post(end)).status_code == 404
    assert (await hers.get("/account/overview")).status_code == 200


# ── signing out ──


async def test_looking_at_the_sign_out_page_signs_nobody_out(browser: Any, ana: Account) -> None:
    await browser.sign_in(ana)
    assert (await browser.get("/account/sign-out")).status_code == 200
    assert (await browser.get("/account/overview")).status_code == 200
    await browser.post("/account/sign-out")
    assert browser.location == "/account/signed-out"
    await browser.get("/account/overview")
    assert browser.location == "/account/sign-in"


async def test_an_application_signs_a_person_out_who_agrees(flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana)
    browser = flow.browser
    query = {
        "id_token_hint": given["id_token"],
        "post_logout_redirect_uri": "http://127.0.0.1:8765/",
        "state": "back & forth",
    }
    answer = await browser.http.get("/oauth2/logout", params=query)
    browser._shown(answer)
    assert "id_token_hint" not in browser.location
    answer = await browser.follow()
    assert "Demo portal" in answer.text
    assert "form-action 'self' http://127.0.0.1:8765" in answer.headers["content-security-policy"]
    await browser.post(str(answer.url))
    assert browser.location == "http://127.0.0.1:8765/?state=back+%26+forth"
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    answer = await browser.http.post("/oauth2/logout", data=query)
    browser._shown(answer)
    await browser.follow()
    assert browser.location == "http://127.0.0.1:8765/?state=back+%26+forth"


@pytest.mark.parametrize(
    "query",
    [
        {"post_logout_redirect_uri": "http://127.0.0.1:8765/"},
        {"client_id": "demo-portal", "post_logout_redirect_uri": "https://evil.example/"},
        {"client_id": "nobody"},
        {"id_token_hint": "made.up.hint"},
        {"client_id": "office", "post_logout_redirect_uri": "http://127.0.0.1:8765/"},
    ],
)
async def test_a_bad_logout_request_redirects_nobody(browser: Any, query: dict[str, str]) -> None:
    for path in ("/oauth2/logout", "/account/sign-out"):
        answer = await browser.http.get(path, params=query)
        if path == "/account/sign-out" and "id_token_hint" in query:
            continue
        assert answer.status_code == 400
        assert "<h1>" in answer.text


async def test_the_hint_of_another_client_is_refused(flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana)
    query = {"id_token_hint": given["id_token"], "client_id": "office"}
    assert (await flow.browser.http.get("/oauth2/logout", params=query)).status_code == 400


# ── languages ──


async def test_a_chosen_language_goes_before_ui_locales_and_those_before_the_browser(a_flow: Any) -> None:
    flow = a_flow()
    await flow.ask(ui_locales="hu")
    await flow.browser.follow()
    assert flow.browser.page.tags[0] == ("html", {"lang": "hu"})
    here = flow.browser.page.all("input", name="next")[0]["value"]
    await flow.browser.post("/account/language", language="ro", next=here)
    assert flow.browser.location == here
    await flow.browser.follow()
    assert flow.browser.page.tags[0] == ("html", {"lang": "ro"})
    current = [button["value"] for button in flow.browser.page.all("button") if button.get("aria-current")]
    assert current == ["ro"]
    await flow.browser.get("/account/sign-in", **{"accept-language": "en"})
    assert flow.browser.page.tags[0] == ("html", {"lang": "ro"})


async def test_a_signed_in_person_is_written_to_in_the_language_they_choose(
    browser: Any, ana: Account, looking: asyncpg.Connection
) -> None:
    await browser.sign_in(ana)
    await browser.get("/account/overview")
    await browser.post("/account/language", language="hu", next="/account/overview")
    row = await looking.fetchrow("SELECT language, version FROM accounts WHERE id = $1", ana.id)
    assert row is not None
    assert (row["language"], row["version"]) == ("hu", 3)


async def test_the_language_of_the_account_is_spoken_after_the_sign_in(browser: Any, a_person: Any) -> None:
    await browser.sign_in(await a_person(language=Language.HU))
    await browser.follow()
    assert browser.page.tags[0] == ("html", {"lang": "hu"})


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/account/",
        "/\\evil.example",
        "/oauth2/token",
        "javascript:x",
        "",
    ],
)
async def test_choosing_a_language_leads_nowhere_else(browser: Any, elsewhere: str) -> None:
    await browser.get("/account/sign-in")
    await browser.post("/account/language", language="hu", next=elsewhere)
    assert browser.location == "/account/overview"


# ── forms and cookies ──


@pytest.mark.parametrize(
    "path",
    [
        *("/account/sign-in", "/account/sign-up", "/account/language", "/account/sign-out"),
        f"/account/consent?request={NOBODYS}",
        f"/account/confirm?confirmation={NOBODYS}",
        f"/account/new-code?confirmation={NOBODYS}",
        f"/account/sessions/{NOBODYS}/end",
    ],
)
async def test_a_form_without_the_secret_of_its_browser_changes_nothing(
    a_browser: Any, ana: Account, path: str
) -> None:
    browser, other = a_browser(), a_browser()
    await browser.sign_in(ana)
    await other.get("/account/sign-in")
    theirs = other.page.all("input", name="csrf")[0]["value"]
    bare = a_browser()
    for sender, csrf in ((browser, ""), (browser, "guessed"), (browser, theirs), (bare, theirs)):
        answer = await sender.post(path, csrf=csrf, email=ana.email, password=PASSWORD)
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/html")
    assert (await browser.get("/account/overview")).status_code == 200


async def test_signing_in_changes_the_secret_of_the_browser(browser: Any, ana: Account) -> None:
    await browser.get("/account/sign-in")
    before = browser.http.cookies["hub_session"]
    old = browser.page.all("input", name="csrf")[0]["value"]
    await browser.post("/account/sign-in", email=ana.email, password=PASSWORD)
    assert browser.http.cookies["hub_session"] != before
    assert (await browser.post("/account/sign-out", csrf=old)).status_code == 403


async def test_cookies_are_kept_from_scripts_and_other_sites(browser: Any, ana: Account) -> None:
    await browser.sign_in(ana)
    cookies = browser.answer.headers.get_list("set-cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"hub_session", "hub_device", "hub_language"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie


async def test_over_https_cookies_belong_to_the_host_alone(settings: Settings, running: Any) -> None:
    secure = settings.model_copy(update={"public_origin": "https://hub.example.org"})
    async with running(create_app(secure)) as client:
        answer = await client.get("https://hub.example.org/account/sign-in")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-hub_session=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie


async def test_a_form_may_lead_to_the_application_that_asked_and_nowhere_else(
    a_flow: Any, office: Any
) -> None:
    flow = a_flow(app=office)
    await flow.ask()
    answer = await flow.browser.follow()
    assert answer.headers["content-security-policy"].endswith("form-action 'self' https://office.example.org")
    answer = await flow.browser.get("/account/sign-in")
    assert answer.headers["content-security-policy"].endswith("form-action 'self'")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("https://a.example:8443/cb?x", "https://a.example:8443"),
        ("http://[::1]:9/cb", "http:"),
        ("org.example.app:/cb", "org.example.app:"),
    ],
)
def test_the_content_policy_names_an_address(address: str, source: str) -> None:
    assert rendering._source(address) == source


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/account/nothing", 404),
        ("/account/consent", 404),
        ("/account/confirm", 404),
        ("/account/sign-in?request=x", 400),
        (f"/account/sign-in?request={NOBODYS}", 410),
        ("/account/language", 405),
    ],
)
async def test_a_failure_is_a_page_too(browser: Any, path: str, status: int) -> None:
    answer = await browser.get(path)
    assert answer.status_code == status
    check(answer, browser.page, "en")


# ── the style sheet ──


async def test_the_style_sheet_is_served_and_cached(browser: Any) -> None:
    await browser.get("/account/sign-in")
    (link,) = browser.page.all("link")
    answer = await browser.http.get(link["href"])
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_borders_have_contrast_enough(scheme: str) -> None:
    sheet = rendering.style().body.decode()
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", blocks[0] if scheme == "light" else blocks[1]))
    texts = [("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("accent", "paper")]
    texts += [("accent", "card"), ("on-accent", "accent"), ("wrong", "paper"), ("wrong", "wrong-paper")]
    texts += [("good", "good-paper"), ("ink", "wrong-paper")]
    for front, back in texts:
        assert contrast(colour[front], colour[back]) >= 4.5, (front, back)
    for front in ("line", "focus", "accent"):
        for back in ("paper", "card"):
            assert contrast(colour[front], colour[back]) >= 3, (front, back)


async def test_a_database_that_is_away_is_a_page_that_says_when_to_come_back(
    browser: Any, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_in(ana)

    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("svc_identity.operations.sign_in.recognise", away)
    answer = await browser.get("/account/overview")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    check(answer, browser.page, "en")
    assert "Error" not in answer.text.replace("Error: ", "")
