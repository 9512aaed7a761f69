"""What the catalog tells of legal numbers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from hub_core.language import Language
from hub_core.rules import Counting, Unit
from hub_events.envelope import Event

from ..domain.rules import RuleTable


class OptionTexts(BaseModel):
    """What people call an option."""

    model_config = ConfigDict(frozen=True)

    ro: str = Field(description="The Romanian, official text")
    hu: str = Field(description="The Hungarian text; the Romanian one where there is none")
    en: str = Field(description="The English text")


class ToldOption(BaseModel):
    """One code of a list."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(description="The option's stable code")
    texts: OptionTexts = Field(description="What people call it")


class ToldRow(BaseModel):
    """One row: a value and the days it holds on."""

    model_config = ConfigDict(frozen=True)

    value: Decimal = Field(description="The value, exactly; 0 for a list of codes")
    unit: Unit = Field(description="What it counts")
    valid_from: date = Field(description="First day, Europe/Bucharest")
    valid_to: date | None = Field(description="Last day; null while it goes on")
    legal_basis: str = Field(description="Short citation, in Romanian; design where no law says it")
    verified: bool = Field(description="Whether the number was read in the text of the law")
    counting: Counting | None = Field(description="How the term is counted; null for what is no term")
    options: tuple[ToldOption, ...] = Field(description="The codes of a list; empty otherwise")


class RuleChanged(Event):
    """A legal number is new or has changed: the whole table of its code, with the rows to come."""

    subject: ClassVar[str] = "hub.catalog.rule.changed.v1"
    key_field: ClassVar[str] = "code"

    code: str = Field(description="The rule's stable code, such as petition.answer")
    rows: tuple[ToldRow, ...] = Field(description="Every row, the earliest first; they leave out no day")

    @classmethod
    def of(cls, table: RuleTable) -> Self:
        """The event of a table's present version."""
        return cls(
            version=table.version,
            code=table.code,
            rows=tuple(
                ToldRow(
                    value=row.value,
                    unit=row.unit,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                    legal_basis=row.legal_basis,
                    verified=row.verified,
                    counting=row.counting,
                    options=tuple(
                        ToldOption(code=option.code, texts=_texts(option.texts)) for option in row.options
                    ),
                )
                for row in table.rows
            ),
        )


def _texts(texts: Mapping[Language, str]) -> OptionTexts:
    romanian = texts[Language.RO]
    return OptionTexts(ro=romanian, hu=texts.get(Language.HU, romanian), en=texts[Language.EN])
