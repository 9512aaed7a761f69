"""A short run of `kills.py`: every process is killed once. The long run is a command of its own."""

import pytest

from ..conftest import Hub
from . import kills

pytestmark = pytest.mark.xdist_group("hub")


async def test_no_promise_is_broken_when_each_process_is_killed(hub: Hub) -> None:
    assert await kills.run(hub.folder, petitions=150, rounds=1) == []
