import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader

from hub_documents.render import Renderer, Unprintable
from svc_criminal_record.documents import printing
from svc_criminal_record.documents.models import Document, Gloss, OrganisationHolder, Recipient
from svc_criminal_record.domain.products import Product

from .build import LINK, a_document, a_person, an_entry
from .conftest import Pages

COMPANY = OrganisationHolder(
    name="Șuruburi și Țevi „Ardealul” S.R.L.",
    cui="RO 18547290",
    registration="J12/4312/2006",
    seat="Str. Înfrățirii nr. 12, Cluj-Napoca, județul Cluj",
)
INSTITUTION = Recipient(
    institution="Inspectoratul Școlar Județean Cluj",
    consent_given_on=date(2026, 10, 1),
    reference="ISJ-2026/1187",
)
KINDS = {
    "without entries": a_document(),
    "with entries": a_document(entries=(an_entry(), an_entry(final_on=None, execution=None))),
    "over several pages": a_document(entries=(an_entry(),) * 40),
    "of a company": a_document(holder=COMPANY),
    "of integrity": a_document(product=Product.INTEGRITY, series="CIC"),
    "an extract": a_document(recipient=INSTITUTION, series="EX"),
    "a correction": a_document(corrects="CJ 0047100"),
    "of a person without a number": a_document(
        holder=a_person(cnp=None, identity_document="Pașaport X1234567", citizenship=None, former_names=())
    ),
}
every_kind = pytest.mark.parametrize("document", KINDS.values(), ids=KINDS.keys())


@pytest.mark.parametrize(
    ("document", "says", "gloss"),
    [
        (
            a_document(),
            "Persoana de mai sus nu figurează înscrisă în cazierul judiciar",
            "The person named above is not entered in the criminal record",
        ),
        (
            a_document(holder=COMPANY),
            "Persoana juridică de mai sus nu figurează înscrisă în cazierul judiciar",
            "The legal person named above is not entered in the criminal record",
        ),
        (
            a_document(product=Product.INTEGRITY),
            "Persoana de mai sus nu figurează înscrisă în Registrul național automatizat",
            "The person named above is not entered in the national automated register",
        ),
        (
            a_document(recipient=INSTITUTION),
            "Persoana de mai sus nu figurează înscrisă în cazierul judiciar",
            "The person named above is not entered in the criminal record",
        ),
    ],
)
def test_it_says_in_two_languages_that_nothing_stands_in_evidence(
    pages: Pages, document: Document, says: str, gloss: str
) -> None:
    (page,) = pages(document)
    assert says in page
    assert gloss in page
    assert "Înscrieri" not in page


@pytest.mark.parametrize(
    ("count", "says", "gloss"),
    [
        (1, "cu o înscriere", "has one entry in"),
        (2, "cu 2 înscrieri", "has 2 entries in"),
        (19, "cu 19 înscrieri", "has 19 entries in"),
        (20, "cu 20 de înscrieri", "has 20 entries in"),
        (101, "cu 101 înscrieri", "has 101 entries in"),
        (120, "cu 120 de înscrieri", "has 120 entries in"),
    ],
)
def test_it_says_how_many_entries_there_are_as_romanian_counts(
    pages: Pages, count: int, says: str, gloss: str
) -> None:
    first = pages(a_document(entries=(an_entry(),) * count))[0]
    assert f"Persoana de mai sus figurează în cazierul judiciar {says}" in first
    assert gloss in first
    assert "nu figurează" not in first


def test_an_entry_says_court_judgment_classification_measure_final_date_and_execution(pages: Pages) -> None:
    text = " ".join(pages(a_document(entries=(an_entry(),))))
    for fact in (
        "Judecătoria Târgu Mureș",
        "Sentința penală nr. 412",
        "12.03.2014",
        "definitivă la 02.06.2014",
        "Conducerea unui vehicul",
        "art. 336 alin. (1)",
        "Amendă penală, 4.500 lei",
        "Achitată la 18.07.2014",
    ):
        assert fact in text


def test_forty_entries_stand_once_each_and_in_order(pages: Pages) -> None:
    entries = tuple(an_entry(measure=f"Măsura{number}x") for number in range(1, 41))
    text = " ".join(pages(a_document(entries=entries)))
    assert re.findall(r"Măsura(\d+)x", text) == [str(number) for number in range(1, 41)]


@every_kind
def test_every_page_bears_the_number_and_says_which_page_it_is(pages: Pages, document: Document) -> None:
    found = pages(document)
    for number, page in enumerate(found, 1):
        assert document.label in page
        assert f"Pagina {number} din {len(found)} Page {number} of {len(found)}" in page


@pytest.mark.parametrize(
    "document",
    [document for name, document in KINDS.items() if "entries" not in name and "pages" not in name],
)
def test_where_nothing_stands_in_evidence_one_page_is_enough(pages: Pages, document: Document) -> None:
    assert len(pages(document)) == 1


def test_the_head_of_the_table_stands_on_each_of_its_pages(pages: Pages) -> None:
    found = pages(a_document(entries=(an_entry(),) * 40))
    assert len(found) > 3
    assert all("Instanța și hotărârea" in page for page in found[:-1])


def test_the_seal_and_the_code_are_on_the_last_page(pages: Pages) -> None:
    found = pages(a_document(entries=(an_entry(),) * 40))
    said = (
        "Sigiliu electronic",
        "la adresa hub.example.ro/verify",
        "14.10.2026, ora 09:41",
        "Certificat emis de Autoritatea de certificare a demonstrației",
    )
    assert all(fact in found[-1] for fact in said)
    assert not any(fact in page for fact in said for page in found[:-1])


