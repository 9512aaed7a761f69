"""Verification of history documents by anybody: HTTP and nothing else."""

from typing import Annotated, Any, Final

from fastapi import Path, Request, Response

from hub_documents import checking
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Checking, Keys, Trusted
from ..domain.history_documents import FileSeal
from ..errors.history_documents import HistoryFileNotPdf
from ..operations import history_documents as operations
from ..schemas.history_documents import HistoryVerificationView

UPLOADS: Final = dict.fromkeys(
    ("/traffic-history/v1/verifications/file", "/histories/verify/file"), checking.MOST_BYTES
)
"""Where larger bodies are taken, with the bytes they may have."""
_PDF: Final = "application/pdf"

router = Router(prefix="/traffic-history/v1", tags=["verification"])


def _taking_a_pdf(described: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary", "maxLength": checking.MOST_BYTES}
    body = {
        "description": "The file as it was received.",
        "required": True,
        "content": {_PDF: {"schema": schema}},
    }
    return described | {"openapi_extra": described["openapi_extra"] | {"requestBody": body}}


@router.get("/verify/{code}", summary="Verify a history document by its code", **policy.public())
async def verify_history(
    code: Annotated[
        str,
        Path(
            min_length=16,
            max_length=40,
            pattern=r"^[A-Za-z0-9 -]+$",
            description="The code on the document; case, blanks and hyphens do not count.",
            examples=["T-K7QF-2M9X-T4PA-8WDC"],
        ),
    ],
    keys: Keys,
    session: Session,
    response: Response,
) -> HistoryVerificationView:
    """Whether a history with this code was sealed, when, and of which period. No account is needed.

    Nobody's name, and nothing of what it says. A code that does not exist is answered in the same form
    and in the same time.
    """
    response.headers["cache-control"] = "no-store"
    async with operations.in_time():
        return HistoryVerificationView.of(await operations.find(session, keys, code))


@router.post(
    "/verifications/file",
    summary="Verify the file of a history document",
    **_taking_a_pdf(policy.public(raises=(HistoryFileNotPdf,), asks=True)),
)
async def verify_history_file(
    request: Request, anchors: Trusted, checker: Checking, session: Session, now: Now, response: Response
) -> HistoryVerificationView:
    """Whether this file is a history exactly as it was sealed.

    The body is the file itself, at most 10 MiB; it is checked and not kept. What was changed, by a single
    byte or by something added, is not genuine, and `seal` says what is the matter.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _PDF:
        raise HistoryFileNotPdf
    response.headers["cache-control"] = "no-store"
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = FileSeal(verdict.outcome.value)
    async with operations.in_time():
        found = await operations.find_file(session, bytes.fromhex(verdict.sha256), seal)
        return HistoryVerificationView.of(found, seal)
