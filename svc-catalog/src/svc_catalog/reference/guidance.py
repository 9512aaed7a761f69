"""Questions with answers, preventive advice, and whom to call."""

from functools import cache
from typing import Final

from pydantic import TypeAdapter

from ..domain.guidance import Advice, ContactPage, Faq, guidance_id
from ..domain.institutions import institution_id
from . import files

_FAQ: Final = TypeAdapter(Faq)
_ADVICE: Final = TypeAdapter(Advice)
_CONTACT: Final = TypeAdapter(ContactPage)


def faqs() -> list[Faq]:
    """Every question of the reference data."""
    return [
        _FAQ.validate_python(
            {
                **record,
                "id": guidance_id("faq", record["code"]),
                "category": file["category"],
                "reviewed_at": file["reviewed_at"],
            }
        )
        for file in files.read_all("faq")
        for record in file["faq"]
    ]


def advice() -> list[Advice]:
    """All advice of the reference data."""
    return [
        _ADVICE.validate_python(
            {key: value for key, value in record.items() if key != "source"}
            | {
                "id": guidance_id("advice", record["code"]),
                "source_id": institution_id(record["source"]),
            }
        )
        for record in files.read_all("advice")
    ]


@cache
def contact() -> ContactPage:
    """Whom to call, for what and when."""
    return _CONTACT.validate_python(files.read("contact.toml"))
