"""A challenge of the hub, for ALTCHA's own library: it finds the solution, and agrees that it is one."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from hub_core import clock
from hub_testing import programs
from svc_passport_booking.domain import challenges
from svc_passport_booking.domain.challenges import Chance, Difficulty, Secrets, Unsolved

from .conftest import HERE

SECRETS = Secrets(challenges="ab" * 32, keys="cd" * 32)
DIFFICULTY = Difficulty(cost=500, counter=400, valid=timedelta(minutes=20))
CHANCE = Chance(nonce=bytes(range(16)), salt=bytes(range(16, 32)), counter=321)


def test_altchas_library_solves_and_verifies_our_challenge_and_we_its_solution(packages: Path) -> None:
    assert packages.is_dir()
    now = clock.now()
    made = challenges.challenge(DIFFICULTY, SECRETS, CHANCE, now)
    given = json.dumps({"challenge": made, "secrets": asdict(SECRETS)})
    ran = programs.run("node", HERE / "challenge.mjs", given=given)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["counter"] == CHANCE.counter
    assert found["verdict"]["verified"]
    assert found["derived"]["verified"]
    assert challenges.solved(found["payload"], SECRETS, now).nonce == CHANCE.nonce
    with pytest.raises(Unsolved):
        challenges.solved(found["payload"], SECRETS, now + DIFFICULTY.valid)
