"""Who looked at my data: what is shown, to whom, and how a change of the log is found."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Role
from hub_events.session import Session
from hub_testing.databases import ServiceDatabase
from svc_identity.domain import access_log as chain
from svc_identity.domain.access_log import Access, Audit, FaultKind, Line, Position
from svc_identity.domain.account import Account
from svc_identity.domain.person import Person, Source
from svc_identity.operations import access_log, keys
from svc_identity.provider import Provider
from svc_identity.seed import IPJ_CV, IPJ_HR
from svc_identity.storage import access_log as storage
from svc_identity.storage import people

READ, WRITE, DECIDE, PEOPLE = "privacy:read", "privacy:write", "privacy:decide", "people:read"
LOG = "/identity/v1/me/access-log"
STATED = {"purpose": 'CASE_HANDLING;file="123/2026"'}
NOON = clock.now()
TODAY = clock.local_date(NOON)
MIDNIGHT = datetime.combine(TODAY + timedelta(days=1), time(), clock.BUCHAREST)


def an_access(**facts: Any) -> Access:
    made: dict[str, Any] = {
        "id": ids.new_id(),
        "service": "petitions",
        "at": NOON,
        "actor_id": str(ids.new_id()),
        "actor_kind": "person",
        "roles": ("HANDLER",),
        "institution_id": IPJ_CV,
        "on_behalf_of": None,
        "mandate_id": None,
        "client_id": "counter",
        "action": "READ",
        "resource_type": "petition",
        "resource_id": str(ids.new_id()),
        "subject_person_id": ids.new_id(),
        "purpose": "CASE_HANDLING",
        "file": "123/2026",
        "legal_basis": "OG 27/2002 art. 8",
        "channel": "API",
        "result": "GRANTED",
        "request_id": None,
        "withheld_until": None,
    }
    return Access(**(made | facts))


# The chain.


def audited(lines: list[Line]) -> list[tuple[FaultKind, int | None]]:
    audit = Audit(Position())
    for line in lines:
        audit.pass_line(line)
    return [(fault.kind, fault.seq) for fault in audit.faults]


def some_lines(count: int = 7) -> list[Line]:
    return chain.append(Position(), [an_access() for _ in range(count)], NOON)


def test_a_chain_as_it_was_written_has_no_fault() -> None:
    first = some_lines()
    more = chain.append(Position(first[-1].seq, first[-1].hash), [an_access()], NOON)
    assert audited([*first, *more]) == []
    assert [line.seq for line in [*first, *more]] == list(range(1, 9))


def test_a_changed_fact_is_found() -> None:
    lines = some_lines()
    lines[3] = replace(lines[3], access=replace(lines[3].access, purpose="SUPERVISION"))
    assert audited(lines) == [(FaultKind.LINE_CHANGED, 4)]


def test_a_line_that_was_made_to_fit_breaks_the_next_link() -> None:
    lines = some_lines()
    changed = replace(lines[3], access=replace(lines[3].access, file="7/2026"))
    lines[3] = replace(changed, hash=chain.digest(changed))
    assert audited(lines) == [(FaultKind.CHAIN_BROKEN, 5)]


def test_a_removed_line_is_found() -> None:
    lines = some_lines()
    del lines[2]
    assert (FaultKind.LINE_MISSING, 3) in audited(lines)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13])
def test_each_line_is_proved_by_its_path_to_the_root(count: int) -> None:
    hashes = [line.hash for line in some_lines(count)]
    for index, leaf in enumerate(hashes):
        path = chain.merkle_path(hashes, index)
        assert climbed(leaf, index, count, path) == chain.merkle_root(hashes)


def climbed(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to, as a person's own program reckons it (RFC 9162, 2.1.3.2)."""
    found = hashlib.sha256(b"\x00" + leaf).digest()
    last = size - 1
    for one in path:
        if index % 2 or index == last:
            found = hashlib.sha256(b"\x01" + one + found).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + one).digest()
        index, last = index >> 1, last >> 1
    return found


