"""Passwords that everybody tries first: a shipped list, of which only truncated hashes are kept.

`common_passwords.bin` is built by `tools/common_passwords.py`: five bytes of SHA-256 for each, sorted. With
about 40,000 entries a password that is not listed is taken for one once in 27 million times.
"""

import hashlib
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_suffix(".bin")
ENTRY_BYTES: Final = 5


def contains(folded: str) -> bool:
    """Whether a password, folded as `domain.password.folded` does it, is on the list."""
    wanted = hashlib.sha256(folded.encode()).digest()[:ENTRY_BYTES]
    first, after = 0, len(_LIST) // ENTRY_BYTES
    while first < after:
        middle = (first + after) // 2
        found = _LIST[middle * ENTRY_BYTES : (middle + 1) * ENTRY_BYTES]
        if found == wanted:
            return True
        if found < wanted:
            first = middle + 1
        else:
            after = middle
    return False


_LIST: Final = FILE.read_bytes() if FILE.exists() else b""
