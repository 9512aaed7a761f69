"""The documents for a passport by situation: each row of the table is a case that is walked."""

from datetime import date
from typing import Any

import pytest

from hub_core.rules import Rules
from svc_catalog.domain.eligibility import Assessment, Outcome, assess
from svc_catalog.reference.facts import facts
from svc_catalog.reference.rules import rules
from svc_catalog.reference.services import services

DAY = date(2026, 11, 21)
FACTS, RULES = facts(), Rules(rules())
PASSPORT = next(each for each in services() if each.code == "passport-booking")
ALWAYS = {"identity-document", "proof-of-payment"}
ADULT = {
    "person": "SELF",
    "age": 34,
    "citizenship": "RO",
    "abroad": "NO",
    "identity_document": "IDENTITY_CARD",
    "domicile_abroad": "NO",
    "passport_type": "ELECTRONIC",
    "former_passport": "NONE",
    "name_changed": "NO",
}
CHILD = ADULT | {
    "person": "MINOR_CHILD",
    "age": 9,
    "parents_situation": "BOTH_PARENTS",
    "foreign_parent": "NO",
    "child_present": "YES",
}
YOUTH = CHILD | {"age": 15}
TEMPORARY = {"passport_type": "TEMPORARY", "urgent_reason": "MEDICAL_TREATMENT"}


def case(known: dict[str, Any], **more: Any) -> Assessment:
    return assess(PASSPORT, known | more, FACTS, RULES, DAY)


@pytest.mark.parametrize(
    ("known", "documents"),
    [
        (ADULT, set()),
        (ADULT | {"identity_document": "PROVISIONAL_IDENTITY_CARD"}, {"birth-certificate"}),
        (ADULT | {"former_passport": "AT_HAND"}, {"former-passport"}),
        (CHILD, {"birth-certificate"}),
        (CHILD | {"former_passport": "AT_HAND"}, {"birth-certificate", "former-passport"}),
        (YOUTH, {"parents-consent"}),
        (CHILD | TEMPORARY | {"child_present": "NO"}, {"birth-certificate", "photos", "urgency-proof"}),
        (CHILD | TEMPORARY, {"birth-certificate", "urgency-proof"}),
        (CHILD | {"parents_situation": "ONE_WITH_CONSENT"}, {"birth-certificate", "parents-consent"}),
        (CHILD | {"parents_situation": "SOLE_CUSTODY"}, {"birth-certificate", "judgment"}),
        (CHILD | {"parents_situation": "JUDGMENT_INSTEAD_OF_CONSENT"}, {"birth-certificate", "judgment"}),
        (
            CHILD | TEMPORARY | {"parents_situation": "ONE_FOR_URGENT_REASON"},
            {"birth-certificate", "urgency-proof"},
        ),
        (CHILD | {"parents_situation": "SURVIVING_PARENT"}, {"birth-certificate", "death-certificate"}),
        (CHILD | {"parents_situation": "LEGAL_REPRESENTATIVE"}, {"birth-certificate", "judgment"}),
        (CHILD | {"parents_situation": "PROXY"}, {"birth-certificate", "power-of-attorney"}),
        (CHILD | {"foreign_parent": "YES"}, {"birth-certificate", "parents-consent"}),
        (ADULT | {"former_passport": "LOST"}, {"loss-declaration"}),
        (ADULT | {"former_passport": "DESTROYED"}, {"loss-declaration"}),
        (ADULT | {"former_passport": "STOLEN"}, {"theft-attestation"}),
        (ADULT | {"former_passport": "FOUND_AGAIN"}, {"former-passport"}),
        (
            ADULT | {"name_changed": "YES", "identity_card_has_new_name": "YES"},
            {"civil-status-document"},
        ),
        (ADULT | {"domicile_abroad": "YES"}, {"proof-of-domicile-abroad"}),
    ],
)
def test_the_documents_are_those_of_the_situation(known: dict[str, Any], documents: set[str]) -> None:
    assessment = case(known)
    assert (assessment.outcome, assessment.questions) == (Outcome.ELIGIBLE, ())
    assert {each.value.evidence for each in assessment.inputs} == ALWAYS | documents


@pytest.mark.parametrize(
    ("known", "requirement"),
    [
        (ADULT | {"citizenship": "EU"}, "romanian-citizen"),
        (ADULT | {"abroad": "YES"}, "in-romania"),
        (ADULT | {"age": 17}, "of-age-or-represented"),
        (CHILD | {"age": 18}, "of-age-or-represented"),
        (CHILD | {"child_present": "NO"}, "child-present"),
        (YOUTH | TEMPORARY | {"child_present": "NO"}, "child-present"),
        (ADULT | {"passport_type": "TEMPORARY", "urgent_reason": "NONE"}, "urgency"),
        (CHILD | {"parents_situation": "NONE"}, "parents"),
        (CHILD | {"parents_situation": "ONE_FOR_URGENT_REASON"}, "one-parent-temporary"),
        (
            ADULT | {"name_changed": "YES", "identity_card_has_new_name": "NO"},
            "name-in-identity-document",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(known: dict[str, Any], requirement: str) -> None:
    assessment = case(known)
    assert assessment.outcome is Outcome.NOT_ELIGIBLE
    assert [each.code for each in assessment.unmet] == [requirement]


def test_the_birthday_before_the_appointment_changes_the_list() -> None:
    before, after = ({each.value.evidence for each in case(CHILD, age=age).inputs} for age in (13, 14))
    assert before - after == {"birth-certificate"}
    assert after - before == {"parents-consent"}


@pytest.mark.parametrize(
    ("known", "rules_of_case"),
    [
        (CHILD, {"passport.validity-first", "passport.issue"}),
        (YOUTH, {"passport.validity-second", "passport.issue"}),
        (ADULT, {"passport.validity-third", "passport.issue"}),
        (ADULT | TEMPORARY, {"passport.validity-temporary", "passport.issue-temporary"}),
    ],
)
def test_term_and_validity_are_those_of_the_case(known: dict[str, Any], rules_of_case: set[str]) -> None:
    told = {each.value.rule for each in case(known).terms}
    assert {
        rule for rule in told if rule.startswith(("passport.validity", "passport.issue"))
    } == rules_of_case


def test_the_fee_is_that_of_the_passport() -> None:
    assert {each.value.rule for each in case(ADULT).costs} == {
        "passport.booking.fee",
        "passport.fee-electronic",
    }


def test_what_is_asked_first_decides_most() -> None:
    asked = [each.fact.code for each in case({}).questions]
    assert asked[0] == "person"
    assert "child_present" not in [each.fact.code for each in case({"person": "SELF"}).questions]
