"""When a part is away or dies in between: nothing or everything, and what was kept goes on."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_documents import seal
from hub_documents.render import Unprintable
from hub_documents.store import Store
from hub_events import outbox
from hub_events.session import Session
from svc_criminal_record.domain.requests import SYSTEM
from svc_criminal_record.domain.states import ReviewReason, State
from svc_criminal_record.errors.requests import AskedAlready
from svc_criminal_record.issuing import Means
from svc_criminal_record.operations import requests, upkeep
from svc_criminal_record.operations.requests import Shown, Wish
from svc_criminal_record.storage import certificates, status_lists
from svc_criminal_record.storage import requests as storage

from .outside import Outside

REQUESTS = "/criminal-record/v1/requests"
BODY = {"motive": "angajare"}
Sessions = async_sessionmaker[Session]


class Killed(Exception):
    """What the process meets in the middle."""


@pytest.fixture
def ana(outside: Outside) -> UUID:
    """A person of this test."""
    return outside.add_person()


@pytest.fixture
def as_ana(ana: UUID, signed_in: Any) -> dict[str, str]:
    """Her headers."""
    scopes = frozenset({"criminal-record:read", "criminal-record:write"})
    headers: dict[str, str] = signed_in(ana, scopes, assurance=Assurance.SUBSTANTIAL)
    return headers


@pytest.fixture
def ask(sessions: Sessions, means: Means) -> Callable[..., Any]:
    """Make `ask(person, now)`: the request of a person at an instant."""

    async def make(person: UUID, now: datetime, motive: str = "angajare") -> Shown:
        caller = Principal(Kind.PERSON, str(person), Assurance.SUBSTANTIAL, frozenset(), "tests")
        async with sessions() as session:
            return await requests.create(session, means, Wish(motive, None, Language.RO), caller, now)

    return make


async def rows(looking: asyncpg.Connection, person: UUID) -> tuple[int, int]:
    counts = [
        await looking.fetchval(f'SELECT count(*) FROM "criminal-record".{table} WHERE holder_id = $1', person)
        for table in ("requests", "certificates")
    ]
    return counts[0], counts[1]


async def state_of(sessions: Sessions, means: Means, request_id: UUID) -> Any:
    async with sessions() as session, session.begin():
        return await storage.read(session, means.key, request_id)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (status_lists, "take"),
        (Store, "put"),
        (certificates, "add"),
        (outbox, "record_all"),
        (storage, "move"),
        (storage, "tell"),
    ],
)
async def test_who_is_stopped_in_between_leaves_nothing_and_the_next_try_makes_all(
    client: httpx2.AsyncClient,
    ana: UUID,
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    name: str,
) -> None:
    async def fail(*_: Any, **__: Any) -> NoReturn:
        raise Killed

    key = {"idempotency-key": str(ids.new_id())}
    with monkeypatch.context() as patched:
        patched.setattr(place, name, fail)
        answer = await client.post(REQUESTS, json=BODY, headers=as_ana | key)
    assert answer.status_code == 500
    assert await rows(looking, ana) == (0, 0)
    answer = await client.post(REQUESTS, json=BODY, headers=as_ana | key)
    assert (answer.status_code, answer.json()["state"]) == (201, "ISSUED")
    assert await rows(looking, ana) == (1, 1)


async def test_a_file_of_who_was_stopped_before_the_commit_is_swept_and_others_stay(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    means: Means,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = (await client.post(REQUESTS, json={"motive": "studii"}, headers=as_ana)).json()["certificate"]

    async def fail(*_: Any, **__: Any) -> NoReturn:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(certificates, "add", fail)
        await client.post(REQUESTS, json=BODY, headers=as_ana)
    await means.issuer.store.put("certificates/read-me.pdf", b"put there by somebody")
    async with sessions() as session:
        assert await upkeep.sweep(session, means, clock.now()) == 0
        assert await upkeep.sweep(session, means, clock.now() + timedelta(hours=2)) >= 1
        assert await upkeep.sweep(session, means, clock.now() + timedelta(hours=2)) == 0
    assert (await client.get(said["file"], headers=as_ana)).status_code == 200
    assert await means.issuer.store.get("certificates/read-me.pdf") == b"put there by somebody"


async def test_while_the_register_is_away_a_request_is_kept_and_issued_when_it_is_back(
    client: httpx2.AsyncClient,
    ana: UUID,
    as_ana: dict[str, str],
    outside: Outside,
    means: Means,
    sessions: Sessions,
    looking: asyncpg.Connection,
) -> None:
    outside.is_away = True
    answer = await client.post(REQUESTS, json=BODY, headers=as_ana)
    assert (answer.status_code, answer.json()["state"]) == (201, "AUTO_CHECK")
    async with sessions() as session:
        await upkeep.go_on_with_all(session, means, clock.now())
        outside.is_away = False
        await asyncio.gather(
            *(_go_on(sessions, means) for _ in range(4)), upkeep.go_on_with_all(session, means, clock.now())
        )
    said = (await client.get(answer.headers["location"], headers=as_ana)).json()
    assert (said["state"], said["due_on"]) == ("ISSUED", answer.json()["due_on"])
    assert await rows(looking, ana) == (1, 1)


async def _go_on(sessions: Sessions, means: Means) -> None:
    async with sessions() as session:
        await upkeep.go_on_with_all(session, means, clock.now())


@pytest.mark.parametrize(
    ("fault", "state"),
    [(seal.SealRevoked, State.AUTO_CHECK), (lambda: Unprintable("U+12000"), State.MANUAL_REVIEW)],
)
async def test_without_a_seal_in_force_requests_wait_and_letters_without_a_font_are_for_an_officer(
    ana: UUID,
    ask: Any,
    looking: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[], Exception],
    state: State,
) -> None:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise fault()

    with monkeypatch.context() as patched:
        patched.setattr(seal.Sealer, "begin", fail)
        shown = await ask(ana, clock.now())
    assert (shown.request.state, await rows(looking, ana)) == (state, (1, 0))


async def test_after_the_time_of_the_rule_an_officer_takes_over(
    ana: UUID, ask: Any, outside: Outside, means: Means, sessions: Sessions
) -> None:
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    outside.is_away = True
    shown = await ask(ana, now)
    async with sessions() as session:
        await upkeep.go_on_with_all(session, means, now + timedelta(minutes=14))
        held = await state_of(sessions, means, shown.request.id)
        assert held.state is State.AUTO_CHECK
        await upkeep.go_on_with_all(session, means, now + timedelta(minutes=15))
    outside.is_away = False
    held = await state_of(sessions, means, shown.request.id)
    assert (held.state, held.review_reasons) == (State.MANUAL_REVIEW, (ReviewReason.REGISTER_DOWN,))


@pytest.mark.parametrize("what", ["death", "mandate", "name"])
async def test_what_has_come_in_between_is_for_an_officer(
    ana: UUID, outside: Outside, means: Means, sessions: Sessions, what: str
) -> None:
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    ion = outside.add_person()
    mandate = outside.add_mandate(ana, ion)
    caller = Principal(
        *(Kind.PERSON, str(ion), Assurance.SUBSTANTIAL, frozenset(), "tests"),
        mandate_id=mandate,
        on_behalf_of=ana,
    )
    outside.is_away = True
    async with sessions() as session:
        shown = await requests.create(session, means, Wish("angajare", None, Language.RO), caller, now)
        outside.is_away = False
        if what == "death":
            outside.people[ana]["died_on"] = "2026-11-22"
        elif what == "name":
            outside.people[ana]["family_name"] = "Ionescu"
        else:
            outside.mandates[mandate]["carries"] = False
        await upkeep.go_on_with_all(session, means, now + timedelta(minutes=1))
    held = await state_of(sessions, means, shown.request.id)
    expected = {
        "death": ReviewReason.HOLDER_DIED,
        "mandate": ReviewReason.MANDATE_ENDED,
        "name": ReviewReason.IDENTITY_DIFFERS,
    }
    assert (held.state, held.review_reasons) == (State.MANUAL_REVIEW, (expected[what],))


async def test_the_day_is_that_of_bucharest(ana: UUID, ask: Any) -> None:
    """23:30 UTC is tomorrow there: the second request is of another day, the third of the same."""
    evening = await ask(ana, datetime(2026, 11, 20, 21, 59, tzinfo=UTC))
    night = await ask(ana, datetime(2026, 11, 20, 22, 1, tzinfo=UTC))
    assert (evening.request.requested_on, night.request.requested_on) == (
        date(2026, 11, 20),
        date(2026, 11, 21),
    )
    with pytest.raises(AskedAlready):
        await ask(ana, datetime(2026, 11, 21, 10, tzinfo=UTC))


async def test_the_certificate_is_of_the_local_day_and_its_last_day_is_not_moved(ana: UUID, ask: Any) -> None:
    shown = await ask(ana, datetime(2026, 8, 30, 21, 30, tzinfo=UTC))
    assert shown.certificate is not None
    assert (shown.certificate.issued_on, shown.certificate.valid_until) == (
        date(2026, 8, 31),
        date(2027, 2, 28),
    )


async def test_of_a_request_close_to_its_term_is_told_once(
    outside: Outside, ask: Any, means: Means, sessions: Sessions, looking: asyncpg.Connection
) -> None:
    now = datetime(2026, 11, 10, 10, tzinfo=UTC)
    shown = await ask(outside.add_person(born_abroad=True), now)
    async with sessions() as session:
        await upkeep.alarm(session, means, now + timedelta(days=1))
        assert (await state_of(sessions, means, shown.request.id)).alarmed_at is None
        await upkeep.alarm(session, means, now + timedelta(days=2))
        await upkeep.alarm(session, means, now + timedelta(days=2))
    told = await looking.fetchval(
        'SELECT count(*) FROM "criminal-record".outbox WHERE key = $1 AND subject LIKE $2',
        str(shown.request.id),
        "%.request.alarmed.v1",
    )
    assert told == 1


async def test_who_was_invited_and_did_not_come_is_told_so_and_may_ask_again(
    outside: Outside, ask: Any, means: Means, sessions: Sessions
) -> None:
    now = datetime(2026, 10, 1, 10, tzinfo=UTC)
    person = outside.add_person(born_abroad=True)
    shown = await ask(person, now)
    async with sessions() as session:
        async with session.begin():
            held = await storage.lock(session, means.key, shown.request.id)
            assert held is not None
            await storage.move(
                *(session, means.key, held, State.NEEDS_COUNTER, SYSTEM, now),
                counter_until=date(2026, 10, 31),
            )
        await upkeep.close_not_come(session, means, datetime(2026, 10, 31, 20, tzinfo=UTC))
        assert (await state_of(sessions, means, shown.request.id)).state is State.NEEDS_COUNTER
        await upkeep.close_not_come(session, means, datetime(2026, 10, 31, 23, tzinfo=UTC))
    closed = await state_of(sessions, means, shown.request.id)
    assert (closed.state, closed.refusal_reason) == (State.REJECTED, "DID_NOT_COME")
    assert (await ask(person, now)).request.state is State.MANUAL_REVIEW


async def test_at_rest_neither_names_nor_numbers_nor_entries_can_be_read(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    ana: UUID,
    outside: Outside,
    settings: Any,
    looking: asyncpg.Connection,
) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_ana)).json()
    number = outside.number_of(ana).encode()
    for table in ("requests", "certificates", "outbox"):
        for row in await looking.fetch(f'SELECT * FROM "criminal-record".{table}'):
            assert number not in str(row).encode() + b"".join(
                value for value in row.values() if isinstance(value, bytes)
            )
    stored = Path(settings.criminal_record_store.removeprefix("file://"))
    file = stored / "certificates" / f"{said['certificate']['id']}.pdf"
    assert b"%PDF" not in file.read_bytes()
