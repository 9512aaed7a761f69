"""Whatever stands in a ledger, the document says what the record of the same day says, and no more."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hub_core.rules import Rules
from svc_traffic_history.domain.drivers import Driver, Licence
from svc_traffic_history.domain.entries import Entry, Kind
from svc_traffic_history.domain.history_documents import Span
from svc_traffic_history.operations.history_documents import said
from svc_traffic_history.operations.records import Record
from svc_traffic_history.schemas.records import DriverRecordView, TrafficLineView
from svc_traffic_history.storage.ledger import Ledger, Recorded

from .build import a_report
from .test_points_properties import DAYS, histories

LICENCE = Licence(
    number="C00900123X", categories=("B",), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
)
DRIVER = Driver(id=UUID(int=1), cnp="2850312019003", family_name="Popescu", given_name="Ana", licence=LICENCE)
ENDS = st.none() | DAYS


@given(entries=histories(), day=DAYS, first=ENDS, last=ENDS)
@settings(max_examples=200, deadline=None)
def test_the_document_says_what_the_record_of_the_same_day_says(
    legal: Rules, entries: list[Entry], day: date, first: date | None, last: date | None
) -> None:
    recorded = [
        Recorded(entry=entry, recorded_at=datetime(2027, 1, 1, tzinfo=UTC), article="art. 100")
        for entry in entries
    ]
    reports = [a_report(entry) for entry in entries if entry.kind is Kind.FOUND]
    record = Record(
        driver=DRIVER,
        on=day,
        ledger=Ledger(recorded, reports),
        suspensions=[],
        licence_steps=[],
        contests=[],
        legal=legal,
    )
    shown, lines = DriverRecordView.of(record), [TrafficLineView.of(line, record) for line in record.lines]
    document = said(record, LICENCE, Span(first, last), legal)
    assert (document["points"], document["limit"]) == (shown.points, shown.limit)
    assert document["right"] == shown.right
    wanted = [
        (line.found_at.date(), f"{line.series} {line.number}", offence.points, offence.article, line.contest)
        for line in lines
        if (first or date.min) <= line.found_at.date() <= (last or date.max)
        for offence in line.offences
    ]
    assert wanted == [
        (one.found_on, one.report, one.points, one.article, one.contest) for one in document["sanctions"]
    ]
