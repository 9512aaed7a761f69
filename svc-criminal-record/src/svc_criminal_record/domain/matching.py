"""What makes an officer look at a request; whether anything stands in the register is no reason."""

import unicodedata
from collections.abc import Sequence

from .holders import Holder, Organisation, Person
from .motives import OTHER
from .records import CompanyMatch, Matches, PersonMatch
from .states import ReviewReason

_OF_FOREIGNERS = "789"


def reasons(holder: Holder, matches: Matches, motive: str) -> frozenset[ReviewReason]:
    """Why a request cannot be decided without an officer; none when it is unambiguous."""
    found = {ReviewReason.OTHER_MOTIVE} if motive == OTHER else set()
    if isinstance(holder, Organisation):
        return frozenset(found | _of_company([one for one in matches if isinstance(one, CompanyMatch)]))
    return frozenset(found | _of_person(holder, people(matches)))


def people(matches: Matches) -> list[PersonMatch]:
    """Those of the matches that are natural persons."""
    return [one for one in matches if isinstance(one, PersonMatch)]


def own_match(holder: Person, matches: Sequence[PersonMatch]) -> PersonMatch | None:
    """The one that is the holder beyond doubt: number, names and date of birth; else none."""
    own = [one for one in matches if one.cnp == holder.cnp and is_same(holder, one)]
    return own[0] if len(own) == 1 and holder.cnp else None


def is_still(holder: Person, person: Person) -> bool:
    """Whether the population register has the holder by the same number and names as before."""
    return holder.number == person.number and is_same(holder, person)


def is_same(holder: Person, match: PersonMatch | Person) -> bool:
    """Whether names and date of birth are the same; letters with and without marks are."""
    return (
        holder.birth_date == match.birth_date
        and _folded(holder.family_name) == _folded(match.family_name)
        and _folded(holder.given_name) == _folded(match.given_name)
    )


def _of_person(holder: Person, matches: Sequence[PersonMatch]) -> set[ReviewReason]:
    found = set()
    of_number = [one for one in matches if holder.cnp and one.cnp == holder.cnp]
    own = own_match(holder, of_number)
    if own is None:
        found.add(ReviewReason.IDENTITY_DIFFERS)
    if len(of_number) > 1:
        found.add(ReviewReason.SHARED_NUMBER)
    if any(one.cnp != holder.cnp and is_same(holder, one) for one in matches):
        found.add(ReviewReason.HOMONYM)
    if any(one.born_abroad for one in of_number):
        found.add(ReviewReason.BORN_ABROAD)
    if any(one.former_names for one in of_number):
        found.add(ReviewReason.FORMER_NAMES)
    if any(one.update_pending for one in of_number):
        found.add(ReviewReason.UPDATE_PENDING)
    if not holder.cnp or holder.cnp[0] in _OF_FOREIGNERS:
        found.add(ReviewReason.FOREIGN_NUMBER)
    return found


def _of_company(matches: Sequence[CompanyMatch]) -> set[ReviewReason]:
    if len(matches) != 1 or matches[0].dissolved_on is not None:
        return {ReviewReason.IDENTITY_DIFFERS}
    return {ReviewReason.UPDATE_PENDING} if matches[0].update_pending else set()


def _folded(name: str) -> str:
    """Without marks, hyphens and case: registers write `ANA-MARIA`, documents `Ana Maria`."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in letters if not _is_mark(one)).split())


def _is_mark(letter: str) -> bool:
    return bool(unicodedata.combining(letter))
