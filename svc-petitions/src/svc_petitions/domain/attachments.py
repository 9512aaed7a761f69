"""Files that belong to petitions: what they may be. No I/O."""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

MOST_BYTES: Final = 10 * 1_048_576
"""What the hub takes of one file at all; the rule may be stricter."""

SIZE_RULE: Final = "petition.attachment-size"
COUNT_RULE: Final = "petition.attachments"
KEPT_RULE: Final = "petition.upload-kept"

MEGABYTE: Final = 1_048_576
NAME_MAX: Final = 150


class FileType(StrEnum):
    """What may be attached, by its content."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ODT = "application/vnd.oasis.opendocument.text"
    TEXT = "text/plain"


_BEGINS: Final = {
    b"%PDF-": FileType.PDF,
    b"\xff\xd8\xff": FileType.JPEG,
    b"\x89PNG\r\n\x1a\n": FileType.PNG,
}
_ZIP: Final = b"PK\x03\x04"
_CONTROL: Final = frozenset(range(32)) - {*b"\t\n\r\f"}


@dataclass(frozen=True, slots=True)
class Guest:
    """Who uploads without an account, by the e-mail code that shows their address."""

    code_id: UUID


Uploader: TypeAlias = UUID | Guest
"""Who uploads: a person with an account, or a guest."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Attachment:
    """A file: `sha256` and `size` (bytes) are of its content, `file_key` names it in the store.

    `media_type` is what its content says; `scanned_by` is the scanner that found nothing in it.
    """

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: bytes
    file_key: str
    scanned_by: str
    uploaded_at: datetime


def media_type(content: bytes) -> FileType | None:
    """What a file is, by its content; None for what may not be attached."""
    for begin, known in _BEGINS.items():
        if content.startswith(begin):
            return known
    if content.startswith(_ZIP):
        return _document(content)
    return FileType.TEXT if _is_text(content) else None


def _document(content: bytes) -> FileType | None:
    """An office document of letters, which is a ZIP file inside; None for one with macros, or another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            names = set(folder.namelist())
            if "mimetype" in names and folder.getinfo("mimetype").file_size <= len(FileType.ODT):
                return FileType.ODT if folder.read("mimetype") == FileType.ODT.encode() else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    has_macros = any(name.endswith("vbaProject.bin") for name in names)
    return FileType.DOCX if {"[Content_Types].xml", "word/document.xml"} <= names and not has_macros else None


def _is_text(content: bytes) -> bool:
    if not content or not _CONTROL.isdisjoint(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
