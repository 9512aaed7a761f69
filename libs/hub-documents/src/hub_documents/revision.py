"""One more revision of a PDF file, with room for a signature (ISO 32000-2, 7.5.6 and 12.8).

Only files as Typst writes them are taken: a classic cross-reference table, dictionaries that stand on
their own, one revision, no form. So a few exact patterns do what a general reader and writer of PDF
would need many thousand lines for; anything else is refused, never guessed at.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

_TRAILER: Final = re.compile(
    rb"trailer\n<</Size (\d{1,7})/Root (\d{1,7}) 0 R(/Info \d{1,7} 0 R)?/ID\[(\([\w+/=]+\))\([\w+/=]+\)\]>>\n"
    rb"startxref\n(\d{1,10})\n%%EOF\n?"
)
_PAGES: Final = re.compile(rb"/Pages (\d{1,7}) 0 R")
_FIRST_KID: Final = re.compile(rb"/Kids\[(\d{1,7}) 0 R")
_ANNOTATIONS: Final = re.compile(rb"/Annots\[((?:\d{1,7} 0 R ?)*)\]")
_LONGEST_TRAILER: Final = 400
_ENTRY: Final = 20
_TAKEN: Final = (b"/AcroForm", b"/Perms", b"/Extensions", b"/DSS", b"/Version")
_RANGE: Final = b"[0 %010d %010d %010d]"
_NO_RANGE: Final = _RANGE % (0, 0, 0)


STORE: Final = b"/DSS<</Type/DSS"
"""How the document security store begins, in the catalog."""


class OtherShape(ValueError):
    """The file is not one that Typst wrote, or has been changed since."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the signature dictionary says of the seal."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves later that no certificate was revoked: certificates, lists and answers in DER."""

    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]


class Draft:
    """A file with its new revision, whose signature is still missing."""

    def __init__(self, content: bytearray, start: int, end: int) -> None:
        self._content = content
        self._start = start
        self._end = end

    def digest(self) -> bytes:
        """SHA-256 over the whole file but the place of the signature."""
        with memoryview(self._content) as view:
            hashed = hashlib.sha256(view[: self._start])
            hashed.update(view[self._end :])
        return hashed.digest()

    def filled(self, signature: bytes) -> bytes:
        """The file with the signature in its place; `ValueError` when it is longer than the place."""
        room = (self._end - self._start - 2) // 2
        if len(signature) > room:
            raise ValueError(f"a signature of {len(signature)} bytes has no room in {room}")
        content = bytearray(self._content)
        content[self._start + 1 : self._start + 1 + 2 * len(signature)] = signature.hex().encode()
        return bytes(content)


class _File:
    """A file of Typst's, and where its objects are."""

    def __init__(self, pdf: bytes) -> None:
        tail = max(0, len(pdf) - _LONGEST_TRAILER)
        begin = pdf.rfind(b"trailer\n", tail)
        trailer = _TRAILER.fullmatch(pdf, begin) if begin >= 0 else None
        if trailer is None:
            raise OtherShape("its end is not one of Typst's")
        size, root, info, identifier, table = trailer.groups()
        self.size, self.root, self.table = int(size), int(root), int(table)
        self.info, self.identifier = info or b"", identifier
        header = b"xref\n0 %d\n" % self.size
        self._entries = self.table + len(header)
        if not pdf.startswith(header, self.table) or self._entries + _ENTRY * self.size != begin:
            raise OtherShape("its cross-reference table is not one of Typst's")
        self._pdf = pdf

    def dictionary(self, number: int) -> bytes:
        """The object of this number without its closing `>>`."""
        entry = self._entries + _ENTRY * number
        begin = self._pdf[entry : entry + 10]
        opening = b"%d 0 obj\n" % number
        if not begin.isdigit() or not self._pdf.startswith(opening + b"<<", int(begin)):
            raise OtherShape(f"object {number} is not where the table says")
        start = int(begin) + len(opening)
        end = self._pdf.find(b"\nendobj\n", start)
        if end < 0 or not self._pdf.endswith(b">>", start, end):
            raise OtherShape(f"object {number} is no dictionary")
        return self._pdf[start : end - 2]


