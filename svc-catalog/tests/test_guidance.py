"""Questions with answers, preventive advice, and whom to call and when."""

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import phone
from hub_core.language import Language
from hub_core.rules import Rules
from hub_core.text import normalise
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain import figures
from svc_catalog.domain.guidance import AdviceTopic, FaqCategory
from svc_catalog.domain.text import Texts
from svc_catalog.operations import guidance as operations
from svc_catalog.reference.guidance import advice, contact, faqs
from svc_catalog.reference.institutions import institutions
from svc_catalog.reference.rules import rules
from svc_catalog.reference.services import services

API = "/catalog/v1"
FAQS, ADVICE, CONTACT = faqs(), advice(), contact()
HOLIDAYS = [each.code for each in Rules(rules()).on("calendar.holidays", date(2026, 11, 22)).options]
LINES = {line.code: line for line in CONTACT.lines}
NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def texts(node: Any) -> list[Texts]:
    """Every text inside a domain value."""
    if isinstance(node, Texts):
        return [node]
    if is_dataclass(node):
        return [text for field in fields(node) for text in texts(getattr(node, field.name))]
    return [text for each in node for text in texts(each)] if isinstance(node, tuple) else []


def test_every_main_subject_has_at_least_five_questions() -> None:
    counted = Counter(each.category for each in FAQS)
    assert counted.keys() == set(FaqCategory)
    assert min(counted.values()) >= 5
    assert {each.topic for each in ADVICE} == set(AdviceTopic)


def test_codes_are_unique_and_what_they_name_is_there() -> None:
    for each in (FAQS, ADVICE, CONTACT.lines):
        assert max(Counter(one.code for one in each).values()) == 1
    known = {each.code for each in services()}
    assert not [each.code for each in FAQS if not set(each.services) <= known]
    assert {each.source_id for each in ADVICE} <= {each.id for each in institutions()}
    assert {line.institution for line in CONTACT.lines} <= {each.code for each in institutions()}


def test_every_text_is_there_in_three_languages_with_the_same_figures_and_comma_below() -> None:
    for each in texts((*FAQS, *ADVICE, CONTACT)):
        assert each.hu
        written = {Language.RO: each.ro, Language.HU: each.hu, Language.EN: each.en}
        for language, text in written.items():
            assert text == normalise(text).strip() != ""
            assert not re.search("[şţŞŢ]", text)
            assert not re.search(r"\d", re.sub(r"\b(112|544)\b|0800 806 806", "", text)), text
            assert figures.figures(text, language) == figures.figures(each.ro, Language.RO)


def test_advice_says_what_to_do_what_not_and_whom_to_call() -> None:
    for each in ADVICE:
        assert 3 <= len(each.do) <= 6
        assert 3 <= len(each.avoid) <= 6
        assert "112" in each.call.ro
    [bears] = [each for each in ADVICE if each.topic is AdviceTopic.BEARS]
    assert bears.is_for(date(2026, 7, 1))
    assert not bears.is_for(date(2026, 1, 15))
    [gas] = [each for each in ADVICE if each.topic is AdviceTopic.GAS]
    assert gas.is_for(date(2026, 1, 15))


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        (datetime(2026, 11, 23, 5, 59, 59, tzinfo=UTC), False),  # 07:59:59 in Bucharest
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 17, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 18, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 5, 0, tzinfo=UTC), True),  # 08:00 in summer
        (datetime(2026, 11, 22, 10, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 11, 30, 10, 0, tzinfo=UTC), False),  # Saint Andrew
        (datetime(2026, 11, 29, 22, 30, tzinfo=UTC), False),  # already the holiday in Bucharest
    ],
)
def test_telverde_is_open_in_the_hours_of_working_days(instant: datetime, is_open: bool) -> None:
    assert LINES["telverde"].is_open(instant, HOLIDAYS) is is_open


def test_emergencies_are_taken_always_and_unknown_hours_are_called_unknown() -> None:
    night = datetime(2026, 12, 25, 1, 0, tzinfo=UTC)
    assert LINES["emergency"].is_open(night, HOLIDAYS) is True
    assert LINES["anticorruption"].is_open(NOON, HOLIDAYS) is None
    assert (LINES["telverde"].opens, LINES["telverde"].closes) == (time(8), time(20))
    numbers = [line.number for line in CONTACT.lines]
    assert numbers == ["112", "+40800800624", "+40800806806"]
    assert [phone.parse(number).e164 for number in numbers[1:]] == numbers[1:]


async def codes(client: httpx2.AsyncClient, path: str, **asked: str) -> list[str]:
    answer = await client.get(f"{API}{path}", params={"limit": "200", **asked})
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("cat costa cazierul", "criminal-record-cost"),
        ("Mennyibe kerül az erkölcsi bizonyítvány?", "criminal-record-cost"),
        ("cate puncte de penalizare am", "traffic-points-balance"),
        ("parola", "account-phishing"),
        ("pasaport gata", "passport-ready"),
        ("moped", "vehicle-moped"),
        ("telverde", "general-telverde"),
    ],
)
async def test_a_question_is_found_by_its_words(client: httpx2.AsyncClient, asked: str, first: str) -> None:
    assert (await codes(client, "/faq", q=asked))[0] == first


