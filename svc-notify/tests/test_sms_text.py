"""What fits into a text message: the alphabet, the parts, the letters (8.1; edge case 84)."""

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core import clock
from hub_testing import rules
from svc_notify.domain import sms_text
from svc_notify.domain.sms_text import BASIC, EXTENSION, Alphabet, Limits, Measure

LIMITS = Limits.on(
    rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json"), clock.local_date(clock.now())
)
REGISTERED = "Cererea dumneavoastră a fost înregistrată cu nr. 123456 din 21.11.2026."
BEAR = (
    "Atentie! Urs observat in zona Manastirii Turnu, din localitatea Calimanesti. Sporiti atentia! Nu va "
    "expuneti pericolului! Evitati zona! In caz de urgenta apelati 112! Inspectoratul pentru Situatii de "
    "Urgenta al judetului Valcea"
)
TEXTS = st.text(st.sampled_from([*sorted(BASIC | EXTENSION), *"ăâîșțşţáíóőúű😀🇷🇴\u0301"]), max_size=700)
GSM_TEXTS = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=700)


def parts(text: str) -> int:
    return sms_text.measure(text, LIMITS).parts


def units(text: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UCS2:
        return len(text.encode("utf-16-le")) // 2
    return len(text) + sum(character in EXTENSION for character in text)


def test_the_alphabet_has_128_places_of_which_one_is_the_escape_and_ten_more_behind_it() -> None:
    assert (len(BASIC), len(EXTENSION)) == (127, 10)
    assert not BASIC & EXTENSION


def test_the_vectors_of_the_handbook() -> None:
    assert sms_text.measure(REGISTERED, LIMITS) == Measure(Alphabet.UCS2, 71, 2)
    assert sms_text.measure(sms_text.without_marks(REGISTERED), LIMITS) == Measure(Alphabet.GSM7, 71, 1)
    assert sms_text.measure(BEAR, LIMITS) == Measure(Alphabet.GSM7, 227, 2)
    assert not set("ăâîșț") & BASIC
    assert set("éöü") < BASIC
    assert not set("áíóőúű") & BASIC


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ă" * 70, 1),
        ("ă" * 71, 2),
        ("ă" * 134, 2),
        ("ă" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("€" * 153, 3),
    ],
    ids=lambda value: f"{value[:1]}{len(value)}" if isinstance(value, str) else str(value),
)
def test_how_many_parts_a_text_takes(text: str, count: int) -> None:
    assert parts(text) == count


def test_edge_case_84_one_letter_with_a_mark_makes_more_parts_of_a_text() -> None:
    assert parts("a" * 160) == 1
    assert parts("a" * 159 + "ă") == 3


def test_edge_case_84_a_cedilla_becomes_the_comma_and_two_characters_one() -> None:
    assert sms_text.corrected("Înştiinţare ŞŢ") == "Înștiințare ȘȚ"
    assert sms_text.corrected(unicodedata.normalize("NFD", "Înștiințare")) == "Înștiințare"
    assert sms_text.without_marks("Înştiinţare, înștiințare") == "Instiintare, instiintare"


def test_what_is_in_the_alphabet_keeps_its_marks_and_typography_gets_plain() -> None:
    assert sms_text.without_marks("Köszönjük, é és ű, Ő: „igen” \u2013 5\u00a0€…") == (
        'Köszönjük, é és ü, Ö: "igen" - 5 €...'
    )


def test_what_has_no_plain_form_stays_as_it_is() -> None:
    assert sms_text.without_marks("Київ 😀 ă") == "Київ 😀 a"


@given(TEXTS)
def test_parts_are_the_text_cut_nowhere_in_the_middle_of_a_character(text: str) -> None:
    cut = sms_text.split(text, LIMITS)
    alphabet = sms_text.alphabet_of(text)
    single, several = (160, 153) if alphabet is Alphabet.GSM7 else (70, 67)
    assert "".join(cut) == text
    if len(cut) == 1:
        assert units(text, alphabet) <= single
    else:
        assert units(text, alphabet) > single
        assert all(0 < units(part, alphabet) <= several for part in cut)
        assert all(units(part + after[0], alphabet) > several for part, after in pairwise(cut))


@given(GSM_TEXTS)
def test_a_text_of_the_alphabet_needs_no_other_form(text: str) -> None:
    assert sms_text.alphabet_of(text) is Alphabet.GSM7
    assert sms_text.without_marks(text) == text


@given(st.text(max_size=200))
def test_leaving_marks_out_twice_is_leaving_them_out_once(text: str) -> None:
    plain = sms_text.without_marks(text)
    assert sms_text.without_marks(plain) == plain


@given(st.text(st.sampled_from("aăâîșțşţ éáíóöőúüű„”\u2013…0"), max_size=200))
def test_romanian_and_hungarian_always_fit_into_the_alphabet_without_marks(text: str) -> None:
    assert sms_text.alphabet_of(sms_text.without_marks(text)) is Alphabet.GSM7
