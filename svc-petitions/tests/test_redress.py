"""What an answer says that can be done against it: by the law of what was asked."""

from datetime import date
from pathlib import Path

import pytest

from hub_testing import rules
from svc_petitions.domain import answers
from svc_petitions.domain.petitions import PetitionKind

LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
TODAY = date(2026, 11, 22)


def told(kind: PetitionKind) -> str:
    return " ".join(answers.redress(kind, TODAY, LEGAL))


@pytest.mark.parametrize("kind", [PetitionKind.REQUEST, PetitionKind.COMPLAINT, PetitionKind.SUGGESTION])
def test_a_petitioner_has_thirty_days_for_a_prior_complaint_and_six_months_for_the_court(
    kind: PetitionKind,
) -> None:
    assert "plângere prealabilă la autoritatea care v-a răspuns, în 30 de zile" in told(kind)
    assert "instanței de contencios administrativ, în 6 luni" in told(kind)


def test_who_asked_for_public_information_complains_to_the_head_and_then_in_court() -> None:
    """Legea 544/2001 art. 21 and 22."""
    said = told(PetitionKind.INFO_544)
    assert "reclamație administrativă la conducătorul instituției, în 30 de zile" in said
    assert "primiți răspuns în 15 zile" in said
    assert "tribunalului, în 30 de zile" in said
    assert "plângere prealabilă" not in said


@pytest.mark.parametrize("kind", [PetitionKind.INFO_544_COMPLAINT, PetitionKind.PRIOR_COMPLAINT])
def test_after_a_complaint_there_is_the_court_alone(kind: PetitionKind) -> None:
    [court] = answers.redress(kind, TODAY, LEGAL)
    assert "contencios administrativ" in court


@pytest.mark.parametrize("kind", list(PetitionKind))
def test_no_number_of_it_is_written_in_words_of_the_rule(kind: PetitionKind) -> None:
    [sentences, *terms] = answers.redress_rules(kind)
    for option in LEGAL.on(sentences, TODAY).options:
        assert all(text.count("{") and "30" not in text for text in option.texts.values())
    assert {code: LEGAL.on(code, TODAY).whole > 0 for code in terms} == dict.fromkeys(terms, True)