async def test_questions_by_subject_and_by_service(client: httpx2.AsyncClient) -> None:
    everything = await codes(client, "/faq")
    assert len(everything) == len(FAQS)
    assert everything[0].startswith("criminal-record")  # the subjects stand in their order
    wanted = {each.code for each in FAQS if each.category is FaqCategory.PETITIONS}
    assert set(await codes(client, "/faq", category="PETITIONS")) == wanted
    assert await codes(client, "/faq", service="domicile-certificate") == ["domicile-proof"]
    assert await codes(client, "/faq", service="nothing") == []


async def test_a_question_is_read_by_code_and_by_id(client: httpx2.AsyncClient) -> None:
    by_code = (await client.get(f"{API}/faq/petition-anonymous")).json()
    assert (await client.get(f"{API}/faq/{by_code['id']}")).json() == by_code
    assert by_code["related_services"] == ["petition"]
    assert by_code["question"].keys() == {"ro", "hu", "en"}
    assert by_code["reviewed_on"] == "2026-11-22"
    missing = await client.get(f"{API}/faq/nothing")
    assert (missing.status_code, missing.json()["type"].rpartition("/")[2]) == (404, "faq-not-found")


async def test_that_an_answer_helped_is_counted_and_nothing_else_is_kept(
    client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    address = f"{API}/faq/general-copies"
    before = (await client.get(address)).json()["helpful_votes"]
    for _ in range(2):
        assert (await client.post(f"{address}/helpful")).status_code == 204
    for _ in range(2):
        await client.post(f"{address}/helpful", headers={"idempotency-key": "the-same-twice"})
    assert (await client.get(address)).json()["helpful_votes"] == before + 3
    columns = await looking.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'faq_votes'"
    )
    assert {row["column_name"] for row in columns} == {"code", "helpful"}
    assert (await client.post(f"{API}/faq/nothing/helpful")).status_code == 404


async def test_votes_stay_when_the_answer_is_written_anew(
    client: httpx2.AsyncClient, settings: ServiceSettings
) -> None:
    first = next(each for each in FAQS if each.code == "general-languages")
    await client.post(f"{API}/faq/{first.code}/helpful")
    before = (await client.get(f"{API}/faq/{first.code}")).json()
    database = Database(settings)
    try:
        async with database.sessions() as session:
            changed = replace(first, reviewed_at=date(2026, 11, 23))
            assert await operations.load_faqs(session, [changed], NOON) == 1
            assert await operations.load_faqs(session, [changed], NOON) == 0
            after = (await client.get(f"{API}/faq/{first.code}")).json()
            assert (after["version"], after["reviewed_on"]) == (before["version"] + 1, "2026-11-23")
            assert after["helpful_votes"] == before["helpful_votes"] > 0
            await operations.load_faqs(session, [first], NOON)
    finally:
        await database.close()


async def test_advice_by_subject_and_season(client: httpx2.AsyncClient) -> None:
    assert len(await codes(client, "/advice")) == len(ADVICE)
    assert await codes(client, "/advice", topic="FRAUD") == ["fraud"]
    january, july = [await codes(client, "/advice", on=f"2027-0{month}-10") for month in (1, 7)]
    assert {"winter", "fraud"} <= set(january)
    assert {"bears", "heat", "fraud"} <= set(july)
    assert "heat" not in january
    assert "winter" not in july


async def test_advice_names_the_structure_that_answers_for_it(client: httpx2.AsyncClient) -> None:
    bears = (await client.get(f"{API}/advice/bears")).json()
    assert bears["source"]["code"] == "IGSU"
    assert bears["months"] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert bears["do"][0].keys() == {"ro", "hu", "en"}
    assert (await client.get(f"{API}/advice/nothing")).status_code == 404


async def test_whom_to_call_comes_with_what_the_line_does_not_take(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{API}/contact")
    assert answer.headers["cache-control"].startswith("public, max-age=60, ")
    page = answer.json()
    assert list(page) == ["disclaimer", "lines"]
    assert "112" in page["disclaimer"]["hu"]
    assert [line["number"] for line in page["lines"]] == ["112", "+40800800624", "+40800806806"]
    telverde = page["lines"][1]
    assert (telverde["opens"], telverde["closes"], telverde["institution"]) == ("08:00", "20:00", "MAI-DSG")
    assert telverde["open_now"] in (True, False)
    assert page["lines"][0]["open_now"] is True
    assert page["lines"][2]["open_now"] is None


async def test_questions_and_advice_are_among_the_changes(client: httpx2.AsyncClient) -> None:
    for kind, count in (("FAQ", len(FAQS)), ("ADVICE", len(ADVICE))):
        items = (await client.get(f"{API}/changes", params={"kind": kind, "limit": "200"})).json()["items"]
        assert len(items) == count
        assert (await client.get(items[0]["link"])).status_code == 200
