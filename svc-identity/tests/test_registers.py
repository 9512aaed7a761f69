"""Levels of assurance, and how the state's registers are asked."""

import json
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest

from hub_core import cnp
from hub_core.principal import Assurance
from svc_identity.domain import assurance
from svc_identity.domain.assurance import Level
from svc_identity.domain.company import Company, Representative
from svc_identity.domain.population import Kin, RegisteredPerson, Relative, Sex
from svc_identity.domain.session import Method
from svc_identity.errors.decisions import RegisterUnavailable
from svc_identity.registers.companies import HttpCompanyRegister
from svc_identity.registers.population import HttpPopulationRegister
from svc_identity.registers.questions import Questions

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANA = cnp.parse("2850312149008")
ANA_IS = {
    "cnp": ANA.number,
    "family_name": "Popescu",
    "given_name": "Ana",
    "birth_date": "1985-03-12",
    "sex": "FEMALE",
    "died_on": None,
    "former": [],
}
HIGH = Level(frozenset({Method.PASSWORD}), Assurance.HIGH, "a test's", date(2026, 11, 21), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("proofed", "level"),
    [
        (Assurance.LOW, Assurance.LOW),
        (Assurance.SUBSTANTIAL, Assurance.SUBSTANTIAL),
        (Assurance.HIGH, Assurance.SUBSTANTIAL),
    ],
)
def test_a_validated_account_serves_with_its_password(proofed: Assurance, level: Assurance) -> None:
    assert assurance.level_of([Method.PASSWORD], proofed, NOON) is level


@pytest.mark.parametrize("proofed", list(Assurance))
def test_strong_means_prove_no_more_than_the_proofing_did(proofed: Assurance) -> None:
    assert assurance.level_of([Method.PASSWORD], proofed, NOON, (HIGH,)) is proofed


@pytest.mark.parametrize(
    ("at", "level"),
    [
        (datetime(2026, 11, 20, 21, 59, tzinfo=UTC), Assurance.LOW),
        (datetime(2026, 11, 20, 22, tzinfo=UTC), Assurance.HIGH),  # midnight in Bucharest
        (datetime(2026, 11, 21, 22, tzinfo=UTC), Assurance.LOW),
    ],
)
def test_a_row_holds_on_its_legal_dates(at: datetime, level: Assurance) -> None:
    assert assurance.of_means([Method.PASSWORD], at, (HIGH,)) is level


def test_means_that_no_row_names_are_low() -> None:
    assert assurance.of_means([], NOON, (HIGH,)) is Assurance.LOW


def population(answer: Any, asked: list[httpx2.Request] | None = None) -> HttpPopulationRegister:
    return HttpPopulationRegister(questions(answer, asked))


def questions(answer: Any, asked: list[httpx2.Request] | None = None) -> Questions:
    def respond(request: httpx2.Request) -> httpx2.Response:
        if asked is not None:
            asked.append(request)
        said = answer(request) if callable(answer) else answer
        return said if isinstance(said, httpx2.Response) else httpx2.Response(200, json=said)

    return Questions("http://register.example/of", httpx2.MockTransport(respond))


async def test_a_person_is_asked_for_in_the_body_and_never_in_the_address() -> None:
    asked: list[httpx2.Request] = []
    found = await population(ANA_IS, asked).find(ANA)
    assert found == RegisteredPerson(ANA, "Popescu", "Ana", date(1985, 3, 12), Sex.FEMALE)
    assert str(asked[0].url) == "http://register.example/of/people/find"
    assert json.loads(asked[0].content) == {"cnp": ANA.number}


async def test_relatives_come_with_what_they_are_to_the_person() -> None:
    told = {"items": [{"kind": "CHILD", "cnp": "5121121400172"}]}
    assert await population(told).relatives(ANA) == [Relative(Kin.CHILD, cnp.parse("5121121400172"))]


async def test_a_company_comes_with_its_representatives() -> None:
    told = {
        "cui": "18547290",
        "number": "J2006001234401",
        "name": "Exemplu SRL",
        "representatives": [{"cnp": ANA.number, "since": "2020-01-01", "until": "2026-11-21"}],
    }
    company = await HttpCompanyRegister(questions(told)).find("18547290")
    representative = Representative(ANA, date(2020, 1, 1), date(2026, 11, 21))
    assert company == Company("18547290", "J2006001234401", "Exemplu SRL", (representative,))
    assert representative.represents(date(2026, 11, 20))
    assert not representative.represents(date(2026, 11, 21))
    assert not representative.represents(date(2019, 12, 31))


async def test_who_is_not_in_a_register_is_nobody() -> None:
    absent = httpx2.Response(404, json={})
    assert await population(absent).find(ANA) is None
    assert await population(absent).relatives(ANA) == ()
    assert await HttpCompanyRegister(questions(absent)).find("18547290") is None


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(200, content=b"<html>"),
        {"another": "shape"},
        ANA_IS | {"cnp": "2850312149000"},
    ],
)
async def test_an_answer_that_cannot_be_used_is_a_register_that_is_away(answer: Any) -> None:
    with pytest.raises(RegisterUnavailable):
        await population(answer).find(ANA)


async def test_a_register_that_was_not_reached_is_asked_once_more() -> None:
    asked: list[httpx2.Request] = []

    def second_time(request: httpx2.Request) -> Any:
        if len(asked) == 1:
            raise httpx2.ConnectError("refused")
        return ANA_IS

    assert await population(second_time, asked).find(ANA)
    assert len(asked) == 2


@pytest.mark.parametrize(("fault", "times"), [(httpx2.ConnectError("no"), 2), (httpx2.ReadTimeout("no"), 1)])
async def test_a_register_that_stays_away_is_a_problem_that_names_nobody(
    fault: Exception, times: int, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: list[httpx2.Request] = []

    def fail(_: httpx2.Request) -> Any:
        raise fault

    with pytest.raises(RegisterUnavailable) as away:
        await population(fail, asked).find(ANA)
    assert away.value.headers["retry-after"]
    assert len(asked) == times
    assert ANA.number not in "".join(capfd.readouterr())
