"""What the registry chooses of the structures that were suggested, and why the file goes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_core.language import Language

from ..errors.choices import NoAddressee, StructureNotSuggested
from .routing import Rule, Suggestion

_BECAUSE: Final = {
    Language.RO: "Trimisă la {who}, care se ocupă de: {what}.",
    Language.HU: "Ide küldték: {who}, amely ezzel foglalkozik: {what}.",
    Language.EN: "Sent to {who}, which deals with: {what}.",
}
_SENT: Final = {
    Language.RO: "Trimisă la {who}.",
    Language.HU: "Ide küldték: {who}.",
    Language.EN: "Sent to {who}.",
}
_PLACE: Final = {
    Language.RO: "Locul este cel numit în petiție.",
    Language.HU: "A hely az, amelyet a petíció megnevez.",
    Language.EN: "The place is the one that the petition names.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A structure that was suggested as well. `topic` is that of the attribution that fits best."""

    structure_id: UUID
    code: str
    names: Mapping[Language, str]
    addressee: str | None
    topic: str | None
    rules: Sequence[Rule]
    share: float

    @classmethod
    def of(cls, suggestion: Suggestion) -> "Considered":
        """What is kept of a suggestion: no word of the petition."""
        return cls(
            structure_id=suggestion.structure.id,
            code=suggestion.structure.code,
            names=suggestion.structure.names,
            addressee=suggestion.addressee,
            topic=suggestion.reasons[0].topic if suggestion.reasons else None,
            rules=suggestion.rules,
            share=round(suggestion.share, 3),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The structure that the registry of an institution has chosen for a file, or a head by sending it there.

    `texts` say what the attribution is called that fits best; `others` were suggested as well, the best
    first. `addressee` is the name of one outside the hub, where it is known which one is meant.
    """

    petition_id: UUID
    ordinal: int
    institution_id: UUID
    structure_id: UUID
    code: str
    names: Mapping[Language, str]
    is_outside: bool
    addressee: str | None
    topic: str | None
    texts: Mapping[Language, str]
    rules: Sequence[Rule]
    others: Sequence[Considered]
    chosen_by: UUID
    chosen_at: datetime

    @property
    def target(self) -> tuple[UUID | None, str | None]:
        """The institution of the hub, or the name outside it; `NoAddressee` where none is known."""
        if not self.is_outside:
            return self.structure_id, None
        if self.addressee is None:
            raise NoAddressee
        return None, self.addressee

    def is_for(self, institution_id: UUID | None, addressee: str | None) -> bool:
        """Whether a file that was sent there went where it was chosen to go."""
        if self.is_outside:
            return addressee is not None and addressee == self.addressee
        return institution_id == self.structure_id

    @property
    def because(self) -> dict[Language, str]:
        """Where the file was sent and why, for the petitioner: nothing of what is internal."""
        said = {}
        for language in Language:
            what = self.texts.get(language) or self.texts.get(Language.RO)
            who = self.addressee or self.names.get(language) or self.names[Language.RO]
            sentences = [(_BECAUSE if what else _SENT)[language].format(who=who, what=what)]
            if Rule.PLACE_NAMED in self.rules:
                sentences.append(_PLACE[language])
            said[language] = " ".join(sentences)
        return said


def suggested(
    suggestions: Sequence[Suggestion], institution_id: UUID | None, addressee: str | None
) -> UUID | None:
    """The structure of those suggested that is this institution of the hub, or is addressed so outside it."""
    for one in suggestions:
        is_meant = (
            addressee == one.addressee if one.structure.addressee else institution_id == one.structure.id
        )
        if is_meant and (addressee or institution_id):
            return one.structure.id
    return None


def choose(
    suggestions: Sequence[Suggestion],
    structure_id: UUID,
    *,
    petition_id: UUID,
    ordinal: int,
    institution_id: UUID,
    by: UUID,
    now: datetime,
) -> Choice:
    """The choice of one of the structures suggested; `StructureNotSuggested` for another one."""
    chosen = next((one for one in suggestions if one.structure.id == structure_id), None)
    if chosen is None:
        raise StructureNotSuggested
    return Choice(
        petition_id=petition_id,
        ordinal=ordinal,
        institution_id=institution_id,
        structure_id=structure_id,
        code=chosen.structure.code,
        names=chosen.structure.names,
        is_outside=chosen.structure.addressee is not None,
        addressee=chosen.addressee,
        topic=chosen.reasons[0].topic if chosen.reasons else None,
        texts=chosen.reasons[0].texts if chosen.reasons else {},
        rules=chosen.rules,
        others=[Considered.of(one) for one in suggestions if one is not chosen],
        chosen_by=by,
        chosen_at=now,
    )
