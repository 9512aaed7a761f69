"""The answer to a petition is verified on the one page for every document, in a real browser."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub_cli import demo
from hub_cli.place import Place, State

from ..conftest import Hub
from .looking import look_at

pytestmark = pytest.mark.xdist_group("hub")


@dataclass(frozen=True)
class Letter:
    """An answer: what its QR code says, and its file."""

    link: str
    file: Path

    @property
    def code(self) -> str:
        """The code that people type."""
        return self.link.partition("#")[0].rpartition("/")[2]


@pytest.fixture(scope="module")
def letter(hub: Hub, program: Any, tmp_path_factory: pytest.TempPathFactory) -> Letter:
    """The answer to a petition that went the whole way, read from the printed page."""
    folder = tmp_path_factory.mktemp("letter")
    file = folder / "answer.pdf"
    file.write_bytes(demo.answered(Place(hub.folder, State.read(hub.folder).ports)))
    program("pdftoppm", "-r", "150", "-gray", "-singlefile", file, folder / "print")
    link = program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", folder / "print.pgm")
    return Letter(link.decode().strip(), file)


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 360, "dark"), ("en", 1280, "light")]
)
def test_who_holds_an_answer_verifies_it_by_its_qr_code(
    hub: Hub, visit: Any, letter: Letter, language: str, width: int, scheme: str
) -> None:
    """The code leads to the page for all documents, which sends it on; what stands behind # goes nowhere."""
    assert letter.link.startswith(f"{hub.origin}/verify/P-")
    page = visit(language, scheme, width)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.goto(letter.link)
    page.locator("#qr [data-when=genuine]").first.wait_for()
    assert page.locator("[data-fact=petition]").inner_text()
    look_at(page, language)
    page.locator("#code").focus()
    page.keyboard.press("Enter")
    page.locator(".result.good").wait_for()
    page.locator("#qr [data-when=genuine]").first.wait_for()
    look_at(page, language)
    stated = letter.link.partition("#")[2]
    assert [each for each in sent if stated in each.partition("#")[0]] == []

    page.locator("#code").fill("P-0000-0000-0000-0000")
    page.locator("#by-code button").click()
    page.locator(".result.bad").wait_for()
    look_at(page, language)
    page.locator("#code").fill("0000-0000-0000-0000")
    page.locator("#by-code button").click()
    page.wait_for_url(f"{hub.origin}/verify*")
    page.locator(".result.bad").wait_for()


def test_the_file_of_an_answer_is_dropped_where_those_of_certificates_are(
    hub: Hub, visit: Any, letter: Letter, tmp_path: Path
) -> None:
    page = visit("hu", "dark", 360)
    page.goto(f"{hub.origin}/verify")
    page.set_input_files("#file", letter.file)
    page.locator(".result.good").wait_for()
    assert "Kovászna Megyei Rendőr-felügyelőség" in page.locator(".result").inner_text()
    look_at(page, "hu")
    content = bytearray(letter.file.read_bytes())
    content[5000] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    page.set_input_files("#file", changed)
    page.locator(".result.bad").wait_for()
    assert "megváltoztatták" in page.locator(".result").inner_text()
    look_at(page, "hu")


def test_the_code_of_an_answer_is_verified_without_scripts(hub: Hub, visit: Any, letter: Letter) -> None:
    page = visit("ro", scripts=False)
    page.goto(f"{hub.origin}/verify")
    page.fill("#code", letter.code.replace("-", " ").lower())
    page.locator("#by-code button").click()
    assert "Inspectoratul de Poliție Județean Covasna" in page.locator(".result.good").inner_text()
