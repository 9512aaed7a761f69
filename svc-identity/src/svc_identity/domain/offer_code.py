"""The code that accepts an offered mandate: shown to the giver, told by them to whom they choose.

Nobody is looked up by it: whoever knows the code and signs in may accept.
"""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 16
_GROUP: Final = 4
_READ_AS: Final = str.maketrans("OIL", "011")
LONGEST: Final = 40
"""Characters of a code as somebody may type it, with blanks and dashes."""


def make() -> str:
    """A new code of 80 random bits (Crockford's base 32): `K7QP-9M2X-0RTA-3ZC8`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def read(typed: str) -> str:
    """The code as it was made, from what somebody typed; letters that look like digits count as them."""
    letters = "".join(char for char in typed.upper() if char.isalnum()).translate(_READ_AS)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
