"""Status lists as they are published: packed, signed, and the same bytes for as long as they hold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hub_documents import status_list
from hub_documents.facts import FactsSigner
from hub_documents.status_list import Status

from ..domain.status_lists import SIZE

FRESH: Final = timedelta(minutes=5)
"""How long a list may be kept by who fetched it."""
_VALID_FOR: Final = timedelta(days=1)
_MOST_KEPT: Final = 64


class PublishedLists:
    """The lists of this process: signed anew when they change, and once in each period of `FRESH`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[int, ...], datetime, str]] = {}

    def token(self, address: str, signer: FactsSigner, indexes: Sequence[int], now: datetime) -> str:
        """The list at an address in which these indexes are invalid, as a signed JWT."""
        told = tuple(indexes)
        issued_at = datetime.fromtimestamp(
            now.timestamp() // FRESH.total_seconds() * FRESH.total_seconds(), now.tzinfo
        )
        kept = self._kept.get(address)
        if kept and kept[:2] == (told, issued_at):
            return kept[2]
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        made = status_list.token(
            status_list.bits(dict.fromkeys(told, Status.INVALID), SIZE),
            signer,
            address=address,
            issued_at=issued_at,
            valid_for=_VALID_FOR,
            ttl=FRESH,
        )
        self._kept[address] = (told, issued_at, made)
        return made
