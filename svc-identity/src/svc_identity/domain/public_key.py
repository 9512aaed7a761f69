"""Public keys that clients register (JWK, RFC 7517, 7518, 8037): what may be one, and what may not."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final

PRIVATE: Final = "This is a private key. Send the public one, and make a new pair."
UNKNOWN: Final = "Keys are EC P-256 (ES256), RSA of 2048 to 4096 bits (PS256) or Ed25519 (EdDSA)."
BROKEN: Final = "The numbers of this key make no public key."
NAMELESS: Final = "A key needs a kid of 1 to 128 letters, digits, dots, hyphens or underscores."
PURPOSE: Final = "The key is not marked for signatures."
TEXTS: Final = (PRIVATE, UNKNOWN, BROKEN, NAMELESS, PURPOSE)

_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")
# the curve P-256: y² = x³ - 3x + b over this field (FIPS 186-5, SP 800-186 3.2.1.3)
_P: Final = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_COORDINATE: Final = 32
_RSA_SHORTEST: Final = 2048
_RSA_LONGEST: Final = 4096
_RSA_EXPONENT: Final = 65537


def flaw(key: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a key, as a code and a message id; none for a good one."""
    if not _PRIVATE.isdisjoint(key):
        return "private-key", PRIVATE
    if not isinstance(key.get("kid"), str) or not _KID.fullmatch(key["kid"]):
        return "kid", NAMELESS
    if key.get("use", "sig") != "sig" or key.get("key_ops", ["verify"]) != ["verify"]:
        return "key-use", PURPOSE
    kind = (key.get("kty"), key.get("crv"))
    if not all(one is None or isinstance(one, str) for one in kind) or kind not in _KINDS:
        return "key-type", UNKNOWN
    algorithm, is_one = _KINDS[kind]
    if key.get("alg", algorithm) != algorithm:
        return "key-type", UNKNOWN
    return None if is_one(key) else ("key-value", BROKEN)


def _is_p256(key: Mapping[str, Any]) -> bool:
    x, y = _bytes(key.get("x")), _bytes(key.get("y"))
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        return False
    a, b = int.from_bytes(x), int.from_bytes(y)
    return a < _P and b < _P and (b * b - (a * a * a - 3 * a + _B)) % _P == 0


def _is_rsa(key: Mapping[str, Any]) -> bool:
    modulus, exponent = int.from_bytes(_bytes(key.get("n"))), int.from_bytes(_bytes(key.get("e")))
    fits = _RSA_SHORTEST <= modulus.bit_length() <= _RSA_LONGEST
    return fits and modulus % 2 == 1 and exponent == _RSA_EXPONENT


def _is_ed25519(key: Mapping[str, Any]) -> bool:
    return len(_bytes(key.get("x"))) == _COORDINATE


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return b""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


_KINDS: Final[Mapping[tuple[object, object], tuple[str, Callable[[Mapping[str, Any]], bool]]]] = {
    ("EC", "P-256"): ("ES256", _is_p256),
    ("RSA", None): ("PS256", _is_rsa),
    ("OKP", "Ed25519"): ("EdDSA", _is_ed25519),
}
