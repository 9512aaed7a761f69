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


@pytest.mark.parametrize("code", FORMS)
def test_what_fits_fits_for_both(check: Any, code: str) -> None:
    form = shown(code)
    said = check([form.asked(examples=ANSWERS[code])])
    assert said["answers"][0]["faults"] == [[] for _ in ANSWERS[code]]
    assert [form.faults(data) for data in ANSWERS[code]] == [set() for _ in ANSWERS[code]]


@pytest.mark.parametrize("code", FORMS)
def test_what_does_not_fit_is_faulted_by_both_at_the_same_places(check: Any, code: str) -> None:
    form = shown(code)
    examples = [wrong for data in ANSWERS[code] for wrong in broken(data)]
    assert len(examples) > 50
    [answer] = check([form.asked(examples=examples)])["answers"]
    faulted = 0
    for data, said in zip(examples, answer["faults"], strict=True):
        ours = {fault for fault in form.faults(data) if fault[1] not in ONLY_THE_SERVER}
        assert {(pointer, keyword) for pointer, keyword in said} == ours, data
        faulted += bool(ours)
    assert faulted > len(examples) / 2
