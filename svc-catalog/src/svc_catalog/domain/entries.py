"""The life of an entry: the provider writes, DGCTI publishes, and nobody does both (OMAI 136/2020 art. 8).

    a version:  DRAFT → IN_REVIEW → PUBLISHED → SUPERSEDED
                IN_REVIEW → DRAFT with reasons; DRAFT → DISCARDED beside a published version
    the entry:  PILOT → ACTIVE ↔ SUSPENDED → RETIRED

An entry has at most one published version, which people see, and at most one that is worked on. Its
revision grows with every step.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import clock
from hub_core.decisions import FourEyes
from hub_core.principal import Role
from hub_core.rules import Rule, Unit
from hub_terms.terms import end_civil, end_months

from ..errors.entries import EntryStepRefused
from .services import Service, ServiceStatus, Suspension

CONFIRMATION: Final = "catalog.stale"
"""The rule that says how long an entry counts as current without its provider's word."""
LOADED: Final = "Reference data of a release"
"""The reason of versions that came with a release of the hub."""
REMINDER: Final = "catalog.reminder"
"""The rule that says after how long the provider is reminded again."""


class Step(StrEnum):
    """What happens to an entry; REMIND by the clock, LOAD by a release of the hub."""

    CREATE = "CREATE"
    OPEN = "OPEN"
    REVISE = "REVISE"
    DISCARD = "DISCARD"
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    PILOT = "PILOT"
    PUBLISH = "PUBLISH"
    PROMOTE = "PROMOTE"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    RETIRE = "RETIRE"
    CONFIRM = "CONFIRM"
    REMIND = "REMIND"
    LOAD = "LOAD"


class VersionState(StrEnum):
    """Where one version stands."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    DISCARDED = "DISCARDED"


BY_ROLE: Final = {
    Role.CATALOG_EDITOR: frozenset(
        {Step.CREATE, Step.OPEN, Step.REVISE, Step.DISCARD, Step.SUBMIT, Step.CONFIRM}
    ),
    Role.CATALOG_PUBLISHER: frozenset(
        {Step.RETURN, Step.PILOT, Step.PUBLISH, Step.PROMOTE, Step.SUSPEND, Step.RESUME, Step.RETIRE}
    ),
}
"""Who takes which step: an editor in the entries of the own institution, a publisher in all."""

_PILOT, _ACTIVE, _SUSPENDED = ServiceStatus.PILOT, ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED
_DRAFT, _IN_REVIEW = VersionState.DRAFT, VersionState.IN_REVIEW
_SHOWN: Final = frozenset({_PILOT, _ACTIVE, _SUSPENDED})
_OPEN_WHERE: Final[dict[Step, tuple[frozenset[ServiceStatus | None], frozenset[VersionState | None]]]] = {
    Step.OPEN: (frozenset(_SHOWN), frozenset({None})),
    Step.REVISE: (_SHOWN | {None}, frozenset({_DRAFT})),
    Step.DISCARD: (frozenset(_SHOWN), frozenset({_DRAFT})),
    Step.SUBMIT: (_SHOWN | {None}, frozenset({_DRAFT})),
    Step.RETURN: (_SHOWN | {None}, frozenset({_IN_REVIEW})),
    Step.PILOT: (frozenset({None, _PILOT}), frozenset({_IN_REVIEW})),
    Step.PUBLISH: (_SHOWN | {None}, frozenset({_IN_REVIEW})),
    Step.PROMOTE: (frozenset({_PILOT}), frozenset({None, _DRAFT, _IN_REVIEW})),
    Step.SUSPEND: (frozenset({_PILOT, _ACTIVE}), frozenset({None, _DRAFT, _IN_REVIEW})),
    Step.RESUME: (frozenset({_SUSPENDED}), frozenset({None, _DRAFT, _IN_REVIEW})),
    Step.RETIRE: (frozenset(_SHOWN), frozenset({None, _DRAFT, _IN_REVIEW})),
    Step.CONFIRM: (frozenset(_SHOWN), frozenset({None, _DRAFT, _IN_REVIEW})),
}
"""Where a step is open: by what people see, and by the version that is worked on."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry: its content, who wrote it and why, who has decided on it.

    `base` is the version it was made from. `writers` are all who gave content or submitted it; none
    for reference data. `returned_for` are the reasons of the last return.
    """

    entry_id: UUID
    number: int
    state: VersionState
    content: Service
    reason: str
    made_at: datetime
    changed_at: datetime
    made_by: UUID | None = None
    writers: frozenset[UUID] = frozenset()
    base: int | None = None
    submitted_by: UUID | None = None
    submitted_at: datetime | None = None
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = None
    returned_for: str = ""
    published_by: UUID | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: what people see of it, what is worked on, and when its provider last said it is right.

    `standing` is none before the first publication; `published` and `working` are the numbers of the
    published version and of the one that is worked on, whose state is `progress`. `pilot` remembers
    for a suspended entry that it is in its trial. `due_on` is the day from which it counts as stale
    without a confirmation, `remind_on` that of the next reminder.
    """

    id: UUID
    code: str
    provider_id: UUID
    revision: int
    last: int
    standing: ServiceStatus | None = None
    published: int | None = None
    working: int | None = None
    progress: VersionState | None = None
    pilot: bool = False
    suspension: Suspension | None = None
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    due_on: date | None = None
    stale_since: date | None = None
    remind_on: date | None = None
    reminders: int = 0

    @property
    def status(self) -> ServiceStatus:
        """What people see of it; before the first publication where the draft stands."""
        if self.standing is not None:
            return self.standing
        return ServiceStatus.IN_REVIEW if self.progress is _IN_REVIEW else ServiceStatus.DRAFT

    @property
    def is_stale(self) -> bool:
        """Whether the provider has not confirmed it in time."""
        return self.stale_since is not None


