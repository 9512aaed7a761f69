"""The register's records as officers choose among them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hmac import compare_digest
from uuid import UUID

import orjson

from hub_core.problem import FieldError
from hub_service.problems import InvalidRequest

from ..domain import matching
from ..domain.holders import Holder, Person
from ..domain.records import Match, Matches
from ..errors.review import MatchNotFound
from ..keys import MasterKey, Purpose

OWN_RECORD = "The register has a record of this very holder."


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A record of the register; `reference` stands for it with what it says now."""

    reference: str
    match: Match


def candidates(key: MasterKey, subject: UUID, matches: Matches) -> Sequence[Candidate]:
    """The records for the decision on one request or certificate, whose id is `subject`."""
    return [Candidate(reference_of(key, subject, match).hex(), match) for match in matches]


def reference_of(key: MasterKey, subject: UUID, match: Match | None) -> bytes:
    """What stands for a record, or for none of them, in the decision on one request or certificate."""
    said = orjson.dumps(asdict(match) if match else None, option=orjson.OPT_SORT_KEYS).decode()
    return key.digest(Purpose.HOLDERS, f"match:{subject}:{said}")


def chosen(
    key: MasterKey, subject: UUID, holder: Holder, matches: Matches, reference: str | None
) -> Match | None:
    """The record that an officer chose; none for who stands in nothing.

    `MatchNotFound` when the register says something else now; `InvalidRequest` when none is chosen
    although a record is the holder's beyond doubt.
    """
    if reference is None:
        if _is_known(holder, matches):
            raise InvalidRequest(errors=[FieldError("/match", "own-record", OWN_RECORD)])
        return None
    for candidate in candidates(key, subject, matches):
        if candidate.reference == reference:
            return candidate.match
    raise MatchNotFound


def again(key: MasterKey, subject: UUID, matches: Matches, reference: bytes) -> Match | None:
    """The record that was chosen before; `MatchNotFound` when the register says something else now."""
    known: tuple[Match | None, ...] = (*matches, None)
    for match in known:
        if compare_digest(reference_of(key, subject, match), reference):
            return match
    raise MatchNotFound


def _is_known(holder: Holder, matches: Matches) -> bool:
    if isinstance(holder, Person):
        return matching.own_match(holder, matching.people(matches)) is not None
    return bool(matches)
