"""The length of text messages (8.1; edge case 84)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svc_notify.domain import sms
from svc_notify.domain.sms import Alphabet, Length


def test_the_official_romanian_text_takes_two_parts_and_one_without_diacritics() -> None:
    official = "Cererea dumneavoastră a fost înregistrată cu nr. 123456 din 21.11.2026."
    ascii_variant = "Cererea dumneavoastra a fost inregistrata cu nr. 123456 din 21.11.2026."
    assert len(official) == 71
    assert sms.measure(official) == Length(Alphabet.UCS_2, 2)
    assert sms.measure(ascii_variant) == Length(Alphabet.GSM_7, 1)


@pytest.mark.parametrize("letter", "ăâîșțşţáíóőúűĂÂÎȘȚ")
def test_romanian_letters_and_most_hungarian_ones_force_ucs_2(letter: str) -> None:
    assert sms.measure(letter).alphabet is Alphabet.UCS_2


@pytest.mark.parametrize("letter", "éöüÉÖÜ@£_€[]")
def test_some_letters_of_hungarian_are_in_gsm_7(letter: str) -> None:
    assert sms.measure(letter).alphabet is Alphabet.GSM_7


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ă" * 70, 1),
        ("ă" * 71, 2),
        ("ă" * 134, 2),
        ("ă" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 66, 2),
        ("🙂" * 67, 3),
    ],
)
def test_parts_are_counted_at_their_borders(text: str, parts: int) -> None:
    assert sms.measure(text).parts == parts


@given(st.text(max_size=400), st.text(max_size=1))
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert sms.measure(text + more).parts >= sms.measure(text).parts
