"""What a stranger sees of a holder."""

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from svc_criminal_record import keys
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.storage import hints

ONE, ANOTHER = UUID(int=1), UUID(int=2)
KEY = keys.derived_from(bytes(32))


@pytest.mark.parametrize(
    ("names", "initials"),
    [
        ("Ana Maria Popescu", "A. M. P."),
        ("Ștefănel-Bălaș Țurcan-Szőke", "Ș. B. Ț. S."),
        ("István Kovács", "I. K."),
        ("Иван Петров", "И. П."),
        ("أحمد حسن", "أ. ح."),
        ("A B C D E F G H", "A. B. C. D. E. F."),
        ("ßeta", "S."),
        ("", ""),
    ],
)
def test_names_are_told_by_their_initials(names: str, initials: str) -> None:
    assert Hint.of(names, None).initials == initials


def test_of_a_number_the_last_four_are_told_and_a_hint_never_shows_itself() -> None:
    hint = Hint.of("Ana Popescu", "2990215409000")
    assert hint.last_four == "9000"
    assert "9000" not in repr(hint)


def test_hints_are_of_one_size_and_belong_to_their_certificate() -> None:
    hint = Hint.of("Ștefănel-Bălaș Țurcan-Szőke Иван Ахмед", "2990215409000")
    sealed = hints.seal(KEY, ONE, hint)
    assert len(sealed) == len(hints.seal(KEY, ONE, Hint.of("A B", None)))
    assert hints.unseal(KEY, ONE, sealed) == hint
    with pytest.raises(InvalidTag):
        hints.unseal(KEY, ANOTHER, sealed)
