"""What is signed of a certificate apart from its file."""

from datetime import UTC, date, datetime

import pytest

from svc_criminal_record.domain import facts
from svc_criminal_record.domain.facts import Credential, Facts
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.domain.products import Product

CNP = "2990215409000"
LIST = "https://hub.example/criminal-record/v1/status-lists/1"
ANA = facts.person("Popescu", "Ana Maria", date(1999, 2, 15), CNP)


def some_facts() -> Facts:
    return Facts(
        product=Product.CRIMINAL_RECORD,
        number="CJ 0048213",
        code="K7QF2M9XT4PA8WDC",
        holder=Hint.of("Ana Maria Popescu", CNP),
        motive="angajare",
        issued_at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC),
        valid_until=date(2027, 5, 22),
        status_list=LIST,
        status_index=482,
    )


def a_credential(has_entries: bool) -> Credential:
    return Credential(
        number="CJ 0048213",
        code="K7QF2M9XT4PA8WDC",
        holder=ANA,
        purpose="Angajare",
        issued_on=date(2026, 11, 23),
        valid_until=date(2027, 5, 22),
        has_entries=has_entries,
    )


def test_the_qr_says_what_verification_says() -> None:
    assert some_facts().claims() == {
        4: 1_811_019_600,
        6: 1_795_386_600,
        7: b"K7QF2M9XT4PA8WDC",
        65535: {"status_list": {"idx": 482, "uri": LIST}},
        -65537: {
            "type": "CRIMINAL_RECORD",
            "no": "CJ 0048213",
            "holder": "A. M. P.",
            "last4": "9000",
            "motive": "angajare",
        },
    }


def test_the_qr_knows_neither_result_nor_name_nor_number() -> None:
    said = repr(some_facts().claims())
    for word in (CNP, "Popescu", "entries", "result", "1999"):
        assert word not in said


@pytest.mark.parametrize(
    ("valid_until", "first_instant_after"),
    [
        (date(2027, 5, 22), datetime(2027, 5, 22, 21, tzinfo=UTC)),
        (date(2027, 2, 28), datetime(2027, 2, 28, 22, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, tzinfo=UTC)),  # summer time began that night
    ],
)
def test_it_is_valid_until_the_last_day_ends_in_bucharest(
    valid_until: date, first_instant_after: datetime
) -> None:
    assert facts.expires_at(valid_until) == first_instant_after


def test_a_wallet_keeps_who_it_is_what_for_and_the_result() -> None:
    assert a_credential(has_entries=False).claims() == {
        "family_name": "Popescu",
        "given_name": "Ana Maria",
        "birthdate": "1999-02-15",
        "personal_administrative_number": CNP,
        "document_number": "CJ 0048213",
        "verification_code": "K7QF2M9XT4PA8WDC",
        "purpose": "Angajare",
        "issuance_date": "2026-11-23",
        "expiry_date": "2027-05-22",
        "has_entries": False,
    }


def test_with_entries_a_wallet_keeps_claims_of_the_same_names() -> None:
    assert a_credential(has_entries=True).claims().keys() == a_credential(has_entries=False).claims().keys()


def test_an_organisation_and_who_has_no_number_are_named_by_what_they_have() -> None:
    assert facts.organisation("Exemplu SRL", "14399840") == {
        "legal_name": "Exemplu SRL",
        "registration_number": "14399840",
    }
    assert "personal_administrative_number" not in facts.person("Petrov", "Ivan", date(1980, 1, 1), None)


def test_nothing_of_it_shows_itself() -> None:
    assert "Popescu" not in repr(a_credential(has_entries=False)) + repr(some_facts())
