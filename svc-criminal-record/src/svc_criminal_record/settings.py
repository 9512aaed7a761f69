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

    `criminal_record_key` (base64 of 32 bytes) encrypts personal data at rest and derives look-ups;
    `criminal_record_register_url` says where the national register (ROCRIS) is asked;
    `criminal_record_store` is where documents lie: a folder as a `file://` address, or what obstore takes
    (`s3://…`). `criminal_record_trust` is a folder with what seals need: `root.pem`, `chain.pem`,
    `seal.pem`, `seal.key`, `facts.pem`, `facts.key`; `criminal_record_timestamps_url` answers RFC 3161,
    and is empty where seals carry no time stamp.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    criminal_record_key: SecretBytes = SecretBytes(bytes(KEY_BYTES))
    criminal_record_register_url: str = "http://127.0.0.1:1"
    criminal_record_store: str = ""
    criminal_record_trust: Path = Path("trust")
    criminal_record_timestamps_url: str = ""

    @field_validator("criminal_record_key", mode="before")
    @classmethod
    def _decode(cls, value: object) -> object:
        return b64decode(value, validate=True) if isinstance(value, str) else value
