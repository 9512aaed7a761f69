"""How a petition stands, for anybody: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.guests import TriedTooOften
from ..errors.status import StatusNotFound
from ..operations import status as operations
from ..schemas.status import AskStatus, StatusView

router = Router(prefix="/petitions/v1", tags=["status"])


@router.post(
    "/status",
    summary="Ask how a petition stands",
    **policy.public(raises=(StatusNotFound, TriedTooOften), asks=True),
)
async def ask_petition_status(
    body: AskStatus,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> StatusView:
    """How the petition of a slip stands, without an account: number, year, institution and code.

    Every wrong pair gets the same answer in the same time. A petition that was sent on is found by the
    number it got first. It takes no Idempotency-Key: question and answer are kept nowhere.
    """
    response.headers["cache-control"] = "no-store"
    async with operations.in_time():
        counted = operations.from_address(address)
        return StatusView.of(await operations.ask(apart, session, keys, body.value(), counted, now))