def steps(entry: Entry) -> tuple[Step, ...]:
    """The steps that are open now, to whoever may take them."""
    return tuple(step for step in _OPEN_WHERE if is_open(entry, step))


def is_open(entry: Entry, step: Step) -> bool:
    """Whether this step is open now."""
    standings, progresses = _OPEN_WHERE[step]
    return entry.standing in standings and entry.progress in progresses


def create(content: Service, by: UUID, reason: str, now: datetime) -> tuple[Entry, Version]:
    """A new entry and its first draft."""
    entry = Entry(id=content.id, code=content.code, provider_id=content.provider_id, revision=0, last=0)
    return _draft(entry, content, by, reason, now, None)


def open_version(
    entry: Entry, published: Version, by: UUID, reason: str, now: datetime
) -> tuple[Entry, Version]:
    """A new draft of a published entry, with its content."""
    _refuse_unless_open(entry, Step.OPEN)
    return _draft(entry, published.content, by, reason, now, published.number)


def revise(
    entry: Entry, draft: Version, content: Service, by: UUID, reason: str, now: datetime
) -> tuple[Entry, Version]:
    """The draft with other content."""
    _refuse_unless_open(entry, Step.REVISE)
    revised = replace(
        draft,
        content=_of(entry, content, draft.number),
        writers=draft.writers | {by},
        reason=reason,
        changed_at=now,
    )
    return _next(entry), revised


def discard(entry: Entry, draft: Version, now: datetime) -> tuple[Entry, Version]:
    """The draft is given up; what is published stays."""
    _refuse_unless_open(entry, Step.DISCARD)
    return replace(_next(entry), working=None, progress=None), drop(draft, now)


def submit(entry: Entry, draft: Version, by: UUID, now: datetime) -> tuple[Entry, Version]:
    """The draft is handed in for review."""
    _refuse_unless_open(entry, Step.SUBMIT)
    submitted = replace(
        draft,
        state=_IN_REVIEW,
        writers=draft.writers | {by},
        submitted_by=by,
        submitted_at=now,
        returned_for="",
        changed_at=now,
    )
    return replace(_next(entry), progress=_IN_REVIEW), submitted


