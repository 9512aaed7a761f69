"""What the API shows of legal numbers, and what officials say when they change one."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, PlainSerializer, WithJsonSchema

from hub_core.language import Language
from hub_core.rules import Counting, Option, Rule, Unit
from hub_core.text import Line
from hub_service.schemas import Id, Instant, Int32, LegalDate, LocalisedText, Resource

from ..domain.rules import RuleChange, RuleChangeKind, RuleChangeState, RuleField, RuleTable, Wanted
from .vocabulary import Reason, RuleCode, Verified, Version

_VALUE: Final = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
Value = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": _VALUE, "maxLength": 19, "examples": ["202.50"]}),
]
LegalBasis = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=200,
        examples=["OG nr. 27/2002 art. 8 alin. (1)"],
        description="Short citation, in Romanian; `design` where no law gives the number.",
    ),
]
FirstDay = Annotated[LegalDate, Field(description="First day of the value.")]
LastDay = Annotated[LegalDate | None, Field(description="Last day of the value; null while it goes on.")]


class RuleOptionView(Resource):
    """One code of a list."""

    code: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$",
            examples=["adoptie"],
            description="The option's stable code.",
        ),
    ]
    texts: Annotated[LocalisedText, Field(description="What people call it.")]

    @classmethod
    def of(cls, option: Option) -> Self:
        """The view of an option."""
        return cls(
            code=option.code, texts=LocalisedText.of({key.value: text for key, text in option.texts.items()})
        )


Options = Annotated[
    list[RuleOptionView], Field(max_length=200, description="The codes of a list; empty otherwise.")
]


class RuleRowView(Resource):
    """A value, and the days it holds on."""

    value: Annotated[Value, Field(description="The value, exactly; 0 for a list of codes.")]
    valid_from: FirstDay
    valid_to: LastDay
    legal_basis: LegalBasis
    verified: Verified
    options: Options

    @classmethod
    def of(cls, row: Rule) -> Self:
        """The view of a row."""
        return cls(
            value=row.value,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_basis=row.legal_basis,
            verified=row.verified,
            options=[RuleOptionView.of(option) for option in row.options],
        )


class RuleView(Resource):
    """A legal number on a day, and what comes next."""

    code: RuleCode
    field: Annotated[RuleField, Field(description="The field that it belongs to.")]
    title: Annotated[LocalisedText, Field(description="What it is.")]
    unit: Annotated[Unit, Field(description="What the value counts.")]
    counting: Annotated[
        Counting | None, Field(description="How the term is counted; null for what is no term.")
    ]
    version: Version
    on: Annotated[LegalDate, Field(description="The day that `row` is of.")]
    row: Annotated[RuleRowView | None, Field(description="The value of that day; null when there is none.")]
    next: Annotated[RuleRowView | None, Field(description="The first value that begins after that day.")]

    @classmethod
    def on_day(cls, table: RuleTable, day: date) -> Self:
        """The view of a table for a day."""
        return cls.model_validate(cls._shown(table, day))

    @classmethod
    def _shown(cls, table: RuleTable, day: date) -> dict[str, object]:
        row, following = table.find(day), table.after(day)
        return {
            "code": table.code,
            "field": table.field,
            "title": LocalisedText.model_validate(table.title, from_attributes=True),
            "unit": table.unit,
            "counting": table.counting,
            "version": table.version,
            "on": day,
            "row": RuleRowView.of(row) if row else None,
            "next": RuleRowView.of(following) if following else None,
        }


class RuleTableView(RuleView):
    """The whole table of a legal number."""

    rows: Annotated[
        list[RuleRowView], Field(max_length=1_000, description="Every value, the earliest first.")
    ]

    @classmethod
    def _shown(cls, table: RuleTable, day: date) -> dict[str, object]:
        return super()._shown(table, day) | {"rows": [RuleRowView.of(row) for row in table.rows]}


class NewRow(Resource):
    """The value that is to hold."""

    value: Annotated[
        str,
        Field(
            pattern=_VALUE,
            max_length=19,
            examples=["225.00"],
            description="The value, exactly, in the unit of the rule; 0 for a list of codes.",
        ),
    ]
    valid_from: FirstDay
    valid_to: Annotated[
        LegalDate | None, Field(description="Last day; left out, that of the value before stays.")
    ] = None
    legal_basis: LegalBasis
    verified: Annotated[bool, Field(description="Whether you have read the number in the text of the law.")]
    options: Annotated[Options, Field(default_factory=list)]


class ProposeRuleChange(Resource):
    """A change that waits for a second person."""

    kind: Annotated[
        Literal[RuleChangeKind.NEW_ROW, RuleChangeKind.CORRECTION],
        Field(description="NEW_ROW begins another value on a day, CORRECTION replaces one that was wrong."),
    ]
    row: Annotated[NewRow, Field(description="The value that is to hold.")]
    reason: Reason

    def wanted(self) -> Wanted:
        """The value as a domain value."""
        return Wanted(
            value=Decimal(self.row.value),
            valid_from=self.row.valid_from,
            valid_to=self.row.valid_to,
            legal_basis=self.row.legal_basis,
            verified=self.row.verified,
            options=tuple(
                Option(option.code, {Language(name): text for name, text in option.texts if text})
                for option in self.row.options
            ),
        )


class DecideRuleChange(Resource):
    """Why the change is published or rejected."""

    reason: Reason


class RuleHistoryView(Resource):
    """A published change, as everybody may see it."""

    version: Version
    kind: Annotated[RuleChangeKind, Field(description="LOADED came with a release of the hub.")]
    row: Annotated[RuleRowView | None, Field(description="The value that was new; null for a release.")]
    reason: Reason
    published_at: Annotated[Instant, Field(description="When it was published.")]

    @classmethod
    def of(cls, change: RuleChange) -> Self:
        """The view of a published change."""
        return cls.model_validate(
            {
                "version": change.version,
                "kind": change.kind,
                "row": RuleRowView.of(change.row) if change.row else None,
                "reason": change.reason,
                "published_at": change.decided_at,
            }
        )


class RuleChangeView(Resource):
    """A change, as officials see it: who, when, why."""

    id: Annotated[Id, Field(description="The change's identifier.")]
    code: RuleCode
    kind: Annotated[RuleChangeKind, Field(description="LOADED came with a release of the hub.")]
    state: Annotated[RuleChangeState, Field(description="Only PROPOSED can be decided.")]
    row: Annotated[RuleRowView | None, Field(description="The value that is new; null for a release.")]
    reason: Reason
    base: Annotated[Int32, Field(description="The version of the table that it was proposed on.")]
    proposed_at: Annotated[Instant, Field(description="When it was proposed.")]
    proposed_by: Annotated[Id | None, Field(description="Who proposed it; null for a release.")]
    version: Annotated[Int32 | None, Field(description="The version of the table that it made.")]
    decided_at: Annotated[Instant | None, Field(description="When it was published or rejected.")]
    decided_by: Annotated[Id | None, Field(description="Who published or rejected it.")]
    decision: Annotated[
        str | None,
        Field(
            max_length=2_000,
            description="Why it was published or rejected.",
            examples=["Monitorul Oficial 1001/2026"],
        ),
    ]

    @classmethod
    def of(cls, change: RuleChange) -> Self:
        """The view of a change."""
        shown = {name: getattr(change, name) for name in cls.model_fields}
        return cls.model_validate(shown | {"row": RuleRowView.of(change.row) if change.row else None})
