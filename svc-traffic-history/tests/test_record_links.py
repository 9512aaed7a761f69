"""Links to history documents: an end, a log, nothing told of those that are closed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service import personal_data
from svc_traffic_history.domain import record_links as domain
from svc_traffic_history.domain.record_links import LinkState, RecordLink
from svc_traffic_history.errors.record_links import RecordLinkEndWrong, RecordLinkOpeningsWrong
from svc_traffic_history.operations import people

from .outside import Outside, a_report

V1 = "/traffic-history/v1"
DOCUMENTS = f"{V1}/history-documents"
OPEN, FILE = f"{V1}/record-links/open", f"{V1}/record-links/file"
READ = frozenset({"traffic-history:read"})
BOTH = frozenset({"traffic-history:read", "traffic-history:write"})
NOW = clock.now()
WHO = {"organisation": "Transport Exemplu SRL", "purpose": "angajare ca șofer"}

Document = tuple[UUID, str]


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the type of a problem."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def secret_of(link: Any) -> str:
    """What stands behind `#`."""
    secret: str = link["address"].partition("#")[2]
    return secret


def a_link(**special: Any) -> RecordLink:
    """A link that is open for a week."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "document_id": ids.new_id(),
        "person_id": ids.new_id(),
        "note": None,
        "made_at": NOW,
        "ends_at": NOW + timedelta(days=7),
        "most_openings": None,
    }
    return RecordLink(**(facts | special))


