import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from hub_documents import render
from hub_documents.forms import Picture
from hub_documents.render import Renderer, TemplateBroken, Unprintable

from .conftest import AT, Read

Letter = Callable[..., bytes]
NAMES = (Path(__file__).parent / "names.txt").read_text().splitlines()


def test_typst_markup_in_data_is_text(letter: Letter, read: Read) -> None:
    name = '#panic("x") *b* _i_ `r` $x^2$ <a> @b // c /* d */ \\ = e [f] {g} #import "h": i'
    assert f"Stimate domn, {name}" in read(letter(name)).replace("\n", " ")


def test_the_same_data_give_the_same_bytes(letter: Letter) -> None:
    assert letter("Ana") == letter("Ana")


def test_threads_share_a_renderer_and_get_the_same_bytes(letter: Letter) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(letter, ["Ana", "Ion"] * 8))
    assert set(made[::2]) == {letter("Ana")}
    assert set(made[1::2]) == {letter("Ion")}


def test_a_renderer_of_another_process_would_give_the_same_bytes(letter: Letter, renderer: Renderer) -> None:
    again = Renderer(renderer.folder)
    assert again.pdf("letter.typ", {"name": "Ana"}, AT) == letter("Ana")


def test_the_instant_is_that_of_the_document_in_whatever_zone_it_is_told(renderer: Renderer) -> None:
    bucharest = AT.astimezone(timezone(timedelta(hours=3)))
    made = renderer.pdf("letter.typ", {"name": "Ana"}, bucharest)
    assert made == renderer.pdf("letter.typ", {"name": "Ana"}, AT)
    assert made != renderer.pdf("letter.typ", {"name": "Ana"}, AT + timedelta(seconds=1))
    assert b"/CreationDate(D:20261014064107Z)" in made


def test_it_says_that_it_is_pdf_a_2a_and_pdf_ua_1(letter: Letter) -> None:
    said = letter("Ana").decode(errors="replace")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said


def test_it_has_a_language_a_title_to_show_and_tags(letter: Letter) -> None:
    reader = PdfFileReader(io.BytesIO(letter("Ana")))
    assert reader.root["/Lang"] == "ro-RO"
    assert reader.root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root
    assert reader.trailer["/Info"]["/Title"] == "Scrisoare PR 7"


def test_its_last_line_ends(letter: Letter) -> None:
    assert letter("Ana").endswith(b"%%EOF\n")


def test_letters_that_no_font_has_are_told_and_nothing_else_of_the_data(letter: Letter) -> None:
    with pytest.raises(Unprintable) as told:
        letter("Popescu 李明")
    assert told.value.letters == "U+660E, U+674E"
    assert "Popescu" not in str(told.value)


def test_letters_that_no_font_has_are_told_in_the_other_faces_too(letter: Letter) -> None:
    with pytest.raises(Unprintable, match=r"U\+674E$"):
        letter("Ana", strong="李")


def test_what_our_fonts_do_not_have_is_set_in_the_next_font_in_every_face(
    letter: Letter, program, tmp_path
) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter("Ana", strong="Ana הרצל"))
    assert b"+NotoSerifHebrew-Bold " in program("pdffonts", path)


def test_letters_that_typst_writes_by_their_number_are_told_too(letter: Letter) -> None:
    with pytest.raises(Unprintable, match=r"U\+1A92$"):
        letter("\u1a92")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_printed_or_is_unprintable(letter: Letter, name: str) -> None:
    refused: set[str] = set()
    try:
        letter(name)
    except Unprintable as told:
        refused.update(told.letters.split(", "))
    assert refused <= {f"U+{ord(each):04X}" for each in render.clean(name)}


def test_a_fault_of_a_template_is_told(renderer: Renderer) -> None:
    with pytest.raises(TemplateBroken, match=r"broken\.typ: .*this template is broken"):
        renderer.pdf("broken.typ", {"name": "Ana"}, AT)
    with pytest.raises(TemplateBroken, match=r"letter\.typ: dictionary does not contain key"):
        renderer.pdf("letter.typ", {}, AT)


def test_a_template_that_leaves_a_picture_out_is_broken(renderer: Renderer) -> None:
    code = {"code": Picture(1, 1, b"")}
    with pytest.raises(TemplateBroken, match=r"letter\.typ: .*picture"):
        renderer.pdf("letter.typ", {"name": "Ana"}, AT, code)


def test_each_picture_stands_once_in_the_file_as_it_was_drawn(renderer: Renderer) -> None:
    drawing = b"0 g 1 1 2 3 re f"
    made = renderer.pdf("picture.typ", {}, AT, {"code": Picture(4, 5, drawing)})
    page, _ = PdfFileReader(io.BytesIO(made)).find_page_for_modification(0)
    (form,) = (one.get_object() for one in page.get_object()["/Resources"]["/XObject"].values())
    assert form["/Subtype"] == "/Form"
    assert form["/BBox"] == [0, 0, 4, 5]
    assert form.data == drawing
    assert b"/Subtype/Image" not in made


def test_the_rosette_behind_the_text_is_in_the_file_once_for_all_pages(letter: Letter) -> None:
    made = letter("Ana " * 2000)
    assert PdfFileReader(io.BytesIO(made)).root["/Pages"]["/Count"] > 1
    assert made.count(b"/Subtype/Form") == 1


def test_a_document_can_be_made_after_a_broken_one(renderer: Renderer, letter: Letter) -> None:
    whole = letter("Ana")
    with pytest.raises(Unprintable):
        letter("李")
    assert letter("Ana") == whole


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Ştefan Ţurcan", "Ștefan Țurcan"),
        ("s\u0326 a\u0306 o\u030b", "ș ă ő"),
        ("An\x00a\x07 Ma\x7fria\x9f", "Ana Maria"),
        ("Ana\nMaria\t\r\nPopescu\u2028Ion", "Ana Maria Popescu Ion"),
        ("Ana\u202eairaM\u2066\u200f", "AnaairaM"),
        ("Po\xadpescu\u200b\ufeff", "Popescu"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\ud800x\ue000y", "xy"),
    ],
)
def test_what_is_printed_is_composed_with_commas_below_and_can_be_seen(written: str, printed: str) -> None:
    assert render.clean({"a": [written, 1, None]}) == {"a": [printed, 1, None]}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["name", "sans", "strong"])
def test_names_are_read_back_as_they_are_written(letter: Letter, read: Read, name: str, where: str) -> None:
    found = read(letter(name) if where == "name" else letter("x", **{where: name}))
    for word in render.clean(name).split():
        assert word in found


def test_every_font_is_embedded_and_has_its_letters(letter: Letter, program, tmp_path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter("Ана Ελένη الخطيب"))
    rows = program("pdffonts", path).decode().splitlines()[2:]
    assert {re.split(r"[+-]", row)[1] for row in rows} == {"HubSans", "HubSerif", "NotoNaskhArabic"}
    for row in rows:
        embedded, part, unicode_map = re.search(r" (yes|no) +(yes|no) +(yes|no) ", row).groups()
        assert (embedded, part, unicode_map) == ("yes", "yes", "yes"), row


def test_qpdf_finds_nothing_wrong(letter: Letter, program, tmp_path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter("Ana"))
    assert b"No syntax or stream encoding errors" in program("qpdf", "--check", path)


def test_a_document_of_the_year_2100_can_be_made(renderer: Renderer) -> None:
    made = renderer.pdf("letter.typ", {"name": "Ana"}, datetime(2100, 2, 28, 23, 59, tzinfo=UTC))
    assert b"/CreationDate(D:21000228235900Z)" in made
