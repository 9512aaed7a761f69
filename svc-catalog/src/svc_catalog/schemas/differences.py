"""What differs between two versions of an entry, in the words of the reader's language."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service.i18n import Texts as Catalogs
from hub_service.schemas import Resource

from ..domain.differences import Difference, differences
from ..operations.entries import Compared
from .vocabulary import ServiceCode, Version
from .wording import Words


class DifferenceKind(StrEnum):
    """What happened to a member."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


class DifferenceView(Resource):
    """What a member was and what it is, in words."""

    field: Annotated[
        str,
        Field(
            max_length=40_000, examples=["Cât costă / Cum se poate plăti"], description="Which member it is."
        ),
    ]
    pointer: Annotated[
        str,
        Field(
            max_length=512,
            examples=["/costs/0/payment_methods"],
            description="Into the newer content; into the older one for what was taken out.",
        ),
    ]
    kind: Annotated[DifferenceKind, Field(description="What happened to it.")]
    was: Annotated[str | None, Field(max_length=100_000, examples=["numerar"], description="What it was.")]
    now: Annotated[str | None, Field(max_length=100_000, examples=["online"], description="What it is.")]

    @classmethod
    def of(cls, found: Difference, words: Words) -> Self:
        """The view of a difference."""
        member = found.path[-1].member
        was, now = words.value(found.was, member), words.value(found.now, member)
        removed = DifferenceKind.REMOVED if now is None else DifferenceKind.CHANGED
        return cls(
            field=words.path(found.path),
            pointer=found.pointer,
            kind=DifferenceKind.ADDED if was is None else removed,
            was=was,
            now=now,
        )


class DifferencesView(Resource):
    """What differs between two versions, for people."""

    code: ServiceCode
    was: Annotated[Version, Field(description="The older version.")]
    now: Annotated[Version, Field(description="The newer version.")]
    differences: Annotated[
        list[DifferenceView], Field(max_length=10_000, description="In the order of the content.")
    ]

    @classmethod
    def of(cls, compared: Compared, language: Language, catalogs: Catalogs, on: date) -> Self:
        """The differences in a language, with legal numbers as they hold on a day."""
        words = Words(language, catalogs, compared.rules, on)
        found = differences(compared.was.content, compared.now.content)
        return cls(
            code=compared.now.content.code,
            was=compared.was.number,
            now=compared.now.number,
            differences=[DifferenceView.of(each, words) for each in found],
        )

    def written(self) -> str:
        """The same as plain text, a paragraph for each difference."""
        shown = [
            "\n".join(
                [
                    each.field,
                    *([f"- {each.was}"] if each.was is not None else []),
                    *([f"+ {each.now}"] if each.now is not None else []),
                ]
            )
            for each in self.differences
        ]
        return "\n\n".join([f"{self.code}: {self.was} → {self.now}", *shown]) + "\n"
