"""Proof of work: what is signed, what is refused, and what a challenge says of nobody."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from svc_passport_booking.domain import challenges
from svc_passport_booking.domain.challenges import Chance, Difficulty, Secrets, Unsolved

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECRETS = Secrets(challenges="ab" * 32, keys="cd" * 32)
DIFFICULTY = Difficulty(cost=3, counter=12, valid=timedelta(minutes=20))
CHANCE = Chance(nonce=b"n" * 16, salt=b"s" * 16, counter=7)


def made() -> dict[str, Any]:
    return challenges.challenge(DIFFICULTY, SECRETS, CHANCE, NOW)


def solve(challenge: dict[str, Any]) -> dict[str, Any]:
    """What a client does: search the counter whose key begins as the challenge says."""
    said = challenge["parameters"]
    nonce, salt = bytes.fromhex(said["nonce"]), bytes.fromhex(said["salt"])
    for counter in range(5_000):
        key = challenges.derive(nonce, salt, counter, said["cost"]).hex()
        if key.startswith(said["keyPrefix"]):
            return {"counter": counter, "derivedKey": key, "time": 1.0}
    raise AssertionError


def payload(challenge: dict[str, Any], solution: dict[str, Any]) -> str:
    return b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def test_a_solved_challenge_is_good_until_it_expires() -> None:
    challenge = made()
    sent = payload(challenge, solve(challenge))
    found = challenges.solved(sent, SECRETS, NOW)
    assert (found.nonce, found.expires_at) == (CHANCE.nonce, NOW + DIFFICULTY.valid)
    assert challenges.solved(sent, SECRETS, NOW + DIFFICULTY.valid - timedelta(seconds=1)) == found
    with pytest.raises(Unsolved):
        challenges.solved(sent, SECRETS, NOW + DIFFICULTY.valid)


def test_a_challenge_holds_chance_and_an_hour_and_half_of_the_key() -> None:
    challenge = made()
    assert set(challenge) == {"parameters", "signature"}
    assert set(challenge["parameters"]) == {
        "algorithm",
        "cost",
        "expiresAt",
        "keyLength",
        "keyPrefix",
        "keySignature",
        "nonce",
        "salt",
    }
    assert len(challenge["parameters"]["keyPrefix"]) == challenges.KEY_BYTES


@pytest.mark.parametrize(
    "changed",
    [
        {"cost": 1},
        {"expiresAt": 4_102_444_800},
        {"keyPrefix": ""},
        {"keySignature": "00" * 32},
        {"nonce": "00" * 16},
        {"salt": "00" * 16},
        {"data": {"free": True}},
    ],
)
def test_nothing_of_a_challenge_can_be_changed(changed: dict[str, Any]) -> None:
    challenge = made()
    solution = solve(challenge)
    challenge["parameters"] |= changed
    with pytest.raises(Unsolved):
        challenges.solved(payload(challenge, solution), SECRETS, NOW)


def test_half_of_the_key_is_no_solution() -> None:
    challenge = made()
    guessed = challenge["parameters"]["keyPrefix"] + "00" * 16
    with pytest.raises(Unsolved):
        challenges.solved(payload(challenge, {"counter": 7, "derivedKey": guessed}), SECRETS, NOW)


def test_a_challenge_of_another_hub_is_none_of_ours() -> None:
    others = challenges.challenge(DIFFICULTY, Secrets("00" * 32, "cd" * 32), CHANCE, NOW)
    with pytest.raises(Unsolved):
        challenges.solved(payload(others, solve(others)), SECRETS, NOW)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "AAAA",
        "nicht base64",
        b64encode(b"[]").decode(),
        b64encode(b'{"challenge": 1, "solution": 2}').decode(),
        b64encode(b'{"challenge": {"parameters": {}, "signature": 7}}').decode(),
        b64encode(b"[" * 3_000).decode(),
    ],
)
def test_what_is_no_payload_is_refused_like_a_wrong_one(sent: str) -> None:
    with pytest.raises(Unsolved):
        challenges.solved(sent, SECRETS, NOW)
