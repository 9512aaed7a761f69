"""How a petitioner follows a petition: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..errors.files import FileStateForbids
from ..errors.handling import CrimeReportGoesOn, NoClarificationAsked, NotAnsweredYet
from ..errors.petitions import PetitionNotFound
from ..errors.signatures import OthersSigned
from ..operations import following as operations
from ..schemas.following import AnswerView, FollowedPetitionView, GiveClarification
from .petitions import READ, WRITE

router = Router(prefix="/petitions/v1/petitions", tags=["petitions"])

PetitionId = Annotated[schemas.Id, Path(description="The petition's identifier.")]


@router.get(
    "/{petition_id}/steps",
    summary="Follow a petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def follow_petition(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> FollowedPetitionView:
    """What has happened with a petition since it was registered, and until when it is to be answered."""
    return FollowedPetitionView.of(await operations.follow(session, person, petition_id, now))


@router.get(
    "/{petition_id}/answer",
    summary="Read the answer to a petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound, NotAnsweredYet)),
)
async def get_petition_answer(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> AnswerView:
    """The answer that was sent. Of a petition that was joined to another one it is that one's."""
    return AnswerView.of(*await operations.read_answer(session, person, petition_id, now))


@router.post(
    "/{petition_id}/withdraw",
    summary="Withdraw a petition",
    **policy.operation(
        WRITE, mandate=True, raises=(PetitionNotFound, FileStateForbids, CrimeReportGoesOn, OthersSigned)
    ),
)
async def withdraw_petition(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> FollowedPetitionView:
    """Withdraw a petition before its answer is signed. What reports a crime goes on all the same."""
    await operations.withdraw(session, person, petition_id, now)
    return FollowedPetitionView.of(await operations.follow(session, person, petition_id, now))


@router.post(
    "/{petition_id}/clarification",
    summary="Answer a question of the institution",
    **policy.operation(WRITE, mandate=True, raises=(PetitionNotFound, NoClarificationAsked)),
)
async def answer_clarification(
    petition_id: PetitionId, body: GiveClarification, person: policy.Person, session: Session, now: Now
) -> FollowedPetitionView:
    """Answer what the institution asked; it goes on with the petition. The term was never stopped."""
    await operations.clarify(session, person, petition_id, body.answer, now)
    return FollowedPetitionView.of(await operations.follow(session, person, petition_id, now))
