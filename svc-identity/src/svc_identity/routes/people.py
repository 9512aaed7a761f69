"""The JSON API: officials look people up, for a purpose that these will see."""

from typing import Annotated, Final

from fastapi import Path

from hub_core.principal import Role
from hub_service import policy, schemas
from hub_service import purpose as purposes
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..errors.privacy import ProcessingRestricted
from ..operations import look_up
from ..schemas.people import PersonView, SearchPerson

_MAY: Final = (Role.CLERK, Role.REGISTRAR, Role.DPO)

router = Router(prefix="/identity/v1")


@router.get(
    "/people/{person_id:uuid}",  # `search` is an address of its own
    tags=["people"],
    summary="Look a person up",
    **policy.operation(scopes.PEOPLE_READ, roles=_MAY, raises=(NotFound, ProcessingRestricted)),
)
async def get_person(
    person_id: Annotated[schemas.Id, Path(description="The person's identifier in the hub.")],
    official: policy.Acting,
    purpose: purposes.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> PersonView:
    """What the hub knows of a person. The person sees that your institution looked, and why."""
    return PersonView.of(await look_up.by_id(session, provider, official, person_id, purpose, now))


@router.post(
    "/people/search",
    tags=["people"],
    summary="Look a person up by their number",
    **policy.operation(scopes.PEOPLE_READ, roles=_MAY, raises=(NotFound, ProcessingRestricted)),
)
async def search_person(
    body: SearchPerson,
    official: policy.Acting,
    purpose: purposes.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> PersonView:
    """The person with this personal number, also if it was replaced since. The person will see it."""
    return PersonView.of(
        await look_up.by_number(session, provider, official, body.identifier(), purpose, now)
    )
