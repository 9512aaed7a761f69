"""Complaints about public information: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys
from ..errors.information import (
    ComplainedAlready,
    ComplainedTooLate,
    LearnedOnWrong,
    NotARequestForInformation,
    NothingToComplainOf,
)
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown, PetitionNotFound
from ..operations import information as operations
from ..schemas.information import ComplainOfInformation
from ..schemas.petitions import PetitionView
from .petitions import WRITE

router = Router(prefix="/petitions/v1/petitions", tags=["petitions"])


@router.post(
    "/{petition_id}/complaint",
    status_code=201,
    summary="Complain about a refusal of public information",
    **policy.operation(
        WRITE,
        mandate=True,
        raises=(
            *(PetitionNotFound, NotARequestForInformation, NothingToComplainOf, LearnedOnWrong),
            *(ComplainedTooLate, ComplainedAlready, InstitutionUnknown, InstitutionAcceptsNoPetitions),
        ),
    ),
)
async def complain_of_information(
    petition_id: Annotated[schemas.Id, Path(description="The request for public information.")],
    body: ComplainOfInformation,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> PetitionView:
    """Complain to the head of the institution that your request was refused, or not answered in its term.

    The complaint is registered with a number and a term of its own; both see the other. The request says by
    which day you can complain (`complain_by` of its term). After it there is the court.
    """
    made = await operations.complain(session, keys, person, petition_id, body.complaint(), now)
    response.headers["location"] = f"{router.prefix}/{made.id}"
    return PetitionView.of(made)
