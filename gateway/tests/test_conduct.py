"""What a gateway sees of applications in the sandbox."""

from typing import Any

import pytest

from gateway.conduct import PLAN, Conduct
from gateway.headers import Fields
from gateway.limits import Policy, Verdict
from gateway.tokens import Grant
from gateway.visit import Head, Visit

POLICY = Policy("sandbox", 600, 60, 200)


def a_visit(
    method: str = "GET",
    *,
    began: float = 0.0,
    status: int = 200,
    plan: str = PLAN,
    path: str = "/petitions/v1/petitions",
    query: bytes = b"",
    **headers: str,
) -> Visit:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    head = Head(method, path.encode(), query, pairs, "1.1", "192.0.2.1")
    fields = Fields(pairs, dict(pairs))
    trace: Any = None
    visit = Visit(head, fields, trace, b"", began, path=path, status=status)
    visit.grant = Grant(b"", "app ana", "app", None, 60.0, plan=plan)
    visit.counted = POLICY, Verdict(allowed=status != 429, remaining=0, reset=2)
    return visit


@pytest.mark.parametrize(
    ("visit", "seen"),
    [
        (a_visit(), set()),
        (a_visit("POST"), {"IDEMPOTENCY_KEY_MISSING"}),
        (a_visit("POST", idempotency_key="once"), {"IDEMPOTENCY_KEY_SENT"}),
        (a_visit("POST", path="/oauth2/userinfo"), set()),
        (a_visit(if_none_match='"1"'), {"CONDITIONAL_READ"}),
        (a_visit("PUT", if_match='"1"'), {"CONDITIONAL_CHANGE"}),
        (a_visit(query=b"limit=2&cursor=WzFd"), {"NEXT_PAGE_READ"}),
        (a_visit("POST", plan="STANDARD"), set()),
    ],
)
def test_a_request_shows_what_its_application_does(visit: Visit, seen: set[str]) -> None:
    assert set(Conduct().seen(visit, 0.0)) == seen


def test_a_request_without_a_caller_shows_nothing() -> None:
    visit = a_visit("POST")
    visit.grant = None
    assert list(Conduct().seen(visit, 0.0)) == []


def story(*moments: tuple[float, int]) -> list[list[str]]:
    """What is seen of requests that begin at these instants and are answered so, at once."""
    conduct = Conduct()
    return [list(conduct.seen(a_visit(began=at, status=status), at)) for at, status in moments]


def test_who_waits_as_told_is_seen_to() -> None:
    assert story((0.0, 429), (2.0, 200), (2.1, 200)) == [[], ["RETRY_AFTER_HONOURED"], []]


def test_requests_that_were_on_their_way_are_not_held_against_anybody() -> None:
    assert story((0.0, 429), (0.1, 429), (2.5, 200)) == [[], [], ["RETRY_AFTER_HONOURED"]]


def test_who_goes_on_at_once_is_seen_to() -> None:
    assert story((0.0, 429), (0.5, 429), (1.0, 429)) == [
        [],
        ["RETRY_AFTER_IGNORED"],
        ["RETRY_AFTER_IGNORED"],
    ]
