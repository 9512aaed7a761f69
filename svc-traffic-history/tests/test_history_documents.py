"""The history document: issued at once to its driver alone, sealed, and saying what the record says."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_core.rules import Rules
from hub_documents import verification
from svc_traffic_history.documents import histories
from svc_traffic_history.domain import fines
from svc_traffic_history.domain import history_documents as domain
from svc_traffic_history.domain.history_documents import Span
from svc_traffic_history.errors.history_documents import HistoryAgeNeeded, HistoryPeriodWrong
from svc_traffic_history.registers.police import ComplaintTold

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


async def test_edge_53_a_white_history_says_so_and_that_it_counts_as_a_file_only(
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


async def test_edge_53_a_foreign_licence_has_no_history_document(
    client: httpx2.AsyncClient, as_: Any, outside: Outside
) -> None:
    jane = outside.add_driver(licence=None)
    answer = await client.post(DOCUMENTS, headers=as_(jane), json=WANTED)
    assert problem(answer) == (403, "romanian-licence-needed")


async def test_edge_53_the_file_is_sealed_by_the_police_and_archivable(
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
