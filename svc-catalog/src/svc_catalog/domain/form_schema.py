"""The JSON Schema (2020-12) of a form, in one language.

It says all that a schema can say and that every validator says alike: simple patterns, no format but
`date` and `email`. What needs more (check digits, dates in the past) is in `form_checks`.
"""

from collections.abc import Iterable
from typing import Any, Final

from hub_core.language import Language

from .forms import Field, FieldKind, Form, Section, Sources, When
from .text import Texts

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NOT_BLANK: Final = "[^ \\t\\r\\n]"
ONE_LINE: Final = "^[ \\t]*[^ \\t\\r\\n][^\\r\\n]*$"

CHOICES: Final = "allOf/0"
"""Where in an object its choices stand."""

_PHONE: Final = "^[+0-9][0-9 ./()-]*$"
_TIME: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_PLATE: Final = "^[A-Z0-9][A-Z0-9 -]*$"
_UUID: Final = "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
_SHA256: Final = "^[0-9a-f]{64}$"
_FILE: Final = Texts(
    ro="Numărul fișierului încărcat", hu="A feltöltött fájl azonosítója", en="Id of the file"
)
_DIGEST: Final = Texts(
    ro="Amprenta SHA-256 a fișierului", hu="A fájl SHA-256 ujjlenyomata", en="SHA-256 of the file"
)


def schema(form: Form, sources: Sources, language: Language, address: str) -> dict[str, Any]:
    """The schema of a form's data; `address` becomes its `$id`."""
    made = _object(
        {section.name: _section(section, sources, language) for section in form.sections},
        [
            section.name
            for section in form.sections
            if any(each.required and each.when is None for each in section.fields)
        ],
    )
    cases = [
        _case(each.when, section, each)
        for section, each in form.fields()
        if each.when is not None and each.when.path[0] != section.name
    ]
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": form.title.said_in(language),
        "description": form.description.said_in(language),
        **made,
        **({"allOf": cases} if cases else {}),
    }


def _section(section: Section, sources: Sources, language: Language) -> dict[str, Any]:
    made = _fields(section.fields, sources, language)
    cases = [
        _case_inside(each.when, each)
        for each in section.fields
        if each.when is not None and each.when.path[0] == section.name
    ]
    return {
        "title": section.title.said_in(language),
        **({"description": section.help.said_in(language)} if section.help else {}),
        **made,
        **({"allOf": [*made.get("allOf", ()), *cases]} if cases else {}),
    }


def _fields(fields: Iterable[Field], sources: Sources, language: Language) -> dict[str, Any]:
    """The object of these fields. Its choices stand in `CHOICES`, beside the questions.

    A renderer that looks for first values takes the first of `oneOf` where the question itself has it,
    and nobody would have chosen; it merges `allOf` when it shows the question, after that.
    """
    fields = tuple(fields)
    always = [each.name for each in fields if each.required and each.when is None]
    lists = {each.name: _choices(each, sources, language) for each in fields if each.kind is FieldKind.CHOICE}
    made = _object({each.name: _field(each, sources, language) for each in fields}, always)
    if lists:
        required = [name for name in always if name in lists]
        made["allOf"] = [{"properties": lists, **({"required": required} if required else {})}]
    return made


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _field(asked: Field, sources: Sources, language: Language) -> dict[str, Any]:
    texts: dict[str, Any] = {"title": sources.label(asked).said_in(language)}
    if text := help_of(asked, sources):
        texts["description"] = text.said_in(language)
    return texts | _shape(asked, sources, language)


def help_of(asked: Field, sources: Sources) -> Texts | None:
    """What is said below the question: the field's own words, or those of its type of evidence."""
    if asked.help is not None or asked.kind is not FieldKind.EVIDENCE or sources.is_consent(asked):
        return asked.help
    return sources.type_of(asked).description


