"""What can be done with the rule tables."""

from collections.abc import Sequence

from hub_core.rules import Rule
from hub_events.session import Session

from ..storage import rules as storage


async def load(session: Session, wanted: Sequence[Rule]) -> None:
    """Bring the rule tables to the wanted state; what is not named stays as it is."""
    async with session.begin():
        await storage.put(session, wanted)
