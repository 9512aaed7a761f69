"""What other services ask."""

from uuid import UUID

from fastapi import APIRouter

from hub_service import personal_data, policy
from hub_service.dependencies import Now, Session, Texts

from ..dependencies import MasterKey
from ..operations import feed, preferences, push
from ..operations import messages as operations
from ..schemas.personal_data import personal_data as show_personal_data

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/people/{person_id}/export", **policy.internal(personal_data.SCOPE))
async def get_messages_data(
    person_id: UUID, session: Session, master_key: MasterKey, texts: Texts, now: Now
) -> personal_data.PersonalData:
    """What this service holds of a person, for the copy they asked for."""
    browsers = await push.find(session, master_key, person_id)
    events = await feed.events_of(session, person_id)
    chosen = (await preferences.read(session, person_id, now)).preferences
    told = await operations.personal_data(session, person_id)
    return show_personal_data(texts, told, browsers, events, chosen)