def give_back(entry: Entry, version: Version, by: UUID, reasons: str, now: datetime) -> tuple[Entry, Version]:
    """The version goes back to its provider, with the reasons."""
    _refuse_unless_open(entry, Step.RETURN)
    returned = replace(
        version, state=_DRAFT, reviewed_by=by, reviewed_at=now, returned_for=reasons, changed_at=now
    )
    return replace(_next(entry), progress=_DRAFT), returned


def publish(
    entry: Entry, version: Version, by: UUID, *, pilot: bool, term: Rule, now: datetime
) -> tuple[Entry, Version]:
    """The reviewed version is what people see from now on, as a trial or for good; a suspension ends.

    The provider's submission counts as its word that the entry is right. `FourEyes` for whoever wrote
    or submitted the version.
    """
    _refuse_unless_open(entry, Step.PILOT if pilot else Step.PUBLISH)
    _refuse_writers(version, by)
    published = replace(
        version,
        state=VersionState.PUBLISHED,
        reviewed_by=by,
        reviewed_at=now,
        published_by=by,
        published_at=now,
        changed_at=now,
    )
    shown = replace(
        _next(entry),
        standing=_PILOT if pilot else _ACTIVE,
        published=version.number,
        working=None,
        progress=None,
        pilot=pilot,
        suspension=None,
    )
    return _confirmed(shown, version.submitted_by, version.submitted_at, term, now), published


def supersede(version: Version, now: datetime) -> Version:
    """The version that was published until now."""
    return replace(version, state=VersionState.SUPERSEDED, changed_at=now)


def drop(version: Version, now: datetime) -> Version:
    """A version that nobody will work on any more."""
    return replace(version, state=VersionState.DISCARDED, changed_at=now)


def promote(entry: Entry, published: Version, by: UUID) -> Entry:
    """The trial is over: the entry is active. `FourEyes` for whoever wrote or submitted it."""
    _refuse_unless_open(entry, Step.PROMOTE)
    _refuse_writers(published, by)
    return replace(_next(entry), standing=_ACTIVE, pilot=False)


def suspend(entry: Entry, suspension: Suspension) -> Entry:
    """The service is not given for the time; people see why, and what to use meanwhile."""
    _refuse_unless_open(entry, Step.SUSPEND)
    return replace(_next(entry), standing=_SUSPENDED, suspension=suspension)


def resume(entry: Entry) -> Entry:
    """The service is given again, as a trial if it was one."""
    _refuse_unless_open(entry, Step.RESUME)
    return replace(_next(entry), standing=_PILOT if entry.pilot else _ACTIVE, suspension=None)


def retire(entry: Entry) -> Entry:
    """The service is given no more; nothing is open after it. A draft of it ends too."""
    _refuse_unless_open(entry, Step.RETIRE)
    return replace(
        _next(entry),
        standing=ServiceStatus.RETIRED,
        suspension=None,
        working=None,
        progress=None,
        due_on=None,
        stale_since=None,
        remind_on=None,
        reminders=0,
    )


def confirm(entry: Entry, by: UUID, term: Rule, now: datetime) -> Entry:
    """The provider says that what is published is still right."""
    _refuse_unless_open(entry, Step.CONFIRM)
    return _confirmed(_next(entry), by, now, term, now)


def load(
    entry: Entry | None, newest: Version | None, content: Service, term: Rule, now: datetime
) -> tuple[Entry, list[Version]] | None:
    """An entry of the reference data in the state that its content names, and the versions that changed.

    None when it is so already. Nobody has written it and nobody has confirmed it. `ValueError` when a
    published entry would become a draft again.
    """
    if entry is None or newest is None:
        return _loaded(_new(content), content, term, now, None)
    if shown(entry, newest) == replace(content, version=newest.number):
        return None
    loaded, versions = _loaded(entry, content, term, now, newest.number)
    before = supersede(newest, now) if newest.state is VersionState.PUBLISHED else drop(newest, now)
    return loaded, [*versions, before]


