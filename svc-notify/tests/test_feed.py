"""The feed as it is stored and read: positions, what a reader sees by SQL, consents as they were told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import select

from hub_core import clock, ids
from hub_events import envelope
from hub_events.envelope import Event
from svc_notify import feeding
from svc_notify.consumers import feed as consumers
from svc_notify.consumers.feed import ConsentGranted, ConsentWithdrawn
from svc_notify.domain import feed as domain
from svc_notify.domain.feed import EVENTS_READ, PETITIONS_READ, RECORD_READ, Arrival, FeedEvent, Reader
from svc_notify.errors.feed import EventsForgotten
from svc_notify.operations import feed
from svc_notify.operations.feed import Filter
from svc_notify.operations.waiting import MOST, Waiting
from svc_notify.storage import feed as storage
from svc_notify.tables.feed import EVENTS

ROOT = Path(__file__).parents[2]
REGISTERED = "hub.petitions.petition.registered.v1"
SUSPENDED = "hub.catalog.entry.suspended.v1"
SANDBOX = "hub.petitions.sandbox-petition.registered.v1"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVERYTHING = Filter()
READS = frozenset({EVENTS_READ, PETITIONS_READ})
Tell = Callable[..., Awaitable[Arrival]]


def an_arrival(event_type: str = REGISTERED, *, key: UUID | None = None, **said: Any) -> Arrival:
    path = ROOT / f"svc-{domain.source_of(event_type)}/contract/events/{event_type.removeprefix('hub.')}"
    example = json.loads(Path(f"{path}.example.json").read_text())
    data = example["data"] | {name: str(value) for name, value in said.items()}
    return Arrival(ids.new_id(), event_type, str(key or ids.new_id()), clock.now(), data)


@pytest.fixture
def tell(hub: Any) -> Tell:
    """Hear an event: `await tell(REGISTERED, person_id=…)`."""

    async def hear(event_type: str = REGISTERED, **said: Any) -> Arrival:
        arrival = an_arrival(event_type, **said)
        async with hub.database.sessions() as session:
            await feed.hear(session, arrival)
        return arrival

    return hear


@pytest.fixture
def place(hub: Any) -> Callable[[], Awaitable[list[FeedEvent]]]:
    """Give positions to what has arrived."""

    async def act() -> list[FeedEvent]:
        async with hub.database.sessions() as session:
            return list(await feed.place(session, clock.now()))

    return act


@pytest.fixture
def read(hub: Any) -> Callable[..., Awaitable[feed.Page]]:
    """Read: `await read(reader, after=None)`."""

    async def act(
        reader: Reader, after: int | None = None, wanted: Filter = EVERYTHING, limit: int = 50
    ) -> feed.Page:
        async with hub.database.sessions() as session:
            return await feed.read(session, reader, wanted, after, limit)

    return act


@pytest.fixture
def hear(hub: Any) -> Callable[..., Awaitable[None]]:
    """Hear events about consents, each in its transaction."""
    handlers = {
        kind: handle
        for made in consumers.subscriptions(lambda: None)
        for kind, handle in made.handlers.items()
    }

    async def act(event: Event, at: datetime | None = None) -> None:
        payload = envelope.encode(ids.new_id(), event, at or clock.now(), None)
        async with hub.database.sessions() as session, session.unit_of_work():
            await handlers[type(event)](session, envelope.decode(type(event), payload))

    return act


def granted(
    person_id: UUID, *scopes: str, consent_id: UUID | None = None, version: int = 1
) -> ConsentGranted:
    return ConsentGranted(
        consent_id=consent_id or ids.new_id(),
        person_id=person_id,
        client_id="app",
        scopes=scopes or (EVENTS_READ, PETITIONS_READ),
        version=version,
    )


def withdrawn(told: ConsentGranted) -> ConsentWithdrawn:
    return ConsentWithdrawn(
        withdrawal_id=ids.new_id(),
        consent_id=told.consent_id,
        person_id=told.person_id,
        client_id=told.client_id,
        version=1,
    )


APPLICATION = Reader("app", READS)


async def test_a_neighbour_institution_sees_nothing(tell: Tell, place: Any, read: Any) -> None:
    institution, neighbour = ids.new_id(), ids.new_id()
    told = await tell(institution_id=institution)
    await place()
    page = await read(Reader("desk", READS, institution_id=institution))
    assert [event.id for event in page.events] == [told.id]
    assert not (await read(Reader("desk", READS, institution_id=neighbour))).events


async def test_an_application_sees_people_who_let_it_from_then_on_until_they_withdraw_it(
    tell: Tell, place: Any, read: Any, hear: Any
) -> None:
    ana, agreed = ids.new_id(), granted(ids.new_id())
    agreed = granted(ana)
    await tell(person_id=ana)
    await hear(agreed)
    later = await tell(person_id=ana)
    await tell(person_id=ids.new_id())
    await place()
    assert [event.id for event in (await read(APPLICATION)).events] == [later.id]
    assert not (await read(Reader("other", READS))).events
    await hear(withdrawn(agreed))
    assert not (await read(APPLICATION)).events


async def test_a_withdrawal_that_is_heard_before_its_consent_wins(
    tell: Tell, place: Any, read: Any, hear: Any
) -> None:
    agreed = granted(ids.new_id())
    await hear(withdrawn(agreed))
    await hear(agreed)
    await tell(person_id=agreed.person_id)
    await place()
    assert not (await read(APPLICATION)).events


async def test_a_consent_given_anew_begins_anew(tell: Tell, place: Any, read: Any, hear: Any) -> None:
    ana = ids.new_id()
    first = granted(ana)
    await hear(first)
    await tell(person_id=ana)
    await hear(withdrawn(first))
    await hear(granted(ana))
    later = await tell(person_id=ana)
    await place()
    assert [event.id for event in (await read(APPLICATION)).events] == [later.id]


async def test_an_older_version_of_a_consent_changes_nothing(
    tell: Tell, place: Any, read: Any, hear: Any
) -> None:
    ana, consent = ids.new_id(), ids.new_id()
    await hear(granted(ana, EVENTS_READ, PETITIONS_READ, consent_id=consent, version=2))
    await hear(granted(ana, EVENTS_READ, consent_id=consent))
    told = await tell(person_id=ana)
    await place()
    assert [event.id for event in (await read(APPLICATION)).events] == [told.id]


async def test_a_scope_counts_from_when_it_was_agreed_to(
    tell: Tell, place: Any, read: Any, hear: Any
) -> None:
    ana, consent = ids.new_id(), ids.new_id()
    await hear(granted(ana, EVENTS_READ, consent_id=consent))
    await tell(person_id=ana)
    await hear(granted(ana, EVENTS_READ, PETITIONS_READ, consent_id=consent, version=2))
    later = await tell(person_id=ana)
    await place()
    assert [event.id for event in (await read(APPLICATION)).events] == [later.id]


async def test_of_who_does_not_let_it_follow_them_nothing_is_kept(
    hear: Any, looking: asyncpg.Connection
) -> None:
    told = granted(ids.new_id(), "openid", PETITIONS_READ)
    await hear(told)
    assert not await looking.fetch("SELECT FROM notify.consents WHERE id = $1", told.consent_id)


async def test_nothing_of_a_sandbox_is_seen_in_earnest_and_nothing_in_earnest_in_a_sandbox(
    tell: Tell, place: Any, read: Any, hear: Any
) -> None:
    ana, institution = ids.new_id(), ids.new_id()
    await hear(granted(ana))
    real = await tell(person_id=ana, institution_id=institution)
    tried = await tell(SANDBOX, person_id=ana, institution_id=institution, client_id="app")
    await place()
    for facts in ((None, None), (institution, None), (None, ana)):
        in_earnest, tested = (Reader("app", READS, *facts, is_sandbox=is_it) for is_it in (False, True))
        assert [event.id for event in (await read(in_earnest)).events] == [real.id]
        assert [event.id for event in (await read(tested)).events] == [tried.id]
        other = Reader("other", READS, *facts, is_sandbox=True)
        assert not (await read(other)).events


async def test_what_happens_with_somebody_invented_is_no_event_in_earnest(
    tell: Tell, place: Any, read: Any, looking: asyncpg.Connection
) -> None:
    told_for, untold = ids.new_id(), ids.new_id()
    for person_id, client_id in ((told_for, "app"), (untold, None)):
        await looking.execute(
            "INSERT INTO notify.sandbox_people (person_id, created_at, is_removed, client_id)"
            " VALUES ($1, now(), false, $2)",
            *(person_id, client_id),
        )
    institution = ids.new_id()
    tested = await tell(person_id=told_for, institution_id=institution)
    await tell(person_id=untold, institution_id=institution)
    await place()
    assert not (await read(Reader("desk", READS, institution_id=institution))).events
    trying = Reader("app", READS, None, told_for, is_sandbox=True)
    assert [event.id for event in (await read(trying)).events] == [tested.id]


async def test_an_event_that_is_heard_again_has_one_position(hub: Any, place: Any, read: Any) -> None:
    told = an_arrival(institution_id=ids.new_id())
    for _ in range(2):
        async with hub.database.sessions() as session:
            await feed.hear(session, told)
    first = await place()
    async with hub.database.sessions() as session:
        await feed.hear(session, told)
    assert [event.id for event in first] == [told.id]
    assert await place() == []
    page = await read(Reader("desk", READS, UUID(told.data["institution_id"])))
    assert [event.id for event in page.events] == [told.id]


async def test_the_next_cursor_moves_on_where_nothing_is_to_be_seen(
    tell: Tell, place: Any, read: Any
) -> None:
    nobody = Reader("desk", READS, institution_id=ids.new_id())
    before = (await read(nobody)).next
    await tell(institution_id=ids.new_id())
    [placed] = await place()
    page = await read(nobody, before)
    assert (page.events, page.next) == ([], placed.position)


async def test_pages_follow_each_other_without_a_gap(tell: Tell, place: Any, read: Any) -> None:
    institution = ids.new_id()
    told = [await tell(institution_id=institution) for _ in range(5)]
    await place()
    reader, after, seen = Reader("desk", READS, institution_id=institution), None, []
    while (page := await read(reader, after, limit=2)).events:
        seen += [event.id for event in page.events]
        after = page.next
    assert seen == [one.id for one in told]


async def test_filters_by_type_and_by_subject(tell: Tell, place: Any, read: Any) -> None:
    institution, petition = ids.new_id(), ids.new_id()
    one = await tell(institution_id=institution, key=petition)
    other = await tell("hub.petitions.petition.answered.v1", institution_id=institution)
    await place()
    reader = Reader("desk", READS, institution_id=institution)

    async def found(**wanted: Any) -> list[UUID]:
        return [event.id for event in (await read(reader, wanted=Filter(**wanted))).events]

    assert await found(types=["hub.petitions.*"]) == [one.id, other.id]
    assert await found(types=[REGISTERED, "hub.catalog.*"]) == [one.id]
    assert await found(subject=str(petition)) == [one.id]
    assert await found(types=["hub.nothing.*"]) == []


async def test_who_reads_misses_nothing_that_commits_later_than_what_has_a_higher_id(
    hub: Any, place: Any, read: Any
) -> None:
    """An event that is heard in a transaction that stays open gets its position when that has ended."""
    institution = ids.new_id()
    reader = Reader("desk", READS, institution_id=institution)
    slow, quick = an_arrival(institution_id=institution), an_arrival(institution_id=institution)
    async with hub.database.sessions() as session, session.begin():
        await storage.add(session, domain.shown(slow))
        async with hub.database.sessions() as other:
            await feed.hear(other, quick)
        await place()
        page = await read(reader)
        assert [event.id for event in page.events] == [quick.id]
    await place()
    assert [event.id for event in (await read(reader, page.next)).events] == [slow.id]


async def test_two_that_give_positions_at_once_give_each_event_one(hub: Any, tell: Tell, read: Any) -> None:
    institution = ids.new_id()
    told = [await tell(institution_id=institution) for _ in range(20)]

    async def place_some(limit: int) -> None:
        async with hub.database.sessions() as session, session.begin():
            await storage.place(session, await storage.lock_end(session), limit, clock.now())

    await asyncio.gather(*(place_some(4) for _ in range(6)))
    page = await read(Reader("desk", READS, institution_id=institution))
    assert [event.id for event in page.events] == [one.id for one in told]
    assert [event.position for event in page.events] == sorted({event.position for event in page.events})


async def test_what_was_kept_long_enough_goes_and_a_cursor_of_before_is_told_so(
    hub: Any, tell: Tell, place: Any, read: Any, looking: asyncpg.Connection
) -> None:
    institution = ids.new_id()
    reader = Reader("desk", READS, institution_id=institution)
    before = (await read(reader)).next
    await tell(institution_id=institution)
    [old] = await place()
    kept = await tell(institution_id=institution)
    await place()
    await looking.execute(
        "UPDATE notify.feed_events SET placed_at = now() - interval '41 days' WHERE position <= $1",
        old.position,
    )
    async with hub.database.sessions() as session:
        while await feed.forget(session, clock.now()):
            pass
    with pytest.raises(EventsForgotten):
        await read(reader, before)
    assert [event.id for event in (await read(reader)).events] == [kept.id]
    assert [event.id for event in (await read(reader, old.position)).events] == [kept.id]


async def test_a_reader_waits_until_its_event_comes(hub: Any, tell: Tell, place: Any, read: Any) -> None:
    institution = ids.new_id()
    reader = Reader("desk", READS, institution_id=institution)
    waiting = Waiting()
    watching = asyncio.create_task(waiting.run(hub.database.sessions))
    after = (await read(reader)).next
    waits = asyncio.create_task(waiting.until(reader, EVERYTHING, after, 10))
    await tell(institution_id=ids.new_id())
    await place()
    waiting.moved()
    told = await tell(institution_id=institution)
    await place()
    waiting.moved()
    assert await waits
    assert [event.id for event in (await read(reader, after)).events] == [told.id]
    watching.cancel()


async def test_who_comes_when_too_many_wait_is_answered_at_once() -> None:
    reader, waiting = Reader("desk", READS, institution_id=ids.new_id()), Waiting()
    crowd = [asyncio.create_task(waiting.until(reader, EVERYTHING, 0, 25)) for _ in range(MOST)]
    await asyncio.sleep(0)
    assert not await waiting.until(reader, EVERYTHING, 0, 25)
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_what_is_committed_gets_its_position_without_being_asked(hub: Any, tell: Tell) -> None:
    placed = asyncio.Event()
    placing = feeding.Placing(placed.set)
    running = asyncio.create_task(placing.run(hub.database.sessions))
    await tell(institution_id=ids.new_id())
    placing.wake()
    async with asyncio.timeout(10):
        await placed.wait()
    running.cancel()


ANA, DAN = ids.new_id(), ids.new_id()
A, B = ids.new_id(), ids.new_id()
MOMENTS = [NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)]
SCOPES = (EVENTS_READ, PETITIONS_READ, RECORD_READ)

events_of = strategies.builds(
    FeedEvent,
    id=strategies.uuids(version=4),
    type=strategies.sampled_from([REGISTERED, SUSPENDED]),
    subject=strategies.none(),
    time=strategies.sampled_from(MOMENTS),
    institution_id=strategies.sampled_from([None, A, B]),
    person_id=strategies.sampled_from([None, ANA, DAN]),
    scope=strategies.sampled_from([None, PETITIONS_READ, RECORD_READ]),
    is_public=strategies.booleans(),
    sandbox_client_id=strategies.sampled_from([None, "app", "other"]),
    body=strategies.just(b"{}"),
)
readers = strategies.builds(
    Reader,
    client_id=strategies.sampled_from(["app", "other"]),
    scopes=strategies.frozensets(strategies.sampled_from(SCOPES)),
    institution_id=strategies.sampled_from([None, A]),
    person_id=strategies.sampled_from([None, ANA]),
    is_sandbox=strategies.booleans(),
)
lets = strategies.builds(
    domain.Consent,
    client_id=strategies.sampled_from(["app", "other"]),
    person_id=strategies.sampled_from([ANA, DAN]),
    scopes=strategies.dictionaries(strategies.sampled_from(SCOPES), strategies.sampled_from(MOMENTS)),
)


@pytest.fixture
async def session(hub: Any) -> AsyncIterator[Any]:
    async with hub.database.sessions() as made:
        yield made


@given(
    told=strategies.lists(events_of, min_size=8, max_size=30, unique_by=lambda event: event.id),
    who=strategies.lists(readers, min_size=1, max_size=8),
    consents=strategies.lists(lets, max_size=4),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_database_shows_what_the_rule_says(
    session: Any, told: list[FeedEvent], who: list[Reader], consents: list[domain.Consent]
) -> None:
    async with session.begin() as transaction:
        for event in told:
            await storage.add(session, event)
        for one in consents:
            consent_id = ids.new_id()
            await storage.keep_consent(session, consent_id, one.client_id, one.person_id, 1)
            await storage.set_consent(session, consent_id, dict(one.scopes), 1)
        placed = await storage.place(session, await storage.lock_end(session), 100, NOW)
        last, _ = await storage.ends(session)
        for reader in who:
            expected = [event.id for event in placed if domain.may_see(reader, event, consents)]
            shown = select(EVENTS.c.id).where(storage.visible(reader)).order_by(EVENTS.c.position)
            assert list(await session.scalars(shown, storage.told_of(reader))) == expected
            found = await storage.read(session, reader, 0, last, 100, None, None)
            assert [event.id for event in found] == expected
        await transaction.rollback()


async def test_the_copy_of_a_persons_data_has_the_events_about_them(hub: Any, tell: Tell, place: Any) -> None:
    ana = ids.new_id()
    told = await tell(person_id=ana)
    await tell(person_id=ids.new_id())
    await place()
    async with hub.database.sessions() as session:
        assert [event.id for event in await feed.events_of(session, ana)] == [told.id]
