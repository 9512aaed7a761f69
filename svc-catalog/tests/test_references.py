"""What an entry names must be there, and a number in a text must be a rule's."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from hub_core.rules import Rule, Rules, Unit
from svc_catalog.domain import references
from svc_catalog.domain.conditions import AllOf, AtLeast, OneOf
from svc_catalog.domain.institutions import Contact, ContactKind, institution_id
from svc_catalog.domain.references import Known
from svc_catalog.domain.services import (
    AverageTime,
    Cost,
    Input,
    NamedTerm,
    Output,
    PaymentMethod,
    Redress,
    RedressKind,
    Requirement,
    Service,
    TimeUnit,
    service_id,
)
from svc_catalog.domain.text import Texts

DAY = date(2026, 11, 22)
OFFICE = institution_id("IPJ-CV")
WHOLE = json.loads((Path(__file__).parent / "whole_entry.json").read_text(encoding="utf-8"))
SERVICE = TypeAdapter(Service).validate_python(
    WHOLE | {"id": service_id("whole"), "code": "whole", "status": "ACTIVE", "provider_id": OFFICE}
)


def rule(code: str, value: str, unit: Unit) -> Rule:
    return Rule(code, Decimal(value), unit, date(2026, 1, 1), None, "design")


KNOWN = Known(
    on=DAY,
    rules=Rules(
        [
            rule("petition.answer", "30", Unit.CALENDAR_DAYS),
            rule("petition.fee", "0", Unit.LEI),
            rule("costly.fee", "202.50", Unit.LEI),
            rule("capacity.full-age", "18", Unit.YEARS),
            Rule("ended", Decimal(1), Unit.MONTHS, date(2020, 1, 1), date(2020, 12, 31), "design"),
        ]
    ),
    reachable={OFFICE: True, institution_id("MAI"): False},
    evidence={"identity-document"},
    facts=frozenset({"age", "person"}),
    services={"petition"},
)
OF_AGE = AtLeast("age", "capacity.full-age")


def found(service: Service, known: Known = KNOWN) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in references.findings(service, known)]


def requirement(condition: Any) -> tuple[Requirement, ...]:
    text, otherwise = Texts("Vârsta", "Age"), Texts("Așteptați", "Wait")
    return (Requirement(code="full-age", text=text, condition=condition, otherwise=otherwise),)


def test_an_entry_that_names_what_is_there_has_no_findings() -> None:
    assert found(SERVICE) == []


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        ({"provider_id": institution_id("NOBODY")}, ("/provider_id", "institution-unknown")),
        ({"authority_id": institution_id("NOBODY")}, ("/authority_id", "institution-unknown")),
        ({"provider_id": institution_id("MAI")}, ("/contacts", "contact-missing")),
        ({"legal_deadline": "nothing"}, ("/legal_deadline", "rule-unknown")),
        ({"legal_deadline": "ended"}, ("/legal_deadline", "rule-unknown")),
        ({"min_age": "petition.fee"}, ("/min_age", "rule-no-term")),
        ({"costs": (Cost("nothing"),)}, ("/costs/0/rule", "rule-unknown")),
        ({"costs": (Cost("petition.answer"),)}, ("/costs/0/rule", "rule-no-money")),
        ({"costs": (Cost("costly.fee"),)}, ("/costs/0/payment_methods", "payment-missing")),
        ({"inputs": (Input("nothing"),)}, ("/inputs/0/evidence", "evidence-unknown")),
        ({"related": ("petition", "nothing")}, ("/related/1", "service-unknown")),
        ({"requires": ("nothing",)}, ("/requires/0", "service-unknown")),
        ({"outputs": (Output("o", Texts("O", "O"), validity="x"),)}, ("/outputs/0/validity", "rule-unknown")),
        (
            {"further_terms": (NamedTerm(Texts("P", "P"), "nothing"),)},
            ("/further_terms/0/rule", "rule-unknown"),
        ),
        (
            {"redress": (Redress(RedressKind.COURT, Texts("I", "C"), verified=True, term="nothing"),)},
            ("/redress/0/term", "rule-unknown"),
        ),
        (
            {"requirements": requirement(AllOf((AtLeast("age", "nothing"),)))},
            ("/requirements/0/condition", "rule-unknown"),
        ),
        (
            {"requirements": requirement(OneOf("health", ("GOOD",)))},
            ("/requirements/0/condition", "fact-unknown"),
        ),
    ],
)
def test_what_is_not_there_is_named(given: dict[str, Any], finding: tuple[str, str]) -> None:
    assert found(replace(SERVICE, **given)) == [finding]


def test_whom_to_ask_may_stand_in_the_entry() -> None:
    contact = Contact(ContactKind.PHONE, "+40800800624", Texts("Întrebări", "Questions"))
    assert found(replace(SERVICE, provider_id=institution_id("MAI"), contacts=(contact,))) == []


def test_a_fee_that_says_how_it_is_paid_is_complete() -> None:
    cost = Cost("costly.fee", payment_methods=(PaymentMethod.ONLINE,))
    assert found(replace(SERVICE, costs=(cost,))) == []


@pytest.mark.parametrize(
    ("ro", "en", "languages"),
    [
        ("Răspuns în 30 de zile.", "Answer within 30 days.", []),
        ("Răspuns în 40 de zile.", "Answer within 40 days.", ["ro", "en"]),
        ("Răspuns în 30 de zile.", "Answer within 30 working days.", ["en"]),
        ("Taxa este de 5 lei.", "The fee is 5 lei.", ["ro", "en"]),
        ("Vârsta minimă: 18 ani.", "Lowest age: 18 years.", ["ro", "en"]),
        ("Luni\u2013vineri, 08:00\u201316:00, etajul 2", "Monday to Friday, 08:00\u201316:00, floor 2", []),
    ],
)
def test_a_number_in_a_text_is_one_that_a_rule_gives(ro: str, en: str, languages: list[str]) -> None:
    written = replace(SERVICE, description=Texts(ro=ro, en=en))
    assert found(written) == [(f"/description/{each}", "number-without-rule") for each in languages]


def test_a_number_may_be_that_of_a_condition_or_of_the_average_time() -> None:
    written = Texts(ro="De la 18 ani, în 5 zile lucrătoare", en="From 18 years, in 5 working days")
    ruled = replace(
        SERVICE,
        description=written,
        requirements=requirement(OF_AGE),
        average_time=AverageTime(5, TimeUnit.WORKING_DAYS, verified=False),
    )
    assert found(ruled) == []
