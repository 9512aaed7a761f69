"""Where a certificate stands in a Token Status List: nobody can tell from it when it was issued."""

import hashlib
import hmac
from typing import Final

_HALF_BITS: Final = 10
_MASK: Final = (1 << _HALF_BITS) - 1
_ROUNDS: Final = 10

SIZE: Final = 1 << (2 * _HALF_BITS)
"""How many certificates a list holds: many, so that who asks for one tells little by it."""


def index_of(place: int, secret: bytes) -> int:
    """The index of the `place`-th certificate of a list (from 0), in an order that only its secret tells.

    A Feistel network: every place below `SIZE` has an index of its own, so none is ever tried twice.
    """
    left, right = place >> _HALF_BITS, place & _MASK
    for turn in range(_ROUNDS):
        mixed = hmac.digest(secret, bytes([turn]) + right.to_bytes(2), hashlib.sha256)
        left, right = right, left ^ (int.from_bytes(mixed[:2]) & _MASK)
    return left << _HALF_BITS | right
