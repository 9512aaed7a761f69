"""Every environment variable of this service."""

from base64 import b64decode
from pathlib import Path
from typing import Final

from pydantic import SecretBytes, field_validator
from pydantic_settings import SettingsConfigDict

from hub_service.settings import ServiceSettings

KEY_BYTES: Final = 32


class Settings(ServiceSettings):
    """The shared settings, and this service's own (prefix `HUB_`).

    `petitions_key` (base64 of 32 bytes) encrypts personal data at rest and derives look-ups.
    `petitions_store` is where documents lie: a folder as a `file://` address, or what obstore takes
    (`s3://…`). `petitions_scanner` is where clamd listens, as `host:port` or the path of its socket;
    without one no file can be attached, and with `none` files are taken that nobody has looked at.
    `petitions_trust` is a folder with what documents are believed by: `root.pem`, `chain.pem`, `facts.pem`,
    `facts.key`. `petitions_seals` has a folder for each institution, named by its id, with `seal.pem`,
    `seal.key` (or where a module keeps it) and `chain.pem`; `petitions_seals_url` issues the certificate
    of one that is missing, and is empty where nobody does. `petitions_timestamps_url` answers RFC 3161,
    and is empty where seals carry no time stamp.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    petitions_key: SecretBytes = SecretBytes(bytes(KEY_BYTES))
    petitions_store: str = ""
    petitions_scanner: str = ""
    petitions_trust: Path = Path("trust")
    petitions_seals: Path = Path("trust/institutions")
    petitions_seals_url: str = ""
    petitions_timestamps_url: str = ""

    @field_validator("petitions_key", mode="before")
    @classmethod
    def _decode(cls, value: object) -> object:
        return b64decode(value, validate=True) if isinstance(value, str) else value
