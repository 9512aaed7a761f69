"""What the API shows of forms."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue

from hub_core.language import Language
from hub_service.schemas import STORABLE, Int32, LocalisedText, Resource

from ..domain import form_hints, form_schema, forms
from ..domain.forms import FieldKind, Form, Known, Sources
from .evidence import EvidenceCode
from .services import MediaType
from .vocabulary import Version

FormCode = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z0-9-]+$",
        examples=["petition"],
        description="Its code, the same as that of its service.",
    ),
]
FieldName = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", examples=["email"], description="Its member.")
]
FormData = Annotated[
    dict[Annotated[str, Field(max_length=64)], JsonValue],
    Field(
        max_length=50,
        description="The answers, section by section, as the form's schema says.",
        examples=[
            {
                "request": {"content": "CURRENT", "purpose": "Înscrierea copilului la școală"},
                "consents": {"identity_data": True},
            }
        ],
    ),
]
Document = Annotated[dict[str, JsonValue], Field(max_length=1_000, examples=[{"type": "object"}])]


class FormSummary(Resource):
    """A form, in a list."""

    code: FormCode
    version: Version
    title: Annotated[LocalisedText, Field(description="What it is called.")]

    @classmethod
    def of(cls, form: Form) -> Self:
        """The view of a form."""
        return cls.model_validate(
            {"code": form.code, "version": form.version, "title": form.title}, from_attributes=True
        )


class WhenView(Resource):
    """In which case something is asked for."""

    pointer: Annotated[
        str,
        Field(
            max_length=200, examples=["/answer/by"], description="JSON pointer of the answer it depends on."
        ),
    ]
    values: Annotated[
        list[Annotated[str, Field(max_length=200, pattern=STORABLE)] | bool],
        Field(max_length=50, examples=[["POST"]], description="The answers in which it is asked for."),
    ]


class UploadView(Resource):
    """What may be uploaded."""

    formats: Annotated[list[MediaType], Field(max_length=10, description="Media types.")]
    max_mb: Annotated[Int32, Field(ge=1, examples=[10], description="The largest file in MB (10^6 bytes).")]
    max_files: Annotated[Int32, Field(ge=1, examples=[1], description="How many files at most.")]


class QuestionView(Resource):
    """A question of a form, in every language."""

    pointer: Annotated[
        str,
        Field(
            max_length=200,
            examples=["/applicant/email"],
            description="JSON pointer of its answer; `*` for each item of a list.",
        ),
    ]
    kind: Annotated[FieldKind, Field(description="What is asked for.")]
    label: Annotated[LocalisedText, Field(description="The question, or what is agreed to.")]
    help: Annotated[LocalisedText | None, Field(description="What is said below it.")]
    required: Annotated[bool, Field(description="Whether it must be answered, where it is asked.")]
    when: Annotated[WhenView | None, Field(description="In which case it is asked; null: always.")]
    autocomplete: Annotated[
        str | None,
        Field(
            max_length=50, examples=["email"], description="Token of HTML `autocomplete` (WCAG 2.2, 1.3.5)."
        ),
    ]
    prefilled: Annotated[bool, Field(description="Whether the hub may fill it in for a signed-in person.")]
    evidence: Annotated[EvidenceCode | None, Field(description="The type of evidence, where it is some.")]
    consent: Annotated[bool, Field(description="Whether it is a consent to take evidence from a register.")]
    upload: Annotated[UploadView | None, Field(description="What may be uploaded, where something is.")]


class FormSectionView(Resource):
    """Questions that belong together: a step, or a group on the screen."""

    name: FieldName
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    help: Annotated[LocalisedText | None, Field(description="What is said below the title.")]
    questions: Annotated[list[QuestionView], Field(max_length=100, description="In order.")]


class RenderingHints(Resource):
    """How it is shown, in the dialects of two renderers."""

    rjsf: Annotated[Document, Field(description="The `uiSchema` of react-jsonschema-form.")]
    jsonforms: Annotated[Document, Field(description="The `uischema` of JSON Forms.")]


class FormView(FormSummary):
    """A form, whole: what it asks in every language, its schema and hints in one."""

    language: Annotated[Language, Field(description="The language of schema and hints.", examples=["ro"])]
    sections: Annotated[list[FormSectionView], Field(max_length=30, description="What it asks, in order.")]
    schema_: Annotated[
        Document, Field(alias="schema", description="The JSON Schema (2020-12) of the answers.")
    ]
    ui: Annotated[RenderingHints, Field(description="Hints for renderers.")]

    @classmethod
    def shown(cls, form: Form, sources: Sources, language: Language, address: str) -> Self:
        """The view of a form; `address` is that of its schema."""
        return cls.model_validate(
            {
                "code": form.code,
                "version": form.version,
                "title": form.title,
                "language": language,
                "sections": [_section(section, sources) for section in form.sections],
                "schema": form_schema.schema(form, sources, language, address),
                "ui": {
                    "rjsf": form_hints.rjsf(form, sources, language),
                    "jsonforms": form_hints.jsonforms(form, sources, language),
                },
            },
            from_attributes=True,
        )


class FormDataAccepted(Resource):
    """The answers fit the form."""

    code: FormCode
    version: Version
    valid: Annotated[bool, Field(description="Always true: what does not fit is a problem.", examples=[True])]

    @classmethod
    def of(cls, form: Form) -> Self:
        """The view of a check that found nothing."""
        return cls(code=form.code, version=form.version, valid=True)


class PrefillView(Resource):
    """What the hub knows of the applicant, in the members of a form."""

    code: FormCode
    version: Version
    data: Annotated[
        dict[FieldName, dict[FieldName, Annotated[str, Field(max_length=400)]]],
        Field(
            max_length=30,
            description="Answers to begin with; the applicant may change each of them.",
            examples=[{"applicant": {"given_name": "Ana", "family_name": "Popescu"}}],
        ),
    ]

    @classmethod
    def of(cls, form: Form, known: Mapping[Known, str]) -> Self:
        """The view of what is known."""
        return cls(code=form.code, version=form.version, data=forms.prefill(form, known))


def _section(section: forms.Section, sources: Sources) -> dict[str, Any]:
    questions = []
    for each in section.fields:
        pointer = f"/{section.name}/{each.name}"
        questions.append(_question(each, pointer, sources))
        questions += [_question(part, f"{pointer}/*/{part.name}", sources) for part in each.fields]
    return {
        "name": section.name,
        "title": section.title,
        "help": section.help,
        "questions": questions,
    }


def _question(asked: forms.Field, pointer: str, sources: Sources) -> dict[str, Any]:
    consent = sources.is_consent(asked)
    when = asked.when
    return {
        "pointer": pointer,
        "kind": asked.kind,
        "label": sources.label(asked),
        "help": form_schema.help_of(asked, sources),
        "required": asked.required,
        "when": {"pointer": "/" + "/".join(when.path), "values": when.values} if when else None,
        "autocomplete": asked.autocomplete or None,
        "prefilled": asked.known is not None and when is None,
        "evidence": asked.evidence,
        "consent": consent,
        "upload": None if asked.evidence is None or consent else _upload(asked, sources),
    }


def _upload(asked: forms.Field, sources: Sources) -> dict[str, Any]:
    evidence = sources.type_of(asked)
    return {
        "formats": evidence.formats,
        "max_mb": evidence.max_mb,
        "max_files": sources.max_items(asked),
    }
