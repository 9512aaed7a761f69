"""The copy of a person's data as files: JSON for programs, PDF/A for people, and a manifest of both."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import typst
from babel.dates import format_date, format_datetime
from pydantic import JsonValue

from hub_core import clock
from hub_core.language import Language
from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData

from ..domain import personal_data

_TEMPLATE: Final = Path(__file__).parent / "copy.typ"
_STANDARD: Final = "a-2b"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # that a ZIP file can name


def files_of(
    held: Mapping[str, PersonalData], person: str, language: Language, texts: Texts, now: datetime
) -> dict[str, bytes]:
    """The files of a copy by name: one JSON of each service, and one PDF; `held` is by service."""
    files = {
        f"{service}.json": json.dumps(
            part.model_dump(mode="json"), ensure_ascii=False, indent=2, sort_keys=True
        ).encode()
        for service, part in sorted(held.items())
    }
    return files | {"copy.pdf": render(held, person, language, texts, now)}


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file, in hex."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP: the same files give the same bytes."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(ZipInfo(name, _EARLIEST), content, ZIP_DEFLATED)
    return packed.getvalue()


def render(
    held: Mapping[str, PersonalData], person: str, language: Language, texts: Texts, now: datetime
) -> bytes:
    """The copy as PDF/A-2b, in the person's language, with the fonts that typst brings."""

    def say(message: str) -> str:
        return texts.translate(language, message)

    made = say(personal_data.MADE_ON).format(
        day=format_date(clock.local_date(now), "long", language), person=person
    )
    shown = {
        "language": language,
        "title": say(personal_data.DOCUMENT_TITLE),
        "introduction": say(personal_data.INTRODUCTION),
        "made": made,
        "nothing": say(personal_data.NOTHING),
        "left_out_title": say(personal_data.LEFT_OUT_TITLE),
        "left_out": [words[language] for part in held.values() for words in part.left_out],
        "sections": [
            {
                "title": section.title[language],
                "items": [
                    [
                        [section.labels[field][language], _shown(value, language, texts)]
                        for field, value in item.items()
                        if value not in (None, "", [])
                    ]
                    for item in section.items
                ],
            }
            for part in held.values()
            for section in part.sections
        ],
    }
    pdf: bytes = typst.compile(
        _TEMPLATE,
        format="pdf",
        sys_inputs={"data": json.dumps(shown)},
        pdf_standards=_STANDARD,
        ignore_system_fonts=True,
    )
    return pdf


def _shown(value: JsonValue, language: Language, texts: Texts) -> str:
    """A value as people write it; instants in Europe/Bucharest."""
    if isinstance(value, bool):
        return texts.translate(language, personal_data.YES if value else personal_data.NO)
    if isinstance(value, list):
        return ", ".join(_shown(one, language, texts) for one in value)
    text = str(value)
    read = _time(text)
    if isinstance(read, datetime):
        return format_datetime(read, "medium", clock.BUCHAREST, language)
    return format_date(read, "medium", language) if read else text


def _time(text: str) -> Any:
    """The date or instant that a text is, if it is one."""
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(text) if len(text) >= len("2026-11-22") and text[4] == "-" else None
        except ValueError:
            continue
    return None
