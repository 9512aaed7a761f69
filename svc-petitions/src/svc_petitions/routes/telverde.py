"""The operator of the free telephone line: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy, purpose
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.routing import Router

from ..dependencies import Keys, SessionApart, registering
from ..errors.guests import TriedTooOften
from ..errors.status import StatusNotFound
from ..operations import status
from ..operations import telverde as operations
from ..schemas.telverde import LookUpPetition, LookUpView

router = Router(prefix="/petitions/v1/telverde", tags=["telverde"])


@router.post(
    "/look-ups",
    summary="Look a petition up for who calls",
    **registering(StatusNotFound, TriedTooOften, purpose.PurposeRequired, asks=True),
)
async def look_up_petition(
    body: LookUpPetition,
    official: policy.Acting,
    stated: purpose.Given,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    language: Lang,
    texts: Texts,
    now: Now,
    response: Response,
) -> LookUpView:
    """How a petition of any institution stands, for a caller who answers the check.

    Nothing of its words, and nobody's name. Who has an account sees in their log that it was looked up.
    Which structure deals with what, and how it is reached, is in the catalog of institutions.
    """
    response.headers["cache-control"] = "no-store"
    async with status.in_time():
        found = await operations.look_up(
            apart, session, keys, official, body.value(), body.email, stated, now
        )
        return LookUpView.of(found, language, texts)