# The log in the database.


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():
            await asyncio.sleep(0.05)


@pytest.fixture
async def empty_log(looking: asyncpg.Connection, session: Session, provider: Provider) -> AsyncIterator[None]:
    """A log of its own: it is one for all, and what a test does to it must not stay."""
    empty = "TRUNCATE access_lines, access_roots, access_arrivals"
    on_the_way = """SELECT count(*) FROM outbox WHERE subject = 'hub.identity.record.accessed.v1'
                    AND id NOT IN (SELECT event_id FROM inbox WHERE consumer = 'identity-own-access')"""

    async def is_quiet() -> bool:
        return await looking.fetchval(on_the_way) == 0

    await until(is_quiet)  # what other tests told would come in between
    await looking.execute(empty)
    await keys.refresh(session, provider, clock.now())
    yield
    await looking.execute(empty)


Keep = Callable[..., Awaitable[Access]]


@pytest.fixture
def keep(sessions: async_sessionmaker[Session]) -> Keep:
    """Make `keep(now=…, subject_person_id=…)`: a line in the log."""

    async def make(now: datetime | None = None, **facts: Any) -> Access:
        access = an_access(**facts)
        async with sessions() as session:
            await access_log.take_in(session, access)
            while await access_log.append(session, now or clock.now()):
                pass
        return access

    return make