@pytest.fixture
def as_(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Make `as_(person_id)`: the headers of somebody who is signed in well enough."""

    def headers(person_id: UUID) -> dict[str, str]:
        made: dict[str, str] = signed_in(person_id, BOTH, Assurance.SUBSTANTIAL)
        return made

    return headers


@pytest.fixture(autouse=True)
async def from_nowhere_before(client: httpx2.AsyncClient, looking: Any) -> None:
    """Nobody has tried a link from this network yet."""
    assert client
    await looking.execute('DELETE FROM "traffic-history".tries')


@pytest.fixture
async def document(client: httpx2.AsyncClient, as_: Any, outside: Outside) -> Document:
    """Somebody's document: whose, and which."""
    ana = outside.add_driver(a_report(clock.local_date(NOW) - timedelta(days=3), "speed-21"))
    answer = await client.post(DOCUMENTS, headers=as_(ana), json={"motive": "angajare"})
    assert answer.status_code == 201, answer.text
    return ana, answer.json()["id"]


@pytest.fixture
def link(client: httpx2.AsyncClient, as_: Any, document: Document) -> Callable[..., Any]:
    """Make `link(**special)`: a link to the document."""
    ana, document_id = document

    async def make(**special: Any) -> Any:
        wanted = {"ends_at": (clock.now() + timedelta(days=7)).isoformat()} | special
        answer = await client.post(f"{DOCUMENTS}/{document_id}/links", headers=as_(ana), json=wanted)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def opened(client: httpx2.AsyncClient, secret: str) -> Any:
    """Open a link."""
    return client.post(OPEN, json=WHO | {"secret": secret})


# the rules alone


@pytest.mark.parametrize(
    ("special", "state"),
    [
        ({}, LinkState.OPEN),
        ({"ends_at": NOW}, LinkState.ENDED),
        ({"ends_at": NOW + timedelta(microseconds=1)}, LinkState.OPEN),
        ({"most_openings": 2, "openings": 1}, LinkState.OPEN),
        ({"most_openings": 2, "openings": 2}, LinkState.USED_UP),
        ({"revoked_at": NOW, "most_openings": 1, "openings": 1}, LinkState.REVOKED),
    ],
    ids=["open", "at its end", "before its end", "once left", "used up", "revoked"],
)
def test_a_link_is_open_until_one_of_its_ends(special: dict[str, Any], state: LinkState) -> None:
    assert a_link(**special).state(NOW) is state


def test_a_link_ends_in_the_future_and_not_too_far_away(legal: Rules) -> None:
    longest = timedelta(days=legal.on(domain.LONGEST_RULE, clock.local_date(NOW)).whole)
    domain.must_be_possible(NOW + longest, None, NOW, legal)
    for ends_at in (NOW, NOW - timedelta(days=1), NOW + longest + timedelta(seconds=1)):
        with pytest.raises(RecordLinkEndWrong):
            domain.must_be_possible(ends_at, None, NOW, legal)
    most = legal.on(domain.OPENINGS_RULE, clock.local_date(NOW)).whole
    domain.must_be_possible(NOW + longest, most, NOW, legal)
    with pytest.raises(RecordLinkOpeningsWrong):
        domain.must_be_possible(NOW + longest, most + 1, NOW, legal)


# who may


@pytest.mark.parametrize("what", ["make", "list", "revoke", "openings"])
async def test_only_the_holder_sees_and_changes_links(
    client: httpx2.AsyncClient, as_: Any, signed_in: Any, document: Document, link: Any, what: str
) -> None:
    ana, document_id = document
    made = await link()
    path = f"{DOCUMENTS}/{document_id}/links"
    method, path, body = {
        "make": ("POST", path, {"json": {"ends_at": made["ends_at"]}}),
        "list": ("GET", path, {}),
        "revoke": ("POST", f"{path}/{made['id']}/revoke", {}),
        "openings": ("GET", f"{path}/{made['id']}/openings", {}),
    }[what]
    assert (await client.request(method, path, **body)).status_code == 401
    for scopes, level in ((frozenset[str](), Assurance.HIGH), (BOTH, Assurance.LOW)):
        answer = await client.request(method, path, headers=signed_in(ana, scopes, level), **body)
        assert answer.status_code == 403
    answer = await client.request(method, path, headers=as_(ids.new_id()), **body)
    assert answer.status_code == 404
    found = (await client.get(f"{DOCUMENTS}/{document_id}/links", headers=as_(ana))).json()["items"]
    assert found == [made]


async def test_a_link_of_another_document_is_not_found(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any
) -> None:
    ana, _ = document
    made = await link()
    other = await client.post(DOCUMENTS, headers=as_(ana), json={"motive": "asigurare"})
    path = f"{DOCUMENTS}/{other.json()['id']}/links/{made['id']}/openings"
    assert problem(await client.get(path, headers=as_(ana))) == (404, "record-link-not-found")


# opening


async def test_who_has_the_link_gets_the_sealed_file_and_the_holder_reads_who_it_was(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any, looking: Any
) -> None:
    ana, document_id = document
    made = await link(note="pentru firma Exemplu", most_openings=3)
    assert made["state"] == "OPEN"
    assert "/histories/link#L-" in made["address"]
    given = await opened(client, secret_of(made))
    assert (given.status_code, given.headers["cache-control"]) == (200, "no-store")
    told = given.json()
    asked = {"secret": secret_of(made), "opening_id": told["opening_id"]}
    file = await client.post(FILE, json=asked)
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    own = await client.get(f"{DOCUMENTS}/{document_id}/file", headers=as_(ana))
    assert file.content == own.content
    verified = await client.get(f"{V1}/verify/{told['code']}")
    assert verified.json()["is_genuine"]
    path = f"{DOCUMENTS}/{document_id}/links/{made['id']}/openings"
    (opening,) = (await client.get(path, headers=as_(ana))).json()["items"]
    assert {name: opening[name] for name in WHO} == WHO
    assert opening["id"] == told["opening_id"]
    (shown,) = (await client.get(f"{DOCUMENTS}/{document_id}/links", headers=as_(ana))).json()["items"]
    assert (shown["openings"], shown["note"], shown["address"]) == (
        1,
        "pentru firma Exemplu",
        made["address"],
    )
    bodies = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM \"traffic-history\".outbox WHERE subject = $1",
        "hub.traffic-history.record-link.opened.v1",
    )
    (body,) = [row["body"] for row in bodies if made["id"] in row["body"]]
    assert str(ana) in body
    for secret in (*WHO.values(), secret_of(made), "Exemplu"):
        assert secret not in body


@pytest.mark.parametrize("typed", ["lower", "blanks", "bare"])
async def test_a_secret_may_be_typed(client: httpx2.AsyncClient, link: Any, typed: str) -> None:
    secret = secret_of(await link())
    ways = {"lower": secret.lower(), "blanks": secret.replace("-", " "), "bare": secret.replace("-", "")}
    assert (await opened(client, ways[typed])).status_code == 200


