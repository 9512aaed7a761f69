"""Holders at rest: encrypted, and found by a keyed hash of their number."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from ..domain.holders import Holder, Organisation, Person
from ..domain.products import HolderKind
from ..keys import MasterKey, Purpose

_KINDS: Final[Mapping[HolderKind, TypeAdapter[Any]]] = {
    HolderKind.PERSON: TypeAdapter(Person),
    HolderKind.ORGANISATION: TypeAdapter(Organisation),
}


def key_of(key: MasterKey, number: str) -> bytes:
    """What a holder's requests and certificates are found by (`Holder.number`)."""
    return key.digest(Purpose.HOLDERS, number)


def seal(key: MasterKey, row_id: UUID, holder: Holder) -> bytes:
    """The holder for a row."""
    said = {"kind": holder.kind, **_KINDS[holder.kind].dump_python(holder, mode="json")}
    return key.seal(orjson.dumps(said), _context(row_id))


def unseal(key: MasterKey, row_id: UUID, sealed: bytes) -> Holder:
    """The holder of a row."""
    said = orjson.loads(key.unseal(sealed, _context(row_id)))
    holder: Holder = _KINDS[HolderKind(said.pop("kind"))].validate_python(said)
    return holder


def _context(row_id: UUID) -> str:
    return f"holder:{row_id}"
