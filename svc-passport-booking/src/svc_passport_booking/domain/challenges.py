"""Proof of work by ALTCHA's protocol (PoW v2, PBKDF2), for who is not signed in.

Nobody looks at pictures: the person's own computer finds a counter whose derived key begins as the
challenge says, which costs it a known amount of work, everybody about the same. The server derives one
key to set it and none to check it. A challenge is bound to nobody: it holds chance, an hour and a
signature.
"""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

ALGORITHM: Final = "PBKDF2/SHA-256"
KEY_BYTES: Final = 32
PREFIX_BYTES: Final = 16
NONCE_BYTES: Final = 16

COST_RULE: Final = "booking.challenge-cost"
COUNTER_RULE: Final = "booking.challenge-counter"
VALID_RULE: Final = "booking.challenge-valid"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How much work: `cost` iterations for each counter, up to `counter` of them, at least half."""

    cost: int
    counter: int
    valid: timedelta


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What challenges and the keys that solve them are signed with; ALTCHA takes them as text."""

    challenges: str
    keys: str


@dataclass(frozen=True, slots=True)
class Chance:
    """What is random of a challenge: `counter` is the solution, from half the difficulty's to all of it."""

    nonce: bytes
    salt: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Solved:
    """A challenge that somebody has solved; good once, until it expires."""

    nonce: bytes
    expires_at: datetime


class Unsolved(Exception):
    """What was sent is no solution of a challenge of ours that is still good."""


def derive(nonce: bytes, salt: bytes, counter: int, cost: int) -> bytes:
    """The key of one counter."""
    return hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4), salt, cost, KEY_BYTES)


def challenge(difficulty: Difficulty, secrets: Secrets, chance: Chance, now: datetime) -> dict[str, Any]:
    """A signed challenge, as ALTCHA's clients take it."""
    found = derive(chance.nonce, chance.salt, chance.counter, difficulty.cost)
    parameters: dict[str, Any] = {
        "algorithm": ALGORITHM,
        "cost": difficulty.cost,
        "expiresAt": int((now + difficulty.valid).timestamp()),
        "keyLength": KEY_BYTES,
        "keyPrefix": found[:PREFIX_BYTES].hex(),
        "keySignature": _sign(secrets.keys, found),
        "nonce": chance.nonce.hex(),
        "salt": chance.salt.hex(),
    }
    return {"parameters": parameters, "signature": _sign(secrets.challenges, _canonical(parameters))}


def solved(payload: str, secrets: Secrets, now: datetime) -> Solved:
    """The challenge that a payload of ALTCHA's clients solves (base64 of JSON); raises `Unsolved`.

    Only the whole derived key fits the signature, and who has not searched knows half of it.
    """
    try:
        said = json.loads(b64decode(payload, validate=True))
        parameters, signature = said["challenge"]["parameters"], said["challenge"]["signature"]
        key = bytes.fromhex(said["solution"]["derivedKey"])
        if not _is_signed(secrets.challenges, _canonical(parameters), signature):
            raise Unsolved
        if not _is_signed(secrets.keys, key, parameters["keySignature"]):
            raise Unsolved
        expires_at = datetime.fromtimestamp(parameters["expiresAt"], now.tzinfo)
        nonce = bytes.fromhex(parameters["nonce"])
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise Unsolved from error
    if expires_at <= now:
        raise Unsolved
    return Solved(nonce, expires_at)


def _canonical(parameters: Mapping[str, Any]) -> bytes:
    return json.dumps(parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _sign(secret: str, what: bytes) -> str:
    return hmac.new(secret.encode(), what, hashlib.sha256).hexdigest()


def _is_signed(secret: str, what: bytes, signature: str) -> bool:
    return hmac.compare_digest(_sign(secret, what).encode(), signature.encode())