async def test_what_opens_nothing_is_answered_alike_and_not_sooner(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any, looking: Any
) -> None:
    ana, document_id = document
    ended, revoked, used_up = [await link(most_openings=1) for _ in range(3)]
    await looking.execute(
        "UPDATE \"traffic-history\".record_links SET ends_at = now() - interval '1 second' WHERE id = $1",
        UUID(ended["id"]),
    )
    path = f"{DOCUMENTS}/{document_id}/links/{revoked['id']}/revoke"
    assert (await client.post(path, headers=as_(ana))).json()["state"] == "REVOKED"
    assert (await opened(client, secret_of(used_up))).status_code == 200
    loop = asyncio.get_running_loop()
    answers = []
    for secret in (
        *(secret_of(each) for each in (ended, revoked, used_up)),
        "L-9ZQW-41HK-YB7T-E0RM",
        "none",
        "",
    ):
        began = loop.time()
        answer = await opened(client, secret)
        assert loop.time() - began >= 0.05
        answers.append({**answer.json(), "request_id": None, "instance": None})
        assert problem(answer) == (404, "record-link-closed")
    assert all(answer == answers[0] for answer in answers)


async def test_ten_at_once_open_a_link_of_three_openings_three_times(
    client: httpx2.AsyncClient, link: Any, looking: Any
) -> None:
    made = await link(most_openings=3)
    answers = await asyncio.gather(*(opened(client, secret_of(made)) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [404] * 7
    logged = await looking.fetchval(
        'SELECT count(*) FROM "traffic-history".record_link_openings WHERE link_id = $1', UUID(made["id"])
    )
    assert logged == 3


async def test_the_last_opening_gives_the_file_and_a_revoked_link_does_not(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any
) -> None:
    ana, document_id = document
    made = await link(most_openings=1)
    given = (await opened(client, secret_of(made))).json()
    asked = {"secret": secret_of(made), "opening_id": given["opening_id"]}
    assert (await client.post(FILE, json=asked)).status_code == 200
    await client.post(f"{DOCUMENTS}/{document_id}/links/{made['id']}/revoke", headers=as_(ana))
    assert problem(await client.post(FILE, json=asked)) == (404, "record-link-closed")


async def test_an_opening_gives_the_file_for_a_while_and_only_with_its_own_link(
    client: httpx2.AsyncClient, link: Any, looking: Any
) -> None:
    one, other = await link(), await link()
    given = (await opened(client, secret_of(one))).json()
    asked = {"secret": secret_of(one), "opening_id": given["opening_id"]}
    for wrong in ({"secret": secret_of(other)}, {"opening_id": str(ids.new_id())}):
        assert problem(await client.post(FILE, json=asked | wrong)) == (404, "record-link-closed")
    await looking.execute(
        "UPDATE \"traffic-history\".record_link_openings SET at = at - interval '61 minutes' WHERE id = $1",
        UUID(given["opening_id"]),
    )
    assert problem(await client.post(FILE, json=asked)) == (404, "record-link-closed")


@pytest.mark.parametrize("lacking", [{"organisation": ""}, {"purpose": "  "}, {"organisation": "a\nb"}])
async def test_who_does_not_say_who_they_are_opens_nothing(
    client: httpx2.AsyncClient, link: Any, lacking: dict[str, str], looking: Any
) -> None:
    made = await link()
    answer = await client.post(OPEN, json=WHO | {"secret": secret_of(made)} | lacking)
    assert answer.status_code == 422
    count = 'SELECT openings FROM "traffic-history".record_links WHERE id = $1'
    assert await looking.fetchval(count, UUID(made["id"])) == 0


async def test_tries_are_counted_by_network_whatever_they_find(
    client: httpx2.AsyncClient, link: Any, legal: Rules
) -> None:
    most = legal.on("traffic.history.link-tries", clock.local_date(NOW)).whole
    made = await link()
    for _ in range(most):
        assert (await opened(client, "L-9ZQW-41HK-YB7T-E0RM")).status_code == 404
    refused = await opened(client, secret_of(made))
    assert problem(refused) == (429, "record-link-tried-too-often")
    assert int(refused.headers["retry-after"]) > 0


# limits, and what lies there


async def test_so_many_links_to_a_document_are_open_and_no_more(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any, legal: Rules
) -> None:
    ana, document_id = document
    most = legal.on(domain.LINKS_RULE, clock.local_date(NOW)).whole
    made = [await link() for _ in range(most)]
    wanted = {"ends_at": made[0]["ends_at"]}
    path = f"{DOCUMENTS}/{document_id}/links"
    assert problem(await client.post(path, headers=as_(ana), json=wanted)) == (409, "too-many-record-links")
    await client.post(f"{path}/{made[0]['id']}/revoke", headers=as_(ana))
    assert (await client.post(path, headers=as_(ana), json=wanted)).status_code == 201


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, (422, "record-link-end-wrong")),
        ({"ends_at": "2999-01-01T00:00:00Z"}, (422, "record-link-end-wrong")),
        ({"most_openings": 9_999}, (422, "record-link-openings-wrong")),
    ],
    ids=["past", "far", "often"],
)
async def test_a_link_that_cannot_be_is_refused(
    client: httpx2.AsyncClient,
    as_: Any,
    document: Document,
    wanted: dict[str, Any],
    refused: tuple[int, str],
) -> None:
    ana, document_id = document
    body = {"ends_at": (clock.now() + timedelta(days=1)).isoformat()} | wanted
    answer = await client.post(f"{DOCUMENTS}/{document_id}/links", headers=as_(ana), json=body)
    assert problem(answer) == refused