async def test_lines_that_come_at_once_form_one_chain(
    empty_log: None,
    sessions: async_sessionmaker[Session],
    provider: Provider,
    looking: asyncpg.Connection,
) -> None:
    async def tell() -> None:
        async with sessions() as session:
            for _ in range(20):
                await access_log.take_in(session, an_access())
                await access_log.append(session, clock.now())

    await asyncio.gather(*(tell() for _ in range(5)))
    async with sessions() as session:
        await access_log.append(session, clock.now())
        report = await access_log.verify(session, provider, clock.now())
    assert (report.lines, report.faults) == (100, [])
    assert await looking.fetchval("SELECT max(seq) FROM access_lines") == 100


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE access_lines SET purpose = NULL",
        "UPDATE access_roots SET lines = 0",
        *(
            f"{verb} {table}"
            for verb in ("DELETE FROM", "TRUNCATE")
            for table in ("access_lines", "access_roots")
        ),
    ],
)
async def test_the_application_can_only_add(schema: ServiceDatabase, command: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(command)
    await connection.close()


@pytest.mark.parametrize(
    ("tampering", "kinds"),
    [
        ("UPDATE access_lines SET purpose = 'SUPERVISION' WHERE seq = 2", {FaultKind.LINE_CHANGED}),
        ("UPDATE access_lines SET subject_person_id = id WHERE seq = 3", {FaultKind.LINE_CHANGED}),
        ("DELETE FROM access_lines WHERE seq = 2", {FaultKind.LINE_MISSING, FaultKind.ROOT_DIFFERS}),
        ("DELETE FROM access_lines WHERE seq = 4", {FaultKind.ROOT_DIFFERS}),
        ("DELETE FROM access_lines", {FaultKind.ROOT_DIFFERS}),
        ("UPDATE access_roots SET merkle_root = chain_hash", {FaultKind.ROOT_DIFFERS}),
        ("UPDATE access_roots SET statement = 'x.y.z'", {FaultKind.ROOT_DIFFERS}),
    ],
)
async def test_a_change_behind_our_back_is_found(
    empty_log: None,
    keep: Keep,
    sessions: async_sessionmaker[Session],
    provider: Provider,
    looking: asyncpg.Connection,
    tampering: str,
    kinds: set[FaultKind],
) -> None:
    for _ in range(4):
        await keep(NOON)
    async with sessions() as session:
        assert await access_log.close_days(session, provider, MIDNIGHT) == 1
        assert (await access_log.verify(session, provider, MIDNIGHT)).faults == []
        await looking.execute(tampering)
        found = await access_log.verify(session, provider, MIDNIGHT)
    assert {fault.kind for fault in found.faults} == kinds


async def test_a_day_is_closed_once_it_is_over_and_days_without_lines_too(
    empty_log: None,
    keep: Keep,
    sessions: async_sessionmaker[Session],
    provider: Provider,
    client: httpx2.AsyncClient,
) -> None:
    await keep(NOON)
    async with sessions() as session:
        assert await access_log.close_days(session, provider, NOON) == 0
        assert await access_log.close_days(session, provider, MIDNIGHT) == 1
        late = await keep(NOON)  # by a replica whose clock is behind
        assert await access_log.close_days(session, provider, MIDNIGHT + timedelta(days=2)) == 2
        assert (await access_log.verify(session, provider, MIDNIGHT + timedelta(days=2))).faults == []
    answer = await client.get("/identity/v1/access-log-roots")
    assert [(root["day"], root["lines"]) for root in answer.json()["items"]] == [
        (str(TODAY + timedelta(days=2)), 0),
        (str(TODAY + timedelta(days=1)), 1),
        (str(TODAY), 1),
    ]
    assert str(late.subject_person_id) not in answer.text


async def test_anybody_can_check_a_published_root(
    empty_log: None,
    keep: Keep,
    sessions: async_sessionmaker[Session],
    provider: Provider,
    client: httpx2.AsyncClient,
    signed_in: Any,
    ana: Account,
) -> None:
    line = await keep(NOON, subject_person_id=ana.id)
    for _ in range(4):
        await keep(NOON)
    async with sessions() as session:
        await access_log.close_days(session, provider, MIDNIGHT)
    root = (await client.get(f"/identity/v1/access-log-roots/{TODAY}")).json()
    keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
    claims = jwt.decode(root["statement"], keys, algorithms=["ES256"]).claims
    assert (claims["day"], claims["merkle_root"]) == (str(TODAY), root["merkle_root"])
    mine = signed_in(ana.id, {READ})
    proof = (await client.get(f"{LOG}/{line.id}/proof", headers=mine)).json()
    path = [bytes.fromhex(one) for one in proof["path"]]
    reached = climbed(bytes.fromhex(proof["line_hash"]), proof["position"], 5, path)
    assert reached.hex() == root["merkle_root"]
    other = await client.get(f"{LOG}/{line.id}/proof", headers=signed_in(ids.new_id(), {READ}))
    assert other.status_code == 404


async def test_whole_closed_days_are_forgotten_after_three_years_and_the_rest_holds(
    empty_log: None, keep: Keep, sessions: async_sessionmaker[Session], provider: Provider
) -> None:
    old = datetime.combine(TODAY - timedelta(days=400), time(12), clock.BUCHAREST)
    for day in range(3):
        await keep(old + timedelta(days=day))
    now = datetime.combine(old.replace(year=old.year + 3) + timedelta(days=2), time(12), clock.BUCHAREST)
    async with sessions() as session:
        await access_log.close_days(session, provider, clock.now())
        assert await access_log.forget(session, now) == 2
        report = await access_log.verify(session, provider, now)
        assert (report.lines, report.faults) == (1, [])
        too_soon = await access_log.verify(session, provider, now - timedelta(days=30))
        assert {fault.kind for fault in too_soon.faults} >= {FaultKind.ROOT_DIFFERS}
        assert await access_log.forget(session, now + timedelta(days=9)) == 1
        assert (await access_log.verify(session, provider, now + timedelta(days=9))).faults == []
    await keep(old + timedelta(days=5))
    async with sessions() as session:
        report = await access_log.verify(session, provider, now + timedelta(days=9))
        assert (report.lines, report.faults) == (1, [])


# What a person sees.


async def test_a_person_sees_who_why_and_for_which_institution_but_no_name(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any, keep: Keep
) -> None:
    await staff(Role.CLERK)  # the institutions are known
    official = str(ids.new_id())
    line = await keep(subject_person_id=ana.id, actor_id=official)
    await keep()  # about somebody else
    answer = await client.get(LOG, headers=signed_in(ana.id, {READ}))
    [shown] = answer.json()["items"]
    assert shown == shown | {
        "id": str(line.id),
        "by": "OFFICIAL",
        "roles": ["HANDLER"],
        "institution_id": str(IPJ_CV),
        "purpose": "CASE_HANDLING",
        "file": "123/2026",
        "dispute_id": None,
    }
    assert shown["institution"]["ro"]
    assert official not in answer.text


async def test_an_application_of_an_institution_is_shown_with_its_institution(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any, keep: Keep
) -> None:
    await staff(Role.CLERK)  # the institutions are known
    await keep(
        subject_person_id=ana.id,
        actor_id="school-register",
        actor_kind="client",
        roles=(),
        purpose=None,
        file=None,
    )
    [shown] = (await client.get(LOG, headers=signed_in(ana.id, {READ}))).json()["items"]
    assert (shown["by"], shown["institution_id"]) == ("APPLICATION", str(IPJ_CV))
    assert shown["institution"]["ro"]


async def test_representation_is_shown(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, keep: Keep
) -> None:
    mandate = ids.new_id()
    await keep(
        subject_person_id=ana.id,
        institution_id=None,
        roles=(),
        purpose=None,
        file=None,
        mandate_id=mandate,
        on_behalf_of=ana.id,
    )
    [shown] = (await client.get(LOG, headers=signed_in(ana.id, {READ}))).json()["items"]
    assert (shown["by"], shown["mandate_id"]) == ("REPRESENTATIVE", str(mandate))


async def test_what_was_seen_under_a_former_id_is_shown_too(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, keep: Keep, session: Session
) -> None:
    formerly = ids.new_id()
    line = await keep(subject_person_id=formerly)
    async with session.begin():
        await people.add(
            session,
            Person(
                ana.id, "Popescu", "Ana", date(1985, 3, 12), None, Source.POPULATION_REGISTER, 1, NOON, NOON
            ),
        )
        await storage.remember_former(session, formerly, ana.id)
    [shown] = (await client.get(LOG, headers=signed_in(ana.id, {READ}))).json()["items"]
    assert shown["id"] == str(line.id)


async def test_a_covert_check_appears_when_it_may_be_known(
    client: httpx2.AsyncClient,
    signed_in: Any,
    ana: Account,
    keep: Keep,
    session: Session,
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    hidden = await keep(subject_person_id=ana.id, withheld_until=tomorrow)
    mine = signed_in(ana.id, {READ})
    assert (await client.get(LOG, headers=mine)).json()["items"] == []
    assert (await client.get(f"{LOG}/{hidden.id}/proof", headers=mine)).status_code == 404
    later = await access_log.list_own(
        session, ana.id, access_log.Period(), clock.now() + timedelta(days=1), limit=10
    )
    assert [shown.line.access.id for shown in later] == [hidden.id]


async def test_the_log_is_read_page_by_page_and_by_period_and_service(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, keep: Keep
) -> None:
    kept = [await keep(subject_person_id=ana.id, service=name) for name in ("petitions", "identity") * 3]
    mine = signed_in(ana.id, {READ})
    seen, address = [], f"{LOG}?limit=4"
    while address:
        answer = await client.get(address, headers=mine)
        seen += [shown["id"] for shown in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
    assert seen == [str(access.id) for access in kept[::-1]]
    some = (await client.get(LOG, headers=mine, params={"service": "identity"})).json()["items"]
    assert {shown["service"] for shown in some} == {"identity"}
    assert len(some) == 3
    none = await client.get(LOG, headers=mine, params={"until": str(date(2020, 1, 1))})
    assert none.json()["items"] == []


async def test_the_log_is_for_the_person_alone(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account
) -> None:
    assert (await client.get(LOG)).status_code == 401
    assert (await client.get(LOG, headers=signed_in(ana.id, {"account:read"}))).status_code == 403
    acting = signed_in(ids.new_id(), {READ}, mandate=str(ids.new_id()), act_for=str(ana.id))
    assert (await client.get(LOG, headers=acting)).status_code == 401


# Officials look people up.


async def test_a_curious_clerk_is_seen_by_the_person(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any
) -> None:
    clerk = await staff(Role.CLERK, scopes={PEOPLE})
    headers = clerk.headers | STATED
    found = await client.get(f"/identity/v1/people/{ana.id}", headers=headers)
    assert found.json()["family_name"] == "Popescu"
    mine = signed_in(ana.id, {READ})

    async def shows() -> bool:
        items = (await client.get(LOG, headers=mine)).json()["items"]
        return [(one["by"], one["roles"], one["purpose"]) for one in items] == [
            ("OFFICIAL", ["CLERK"], "CASE_HANDLING")
        ]

    await until(shows)


@pytest.mark.parametrize("stated", [{}, {"purpose": "CURIOSITY"}, {"purpose": "CASE_HANDLING"}])
async def test_without_a_purpose_nothing_is_shown(
    client: httpx2.AsyncClient, ana: Account, staff: Any, stated: dict[str, str]
) -> None:
    clerk = await staff(Role.CLERK, scopes={PEOPLE})
    answer = await client.get(f"/identity/v1/people/{ana.id}", headers=clerk.headers | stated)
    assert answer.json()["type"].endswith("/problems/purpose-required")


@pytest.mark.parametrize("role", [Role.HANDLER, Role.AUDITOR, Role.ADMIN])
async def test_only_some_roles_look_people_up(
    client: httpx2.AsyncClient, ana: Account, staff: Any, role: Role
) -> None:
    other = await staff(role, scopes={PEOPLE})
    answer = await client.get(f"/identity/v1/people/{ana.id}", headers=other.headers | STATED)
    assert answer.json()["type"].endswith("/problems/role-required")


async def test_a_number_is_searched_in_the_body_and_never_answered_in_full(
    client: httpx2.AsyncClient, staff: Any
) -> None:
    clerk = await staff(Role.CLERK, scopes={PEOPLE})
    headers = clerk.headers | {"purpose": "COUNTER_SERVICE"}
    path = "/identity/v1/people/search"
    nobody = await client.post(path, headers=headers, json={"cnp": "1850312149006"})
    assert nobody.status_code == 404
    wrong = await client.post(path, headers=headers, json={"cnp": "1850312149007"})
    assert wrong.status_code == 422
    assert "1850312149007" not in wrong.text


# Disputes.


@pytest.fixture
async def disputed(client: httpx2.AsyncClient, signed_in: Any, ana: Account, keep: Keep) -> Any:
    line = await keep(subject_person_id=ana.id)
    answer = await client.post(
        f"{LOG}/{line.id}/dispute", headers=signed_in(ana.id, {WRITE}), json={"reason": "Nu am dosar."}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_dispute_is_answered_by_the_institutions_officer_within_a_month(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any, disputed: Any
) -> None:
    assert disputed["state"] == "OPEN"
    dpo = await staff(Role.DPO, scopes={DECIDE})
    listed = await client.get("/identity/v1/access-disputes", headers=dpo.headers, params={"state": "OPEN"})
    assert disputed["id"] in [one["id"] for one in listed.json()["items"]]
    path = f"/identity/v1/access-disputes/{disputed['id']}"
    stated = {"purpose": 'DATA_PROTECTION;file="9/2026"'}
    examined = (await client.get(path, headers=dpo.headers | stated)).json()
    assert examined["dispute"]["reason"] == "Nu am dosar."
    assert examined["access"]["actor_id"]
    body = {"outcome": "UNJUSTIFIED", "answer": "Accesarea nu a fost justificată."}
    answered = await client.post(f"{path}/answer", headers=dpo.headers | stated, json=body)
    assert answered.json()["state"] == "ANSWERED"
    again = await client.post(f"{path}/answer", headers=dpo.headers | stated, json=body)
    assert again.status_code == 409
    seen = await client.get(
        f"/identity/v1/me/access-disputes/{disputed['id']}", headers=signed_in(ana.id, {READ})
    )
    assert (seen.json()["outcome"], seen.json()["answer"]) == ("UNJUSTIFIED", body["answer"])


async def test_nobody_answers_for_an_access_of_their_own(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, staff: Any, keep: Keep
) -> None:
    dpo = await staff(Role.DPO, scopes={DECIDE})
    line = await keep(subject_person_id=ana.id, actor_id=str(dpo.account.id))
    opened = await client.post(
        f"{LOG}/{line.id}/dispute", headers=signed_in(ana.id, {WRITE}), json={"reason": "De ce?"}
    )
    answer = await client.post(
        f"/identity/v1/access-disputes/{opened.json()['id']}/answer",
        headers=dpo.headers | {"purpose": 'DATA_PROTECTION;file="9/2026"'},
        json={"outcome": "JUSTIFIED", "answer": "A fost necesar."},
    )
    assert answer.json()["type"].endswith("/problems/own-case")


@pytest.mark.parametrize(
    ("role", "institution", "status"), [(Role.DPO, IPJ_HR, 404), (Role.AUDITOR, IPJ_CV, 403)]
)
async def test_another_institution_sees_no_dispute_and_an_auditor_answers_none(
    client: httpx2.AsyncClient, staff: Any, disputed: Any, role: Role, institution: Any, status: int
) -> None:
    other = await staff(role, institution=institution, scopes={DECIDE})
    answer = await client.post(
        f"/identity/v1/access-disputes/{disputed['id']}/answer",
        headers=other.headers | {"purpose": 'DATA_PROTECTION;file="9/2026"'},
        json={"outcome": "JUSTIFIED", "answer": "A fost necesar."},
    )
    assert answer.status_code == status


async def test_a_line_is_disputed_once_by_its_person_and_can_be_taken_back(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, disputed: Any
) -> None:
    mine = signed_in(ana.id, {WRITE})
    path = f"{LOG}/{disputed['line_id']}/dispute"
    assert (await client.post(path, headers=mine, json={"reason": "Din nou."})).status_code == 409
    other = signed_in(ids.new_id(), {WRITE})
    assert (await client.post(path, headers=other, json={"reason": "Și eu."})).status_code == 404
    back = f"/identity/v1/me/access-disputes/{disputed['id']}/withdraw"
    assert (await client.post(back, headers=other)).status_code == 404
    assert (await client.post(back, headers=mine)).json()["state"] == "WITHDRAWN"
    assert (await client.post(back, headers=mine)).status_code == 409


async def test_no_institution_answers_for_a_representative(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, keep: Keep
) -> None:
    line = await keep(subject_person_id=ana.id, institution_id=None, roles=(), mandate_id=ids.new_id())
    answer = await client.post(
        f"{LOG}/{line.id}/dispute", headers=signed_in(ana.id, {WRITE}), json={"reason": "Nu vreau."}
    )
    assert answer.json()["type"].endswith("/problems/no-official")


async def test_the_page_shows_the_lines_and_takes_a_dispute(
    browser: Any, ana: Account, staff: Any, keep: Keep
) -> None:
    await staff(Role.CLERK)  # the institutions are known
    for _ in range(21):
        line = await keep(subject_person_id=ana.id)
    await browser.sign_in(ana, address="/account/sign-in?next=access")
    await browser.follow()
    shown = browser.answer.text
    assert "Official who works on files" in shown
    assert "Work on a file that concerns you" in shown
    assert "file 123/2026" in shown
    assert line.actor_id not in shown
    [older] = [one["href"] for one in browser.page.all("a") if "before=" in one.get("href", "")]
    await browser.get(older)
    assert shown.count('id="line-') == 20
    assert browser.answer.text.count('id="line-') == 1
    path = f"/account/access/{line.id}/dispute"
    await browser.get(path)
    assert (await browser.post(path, reason="")).status_code == 422
    await browser.post(path, reason="Nu am avut nicio cerere.")
    await browser.follow()
    assert "waits for an answer" in browser.answer.text
