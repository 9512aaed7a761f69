"""Which bytes of a content a request wants (RFC 9110, 13.1.5 and 14)."""

import re
from typing import Final

from ..errors.reviewing import RecordingRangeWrong

_ONE: Final = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")


def wanted(header: str | None, if_range: str | None, etag: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; none for the whole.

    A header in another form, or of several ranges, is passed over, as one is whose `if_range` names another
    content. Raises `RecordingRangeWrong` for a range outside of the content.
    """
    one = _ONE.fullmatch((header or "").replace(" ", ""))
    if one is None or (if_range is not None and if_range != etag):
        return None
    first, last, suffix = one.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start == end:
        raise RecordingRangeWrong(headers={"content-range": f"bytes */{size}"})
    return start, end
