"""What waits is stored together, and each hears its own outcome."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import InterfaceError

from hub_service.gathering import Gathering
from hub_service.problems import ServiceUnavailable


class Store:
    """Keeps the batches; `bad` items fail with whatever they are stored with, `free` lets the first end."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.bad: dict[str, Exception] = {}
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self, batch: Sequence[str]) -> Sequence[str]:
        self.batches.append(list(batch))
        await self.free.wait()
        for item in batch:
            if item in self.bad:
                raise self.bad[item]
        return [item.upper() for item in batch]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def gathering(store: Store) -> Gathering[str, str]:
    """Items of the same first letter stand apart; a `KeyError` is an outcome."""
    return Gathering(
        store, apart=lambda item: {item[0]}, told=lambda error: "no" if isinstance(error, KeyError) else None
    )


async def test_who_comes_alone_is_stored_alone(gathering: Gathering[str, str], store: Store) -> None:
    assert await gathering.put("a") == "A"
    assert store.batches == [["a"]]


async def test_what_comes_meanwhile_is_the_next_batch(gathering: Gathering[str, str], store: Store) -> None:
    store.free.clear()
    first = asyncio.create_task(gathering.put("a"))
    while not store.batches:
        await asyncio.sleep(0)
    others = [asyncio.create_task(gathering.put(item)) for item in ("b", "c", "b2")]
    await asyncio.sleep(0)
    store.free.set()
    assert await asyncio.gather(first, *others) == ["A", "B", "C", "B2"]
    assert store.batches == [["a"], ["b", "c"], ["b2"]]


async def test_only_whose_fault_it_is_hears_of_it(gathering: Gathering[str, str], store: Store) -> None:
    store.bad = {"b": KeyError(), "c": ValueError("c")}
    given = await asyncio.gather(*map(gathering.put, "abcd"), return_exceptions=True)
    assert (given[0], given[1], given[3]) == ("A", "no", "D")
    assert isinstance(given[2], ValueError)


async def test_a_database_that_is_away_is_not_asked_for_each(
    gathering: Gathering[str, str], store: Store
) -> None:
    store.bad = {"a": InterfaceError("", None, OSError())}
    given = await asyncio.gather(*map(gathering.put, "abcd"), return_exceptions=True)
    assert {type(one) for one in given} == {InterfaceError}
    assert len(store.batches) == 1


async def test_more_than_can_wait_come_again(gathering: Gathering[str, str], store: Store) -> None:
    store.free.clear()
    waiting = [asyncio.create_task(gathering.put(f"{chr(number + 200)}")) for number in range(2_001)]
    while not store.batches:
        await asyncio.sleep(0)
    waiting += [asyncio.create_task(gathering.put(f"{chr(number + 9000)}")) for number in range(200)]
    await asyncio.sleep(0)
    store.free.set()
    given = await asyncio.gather(*waiting, return_exceptions=True)
    assert any(isinstance(one, ServiceUnavailable) for one in given)
    assert sum(isinstance(one, str) for one in given) >= 2_000
