"""The history document: issued at once to its driver alone, sealed, and saying what the record says."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, cnp, ids
from hub_core.principal import Assurance
from hub_core.rules import Rules
from hub_documents import facts, verification
from hub_documents.store import StoreUnavailable
from hub_events.session import Session
from svc_traffic_history.documents import histories
from svc_traffic_history.domain import fines
from svc_traffic_history.domain import history_documents as domain
from svc_traffic_history.domain.history_documents import Span
from svc_traffic_history.errors.history_documents import HistoryAgeNeeded, HistoryPeriodWrong
from svc_traffic_history.operations import history_documents as operations
from svc_traffic_history.operations import people
from svc_traffic_history.operations.means import Archive
from svc_traffic_history.registers.police import ComplaintTold, SuspensionTold

from .outside import Outside, a_report

V1 = "/traffic-history/v1"
DOCUMENTS = f"{V1}/history-documents"
READ = frozenset({"traffic-history:read"})
BOTH = frozenset({"traffic-history:read", "traffic-history:write"})
TODAY = clock.local_date(clock.now())
WANTED: dict[str, Any] = {"motive": "angajare"}

Issue = Callable[..., Any]
Said = Callable[..., Any]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the type of a problem."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


@pytest.fixture
def as_(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Make `as_(person_id)`: the headers of somebody who is signed in well enough."""

    def headers(person_id: UUID, scopes: frozenset[str] = BOTH, **special: Any) -> dict[str, str]:
        made: dict[str, str] = signed_in(person_id, scopes, Assurance.SUBSTANTIAL, **special)
        return made

    return headers


@pytest.fixture
def issue(client: httpx2.AsyncClient, as_: Any) -> Issue:
    """Make `issue(person_id)`: the document that somebody gets, as it is shown."""

    async def post(person_id: UUID, **special: Any) -> Any:
        answer = await client.post(DOCUMENTS, headers=as_(person_id), json=WANTED | special)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"{DOCUMENTS}/{answer.json()['id']}"
        return answer.json()

    return post


@pytest.fixture
def file_of(client: httpx2.AsyncClient, as_: Any) -> Callable[..., Any]:
    """Make `file_of(person_id, document)`: its sealed file."""

    async def get(person_id: UUID, document: Any) -> bytes:
        answer = await client.get(f"{DOCUMENTS}/{document['id']}/file", headers=as_(person_id))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.headers["cache-control"] == "no-store"
        return answer.content

    return get


@pytest.fixture
def said(issue: Issue, file_of: Any, program: Any, tmp_path: Path) -> Said:
    """Make `said(person_id)`: what the pages of the document say that somebody gets."""

    async def read(person_id: UUID, **special: Any) -> str:
        path = tmp_path / "history.pdf"
        path.write_bytes(await file_of(person_id, await issue(person_id, **special)))
        return " ".join(program("pdftotext", path, "-").decode().split())

    return read


# the rules alone


@pytest.mark.parametrize(("born", "is_refused"), [(date(2008, 11, 23), False), (date(2008, 11, 24), True)])
def test_it_is_issued_online_from_the_eighteenth_birthday_on(
    legal: Rules, born: date, *, is_refused: bool
) -> None:
    today = date(2026, 11, 23)
    if is_refused:
        with pytest.raises(HistoryAgeNeeded):
            domain.must_be_of_age(born, today, legal)
    else:
        domain.must_be_of_age(born, today, legal)


@pytest.mark.parametrize(
    "span",
    [Span(date(2026, 5, 2), date(2026, 5, 1)), Span(None, date(2026, 11, 24)), Span(date(2026, 11, 24))],
)
def test_a_period_neither_ends_before_it_begins_nor_lies_in_the_future(span: Span) -> None:
    with pytest.raises(HistoryPeriodWrong):
        domain.must_be_possible(span, date(2026, 11, 23))


def test_a_period_covers_both_of_its_ends() -> None:
    span = Span(date(2026, 5, 1), date(2026, 5, 2))
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)]
    assert [span.covers(day) for day in days] == [False, True, True, False]
    assert all(Span().covers(day) for day in days)


def test_fine_points_are_told_where_the_fine_is_so_many_and_not_else(legal: Rules) -> None:
    on = date(2026, 7, 1)
    assert fines.points_of(legal, fines.amount(legal, 4, on), on) == 4
    assert fines.points_of(legal, fines.amount(legal, 4, on) + 1, on) is None


