"""Requests for public information (Legea 544/2001), from the request to the complaint about its refusal."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_events.session import Session
from hub_terms.calendar import Calendar
from hub_testing import rules
from svc_petitions.domain import information, terms
from svc_petitions.domain.files import Solution
from svc_petitions.domain.information import Complaint, Ground
from svc_petitions.domain.states import PetitionState
from svc_petitions.domain.terms import Course
from svc_petitions.errors.information import ComplainedTooLate, LearnedOnWrong, NothingToComplainOf
from svc_petitions.tables.petitions import PETITIONS as ROWS

from .office import ANSWER, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
Complain = Callable[..., Awaitable[httpx2.Response]]
LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
CALENDAR = Calendar(LEGAL)
REFUSAL = ANSWER | {
    "solution": "UNFAVOURABLE",
    "text": "Informația este clasificată.",
    "legal_basis": "Legea nr. 544/2001 art. 12 alin. (1) lit. a)",
}
COMPLAINT = {"text": "Informația nu este clasificată.", "language": "ro"}
SATURDAY = date(2026, 11, 21)


def a_request(registered_on: date = SATURDAY, **special: Any) -> Course:
    facts: dict[str, Any] = {
        "state": PetitionState.IN_ANALYSIS,
        "registered_on": registered_on,
        "answer_due_on": registered_on + timedelta(days=10),
        "answer_rule_id": "public-information.answer",
        "answer_legal_basis": "Legea nr. 544/2001",
    }
    return Course(**(facts | special))


def refused(on: date) -> Course:
    return a_request(state=PetitionState.ANSWERED, solution=Solution.UNFAVOURABLE, closed_on=on)


def complained(course: Course, today: date, learned_on: date | None = None) -> Ground:
    counted = terms.deadline(course, LEGAL, CALENDAR)
    complaint = Complaint("Nu este clasificată.", "ro", learned_on)
    return information.refuse_complaint(course, counted, complaint, LEGAL, CALENDAR, today).ground


# The rules.


def test_a_refusal_is_in_time_on_the_fifth_day_and_late_on_the_sixth() -> None:
    for on, is_late in ((date(2026, 11, 26), False), (date(2026, 11, 27), True)):
        assert terms.clock(refused(on), (), LEGAL).is_refusal_late is is_late
    given = a_request(
        state=PetitionState.ANSWERED, solution=Solution.FAVOURABLE, closed_on=date(2026, 11, 30)
    )
    assert terms.clock(given, (), LEGAL).is_refusal_late is None
    part = a_request(
        state=PetitionState.ANSWERED, solution=Solution.PARTLY_FAVOURABLE, closed_on=date(2026, 11, 30)
    )
    assert terms.clock(part, (), LEGAL).is_refusal_late is True


def test_a_refusal_after_the_fifth_day_is_in_the_term_of_the_answer_and_late_all_the_same() -> None:
    clocked = terms.clock(refused(date(2026, 11, 30)), (), LEGAL)
    assert (clocked.deadline.is_late(date(2026, 12, 31)), clocked.is_refusal_late) == (False, True)


def test_a_refusal_is_complained_of_within_thirty_days_by_the_milder_count() -> None:
    """Refused on Thursday 26.11.2026: thirty free days end on Sunday 27.12., moved to Monday the 28th."""
    course, last = refused(date(2026, 11, 26)), date(2026, 12, 28)
    assert complained(course, last) is Ground.REFUSAL
    with pytest.raises(ComplainedTooLate) as late:
        complained(course, last + timedelta(days=1))
    assert late.value.facts == {"last": "28.12.2026"}


def test_silence_is_complained_of_from_the_day_after_the_stricter_end() -> None:
    """Ten days from Saturday 21.11.2026 end on Tuesday 01.12., a holiday; the milder end is 02.12."""
    course = a_request()
    with pytest.raises(NothingToComplainOf):
        complained(course, date(2026, 12, 1))
    assert complained(course, date(2026, 12, 2)) is Ground.SILENCE
    # thirty free days from 02.12.2026 end on Saturday 02.01.2027, which is a holiday: Monday the 4th
    assert complained(course, date(2027, 1, 4)) is Ground.SILENCE
    with pytest.raises(ComplainedTooLate):
        complained(course, date(2027, 1, 5))


def test_an_extended_request_is_not_silent_before_its_thirty_days_are_over() -> None:
    course = a_request(
        answer_due_on=SATURDAY + timedelta(days=30),
        extended_on=date(2026, 11, 30),
        extended_until=SATURDAY + timedelta(days=30),
    )
    with pytest.raises(NothingToComplainOf):
        complained(course, SATURDAY + timedelta(days=30))
    assert complained(course, SATURDAY + timedelta(days=31)) is Ground.SILENCE


def test_who_learned_of_it_later_has_the_term_from_then() -> None:
    course = refused(date(2026, 11, 26))
    assert complained(course, date(2027, 1, 11), learned_on=date(2026, 12, 10)) is Ground.REFUSAL
    for learned_on in (date(2026, 11, 25), date(2027, 1, 12)):
        with pytest.raises(LearnedOnWrong):
            complained(course, date(2027, 1, 11), learned_on)


@pytest.mark.parametrize("solution", list(Solution))
def test_only_who_was_given_all_has_nothing_to_complain_of(solution: Solution) -> None:
    course = a_request(state=PetitionState.ANSWERED, solution=solution, closed_on=date(2026, 11, 26))
    counted = terms.deadline(course, LEGAL, CALENDAR)
    found = information.grievance(course, counted, date(2026, 12, 1))
    assert (found is None) == (solution is Solution.FAVOURABLE)


def test_the_term_of_a_complaint_is_not_extended() -> None:
    for rule in ("public-information.complaint-answer", "petition.prior-complaint"):
        assert terms.extension_most(a_request(answer_rule_id=rule), LEGAL) == 0


# Over HTTP.


@pytest.fixture
def complain(office: Office, as_ana: dict[str, str]) -> Complain:
    """Complain as Ana, with `complain(petition_id, **what_is_special)`."""

    async def make(
        petition_id: str, headers: dict[str, str] | None = None, **special: Any
    ) -> httpx2.Response:
        path = f"{PETITIONS}/{petition_id}/complaint"
        sent = COMPLAINT | special
        return await office.client.post(
            path, json=sent, headers=(as_ana if headers is None else headers) | key()
        )

    return make


@pytest.fixture
def refuse(office: Office, filed: Filed) -> Callable[[], Awaitable[str]]:
    """A request of Ana's that was refused today."""

    async def make() -> str:
        request_id = await filed(kind="INFO_544")
        await office.bring(request_id, "IN_ANALYSIS")
        await office.step(request_id, "draft", office.handler, REFUSAL)
        await office.step(request_id, "approve", office.chief)
        await office.step(request_id, "sign", office.head)
        sent = await office.step(request_id, "send", office.registrar)
        assert sent.status_code == 200, sent.text
        return request_id

    return make


