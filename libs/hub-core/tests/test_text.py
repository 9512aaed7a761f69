import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hub_core import text

LINE = TypeAdapter(text.Line)
TEXT = TypeAdapter(text.Text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Braşov, Timiş, Ţara, ŞI", "Brașov, Timiș, Țara, ȘI"),  # cedilla
        ("s\u0326i t\u0326ara a\u0302", "și țara â"),  # combining marks
        ("Ő ű Kovászna", "Ő ű Kovászna"),
    ],
)
def test_text_is_kept_in_nfc_with_comma_below(written: str, kept: str) -> None:
    assert text.normalise(written) == kept


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Brașov", "brasov"),
        ("BRAŞOV", "brasov"),
        ("Sfântu Gheorghe", "sfantu gheorghe"),
        ("Székely Ő Ű", "szekely o u"),
        ("Straße", "strasse"),
    ],
)
def test_text_is_compared_without_diacritics_and_case(written: str, folded: str) -> None:
    assert text.fold(written) == folded


@given(st.text())
def test_folding_and_normalising_twice_changes_nothing(written: str) -> None:
    assert text.normalise(text.normalise(written)) == text.normalise(written)
    assert text.fold(text.fold(written)) == text.fold(written)


@given(st.text(alphabet="ăâîșțşţĂÂÎȘȚŞŢabc őűáé"))
def test_what_folds_together_was_the_same_without_marks(written: str) -> None:
    assert text.fold(written).isascii()
    assert text.fold(text.normalise(written)) == text.fold(written)


def test_a_line_is_stripped_and_normalised() -> None:
    assert LINE.validate_python("  Sesizare privind Braşovul ") == "Sesizare privind Brașovul"


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\x7fb", "a\u2028b", "\ufeffa"])
def test_control_characters_are_refused(bad: str) -> None:
    for adapter in (LINE, TEXT):
        with pytest.raises(ValidationError, match="control characters"):
            adapter.validate_python(bad)


@pytest.mark.parametrize("bad", ["a\nb", "a\tb", "a\r\nb"])
def test_a_line_has_no_breaks(bad: str) -> None:
    with pytest.raises(ValidationError, match="line breaks"):
        LINE.validate_python(bad)


def test_a_text_keeps_its_lines() -> None:
    assert TEXT.validate_python(" unu\r\ndoi\rtrei\tpatru\n") == "unu\ndoi\ntrei\tpatru"


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python("a" * 10_001)
    with pytest.raises(ValidationError):
        TEXT.validate_python("a" * 200_001)


def test_what_shows_nothing_is_empty() -> None:
    assert TEXT.validate_python(" \u200b\n\u2060") == ""
