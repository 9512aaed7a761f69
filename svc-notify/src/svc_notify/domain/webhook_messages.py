"""What is handed to endpoints of partners: a CloudEvent, signed by Standard Webhooks 1.0. No I/O."""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

SECRET_BYTES: Final = 32
"""The standard allows 24 to 64."""
CHALLENGE: Final = "hub.notify.webhook-endpoint.challenged.v1"
_SHOWN_AS: Final = "whsec_"
_OK: Final = 200


def show_secret(secret: bytes) -> str:
    """A secret as its owner gets it."""
    return _SHOWN_AS + base64.b64encode(secret).decode()


def sign(secret: bytes, message_id: str, at: datetime, body: bytes) -> str:
    """The signature of a message: HMAC-SHA-256 over its id, the seconds of its time, and its bytes."""
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}"


def headers(secrets: Collection[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message that carries a CloudEvent, signed with each of the secrets."""
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "Hub-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(secret, message_id, at, body) for secret in secrets),
    }


@dataclass(frozen=True, slots=True)
class Challenge:
    """What an endpoint is asked before it gets anything: to sign `text` as if it were a message.

    The question is signed like every message. Its answer is 200 with `{"answer": "v1,…"}`: the signature of
    the same `webhook-id`, `webhook-timestamp` and, in place of a body, the text. Who repeats what came, or
    answers everything with 200, does not meet it.
    """

    id: UUID
    endpoint_id: UUID
    text: str
    at: datetime

    @property
    def body(self) -> bytes:
        """The CloudEvent that asks."""
        time = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        attributes = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": "/notify",
            "type": CHALLENGE,
            "time": time,
            "subject": str(self.endpoint_id),
            "datacontenttype": "application/json",
            "data": {"challenge": self.text},
        }
        return json.dumps(attributes, separators=(",", ":")).encode()

    def headers(self, secrets: Collection[bytes]) -> dict[str, str]:
        """The headers that it is sent with."""
        return headers(secrets, str(self.id), self.at, self.body)

    def is_met_by(self, secret: bytes, status: int, body: bytes) -> bool:
        """Whether an answer was made with the secret."""
        if status != _OK:
            return False
        try:
            said = json.loads(body)
        except ValueError:
            return False
        answered = said.get("answer") if isinstance(said, dict) else None
        wanted = sign(secret, str(self.id), self.at, self.text.encode())
        return isinstance(answered, str) and hmac.compare_digest(wanted.encode(), answered.encode())
