"""The environment of svc-notify."""

from base64 import b64decode
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretBytes, SecretStr, field_validator

from hub_service.settings import ServiceSettings

KEY_BYTES: Final = 32


class SmsProvider(BaseModel):
    """A provider of text messages: its name, address, points of the whole, and messages it takes a second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    url: str
    weight: Annotated[int, Field(ge=0, le=100)] = 50
    per_second: Annotated[int, Field(ge=1)] = 10


class JsonProvider(SmsProvider):
    """One that speaks JSON: `key` opens its door, `reports_password` is what its reports are proved with."""

    protocol: Literal["json"]
    key: SecretStr
    reports_password: SecretStr


class FormProvider(SmsProvider):
    """One that takes forms: `token` is the account's, and what its reports are signed with."""

    protocol: Literal["form"]
    account: str
    token: SecretStr


class Settings(ServiceSettings):
    """What svc-notify reads from its environment, beside what every service does.

    `notify_key` (base64 of 32 bytes) encrypts personal data at rest and derives look-ups.
    `notify_smtp_tls`: `opportunistic` uses STARTTLS when it is offered, without asking who the
    server is; `required` refuses to send without STARTTLS and a certificate that is valid for the
    host (of `notify_smtp_ca_file`, or of the system's authorities); `off` never encrypts.
    Each lane has that many connections for itself. `notify_smtp_rates` (JSON: domain to messages a second)
    are what providers of mailboxes get of one process. `notify_dkim_keys` (JSON: selector to PEM file, RSA or
    Ed25519) sign each e-mail; `notify_bounce_domain` is where what comes back goes to (that of the sender,
    unless named), `notify_bounce_secret` what those prove who hand it over to us.
    `notify_passport_booking_url` is svc-passport-booking, which is asked about appointments;
    `notify_petitions_url` is svc-petitions, about petitioners without an account.
    `notify_sms_sender` is the name that text messages come from (at most 11 characters);
    `notify_sms_providers` (JSON) are those who take them over, by weight, none of which may have the name
    of another.
    """

    notify_key: SecretBytes = SecretBytes(bytes(KEY_BYTES))
    notify_sender: str = "Hub <noreply@hub.example>"
    notify_smtp_host: str = "127.0.0.1"
    notify_smtp_port: int = 8026
    notify_smtp_tls: Literal["opportunistic", "required", "off"] = "opportunistic"
    notify_smtp_ca_file: str | None = None
    notify_smtp_connections: int = 4
    notify_smtp_rates: Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(default_factory=dict)]
    notify_dkim_keys: Annotated[dict[str, FilePath], Field(default_factory=dict)]
    notify_bounce_domain: str | None = None
    notify_bounce_secret: SecretStr = SecretStr("")
    notify_passport_booking_url: str = "http://127.0.0.1:8106"
    notify_petitions_url: str = "http://127.0.0.1:8103"
    notify_sms_sender: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,10}$")] = "MAI-HUB"
    notify_sms_providers: tuple[
        Annotated[JsonProvider | FormProvider, Field(discriminator="protocol")], ...
    ] = ()

    @field_validator("notify_sms_providers")
    @classmethod
    def _differ(cls, value: tuple[SmsProvider, ...]) -> tuple[SmsProvider, ...]:
        if len({provider.name for provider in value}) < len(value):
            raise ValueError("providers must have different names")
        return value

    @field_validator("notify_key", mode="before")
    @classmethod
    def _decode(cls, value: object) -> object:
        return b64decode(value, validate=True) if isinstance(value, str) else value
