"""Who follows the changes has the catalog's state, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub_events.session import Session
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing.databases import ServiceDatabase
from svc_catalog.domain.changes import Change, ChangeKind, Place
from svc_catalog.domain.services import ServiceStatus, service_id
from svc_catalog.errors.changes import CursorTooOld
from svc_catalog.operations import changes, loading
from svc_catalog.reference.guidance import advice as first_advice
from svc_catalog.reference.services import services as first_services
from svc_catalog.storage import changes as storage

CHANGES = "/catalog/v1/changes"
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KIND = ChangeKind.ADVICE
Open = Callable[[], AbstractAsyncContextManager[Session]]
numbers = count()


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Open]:
    made = Database(settings)
    yield made.sessions
    await made.close()


@pytest.fixture(scope="module", autouse=True)
async def only_here(settings: ServiceSettings, schema: ServiceDatabase) -> AsyncIterator[None]:
    """What these tests note is nowhere to be read: others that follow the changes do not meet it."""
    yield
    connection = await asyncpg.connect(schema.superuser_dsn)
    await connection.execute(
        "DELETE FROM catalog.changes WHERE kind = $1 AND code <> ALL($2)",
        KIND,
        [each.code for each in first_advice()],
    )
    await connection.close()


async def note(opened: Open, code: str, version: int, now: datetime = NOON, *, gone: bool = False) -> None:
    async with opened() as session, session.begin():
        await storage.note(session, KIND, code, version, now, gone=gone)


async def rest(opened: Open, place: Place | None) -> tuple[list[Change], Place]:
    """All that is new since a place."""
    async with opened() as session:
        stretch = await changes.follow(session, place, KIND, 10_000)
    return list(stretch.changes), stretch.end


async def test_who_begins_anew_gets_what_can_be_read(client: httpx2.AsyncClient) -> None:
    told: dict[tuple[str, str], dict[str, Any]] = {}
    query = {"limit": "17"}
    while True:
        page = (await client.get(CHANGES, params=query)).json()
        told |= {(item["kind"], item["code"]): item for item in page["items"]}
        if page["next_cursor"] is None:
            break
        assert page["sync_cursor"] == page["next_cursor"]
        query["cursor"] = page["next_cursor"]
    services_listed = (await client.get("/catalog/v1/services?limit=200")).json()["items"]
    for each in services_listed:
        assert told["SERVICE", each["code"]]["version"] == each["version"]
    assert len(services_listed) == sum(kind == "SERVICE" for kind, _ in told)
    institution = (await client.get("/catalog/v1/institutions/IPJ-CV")).json()
    assert told["INSTITUTION", "IPJ-CV"]["version"] == institution["version"]


async def test_every_link_leads_somewhere(client: httpx2.AsyncClient) -> None:
    for kind in ChangeKind:
        page = (await client.get(CHANGES, params={"kind": kind, "limit": "1"})).json()
        for item in page["items"]:
            answer = await client.get(item["link"])
            assert answer.status_code == 200
            assert answer.json().get("code") == (None if kind is ChangeKind.PLACES else item["code"])


async def test_who_comes_back_gets_only_what_is_new(client: httpx2.AsyncClient, database: Open) -> None:
    cursor = (await client.get(CHANGES, params={"kind": "FORM"})).json()["sync_cursor"]
    nothing = (await client.get(CHANGES, params={"kind": "FORM", "cursor": cursor})).json()
    assert (nothing["items"], nothing["next_cursor"]) == ([], None)
    async with database() as session, session.begin():
        await storage.note(session, ChangeKind.FORM, "test-new", 3, NOON)
        await storage.note(session, ChangeKind.FORM, "test-never-told", 1, NOON, gone=True)
    new = (await client.get(CHANGES, params={"kind": "FORM", "cursor": nothing["sync_cursor"]})).json()
    assert new["items"] == [
        {
            "kind": "FORM",
            "code": "test-new",
            "version": 3,
            "changed_at": "2026-11-21T10:00:00.000Z",
            "gone": False,
            "link": "/catalog/v1/forms/test-new",
        }
    ]
    async with database() as session, session.begin():
        await storage.note(session, ChangeKind.FORM, "test-new", 4, NOON, gone=True)
    gone = (await client.get(CHANGES, params={"kind": "FORM", "cursor": new["sync_cursor"]})).json()
    assert [(item["code"], item["gone"], item["link"]) for item in gone["items"]] == [
        ("test-new", True, None)
    ]
    anew = (await client.get(CHANGES, params={"kind": "FORM"})).json()
    assert "test-new" not in {item["code"] for item in anew["items"]}


async def test_a_change_that_commits_late_is_not_missed(database: Open) -> None:
    _, before = await rest(database, None)
    async with database() as early, early.begin():
        await storage.note(early, KIND, "test-early", 1, NOON)
        async with database() as hasty, hasty.begin():
            await hasty.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                await storage.note(hasty, KIND, "test-hasty", 1, NOON)
        late = asyncio.create_task(note(database, "test-late", 1))
        seen, between = await rest(database, before)
        assert seen == []
    await late
    seen, _ = await rest(database, between)
    assert [change.code for change in seen] == ["test-early", "test-late"]
    for change in seen:
        await note(database, change.code, 2, gone=True)


class Reader:
    """Somebody who keeps a copy."""

    def __init__(self, opened: Open, prefix: str) -> None:
        self._opened = opened
        self._prefix = prefix
        self._place: Place | None = None
        self.copy: dict[str, int] = {}

    async def read(self, limit: int) -> bool:
        """Take in one page; too late for that, begin anew. Whether there is more."""
        async with self._opened() as session:
            try:
                stretch = await changes.follow(session, self._place, KIND, limit + 1)
            except CursorTooOld:
                self._place = None
                self.copy.clear()
                return True
        shown = [each for each in stretch.changes[:limit] if each.code.startswith(self._prefix)]
        for change in shown:
            self.copy.pop(change.code, None)
            if not change.gone:
                self.copy[change.code] = change.version
        more = len(stretch.changes) > limit
        self._place = (
            replace(stretch.start, position=stretch.changes[limit - 1].position) if more else stretch.end
        )
        return more


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 4)),
            st.tuples(st.just("remove"), st.integers(0, 4)),
            st.tuples(st.just("read"), st.integers(1, 3)),
            st.tuples(st.just("forget"), st.just(0)),
        ),
        max_size=30,
    )
)
async def test_a_copy_that_follows_ends_as_the_catalog(database: Open, steps: list[tuple[str, int]]) -> None:
    prefix = f"test-{next(numbers)}-"
    catalog: dict[str, int] = {}
    reader = Reader(database, prefix)
    for at, (step, number) in enumerate(steps):
        code, now = f"{prefix}{number}", NOON + timedelta(minutes=at)
        if step == "put":
            catalog[code] = at + 1
            await note(database, code, at + 1, now)
        elif step == "remove":
            catalog.pop(code, None)
            await note(database, code, at + 1, now, gone=True)
        elif step == "read":
            await reader.read(number)
        else:
            async with database() as session, session.begin():
                await storage.forget(session, now)
    while await reader.read(50):
        pass
    assert reader.copy == catalog
    for code in catalog:
        await note(database, code, 99, gone=True)


async def test_a_cursor_from_before_a_forgotten_deletion_is_refused(
    client: httpx2.AsyncClient, database: Open
) -> None:
    await note(database, "test-short", 1)
    cursor = (await client.get(CHANGES, params={"kind": KIND})).json()["sync_cursor"]
    await note(database, "test-short", 2, gone=True)
    async with database() as session:
        assert await changes.forget(session, NOON + timedelta(days=90)) == 0
        assert await changes.forget(session, NOON + timedelta(days=90, minutes=1)) > 0
    answer = await client.get(CHANGES, params={"kind": KIND, "cursor": cursor})
    assert answer.status_code == 410
    assert answer.json()["type"].endswith("/problems/cursor-too-old")
    anew = (await client.get(CHANGES, params={"kind": KIND})).json()
    fresh = await client.get(CHANGES, params={"kind": KIND, "cursor": anew["sync_cursor"]})
    assert fresh.status_code == 200


async def test_a_cursor_is_good_for_its_own_kind_only(client: httpx2.AsyncClient) -> None:
    cursor = (await client.get(CHANGES, params={"kind": "SERVICE"})).json()["sync_cursor"]
    answer = await client.get(CHANGES, params={"kind": "INSTITUTION", "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query/cursor")


async def test_an_entry_that_is_retired_is_gone(client: httpx2.AsyncClient, database: Open) -> None:
    petition = next(each for each in first_services() if each.code == "petition")
    active = replace(petition, id=service_id("test-retired"), code="test-retired")
    cursor = (await client.get(CHANGES, params={"kind": "SERVICE"})).json()["sync_cursor"]
    for status in (ServiceStatus.DRAFT, ServiceStatus.ACTIVE, ServiceStatus.RETIRED):
        async with database() as session:
            await loading.load(session, [replace(active, status=status)], NOON)
        page = (await client.get(CHANGES, params={"kind": "SERVICE", "cursor": cursor})).json()
        told = [(item["version"], item["gone"]) for item in page["items"]]
        assert told == {"DRAFT": [], "ACTIVE": [(2, False)], "RETIRED": [(3, True)]}[status]
