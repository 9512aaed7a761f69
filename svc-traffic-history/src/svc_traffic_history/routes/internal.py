"""Questions of other services."""

from uuid import UUID

from fastapi import APIRouter

from hub_service import personal_data, policy
from hub_service.dependencies import Now, Session, Texts

from ..dependencies import Keys
from ..operations.personal_data import held_of
from ..schemas.personal_data import personal_data as show

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/people/{person_id}/export", **policy.internal(personal_data.SCOPE))
async def get_personal_data(
    person_id: UUID, session: Session, keys: Keys, texts: Texts, now: Now
) -> personal_data.PersonalData:
    """What this service holds of a person, for the copy they asked for."""
    return show(texts, await held_of(session, keys, person_id, now))
