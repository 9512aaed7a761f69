"""Outside identity providers: what they say of a person, and at which level."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from hub_core.principal import Assurance

from .assurance import lower
from .person import Identifier, Scheme

NAME_LONGEST: Final = 100
"""Characters of a name that are taken over."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider says of somebody who has just signed in there."""

    provider: str
    identifier: Identifier
    family_name: str
    given_name: str
    birth_date: date
    level: Assurance


@dataclass(frozen=True, slots=True)
class Claims:
    """The names under which a provider says what we need (`identifier` a CNP, or that of eIDAS)."""

    identifier: str
    family_name: str
    given_name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A sign-in at a provider that has begun; the browser carries it, sealed, until it comes back.

    `linker` is the sign-in whose person links the identity to their account; `request_id` the
    application's request that waits, `onward` the page of ours that does.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    ends_at: int
    linker: UUID | None
    request_id: UUID | None
    onward: str


def read(
    provider: str,
    scheme: Scheme,
    names: Claims,
    levels: Mapping[str, Assurance],
    highest: Assurance,
    claims: Mapping[str, Any],
) -> Said | None:
    """What an ID token's claims say; none when something is missing, or its `acr` is no level we know."""
    texts = [claims.get(name) for name in (names.identifier, names.family_name, names.given_name)]
    level = levels.get(str(claims.get("acr")))
    try:
        born = date.fromisoformat(str(claims.get(names.birth_date)))
    except ValueError:
        return None
    if level is None or not all(isinstance(text, str) and 0 < len(text) <= NAME_LONGEST for text in texts):
        return None
    number, family_name, given_name = (str(text).strip() for text in texts)
    return Said(provider, Identifier(scheme, number), family_name, given_name, born, lower(level, highest))
