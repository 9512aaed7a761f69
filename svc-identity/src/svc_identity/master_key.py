"""What the secret key of the service (HUB_IDENTITY_KEY) is used for."""

from enum import StrEnum
from typing import TypeAlias

from hub_service import master_key


class Purpose(StrEnum):
    """What a derived key is for; each purpose has its own."""

    SEAL = "seal"
    CODES = "codes"
    FORMS = "forms"
    DEVICES = "devices"
    COUNTERS = "counters"
    IDENTIFIERS = "identifiers"
    PAIRWISE = "pairwise"
    FACTORS = "factors"
    PHONES = "phones"


MasterKey: TypeAlias = master_key.MasterKey[Purpose]


def derived_from(key: bytes) -> MasterKey:
    """The keys of this service, from its master key of 32 bytes."""
    return MasterKey(key, "identity", Purpose)
