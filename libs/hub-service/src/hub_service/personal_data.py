"""What a service holds of a person, for the copy that the person may ask for (GDPR art. 15 and 20).

svc-identity asks every service whose manifest says that it `holds_personal_data`:

    GET /internal/v1/people/{person_id}/export          (scope `personal-data:read`)

and each answers with `PersonalData`: what it holds of that person and of nobody else. What is also
somebody else's is left out (GDPR art. 15(4)); `left_out` says so.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, JsonValue

from hub_core.language import Language

from .i18n import Texts

SCOPE: Final = "personal-data:read"

Words = dict[Language, str]
"""A text in each language."""


class Section(BaseModel):
    """One kind of record: its title, what its fields are called, and the records."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
    title: Words
    labels: dict[str, Words]
    items: list[dict[str, JsonValue]]


class PersonalData(BaseModel):
    """Everything that one service holds of a person."""

    sections: list[Section] = []
    left_out: list[Words] = []

    @property
    def is_empty(self) -> bool:
        """Whether the service holds nothing of the person."""
        return not any(section.items for section in self.sections)


def path(person_id: object) -> str:
    """Where a service is asked about a person."""
    return f"/internal/v1/people/{person_id}/export"


def section(
    texts: Texts, name: str, title: str, labels: Mapping[str, str], items: Sequence[Mapping[str, Any]]
) -> Section:
    """A section of records; title and labels (by field) are English message ids of the service's catalogs.

    A record's values are JSON; its fields are those that have a label, in their order.
    """
    return Section(
        name=name,
        title=words(texts, title),
        labels={field: words(texts, label) for field, label in labels.items()},
        items=[{field: item.get(field) for field in labels} for item in items],
    )


def words(texts: Texts, message: str) -> Words:
    """A message in each language."""
    return {language: texts.translate(language, message) for language in Language}
