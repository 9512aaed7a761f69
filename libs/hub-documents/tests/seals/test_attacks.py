"""Attacks on sealed files that others have published: each is refused here, and by the tools that can.

Incremental saving, signature wrapping, universal forgery (pdf-insecurity.org, CCS 2019), shadow documents
(NDSS 2021), attacks on certification (S&P 2021).
"""

import io
import re
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers as pyhanko_signers
from pyhanko.sign.general import SigningError

from hub_cli.outside.trust import authority as maker
from hub_documents import verification
from hub_documents.seal import Level
from hub_documents.verification import Outcome, Trust

from .conftest import MakeElsewhere
from .test_tools import PLACE

Attack = Callable[[bytes], bytes]

CLAIM = b"BT /F1 24 Tf 100 100 Td (FARA INSCRIERI) Tj ET"


def _saved(sealed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def other_content(sealed: bytes) -> bytes:
    """Incremental saving: the page shows something else."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = _page(writer)
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=CLAIM))
        writer.update_container(page)

    return _saved(sealed, change)


def a_covering_note(sealed: bytes) -> bytes:
    """Evil annotation: a note lies over what is written."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(number) for number in (0, 0, 600, 800)]
                ),
                generic.pdf_name("/Contents"): generic.pdf_string("FARA INSCRIERI"),
            }
        )
        page = _page(writer)
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])
        writer.update_container(page)

    return _saved(sealed, change)


def other_pages(sealed: bytes) -> bytes:
    """Shadow document, replaced: the catalog names other pages."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        pages = writer.root["/Pages"]
        pages["/Kids"] = generic.ArrayObject([pages["/Kids"].raw_get(1)])
        pages["/Count"] = generic.NumberObject(1)
        writer.update_container(pages)

    return _saved(sealed, change)


def no_seal_in_the_form(sealed: bytes) -> bytes:
    """Shadow document, hidden: the field of the seal is taken out of the form."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/AcroForm"]
        del writer.root["/Perms"]
        writer.update_root()

    return _saved(sealed, change)


def other_permissions(sealed: bytes) -> bytes:
    """Attack on certification: P 3 would permit notes."""
    return sealed.replace(b"/TransformParams/P 1", b"/TransformParams/P 3")


def wrapped(sealed: bytes) -> bytes:
    """Signature wrapping: the second part moves down, and other objects come between."""
    found = PLACE.search(sealed)
    assert found
    start, end, rest = (int(number) for number in found.groups())
    evil = b"\n99 0 obj\n<<>>\nstream\n" + CLAIM + b"\nendstream\nendobj\n"
    moved = b"[0 %010d %010d %010d]" % (start, end + len(evil), rest)
    begin = sealed[: found.start()] + b"/ByteRange" + moved + sealed[found.end() - 10 : end]
    return begin + evil + sealed[end:]


def wrapped_with_a_range_of_its_own(sealed: bytes) -> bytes:
    """Signature wrapping: the range that fits stands among the objects that nobody signed."""
    found = PLACE.search(sealed)
    assert found
    start, end, rest = (int(number) for number in found.groups())
    size = len(b">/ByteRange[0 %010d %010d %010d]<" % (0, 0, 0))
    evil = b">/ByteRange[0 %010d %010d %010d]<" % (start, end + size, rest)
    return sealed[: end - 1] + evil + sealed[end - 1 :]


def _range(put: bytes) -> Attack:
    return lambda sealed: PLACE.sub(b"/ByteRange" + put + b"/Contents<", sealed)


def _contents(put: bytes) -> Attack:
    return lambda sealed: re.sub(rb"/Contents<[0-9a-f]{100,}>", b"/Contents" + put, sealed)


SAVED: tuple[Attack, ...] = (other_content, a_covering_note, other_pages, no_seal_in_the_form)
ATTACKS: dict[str, Attack] = {
    **{attack.__name__: attack for attack in SAVED},
    "other_permissions": other_permissions,
    "wrapped": wrapped,
    "wrapped_with_a_range_of_its_own": wrapped_with_a_range_of_its_own,
    "a range of nothing": _range(b"[0 0 0 0]"),
    "a negative range": _range(b"[0 -1 2 3]"),
    "a range beyond the file": _range(b"[0 9999999999 9999999999 9999999999]"),
    "no range": _range(b"null"),
    "a range of one part": _range(b"[0 99999]"),
    "an empty signature": _contents(b"<>"),
    "no signature": _contents(b" null"),
    "a signature of zeros": _contents(b"<" + b"0" * 2000 + b">"),
    "a signature that is a name": _contents(b"/None"),
}