async def days_ago(sessions: async_sessionmaker[Session], petition_id: str, days: int) -> date:
    """Let a request have been registered so many days ago; the day."""
    day = clock.local_date(clock.now()) - timedelta(days=days)
    async with sessions() as session, session.begin():
        mine = update(ROWS).where(ROWS.c.id == UUID(petition_id))
        await session.execute(mine.values(registered_on=day, answer_due_on=day + timedelta(days=10)))
    return day


async def test_nobody_complains_in_anothers_place(
    refuse: Any, complain: Complain, as_ion: dict[str, str], ana: UUID, signed_in: Any
) -> None:
    request_id = await refuse()
    assert slug(await complain(request_id, {})) == "invalid-token"
    assert slug(await complain(request_id, signed_in(ana, {"petitions:read"}))) == "insufficient-scope"
    assert slug(await complain(request_id, as_ion)) == "petition-not-found"
    testing = signed_in(ana, {"petitions:read", "petitions:write"}, sandbox=True)
    assert slug(await complain(request_id, testing)) == "petition-not-found"


async def test_a_refusal_needs_its_reasons_and_its_law(office: Office, filed: Filed) -> None:
    request_id = await filed(kind="INFO_544")
    await office.bring(request_id, "IN_ANALYSIS")
    for without in ("text", "legal_basis"):
        answer = await office.step(request_id, "draft", office.handler, REFUSAL | {without: " "})
        assert slug(answer) == "invalid-request"