async def test_no_secret_no_note_and_no_opener_lies_in_the_clear(
    client: httpx2.AsyncClient, link: Any, looking: Any
) -> None:
    made = await link(note="pentru firma Exemplu")
    assert (await opened(client, secret_of(made))).status_code == 200
    rows = [
        await looking.fetchrow(
            f'SELECT * FROM "traffic-history".{table} WHERE {column} = $1', UUID(made["id"])
        )
        for table, column in (("record_links", "id"), ("record_link_openings", "link_id"))
    ]
    held = b" ".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row.values()
    )
    for secret in (secret_of(made).replace("-", "")[1:], "Exemplu", "angajare"):
        assert secret.encode() not in held


async def test_a_link_is_revoked_once_and_stays_so(
    client: httpx2.AsyncClient, as_: Any, document: Document, link: Any
) -> None:
    ana, document_id = document
    path = f"{DOCUMENTS}/{document_id}/links/{(await link())['id']}/revoke"
    first = (await client.post(path, headers=as_(ana))).json()
    assert (await client.post(path, headers=as_(ana))).json() == first
    assert datetime.fromisoformat(first["revoked_at"]) <= clock.now()


async def test_who_deletes_their_account_has_no_open_link_and_documents_that_verify(
    client: httpx2.AsyncClient, document: Document, link: Any, sessions: async_sessionmaker[Session]
) -> None:
    ana, _ = document
    made = await link()
    given = (await opened(client, secret_of(made))).json()
    async with sessions() as session:
        for _ in range(2):
            await people.end_links(session, ana, clock.now())
    assert problem(await opened(client, secret_of(made))) == (404, "record-link-closed")
    assert (await client.get(f"{V1}/verify/{given['code']}")).json()["is_genuine"]


async def test_the_copy_of_what_is_held_has_documents_links_and_openings(
    client: httpx2.AsyncClient, signed_in: Any, document: Document, link: Any
) -> None:
    ana, _ = document
    made = await link(note="pentru firma Exemplu")
    assert (await opened(client, secret_of(made))).status_code == 200
    headers = signed_in(
        None, {personal_data.SCOPE}, sub="identity", kind=Kind.SERVICE, client_id="identity", sid=None
    )
    answer = await client.get(personal_data.path(ana), headers=headers)
    sections = {each["name"]: each["items"] for each in answer.json()["sections"]}
    assert [each["motive"] for each in sections["history-documents"]] == ["angajare"]
    assert [each["note"] for each in sections["record-links"]] == ["pentru firma Exemplu"]
    assert [each["organisation"] for each in sections["record-link-openings"]] == [WHO["organisation"]]


async def test_the_database_itself_lets_no_link_be_opened_too_often(
    link: Any, sessions: async_sessionmaker[Session]
) -> None:
    made = await link(most_openings=1)
    async with sessions() as session:
        with pytest.raises(Exception, match="ck_record_links_openings"):
            await session.execute(
                text("UPDATE record_links SET openings = 2 WHERE id = :link"), {"link": made["id"]}
            )
