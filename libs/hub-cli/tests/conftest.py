from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_cli.broker import NatsBox
from hub_cli.postgres import PostgresBox


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresBox]:
    box = PostgresBox(tmp_path_factory.mktemp("postgres"), durable=False)
    box.start()
    yield box
    box.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[NatsBox]:
    box = NatsBox(tmp_path / "nats")
    yield box
    box.stop()
