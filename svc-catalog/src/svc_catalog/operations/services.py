"""What everybody can do with services."""

from dataclasses import replace
from datetime import date

from hub_core.rules import Rules
from hub_events.session import Session

from ..domain import services
from ..domain.rules import must_hold
from ..domain.text import Question
from ..errors.services import ServiceNotFound
from ..storage import ranking, rules
from ..storage import services as storage
from .searching import Answer, search


async def find(
    session: Session, wanted: services.Filter, after: ranking.Position | None, limit: int
) -> Answer[storage.Found]:
    """At most `limit` published services after a position, the best match first."""

    async def look(question: Question | None) -> list[storage.Found]:
        return await storage.find(session, replace(wanted, question=question), after, limit)

    return await search(session, wanted.question, after, look)


async def read(session: Session, code: str, on: date) -> tuple[storage.ProvidedService, Rules]:
    """The published service of a code, and the rules that it names.

    Raises `ServiceNotFound`, and `RuleNotInForce` when one of the rules has no value on that day.
    """
    async with session.begin():
        provided = await storage.get_published(session, code)
        if provided is None:
            raise ServiceNotFound
        numbers = await rules.read(session, provided.service.rules)
    must_hold(numbers, provided.service.rules, on)
    return provided, numbers
