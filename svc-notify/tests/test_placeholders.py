"""The wording of institutions as a tree: what it may hold, and that it holds nothing else."""

import pytest

from svc_notify.domain import placeholders
from svc_notify.domain.placeholders import Malformed, Value, When


def said(words: str, **values: str) -> str:
    """The words with these values."""
    return placeholders.fill(placeholders.parse(words), values)


def test_a_value_stands_where_its_name_stood() -> None:
    assert said("Nr. {{ number }} din {{day}}.", number="12", day="3.12.2026") == "Nr. 12 din 3.12.2026."


@pytest.mark.parametrize(
    ("values", "words"), [({"place": "sala 2"}, "Azi, sala 2."), ({}, "Azi, la ghișeu.")]
)
def test_what_is_said_only_with_or_only_without_a_value(values: dict[str, str], words: str) -> None:
    assert said("Azi, {{# place }}{{ place }}{{/ place }}{{^place}}la ghișeu{{/place}}.", **values) == words


def test_an_empty_value_counts_as_not_given() -> None:
    assert said("{{#a}}x{{/a}}{{^a}}y{{/a}}", a="") == "y"


def test_a_value_is_never_read_as_wording() -> None:
    assert said("{{ a }}", a="{{ b }}{{# b }}", b="secret") == "{{ b }}{{# b }}"


@pytest.mark.parametrize(
    "words",
    [
        *(
            "{{ 7 * 7 }}",
            "{{ a.b }}",
            "{{ a | upper }}",
            "{{ a() }}",
            "{{ A }}",
            "{{ }}",
            "{{ _a }}",
            "{{{ a }}}",
        ),
        *("{{ a", "a }}", "{{ a }} }}", "{{ {{ a }} }}", "{{! comment }}", "{{> other }}", "{{& a }}"),
        *("{{ a['__class__'] }}", f"{{{{ {'a' * 41} }}}}"),
    ],
)
def test_nothing_but_a_name_stands_in_braces(words: str) -> None:
    with pytest.raises(Malformed, match="placeholder"):
        placeholders.parse(words)


@pytest.mark.parametrize("words", ["{{#a}}x", "x{{/a}}", "{{#a}}x{{/b}}", "{{/a}}{{#a}}"])
def test_a_section_is_closed_by_its_name(words: str) -> None:
    with pytest.raises(Malformed, match="section-open"):
        placeholders.parse(words)


def test_a_section_holds_no_other() -> None:
    with pytest.raises(Malformed, match="section-nested"):
        placeholders.parse("{{#a}}{{#b}}x{{/b}}{{/a}}")


def test_what_is_no_tag_is_words_whatever_it_looks_like() -> None:
    for words in ("{ a }", "{% for x in y %}", "${a}", "%(a)s", "{0}"):
        assert placeholders.parse(words) == (words,)


def test_the_tree_tells_which_values_it_takes_and_which_it_takes_unasked() -> None:
    tree = placeholders.parse("{{ a }}{{# b }}{{ b }}{{ c }}{{/ b }}{{^ d }}{{ d }}{{/ d }}")
    assert placeholders.names(tree) == {"a", "b", "c", "d"}
    assert placeholders.unguarded(tree) == {"a", "c", "d"}
    assert tree[1] == When(name="b", given=True, parts=(Value("b"), Value("c")))


def test_the_fixed_words_alone_are_what_is_read_for_content() -> None:
    assert placeholders.spoken(placeholders.parse("am{{ a }}end{{# b }}ă{{/ b }}")) == "am endă"
