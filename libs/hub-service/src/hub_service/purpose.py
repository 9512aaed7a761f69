"""The purpose for which an official opens somebody else's record: said before, seen by that person after.

    @router.get("/people/{person_id}", **policy.operation(STAFF, roles=(Role.CLERK,)))
    async def get_person(person_id: Id, official: policy.Acting, purpose: purpose.Given, ...) -> PersonView:

The request says it in the header `Purpose`, an item of RFC 9651 with the number of the file:

    Purpose: CASE_HANDLING;file="123/2026"

Whoever asks for `Given` gets it checked, with the header and its refusal in the contract.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from fastapi import Depends, Header

from hub_core import cnp

from .problems import PurposeRequired

__all__ = ["HEADER", "Given", "Purpose", "PurposeRequired", "Stated", "read"]

HEADER: Final = "Purpose"


class Purpose(StrEnum):
    """Why somebody's record is opened; `text` is what that person reads."""

    CASE_HANDLING = "CASE_HANDLING"
    COUNTER_SERVICE = "COUNTER_SERVICE"
    VERIFICATION = "VERIFICATION"
    SUPERVISION = "SUPERVISION"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    DATA_PROTECTION = "DATA_PROTECTION"

    @property
    def text(self) -> str:
        """What a person is told, as an English message id."""
        return _TEXTS[self]

    @property
    def needs_file(self) -> bool:
        """Whether the number of a file must be given; a person at a counter may have none yet."""
        return self not in (Purpose.COUNTER_SERVICE, Purpose.VERIFICATION)


_TEXTS: Final = {
    Purpose.CASE_HANDLING: "Work on a file that concerns you",
    Purpose.COUNTER_SERVICE: "Service to you at a counter",
    Purpose.VERIFICATION: "Check of data that you or your representative gave",
    Purpose.SUPERVISION: "Control of the work of officials",
    Purpose.LEGAL_OBLIGATION: "A duty that a law sets",
    Purpose.DATA_PROTECTION: "Answer to a request about the protection of your data",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A purpose as an official stated it; `file` is the number of the file, if there is one."""

    code: Purpose
    file: str | None = None


_STRING: Final = r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"'
_ITEM: Final = re.compile(rf" *([A-Z][A-Z_]*)(?:; *file={_STRING})? *")
"""The part of an item (RFC 9651, 3.3) that is allowed here: a token and one parameter, a string."""
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,63}")
_DOCUMENTED: Final = (
    rf'^(({"|".join(one for one in Purpose if one.needs_file)});file="{_FILE.pattern}"'
    rf'|({"|".join(one for one in Purpose if not one.needs_file)})(;file="{_FILE.pattern}")?)$'
)


def read(header: str | None) -> Stated:
    """The purpose that a header states; `PurposeRequired` when it is missing or not of this form.

    The number of a file may not hold a personal number: it is stored, told and shown.
    """
    item = _ITEM.fullmatch(header or "")
    if item is None or item[1] not in Purpose.__members__:
        raise PurposeRequired
    stated = Stated(Purpose(item[1]), item[2])
    if stated.file is None and stated.code.needs_file:
        raise PurposeRequired
    if stated.file is not None and not _is_file_number(stated.file):
        raise PurposeRequired
    return stated


def _is_file_number(text: str) -> bool:
    return bool(_FILE.fullmatch(text)) and not any(cnp.find(text))


async def _given(
    purpose: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=256,
            description=(
                "Why the record is opened, and for which file (an item of RFC 9651). The person whose "
                f"record it is will see it. One of: {', '.join(Purpose)}. The parameter `file` may be "
                f"left out for {' and '.join(one for one in Purpose if not one.needs_file)} only."
            ),
            examples=['CASE_HANDLING;file="123/2026"'],
            json_schema_extra={"pattern": _DOCUMENTED},
        ),
    ] = None,
) -> Stated:
    return read(purpose)


Given = Annotated[Stated, Depends(_given)]
"""The purpose of the request, from its header `Purpose`; 400 `purpose-required` without a good one."""
