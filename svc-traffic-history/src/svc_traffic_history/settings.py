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

    `traffic_history_key` (base64 of 32 bytes) encrypts personal data at rest and derives look-ups;
    `traffic_history_register_url` says where the police register of drivers is asked, and
    `traffic_history_vehicles_url` that of vehicles; `traffic_history_petitions_url` is svc-petitions.
    `traffic_history_store` is where documents and recordings lie: a folder as a `file://` address, or what
    obstore takes (`s3://…`). `traffic_history_trust` is a folder with what documents are believed by:
    `root.pem`, `chain.pem`, `seal.pem` and `seal.key` of the traffic police, `facts.pem`, `facts.key`;
    `traffic_history_ffprobe` looks at recordings (a program, of ffmpeg). They are written to TMPDIR for it.
    `traffic_history_timestamps_url` answers RFC 3161, and is empty where seals carry no time stamp.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    traffic_history_key: SecretBytes = SecretBytes(bytes(KEY_BYTES))
    traffic_history_register_url: str = "http://127.0.0.1:1"
    traffic_history_vehicles_url: str = "http://127.0.0.1:1"
    traffic_history_petitions_url: str = "http://127.0.0.1:8103"
    traffic_history_store: str = ""
    traffic_history_trust: Path = Path("trust")
    traffic_history_timestamps_url: str = ""
    traffic_history_ffprobe: str = "ffprobe"

    @field_validator("traffic_history_key", mode="before")
    @classmethod
    def _decode(cls, value: object) -> object:
        return b64decode(value, validate=True) if isinstance(value, str) else value
