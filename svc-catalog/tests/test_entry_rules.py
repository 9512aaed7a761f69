"""The life of an entry: what is open where, who may, and what people see meanwhile."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hub_core.decisions import FourEyes
from hub_core.principal import Role
from hub_core.rules import Rule, Unit
from svc_catalog.domain import entries
from svc_catalog.domain.entries import BY_ROLE, Entry, Step, Version, VersionState
from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.services import PUBLISHED, Service, ServiceStatus, Suspension, service_id
from svc_catalog.domain.text import Texts
from svc_catalog.errors.entries import EntryStepRefused

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WRITER, COLLEAGUE, PUBLISHER, SECOND = (UUID(int=number) for number in range(1, 5))
TERM = Rule("catalog.stale", Decimal(6), Unit.MONTHS, date(2026, 1, 1), None, "design")
MONTH = Rule("catalog.reminder", Decimal(1), Unit.MONTHS, date(2026, 1, 1), None, "design")
WHOLE = json.loads((Path(__file__).parent / "whole_entry.json").read_text(encoding="utf-8"))
CONTENT = TypeAdapter(Service).validate_python(
    WHOLE
    | {
        "id": service_id("whole"),
        "code": "whole",
        "status": "DRAFT",
        "provider_id": institution_id("IPJ-CV"),
    }
)
OUT = Suspension(Texts("Avarie", "Fault"), Texts("La ghișeu", "At a counter"), since=date(2026, 11, 22))


@dataclass
class Life:
    """An entry with its versions, as they would be stored."""

    entry: Entry
    versions: dict[int, Version] = field(default_factory=dict)

    @property
    def working(self) -> Version:
        return self.versions[self.entry.working or self.entry.last]

    @property
    def published(self) -> Version:
        return self.versions[self.entry.published or self.entry.last]

    def keep(self, entry: Entry, version: Version | None = None) -> None:
        before = self.entry.published
        self.entry = entry
        if version is not None:
            self.versions[version.number] = version
        if before is not None and before != entry.published:
            self.versions[before] = entries.supersede(self.versions[before], NOW)

    def take(self, step: Step, by: UUID, now: datetime = NOW) -> None:
        entry, working, published = self.entry, self.working, self.published
        title = Texts(f"Titlu {entry.revision}", f"Title {entry.revision}")
        results: dict[Step, Callable[[], Any]] = {
            Step.OPEN: lambda: entries.open_version(entry, published, by, "Taxa", now),
            Step.REVISE: lambda: entries.revise(
                entry, working, replace(CONTENT, title=title), by, "Titlul", now
            ),
            Step.DISCARD: lambda: entries.discard(entry, working, now),
            Step.SUBMIT: lambda: entries.submit(entry, working, by, now),
            Step.RETURN: lambda: entries.give_back(entry, working, by, "Lipsește taxa", now),
            Step.PILOT: lambda: entries.publish(entry, working, by, pilot=True, term=TERM, now=now),
            Step.PUBLISH: lambda: entries.publish(entry, working, by, pilot=False, term=TERM, now=now),
            Step.PROMOTE: lambda: (entries.promote(entry, published, by),),
            Step.SUSPEND: lambda: (entries.suspend(entry, OUT),),
            Step.RESUME: lambda: (entries.resume(entry),),
            Step.RETIRE: lambda: (entries.retire(entry),),
            Step.CONFIRM: lambda: (entries.confirm(entry, by, TERM, now),),
        }
        self.keep(*results[step]())

    def refusal(self, step: Step, by: UUID) -> EntryStepRefused | FourEyes | None:
        """Take a step; why it was refused, if it was."""
        try:
            self.take(step, by)
        except (EntryStepRefused, FourEyes) as refused:
            return refused
        return None


def a_life(*steps: Step) -> Life:
    """An entry after these steps, each taken by whoever may."""
    entry, version = entries.create(CONTENT, WRITER, "Un serviciu nou", NOW)
    life = Life(entry, {version.number: version})
    for step in steps:
        life.take(step, PUBLISHER if step in BY_ROLE[Role.CATALOG_PUBLISHER] else WRITER)
    return life


PUBLISHED_LIFE = (Step.SUBMIT, Step.PUBLISH)


def test_a_new_entry_is_a_draft_that_nobody_sees() -> None:
    life = a_life()
    assert life.entry.status is ServiceStatus.DRAFT
    assert life.entry.published is None
    assert entries.steps(life.entry) == (Step.REVISE, Step.SUBMIT)


def test_the_way_to_the_people() -> None:
    life = a_life(Step.SUBMIT)
    assert life.entry.status is ServiceStatus.IN_REVIEW
    life.take(Step.RETURN, PUBLISHER)
    assert (life.entry.status, life.working.returned_for) == (ServiceStatus.DRAFT, "Lipsește taxa")
    life.take(Step.REVISE, COLLEAGUE)
    life.take(Step.SUBMIT, WRITER)
    assert life.working.returned_for == ""
    life.take(Step.PILOT, PUBLISHER)
    assert entries.shown(life.entry, life.published).status is ServiceStatus.PILOT
    life.take(Step.PROMOTE, SECOND)
    shown = entries.shown(life.entry, life.published)
    assert (shown.status, shown.version, shown.title.en) == (ServiceStatus.ACTIVE, 1, "Title 3")


@pytest.mark.parametrize("step", [Step.PILOT, Step.PUBLISH])
@pytest.mark.parametrize("by", [WRITER, COLLEAGUE])
def test_who_wrote_or_submitted_never_publishes(step: Step, by: UUID) -> None:
    entry, version = entries.create(CONTENT, WRITER, "Nou", NOW)
    life = Life(entry, {1: version})
    life.take(Step.SUBMIT, COLLEAGUE)
    with pytest.raises(FourEyes):
        life.take(step, by)


def test_who_wrote_never_ends_the_trial() -> None:
    with pytest.raises(FourEyes):
        a_life(Step.SUBMIT, Step.PILOT).take(Step.PROMOTE, WRITER)


def test_a_published_entry_stays_as_it_is_while_a_draft_is_worked_on() -> None:
    life = a_life(*PUBLISHED_LIFE)
    seen = entries.shown(life.entry, life.published)
    for step in (Step.OPEN, Step.REVISE, Step.SUBMIT):
        life.take(step, WRITER)
        assert entries.shown(life.entry, life.published) == seen
    life.take(Step.PUBLISH, PUBLISHER)
    assert entries.shown(life.entry, life.published).version == 2
    assert {number: version.state for number, version in life.versions.items()} == {
        1: VersionState.SUPERSEDED,
        2: VersionState.PUBLISHED,
    }


def test_a_draft_that_is_given_up_leaves_its_number_behind() -> None:
    life = a_life(*PUBLISHED_LIFE, Step.OPEN, Step.DISCARD, Step.OPEN)
    assert life.entry.working == 3
    assert life.versions[2].state is VersionState.DISCARDED
    assert life.working.base == 1


def test_a_suspension_says_why_and_ends_where_it_began() -> None:
    for way, status in ((Step.PILOT, ServiceStatus.PILOT), (Step.PUBLISH, ServiceStatus.ACTIVE)):
        life = a_life(Step.SUBMIT, way, Step.SUSPEND)
        assert entries.shown(life.entry, life.published).suspension == OUT
        life.take(Step.RESUME, PUBLISHER)
        shown = entries.shown(life.entry, life.published)
        assert (shown.status, shown.suspension) == (status, None)


def test_a_new_version_ends_a_suspension() -> None:
    life = a_life(*PUBLISHED_LIFE, Step.SUSPEND, Step.OPEN, Step.SUBMIT, Step.PUBLISH)
    assert entries.shown(life.entry, life.published).suspension is None


def test_nothing_is_open_after_the_end() -> None:
    life = a_life(*PUBLISHED_LIFE, Step.OPEN, Step.RETIRE)
    assert entries.steps(life.entry) == ()
    with pytest.raises(EntryStepRefused) as refused:
        life.take(Step.OPEN, WRITER)
    assert refused.value.facts == {"state": "RETIRED", "steps": "-"}


def test_a_refused_step_names_the_state_and_the_open_ones() -> None:
    with pytest.raises(EntryStepRefused) as refused:
        a_life().take(Step.PUBLISH, PUBLISHER)
    assert refused.value.facts == {"state": "DRAFT", "steps": "REVISE, SUBMIT"}


def test_a_submission_is_the_providers_word_for_six_months() -> None:
    life = a_life(*PUBLISHED_LIFE)
    assert (life.entry.confirmed_by, life.entry.confirmed_at) == (WRITER, NOW)
    assert life.entry.due_on == date(2027, 5, 22)


def test_a_stale_entry_is_reminded_of_monthly_until_it_is_confirmed() -> None:
    life = a_life(*PUBLISHED_LIFE)
    late = NOW + timedelta(days=200)
    flagged = entries.flag(life.entry, MONTH, late)
    assert (flagged.is_stale, flagged.reminders, flagged.remind_on) == (True, 1, date(2027, 7, 10))
    again = entries.flag(flagged, MONTH, late + timedelta(days=31))
    assert (again.stale_since, again.reminders) == (flagged.stale_since, 2)
    confirmed = entries.confirm(again, COLLEAGUE, TERM, late + timedelta(days=40))
    assert (confirmed.is_stale, confirmed.reminders, confirmed.confirmed_by) == (False, 0, COLLEAGUE)
    assert confirmed.due_on == date(2028, 1, 20)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, end: date) -> None:
    assert entries.after(day, replace(TERM, value=Decimal(months))) == end


def test_reference_data_are_published_by_nobody_and_confirmed_by_nobody() -> None:
    active = replace(CONTENT, status=ServiceStatus.ACTIVE)
    loaded = entries.load(None, None, active, TERM, NOW)
    assert loaded is not None
    entry, [version] = loaded
    assert (version.state, version.made_by, version.writers) == (VersionState.PUBLISHED, None, frozenset())
    assert (entry.status, entry.confirmed_at, entry.due_on) == (
        ServiceStatus.ACTIVE,
        None,
        date(2027, 5, 22),
    )


PEOPLE = st.sampled_from([WRITER, COLLEAGUE, PUBLISHER, SECOND])
STEPS = st.sampled_from([step for steps in BY_ROLE.values() for step in steps if step is not Step.CREATE])


@given(st.lists(st.tuples(STEPS, PEOPLE), max_size=40))
def test_whatever_is_tried_the_life_of_an_entry_keeps_its_rules(tried: list[tuple[Step, UUID]]) -> None:
    life = a_life()
    for step, by in tried:
        before, open_steps = life.entry, entries.steps(life.entry)
        shown_before = entries.shown(before, life.published) if before.published else None
        writers = (life.published if step is Step.PROMOTE else life.working).writers
        refused = life.refusal(step, by)
        if refused is not None:
            assert life.entry == before
            if isinstance(refused, FourEyes):
                assert by in writers
            else:
                assert step not in open_steps
                assert refused.facts["steps"] == (", ".join(open_steps) or "-")
            continue
        after = life.entry
        assert step in open_steps
        assert after.revision == before.revision + 1
        assert (after.progress is None) == (after.working is None)
        assert (after.published is None) == (after.standing is None)
        assert (after.suspension is not None) == (after.status is ServiceStatus.SUSPENDED)
        assert (after.due_on is not None) == (after.status in PUBLISHED)
        states = [version.state for version in life.versions.values()]
        assert states.count(VersionState.PUBLISHED) == (after.published is not None)
        assert all(
            version.published_by not in version.writers
            for version in life.versions.values()
            if version.published_by
        )
        if before.published:
            assert after.published is not None
            assert after.published >= before.published
        if step in {Step.OPEN, Step.REVISE, Step.DISCARD, Step.SUBMIT, Step.RETURN, Step.CONFIRM}:
            assert (entries.shown(after, life.published) if after.published else None) == shown_before


def test_a_release_makes_a_new_version_of_what_differs() -> None:
    active = replace(CONTENT, status=ServiceStatus.ACTIVE)
    entry, [version] = entries.load(None, None, active, TERM, NOW) or (None, [])
    assert entries.load(entry, version, active, TERM, NOW) is None
    suspended = replace(active, status=ServiceStatus.SUSPENDED, suspension=OUT)
    later, versions = entries.load(entry, version, suspended, TERM, NOW) or (None, [])
    assert later is not None
    assert entries.shown(later, versions[0]) == replace(suspended, version=2)
    assert [each.state for each in versions] == [VersionState.PUBLISHED, VersionState.SUPERSEDED]


def test_a_release_does_not_take_back_what_is_published() -> None:
    active = replace(CONTENT, status=ServiceStatus.ACTIVE)
    entry, [version] = entries.load(None, None, active, TERM, NOW) or (None, [])
    with pytest.raises(ValueError, match="draft"):
        entries.load(entry, version, CONTENT, TERM, NOW)


def test_a_draft_of_a_release_may_be_published_by_the_next() -> None:
    entry, [draft] = entries.load(None, None, CONTENT, TERM, NOW) or (None, [])
    assert entries.load(entry, draft, CONTENT, TERM, NOW) is None
    active = replace(CONTENT, status=ServiceStatus.ACTIVE)
    later, versions = entries.load(entry, draft, active, TERM, NOW) or (None, [])
    assert later is not None
    assert (later.status, later.working, later.published) == (ServiceStatus.ACTIVE, None, 2)
    assert [each.state for each in versions] == [VersionState.PUBLISHED, VersionState.DISCARDED]
