"""The vocabulary of the contract: annotated types that every schema is made of."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from hub_core.language import Language


def to_z(instant: datetime) -> str:
    """An instant as it is given out: UTC with `Z`, milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _only_iso(form: str, code: str) -> Callable[[object], object]:
    """A validator that refuses what pydantic would take besides: seconds since 1970, as number or text."""
    pattern = re.compile(form)

    def check(value: object) -> object:
        if isinstance(value, (int, float)) or (isinstance(value, str) and not pattern.fullmatch(value)):
            raise PydanticCustomError(code, "not in the form of ISO 8601")
        return value

    return check


Id = Annotated[
    UUID,
    Field(
        json_schema_extra={
            "minLength": 36,
            "maxLength": 36,
            "examples": ["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        }
    ),
]
"""An identifier (UUIDv7), given out as a string."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_only_iso(r"\d{4}-\d{2}-\d{2}[Tt ].+", "datetime_parsing")),
    PlainSerializer(to_z, return_type=str),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "maxLength": 35, "examples": ["2026-11-21T19:53:41.120Z"]}
    ),
]
"""An instant, given out in UTC with `Z`."""

LegalDate = Annotated[
    date,
    BeforeValidator(_only_iso(r"\d{4}-\d{2}-\d{2}", "date_parsing")),
    Field(json_schema_extra={"maxLength": 10, "examples": ["2026-11-21"]}),
]
"""A date of law, meant in Europe/Bucharest; as text only `2026-11-21`, no number and no instant."""

Int32 = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True, json_schema_extra={"format": "int32"})]
"""A count or a number, from 0."""


class Resource(BaseModel):
    """A body: unknown members are refused, so that a typing error is not lost silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema with booleans that are `true` or `false`, not 0, 1 or a word."""
        made: CoreSchema = handler(source)
        waiting: list[Any] = [made]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                if node.get("type") == "bool":
                    node["strict"] = True
                waiting += node.values()
            elif isinstance(node, (list, tuple)):
                waiting += node
        return made


STORABLE: Final = r"^[^\x00]*$"
"""The pattern of every text that PostgreSQL can hold."""


def either(having: type[BaseModel], member: str, lacking: type[BaseModel]) -> BeforeValidator:
    """A validator of a union of two bodies: what has the member is read as `having`, else as `lacking`.

    So errors speak of one of them, with pointers that hold no name of a class.
    """

    def read(value: object) -> object:
        if isinstance(value, (having, lacking)):
            return value
        has_it = isinstance(value, Mapping) and member in value
        return (having if has_it else lacking).model_validate(value)

    return BeforeValidator(read)


class LocalisedText(Resource):
    """A text in the languages of the hub; Romanian is the official one."""

    ro: Annotated[
        str,
        Field(
            max_length=20_000,
            pattern=STORABLE,
            description="The Romanian, official text.",
            examples=["Direcția Generală de Pașapoarte"],
        ),
    ]
    hu: Annotated[
        str | None,
        Field(
            max_length=20_000,
            pattern=STORABLE,
            description="The Hungarian text.",
            examples=["Útlevél-igazgatóság"],
        ),
    ] = None
    en: Annotated[
        str | None,
        Field(
            max_length=20_000,
            pattern=STORABLE,
            description="The English text.",
            examples=["Passport directorate"],
        ),
    ] = None

    @classmethod
    def of(cls, texts: dict[str, str]) -> Self:
        """From a map of language to text."""
        return cls(**{language.value: texts[language] for language in Language if language in texts})


class FieldProblem(Resource):
    """What is wrong with one member of the request."""

    pointer: Annotated[
        str, Field(max_length=512, description="JSON pointer, or `query/<name>`.", examples=["/subject"])
    ]
    code: Annotated[
        str,
        Field(
            max_length=64, description="Stable code of the error, for programs.", examples=["string_too_long"]
        ),
    ]
    detail: Annotated[
        str,
        Field(
            max_length=2_000,
            description="What is wrong, in the caller's language.",
            examples=["The text is too long"],
        ),
    ]


class ProblemDetails(Resource):
    """An error (RFC 9457)."""

    type: Annotated[
        str, Field(max_length=2_048, json_schema_extra={"format": "uri"}, description="The problem's page.")
    ]
    title: Annotated[str, Field(max_length=256, description="What happened, in the caller's language.")]
    status: Annotated[
        int, Field(ge=400, le=599, json_schema_extra={"format": "int32"}, description="HTTP status.")
    ]
    detail: Annotated[str, Field(max_length=4_000, description="More about this occurrence.")]
    instance: Annotated[str, Field(max_length=2_048, description="The path that was asked for.")]
    trace_id: Annotated[
        str, Field(max_length=32, description="Give it to support: it finds the request in the logs.")
    ]
    errors: Annotated[
        list[FieldProblem], Field(max_length=100, description="Each wrong member, for 422.")
    ] = []
