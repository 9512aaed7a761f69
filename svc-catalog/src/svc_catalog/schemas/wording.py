"""The content of an entry in the words of a language: labels of members, codes, rules with their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import singledispatchmethod
from typing import Final

from hub_core.language import Language
from hub_core.rules import NoRule, Rules, Unit
from hub_service.i18n import Texts as Catalogs

from ..domain.conditions import AllOf, AnyOf, AtLeast, AtMost, Below, NoneOf, OneOf
from ..domain.differences import Part
from ..domain.institutions import Contact, ContactKind
from ..domain.services import (
    Audience,
    AverageTime,
    Channel,
    ChannelKind,
    Cost,
    IdentificationMeans,
    Input,
    LegalBasis,
    MinimumAssurance,
    NamedTerm,
    Output,
    PaymentMethod,
    Redress,
    RedressKind,
    Requirement,
    SignatureKind,
    Silence,
    SilenceEffect,
    Sophistication,
    Step,
    StepActor,
    SubmissionMode,
    Suspension,
    TimeUnit,
)
from ..domain.text import Keywords, Texts

LABELS: Final[Mapping[str, str]] = {
    "title": "Name of the service",
    "summary": "What it is, in a sentence",
    "description": "What it gives and to whom",
    "keywords": "Words people look for it by",
    "provider_id": "Who gives it",
    "authority_id": "Who decides",
    "audiences": "Whom it is for",
    "life_events": "Situations it is needed in",
    "topics": "What it is about",
    "counties": "Counties it is given in",
    "min_age": "Lowest age online",
    "min_assurance": "Lowest level of assurance",
    "identification": "Means of identification",
    "accepted_formats": "Electronic documents that are taken",
    "accepted_signatures": "Electronic signatures that are taken",
    "reception": "How electronic documents are received",
    "submission": "How an application reaches the provider",
    "exceptions": "What cannot be done online",
    "form": "Form",
    "channels": "Ways to use it",
    "steps": "Steps of the procedure",
    "requirements": "Who may use it",
    "inputs": "Evidence that is asked for",
    "outputs": "What one gets",
    "costs": "What it costs",
    "legal_deadline": "Term of the authority",
    "average_time": "Average time",
    "further_terms": "Other terms",
    "silence": "What silence means",
    "redress": "What one can do against a decision",
    "legal_basis": "Legal basis",
    "contacts": "Whom to ask",
    "languages": "Languages it is given in",
    "related": "Services of the same kind",
    "requires": "Services needed before",
    "sophistication": "How far it goes online",
    "digitalisation_percent": "How much of it is digital, in percent",
    "established_year": "Year of foundation",
    "status": "Where it stands",
    "suspension": "Suspension",
    "ro": "in Romanian",
    "hu": "in Hungarian",
    "en": "in English",
    "kind": "Sort",
    "note": "Note",
    "verified": "Read in a source",
    "url": "Web address",
    "hours": "Opening hours",
    "actor": "Who takes the step",
    "text": "Text",
    "evidence": "Type of evidence",
    "mandatory": "Must be there",
    "condition": "In which case",
    "code": "Short code",
    "signature": "Signature that it bears",
    "formats": "File types",
    "validity": "How long it is valid",
    "legal_effect": "What it is good for",
    "rule": "Rule of the number",
    "payment_methods": "How it may be paid",
    "purpose": "What it is there for",
    "effect": "Effect of silence",
    "authority": "Where one turns to",
    "term": "Term in which one may do it",
    "otherwise": "What to do otherwise",
    "instead": "Services to use instead",
    "value": "Address or number",
    "reason": "Reason of the suspension",
    "alternative": "What to use meanwhile",
    "since": "First day",
    "until": "Last day",
}
"""The label of each member, an English message id."""
LEVELS: Final[Mapping[Sophistication, str]] = {
    Sophistication.INFORMATION: "information",
    Sophistication.ONE_WAY: "one-way",
    Sophistication.TWO_WAY: "two-way",
    Sophistication.TRANSACTION: "transaction",
    Sophistication.PERSONALISED: "personalised",
}
YES: Final = "yes"
NO: Final = "no"
ALL: Final = "all of"
ANY: Final = "any of"
NONE: Final = "none of"
_RULES: Final = frozenset({"rule", "min_age", "legal_deadline", "validity", "term"})
_BETWEEN: Final = " / "


def messages() -> frozenset[str]:
    """Every message id that differences are told with."""
    kinds = (Unit, TimeUnit, ChannelKind, StepActor, PaymentMethod, SilenceEffect, RedressKind, Audience)
    more = (MinimumAssurance, IdentificationMeans, SignatureKind, SubmissionMode, ContactKind, Language)
    words = (word(code) for kind in (*kinds, *more) for code in kind)
    return frozenset({*LABELS.values(), *LEVELS.values(), YES, NO, ALL, ANY, NONE, *words})


def word(code: Enum) -> str:
    """The English message id of a code."""
    if isinstance(code, Sophistication):
        return LEVELS[code]
    return str(code.value).replace("_", " ").lower()


@dataclass(frozen=True, slots=True)
class Words:
    """Values of the model in the words of a language, with legal numbers as they hold on a day."""

    language: Language
    catalogs: Catalogs
    rules: Rules
    on: date

    def path(self, parts: tuple[Part, ...]) -> str:
        """Which member it is, and in a list which part is meant."""
        return _BETWEEN.join(self._part(part) for part in parts)

    def value(self, value: object, member: str) -> str | None:
        """The words of a member's value; none for one that is not there."""
        if value in (None, "", ()):
            return None
        return self.rule(value) if member in _RULES and isinstance(value, str) else self.said(value)

    def rule(self, code: str) -> str:
        """What a rule gives on the day, with its code; the code alone where it gives nothing."""
        try:
            rule = self.rules.on(code, self.on)
        except NoRule:
            return code
        return f"{rule.value:f} {self.said(rule.unit)} ({code})"

    @singledispatchmethod
    def said(self, value: object) -> str:
        """The words of any value."""
        return str(value)

    @said.register
    def _(self, value: tuple) -> str:  # type: ignore[type-arg]  # dispatch knows no parameters
        return "; ".join(self.said(each) for each in value)

    @said.register
    def _(self, value: Enum) -> str:
        return self._say(word(value))

    @said.register
    def _(self, value: bool) -> str:
        return self._say(YES if value else NO)

    @said.register
    def _(self, value: Texts) -> str:
        translated = {Language.HU: value.hu, Language.EN: value.en}.get(self.language)
        return translated or value.ro or value.en

    @said.register
    def _(self, value: Keywords) -> str:
        return self.said(value.ro)

    @said.register
    def _(self, value: OneOf) -> str:
        return f"{value.fact}: {', '.join(value.one_of)}"

    @said.register
    def _(self, value: AtLeast) -> str:
        return f"{value.fact} ≥ {self.rule(value.at_least)}"

    @said.register
    def _(self, value: AtMost) -> str:
        return f"{value.fact} ≤ {self.rule(value.at_most)}"

    @said.register
    def _(self, value: Below) -> str:
        return f"{value.fact} < {self.rule(value.below)}"

    @said.register
    def _(self, value: AllOf) -> str:
        return f"{self._say(ALL)} [{self.said(value.all_of)}]"

    @said.register
    def _(self, value: AnyOf) -> str:
        return f"{self._say(ANY)} [{self.said(value.any_of)}]"

    @said.register
    def _(self, value: NoneOf) -> str:
        return f"{self._say(NONE)} [{self.said(value.none_of)}]"

    @said.register
    def _(self, value: Channel) -> str:
        return self._joined(value.kind, value.note)

    @said.register
    def _(self, value: Step) -> str:
        return self._joined(value.actor, value.text)

    @said.register
    def _(self, value: Input) -> str:
        return self._joined(value.evidence, value.note)

    @said.register
    def _(self, value: Output) -> str:
        return self._joined(value.code, value.title)

    @said.register
    def _(self, value: Requirement) -> str:
        return self._joined(value.code, value.text)

    @said.register
    def _(self, value: Cost) -> str:
        return self._joined(self.rule(value.rule), value.note, value.condition)

    @said.register
    def _(self, value: NamedTerm) -> str:
        return self._joined(value.purpose, self.rule(value.rule), value.condition)

    @said.register
    def _(self, value: Redress) -> str:
        return self._joined(value.kind, value.text)

    @said.register
    def _(self, value: Contact) -> str:
        return self._joined(value.kind, value.value)

    @said.register
    def _(self, value: LegalBasis) -> str:
        return self._joined(value.act, value.article, value.url)

    @said.register
    def _(self, value: AverageTime) -> str:
        return f"{value.value} {self.said(value.unit)}"

    @said.register
    def _(self, value: Silence) -> str:
        return self._joined(value.effect, value.text)

    @said.register
    def _(self, value: Suspension) -> str:
        return self._joined(value.reason, value.alternative)

    def _part(self, part: Part) -> str:
        label = self._say(LABELS[part.member])
        return label if part.item is None else f"{label} ({self.said(part.item)})"

    def _joined(self, *parts: object) -> str:
        return ": ".join(self.said(part) for part in parts if part not in (None, "", ()))

    def _say(self, message: str) -> str:
        return self.catalogs.translate(self.language, message)
