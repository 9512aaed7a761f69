from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.language import Language
from svc_catalog.domain import text, versions
from svc_catalog.domain.institutions import Alias, Institution, InstitutionKind, institution_id
from svc_catalog.domain.text import Index, Question, Texts

DGEP = Institution(
    id=institution_id("DGEP"),
    code="DGEP",
    names=Texts(
        ro="Direcția Generală pentru Evidența Persoanelor", en="General Directorate", hu="Főigazgatóság"
    ),
    kind=InstitutionKind.DIRECTORATE,
    parent_id=institution_id("MAI"),
    counties=(),
    accepts_petitions=True,
    valid_from=date(2026, 1, 1),
    aliases=(Alias("DEPABD"),),
)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Brașov", ["brasov"]),
        ("BRAŞOV", ["brasov"]),  # cedilla
        ("IPJ-CV, Kovászna!", ["ipj", "cv", "kovaszna"]),
        ("București\u2013Ilfov", ["bucuresti", "ilfov"]),
        ("Legea 544/2001", ["legea", "544", "2001"]),
        ("a_b 'c':*|&!()\\ \"d\"", ["a", "b", "c", "d"]),
        ("—", []),
    ],
)
def test_words_are_folded_letters_and_digits(written: str, words: list[str]) -> None:
    assert text.words(written) == words


@given(st.text())
def test_words_never_hold_what_a_tsquery_could_read_as_syntax(written: str) -> None:
    assert all(word.isalnum() for word in text.words(written))


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("", None),
        ("   ", None),
        ("!?", Question("", ())),
        ("Poliția din Covasna", Question("politia din covasna", (("politia",), ("covasna",)))),
        ("din", Question("din", (("din",),))),
        ("cazier cazier", Question("cazier cazier", (("cazier",),))),
    ],
)
def test_a_question_is_its_telling_words(asked: str, question: Question | None) -> None:
    assert text.question(asked) == question


def test_names_count_more_than_texts() -> None:
    made = text.index(
        names=[(Language.RO, "IPJ-CV"), (Language.RO, "Poliția")], texts=[(Language.RO, "poliția rutieră")]
    )
    assert made == Index(
        labels=("ipj cv", "politia"),
        calls=(),
        names=frozenset({"ipj", "ro=ipj", "cv", "politia", "ro=polit"}),
        keywords=frozenset(),
        summary=frozenset(),
        text=frozenset({"rutiera", "ro=rutier"}),
    )
    assert made.vocabulary == {"ipj", "cv", "politia", "rutiera"}


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (Language.RO, "cazier cazierul cazierului"),
        (Language.RO, "permis permisul permisului"),
        (Language.RO, "certificat certificate certificatul certificatele"),
        (Language.HU, "panasz panaszt panaszok panaszom"),
        (Language.HU, "igazolvány igazolványt igazolványom"),
        (Language.EN, "appointment appointments"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: Language, forms: str) -> None:
    assert len({text.stem(language, form) for form in text.words(forms)}) == 1


def test_a_former_name_is_a_name() -> None:
    assert "depabd" in DGEP.index().labels


def test_the_county_and_its_seat_are_found() -> None:
    index = replace(DGEP, counties=("CV",)).index()
    assert {"covasna", "sfantu", "gheorghe"} <= index.keywords


def test_the_whole_country_comes_before_the_counties() -> None:
    assert DGEP.sort_key < replace(DGEP, counties=("AB",), names=Texts(ro="A", en="A")).sort_key


def test_ids_are_the_same_everywhere() -> None:
    assert str(institution_id("MAI-DSG")) == "b41bb773-d164-5be7-9fda-097b82fd8e85"


def test_what_is_new_has_version_1() -> None:
    assert versions.successors([replace(DGEP, version=9)], []) == [DGEP]


def test_what_is_the_same_has_no_successor() -> None:
    assert versions.successors([DGEP], [replace(DGEP, version=7)]) == []


def test_what_differs_has_the_next_version() -> None:
    renamed = replace(DGEP, names=replace(DGEP.names, en="General Directorate for Personal Records"))
    assert versions.successors([renamed], [replace(DGEP, version=7)]) == [replace(renamed, version=8)]
