"""Places in status lists."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from svc_criminal_record.domain.status_lists import SIZE, index_of
from svc_criminal_record.storage import status_lists


def test_every_place_has_an_index_of_its_own() -> None:
    indexes = bytearray(SIZE)
    for place in range(0, SIZE, 31):
        indexes[index_of(place, b"secret")] += 1
    assert max(indexes) == 1
    assert sum(indexes) == len(range(0, SIZE, 31))


def test_neighbours_in_time_are_no_neighbours_in_the_list() -> None:
    steps = [abs(index_of(place, b"secret") - index_of(place + 1, b"secret")) for place in range(500)]
    assert sum(steps) / len(steps) > SIZE / 5
    assert index_of(1, b"secret") != index_of(1, b"another")


@pytest.fixture
async def engine(schema):
    made = create_async_engine(schema.app_dsn)
    yield made
    await made.dispose()


async def taken(engine: AsyncEngine) -> status_lists.Taken:
    async with AsyncSession(engine) as session, session.begin():
        return await status_lists.take(session)


async def test_certificates_issued_at_once_get_different_places(engine: AsyncEngine) -> None:
    places = await asyncio.gather(*(taken(engine) for _ in range(40)))
    assert len({place.number for place in places}) == 40
    assert len({place.status_index for place in places}) == 40
    assert {place.status_list for place in places} == {1}
