"""Whom the operations ask, and the keys."""

from dataclasses import dataclass

from ..clients import Identity
from ..keys import MasterKey
from ..registers import vehicles
from ..registers.police import Register


@dataclass(frozen=True, slots=True)
class Means:
    """The keys of the service, svc-identity, the police register and that of vehicles."""

    key: MasterKey
    identity: Identity
    register: Register
    vehicles: vehicles.Register
