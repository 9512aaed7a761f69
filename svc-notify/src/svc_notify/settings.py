"""The environment of svc-notify."""

from base64 import b64decode
from typing import Final, Literal

from pydantic import SecretBytes, field_validator

from hub_service.settings import ServiceSettings

KEY_BYTES: Final = 32


class Settings(ServiceSettings):
    """What svc-notify reads from its environment, beside what every service does.

    `notify_key` (base64 of 32 bytes) encrypts personal data at rest and derives look-ups.
    `notify_smtp_tls`: `opportunistic` uses STARTTLS when it is offered, without asking who the
    server is; `required` refuses to send without STARTTLS and a certificate that is valid for the
    host (of `notify_smtp_ca_file`, or of the system's authorities); `off` never encrypts.
    Each lane has that many connections for itself. `notify_passport_booking_url` is svc-passport-booking,
    which is asked about appointments; `notify_petitions_url` is svc-petitions, about petitioners without an
    account.
    """

    notify_key: SecretBytes = SecretBytes(bytes(KEY_BYTES))
    notify_sender: str = "Hub <noreply@hub.example>"
    notify_smtp_host: str = "127.0.0.1"
    notify_smtp_port: int = 8026
    notify_smtp_tls: Literal["opportunistic", "required", "off"] = "opportunistic"
    notify_smtp_ca_file: str | None = None
    notify_smtp_connections: int = 4
    notify_passport_booking_url: str = "http://127.0.0.1:8106"
    notify_petitions_url: str = "http://127.0.0.1:8103"

    @field_validator("notify_key", mode="before")
    @classmethod
    def _decode(cls, value: object) -> object:
        return b64decode(value, validate=True) if isinstance(value, str) else value
