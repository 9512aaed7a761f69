"""Eligibility before sign-in: HTTP and nothing else.

Questions are bodies and not addresses, for addresses are logged and kept in histories.
"""

from typing import Annotated

from fastapi import Depends, Path, Response

from hub_core import clock
from hub_service import policy, routing
from hub_service.dependencies import Now, Session

from ..domain import services
from ..errors.rules import RuleNotInForce
from ..errors.services import ServiceNotFound
from ..operations import eligibility as operations
from ..reference import facts as reference
from ..schemas.eligibility import (
    AskEligibilities,
    AskEligibility,
    AssessmentView,
    EligibilitiesView,
    FactsView,
    FactView,
)
from ..schemas.vocabulary import ServiceCode
from . import public

router = public.router()


async def _keep_nowhere(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


asking = routing.Router(prefix="/catalog/v1", dependencies=[Depends(_keep_nowhere)])
"""What is answered for one case."""


@router.get("/facts", tags=["eligibility"], summary="List the facts", **policy.public())
async def list_facts() -> FactsView:
    """What conditions of services ask for, in the order in which one would ask a citizen."""
    return FactsView(items=[FactView.of(fact) for fact in reference.facts()])


@asking.post(
    "/services/{code}/eligibility",
    tags=["eligibility"],
    summary="Ask whether a service can be used, and what it takes",
    **policy.public(raises=[ServiceNotFound, RuleNotInForce], asks=True),
)
async def assess_eligibility(
    code: Annotated[ServiceCode, Path(description="The service's code.")],
    body: AskEligibility,
    session: Session,
    now: Now,
) -> AssessmentView:
    """Can I use this, what do I need, what does it cost, how long does it take: by what is known so far.

    Answer the questions and ask again with more facts; what is settled stays settled. Nothing is
    stored. The numbers are those of the day `on`.
    """
    on = body.on or clock.local_date(now)
    return AssessmentView.of(await operations.assess(session, code, body.facts, on), on)


@asking.post(
    "/eligibility",
    tags=["eligibility"],
    summary="Ask which services can be used in a situation",
    **policy.public(raises=[RuleNotInForce], asks=True),
)
async def assess_eligibilities(body: AskEligibilities, session: Session, now: Now) -> EligibilitiesView:
    """The services of a life event with whether each can be used, by what is known so far."""
    on = body.on or clock.local_date(now)
    wanted = services.Filter(audience=body.audience, life_event=body.life_event)
    return EligibilitiesView.of(await operations.assess_all(session, wanted, body.facts, on), on)
