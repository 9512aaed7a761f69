"""Whom the operations ask, and the keys."""

from dataclasses import dataclass

from ..clients import Identity
from ..keys import MasterKey
from ..registers.police import Register


@dataclass(frozen=True, slots=True)
class Means:
    """The keys of the service, svc-identity and the police register."""

    key: MasterKey
    identity: Identity
    register: Register