async def test_a_refusal_is_complained_of_and_both_see_the_other(
    office: Office, refuse: Any, complain: Complain, as_ana: dict[str, str]
) -> None:
    today = clock.local_date(clock.now())
    request_id = await refuse()
    term = (await office.client.get(f"{PETITIONS}/{request_id}/term", headers=as_ana)).json()
    assert (term["is_refusal_late"], term["complain_by"] > today.isoformat()) == (False, True)

    made = await complain(request_id)
    assert made.status_code == 201, made.text
    complaint = made.json()
    assert made.headers["location"] == f"{PETITIONS}/{complaint['id']}"
    assert complaint["kind"] == "INFO_544_COMPLAINT"
    assert complaint["answer_due_on"] == (today + timedelta(days=15)).isoformat()
    assert complaint["answer_rule"]["rule_id"] == "public-information.complaint-answer"

    for one, other, is_origin in ((request_id, complaint["id"], False), (complaint["id"], request_id, True)):
        mine = (await office.client.get(f"{PETITIONS}/{one}/steps", headers=as_ana)).json()
        file = (await office.client.get(f"{FILES}/{one}", headers=office.as_(office.head))).json()
        [link] = mine["links"]
        assert [link] == file["links"]
        assert (link["petition_id"], link["is_origin"], link["ground"]) == (other, is_origin, "REFUSAL")
        assert mine["steps"][-1]["reason"] == "COMPLAINT"
    asked = (await office.client.get(f"{PETITIONS}/{request_id}/steps", headers=as_ana)).json()
    assert [step["reason"] for step in asked["steps"][-2:]] == ["REFUSED", "COMPLAINT"]

    assert slug(await complain(request_id)) == "complained-already"
    assert slug(await complain(complaint["id"])) == "no-request-for-information"


async def test_who_refused_does_not_work_on_the_complaint_and_the_head_answers_it_in_its_term(
    office: Office, refuse: Any, complain: Complain, as_ana: dict[str, str]
) -> None:
    complaint_id = (await complain(await refuse())).json()["id"]
    said = {"complained_of": [str(office.handler)], "reports_crime": False}
    opened = await office.client.get(f"{FILES}/{complaint_id}", headers=office.as_(office.head))
    assert opened.json()["file"]["complained_of"] == [str(office.handler)]
    await office.step(complaint_id, "triage", office.registrar, said)
    assert slug(await office.assign(complaint_id)) == "conflict-of-interest"
    assert (await office.assign(complaint_id, office.other)).status_code == 200
    await office.step(complaint_id, "accept", office.other)
    more = {"days": 1, "reason": "Verificări."}
    assert slug(await office.step(complaint_id, "extension", office.head, more)) == "extension-too-long"
    for step, who, body in (
        ("draft", office.other, ANSWER),
        ("approve", office.chief, None),
        ("sign", office.head, None),
        ("send", office.registrar, None),
    ):
        assert (await office.step(complaint_id, step, who, body)).status_code == 200
    answered = await office.client.get(f"{PETITIONS}/{complaint_id}/answer", headers=as_ana)
    assert answered.json()["solution"] == "FAVOURABLE"


async def test_silence_is_complained_of_and_the_request_goes_on_overdue(
    office: Office,
    filed: Filed,
    complain: Complain,
    as_ana: dict[str, str],
    sessions: async_sessionmaker[Session],
) -> None:
    request_id = await filed(kind="INFO_544")
    assert slug(await complain(request_id)) == "nothing-to-complain-of"
    await days_ago(sessions, request_id, 11)
    made = await complain(request_id)
    assert made.status_code == 201, made.text
    followed = (await office.client.get(f"{PETITIONS}/{request_id}/steps", headers=as_ana)).json()
    assert (followed["state"], followed["links"][0]["ground"]) == ("REGISTERED", "SILENCE")
    term = (await office.client.get(f"{PETITIONS}/{request_id}/term", headers=as_ana)).json()
    assert (term["is_late"], term["ended"]) == (True, None)


async def test_after_its_term_a_complaint_is_told_until_when_it_could_be_made(
    filed: Filed, complain: Complain, sessions: async_sessionmaker[Session]
) -> None:
    request_id = await filed(kind="INFO_544")
    await days_ago(sessions, request_id, 80)
    late = await complain(request_id)
    assert slug(late) == "complaint-too-late"
    assert re.search(r"[0-9]{2}\.[0-9]{2}\.20[0-9]{2}", late.json()["detail"])


async def test_a_refusal_after_the_fifth_day_says_that_it_is_late(
    office: Office, filed: Filed, as_ana: dict[str, str], sessions: async_sessionmaker[Session]
) -> None:
    request_id = await filed(kind="INFO_544")
    await days_ago(sessions, request_id, 6)
    await office.bring(request_id, "IN_ANALYSIS")
    await office.step(request_id, "draft", office.handler, REFUSAL)
    await office.step(request_id, "approve", office.chief)
    await office.step(request_id, "sign", office.head)
    await office.step(request_id, "send", office.registrar)
    followed = (await office.client.get(f"{PETITIONS}/{request_id}/steps", headers=as_ana)).json()
    assert followed["steps"][-1]["reason"] == "REFUSED_LATE"
    for path, headers in ((PETITIONS, as_ana), (FILES, office.as_(office.head))):
        term = (await office.client.get(f"{path}/{request_id}/term", headers=headers)).json()
        assert (term["is_late"], term["is_refusal_late"]) == (False, True)