@pytest.mark.parametrize("document", [a_document(), KINDS["over several pages"]])
def test_the_code_is_scanned_from_a_print_of_150_dots_and_is_31_mm_wide(
    written: Callable[[Document], Path], program: Any, document: Document
) -> None:
    path = written(document)
    for dots in (150, 300):
        program("pdftoppm", "-r", str(dots), "-gray", path, path.with_name(f"print{dots}"))
    coarse, fine = (max(path.parent.glob(f"print{dots}-*.pgm")) for dots in (150, 300))
    assert program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", coarse).decode().strip() == LINK
    _, size, _, pixels = fine.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width)))
    assert code.text == LINK
    across = code.position.bottom_right.x - code.position.bottom_left.x
    assert across / 300 * 25.4 == pytest.approx(31, abs=0.5)


def test_the_day_and_the_hour_are_those_of_bucharest(pages: Pages) -> None:
    (page,) = pages(a_document(issued_at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC)))
    assert "Eliberat la Issued 01.11.2026" in page
    assert "01.11.2026, ora 00:30" in page


def test_an_extract_names_the_institution_and_the_consent(pages: Pages) -> None:
    (page,) = pages(a_document(recipient=INSTITUTION))
    for fact in ("Extras de pe cazierul judiciar", "art. 20 alin. (7)", "01.10.2026", "ISJ-2026/1187"):
        assert fact in page
    assert "Inspectoratul Școlar Județean Cluj" in page


def test_a_correction_names_what_it_takes_the_place_of(pages: Pages) -> None:
    (page,) = pages(a_document(corrects="CJ 0047100"))
    assert "Înlocuiește documentul CJ 0047100" in page


@pytest.mark.parametrize(
    ("purpose", "printed"),
    [(Gloss("angajare", "employment"), "Angajare Employment"), (Gloss("știință", ""), "Știință")],
)
def test_the_purpose_begins_with_a_capital(pages: Pages, purpose: Gloss, printed: str) -> None:
    (page,) = pages(a_document(purpose=purpose))
    assert f"Scopul Purpose {printed}" in page


def test_what_is_not_known_has_no_label(pages: Pages) -> None:
    (page,) = pages(a_document(holder=a_person(cnp=None, father=None, former_names=())))
    assert not [label for label in ("Cod numeric", "tatălui", "anterioare", "Act de") if label in page]


@pytest.mark.parametrize(
    "name",
    ["Țurcan-Szőke", "Ελένη", "Щербаков", "الخطيب", "עבד", "Nguyễn", "#panic() *b* $x$ <a> @b", "Ana " * 30],
)
def test_the_name_is_read_back_as_it_is_written(pages: Pages, name: str) -> None:
    (page,) = pages(a_document(holder=a_person(family_name=name)))
    assert " ".join(name.split()) in page


def test_markup_of_typst_in_every_text_is_text(pages: Pages) -> None:
    evil = '#panic() *b* $x$ <a> @b #image("x")'
    document = a_document(
        holder=a_person(given_names=evil, birth_place=evil, father=evil, citizenship=evil),
        purpose=Gloss(evil, evil),
        entries=(an_entry(measure=evil, execution=evil),),
        seal_issuer=evil,
    )
    assert " ".join(pages(document)).count("#panic()") == 9


def test_letters_without_a_font_refuse_the_document(renderer: Renderer) -> None:
    with pytest.raises(Unprintable, match=r"U\+674E"):
        printing.pdf(renderer, a_document(holder=a_person(family_name="李")))


@every_kind
def test_the_same_document_has_the_same_bytes(renderer: Renderer, document: Document) -> None:
    assert printing.pdf(renderer, document) == printing.pdf(printing.renderer(), document)


@every_kind
def test_qpdf_finds_nothing_wrong_and_every_font_is_embedded(
    written: Callable[[Document], Path], program: Any, document: Document
) -> None:
    path = written(document)
    assert b"No syntax or stream encoding errors" in program("qpdf", "--check", path)
    fonts = program("pdffonts", path).decode().splitlines()[2:]
    assert fonts
    assert all(" yes yes yes " in row for row in fonts)


@every_kind
def test_it_can_be_read_aloud_in_order(renderer: Renderer, document: Document) -> None:
    reader = PdfFileReader(io.BytesIO(printing.pdf(renderer, document)))
    assert reader.root["/Lang"] == "ro-RO"
    assert document.label in reader.trailer["/Info"]["/Title"]
    elements = list(structure(reader.root["/StructTreeRoot"]))
    kinds = [element["/S"] for element in elements]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == (2 if document.entries else 1)
    assert kinds.count("/TH") == (5 if document.entries else 0)
    figures = [str(element["/Alt"]) for element in elements if element["/S"] == "/Figure"]
    assert figures == [
        "Emblema autorității emitente",
        f"Cod QR pentru verificarea documentului {document.label}",
    ]
    assert any(element.get("/Lang") == "en-GB" for element in elements)


def structure(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """The elements of the tree of tags, in the order of reading."""
    if "/S" in element:
        yield element
    kids = element.get("/K", ArrayObject())
    for reference in kids if isinstance(kids, ArrayObject) else [kids]:
        kid = reference.get_object()
        if isinstance(kid, DictionaryObject) and "/S" in kid:
            yield from structure(kid)


def test_no_value_shows_itself() -> None:
    document = a_document(entries=(an_entry(),), recipient=INSTITUTION)
    shown = f"{document!r} {document.holder!r} {document.entries!r} {document.recipient!r}"
    assert not [said for said in ("Szőke", "1850412", "Judecătoria", "Școlar", "K7QF") if said in shown]
