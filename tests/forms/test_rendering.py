"""Both renderers show every question that is asked, with a label; nothing is chosen beforehand."""

from html.parser import HTMLParser
from typing import Any, Final

import pytest

from svc_catalog.domain.forms import FieldKind

from .conftest import FORMS, Shown, shown
from .examples import ANSWERS

INPUTS: Final = {"input", "select", "textarea"}
VOID: Final = {"input", "br", "hr", "img", "meta", "link"}
BEGUN: Final = {"appointment": {}, "applicants": {"persons": [{}]}}
"""A list is shown with an item to fill in."""


class Page(HTMLParser):
    """The labels and the inputs of a rendered form; what is hidden is passed over."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.chosen: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._inputs: list[tuple[str | None, bool]] = []
        self._labelled: set[str | None] = set()
        self.feed(html)

    @property
    def unlabelled(self) -> list[str | None]:
        return [name for name, inside in self._inputs if not inside and name not in self._labelled]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = dict(attributes)
        if tag not in VOID:
            self._open.append((tag, attrs))
        if self._is_hidden() or "hidden" in attrs:
            return
        if tag == "label":
            self._labelled.add(attrs.get("for"))
        if tag in INPUTS:
            inside = any(name == "label" for name, _ in self._open) or "aria-label" in attrs
            self._inputs.append((attrs.get("id"), inside))
        if "checked" in attrs or ("selected" in attrs and attrs.get("value")):
            self.chosen.append(str(attrs))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not self._is_hidden():
            self.texts.append(text)

    def _is_hidden(self) -> bool:
        return any("hidden" in attrs for _, attrs in self._open)


def asked(form: Shown, data: dict[str, Any]) -> list[tuple[str, str]]:
    """What is asked in this case: kind, and label."""
    found = []
    for _, field in form.form.fields():
        if field.when is not None:
            section, name = field.when.path
            if data.get(section, {}).get(name) not in field.when.values:
                continue
        found += [(each.kind, form.sources.label(each).ro) for each in (field, *field.fields)]
    return found


@pytest.fixture(scope="module")
def pages(check: Any) -> dict[str, list[dict[str, str]]]:
    """Each form in Romanian: first with nothing filled in, then with the answers of each of its cases."""
    said = check([shown(code).asked(shown=[_begun(code), *ANSWERS[code]]) for code in FORMS])
    assert said["warnings"] == []
    return {code: answer["shown"] for code, answer in zip(FORMS, said["answers"], strict=True)}


def _begun(code: str) -> dict[str, Any]:
    return BEGUN if code == "passport-booking" else {}


@pytest.mark.parametrize("code", FORMS)
@pytest.mark.parametrize("renderer", ["rjsf", "jsonforms"])
def test_every_question_of_a_case_is_shown_with_its_label(
    pages: dict[str, list[dict[str, str]]], code: str, renderer: str
) -> None:
    form = shown(code)
    labels = {
        form.sources.label(each).ro for _, field in form.form.fields() for each in (field, *field.fields)
    }
    for data, rendered in zip(ANSWERS[code], pages[code][1:], strict=True):
        page = Page(rendered[renderer])
        expected = asked(form, data)
        texts = {text.strip().removesuffix("*") for text in page.texts}
        assert labels & texts == {label for _, label in expected}
        assert "No applicable" not in rendered[renderer]
        if renderer == "rjsf" or all(kind is not FieldKind.CHOICES for kind, _ in expected):
            assert page.unlabelled == []  # JSON Forms' plain table of choices names its column only


@pytest.mark.parametrize("code", FORMS)
@pytest.mark.parametrize("renderer", ["rjsf", "jsonforms"])
def test_nothing_is_chosen_or_ticked_beforehand(
    pages: dict[str, list[dict[str, str]]], code: str, renderer: str
) -> None:
    assert Page(pages[code][0][renderer]).chosen == []


def test_tokens_of_completion_are_on_the_inputs(pages: dict[str, list[dict[str, str]]]) -> None:
    page = pages["contest-registration"][0]["rjsf"].lower()
    for token in ("given-name", "family-name", "bday", "email", "tel", "address-level2", "street-address"):
        assert f'autocomplete="{token}"' in page
