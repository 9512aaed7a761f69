"""A change of content is a new version."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from .evidence import EvidenceType
from .guidance import Advice, Faq
from .institutions import Institution
from .places import Office
from .services import Service

Versioned = TypeVar(
    "Versioned",
    Advice,
    EvidenceType,
    Faq,
    Institution,
    Office,
    Service,
)


def successors(wanted: Iterable[Versioned], known: Iterable[Versioned]) -> list[Versioned]:
    """What to store so that the known become the wanted: the new, and the changed with a new version."""
    current = {each.id: each for each in known}
    return [successor for each in wanted if (successor := _successor(each, current.get(each.id))) is not None]


def _successor(wanted: Versioned, current: Versioned | None) -> Versioned | None:
    if current is None:
        return replace(wanted, version=1)
    if replace(wanted, version=current.version) == current:
        return None
    return replace(wanted, version=current.version + 1)
