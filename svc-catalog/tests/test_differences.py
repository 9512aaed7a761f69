"""What differs between two versions, for people."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

import svc_catalog.main
from hub_core.language import Language
from hub_core.rules import Rule, Rules, Unit
from hub_service import i18n
from svc_catalog.domain.conditions import AllOf, AtLeast, OneOf
from svc_catalog.domain.differences import differences
from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.services import (
    Channel,
    ChannelKind,
    Cost,
    Input,
    PaymentMethod,
    Requirement,
    Service,
    Step,
    StepActor,
    service_id,
)
from svc_catalog.domain.text import Texts
from svc_catalog.reference.services import services
from svc_catalog.schemas.wording import Words

DAY = date(2026, 11, 22)
WHOLE = json.loads((Path(__file__).parent / "whole_entry.json").read_text(encoding="utf-8"))
SERVICE = TypeAdapter(Service).validate_python(
    WHOLE
    | {
        "id": service_id("whole"),
        "code": "whole",
        "status": "DRAFT",
        "provider_id": institution_id("IPJ-CV"),
    }
)
RULES = Rules(
    [
        Rule("petition.answer", Decimal(30), Unit.CALENDAR_DAYS, date(2026, 1, 1), None, "OG 27/2002"),
        Rule("petition.longer", Decimal(45), Unit.WORKING_DAYS, date(2026, 1, 1), None, "design"),
        Rule("capacity.full-age", Decimal(18), Unit.YEARS, date(2026, 1, 1), None, "design"),
        Rule("petition.fee", Decimal("0.00"), Unit.LEI, date(2026, 1, 1), None, "design"),
    ]
)
CATALOGS = i18n.Texts([i18n.folder_of(svc_catalog.main.__file__)])


def told(now: Service, language: Language = Language.RO, was: Service = SERVICE) -> list[Any]:
    words = Words(language, CATALOGS, RULES, DAY)
    return [
        (
            words.path(each.path),
            words.value(each.was, each.path[-1].member),
            words.value(each.now, each.path[-1].member),
        )
        for each in differences(was, now)
    ]


def test_the_same_content_has_no_differences() -> None:
    assert differences(SERVICE, replace(SERVICE, version=7)) == []


def test_a_text_is_told_by_language() -> None:
    changed = replace(SERVICE, title=Texts(ro="Alt titlu", en="Test service"))
    assert told(changed) == [("Numele serviciului / în română", "Serviciu de probă", "Alt titlu")]


def test_a_rule_is_told_with_its_value() -> None:
    changed = replace(SERVICE, legal_deadline="petition.longer")
    assert told(changed) == [
        (
            "Termenul autorității",
            "30 zile calendaristice (petition.answer)",
            "45 zile lucrătoare (petition.longer)",
        )
    ]
    assert told(changed, Language.EN)[0][2] == "45 working days (petition.longer)"
    assert told(changed, Language.HU)[0][2] == "45 munkanap (petition.longer)"
    assert told(replace(SERVICE, legal_deadline="unknown"))[0][2] == "unknown"


def test_a_part_of_a_list_is_known_by_its_meaning_and_not_by_its_place() -> None:
    first = Input("proof-of-payment")
    optional = replace(SERVICE.inputs[0], mandatory=False)
    assert told(replace(SERVICE, inputs=(first, optional))) == [
        ("Dovezi cerute (identity-document) / Obligatoriu", "da", "nu"),
        ("Dovezi cerute", None, "proof-of-payment"),
    ]
    assert told(replace(SERVICE, inputs=())) == [("Dovezi cerute", "identity-document", None)]


def test_a_channel_and_how_it_is_paid() -> None:
    counter = Channel(ChannelKind.COUNTER, Texts("La ghișeu", "At a counter"), verified=True)
    cost = Cost("petition.fee", payment_methods=(PaymentMethod.ONLINE, PaymentMethod.CASH))
    assert told(replace(SERVICE, channels=(counter, *SERVICE.channels), costs=(cost,)), Language.EN) == [
        ("Ways to use it", None, "counter: At a counter"),
        (
            "What it costs (0.00 lei (petition.fee)) / How it may be paid",
            None,
            "online; cash",
        ),
    ]


def test_steps_in_another_order_are_told() -> None:
    swapped = replace(SERVICE, steps=SERVICE.steps[::-1])
    [(field, was, now)] = told(swapped)
    assert field == "Pașii procedurii"
    assert was != now
    assert set(was.split("; ")) == set(now.split("; "))


def test_a_step_between_others_is_one_difference() -> None:
    between = Step(StepActor.APPLICANT, Texts("Plătiți", "Pay"))
    more = replace(SERVICE, steps=(SERVICE.steps[0], between, SERVICE.steps[1]))
    assert told(more, Language.EN) == [("Steps of the procedure", None, "applicant: Pay")]


def test_a_condition_is_told_in_words() -> None:
    text = Texts("Vârsta", "Age")
    before = Requirement(code="age", text=text, otherwise=text, condition=AtLeast("age", "capacity.full-age"))
    after = replace(before, condition=AllOf((before.condition, OneOf("person", ("SELF",)))))  # type: ignore[arg-type]
    [(field, was, now)] = told(
        replace(SERVICE, requirements=(after,)), was=replace(SERVICE, requirements=(before,))
    )
    assert field == "Cine îl poate folosi (age: Vârsta) / În ce caz"
    assert was == "age ≥ 18 ani (capacity.full-age)"
    assert now == "toate dintre [age ≥ 18 ani (capacity.full-age); person: SELF]"


ENTRIES = st.sampled_from(services())


@given(ENTRIES, ENTRIES, st.sampled_from(Language))
def test_any_two_entries_can_be_compared(one: Service, other: Service, language: Language) -> None:
    assert bool(told(other, language, one)) == (one.code != other.code)
    assert all(was != now for _, was, now in told(other, language, one) if was is None or now is None)


@pytest.mark.parametrize("service", services(), ids=lambda each: each.code)
def test_an_entry_does_not_differ_from_itself(service: Service) -> None:
    assert differences(service, service) == []
