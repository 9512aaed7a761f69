"""How a form is shown, in the dialects of two renderers, from its one description.

`rjsf` is the `uiSchema` of react-jsonschema-form, `jsonforms` the `uischema` of JSON Forms; labels and
help stand in the schema, where both read them.
"""

from typing import Any, Final

from hub_core.language import Language

from .form_schema import CHOICES
from .forms import Field, FieldKind, Form, Section, Sources, When
from .text import Texts

_INPUT: Final = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel"}
_SEND: Final = Texts(ro="Trimite", hu="Küldés", en="Send")
_MANY: Final = 4
"""From this many choices on one is picked from a list that opens."""


def rjsf(form: Form, sources: Sources, language: Language) -> dict[str, Any]:
    """The `uiSchema`: order, widgets, rows, tokens of automatic completion."""
    return {
        "ui:submitButtonOptions": {"submitText": _SEND.said_in(language)},
        "ui:order": [section.name for section in form.sections],
        **{section.name: _ordered(section.fields, sources) for section in form.sections},
    }


def _ordered(fields: tuple[Field, ...], sources: Sources) -> dict[str, Any]:
    hints = {each.name: _rjsf(each, sources) for each in fields}
    return {"ui:order": list(hints), **{name: hint for name, hint in hints.items() if hint}}


def _rjsf(asked: Field, sources: Sources) -> dict[str, Any]:
    hint: dict[str, Any] = {}
    options: dict[str, Any] = {}
    match asked.kind:
        case FieldKind.TEXT:
            hint["ui:widget"] = "textarea"
            options["rows"] = asked.rows or 4
        case FieldKind.CHOICE if _is_radio(asked, sources):
            hint["ui:widget"] = "radio"
        case FieldKind.CHOICES:
            hint["ui:widget"] = "checkboxes"
        case FieldKind.LIST:
            hint["items"] = _ordered(asked.fields, sources)
        case FieldKind.EVIDENCE if not sources.is_consent(asked):
            options |= _upload(asked, sources)
        case kind if kind in _INPUT:
            options["inputType"] = _INPUT[kind]
    if asked.autocomplete:
        hint["ui:autocomplete"] = asked.autocomplete
    if asked.example:
        hint["ui:placeholder"] = asked.example
    if options:
        hint["ui:options"] = options
    return hint


def jsonforms(form: Form, sources: Sources, language: Language) -> dict[str, Any]:
    """The `uischema`: a group for each section, a control for each field, rules for what is shown when."""
    return {
        "type": "VerticalLayout",
        "elements": [_group(section, sources, language) for section in form.sections],
    }


def _group(section: Section, sources: Sources, language: Language) -> dict[str, Any]:
    scope = f"#/properties/{section.name}"
    return {
        "type": "Group",
        "label": section.title.said_in(language),
        "elements": [_element(each, scope, sources, language) for each in section.fields],
    }


def _element(asked: Field, parent: str, sources: Sources, language: Language) -> dict[str, Any]:
    scope = f"{parent}/properties/{asked.name}"
    shown = {"rule": _rule(asked.when)} if asked.when else {}
    if asked.kind is FieldKind.EVIDENCE and not sources.is_consent(asked) and sources.max_items(asked) == 1:
        parts = [{"type": "Control", "scope": f"{scope}/properties/{part}"} for part in ("id", "sha256")]
        label = sources.label(asked).said_in(language)
        upload = {"widget": "upload", **_upload(asked, sources)}
        return {"type": "Group", "label": label, "elements": parts, "options": upload, **shown}
    if asked.kind is FieldKind.CHOICE:
        scope = f"{parent}/{CHOICES}/properties/{asked.name}"
    control = {"type": "Control", "scope": scope, "label": sources.label(asked).said_in(language)}
    options = _options(asked, sources, language)
    return {**control, **({"options": options} if options else {}), **shown}


def _options(asked: Field, sources: Sources, language: Language) -> dict[str, Any]:
    options: dict[str, Any] = {}
    match asked.kind:
        case FieldKind.TEXT:
            options = {"multi": True, "rows": asked.rows or 4}
        case FieldKind.CHOICE if _is_radio(asked, sources):
            options["format"] = "radio"
        case FieldKind.LIST:
            controls = [_element(each, "#", sources, language) for each in asked.fields]
            options["detail"] = {"type": "VerticalLayout", "elements": controls}
        case FieldKind.EVIDENCE if not sources.is_consent(asked):
            parts = [{"type": "Control", "scope": f"#/properties/{part}"} for part in ("id", "sha256")]
            options = {"widget": "upload", **_upload(asked, sources)}
            options["detail"] = {"type": "VerticalLayout", "elements": parts}
    if asked.autocomplete:
        options["autocomplete"] = asked.autocomplete
    if asked.example:
        options["placeholder"] = asked.example
    return options


def _rule(when: When) -> dict[str, Any]:
    section, name = when.path
    return {
        "effect": "SHOW",
        "condition": {
            "scope": f"#/properties/{section}/properties/{name}",
            "schema": {"enum": list(when.values)},
            "failWhenUndefined": True,
        },
    }


def _upload(asked: Field, sources: Sources) -> dict[str, Any]:
    evidence = sources.type_of(asked)
    return {"accept": ",".join(evidence.formats), "maxMegabytes": evidence.max_mb, "evidence": evidence.code}


def _is_radio(asked: Field, sources: Sources) -> bool:
    return asked.radio or len(sources.choices(asked)) <= _MANY
