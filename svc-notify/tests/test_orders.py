"""Orders of institutions, through the service. Permission cases first."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from hub_core import clock, ids
from hub_core.principal import Kind
from hub_service.problems import ServiceUnavailable
from hub_service.schemas import to_z
from svc_notify.domain import orders
from svc_notify.domain.kinds import Group
from svc_notify.operations import accepting, unsubscribing
from svc_notify.storage import sandbox_people

from .conftest import body
from .sending_institution import GIVEN, KEY, ORDERS, Sending, a_template, approve

SHOWN_ALIKE = {"type", "title", "detail", "status"}


@pytest.fixture
async def sending(service: Any, schema: Any, signed_in: Any) -> Sending:
    """An institution of this test, with its template."""
    made = Sending(service.client, signed_in)
    await approve(schema.app_dsn, a_template(made.institution))
    return made


@pytest.fixture
def at(looking: asyncpg.Connection) -> Any:
    """The row of `at(order_id)`."""

    async def read(order_id: object) -> Any:
        return await looking.fetchrow("SELECT * FROM notify.orders WHERE id = $1", UUID(str(order_id)))

    return read


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def until(sending: Sending, order_id: str, state: str) -> dict[str, Any]:
    """The order once it stands so; `TimeoutError` after ten seconds."""
    async with asyncio.timeout(10):
        while True:
            shown: dict[str, Any] = (await sending.get(f"orders/{order_id}")).json()
            if shown["state"] == state:
                return shown
            await asyncio.sleep(0.02)


async def test_without_a_token_nothing_is_ordered_or_shown(service: Any) -> None:
    order_id = ids.new_id()
    for method, path in (
        ("POST", ORDERS),
        ("GET", f"{ORDERS}?reference=a"),
        ("GET", f"{ORDERS}/{order_id}"),
        ("POST", f"{ORDERS}/{order_id}/cancel"),
        ("GET", "/notify/v1/order-events"),
        ("POST", "/notify/v1/batches"),
        ("GET", f"/notify/v1/batches/{order_id}"),
        ("POST", f"/notify/v1/batches/{order_id}/cancel"),
    ):
        assert (await service.client.request(method, path, json={})).status_code in (401, 422), path


STRANGERS: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "another-scope": ({"scopes": {"events:read"}}, (403, "insufficient-scope")),
    "a-person": (
        {"kind": Kind.PERSON, "sub": str(UUID(int=1)), "institution": None},
        (403, "only-institutions-send"),
    ),
    "an-official": ({"kind": Kind.PERSON, "sub": str(UUID(int=1))}, (403, "only-institutions-send")),
    "a-service": ({"kind": Kind.SERVICE, "sub": "petitions"}, (403, "only-institutions-send")),
    "a-client-of-nobody": ({"institution": None}, (403, "only-institutions-send")),
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_only_a_client_of_an_institution_orders(
    sending: Sending, stranger: str, looking: asyncpg.Connection
) -> None:
    claims, refused = STRANGERS[stranger]
    token = sending.token(**claims)
    assert problem(await sending.place(ids.new_id(), token)) == refused
    order_id = (await sending.place(ids.new_id(), send_at=to_z(clock.now() + timedelta(days=1)))).json()["id"]
    for path in (f"orders/{order_id}", "orders?reference=a", "order-events"):
        assert problem(await sending.client.get(f"/notify/v1/{path}", headers=token)) == refused, path
    cancelled = await sending.client.post(f"{ORDERS}/{order_id}/cancel", headers=token)
    assert problem(cancelled) == refused
    ordered = await looking.fetchval(
        "SELECT count(*) FROM notify.orders WHERE institution_id = $1", sending.institution
    )
    assert ordered == 1


async def test_another_institution_s_order_is_not_there(sending: Sending, at: Any) -> None:
    later = to_z(clock.now() + timedelta(days=1))
    order_id = (await sending.place(ids.new_id(), reference="A-1", send_at=later)).json()["id"]
    other = Sending(sending.client, sending.signed_in)
    shown, unknown = await other.get(f"orders/{order_id}"), await other.get(f"orders/{ids.new_id()}")
    assert problem(shown) == (404, "order-not-found")
    assert {name: shown.json()[name] for name in SHOWN_ALIKE} == {
        name: unknown.json()[name] for name in SHOWN_ALIKE
    }
    assert problem(await other.post(f"orders/{order_id}/cancel")) == (404, "order-not-found")
    assert (await other.get("orders", reference="A-1")).json()["items"] == []
    assert (await other.get("order-events")).json()["items"] == []
    assert (await at(order_id))["state"] == "WAITING"


async def test_the_sandbox_of_an_institution_and_its_real_orders_do_not_see_each_other(
    sending: Sending,
) -> None:
    later = to_z(clock.now() + timedelta(days=1))
    real = (await sending.place(ids.new_id(), send_at=later)).json()["id"]
    sandbox = Sending(sending.client, sending.signed_in, sending.institution, is_sandbox=True)
    tested = (await sandbox.place(ids.new_id(), send_at=later)).json()["id"]
    assert problem(await sandbox.get(f"orders/{real}")) == (404, "order-not-found")
    assert problem(await sending.get(f"orders/{tested}")) == (404, "order-not-found")


async def test_an_order_is_told_to_its_person_and_its_states_to_the_institution(
    sending: Sending, service: Any, ana: UUID, at: Any
) -> None:
    before = len(service.office.letters)
    answer = await sending.place(ana, reference="117/2026")
    shown = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{ORDERS}/{shown['id']}"
    assert (shown["state"], shown["template"], shown["template_version"]) == ("WAITING", KEY, 1)
    letter = await service.office.letter("Autorizația 117/2026 poate fi ridicată.", before)
    assert letter["To"] == "ana.popescu@example.org"
    assert (await until(sending, shown["id"], "SENT"))["reference"] == "117/2026"
    told = await events(sending, 3)
    assert [(one["state"], one["channel"]) for one in told] == [
        ("QUEUED", None),
        ("SENT", "IN_APP"),
        ("SENT", "EMAIL"),
    ]
    assert {(one["order_id"], one["reference"]) for one in told} == {(shown["id"], "117/2026")}


async def events(sending: Sending, count: int, **params: Any) -> list[dict[str, Any]]:
    """The states once there are so many; `TimeoutError` after ten seconds."""
    async with asyncio.timeout(10):
        while True:
            items: list[dict[str, Any]] = (await sending.get("order-events", **params)).json()["items"]
            if len(items) >= count:
                return items
            await asyncio.sleep(0.02)


async def test_what_an_order_says_lies_sealed_and_is_in_no_event(
    sending: Sending, looking: asyncpg.Connection, ana: UUID, at: Any
) -> None:
    words = "Cu chitanța nr. 55810"
    order_id = (await sending.place(ana, variables=GIVEN | {"note": words})).json()["id"]
    await until(sending, order_id, "SENT")
    assert words.encode() not in (await at(order_id))["sealed"]
    for table in ("messages", "deliveries", "order_events", "idempotency_keys"):
        rows = await looking.fetch(f"SELECT t::text FROM notify.{table} AS t")
        assert not [row for row in rows if words in row[0]], table
    bodies = await looking.fetch("SELECT convert_from(body, 'UTF8') FROM notify.outbox")
    assert not [row for row in bodies if "55810" in row[0]]


async def test_to_who_has_no_account_the_answer_is_the_same_and_the_order_fails_without_a_reason(
    sending: Sending,
) -> None:
    """Nobody learns from an order who has an account."""
    answer = await sending.place(ids.new_id())
    assert (answer.status_code, answer.json()["state"]) == (201, "WAITING")
    shown = await until(sending, answer.json()["id"], "FAILED")
    assert "reason" not in shown
    *_, failed = await events(sending, 3)
    assert (failed["state"], failed["channel"]) == ("FAILED", "EMAIL")
    assert set(failed) == {"order_id", "batch_id", "reference", "state", "channel", "at"}


async def test_the_same_key_orders_once(sending: Sending, ana: UUID, looking: asyncpg.Connection) -> None:
    headers = sending.headers
    first, again = await sending.place(ana, headers), await sending.place(ana, headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotent-replay"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = await sending.place(ana, headers, reference="B")
    assert problem(other) == (422, "idempotency-key-reused")
    assert await count_of(looking, sending) == 1


async def test_the_same_key_at_the_same_moment_orders_once(
    sending: Sending, ana: UUID, looking: asyncpg.Connection
) -> None:
    headers = sending.headers
    answers = await asyncio.gather(*(sending.place(ana, headers) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count_of(looking, sending) == 1


async def count_of(looking: asyncpg.Connection, sending: Sending) -> int:
    asked = "SELECT count(*) FROM notify.orders WHERE institution_id = $1"
    return int(await looking.fetchval(asked, sending.institution))


async def test_many_at_once_are_each_stored_with_an_answer_of_its_own(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    people = [ids.new_id() for _ in range(40)]
    answers = await asyncio.gather(*(sending.place(person) for person in people))
    assert [answer.json()["person_id"] for answer in answers] == [str(person) for person in people]
    assert await count_of(looking, sending) == 40


async def test_a_reference_that_is_used_once_answers_with_the_first_order(
    sending: Sending, ana: UUID, looking: asyncpg.Connection
) -> None:
    first = await sending.place(ana, reference="R-1", reference_once=True)
    again = await sending.place(ana, reference="R-1", reference_once=True)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = await sending.place(ana, reference="R-1", reference_once=True, variables={"number": "2"})
    assert problem(other) == (409, "order-reference-used")
    assert await count_of(looking, sending) == 1


async def test_the_same_reference_with_other_content_at_the_same_moment_is_refused(
    sending: Sending, ana: UUID, looking: asyncpg.Connection
) -> None:
    """Edge case: same reference, other content."""
    answers = await asyncio.gather(
        *(
            sending.place(ana, reference="R-2", reference_once=True, variables={"number": str(number)})
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert await count_of(looking, sending) == 1


async def test_a_reference_without_that_may_stand_for_many_orders(sending: Sending, ana: UUID) -> None:
    placed = [(await sending.place(ana, reference="file 7")).json()["id"] for _ in range(3)]
    found, cursor = [], {}
    for size in (2, 1):
        page = (await sending.get("orders", reference="file 7", limit="2", **cursor)).json()
        assert len(page["items"]) == size
        found += [item["id"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (found, cursor) == (placed[::-1], {"cursor": None})


FLAWS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "value-missing": ({"variables": {}}, ("/variables/number", "missing")),
    "value-unknown": ({"variables": GIVEN | {"x": "1"}}, ("/variables/x", "unknown")),
    "personal-number": ({"variables": {"number": "1850312149006"}}, ("/variables/number", "personal-number")),
    "markup": ({"variables": {"number": "<b>1</b>"}}, ("/variables/number", "markup")),
    "other-channel": ({"channels": ["SMS"]}, ("/channels", "channel")),
    "once-without-reference": ({"reference_once": True}, ("/reference", "missing")),
    "too-late": ({"send_at": "2099-01-01T00:00:00Z"}, ("/send_at", "late")),
    "ends-before": ({"expires_at": "2020-01-01T00:00:00Z"}, ("/expires_at", "early")),
    "ends-too-late": ({"expires_at": "2099-01-01T00:00:00Z"}, ("/expires_at", "late")),
}


@pytest.mark.parametrize("flaw", FLAWS)
async def test_what_cannot_be_sent_is_refused_by_its_pointer(
    sending: Sending, flaw: str, looking: asyncpg.Connection
) -> None:
    special, named = FLAWS[flaw]
    answer = await sending.place(ids.new_id(), **special)
    assert problem(answer) == (422, "order-unsound")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [named]
    assert await count_of(looking, sending) == 0


@pytest.mark.parametrize(
    "special",
    [
        {"email": "a@b.ro"},
        {"person_id": "ana@example.org"},
        {"language": "ro"},
        {"reference": "1850312149006"},
    ],
    ids=["an-address", "no-id", "a-language", "a-personal-number"],
)
async def test_who_it_is_for_is_told_by_the_hub_s_id_alone(sending: Sending, special: dict[str, str]) -> None:
    answer = await sending.place(ids.new_id(), **special)
    assert answer.status_code == 422


async def test_without_an_active_template_nothing_is_ordered(sending: Sending) -> None:
    answer = await sending.place(ids.new_id(), template="institution.unknown")
    assert problem(answer) == (404, "template-not-found")


async def test_an_order_waits_for_its_time_and_is_not_sent_once_it_is_cancelled(
    sending: Sending, ana: UUID, at: Any, looking: asyncpg.Connection
) -> None:
    later = clock.now() + timedelta(days=3)
    order_id = (await sending.place(ana, send_at=to_z(later))).json()["id"]
    cancelled = await sending.post(f"orders/{order_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "CANCELLED")
    row = await at(order_id)
    assert (row["due_at"], row["sealed"]) == (None, None)
    again = await sending.post(f"orders/{order_id}/cancel")
    assert problem(again) == (409, "order-not-waiting")
    assert [one["state"] for one in await events(sending, 1)] == ["CANCELLED"]
    assert not await looking.fetch("SELECT FROM notify.messages WHERE order_id = $1", UUID(order_id))


async def test_what_has_gone_is_not_called_back(sending: Sending, ana: UUID) -> None:
    order_id = (await sending.place(ana)).json()["id"]
    await until(sending, order_id, "SENT")
    answer = await sending.post(f"orders/{order_id}/cancel")
    assert problem(answer) == (409, "order-not-waiting")
    assert "SENT" in answer.json()["detail"]


async def test_only_an_institution_s_client_counts_who_has_unsubscribed(sending: Sending) -> None:
    nobody = sending.token(institution=None)
    answer = await sending.client.get("/notify/v1/unsubscribed", headers=nobody)
    assert problem(answer) == (403, "only-institutions-send")


async def test_an_institution_counts_who_has_unsubscribed(sending: Sending, schema: Any) -> None:
    """From its messages only; in the sandbox who is invented."""
    subject = unsubscribing.Subject(ids.new_id(), Group.INSTITUTIONS, sending.institution)
    elsewhere = unsubscribing.Subject(ids.new_id(), Group.INSTITUTIONS, ids.new_id())
    engine = create_async_engine(schema.app_dsn)
    async with AsyncSession(engine) as session:
        assert (await sending.get("unsubscribed")).json() == {"people": 0}
        for each in (subject, elsewhere):
            await unsubscribing.unsubscribe(session, each, clock.now())
    assert (await sending.get("unsubscribed")).json() == {"people": 1}
    sending.is_sandbox = True
    assert (await sending.get("unsubscribed")).json() == {"people": 0}
    async with AsyncSession(engine) as session, session.begin():
        await sandbox_people.put(session, subject.person_id, client_id="city-hall")
    assert (await sending.get("unsubscribed")).json() == {"people": 1}
    sending.is_sandbox = False
    assert (await sending.get("unsubscribed")).json() == {"people": 0}
    await engine.dispose()


async def test_a_problem_is_told_in_the_caller_s_language(sending: Sending) -> None:
    headers = sending.token() | {"accept-language": "hu"}
    answer = await sending.client.get(f"{ORDERS}/{ids.new_id()}", headers=headers)
    assert answer.json()["title"] == "A megrendelés nem található"


async def test_an_institution_orders_as_much_as_it_may_and_a_refused_order_changes_nothing(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    now = clock.now()
    await looking.execute(
        "INSERT INTO notify.order_counts VALUES ($1, false, $2, 0, $3, 999998)",
        *(sending.institution, orders.minute_of(now), orders.day_of(now)),
    )
    answers = await asyncio.gather(*(sending.place(ids.new_id()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert problem(refused) == (429, "sending-limit-reached")
    assert refused.headers["ratelimit-policy"] == '"day";q=1000000;w=86400'
    assert refused.headers["ratelimit"] == f'"day";r=0;t={refused.headers["retry-after"]}'
    assert await count_of(looking, sending) == 2
    held = "SELECT in_day FROM notify.order_counts WHERE institution_id = $1"
    assert await looking.fetchval(held, sending.institution) == 1_000_000


async def test_a_key_of_a_refused_order_is_free(sending: Sending, looking: asyncpg.Connection) -> None:
    now, headers = clock.now(), sending.headers
    await looking.execute(
        "INSERT INTO notify.order_counts VALUES ($1, false, $2, 0, $3, 1000000)",
        *(sending.institution, orders.minute_of(now), orders.day_of(now)),
    )
    person = ids.new_id()
    assert (await sending.place(person, headers)).status_code == 429
    await looking.execute(
        "UPDATE notify.order_counts SET in_day = 0 WHERE institution_id = $1", sending.institution
    )
    assert (await sending.place(person, headers)).status_code == 201


async def test_the_feed_goes_on_where_it_stopped(sending: Sending, ana: UUID) -> None:
    for _ in range(3):
        await sending.place(ana)
    whole = await events(sending, 9)
    read: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(5):
        page = (await sending.get("order-events", limit="2", **cursor)).json()
        read, cursor = read + page["items"], {"cursor": page["next_cursor"]}
    assert read == whole
    assert (await sending.get("order-events", **cursor)).json()["items"] == []
    order_id = (await sending.place(ana)).json()["id"]
    assert {one["order_id"] for one in await events(sending, 3, **cursor)} == {order_id}


TESTED = {"delivered": "d1", "bounced": "b1", "failed": "f1", "expired": "e1"}


@pytest.mark.parametrize("outcome", TESTED)
async def test_an_application_that_is_tested_meets_every_outcome(
    sending: Sending, outcome: str, looking: asyncpg.Connection
) -> None:
    sandbox = Sending(sending.client, sending.signed_in, sending.institution, is_sandbox=True)
    person = UUID(f"00000000-0000-7000-8000-0000000000{TESTED[outcome]}")
    order_id = (await sandbox.place(person)).json()["id"]
    await until(sandbox, order_id, outcome.upper())
    told = [one["state"] for one in await events(sandbox, 2)]
    assert (told[0], told[-1]) == ("QUEUED", outcome.upper())
    assert not await looking.fetch("SELECT FROM notify.messages WHERE order_id = $1", UUID(order_id))


async def test_an_application_that_is_tested_reaches_no_real_person(
    sending: Sending, service: Any, ana: UUID, looking: asyncpg.Connection
) -> None:
    sandbox = Sending(sending.client, sending.signed_in, sending.institution, is_sandbox=True)
    order_id = (await sandbox.place(ana)).json()["id"]
    await until(sandbox, order_id, "FAILED")
    assert not await looking.fetch("SELECT FROM notify.messages WHERE person_id = $1", ana)


async def test_an_application_that_is_tested_reaches_somebody_invented(
    sending: Sending, service: Any, ana: UUID, looking: asyncpg.Connection
) -> None:
    await looking.execute(
        "INSERT INTO notify.sandbox_people (person_id, created_at, is_removed) VALUES ($1, now(), false)", ana
    )
    sandbox = Sending(sending.client, sending.signed_in, sending.institution, is_sandbox=True)
    before = len(service.office.letters)
    order_id = (await sandbox.place(ana)).json()["id"]
    assert "117/2026" in body(await service.office.letter("117/2026", before))
    await until(sandbox, order_id, "SENT")


async def test_the_outcomes_of_the_sandbox_are_nobody_in_earnest(sending: Sending) -> None:
    person = UUID("00000000-0000-7000-8000-0000000000d1")
    order_id = (await sending.place(person)).json()["id"]
    await until(sending, order_id, "FAILED")


async def test_who_waits_hears_that_the_database_is_away(sending: Sending, monkeypatch: Any) -> None:
    async def away(*_: object) -> Any:
        raise ServiceUnavailable(headers={"retry-after": "1"})

    monkeypatch.setattr(accepting.storage, "count", away)
    assert (await sending.place(ids.new_id())).status_code == 503
