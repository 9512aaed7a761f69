"""A short run of `kills.py`: every process is killed once. The long run is a command of its own."""

import pytest

from ..conftest import Hub
from . import trial
from .certificates import Certificates
from .files import Files
from .ledger import Ledger
from .messages import Messages
from .petitions import Petitions

pytestmark = pytest.mark.xdist_group("hub")


async def test_no_promise_is_broken_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Petitions(150), rounds=1) == []


async def test_every_certificate_is_there_once_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Certificates(64), rounds=1) == []


async def test_every_file_has_its_numbers_its_answer_and_its_letters_when_each_process_is_killed(
    hub: Hub,
) -> None:
    assert await trial.run(hub.folder, Files(60), rounds=1) == []


async def test_points_follow_from_what_was_answered_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Ledger(60), rounds=1) == []


async def test_every_order_is_handed_over_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Messages(100), rounds=1) == []
