"""Demo data: requests at a counter, each of which goes the way that the register's answer gives it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_service import rules

from ..domain import requests
from ..domain.counter import Visit
from ..domain.holders import Holder
from ..domain.products import Channel, Product
from ..domain.requests import SUBMIT_RULES, SYSTEM
from ..domain.states import State
from ..issuing import Means
from ..storage import holders, visits
from ..storage import requests as storage
from .issuing import DECIDE_RULES, decide


async def put_at_counter(
    session: AsyncSession,
    means: Means,
    institution_id: UUID,
    county: str,
    holder: Holder,
    motive: str,
    visit: Visit,
    now: datetime,
) -> bool:
    """A request of who came to a counter, unless there is one of the holder's; whether it is new."""
    holder_key = holders.key_of(means.key, holder.number)
    async with session.begin():
        if await storage.is_asked_about(session, holder_key):
            return False
        legal = await rules.read(session, *SUBMIT_RULES, *DECIDE_RULES)
        request = requests.submit(
            request_id=ids.new_id(),
            product=Product.CRIMINAL_RECORD,
            channel=Channel.COUNTER,
            holder=holder,
            holder_key=holder_key,
            motive=motive,
            motive_text=None,
            language=Language.RO,
            legal=legal,
            now=now,
            county=county,
            institution_id=institution_id,
            papers=visits.noted(None, visit),
        )
        request = requests.move(request, State.AUTO_CHECK, now)
        added = await storage.add(session, means.key, request, requests.first_steps(request, SYSTEM))
        if added is None:
            return False
        decided, _ = await decide(session, means, added, now, legal)
        await storage.tell(session, decided)
    return True