def shown(entry: Entry, published: Version) -> Service:
    """The service as people see it: the published content, with the entry's standing."""
    return replace(
        published.content,
        status=entry.status,
        suspension=entry.suspension,
        provider_id=entry.provider_id,
        version=published.number,
    )


def as_published(content: Service) -> Service:
    """The content as it would be seen once it is published."""
    return replace(content, status=_ACTIVE, suspension=None)


def flag(entry: Entry, reminder: Rule, now: datetime) -> Entry:
    """The entry, stale and its provider reminded, once more if it was before."""
    today = clock.local_date(now)
    return replace(
        _next(entry),
        stale_since=entry.stale_since or today,
        remind_on=after(today, reminder),
        reminders=entry.reminders + 1,
    )


def after(day: date, term: Rule) -> date:
    """The day on which a term in months or days from a day is over (Regulation 1182/71 art. 3)."""
    return end_months(day, term.whole) if term.unit is Unit.MONTHS else end_civil(day, term.whole)


def _new(content: Service) -> Entry:
    return Entry(content.id, content.code, content.provider_id, revision=0, last=0)


def _loaded(
    entry: Entry, content: Service, term: Rule, now: datetime, base: int | None
) -> tuple[Entry, list[Version]]:
    number = entry.last + 1
    is_draft = content.status in {ServiceStatus.DRAFT, ServiceStatus.IN_REVIEW}
    if is_draft and entry.standing is not None:
        raise ValueError(f"{entry.code}: a published entry does not become a draft again")
    version = Version(
        entry_id=entry.id,
        number=number,
        state=VersionState(content.status) if is_draft else VersionState.PUBLISHED,
        content=_of(entry, content, number),
        reason=LOADED,
        made_at=now,
        changed_at=now,
        base=base,
        published_at=None if is_draft else now,
    )
    loaded = replace(
        _next(entry),
        last=number,
        provider_id=content.provider_id,
        working=number if is_draft else None,
        progress=version.state if is_draft else None,
    )
    if is_draft:
        return loaded, [version]
    standing = replace(
        loaded,
        standing=content.status,
        published=number,
        pilot=content.status is _PILOT,
        suspension=content.suspension,
    )
    is_over = content.status is ServiceStatus.RETIRED
    return standing if is_over else _due(standing, term, now), [version]


def _draft(
    entry: Entry, content: Service, by: UUID, reason: str, now: datetime, base: int | None
) -> tuple[Entry, Version]:
    number = entry.last + 1
    version = Version(
        entry_id=entry.id,
        number=number,
        state=_DRAFT,
        content=_of(entry, content, number),
        reason=reason,
        made_at=now,
        changed_at=now,
        made_by=by,
        writers=frozenset({by}),
        base=base,
    )
    return replace(_next(entry), last=number, working=number, progress=_DRAFT), version


def _of(entry: Entry, content: Service, number: int) -> Service:
    """The content as a version keeps it: what belongs to the entry is the entry's."""
    return replace(
        content,
        id=entry.id,
        code=entry.code,
        status=ServiceStatus.DRAFT,
        suspension=None,
        version=number,
    )


def _next(entry: Entry) -> Entry:
    return replace(entry, revision=entry.revision + 1)


def _confirmed(entry: Entry, by: UUID | None, at: datetime | None, term: Rule, now: datetime) -> Entry:
    return _due(replace(entry, confirmed_by=by, confirmed_at=at), term, at or now)


def _due(entry: Entry, term: Rule, at: datetime) -> Entry:
    due_on = after(clock.local_date(at), term)
    return replace(entry, due_on=due_on, stale_since=None, remind_on=due_on, reminders=0)


def _refuse_unless_open(entry: Entry, step: Step) -> None:
    if not is_open(entry, step):
        state = " + ".join(filter(None, (entry.standing, entry.progress)))
        raise EntryStepRefused(state, steps(entry))


def _refuse_writers(version: Version, by: UUID) -> None:
    if by in version.writers:
        raise FourEyes
