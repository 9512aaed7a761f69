"""Whom the operations ask, the keys, and what makes and keeps documents."""

from dataclasses import dataclass

from hub_documents.store import Store

from ..clients import Identity, Petitions
from ..documents.press import Press
from ..keys import MasterKey
from ..registers import vehicles
from ..registers.police import Register


@dataclass(frozen=True, slots=True)
class Means:
    """The keys, svc-identity, the police register, that of vehicles, and svc-petitions."""

    key: MasterKey
    identity: Identity
    register: Register
    vehicles: vehicles.Register
    petitions: Petitions


@dataclass(frozen=True, slots=True)
class Archive:
    """The press, the store in which files lie (each kind in a folder of its own), and the public origin."""

    press: Press
    store: Store
    origin: str
