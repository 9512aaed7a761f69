"""HTTP and nothing else: providers of text messages report what became of them."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from hub_service import policy, routing
from hub_service.dependencies import Now, Session

from ..channels.sms_gateways import Gateway, Posted, made
from ..errors.sms_receipts import ReceiptRefused, ReceiptUnreadable
from ..operations import sms_receipts

router = routing.Router(prefix="/notify/v1/sms-receipts", tags=["receipts"])

_BODY = {
    "type": "object",
    "description": "A report by the protocol that was agreed with the provider.",
    "minProperties": 1,
    "maxProperties": 100,
}
_POLICY = policy.public(raises=(ReceiptRefused, ReceiptUnreadable))
_OF_PROVIDERS: dict[str, Any] = _POLICY | {
    "openapi_extra": _POLICY["openapi_extra"]
    | {
        "requestBody": {
            "required": True,
            "description": "What became of text messages.",
            "content": {
                "application/json": {
                    "schema": _BODY,
                    "examples": {
                        "delivered": {
                            "summary": "A message was delivered",
                            "value": {
                                "results": [
                                    {
                                        "messageId": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
                                        "status": {
                                            "groupName": "DELIVERED",
                                            "name": "DELIVERED_TO_HANDSET",
                                        },
                                    }
                                ]
                            },
                        }
                    },
                },
                "application/x-www-form-urlencoded": {
                    "schema": _BODY,
                    "examples": {
                        "delivered": {
                            "summary": "A message was delivered",
                            "value": {"MessageSid": "SM1", "MessageStatus": "delivered"},
                        }
                    },
                },
            },
        }
    }
}


async def _gateways(request: Request) -> dict[str, Gateway]:
    settings = request.app.state.hub.settings
    return made(settings.notify_sms_providers, settings.public_origin)


async def _posted(
    request: Request,
    delivery: Annotated[
        str | None,
        Query(
            max_length=64,
            pattern=r"^[0-9A-Za-z-]*$",
            description="Our reference, where the protocol has no place for one in the body.",
            examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        ),
    ] = None,
) -> Posted:
    query = request.url.query
    target = request.url.path + (f"?{query}" if query else "")
    return Posted(request.headers, target, delivery, await request.body())


@router.post(
    "/{provider}",
    status_code=204,
    summary="Report what became of text messages",
    response_description="The reports were taken, also of messages that nobody knows",
    **_OF_PROVIDERS,
)
async def take_sms_receipts(
    provider: Annotated[
        str,
        Path(
            description="The provider, as the hub names it.",
            max_length=32,
            pattern=r"^[a-z][a-z0-9-]{0,31}$",
            examples=["alfa"],
        ),
    ],
    gateways: Annotated[dict[str, Gateway], Depends(_gateways)],
    posted: Annotated[Posted, Depends(_posted)],
    session: Session,
    now: Now,
) -> None:
    """For providers of text messages only, with the credentials or the signature of their protocol.

    A report may come twice, late, or before we have noted that the message was sent.
    """
    reports = sms_receipts.proved(gateways, provider, posted)
    await sms_receipts.take(session, provider, reports, now)
