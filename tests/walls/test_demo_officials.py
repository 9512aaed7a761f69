"""Demo data of one service names officials of another's: the same people, in the same offices."""

from svc_identity import seed as identity
from svc_petitions import seed as petitions


def test_officials_of_the_demos_petitions_hold_their_offices() -> None:
    held = {
        identity.id_of(email): {(institution, role) for institution, role in offices}
        for email, _, offices in identity.OFFICIALS
    }
    for official in petitions.OFFICIALS:
        (role,) = official.roles
        assert (official.institution_id, role) in held[official.person_id]
