"""Proofs that a caller holds the key its token is bound to (DPoP, RFC 9449), one for each request.

A proof that was good is remembered while it could be shown again, by this replica: at another one it would
pass a second time within its minute, for the same method, address and token.
"""

from collections.abc import Iterable
from typing import Final

from hub_core.problem import Problem
from hub_service import dpop
from hub_service.dpop import ProofRefused
from hub_service.problems import InvalidToken, ServiceUnavailable

from .errors import InvalidProof
from .headers import Pair

_BEARER: Final = b"Bearer "
_CHALLENGE: Final = 'DPoP realm="hub", error="{error}"{said}, algs="ES256 PS256 EdDSA"'
_GENERATION: Final = dpop.FRESH + dpop.AHEAD
"""Seconds after which no proof of a time is good any more, however far ahead its clock was."""
_CAPACITY: Final = 200_000
_LATER: Final = {"retry-after": "30"}


def unbound() -> Problem:
    """The refusal of a bound token shown as a bearer token, and of the reverse (RFC 9449, 7.1, 7.2)."""
    return InvalidToken(headers={"www-authenticate": _CHALLENGE.format(error="invalid_token", said="")})


def refused(reason: str) -> InvalidProof:
    """The refusal of a proof; `reason` is for the developer (RFC 9449, 7.1)."""
    said = f', error_description="{reason}"'
    challenge = _CHALLENGE.format(error="invalid_dpop_proof", said=said)
    return InvalidProof(headers={"www-authenticate": challenge})


def challenged(headers: Iterable[Pair]) -> list[Pair]:
    """The headers of an answer to a bound token: a challenge speaks of its scheme (RFC 9449, 7.1)."""
    return [
        (name, b"DPoP " + value.removeprefix(_BEARER))
        if name == b"www-authenticate" and value.startswith(_BEARER)
        else (name, value)
        for name, value in headers
    ]


class Proofs:
    """The judge of proofs, and the memory of those that were used.

    Of the memory there are two generations: the older one goes when all in it have run out. When one is
    full, proofs are refused (503) rather than forgotten.
    """

    def __init__(self, public_origin: str, capacity: int = _CAPACITY) -> None:
        self._origin = public_origin
        self._capacity = capacity
        self._used: set[bytes] = set()
        self._used_before: set[bytes] = set()
        self._since = 0.0

    def check(
        self, shown: bytes | None, jkt: str, *, method: str, path: str, token: bytes, now: float
    ) -> None:
        """Judge the proof of a request at `now` (seconds since 1970), and spend it.

        Raises `InvalidProof`, or `ServiceUnavailable` when too many have been used.
        """
        if shown is None:
            raise refused("the DPoP header is missing")
        try:
            proof = dpop.read(shown.decode("ascii", "replace"), method, self._origin + path, now, token)
        except ProofRefused as refusal:
            raise refused(str(refusal)) from refusal
        if proof.jkt != jkt:
            raise refused("the token is bound to another key")
        self._spend(proof.digest, now)

    def _spend(self, digest: bytes, now: float) -> None:
        if not 0 <= now - self._since < _GENERATION:
            kept = self._used if 0 <= now - self._since < 2 * _GENERATION else set()
            self._used_before, self._used, self._since = kept, set(), now
        if digest in self._used or digest in self._used_before:
            raise refused("the proof was used before")
        if len(self._used) >= self._capacity:
            raise ServiceUnavailable(headers=_LATER)
        self._used.add(digest)