# who may


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", DOCUMENTS),
        ("GET", DOCUMENTS),
        ("GET", f"{DOCUMENTS}/{ids.new_id()}"),
        ("GET", f"{DOCUMENTS}/{ids.new_id()}/file"),
    ],
    ids=["issue", "list", "read", "file"],
)
async def test_nobody_without_scope_and_assurance(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str
) -> None:
    person = ids.new_id()
    body = {"json": WANTED} if method == "POST" else {}
    lacking = READ if method == "POST" else frozenset({"traffic-history:write"})
    assert (await client.request(method, path, **body)).status_code == 401
    for scopes, level in ((lacking, Assurance.HIGH), (BOTH, Assurance.LOW)):
        answer = await client.request(method, path, headers=signed_in(person, scopes, level), **body)
        assert answer.status_code == 403


async def test_anothers_document_is_not_found_as_if_it_did_not_exist(
    client: httpx2.AsyncClient, as_: Any, issue: Issue, outside: Outside
) -> None:
    ana, ion = outside.add_driver(), outside.add_driver()
    document = await issue(ana)
    for path in (f"{DOCUMENTS}/{document['id']}", f"{DOCUMENTS}/{document['id']}/file"):
        theirs = await client.get(path, headers=as_(ion))
        none = await client.get(path.replace(document["id"], str(ids.new_id())), headers=as_(ion))
        assert problem(theirs) == problem(none) == (404, "history-document-not-found")
    assert (await client.get(DOCUMENTS, headers=as_(ion))).json()["items"] == []
    assert (await client.get(DOCUMENTS, headers=as_(ana))).json()["items"] == [document]