def test_each_attack_changes_the_file(files: dict[Level, bytes]) -> None:
    for name, attack in ATTACKS.items():
        assert attack(files[Level.B_LT]) != files[Level.B_LT], name


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("level", Level)
def test_an_attack_is_refused(
    level: Level, name: str, files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    attacked = ATTACKS[name](files[level])
    assert verification.verify(attacked, trust, now).outcome == Outcome.ALTERED


@pytest.mark.parametrize("attack", SAVED)
def test_others_see_that_the_file_has_been_saved_again(
    attack: Attack, files: dict[Level, bytes], said_by_pdfsig: Callable[[bytes], str]
) -> None:
    attacked = attack(files[Level.B_LT])
    assert "Total document signed" not in said_by_pdfsig(attacked)
    for signature in PdfFileReader(io.BytesIO(attacked)).embedded_signatures:
        signature.compute_integrity_info()
        assert signature.summarise_integrity_info()["docmdp_ok"] is False


def test_others_see_a_flipped_bit(
    files: dict[Level, bytes], said_by_pdfsig: Callable[[bytes], str], pdf: bytes
) -> None:
    changed = bytearray(files[Level.B_LT])
    changed[len(pdf) // 2] ^= 1
    assert "Digest Mismatch." in said_by_pdfsig(bytes(changed))
    (signature,) = PdfFileReader(io.BytesIO(bytes(changed))).embedded_signatures
    assert signature.compute_digest() != signature.signer_info["signed_attrs"][1]["values"][0].native


async def test_others_do_not_trust_another_authority(
    make_elsewhere: MakeElsewhere, said_by_pdfsig: Callable[[bytes], str], pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealed = (await (await elsewhere.sealer(now)).seal(pdf, now)).content
    said = said_by_pdfsig(sealed)
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." not in said


HOSTILE: dict[str, Callable[[], bytes]] = {
    "many ranges": lambda: b"%PDF-1.7\n" + b"/ByteRange[0 1 2 3]" * 100_000,
    "open ranges": lambda: b"%PDF-1.7\n" + b"/ByteRange[" + b" " * 1_000_000,
    "the longest place": lambda: _placed(b"<" + b"30" * 99_000 + b">"),
    "too long a place": lambda: _placed(b"<" + b"30" * 1_000_000 + b">"),
    "many small values": lambda: _placed(b"<3083018300" + b"0500" * 49_000 + b">"),
    "values in values": lambda: _placed(b"<" + b"3080" * 49_000 + b">"),
    "numbers without end": lambda: b"%PDF-1.7\n/ByteRange[0 " + b"9" * 1_000_000,
    "references": lambda: b"%PDF-1.7\n" + b"1 0 obj\n<</Kids[1 0 R]>>\nendobj\n" * 50_000,
}


def _placed(place: bytes) -> bytes:
    head = b"%%PDF-1.7\n/Contents"
    tail = b"\n%%EOF\n"
    ranges = b"/ByteRange[0 %010d %010d %010d]"
    size = len(ranges % (0, 0, 0))
    start = len(head) - 1 + size
    return (head + ranges) % (start, start + len(place), len(tail)) + place + tail


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_memory(name: str, trust: Trust, now: datetime) -> None:
    content = HOSTILE[name]()
    tracemalloc.start()
    try:
        outcome = verification.verify(content, trust, now).outcome
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome in {Outcome.ALTERED, Outcome.NOT_SEALED}
    assert most < 4 * len(content) + 20_000_000


def test_what_somebody_else_signed_is_untrusted(
    trust: Trust, pdf: bytes, now: datetime, tmp_path: Path
) -> None:
    maker.make(str(tmp_path), "http://localhost/trust")
    signer = pyhanko_signers.SimpleSigner.load(str(tmp_path / "seal.key"), str(tmp_path / "seal.pem"))
    metadata = pyhanko_signers.PdfSignatureMetadata(field_name="Other")
    signed = pyhanko_signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)
    assert verification.verify(signed.getvalue(), trust, now).outcome == Outcome.UNTRUSTED


def test_others_refuse_to_sign_what_we_sealed(files: dict[Level, bytes], tmp_path: Path) -> None:
    maker.make(str(tmp_path), "http://localhost/trust")
    signer = pyhanko_signers.SimpleSigner.load(str(tmp_path / "seal.key"), str(tmp_path / "seal.pem"))
    metadata = pyhanko_signers.PdfSignatureMetadata(field_name="Other")
    writer = IncrementalPdfFileWriter(io.BytesIO(files[Level.B_LT]))
    with pytest.raises(SigningError, match="forbids all changes"):
        pyhanko_signers.sign_pdf(writer, metadata, signer=signer)
