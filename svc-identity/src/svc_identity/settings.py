"""Every environment variable of this service."""

from base64 import b64decode
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretBytes, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from hub_core.principal import Assurance
from hub_service.settings import ServiceSettings

KEY_BYTES: Final = 32


class KnownService(BaseModel):
    """A service that may ask for internal tokens: its secret, and the scopes its own token carries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: SecretStr
    scopes: tuple[str, ...] = ()


class OutsideProvider(BaseModel):
    """An identity provider outside that people may sign in with (OpenID Connect).

    `shown` is its name for people. `scheme` says which kind of number it knows people by: CNP for a
    provider of this state, EIDAS for the eIDAS node. `claims` names its claims for `identifier`,
    `family_name`, `given_name` and `birth_date`; `levels` maps its `acr` to ours, and none is taken
    for more than `highest`: the level at which it was notified (Regulation (EU) 910/2014, art. 9).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    shown: str
    issuer: str
    client_id: str
    client_secret: SecretStr
    scheme: Literal["CNP", "EIDAS"]
    claims: dict[str, str]
    levels: dict[str, Assurance]
    highest: Assurance = Assurance.SUBSTANTIAL
    scope: str = "openid profile"


class Settings(ServiceSettings):
    """The shared settings, and identity's own (prefix `HUB_`).

    `identity_services` maps a service's name to its secret and scopes; `identity_key` (base64 of
    32 bytes) encrypts signing keys at rest and derives codes. The Argon2id parameters are the first
    choice of the OWASP Password Storage Cheat Sheet; `identity_argon2_at_once` bounds memory and
    CPU, `identity_argon2_waiting` how many may wait for their turn before the answer is 503.
    `identity_population_register_url` and `identity_company_register_url` say where the registers of
    the state are asked; `identity_outside_providers` where else people may sign in.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    identity_services: dict[str, KnownService] = Field(default_factory=dict)
    identity_key: SecretBytes
    identity_operator: UUID = UUID("a5429851-c1d4-55e3-9420-ce405d3f1521")
    identity_holders: dict[str, str] = Field(default_factory=dict)
    identity_argon2_memory_kib: int = Field(default=19_456, ge=8)
    identity_argon2_passes: int = Field(default=2, ge=1)
    identity_argon2_lanes: int = Field(default=1, ge=1)
    identity_argon2_at_once: int = Field(default=2, ge=1)
    identity_argon2_waiting: int = Field(default=32, ge=0)
    identity_outside_providers: tuple[OutsideProvider, ...] = ()
    identity_population_register_url: str = "http://127.0.0.1:8027/population"
    identity_company_register_url: str = "http://127.0.0.1:8027/companies"

    @field_validator("identity_key", mode="before")
    @classmethod
    def _from_base64(cls, text: str) -> bytes:
        key = b64decode(text, validate=True)
        if len(key) != KEY_BYTES:
            raise ValueError("HUB_IDENTITY_KEY must be 32 bytes in base64")
        return key

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the hub over TLS: cookies are then Secure."""
        return self.public_origin.startswith("https://")
