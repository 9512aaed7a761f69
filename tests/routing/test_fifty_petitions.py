"""Fifty petitions against the directory as the catalog tells it: the competent structure is suggested."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from hub_core.language import Language
from svc_catalog.events import institutions as catalog
from svc_catalog.reference.institutions import institutions
from svc_petitions.consumers import InstitutionChanged
from svc_petitions.domain import routing
from svc_petitions.domain.routing import Rule, Structure, Suggestion
from svc_petitions.reference.places import gazetteer
from svc_petitions.storage import directory

PETITIONS = tomllib.loads((Path(__file__).parent / "fifty_petitions.toml").read_text())["petition"]


def told() -> list[Structure]:
    """The directory, by the way of the event."""
    events = (catalog.InstitutionChanged.of(institution) for institution in institutions())
    heard = (InstitutionChanged.model_validate_json(event.model_dump_json()) for event in events)
    return [directory.structure({"id": each.institution_id, **each.model_dump()}) for each in heard]


DIRECTORY = told()


def suggested(
    subject: str, text: str, language: str = "ro", of_file: tuple[str, ...] = (), limit: int = 3
) -> list[Suggestion]:
    named = gazetteer().counties(f"{subject}\n{text}")
    return routing.suggest(subject, text, Language(language), DIRECTORY, named, of_file, limit)


def codes(found: list[Suggestion]) -> list[str]:
    return [each.structure.code for each in found]


def test_there_are_fifty_in_both_languages() -> None:
    assert len(PETITIONS) == 50
    assert sum(petition["language"] == "hu" for petition in PETITIONS) == 12


def test_the_competent_structure_is_among_the_first_three_of_nine_in_ten() -> None:
    found = [
        petition["right"] in codes(suggested(petition["subject"], petition["text"], petition["language"]))
        for petition in PETITIONS
    ]
    assert sum(found) >= 45


@pytest.mark.parametrize("petition", PETITIONS, ids=lambda petition: petition["subject"])
def test_each_suggestion_says_why(petition: dict[str, Any]) -> None:
    for each in suggested(petition["subject"], petition["text"], petition["language"]):
        assert each.rules
        assert each.structure.accepts_petitions
        if Rule.NOTHING_FITS not in each.rules:
            assert 0 < each.share <= 1
            assert each.reasons or Rule.CALLED_BY_NAME in each.rules
        for word in (word for reason in each.reasons for word in reason.words):
            assert word.split()[0] in f"{petition['subject']} {petition['text']}"


def test_diacritics_and_capitals_make_no_difference() -> None:
    written = suggested("Permis de armă", "Sunt vânător din Pitești și nu mi s-a prelungit permisul.")
    typed = suggested("PERMIS DE ARMA", "SUNT VANATOR DIN PITESTI SI NU MI S-A PRELUNGIT PERMISUL.")
    assert codes(written) == codes(typed)
    assert codes(written)[0] == "IPJ-AG"


def test_a_place_brings_the_countys_structure_before_the_one_above_it() -> None:
    first, second, *_ = suggested("Hidrant", "La incendiul din Onești hidrantul nu avea apă.")
    assert (first.structure.code, first.place, first.rules) == ("ISU-BC", "Onești", (Rule.PLACE_NAMED,))
    assert (second.structure.code, second.rules) == ("IGSU", (Rule.WHOLE_COUNTRY,))
    assert first.reasons[0].topic == "FIRE"
    assert "incendiul" in first.reasons[0].words


def test_without_a_place_the_county_of_the_file_counts() -> None:
    first, *_ = suggested("Hidrant", "La incendiu hidrantul nu avea apă.", of_file=("CV",))
    assert (first.structure.code, first.place, first.rules) == ("ISU-CV", None, (Rule.COUNTY_OF_FILE,))


def test_a_place_that_is_named_goes_before_the_county_of_the_file() -> None:
    found = suggested("Hidrant", "La incendiul din Onești hidrantul nu avea apă.", of_file=("CV",))
    assert "ISU-CV" not in codes(found)


def test_who_takes_no_petitions_is_stood_in_for() -> None:
    first, *_ = suggested("Concurs", "Am fost respins la concursul pentru ocuparea posturilor din minister.")
    assert first.structure.code == "MAI-DSG"
    assert first.rules == (Rule.CENTRAL_APPARATUS,)
    assert first.instead_of is not None
    assert first.instead_of.code == "DGMRU"


def test_what_fits_nothing_goes_to_the_ministry_and_says_so() -> None:
    [only] = suggested("Salut", "Vă doresc o zi frumoasă.")
    assert (only.structure.code, only.rules, only.share) == ("MAI-DSG", (Rule.NOTHING_FITS,), 0)


def test_a_former_name_is_known() -> None:
    first, *_ = suggested("DRPCIV", "De ce nu mai răspunde nimeni?")
    assert first.structure.code == "DGPCI"
    assert Rule.CALLED_BY_NAME in first.rules