async def test_a_mandate_does_not_reach_so_far(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    ana = outside.add_driver()
    headers = signed_in(
        ana, BOTH, Assurance.SUBSTANTIAL, mandate=str(ids.new_id()), act_for=str(ids.new_id())
    )
    assert (await client.post(DOCUMENTS, headers=headers, json=WANTED)).status_code == 401


# what it says


async def test_edge_54_a_white_history_says_so_and_that_it_counts_as_a_file_only(
    said: Said, outside: Outside
) -> None:
    page = await said(outside.add_driver())
    for words in (
        "Istoric alb",
        "nu este înregistrată nicio sancțiune",
        "White history",
        "C00900123X",
        "AM, B",
        "Angajare",
        "0 din 15",
        "Document valabil numai în format electronic",
        "Tipărit, își pierde autenticitatea",
        "Printed, it loses its authenticity",
        "Inspectoratul General al Poliției Române (TEST)",
    ):
        assert words in page


async def test_edge_54_a_foreign_licence_has_no_history_document(
    client: httpx2.AsyncClient, as_: Any, outside: Outside
) -> None:
    jane = outside.add_driver(licence=None)
    answer = await client.post(DOCUMENTS, headers=as_(jane), json=WANTED)
    assert problem(answer) == (403, "romanian-licence-needed")


async def test_edge_54_the_file_is_sealed_by_the_police_and_archivable(
    issue: Issue, file_of: Any, outside: Outside, trust_folder: Path, program: Any, tmp_path: Path
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    document = await issue(ana)
    content = await file_of(ana, document)
    trust = verification.trust_in(
        trust_folder / "root.pem", verification.organization_of(trust_folder / "seal.pem")
    )
    verdict = verification.verify(content, trust, datetime.now(UTC))
    assert (verdict.outcome, verdict.sha256) == (verification.Outcome.INTACT, document["sha256"])
    assert verdict.signed_by == "Inspectoratul General al Poliției Române (TEST)"
    path = tmp_path / "history.pdf"
    path.write_bytes(content)
    program("qpdf", "--check", path)
    assert b"Signature is Valid" in program("pdfsig", "-nocert", path)
    told = program("pdfinfo", path)
    assert b"Tagged:          yes" in told
    for standard in (b"<pdfaid:part>2", b"<pdfaid:conformance>A", b"<pdfuaid:part>1"):
        assert standard in content


async def test_it_says_what_the_record_of_the_same_instant_says(
    client: httpx2.AsyncClient, as_: Any, said: Said, outside: Outside
) -> None:
    complaint = ComplaintTold(registered_on=ago(20))
    reports = [
        a_report(ago(5), "speed-21", "phone-in-hand", fine_points=4),
        a_report(ago(30), "speed-31", fine_points=6, communicated_on=ago(30), complaint=complaint),
        a_report(ago(400), "seat-belt-helmet", fine_points=2),
    ]
    ana = outside.add_driver(*reports)
    page = await said(ana)
    record = (await client.get(f"{V1}/record", headers=as_(ana))).json()
    lines = (await client.get(f"{V1}/record/lines", headers=as_(ana))).json()["items"]
    assert len(lines) == len(reports)
    assert f"{record['points']} din {record['limit']}" in page
    assert "4 sancțiuni" in page
    for line in lines:
        assert f"{line['series']} {line['number']}" in page
        assert date.fromisoformat(line["found_at"][:10]).strftime("%d.%m.%Y") in page
        for offence in line["offences"]:
            assert histories.lei(Decimal(offence["fine"]["amount"])) in page
    assert "Covasna" in page
    assert "contestat, pe rol" in page


async def test_a_period_leaves_out_what_was_found_on_other_days(said: Said, outside: Outside) -> None:
    inside, before = a_report(ago(30), "speed-21"), a_report(ago(31), "speed-10")
    ana = outside.add_driver(inside, before)
    span = {"first": ago(30).isoformat(), "last": ago(1).isoformat()}
    page = await said(ana, period=span)
    assert inside.number in page
    assert before.number not in page
    assert "o sancțiune" in page
    outside_it = {"first": ago(29).isoformat(), "last": ago(1).isoformat()}
    page = await said(ana, period=outside_it)
    assert "Istoric alb" in page
    assert "5 din 15" in page  # what counts today counts, whenever it was found


async def test_a_right_that_is_suspended_is_told_with_its_days(said: Said, outside: Outside) -> None:
    reports = [a_report(ago(days), "speed-31", fine_points=6) for days in (90, 60, 45, 25)]
    suspension = SuspensionTold(
        report=3,
        grounds=("POINTS",),
        days=30,
        fact_on=ago(25),
        state="RUNNING",
        handed_in_on=ago(11),
        begins_on=ago(10),
        ends_on=ago(-19),
    )
    istvan = outside.add_driver(*reports, suspensions=(suspension,))
    outside.tell(istvan, family_name="Szőcs-Kovács", given_name="István Ákos")
    page = await said(istvan)
    assert f"suspendat de la {ago(10):%d.%m.%Y} până la {ago(-19):%d.%m.%Y} inclusiv" in page
    assert "0 din 15" in page
    assert "30 de zile" in page
    assert "Szőcs-Kovács" in page
    assert "István Ákos" in page


async def test_sixty_lines_stand_on_as_many_pages_as_it_takes(
    issue: Issue, file_of: Any, outside: Outside, program: Any, tmp_path: Path
) -> None:
    reports = [a_report(ago(10 * each), "speed-10", fine_points=2) for each in range(1, 61)]
    ana = outside.add_driver(*reports)
    path = tmp_path / "long.pdf"
    path.write_bytes(await file_of(ana, await issue(ana)))
    page = program("pdftotext", path, "-").decode()
    assert all(report.number in page for report in reports)
    assert "sfârșitul sancțiunilor" in page
    assert page.count("Pagina") > 3


async def test_the_qr_code_states_that_it_was_issued_and_nobodys_name(
    issue: Issue, file_of: Any, outside: Outside, trust_folder: Path, program: Any, tmp_path: Path
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    document = await issue(ana, period={"first": ago(30).isoformat()})
    path = tmp_path / "history.pdf"
    path.write_bytes(await file_of(ana, document))
    pages = program("pdfinfo", path).decode()
    last = next(line.split()[-1] for line in pages.splitlines() if line.startswith("Pages:"))
    program("pdftoppm", "-r", "200", "-png", "-singlefile", "-f", last, path, tmp_path / "last")
    link = program("zbarimg", "-q", "--raw", tmp_path / "last.png").decode().strip()
    address, _, token = link.partition("#")
    assert address.endswith(f"/verify/{document['code']}")
    padded = token + "=" * (-len(token) % 4)
    claims = facts.read(urlsafe_b64decode(padded), facts.keys((trust_folder / "facts.pem").read_bytes()))
    assert claims[7] == document["code"].encode()
    assert claims[-65537] == {"type": "TRAFFIC_HISTORY", "no": document["number"], "from": str(ago(30))}


# what is refused


@pytest.mark.parametrize(
    ("special", "refused"),
    [
        ({"motive": "none-such"}, (422, "history-motive-unknown")),
        ({"period": {"first": ago(-1).isoformat()}}, (422, "history-period-wrong")),
        (
            {"period": {"first": ago(1).isoformat(), "last": ago(2).isoformat()}},
            (422, "history-period-wrong"),
        ),
    ],
    ids=["motive", "future", "backwards"],
)
async def test_what_cannot_be_is_refused_and_nothing_is_stored(
    client: httpx2.AsyncClient, as_: Any, outside: Outside, special: dict[str, Any], refused: tuple[int, str]
) -> None:
    ana = outside.add_driver()
    assert problem(await client.post(DOCUMENTS, headers=as_(ana), json=WANTED | special)) == refused
    assert (await client.get(DOCUMENTS, headers=as_(ana))).json()["items"] == []


async def test_who_is_not_of_age_is_sent_to_the_police(
    client: httpx2.AsyncClient, as_: Any, outside: Outside
) -> None:
    young = cnp.complete(f"5{ago(17 * 365):%y%m%d}14990").number
    person = outside.add_driver()
    outside.tell(person, cnp=young)
    answer = await client.post(DOCUMENTS, headers=as_(person), json=WANTED)
    assert problem(answer) == (403, "history-age-needed")


async def test_a_word_of_the_register_that_is_old_is_shown_and_not_sealed(
    client: httpx2.AsyncClient,
    as_: Any,
    issue: Issue,
    outside: Outside,
    sessions: async_sessionmaker[Session],
) -> None:
    ana = outside.add_driver()
    await issue(ana)
    async with sessions.begin() as session:
        old = "UPDATE drivers SET asked_at = now() - interval '2 hours' WHERE person_id = :ana"
        await session.execute(text(old), {"ana": ana})
    outside.is_away = True
    try:
        assert (await client.get(f"{V1}/record", headers=as_(ana))).status_code == 200
        answer = await client.post(DOCUMENTS, headers=as_(ana), json=WANTED)
    finally:
        outside.is_away = False
    assert problem(answer) == (503, "driver-register-unavailable")
    assert (await client.post(DOCUMENTS, headers=as_(ana), json=WANTED)).status_code == 201


async def test_a_driver_gets_so_many_a_day_and_no_more(
    client: httpx2.AsyncClient, as_: Any, issue: Issue, outside: Outside, looking: Any, legal: Rules
) -> None:
    ana = outside.add_driver()
    document = await issue(ana)
    most = legal.on(domain.A_DAY_RULE, TODAY).whole
    copy = """
        INSERT INTO "traffic-history".history_documents SELECT (jsonb_populate_record(d, jsonb_build_object(
            'id', gen_random_uuid(), 'number', nextval('"traffic-history".history_numbers'),
            'code_key', '\\x' || encode(sha256(gen_random_uuid()::text::bytea), 'hex')))).*
        FROM "traffic-history".history_documents d WHERE id = $1
    """
    for _ in range(most - 2):
        await looking.execute(copy, UUID(document["id"]))
    both = await asyncio.gather(*(client.post(DOCUMENTS, headers=as_(ana), json=WANTED) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 429]
    (refused,) = [answer for answer in both if answer.status_code == 429]
    assert problem(refused) == (429, "too-many-histories")


async def test_letters_that_no_font_has_are_a_problem_of_their_own(
    client: httpx2.AsyncClient, as_: Any, outside: Outside
) -> None:
    person = outside.add_driver()
    outside.tell(person, given_name="Ana \U0001f600")
    answer = await client.post(DOCUMENTS, headers=as_(person), json=WANTED)
    assert problem(answer) == (409, "history-unprintable")


async def test_a_resident_s_age_is_asked_of_svc_identity(
    client: httpx2.AsyncClient, as_: Any, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that begins with 7 or 8 does not tell the century."""
    person = outside.add_driver()
    outside.tell(person, cnp=cnp.complete("785031214990").number)
    assert problem(await client.post(DOCUMENTS, headers=as_(person), json=WANTED)) == (
        403,
        "driver-identity-needed",
    )
    ask = outside.get

    async def get(path: str) -> Any:
        return await ask(path) | {"birth_date": "1985-03-12"}

    with monkeypatch.context() as patch:
        patch.setattr(Outside, "get", lambda _, path: get(path))
        assert (await client.post(DOCUMENTS, headers=as_(person), json=WANTED)).status_code == 201


# once and no oftener


async def test_the_same_key_gives_the_same_document(
    client: httpx2.AsyncClient, as_: Any, outside: Outside
) -> None:
    ana = outside.add_driver()
    headers = as_(ana) | {"idempotency-key": str(ids.new_id())}
    both = await asyncio.gather(*(client.post(DOCUMENTS, headers=headers, json=WANTED) for _ in range(2)))
    assert [answer.status_code for answer in both] == [201, 201]
    assert both[0].json() == both[1].json()
    assert len((await client.get(DOCUMENTS, headers=as_(ana))).json()["items"]) == 1


async def test_it_is_told_once_and_without_a_word_of_it(issue: Issue, outside: Outside, looking: Any) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    document = await issue(ana)
    bodies = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM \"traffic-history\".outbox WHERE subject = $1",
        "hub.traffic-history.history-document.issued.v1",
    )
    (body,) = [row["body"] for row in bodies if document["id"] in row["body"]]
    assert str(ana) in body
    for secret in ("speed", "Popescu", "C00900123X", document["code"][2:], document["number"]):
        assert secret not in body


async def test_no_name_and_no_code_lies_in_the_clear(
    issue: Issue, outside: Outside, looking: Any, archive: Archive
) -> None:
    ana = outside.add_driver()
    document = await issue(ana)
    row = await looking.fetchrow(
        'SELECT * FROM "traffic-history".history_documents WHERE id = $1', UUID(document["id"])
    )
    held = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    for secret in (document["code"].replace("-", "")[1:], "Popescu", "C00900123X"):
        assert secret.encode() not in held
    assert row["file_key"] == f"histories/{document['id']}.pdf"
    assert archive.store._folder is not None
    assert b"%PDF" not in (archive.store._folder / row["file_key"]).read_bytes()


@pytest.mark.parametrize("table", ["history_documents", "record_link_openings"])
async def test_what_was_issued_and_who_opened_it_stays_as_it_is(
    sessions: async_sessionmaker[Session], table: str
) -> None:
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
        async with sessions() as session:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.execute(text(change))


# when something is away, and afterwards


async def test_a_store_that_is_away_is_a_problem_of_its_own_and_nothing_is_issued(
    client: httpx2.AsyncClient,
    as_: Any,
    outside: Outside,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    ana = outside.add_driver()
    with monkeypatch.context() as patch:
        patch.setattr(archive.store, "put", away)
        answer = await client.post(DOCUMENTS, headers=as_(ana), json=WANTED)
    assert problem(answer) == (503, "traffic-store-away")
    assert (await client.get(DOCUMENTS, headers=as_(ana))).json()["items"] == []


async def test_a_seal_that_was_revoked_seals_nothing(
    client: httpx2.AsyncClient,
    as_: Any,
    outside: Outside,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ana = outside.add_driver()
    with monkeypatch.context() as patch:
        patch.setattr(archive.press._own.material, "own_revoked_at", clock.now())
        answer = await client.post(DOCUMENTS, headers=as_(ana), json=WANTED)
    assert problem(answer) == (503, "traffic-seal-away")


async def test_a_file_that_no_row_knows_is_swept_and_the_others_stay(
    issue: Issue, file_of: Any, outside: Outside, archive: Archive, sessions: async_sessionmaker[Session]
) -> None:
    ana = outside.add_driver()
    document = await issue(ana)
    orphan, foreign = f"histories/{ids.new_id()}.pdf", f"videos/{ids.new_id()}.pdf"
    await archive.store.put(orphan, b"%PDF orphan")
    await archive.store.put(foreign, b"%PDF of another")
    later = clock.now() + timedelta(hours=2)
    async with sessions() as session:
        await operations.sweep(session, archive.store, clock.now())
        assert orphan in [name async for name in archive.store.names(later)]
        assert await operations.sweep(session, archive.store, later) >= 1
    names = [name async for name in archive.store.names(later)]
    assert orphan not in names
    assert foreign in names
    assert (await file_of(ana, document)).startswith(b"%PDF")


async def test_documents_follow_their_person(
    client: httpx2.AsyncClient,
    as_: Any,
    issue: Issue,
    outside: Outside,
    sessions: async_sessionmaker[Session],
) -> None:
    former, now = outside.add_driver(), ids.new_id()
    document = await issue(former)
    async with sessions() as session:
        await people.follow_person(session, former, now)
    assert (await client.get(DOCUMENTS, headers=as_(now))).json()["items"] == [document]
    assert (await client.get(DOCUMENTS, headers=as_(former))).json()["items"] == []


async def test_documents_come_in_pages(
    client: httpx2.AsyncClient, as_: Any, issue: Issue, outside: Outside
) -> None:
    ana = outside.add_driver()
    made = [await issue(ana) for _ in range(3)]
    first = (await client.get(DOCUMENTS, headers=as_(ana), params={"limit": 2})).json()
    rest = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get(DOCUMENTS, headers=as_(ana), params=rest)).json()
    assert [*first["items"], *second["items"]] == made[::-1]
    one = await client.get(f"{DOCUMENTS}/{made[0]['id']}", headers=as_(ana))
    assert one.json() == made[0]


async def test_the_motives_are_those_of_the_list(client: httpx2.AsyncClient, legal: Rules) -> None:
    shown = (await client.get(f"{DOCUMENTS}/motives")).json()["items"]
    assert [each["code"] for each in shown] == [each.code for each in domain.motives(legal, TODAY)]
    assert shown[0]["name"]["hu"]
