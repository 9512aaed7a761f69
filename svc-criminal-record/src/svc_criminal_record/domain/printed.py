"""What the QR code of a document states, as claims (RFC 8392): enough to see that the paper was not changed.

Who opens the picture with a telephone keeps them behind `#` in the address, which no browser sends.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Any, Final

from hub_core import clock


class Claim(IntEnum):
    """The numbers of the claims; those below -65536 are ours."""

    EXPIRES = 4
    ISSUED = 6
    CODE = 7
    STATUS = 65535
    DOCUMENT = -65537
    NUMBER = -65538
    HOLDER = -65539
    LAST_FOUR = -65540
    PURPOSE = -65541
    VALID_UNTIL = -65542
    ENTRIES = -65543


STATUS_LIST: Final = "status_list"
"""The member of the claim STATUS that names the list's address and the index in it."""
_A_DAY: Final = timedelta(days=1)


def claims(
    *,
    document: str,
    code: str,
    label: str,
    holder: str,
    last_four: str | None,
    purpose: str,
    entries: int,
    issued_at: datetime,
    valid_until: date,
    status_list: str,
    status_index: int,
) -> Mapping[int | str, Any]:
    """The claims of a document.

    `document` is a `DocumentType`, `code` without hyphens, `label` the series and number, `holder` the
    names as printed, `last_four` of the CNP or CUI, `purpose` the Romanian text, `entries` how many are
    printed, `valid_until` the last day, `status_list` the address of the list.
    """
    stated = {
        Claim.EXPIRES: int(datetime.combine(valid_until + _A_DAY, time(), clock.BUCHAREST).timestamp()),
        Claim.ISSUED: int(issued_at.timestamp()),
        Claim.CODE: code.encode("ascii"),
        Claim.STATUS: {STATUS_LIST: {"idx": status_index, "uri": status_list}},
        Claim.DOCUMENT: document,
        Claim.NUMBER: label,
        Claim.HOLDER: holder,
        Claim.LAST_FOUR: last_four,
        Claim.PURPOSE: purpose,
        Claim.VALID_UNTIL: valid_until.isoformat(),
        Claim.ENTRIES: entries,
    }
    return {claim.value: value for claim, value in stated.items() if value is not None}
