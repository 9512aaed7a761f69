"""Who may come to the counter for whom, and with what."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import svc_criminal_record
from hub_core import cnp
from hub_testing import rules, texts
from svc_criminal_record.domain import counter
from svc_criminal_record.domain.counter import Applicant, Paper, PaperKind, Visit, Visitor
from svc_criminal_record.domain.holders import Holder, Organisation, Person
from svc_criminal_record.domain.products import Product
from svc_criminal_record.operations import changes, matches, review

TODAY = date(2026, 11, 23)
LOCALE = Path(svc_criminal_record.__path__[0]) / "locale"
MOTHER = Visitor(family_name="Pop", given_name="Elena")
LAW = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
COMPANY = Organisation(name="Exemplu SRL", cui="18547290")


def a_paper(kind: PaperKind = PaperKind.IDENTITY_CARD, **special: Any) -> Paper:
    facts: dict[str, Any] = {
        "kind": kind,
        "number": "CJ 900001",
        "issued_by": "SPCLEP Cluj-Napoca",
        "issued_on": date(2024, 3, 1),
        "valid_until": date(2031, 3, 1),
    }
    return Paper(**(facts | special))


def a_person(birth_date: date = date(1985, 3, 12), **special: Any) -> Person:
    century = 2 if birth_date.year < 2000 else 6
    facts: dict[str, Any] = {
        "family_name": "Pop",
        "given_name": "Ana",
        "birth_date": birth_date,
        "citizenship": "RO",
        "cnp": cnp.complete(f"{century}{birth_date:%y%m%d}12901").number,
    }
    return Person(**(facts | special))


def a_visit(applicant: Applicant = Applicant.HOLDER, *kinds: PaperKind, **special: Any) -> Visit:
    facts: dict[str, Any] = {
        "applicant": applicant,
        "papers": (a_paper(), *(a_paper(kind, valid_until=None) for kind in kinds)),
        "visitor": None if applicant is Applicant.HOLDER else MOTHER,
    }
    return Visit(**(facts | special))


def codes(holder: Holder, visit: Visit) -> list[tuple[str, str]]:
    found = counter.visit_flaws(holder, "angajare", visit, LAW, TODAY)
    return [(flaw.pointer, flaw.code) for flaw in found]


def holder_codes(
    holder: Holder, paper: Paper | None = None, product: Product = Product.CRIMINAL_RECORD
) -> list[tuple[str, str]]:
    found = counter.holder_flaws(product, holder, paper, TODAY)
    return [(flaw.pointer, flaw.code) for flaw in found]


@pytest.mark.parametrize(
    ("born", "who"),
    [
        (date(2012, 11, 24), {"PARENT", "GUARDIAN", "PROXY", "LAWYER"}),
        (date(2012, 11, 23), {"HOLDER", "PROXY", "LAWYER"}),
        (date(2008, 11, 24), {"HOLDER", "PROXY", "LAWYER"}),
        (date(2008, 11, 23), {"HOLDER", "GUARDIAN", "PROXY", "LAWYER"}),
    ],
)
def test_who_may_come_changes_on_the_fourteenth_and_the_eighteenth_birthday(
    born: date, who: set[str]
) -> None:
    assert counter.applicants(a_person(born), LAW, TODAY) == who


def test_who_was_born_on_29_february_is_no_child_from_the_first_of_march() -> None:
    leapling = a_person(date(2012, 2, 29))
    assert "HOLDER" not in counter.applicants(leapling, LAW, date(2026, 2, 28))
    assert "HOLDER" in counter.applicants(leapling, LAW, date(2026, 3, 1))


def test_an_adult_comes_with_an_identity_card() -> None:
    assert codes(a_person(), a_visit()) == []


def test_a_minor_of_fourteen_comes_in_person_or_by_proxy_and_a_parent_does_not_ask() -> None:
    minor = a_person(date(2011, 5, 20))
    assert codes(minor, a_visit()) == []
    assert codes(minor, a_visit(Applicant.PROXY, PaperKind.POWER_OF_ATTORNEY)) == []
    parent = a_visit(Applicant.PARENT, PaperKind.BIRTH_CERTIFICATE)
    assert codes(minor, parent) == [("/visit/applicant", "applicant")]


def test_for_a_child_a_parent_comes_with_the_birth_certificate_and_reasons() -> None:
    child = a_person(date(2015, 5, 20))
    bare = a_visit(Applicant.PARENT)
    assert codes(child, bare) == [
        ("/visit/reasons", "reasons"),
        ("/visit/documents", "authority"),
        ("/visit/documents", "birth-certificate"),
    ]
    whole = a_visit(Applicant.PARENT, PaperKind.BIRTH_CERTIFICATE, reasons="Înscriere la un club sportiv")
    assert codes(child, whole) == []
    assert ("/visit/applicant", "applicant") in codes(child, replace(whole, applicant=Applicant.HOLDER))


def test_a_proxy_for_a_child_shows_the_power_and_the_birth_certificate() -> None:
    child = a_person(date(2015, 5, 20))
    only_power = a_visit(Applicant.PROXY, PaperKind.POWER_OF_ATTORNEY, reasons="Adopție")
    assert codes(child, only_power) == [("/visit/documents", "birth-certificate")]


def test_a_power_is_for_its_motive_and_for_its_time() -> None:
    power = a_paper(PaperKind.POWER_OF_ATTORNEY, motive="permis-port-arma", valid_until=date(2026, 11, 22))
    visit = a_visit(Applicant.PROXY, papers=(a_paper(), power))
    assert codes(a_person(), visit) == [
        ("/visit/documents/1/valid_until", "over"),
        ("/visit/documents/1/motive", "motive"),
    ]


def test_a_proxy_is_named_and_shows_an_own_identity_document() -> None:
    visit = a_visit(Applicant.PROXY, papers=(a_paper(PaperKind.POWER_OF_ATTORNEY),), visitor=None)
    assert codes(a_person(), visit) == [("/visit/visitor", "visitor"), ("/visit/documents", "identity")]


def test_an_identity_document_is_good_on_its_last_day() -> None:
    last = a_visit(papers=(a_paper(valid_until=TODAY),))
    assert codes(a_person(), last) == []
    over = a_visit(papers=(a_paper(valid_until=date(2026, 11, 22)),))
    assert codes(a_person(), over) == [("/visit/documents/0/valid_until", "over")]


def test_a_document_of_tomorrow_is_refused() -> None:
    visit = a_visit(papers=(a_paper(issued_on=date(2026, 11, 24)),))
    assert codes(a_person(), visit) == [("/visit/documents/0/issued_on", "later")]


def test_a_stateless_person_is_known_by_a_document() -> None:
    stateless = a_person(cnp=None, citizenship=None, document="XX TRAVEL_DOCUMENT 7")
    assert holder_codes(stateless, a_paper(PaperKind.TRAVEL_DOCUMENT)) == []
    assert holder_codes(stateless) == [("/person/document", "identity")]
    no_identity = a_paper(PaperKind.BIRTH_CERTIFICATE)
    assert holder_codes(stateless, no_identity) == [("/person/document", "identity")]
    over = a_paper(PaperKind.PASSPORT, valid_until=date(2026, 11, 22))
    assert holder_codes(stateless, over) == [("/person/document/valid_until", "over")]


def test_a_document_is_the_same_however_its_number_was_typed() -> None:
    typed = a_paper(PaperKind.PASSPORT, number=" ab 12 345", issued_in="MD")
    assert counter.document_of(typed) == "MD PASSPORT AB12345"


def test_the_date_of_birth_is_that_of_the_number_where_the_number_tells_it() -> None:
    wrong = replace(a_person(), birth_date=date(1985, 3, 13))
    assert holder_codes(wrong) == [("/person/birth_date", "other-birth")]
    number = cnp.complete("790063040901").number
    assert holder_codes(a_person(cnp=number, birth_date=date(1990, 6, 30), citizenship="MD")) == []


def test_nobody_is_born_tomorrow() -> None:
    assert holder_codes(a_person(date(2026, 11, 24))) == [("/person/birth_date", "future")]


def test_an_organisation_comes_by_its_representative_and_has_no_integrity() -> None:
    visit = a_visit(Applicant.REPRESENTATIVE, PaperKind.REGISTRY_EXTRACT)
    assert codes(COMPANY, visit) == []
    assert codes(COMPANY, a_visit()) == [("/visit/applicant", "applicant")]
    assert holder_codes(COMPANY, product=Product.INTEGRITY) == [("/product", "persons-only")]


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "changes", "counter", "review")
    needed = (*counter.TEXTS, changes.NO_PERSON, matches.OWN_RECORD, review.VISIT_MISSING)
    assert [text for text in needed if not catalog.get(text)] == []
