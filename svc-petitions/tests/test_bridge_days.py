"""Days off that the government grants: heard twice, late, out of order; and what they move."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events import envelope
from hub_events.session import Session
from svc_petitions import consumers
from svc_petitions.domain.institutions import Institution
from svc_petitions.storage import bridge_days

from .office import PETITIONS, Office

BOOKING = Path(__file__).parents[2] / "svc-passport-booking/contract/events"
Filed = Callable[..., Awaitable[str]]
Hear = Callable[..., Awaitable[None]]
DAY = date(2031, 12, 29)
ACT = "HG nr. 1/2031"


@pytest.fixture
def hear(sessions: async_sessionmaker[Session]) -> Hear:
    """Handle what is told of a day in this order, with `hear(institution_id, (verb, version), …)`."""

    async def tell(institution_id: UUID | None, *heard: tuple[str, int], day: date = DAY) -> None:
        for verb, version in heard:
            event = consumers.BridgeDayDeclared if verb == "declared" else consumers.BridgeDayRemoved
            handle: Any = (
                consumers.bridge_day_declared if verb == "declared" else consumers.bridge_day_removed
            )
            facts: Any = {"day": day, "legal_basis": ACT, "institution_id": institution_id}
            told = envelope.encode(
                ids.new_id(), event(**facts, version=version), datetime(2026, 11, 22, tzinfo=UTC), None
            )
            async with sessions() as session, session.unit_of_work():
                await handle(session, envelope.decode(event, told))

    return tell


async def known(sessions: async_sessionmaker[Session], institution_id: UUID) -> Any:
    async with sessions() as session, session.begin():
        return await bridge_days.granted(session, institution_id)


@pytest.mark.parametrize("order", list(permutations([("declared", 1), ("removed", 2), ("declared", 3)])))
async def test_the_newest_version_wins_in_whatever_order_they_come(
    order: Any, hear: Hear, sessions: async_sessionmaker[Session]
) -> None:
    mine = ids.new_id()
    await hear(mine, *order, *order)
    assert await known(sessions, mine) == {DAY: ACT}
    await hear(mine, ("removed", 4), ("declared", 1))
    assert await known(sessions, mine) == {}


async def test_a_day_of_one_institution_is_none_of_another(
    hear: Hear, sessions: async_sessionmaker[Session]
) -> None:
    mine, other = ids.new_id(), ids.new_id()
    await hear(mine, ("declared", 1))
    assert (await known(sessions, mine), await known(sessions, other)) == ({DAY: ACT}, {})


@pytest.mark.parametrize("name", ["declared", "removed"])
def test_what_booking_tells_is_understood(name: str) -> None:
    example = (BOOKING / f"passport-booking.bridge-day.{name}.v1.example.json").read_bytes()
    event: Any = consumers.BridgeDayDeclared if name == "declared" else consumers.BridgeDayRemoved
    assert envelope.decode(event, example).data.day == date(2026, 12, 28)


async def test_no_day_of_the_petitioner_ends_on_a_bridge_day_of_the_institution(
    office: Office,
    filed: Filed,
    dgp: Institution,
    hear: Hear,
    as_ana: dict[str, str],
    sessions: async_sessionmaker[Session],
) -> None:
    petition_id = await filed()
    path = f"{PETITIONS}/{petition_id}/term"
    before = (await office.client.get(path, headers=as_ana)).json()
    bridge = date.fromisoformat(before["citizen"]["end"])
    await hear(dgp.id, ("declared", 1), day=bridge)
    after = (await office.client.get(path, headers=as_ana)).json()
    assert after["citizen"]["end"] > before["citizen"]["end"]
    assert after["office"]["target"] == before["office"]["target"]
    assert after["end"] == before["end"]
    moved = {day["day"]: day for day in after["citizen"]["moved_past"]}
    assert moved[bridge.isoformat()] == {
        "day": bridge.isoformat(),
        "reason": "GRANTED",
        "code": None,
        "legal_basis": ACT,
    }
