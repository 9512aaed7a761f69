"""Templates of institutions: what they hold, what they may say, and their life in versions. No I/O.

    a version:  DRAFT → IN_REVIEW → ACTIVE → RETIRED
                IN_REVIEW → DRAFT with a reason

Who wrote or submitted a version does not approve it. A version that was once active never changes; a template
has at most one active version, which orders send by, and at most one that is worked on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from hub_core.clock import local_date
from hub_core.decisions import FourEyes
from hub_core.language import Language
from hub_core.problem import FieldError

from ..errors.templates import TemplateStepRefused
from . import content as rules
from . import formats, kinds, placeholders, sms_text
from .channels import Channel
from .kinds import Purpose
from .placeholders import Malformed
from .sms_text import Limits

PREFIX: Final = "institution."
KEY: Final = r"^institution\.[a-z0-9]+(-[a-z0-9]+)*$"
"""What a template of an institution may be called; the hub's own have no such prefix."""
PARTS_RULE: Final = "notification.template-parts"
"""The rule that says in how many parts a text message may go with the longest values."""
_LONGEST: Final = {"title": 70, "action": 40, "push": 160}
"""How long words may be with the longest values; where they are cut off, their meaning is."""
_OF_MESSAGE: Final = "institution_id"
"""A value that a message has of itself."""
_SHOWN_LONGEST: Final = 32
"""How long a value that is not a text can be, as it is shown."""
_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9._~\-/]{0,300}(?:#[A-Za-z0-9._~\-]{1,100})?")
"""A page of the hub: no other host, no question, nothing that would have to be decoded."""
_AMOUNT: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?")
_NUMBER: Final = re.compile(r"-?\d{1,15}")


class TemplateState(StrEnum):
    """Where a version stands."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class TemplateStep(StrEnum):
    """What can be done with a template."""

    OPEN = "OPEN"
    REVISE = "REVISE"
    SUBMIT = "SUBMIT"
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    RETIRE = "RETIRE"


class VariableType(StrEnum):
    """What a value is: a line of text, a day, an instant, lei, a whole number, a page of the hub."""

    TEXT = "TEXT"
    DATE = "DATE"
    INSTANT = "INSTANT"
    AMOUNT = "AMOUNT"
    NUMBER = "NUMBER"
    LINK = "LINK"


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that an order gives, with a sample of it; `longest` counts for texts."""

    name: str
    type: VariableType
    sample: str
    required: bool = True
    longest: int = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the table of a letter; left out where its value is empty."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The words in one language. `text` is one paragraph or several; `sms` and `push` go that way."""

    subject: str
    title: str
    text: str
    preview: str = ""
    facts: tuple[Fact, ...] = ()
    next: tuple[str, ...] = ()
    action: str = ""
    sms: str = ""
    push: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says and takes. Wording and names have Romanian, the other languages are optional.

    `link` is what the button opens: a page of the hub, or `{{ name }}` of a value that is a link; empty for
    the page of the message.
    """

    purpose: Purpose
    names: Mapping[Language, str]
    channels: frozenset[Channel]
    variables: tuple[Variable, ...]
    wording: Mapping[Language, Wording]
    link: str = ""

    def spoken(self, language: Language) -> Language:
        """The language that it is said in to somebody of this language."""
        return language if language in self.wording else Language.RO


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a template of an institution.

    `revision` is the step of the template's life at which this version last changed; `writers` are all who
    gave it words or submitted it, `returned_for` is the reason of the last return.
    """

    institution_id: UUID
    key: str
    version: int
    revision: int
    state: TemplateState
    content: Content
    made_by: UUID
    made_at: datetime
    changed_at: datetime
    writers: frozenset[UUID]
    base: int | None = None
    submitted_by: UUID | None = None
    submitted_at: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    returned_for: str = ""
    retired_at: datetime | None = None

    @property
    def purpose(self) -> Purpose:
        """What its messages rest on."""
        return self.content.purpose

    @property
    def may_unsubscribe(self) -> bool:
        """Whether a person may say that they want none of it."""
        return kinds.may_unsubscribe(self.purpose)

    @property
    def channels(self) -> frozenset[Channel]:
        """The ways its messages may go."""
        return self.content.channels


Versions: TypeAlias = Sequence[Template]
"""A template: its versions, the newest first; never empty."""


def revision_of(versions: Versions) -> int:
    """The revision of a template: it grows with every step."""
    return max(each.revision for each in versions)


def working(versions: Versions) -> Template | None:
    """The version that is worked on."""
    newest = versions[0]
    return newest if newest.state in (TemplateState.DRAFT, TemplateState.IN_REVIEW) else None


def active(versions: Versions) -> Template | None:
    """The version that orders send by."""
    return next((each for each in versions if each.state is TemplateState.ACTIVE), None)


def steps(versions: Versions) -> tuple[TemplateStep, ...]:
    """The steps that are open now, to whoever may take them."""
    draft, sent = working(versions), active(versions)
    found: list[TemplateStep] = []
    if draft is None:
        found.append(TemplateStep.OPEN)
    elif draft.state is TemplateState.DRAFT:
        found += [TemplateStep.REVISE, TemplateStep.SUBMIT]
    else:
        found += [TemplateStep.APPROVE, TemplateStep.REJECT]
    if sent is not None:
        found.append(TemplateStep.RETIRE)
    return tuple(found)


def create(institution_id: UUID, key: str, content: Content, by: UUID, now: datetime) -> Template:
    """The first draft of a template."""
    return Template(
        institution_id=institution_id,
        key=key,
        version=1,
        revision=1,
        state=TemplateState.DRAFT,
        content=content,
        made_by=by,
        made_at=now,
        changed_at=now,
        writers=frozenset({by}),
    )


def open_version(versions: Versions, by: UUID, now: datetime) -> Template:
    """A new draft with the content of the newest version."""
    _refuse_unless_open(versions, TemplateStep.OPEN)
    base = active(versions) or versions[0]
    made = create(base.institution_id, base.key, base.content, by, now)
    return replace(
        made, version=versions[0].version + 1, revision=revision_of(versions) + 1, base=base.version
    )


def revise(versions: Versions, content: Content, by: UUID, now: datetime) -> Template:
    """The draft with other content."""
    draft = _refuse_unless_open(versions, TemplateStep.REVISE)
    return replace(_next(versions, draft, now), content=content, writers=draft.writers | {by})


def submit(versions: Versions, by: UUID, now: datetime) -> Template:
    """The draft is handed in for review."""
    draft = _refuse_unless_open(versions, TemplateStep.SUBMIT)
    return replace(
        _next(versions, draft, now),
        state=TemplateState.IN_REVIEW,
        writers=draft.writers | {by},
        submitted_by=by,
        submitted_at=now,
        returned_for="",
    )


def approve(versions: Versions, by: UUID, now: datetime) -> list[Template]:
    """The version is what orders send by from now on, and the one before it is retired.

    `FourEyes` for whoever wrote or submitted it.
    """
    waiting = _refuse_unless_open(versions, TemplateStep.APPROVE)
    if by in waiting.writers:
        raise FourEyes
    approved = replace(
        _next(versions, waiting, now), state=TemplateState.ACTIVE, decided_by=by, decided_at=now
    )
    before = active(versions)
    return [*([_retired(versions, before, now)] if before else []), approved]


def reject(versions: Versions, reason: str, by: UUID, now: datetime) -> Template:
    """The version goes back to who wrote it, with the reason."""
    waiting = _refuse_unless_open(versions, TemplateStep.REJECT)
    return replace(
        _next(versions, waiting, now),
        state=TemplateState.DRAFT,
        decided_by=by,
        decided_at=now,
        returned_for=reason,
    )


def retire(versions: Versions, now: datetime) -> Template:
    """Nothing is sent by the active version any more; what was ordered before still goes."""
    _refuse_unless_open(versions, TemplateStep.RETIRE)
    sent = active(versions)
    return _retired(versions, sent or versions[0], now)


def check_variables(template: Template, given: Mapping[str, str]) -> list[FieldError]:
    """What is wrong with the values that an order gives, each by its pointer under `/variables`."""
    declared = {variable.name: variable for variable in template.content.variables}
    found = [
        _flaw(f"/variables/{name}", "unknown", "The template takes no such value.")
        for name in sorted(given.keys() - declared.keys())
    ]
    for name, variable in declared.items():
        pointer = f"/variables/{name}"
        if not given.get(name):
            if variable.required:
                found.append(_flaw(pointer, "missing", "The template needs this value."))
            continue
        found += value_flaws(variable, given[name], pointer)
    return found


def value_flaws(variable: Variable, value: str, pointer: str) -> Iterator[FieldError]:
    """What is wrong with one value."""
    if not _has_form(variable, value):
        yield _flaw(pointer, "form", _FORMS[variable.type], longest=variable.longest)
    # A page of the hub and a day have no words: thirteen digits in them are no CNP.
    if variable.type in (VariableType.TEXT, VariableType.NUMBER, VariableType.LINK):
        yield from (_flaw(pointer, code, _FLAWS[code]) for code in rules.value_flaws(value))


def shown(template: Template, language: Language, given: Mapping[str, str]) -> dict[str, str]:
    """The values as people of this language read them; those of no declared name are left out."""
    return {
        variable.name: _show(variable.type, given[variable.name], language)
        for variable in template.content.variables
        if given.get(variable.name)
    }


def samples(content: Content) -> dict[str, str]:
    """The sample of each value."""
    return {variable.name: variable.sample for variable in content.variables}


def page(template: Template, given: Mapping[str, str]) -> str:
    """The page of the hub that the button opens; empty for the page of the message."""
    link = template.content.link
    return placeholders.fill(placeholders.parse(link), given) if link else ""


def lint(content: Content, limits: Limits, most_parts: int) -> list[FieldError]:
    """Everything that keeps a content from being saved, each by its pointer into it.

    With the longest values a text message goes in at most so many parts.
    """
    found = [*_lint_variables(content), *_lint_link(content)]
    if Language.RO not in content.wording:
        found.append(_flaw("/wording", "language", "The Romanian wording is missing."))
    if Language.RO not in content.names:
        found.append(_flaw("/names", "language", "The Romanian name is missing."))
    for language, name in content.names.items():
        found += (_flaw(f"/names/{language}", code, _FLAWS[code]) for code in rules.flaws(name))
    taken: dict[Language, frozenset[str]] = {}
    for language, wording in content.wording.items():
        taken[language] = frozenset().union(*(names for _, names in _taken(wording)))
        found += _lint_wording(content, language, wording, limits, most_parts)
    used = frozenset().union(*taken.values(), _named(content.link))
    for place, variable in enumerate(content.variables):
        if variable.name not in used:
            found.append(_flaw(f"/variables/{place}/name", "unused", "No words take this value."))
    for language, names in taken.items():
        if names != taken.get(Language.RO, names):
            found.append(
                _flaw(
                    f"/wording/{language}", "other-values", "It takes other values than the Romanian wording."
                )
            )
    return found


def words_of(wording: Wording) -> Iterator[tuple[str, str]]:
    """Every text of a wording, by its pointer into it."""
    for each in fields(wording):
        value = getattr(wording, each.name)
        if each.name == "facts":
            for place, fact in enumerate(wording.facts):
                yield f"/facts/{place}/label", fact.label
                yield f"/facts/{place}/value", fact.value
        elif isinstance(value, tuple):
            yield from ((f"/{each.name}/{place}", part) for place, part in enumerate(wording.next))
        elif value:
            yield f"/{each.name}", value


def compare(was: Content, now: Content) -> list[tuple[str, str, str]]:
    """The texts that differ: pointer, what it was, what it is; one that is not there is empty."""
    before, after = dict(_flat(was)), dict(_flat(now))
    pointers = [*before, *(pointer for pointer in after if pointer not in before)]
    return [
        (pointer, before.get(pointer, ""), after.get(pointer, ""))
        for pointer in pointers
        if before.get(pointer) != after.get(pointer)
    ]


_FORMS: Final = {
    VariableType.TEXT: "It takes one line of at most {longest} characters.",
    VariableType.DATE: "It takes a day, such as 2026-12-31.",
    VariableType.INSTANT: "It takes an instant with its zone, such as 2026-12-31T10:00:00Z.",
    VariableType.AMOUNT: "It takes an amount in lei, such as 202.50.",
    VariableType.NUMBER: "It takes a whole number.",
    VariableType.LINK: "It takes a page of the hub, such as /account/overview.",
}
_FLAWS: Final = {
    rules.CNP: "It holds what looks like a personal number.",
    rules.HIDDEN: "It holds characters that cannot be seen.",
    rules.LINK: "Addresses are not written in words; the button leads to a page of the hub.",
    rules.MARKUP: "Markup is not allowed.",
    rules.SENSITIVE: "No result, sanction or health data may be told; lead to the account instead.",
}


def _flat(content: Content) -> Iterator[tuple[str, str]]:
    yield "/purpose", content.purpose
    yield "/link", content.link
    yield "/channels", ", ".join(sorted(content.channels))
    yield from ((f"/names/{language}", name) for language, name in sorted(content.names.items()))
    for variable in content.variables:
        for each in fields(variable):
            if each.name != "name":
                yield f"/variables/{variable.name}/{each.name}", str(getattr(variable, each.name))
    for language, wording in sorted(content.wording.items()):
        yield from ((f"/wording/{language}{pointer}", words) for pointer, words in words_of(wording))


def _lint_variables(content: Content) -> Iterator[FieldError]:
    names: set[str] = {_OF_MESSAGE}
    for place, variable in enumerate(content.variables):
        if variable.name in names:
            yield _flaw(f"/variables/{place}/name", "twice", "Another value has this name.")
        names.add(variable.name)
        yield from value_flaws(variable, variable.sample, f"/variables/{place}/sample")


def _lint_link(content: Content) -> Iterator[FieldError]:
    links = {each.name for each in content.variables if each.type is VariableType.LINK and each.required}
    link = content.link
    if link and not _PATH.fullmatch(link) and not (_named(link) & links and link.startswith("{{")):
        yield _flaw(
            "/link", "form", "It takes a page of the hub, or a value that is a link and never missing."
        )


def _lint_wording(
    content: Content, language: Language, wording: Wording, limits: Limits, most_parts: int
) -> Iterator[FieldError]:
    at = f"/wording/{language}"
    for channel, name in ((Channel.SMS, "sms"), (Channel.PUSH, "push")):
        if channel in content.channels and not getattr(wording, name):
            yield _flaw(f"{at}/{name}", "missing", "It may go this way, so it needs words for it.")
    optional = {each.name for each in content.variables if not each.required}
    declared = {each.name: each for each in content.variables}
    for pointer, words in words_of(wording):
        try:
            tree = placeholders.parse(words)
        except Malformed as malformed:
            yield _flaw(f"{at}{pointer}", malformed.code, "The braces cannot be read.")
            continue
        for code in rules.flaws(placeholders.spoken(tree)):
            yield _flaw(f"{at}{pointer}", code, _FLAWS[code])
        if placeholders.names(tree) - declared.keys():
            yield _flaw(f"{at}{pointer}", "unknown", "It takes a value that is not declared.")
        elif placeholders.unguarded(tree) & optional and not pointer.endswith("/value"):
            yield _flaw(
                f"{at}{pointer}", "unguarded", "A value that may be missing is taken as if it were there."
            )
        if any(
            declared[name].type is VariableType.LINK for name in placeholders.names(tree) & declared.keys()
        ):
            yield _flaw(f"{at}{pointer}", rules.LINK, _FLAWS[rules.LINK])
        yield from _lint_length(content, f"{at}{pointer}", tree, limits, most_parts)


def _lint_length(
    content: Content, pointer: str, tree: placeholders.Tree, limits: Limits, most_parts: int
) -> Iterator[FieldError]:
    name = pointer.rpartition("/")[2]
    longest = {each.name: "n" * _longest(each) for each in content.variables}
    at_worst = placeholders.fill(tree, longest)
    if name == "sms":
        plain = sms_text.without_marks(placeholders.spoken(tree))
        if sms_text.alphabet_of(plain) is not sms_text.Alphabet.GSM7:
            yield _flaw(pointer, "alphabet", "It holds characters that a text message has not.")
        elif sms_text.measure(sms_text.without_marks(at_worst), limits).parts > most_parts:
            yield _flaw(pointer, "long", "With the longest values it is too long.")
    elif len(at_worst) > _LONGEST.get(name, len(at_worst)):
        yield _flaw(pointer, "long", "With the longest values it is too long.")


def _longest(variable: Variable) -> int:
    return variable.longest if variable.type is VariableType.TEXT else _SHOWN_LONGEST


def _taken(wording: Wording) -> Iterator[tuple[str, frozenset[str]]]:
    """The values that each text takes; none for one that cannot be read."""
    for pointer, words in words_of(wording):
        yield pointer, _named(words)


def _named(words: str) -> frozenset[str]:
    try:
        return placeholders.names(placeholders.parse(words))
    except Malformed:
        return frozenset()


def _has_form(variable: Variable, value: str) -> bool:
    match variable.type:
        case VariableType.TEXT:
            return len(value) <= variable.longest and "\n" not in value
        case VariableType.DATE:
            return _is(date.fromisoformat, value) and len(value) == len("2026-12-31")
        case VariableType.INSTANT:
            return _is(datetime.fromisoformat, value) and datetime.fromisoformat(value).tzinfo is not None
        case VariableType.AMOUNT:
            return _AMOUNT.fullmatch(value) is not None
        case VariableType.NUMBER:
            return _NUMBER.fullmatch(value) is not None
        case VariableType.LINK:
            return _PATH.fullmatch(value) is not None


def _is(read: object, value: str) -> bool:
    try:
        read(value)  # type: ignore[operator]
    except ValueError:
        return False
    return True


def _show(kind: VariableType, value: str, language: Language) -> str:
    match kind:
        case VariableType.DATE:
            return formats.day(date.fromisoformat(value), language)
        case VariableType.INSTANT:
            instant = datetime.fromisoformat(value)
            return f"{formats.day(local_date(instant), language)} {formats.hour(instant)}"
        case VariableType.AMOUNT:
            return formats.amount(Decimal(value), language)
        case _:
            return value


def _next(versions: Versions, version: Template, now: datetime) -> Template:
    return replace(version, revision=revision_of(versions) + 1, changed_at=now)


def _retired(versions: Versions, version: Template, now: datetime) -> Template:
    return replace(_next(versions, version, now), state=TemplateState.RETIRED, retired_at=now)


def _refuse_unless_open(versions: Versions, step: TemplateStep) -> Template:
    """The newest version, if the step is open."""
    if step not in steps(versions):
        raise TemplateStepRefused(versions[0].state, steps(versions))
    return versions[0]


def _flaw(pointer: str, code: str, detail: str, **facts: object) -> FieldError:
    return FieldError(pointer, code, detail, facts)
