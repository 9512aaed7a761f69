"""The national register as it is asked: in time, by bodies only, and not again while it is away."""

import json
from datetime import date
from typing import Any

import httpx2
import pytest

from svc_criminal_record.domain.holders import Organisation, Person
from svc_criminal_record.errors.registers import RecordsUnavailable
from svc_criminal_record.registers.records import HttpRecords

ANA = Person(family_name="Popescu", given_name="Ana", birth_date=date(1985, 3, 12), cnp="2850312149008")
FIRM = Organisation(name="Ionescu Construct SRL", cui="990000013")
MATCH: dict[str, Any] = {
    "cnp": ANA.cnp,
    "family_name": "Popescu",
    "given_name": "Ana",
    "former_names": [],
    "birth_date": "1985-03-12",
    "birth_place": "Sfântu Gheorghe",
    "born_abroad": False,
    "father": "Ion",
    "mother": "Maria",
    "update_pending": False,
    "entries": [],
}


class Outside:
    """A register whose next answers are given."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []
        self.now = 1000.0

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def records(self) -> HttpRecords:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer))
        return HttpRecords("http://records", http, clock=lambda: self.now)


async def test_a_person_is_asked_for_by_number_and_names_in_the_body() -> None:
    outside = Outside(httpx2.Response(200, json={"matches": [MATCH]}))
    (match,) = await outside.records().find(ANA)
    assert (match.cnp, match.entries) == (ANA.cnp, ())  # type: ignore[union-attr]
    (asked,) = outside.asked
    assert str(asked.url) == "http://records/people/find"
    assert json.loads(asked.content) == {
        "cnp": ANA.cnp,
        "family_name": "Popescu",
        "given_name": "Ana",
        "birth_date": "1985-03-12",
    }


async def test_an_organisation_is_asked_for_by_its_fiscal_number() -> None:
    outside = Outside(httpx2.Response(200, json={"matches": []}))
    assert list(await outside.records().find(FIRM)) == []
    assert json.loads(outside.asked[0].content) == {"cui": FIRM.cui}


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(503),
        httpx2.Response(200, json={"matches": "none"}),
        httpx2.Response(200, text="<html>"),
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("away"),
    ],
)
async def test_a_register_that_did_not_answer_is_left_alone_for_some_seconds(
    answer: httpx2.Response | Exception,
) -> None:
    outside = Outside(answer, httpx2.Response(200, json={"matches": [MATCH]}))
    records = outside.records()
    for _ in range(3):
        with pytest.raises(RecordsUnavailable):
            await records.find(ANA)
    assert len(outside.asked) == 1
    outside.now += 5.0
    assert len(await records.find(ANA)) == 1


async def test_an_answer_that_is_not_understood_is_none() -> None:
    outside = Outside(httpx2.Response(200, json={"matches": [MATCH | {"birth_date": "never"}]}))
    with pytest.raises(RecordsUnavailable) as raised:
        await outside.records().find(ANA)
    assert ANA.cnp not in str(raised.value)
