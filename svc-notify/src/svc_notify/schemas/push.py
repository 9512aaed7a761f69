"""What a browser gives to be reached by web push, and what its person is shown of it."""

from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Annotated, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from hub_core import ids
from hub_service.outside import LONGEST_ADDRESS
from hub_service.schemas import Id, Instant, Resource

from ..channels.push import is_point
from ..domain.push import Subscription

_POINT: Final = 65
_SECRET: Final = 16
_BASE64: Final = r"^[A-Za-z0-9_-]+={0,2}$"


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""


def _point(text: str) -> str:
    if len(_decoded(text)) != _POINT or not is_point(_decoded(text)):
        raise PydanticCustomError("push_key", "This is no public key of a browser: a point of P-256.")
    return text


def _secret(text: str) -> str:
    if len(_decoded(text)) != _SECRET:
        raise PydanticCustomError("push_secret", "This is no secret of a browser: 16 bytes.")
    return text


class PushKeys(Resource):
    """The keys that messages to a browser are encrypted with (RFC 8291)."""

    p256dh: Annotated[
        str,
        Field(
            min_length=86,
            max_length=90,
            pattern=_BASE64,
            description="The browser's public key: an uncompressed point of P-256 in base64url.",
            examples=[
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            ],
        ),
        AfterValidator(_point),
    ]
    auth: Annotated[
        str,
        Field(
            min_length=22,
            max_length=24,
            pattern=_BASE64,
            description="The browser's authentication secret: 16 bytes in base64url.",
            examples=["BTBZMqHH6r4Tts7J_aSIgg"],
        ),
        AfterValidator(_secret),
    ]


class Subscribe(Resource):
    """The endpoint and the keys of a `PushSubscription`, as its `toJSON()` gives them."""

    endpoint: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_ADDRESS,
            pattern=r"^https?://[!-~]+$",
            description="Where the browser's push service takes messages.",
            examples=["https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"],
        ),
    ]
    keys: Annotated[PushKeys, Field(description="The keys that messages to it are encrypted with.")]

    def wanted(self, person_id: UUID, now: datetime) -> Subscription:
        """The subscription of a person, as a value."""
        return Subscription(
            ids.new_id(), person_id, self.endpoint, _decoded(self.keys.p256dh), _decoded(self.keys.auth), now
        )


class PushSubscription(Resource):
    """A browser that listens for you."""

    id: Annotated[Id, Field(description="The subscription's identifier; the same browser keeps it.")]
    service: Annotated[
        str,
        Field(
            max_length=253,
            pattern=r"^[^/]*$",
            description="Whose push service it is; more of the address is not shown.",
            examples=["push.example.net"],
        ),
    ]
    subscribed_at: Annotated[Instant, Field(description="When the browser subscribed last.")]

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        """The view of a subscription."""
        return cls(
            id=subscription.id,
            service=service_of(subscription),
            subscribed_at=subscription.subscribed_at,
        )


class PushKey(Resource):
    """What a browser names when it subscribes."""

    key: Annotated[
        str,
        Field(
            max_length=90,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="The hub's public key (RFC 8292): an uncompressed point of P-256 in base64url.",
            examples=[
                "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
            ],
        ),
    ]


def service_of(subscription: Subscription) -> str:
    """The name of a push service's server."""
    return urlsplit(subscription.endpoint).hostname or ""
