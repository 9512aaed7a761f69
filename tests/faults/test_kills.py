"""A short run of `kills.py`: every process is killed once. The long run is a command of its own."""

import pytest

from ..conftest import Hub
from . import trial
from .certificates import Certificates
from .petitions import Petitions

pytestmark = pytest.mark.xdist_group("hub")


async def test_no_promise_is_broken_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Petitions(150), rounds=1) == []


async def test_every_certificate_is_there_once_when_each_process_is_killed(hub: Hub) -> None:
    assert await trial.run(hub.folder, Certificates(64), rounds=1) == []
