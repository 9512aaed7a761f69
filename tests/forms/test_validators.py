"""AJV in strict mode takes every schema, and finds in every answer what the server finds."""

from typing import Any

import pytest

from hub_core.language import Language

from .conftest import FORMS, shown
from .examples import ANSWERS, broken

ONLY_THE_SERVER = {"cnp", "cui", "phone", "future", "repeated"}
"""What no schema can say: `domain/form_checks.py`."""


def test_every_form_has_answers_for_each_of_its_cases() -> None:
    assert ANSWERS.keys() == FORMS.keys()
    for code, form in FORMS.items():
        answered = {
            f"{section}.{name}"
            for data in ANSWERS[code]
            for section, members in data.items()
            for name in members
        }
        assert {f"{section.name}.{field.name}" for section, field in form.fields()} == answered


def test_every_schema_in_every_language_is_compiled_without_a_warning(check: Any) -> None:
    asked = [shown(code, language).asked() for code in FORMS for language in Language]
    said = check(asked)
    assert len(said["answers"]) == 3 * len(FORMS)
    assert said["warnings"] == []


@pytest.fixture(scope="module")
def wrong() -> dict[str, list[dict[str, Any]]]:
    return {code: [one for data in ANSWERS[code] for one in broken(data)] for code in FORMS}


@pytest.fixture(scope="module")
def found(check: Any, wrong: dict[str, list[dict[str, Any]]]) -> dict[str, list[set[tuple[str, str]]]]:
    """What AJV finds: in the answers that fit, then in those that do not."""
    said = check([shown(code).asked(examples=[*ANSWERS[code], *wrong[code]]) for code in FORMS])
    return {
        code: [{(pointer, keyword) for pointer, keyword in faults} for faults in answer["faults"]]
        for code, answer in zip(FORMS, said["answers"], strict=True)
    }


@pytest.mark.parametrize("code", FORMS)
def test_what_fits_fits_for_both(found: dict[str, list[set[tuple[str, str]]]], code: str) -> None:
    nothing: list[set[tuple[str, str]]] = [set() for _ in ANSWERS[code]]
    assert found[code][: len(ANSWERS[code])] == nothing
    assert [shown(code).faults(data) for data in ANSWERS[code]] == nothing


@pytest.mark.parametrize("code", FORMS)
def test_what_does_not_fit_is_faulted_by_both_at_the_same_places(
    found: dict[str, list[set[tuple[str, str]]]], wrong: dict[str, list[dict[str, Any]]], code: str
) -> None:
    form = shown(code)
    theirs = found[code][len(ANSWERS[code]) :]
    ours = [form.faults(data) for data in wrong[code]]
    assert sum(map(bool, ours)) > len(ours) / 2 > 25
    for data, one, other in zip(wrong[code], ours, theirs, strict=True):
        assert {fault for fault in one if fault[1] not in ONLY_THE_SERVER} == other, data
