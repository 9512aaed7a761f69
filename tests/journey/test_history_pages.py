"""A driver hands on a history of sanctions; an employer opens and verifies it, in a real browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_core import clock, ids

from ..conftest import Hub
from .looking import look_at
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

V1 = "/traffic-history/v1"
DOCUMENTS = f"{V1}/history-documents"
SCOPES = "openid traffic-history:read traffic-history:write"


@dataclass(frozen=True)
class Handed:
    """What a driver hands on: a link that can be opened, the file, and what its QR code says."""

    link: str
    file: Path
    qr: str
    number: str


async def handed(hub: Hub, file: Path) -> tuple[str, str]:
    """Ion makes a document, its file and a link to it, through the gateway; the number and the link."""
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        person = Person(client, "ion.ionescu@example.org", SCOPES)
        await person.sign_in()

        async def post(path: str, body: dict[str, Any]) -> Any:
            headers = {"authorization": f"Bearer {person.token}", "idempotency-key": str(ids.new_id())}
            answer = await client.post(path, json=body, headers=headers)
            assert answer.status_code == 201, answer.text
            return answer.json()

        document = await post(DOCUMENTS, {"motive": "angajare"})
        ends_at = (clock.now() + timedelta(days=7)).isoformat()
        link = await post(f"{DOCUMENTS}/{document['id']}/links", {"ends_at": ends_at, "note": "Exemplu SRL"})
        file.write_bytes((await person.get(f"{DOCUMENTS}/{document['id']}/file")).content)
        return document["number"], link["address"]


@pytest.fixture(scope="module")
def ion(hub: Hub, program: Any, tmp_path_factory: pytest.TempPathFactory) -> Handed:
    """What Ion hands on, who has points; its QR code is read from the printed page."""
    folder = tmp_path_factory.mktemp("history")
    file = folder / "history.pdf"
    # The browser has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as thread:
        number, link = thread.submit(lambda: asyncio.run(handed(hub, file))).result()
    pages = program("pdfinfo", file).decode()
    last = next(line.split()[-1] for line in pages.splitlines() if line.startswith("Pages:"))
    program("pdftoppm", "-r", "150", "-gray", "-singlefile", "-f", last, file, folder / "print")
    qr = program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", folder / "print.pgm")
    return Handed(link, file, qr.decode().strip(), number)


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 360, "dark"), ("en", 1280, "light")]
)
def test_an_employer_opens_a_link_without_an_account(
    hub: Hub, visit: Any, ion: Handed, language: str, width: int, scheme: str
) -> None:
    """What opens it stands behind #: it fills the field, and leaves the browser in the form alone."""
    secret = ion.link.partition("#")[2]
    page = visit(language, scheme, width)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(ion.link)
    assert page.locator("#secret").input_value() == secret
    look_at(page, language)
    page.fill("#organisation", "Transport Exemplu SRL")
    page.fill("#purpose", "angajare ca șofer")
    page.keyboard.press("Enter")
    page.locator(".result.good").wait_for()
    assert ion.number in page.locator(".result").inner_text()
    look_at(page, language)
    with page.expect_download() as download:
        page.locator(".result button.main").click()
    assert download.value.path().read_bytes() == ion.file.read_bytes()
    page.locator(".result a").click()
    page.locator("#by-code button").click()
    page.locator(".result.good").wait_for()
    assert ion.number in page.locator(".result").inner_text()
    look_at(page, language)
    assert [each for each in addresses if secret in each.partition("#")[0]] == []


def test_a_link_is_opened_without_scripts_and_what_opens_nothing_says_so(
    hub: Hub, visit: Any, ion: Handed
) -> None:
    page = visit("ro", scripts=False)
    page.goto(f"{hub.origin}/histories/link")
    page.fill("#secret", ion.link.partition("#")[2].lower().replace("-", " "))
    page.fill("#organisation", "Asigurări Exemplu SA")
    page.fill("#purpose", "asigurare")
    page.locator("button.main").click()
    assert ion.number in page.locator(".result.good").inner_text()


@pytest.mark.parametrize(("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 360, "dark")])
def test_who_holds_a_history_verifies_it_by_its_qr_code_and_by_its_file(
    hub: Hub, visit: Any, ion: Handed, tmp_path: Path, language: str, width: int, scheme: str
) -> None:
    """Both come to the page for all documents, which sends them on to the service that has sealed it."""
    assert ion.qr.startswith(f"{hub.origin}/verify/T-")
    page = visit(language, scheme, width)
    page.goto(ion.qr)
    page.locator("#qr [data-when=genuine]").first.wait_for()
    assert page.locator("[data-fact=no]").inner_text() == ion.number
    look_at(page, language)
    page.goto(f"{hub.origin}/verify?lang={language}")
    page.set_input_files("#file", ion.file)
    page.locator(".result.good").wait_for()
    assert ion.number in page.locator(".result").inner_text()
    changed = tmp_path / "changed.pdf"
    content = bytearray(ion.file.read_bytes())
    content[5000] ^= 1
    changed.write_bytes(content)
    page.set_input_files("#file", changed)
    page.locator(".result.bad").wait_for()
    look_at(page, language)
