"""Fifty petitions against the directory as the catalog tells it: the competent structure is suggested."""

import tomllib
from collections.abc import Iterable
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

FOLDER = Path(__file__).parent
PETITIONS = tomllib.loads((FOLDER / "fifty_petitions.toml").read_text())["petition"]
FURTHER = tomllib.loads((FOLDER / "thirty_petitions.toml").read_text())["petition"]
LAST = tomllib.loads((FOLDER / "twenty_petitions.toml").read_text())["petition"]


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
    return codes_of(each.structure for each in found)


def codes_of(structures: Iterable[Structure]) -> list[str]:
    return [each.code for each in structures]


def test_there_are_fifty_in_both_languages() -> None:
    assert len(PETITIONS) == 50
    assert sum(petition["language"] == "hu" for petition in PETITIONS) == 12


def test_the_competent_structure_is_among_the_first_three_of_nine_in_ten() -> None:
    found = [
        petition["right"] in codes(suggested(petition["subject"], petition["text"], petition["language"]))
        for petition in PETITIONS
    ]
    assert sum(found) >= 45


def test_there_are_thirty_more_with_authorities_outside() -> None:
    assert len(FURTHER) == 30
    assert sum(petition["language"] == "hu" for petition in FURTHER) == 6
    outside = [each for each in DIRECTORY if each.addressee]
    of_outside = [one for one in FURTHER if one["right"].startswith("Primăria ")]
    of_outside += [one for one in FURTHER if one["right"] in codes_of(outside)]
    assert len(of_outside) == 10


@pytest.mark.parametrize("petitions", [FURTHER, LAST], ids=["thirty", "twenty"])
def test_of_further_ones_the_competent_one_is_among_the_first_three_of_nine_in_ten(
    petitions: list[dict[str, Any]],
) -> None:
    missed = []
    for petition in petitions:
        found = suggested(petition["subject"], petition["text"], petition["language"])
        if petition["right"] not in {*codes(found), *(each.addressee for each in found)}:
            missed.append(petition["subject"])
    assert len(missed) * 10 <= len(petitions), missed


@pytest.mark.parametrize("petition", PETITIONS + FURTHER + LAST, ids=lambda petition: petition["subject"])
def test_each_suggestion_says_why(petition: dict[str, Any]) -> None:
    for each in suggested(petition["subject"], petition["text"], petition["language"]):
        assert each.rules
        assert each.structure.accepts_petitions or Rule.OUTSIDE in each.rules
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


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        ("In satul Luna de Sus, jud. Cluj, gunoiul nu s-a ridicat.", "Primăria Florești, județul Cluj"),
        ("Gunoiul din Sectorul 5, București, nu s-a ridicat.", "Primăria Sectorului 5, București"),
        ("A szemetet Uzonban nem viszik el.", "Primăria Ozun, județul Covasna"),
        ("Gunoiul nu s-a ridicat.", None),
    ],
)
def test_a_matter_of_a_place_is_for_its_town_hall(text: str, addressee: str | None) -> None:
    language = "hu" if "szemetet" in text else "ro"
    town_hall = next(each for each in suggested("", text, language) if each.structure.code == "UAT")
    assert town_hall.addressee == addressee
    assert Rule.OUTSIDE in town_hall.rules
    assert (Rule.PLACE_NAMED in town_hall.rules) == bool(addressee)


def test_an_authority_of_each_county_is_addressed_by_it() -> None:
    first, *_ = suggested("Apa potabila", "Calitatea apei de la robinet e proasta in Zalau.")
    assert first.addressee == "Direcția de Sănătate Publică, județul Sălaj"


def test_a_village_says_its_county() -> None:
    first, *_ = suggested("Hidrant", "La incendiul din satul Luna de Sus hidrantul nu avea apă.")
    assert (first.structure.code, first.place) == ("ISU-CJ", "Luna de Sus")


def test_a_village_that_many_counties_have_is_that_of_the_county_beside_it() -> None:
    first, *_ = suggested("Hidrant", "La incendiul din Valea Seacă, județul Bacău, hidrantul nu avea apă.")
    assert first.structure.code == "ISU-BC"
    [named] = gazetteer().counties("satul Valea Seacă, aproape de Bacău, nu de Iași, Vaslui")[:1]
    assert (named.county, named.times) == ("BC", 2)
    assert gazetteer().counties("În Valea Seacă hidrantul nu avea apă.") == []


@pytest.mark.parametrize("text", ["la gara", "din Italia", "strada Florești", "am cazut in valea adanca"])
def test_a_usual_word_is_no_village(text: str) -> None:
    assert gazetteer().counties(text) == []
