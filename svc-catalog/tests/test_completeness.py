"""What is found in an entry before it is published: law by law, and language by language."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hub_core.language import Language
from hub_core.rules import Unit
from svc_catalog.domain import completeness, figures, pointers
from svc_catalog.domain.figures import Figure
from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.services import (
    ChannelKind,
    MinimumAssurance,
    NamedTerm,
    Service,
    Sophistication,
    SubmissionMode,
    service_id,
)
from svc_catalog.domain.text import Keywords, Texts

WHOLE = json.loads((Path(__file__).parent / "whole_entry.json").read_text(encoding="utf-8"))
SERVICE = TypeAdapter(Service).validate_python(
    WHOLE
    | {
        "id": service_id("whole"),
        "code": "whole",
        "status": "ACTIVE",
        "provider_id": institution_id("IPJ-CV"),
    }
)


def found(service: Service) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in completeness.findings(service)]


def test_a_whole_entry_has_no_findings() -> None:
    assert found(SERVICE) == []


@pytest.mark.parametrize(
    ("lacking", "finding"),
    [
        ({"audiences": ()}, ("/audiences", "audience-missing")),
        ({"languages": ()}, ("/languages", "language-missing")),
        ({"accepted_formats": ()}, ("/accepted_formats", "format-missing")),
        ({"accepted_signatures": ()}, ("/accepted_signatures", "signature-missing")),
        ({"reception": None}, ("/reception", "reception-missing")),
        ({"identification": ()}, ("/identification", "identification-missing")),
        ({"steps": ()}, ("/steps", "step-missing")),
        ({"costs": ()}, ("/costs", "cost-missing")),
        ({"legal_deadline": None}, ("/legal_deadline", "term-missing")),
        ({"silence": None}, ("/silence", "silence-missing")),
        ({"redress": ()}, ("/redress", "redress-missing")),
        ({"submission": SubmissionMode.COUNTER}, ("/exceptions", "exception-missing")),
    ],
)
def test_what_the_law_asks_for_is_missed_by_name(lacking: dict[str, Any], finding: tuple[str, str]) -> None:
    assert found(replace(SERVICE, **lacking)) == [finding]


def test_a_term_of_the_applicant_is_a_term_where_no_law_sets_the_authority_one() -> None:
    until = NamedTerm(Texts(ro="Sesizarea", en="The report"), "aggressive-driving.report-within")
    assert found(replace(SERVICE, legal_deadline=None, further_terms=(until,))) == []


def test_an_entry_without_a_way_to_use_it_is_not_online_either() -> None:
    assert found(replace(SERVICE, channels=())) == [
        ("/channels", "channel-missing"),
        ("/exceptions", "exception-missing"),
    ]


def test_a_counter_takes_no_electronic_documents() -> None:
    counter = tuple(replace(each, kind=ChannelKind.COUNTER) for each in SERVICE.channels)
    at_counter = replace(
        SERVICE,
        channels=counter,
        exceptions=Texts(ro="Totul", en="All of it"),
        accepted_formats=(),
        accepted_signatures=(),
        reception=None,
        identification=(),
    )
    assert found(at_counter) == []


def test_who_is_not_identified_needs_no_means() -> None:
    assert found(replace(SERVICE, min_assurance=MinimumAssurance.NONE, identification=())) == []


def test_information_is_no_procedure() -> None:
    assert (
        found(
            replace(
                SERVICE,
                sophistication=Sophistication.INFORMATION,
                steps=(),
                costs=(),
                legal_deadline=None,
                silence=None,
                redress=(),
            )
        )
        == []
    )


def test_english_stands_where_romanian_does() -> None:
    assert found(replace(SERVICE, title=Texts(ro="Petiție", en=" "))) == [("/title/en", "english-missing")]


def test_hungarian_stands_everywhere_or_nowhere() -> None:
    assert found(replace(SERVICE, title=Texts(ro="Petiție", en="Petition"))) == []
    with_hungarian = found(replace(SERVICE, title=Texts(ro="Petiție", en="Petition", hu="Petíció")))
    assert ("/summary/hu", "hungarian-missing") in with_hungarian
    assert {code for _, code in with_hungarian} == {"hungarian-missing"}


def test_keywords_stand_in_the_same_languages() -> None:
    assert found(replace(SERVICE, keywords=Keywords(ro=("cerere",)))) == [("/keywords/en", "english-missing")]


@pytest.mark.parametrize(
    ("ro", "en", "code"),
    [
        ("în 30 de zile", "within 30 days", None),
        ("în 30 de zile", "within thirty days", None),
        ("în 30 de zile", "within 31 days", "numbers-differ"),
        ("în 30 de zile", "within a month", "numbers-differ"),
        ("în 10 zile lucrătoare", "within 10 days", "units-differ"),
        ("în 10 zile lucrătoare", "within 10 working days", None),
        ("202,50 lei", "202.50 lei", None),
        ("1.250,50 lei", "1,250.50 lei", None),
        ("20 de lei", "20 euro", None),
        ("OG nr. 27/2002, 08:00\u201320:00", "Ordinance 27/2002, 08:00\u201320:00", None),
    ],
)
def test_numbers_are_the_same_in_each_language(ro: str, en: str, code: str | None) -> None:
    wanted = [("/summary/en", code)] if code else []
    assert found(replace(SERVICE, summary=Texts(ro=ro, en=en))) == wanted


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("în 30 de zile lucrătoare", Language.RO, [Figure(Decimal(30), Unit.WORKING_DAYS)]),
        ("șase luni", Language.RO, [Figure(Decimal(6), Unit.MONTHS)]),
        ("5 orașe, 3 animale", Language.RO, [Figure(Decimal(5)), Figure(Decimal(3))]),
        ("hat hónapos, 15 munkanapon belül", Language.HU, [
            Figure(Decimal(6), Unit.MONTHS), Figure(Decimal(15), Unit.WORKING_DAYS)]),
        ("Ez hat rád.", Language.HU, []),
        ("a 30-day term of two steps", Language.EN, [Figure(Decimal(30), Unit.CALENDAR_DAYS)]),
        ("1 000 lei", Language.EN, [Figure(Decimal(1000), Unit.LEI)]),
    ],
)  # fmt: skip
def test_figures_are_read_with_what_they_count(text: str, language: Language, expected: list[Figure]) -> None:
    assert figures.figures(text, language) == expected


@given(st.text(), st.sampled_from(Language))
def test_any_text_can_be_read(text: str, language: Language) -> None:
    assert all(each.value >= 0 for each in figures.figures(text, language))


@given(st.integers(0, 10**6), st.sampled_from(["zile", "luni", "lei", "ani", "ore"]))
def test_a_number_is_read_as_it_was_written(value: int, unit: str) -> None:
    [read] = figures.figures(f"termen: {value} {unit}.", Language.RO)
    assert read.value == value
    assert read.unit is not None


def test_a_pointer_names_one_text() -> None:
    assert dict(pointers.find(SERVICE, Texts))["/steps/0/text"] == SERVICE.steps[0].text
