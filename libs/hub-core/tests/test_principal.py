from uuid import UUID

import pytest

from hub_core.principal import Assurance, Kind, Principal

PERSON = UUID("019335d9-7aa2-7cc3-98c4-dc0c0c07398f")


def _principal(kind: Kind, subject: str) -> Principal:
    return Principal(kind, subject, Assurance.LOW, frozenset({"petitions:read"}), "demo-portal")


@pytest.mark.parametrize(
    ("has", "needs", "enough"),
    [
        (Assurance.LOW, Assurance.LOW, True),
        (Assurance.LOW, Assurance.SUBSTANTIAL, False),
        (Assurance.SUBSTANTIAL, Assurance.LOW, True),
        (Assurance.SUBSTANTIAL, Assurance.HIGH, False),
        (Assurance.HIGH, Assurance.SUBSTANTIAL, True),
    ],
)
def test_levels_of_assurance_are_ordered(has: Assurance, needs: Assurance, enough: bool) -> None:
    assert has.meets(needs) is enough


def test_a_person_has_an_id() -> None:
    assert _principal(Kind.PERSON, str(PERSON)).person_id == PERSON


@pytest.mark.parametrize("kind", [Kind.CLIENT, Kind.SERVICE])
def test_a_program_is_no_person(kind: Kind) -> None:
    with pytest.raises(ValueError, match="no person"):
        _ = _principal(kind, "notify").person_id


def test_an_institution_s_approval_counts_there_and_only_upwards() -> None:
    here, there, elsewhere = (UUID(int=number) for number in (1, 2, 3))
    known = {here: Assurance.SUBSTANTIAL, there: Assurance.LOW}
    for own, at_here in ((Assurance.LOW, Assurance.SUBSTANTIAL), (Assurance.HIGH, Assurance.HIGH)):
        caller = Principal(Kind.PERSON, str(here), own, frozenset(), "portal", recognised=known)
        assert caller.assurance_at(here) is at_here
        assert caller.assurance_at(there) is own
        assert caller.assurance_at(elsewhere) is own
