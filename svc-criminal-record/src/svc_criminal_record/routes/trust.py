"""What verifies without asking us: trust anchors and status lists. HTTP and nothing else."""

from typing import Annotated, Any, Final

from fastapi import Path, Response

from hub_documents.status_list import MEDIA_TYPE
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Lists, Origin, Trusted
from ..documents.published_lists import FRESH
from ..errors.status_lists import StatusListNotFound
from ..operations import status_lists as operations
from ..schemas.trust import TrustView

router = Router(prefix="/criminal-record/v1", tags=["verification"])

_KEPT: Final = f"public, max-age={int(FRESH.total_seconds())}"
_AN_HOUR: Final = "public, max-age=3600"


def _list(policies: dict[str, Any]) -> dict[str, Any]:
    """The policy of an operation whose answer is a status list."""
    schema = {
        "type": "string",
        "description": "A signed JWT (draft-ietf-oauth-status-list): one bit for each certificate.",
        "maxLength": 4_194_304,
        "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
    }
    answer = {"description": "The list", "content": {MEDIA_TYPE: {"schema": schema}}}
    return {**policies, "responses": {200: answer, **policies["responses"]}, "response_class": Response}


@router.get("/trust", summary="Read the trust anchors", **policy.public())
async def read_trust(anchors: Trusted, response: Response) -> TrustView:
    """The certificates and keys with which seals, QR codes, wallet credentials and status lists are checked.

    Keep them: then a certificate can be checked without asking anybody.
    """
    response.headers["cache-control"] = _AN_HOUR
    return TrustView.of(anchors)


@router.get(
    "/status-lists/{number}",
    summary="Fetch a status list",
    **_list(policy.public(raises=(StatusListNotFound,))),
)
async def read_status_list(
    number: Annotated[
        int,
        Path(
            ge=1,
            le=2**31 - 1,
            description="The number of the list, as the certificate names it.",
            examples=[1],
            json_schema_extra={"format": "int32"},
        ),
    ],
    session: Session,
    anchors: Trusted,
    lists: Lists,
    origin: Origin,
    now: Now,
) -> Response:
    """Which certificates of a list were revoked or superseded: one bit each, in no order of time.

    A list is fetched whole and may be kept for a while, so that nobody learns which certificate is
    looked at. An expired certificate says so itself.
    """
    indexes = await operations.without_effect(session, number)
    address = f"{origin}{router.prefix}/status-lists/{number}"
    token = lists.token(address, anchors.signer, indexes, now)
    return Response(token, media_type=MEDIA_TYPE, headers={"cache-control": _KEPT})