def _shape(asked: Field, sources: Sources, language: Language) -> dict[str, Any]:
    if asked.kind is FieldKind.CHOICES:
        return _array(asked, _choices(asked, sources, language), len(sources.choices(asked)))
    if asked.kind is FieldKind.LIST:
        return _array(asked, _fields(asked.fields, sources, language), sources.max_items(asked))
    if asked.kind is FieldKind.EVIDENCE and not sources.is_consent(asked):
        upload, most = _upload(language), sources.max_items(asked)
        return upload if most == 1 else _array(asked, upload, most)
    if asked.kind in _TICKED:
        # `enum`, not `const`: some renderers fill a constant in by themselves, and nobody would have agreed.
        return {"type": "boolean", **({"enum": [True]} if _must_be_ticked(asked) else {})}
    return {"type": "string", **_STRINGS.get(asked.kind, {}), **_of_text(asked)}


def _of_text(asked: Field) -> dict[str, Any]:
    if asked.kind not in _TEXTS:
        return {}
    return {"minLength": asked.min_length, "maxLength": asked.max_length, "pattern": _TEXTS[asked.kind]}


def _must_be_ticked(asked: Field) -> bool:
    if asked.kind is FieldKind.EVIDENCE:
        return asked.required
    return asked.kind is FieldKind.DECLARATION


def _choices(asked: Field, sources: Sources, language: Language) -> dict[str, Any]:
    choices = [{"const": each.code, "title": each.label.said_in(language)} for each in sources.choices(asked)]
    return {"type": "string", "oneOf": choices}


def _array(asked: Field, items: dict[str, Any], most: int) -> dict[str, Any]:
    least = {"minItems": asked.min_items} if asked.required else {}
    return {"type": "array", "items": items, **least, "maxItems": most, "uniqueItems": True}


def _upload(language: Language) -> dict[str, Any]:
    return _object(
        {
            "id": {
                "title": _FILE.said_in(language),
                "type": "string",
                "minLength": 36,
                "maxLength": 36,
                "pattern": _UUID,
            },
            "sha256": {
                "title": _DIGEST.said_in(language),
                "type": "string",
                "minLength": 64,
                "maxLength": 64,
                "pattern": _SHA256,
            },
        },
        ["id", "sha256"],
    )


def _case_inside(when: When, asked: Field) -> dict[str, Any]:
    """In which case a field is asked for, and that it is left out otherwise, by a field of its section."""
    return {
        "if": _is(when),
        **({"then": {"properties": {asked.name: {}}, "required": [asked.name]}} if asked.required else {}),
        "else": {"properties": {asked.name: False}},
    }


def _case(when: When, section: Section, asked: Field) -> dict[str, Any]:
    """The same by a field of another section."""
    inside = _case_inside(when, asked)

    def at(name: str, part: dict[str, Any]) -> dict[str, Any]:
        return {"properties": {name: {"type": "object", **part}}, "required": [name]}

    return {
        "if": at(when.path[0], inside["if"]),
        **({"then": at(section.name, inside["then"])} if asked.required else {}),
        "else": {"properties": {section.name: {"type": "object", **inside["else"]}}},
    }


def _is(when: When) -> dict[str, Any]:
    name = when.path[1]
    return {"properties": {name: {"enum": list(when.values)}}, "required": [name]}


_STRINGS: Final[dict[FieldKind, dict[str, Any]]] = {
    FieldKind.EMAIL: {"minLength": 3, "maxLength": 254, "format": "email"},
    FieldKind.PHONE: {"minLength": 6, "maxLength": 25, "pattern": _PHONE},
    FieldKind.DATE: {"minLength": 10, "maxLength": 10, "format": "date"},
    FieldKind.TIME: {"minLength": 5, "maxLength": 5, "pattern": _TIME},
    FieldKind.POSTAL_CODE: {"minLength": 6, "maxLength": 6, "pattern": "^[0-9]*$"},
    FieldKind.PLATE: {"minLength": 3, "maxLength": 12, "pattern": _PLATE},
    FieldKind.CNP: {"minLength": 13, "maxLength": 13, "pattern": "^[1-9][0-9]*$"},
    FieldKind.CUI: {"minLength": 2, "maxLength": 12, "pattern": "^(RO)? ?[0-9]+$"},
}
_TICKED: Final = frozenset({FieldKind.TICK, FieldKind.DECLARATION, FieldKind.EVIDENCE})
_TEXTS: Final = {FieldKind.LINE: ONE_LINE, FieldKind.TEXT: NOT_BLANK, FieldKind.DIGITS: "^[0-9]*$"}
