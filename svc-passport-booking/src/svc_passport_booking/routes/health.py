"""How the places stand as a whole: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Shared
from ..operations import health as operations
from ..schemas.health import BookingStatusView

router = Router(prefix="/passport-booking/v1", tags=["availability"])


@router.get(
    "/status",
    summary="See how the places stand",
    response_model=BookingStatusView,
    **policy.public(),
)
async def read_booking_status(session: Session, shared: Shared, now: Now) -> Response:
    """Free places in the whole country, and what is waiting for longest; kept for ten seconds."""

    async def answer() -> bytes:
        shown = BookingStatusView.of(await operations.read(session, now))
        return shown.model_dump_json().encode()

    content = await shared.share("status", answer)
    return Response(content, media_type="application/json", headers={"cache-control": "public, max-age=10"})
