"""HTTP and nothing else: mail servers hand over what came back."""

from typing import Annotated, Any

from fastapi import Depends, Request

from hub_service import policy, routing
from hub_service.dependencies import Now, Session

from ..channels import mail
from ..channels.return_paths import ReturnPaths
from ..dependencies import MasterKey
from ..domain.bounces import LARGEST
from ..errors.bounces import BounceRefused, BounceTypeRefused
from ..operations import bounces

router = routing.Router(prefix="/notify/v1/bounces", tags=["receipts"])

_POLICY = policy.public(raises=(BounceRefused, BounceTypeRefused))
_BODY: dict[str, Any] = {
    "required": True,
    "description": "The message that came back, as it came.",
    "content": {
        bounces.MEDIA_TYPE: {
            "schema": {
                "type": "string",
                "format": "binary",
                "description": "A mail, best a report by RFC 3464.",
                "maxLength": LARGEST,
            },
            "examples": {
                "failed": {
                    "summary": "The beginning of a report",
                    "value": "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
                }
            },
        }
    },
}
_OF_MAIL: dict[str, Any] = _POLICY | {"openapi_extra": _POLICY["openapi_extra"] | {"requestBody": _BODY}}


async def _handed_over(request: Request) -> bytes:
    secret = request.app.state.hub.settings.notify_bounce_secret.get_secret_value()
    bounces.admit(secret, request.headers)
    return await request.body()


async def _paths(request: Request, keys: MasterKey) -> ReturnPaths:
    settings = request.app.state.hub.settings
    return ReturnPaths(keys, settings.notify_bounce_domain or mail.domain_of(settings.notify_sender))


@router.post(
    "",
    status_code=204,
    summary="Hand over a message that came back",
    response_description="The message was taken, also one that changes nothing",
    **_OF_MAIL,
)
async def take_bounce(
    content: Annotated[bytes, Depends(_handed_over)],
    paths: Annotated[ReturnPaths, Depends(_paths)],
    keys: MasterKey,
    session: Session,
    now: Now,
) -> None:
    """For mail servers of the hub only, with the secret that was agreed.

    What is no report, is forged, unknown, or comes again changes nothing and is taken all the same.
    """
    await bounces.take(session, keys, paths, content, now)
