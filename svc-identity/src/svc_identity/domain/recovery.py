"""Recovery codes: for who has lost their other means."""

import re
import secrets
from typing import Final

_ALPHABET: Final = "23456789abcdefghjkmnpqrstvwxyz"
"""Without what is read as something else: 0 and o, 1, i and l, u and v."""
_LENGTH: Final = 10
_HALF: Final = 5
_CODE: Final = re.compile(rf"[{_ALPHABET}]{{{_LENGTH}}}")


def make() -> str:
    """A code of ten characters, 49 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def shown(code: str) -> str:
    """The code as it is written down: in two halves."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def read(text: str) -> str | None:
    """The code that a person typed, blanks, hyphens and letter case aside; none when it is no code."""
    code = re.sub(r"[\s-]+", "", text).lower()
    return code if _CODE.fullmatch(code) else None