def draft(pdf: bytes, statement: Statement, room: int, evidence: Evidence | None = None) -> Draft:
    """The file with a revision that certifies it and permits no change (DocMDP, P 1).

    The field of the seal is invisible; `room` is for the signature, in bytes; `evidence` becomes the
    document security store (ETSI EN 319 142-1, 5.4.2). `OtherShape` for a file that is not Typst's.
    """
    file = _File(pdf)
    catalog = file.dictionary(file.root)
    if any(key in catalog for key in _TAKEN):
        raise OtherShape("it has a form, permissions or extensions already")
    page_number = _reference(_FIRST_KID, file.dictionary(_reference(_PAGES, catalog)))
    signature, field = file.size, file.size + 1
    objects = {
        field: _field(page_number, signature),
        page_number: _page(file.dictionary(page_number), field),
        file.root: catalog + _certified(signature, field),
    }
    if evidence:
        stores, streams = _store(evidence, field + 1)
        objects |= streams
        objects[file.root] += stores
    objects[file.root] += b">>"
    content = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    offsets: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(content)
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    offsets[signature] = len(content)
    content += b"%d 0 obj\n%b/ByteRange" % (signature, _signature(statement))
    place = len(content)
    content += _NO_RANGE + b"/Contents"
    start = len(content)
    content += b"<" + b"0" * (2 * room) + b">"
    end = len(content)
    content += b">>\nendobj\n"
    _close(content, file, offsets, statement)
    content[place : place + len(_NO_RANGE)] = _RANGE % (start, end, len(content) - end)
    return Draft(content, start, end)


def _reference(pattern: re.Pattern[bytes], dictionary: bytes) -> int:
    found = pattern.search(dictionary)
    if found is None:
        raise OtherShape("its pages are not found as Typst names them")
    return int(found[1])


def _page(page: bytes, field: int) -> bytes:
    if not page.startswith(b"<</Type/Page/"):
        raise OtherShape("its first page is not one of Typst's")
    others = _ANNOTATIONS.search(page)
    if others:
        page = page[: others.start()] + b"/Annots[%b %d 0 R]" % (others[1], field) + page[others.end() :]
    elif b"/Annots" in page:
        raise OtherShape("its annotations are not listed as Typst lists them")
    else:
        page += b"/Annots[%d 0 R]" % field
    return page + (b">>" if b"/Tabs/S" in page else b"/Tabs/S>>")


def _field(page: int, signature: int) -> bytes:
    """An invisible widget: it prints (PDF/A-2, 6.3.2), is locked, and has no area, so no appearance."""
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU%b/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>" % (
        _text("Sigiliu electronic"),
        page,
        signature,
    )


def _certified(signature: int, field: int) -> bytes:
    return (
        b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>"
        b"/Extensions<</ESIC<</Type/DeveloperExtensions/BaseVersion/1.7/ExtensionLevel 1>>>>"
    ) % (field, signature)


def _signature(statement: Statement) -> bytes:
    return (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%b/Name%b/Reason%b/Reference"
        b"[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
    ) % (_moment(statement.at), _text(statement.name), _text(statement.reason))


def _store(evidence: Evidence, first: int) -> tuple[bytes, dict[int, bytes]]:
    """The entry of the catalog, and the streams that it names, numbered from `first`."""
    streams: dict[int, bytes] = {}
    entry = STORE
    kinds = ((b"Certs", evidence.certificates), (b"CRLs", evidence.crls), (b"OCSPs", evidence.ocsps))
    for name, contents in kinds:
        if contents:
            numbers = range(first + len(streams), first + len(streams) + len(contents))
            entry += b"/%b[%b]" % (name, b" ".join(b"%d 0 R" % number for number in numbers))
            for number, one in zip(numbers, contents, strict=True):
                streams[number] = b"<</Length %d>>\nstream\n%b\nendstream" % (len(one), one)
    return entry + b">>", streams


def _close(content: bytearray, file: _File, offsets: dict[int, int], statement: Statement) -> None:
    """The table of the new objects and the trailer."""
    table = len(content)
    content += b"xref\n"
    for _, run in groupby(enumerate(sorted(offsets)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        content += b"%d %d\n" % (numbers[0], len(numbers))
        for number in numbers:
            content += b"%010d 00000 n\r\n" % offsets[number]
    revision = hashlib.sha256(file.identifier + _moment(statement.at) + b"%d" % table).hexdigest()[:32]
    content += b"trailer\n<</Size %d/Root %d 0 R%b/ID[%b<%b>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(offsets) + 1,
        file.root,
        file.info,
        file.identifier,
        revision.encode(),
        file.table,
        table,
    )


def _moment(at: datetime) -> bytes:
    return at.astimezone(UTC).strftime("(D:%Y%m%d%H%M%S+00'00')").encode()


def _text(value: str) -> bytes:
    return b"<FEFF%b>" % value.encode("utf-16-be").hex().upper().encode()
