import asyncio
from datetime import datetime
from typing import Any

import httpx2
import pytest

from gateway import usage
from gateway.usage import Report, Usage
from hub_core import ids

NOW = datetime.fromisoformat("2026-11-22T10:59:58+00:00")


class Taker:
    """Takes reports, or fails as often as a test wants."""

    def __init__(self) -> None:
        self.taken: list[Report] = []
        self.failures = 0

    async def __call__(self, report: Report) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.taken.append(report)


@pytest.fixture
def tally() -> Usage:
    return Usage(ids.new_id())


@pytest.fixture
def taker() -> Taker:
    return Taker()


async def test_requests_are_counted_by_client_and_status(tally: Usage, taker: Taker) -> None:
    for client_id, status in [("a", 200), ("a", 200), ("a", 429), ("b", 500)]:
        tally.count(client_id, status)
    await tally.hand_over(taker, NOW)
    (report,) = taker.taken
    assert report.requests == {("a", 200): 2, ("a", 429): 1, ("b", 500): 1}
    assert report.hour == datetime.fromisoformat("2026-11-22T10:00:00+00:00")
    await tally.hand_over(taker, NOW)
    assert len(taker.taken) == 1


async def test_what_was_not_taken_is_sent_again_with_its_number(tally: Usage, taker: Taker) -> None:
    tally.count("a", 200)
    taker.failures = 1
    with pytest.raises(ConnectionError):
        await tally.hand_over(taker, NOW)
    tally.count("a", 200)
    await tally.hand_over(taker, NOW)
    assert [(one.sequence, one.requests) for one in taker.taken] == [
        (1, {("a", 200): 1}),
        (2, {("a", 200): 1}),
    ]


async def test_a_report_is_never_too_large(tally: Usage, taker: Taker) -> None:
    for number in range(usage.MOST_IN_REPORT + 1):
        tally.count(f"app-{number}", 200)
    await tally.hand_over(taker, NOW)
    assert [len(one.requests) for one in taker.taken] == [usage.MOST_IN_REPORT, 1]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "2xx"), (304, "3xx"), (404, "4xx"), (429, "429"), (499, "4xx"), (503, "5xx")],
)
def test_the_class_of_a_status(status: int, expected: str) -> None:
    assert usage.class_of(status) == expected


async def test_a_gateway_that_stops_hands_its_tally_over(start: Any, identity: Any) -> None:
    token = identity.sign_in(client_id="app-counted", sub="ana")
    async with start() as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for path in ("/petitions/v1/petitions", "/scarce/x", "/scarce/x", "/scarce/x"):
            await client.get(path, headers={"authorization": f"Bearer {token}"})
        await client.get("/petitions/v1/public")
    counted: dict[str, int] = {}
    while sum(counted.values()) < 4:
        async with asyncio.timeout(5):
            report = await identity.reports.get()
        for one in report["counts"]:
            if one["client_id"] == "app-counted":
                counted[one["status_class"]] = counted.get(one["status_class"], 0) + one["requests"]
    assert counted == {"2xx": 3, "429": 1}
