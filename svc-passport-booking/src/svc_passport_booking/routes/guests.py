"""Before a booking without an account: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Lang, Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.guests import TriedTooOften
from ..operations import guests as operations
from ..schemas.guests import AskEmailCode, ChallengeView, EmailCodeView

router = Router(prefix="/passport-booking/v1", tags=["guests"])


@router.get("/challenges", summary="Get a challenge", **policy.public())
async def get_challenge(session: Session, keys: Keys, now: Now, response: Response) -> ChallengeView:
    """A challenge for the computer of who books without signing in, by ALTCHA's protocol (PoW v2).

    Its widget and its clients solve it in a second or two, without pictures or sounds. The solution is
    good for one booking. Who would rather not, or whose browser cannot, asks for a code by e-mail
    instead; who signs in needs neither.
    """
    response.headers["cache-control"] = "no-store"
    return ChallengeView.model_validate(await operations.challenge(session, keys, now))


@router.post(
    "/email-codes",
    status_code=202,
    summary="Ask for a code by e-mail",
    **policy.public(raises=(TriedTooOften,)),
)
async def request_email_code(
    body: AskEmailCode,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    language: Lang,
    now: Now,
) -> EmailCodeView:
    """Six digits by e-mail, instead of a challenge: nothing to be seen, heard or computed.

    The code is good for one booking, and confirms that the address is yours, as the waiting list and
    draws ask of who has no account. It is sent in the language of Accept-Language.
    """
    return EmailCodeView.of(
        await operations.send_code(apart, session, keys, body.email, language, address, now)
    )
