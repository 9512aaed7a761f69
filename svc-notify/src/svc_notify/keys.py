"""What the secret key of the service (HUB_NOTIFY_KEY) is used for."""

from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from hub_service import master_key


class Purpose(StrEnum):
    """What a derived key is for; each purpose has its own."""

    SEAL = "seal"
    ADDRESSES = "addresses"
    ORDERS = "orders"
    UNSUBSCRIBE = "unsubscribe"
    WEBHOOKS = "webhooks"
    PUSH = "push"
    RETURN_PATHS = "return-paths"


MasterKey: TypeAlias = master_key.MasterKey[Purpose]


@lru_cache(maxsize=4)
def derived_from(key: bytes) -> MasterKey:
    """The keys of this service, from its master key of 32 bytes."""
    return MasterKey(key, "notify", Purpose)
