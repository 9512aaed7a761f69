"""How a petition stands, for anybody: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Documents, Keys, SessionApart
from ..errors.documents import AnswerDocumentMissing, DocumentStoreAway, SealNotInForce
from ..errors.guests import TriedTooOften
from ..errors.status import StatusNotFound
from ..operations import following_by_slip as by_slip
from ..operations import status as operations
from ..schemas.status import AskStatus, StatusView
from .answer_documents import PDF_HEADERS, with_pdf

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
    number it got first. Of one that was filed without an account its steps and questions are told, too. It
    takes no Idempotency-Key: question and answer are kept nowhere.
    """
    response.headers["cache-control"] = "no-store"
    async with operations.in_time():
        counted = operations.from_address(address)
        found = await by_slip.ask(apart, session, keys, body.value(), counted, now)
    return StatusView.of(found.petition, found.followed)


@router.post(
    "/status/answer-document",
    summary="Fetch the sealed answer without an account",
    **with_pdf(
        policy.public(
            raises=(
                *(StatusNotFound, TriedTooOften),
                *(AnswerDocumentMissing, SealNotInForce, DocumentStoreAway),
            ),
            asks=True,
        )
    ),
)
async def fetch_answer_by_slip(
    body: AskStatus,
    apart: SessionApart,
    session: Session,
    means: Documents,
    address: Address,
    now: Now,
) -> Response:
    """The sealed answer to a petition that was filed without an account, for who has its slip.

    Every wrong pair gets the same answer in the same time, and so does the slip of any other petition: who
    has an account reads the answer there, and who wrote on paper gets it as they asked. It takes no
    Idempotency-Key.
    """
    async with operations.in_time():
        counted = operations.from_address(address)
        content = await by_slip.fetch_answer(apart, session, means, body.value(), counted, now)
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)
