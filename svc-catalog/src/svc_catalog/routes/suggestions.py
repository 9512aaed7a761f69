"""Suggestions and life events: HTTP and nothing else."""

from hub_core import clock
from hub_service import policy
from hub_service.dependencies import Now, Session

from ..domain import text
from ..operations import suggestions as operations
from ..schemas.suggestions import LifeEventsView, LifeEventView, SuggestionsView, SuggestionView
from . import public
from .public import Search

router = public.router()


@router.get("/suggestions", tags=["services"], summary="Suggest what may be looked for", **policy.public())
async def list_suggestions(session: Session, now: Now, q: Search = None) -> SuggestionsView:
    """For a search box, while somebody types: names of services, life events and institutions.

    Searched as the lists are; the name is in the language that the words are in.
    """
    found = await operations.suggest(session, text.question(q or ""), clock.local_date(now))
    return SuggestionsView(
        items=[SuggestionView.model_validate(each, from_attributes=True) for each in found]
    )


@router.get("/life-events", tags=["services"], summary="List life events", **policy.public())
async def list_life_events(session: Session) -> LifeEventsView:
    """The situations in which published services are needed; `life_event` of the list takes their codes."""
    found = await operations.life_events(session)
    return LifeEventsView(items=[LifeEventView.model_validate(each, from_attributes=True) for each in found])
