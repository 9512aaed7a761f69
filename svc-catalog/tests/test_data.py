"""The reference data are whole, and say nothing that they cannot stand for."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from hub_core import phone
from hub_core.county import BY_CODE
from hub_core.rules import Rules, Unit
from hub_core.text import normalise
from svc_catalog.domain import completeness, references
from svc_catalog.domain.institutions import ContactKind, InstitutionKind
from svc_catalog.domain.references import Known
from svc_catalog.domain.services import Service, ServiceStatus
from svc_catalog.domain.text import Texts
from svc_catalog.reference.evidence import evidence_types
from svc_catalog.reference.facts import facts
from svc_catalog.reference.institutions import institutions
from svc_catalog.reference.rules import rules
from svc_catalog.reference.services import services

INSTITUTIONS = institutions()
SERVICES = services()
RULES = Rules(rules())
TODAY = date(2026, 11, 21)
ALL = [*INSTITUTIONS, *SERVICES]
BY_ID = {each.id: each for each in INSTITUTIONS}
COUNTY_KINDS = [kind for kind in InstitutionKind if kind.startswith("COUNTY_") or kind == "PREFECT"]
DATA = files("svc_catalog") / "data"
KNOWN = Known(
    on=TODAY,
    rules=RULES,
    reachable={each.id: bool(each.contacts) for each in INSTITUTIONS},
    evidence={each.code for each in evidence_types()},
    facts=frozenset(each.code for each in facts()),
    services={each.code for each in SERVICES},
)


def values(node: Any) -> Iterator[Any]:
    """Every value inside a domain value, itself included."""
    yield node
    if is_dataclass(node):
        for field in fields(node):
            yield from values(getattr(node, field.name))
    elif isinstance(node, tuple):
        for each in node:
            yield from values(each)


def keys(node: Any) -> Iterator[str]:
    """Every key of a TOML document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from keys(value)
    elif isinstance(node, list):
        for each in node:
            yield from keys(each)


def test_codes_ids_and_names_are_unique() -> None:
    for unique in ("id", "code"):
        assert max(Counter(getattr(each, unique) for each in ALL).values()) == 1
    assert max(Counter(each.names.ro for each in INSTITUTIONS).values()) == 1


def test_the_structures_of_the_ministry_are_there() -> None:
    central = {each.code for each in INSTITUTIONS if not each.counties}
    structures = (
        "MAI-DSG IGPR IGPF IGJR IGSU DSU IGI IGAv DGP DGEP DGPCI DGPI DGA DGCTI DGL DGMRU DGRIP ANR ANITP"
    )
    outside = "ANAF ANCPI ANPC ANPIS CNAS CNPP DSP GNM IM ISC MJ MP SRI UAT"
    assert central - {*outside.split()} == {*structures.split(), "ACADPOL", "MAI", "DCJSEO"}
    assert central >= {*outside.split()}


def test_the_services_asked_for_first_are_there() -> None:
    pilots = {
        "contest-registration",
        "criminal-record-certificate-company",
        "criminal-record-extract-institution",
        "driving-licence-exchange",
        "id-card-booking",
        "vehicle-registration",
    }
    active = {
        "aggressive-driving-report",
        "audience-request",
        "criminal-record-certificate-person",
        "domicile-certificate",
        "integrity-certificate",
        "passport-booking",
        "passport-status",
        "petition",
        "public-information-request",
        "ro-alert-information",
        "school-admission",
        "suggestion",
        "traffic-sanctions-history",
        "urbanism-opinion-permit",
        "urbanism-opinion-plan-pug-patj",
        "urbanism-opinion-plan-puz-pud",
    }
    assert {each.code for each in SERVICES if each.status is ServiceStatus.PILOT} == pilots
    assert {each.code for each in SERVICES if each.status is ServiceStatus.ACTIVE} == active
    assert len(SERVICES) == len(pilots | active) == 22


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.code)
def test_an_entry_could_be_published_as_it_is(service: Service) -> None:
    assert [*completeness.findings(service), *references.findings(service, KNOWN)] == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.code)
def test_an_entry_is_there_in_all_languages_and_found_by_words_of_each(service: Service) -> None:
    assert service.summary.hu
    for words in (service.keywords.ro, service.keywords.hu, service.keywords.en):
        assert len(words) == len(set(words)) >= 3
    assert service.topics
    assert service.sophistication is not None
    assert service.outputs


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.code)
def test_a_text_leaves_the_numbers_to_the_rules(service: Service) -> None:
    """The numbers in words are those of acts, telephones, document types and categories."""
    fixed = r"\bart\. .*|\bnr\. .*|0800 806 806|\b(?:112|544)\b|\b[ABCDTr]{1,2}1E?\b|\bA2\b"
    for each in values(service):
        if isinstance(each, Texts):
            for text in (each.ro, each.hu or "", each.en):
                assert not re.search(r"\d", re.sub(fixed, "", text)), text


def test_what_is_not_asked_online_is_taken_somewhere_else() -> None:
    """A requirement of one way in leaves another one open, or the entry names none at all."""
    for service in SERVICES:
        kinds = {channel.kind for channel in service.channels}
        for requirement in service.requirements:
            assert set(requirement.channels) < kinds
            assert set(requirement.instead) <= {each.code for each in SERVICES}
        for named in (*service.inputs, *service.costs, *service.steps):
            assert set(named.channels) <= kinds


@pytest.mark.parametrize("kind", COUNTY_KINDS)
def test_every_county_has_its_unit_of_every_kind(kind: InstitutionKind) -> None:
    covered = Counter(code for each in INSTITUTIONS if each.kind == kind for code in each.counties)
    assert covered == dict.fromkeys(BY_CODE, 1)


def test_only_county_units_have_counties() -> None:
    assert all(bool(each.counties) == (each.kind in COUNTY_KINDS) for each in INSTITUTIONS)


def test_bucharest_has_bodies_of_its_own_kind() -> None:
    bucharest = {each.code: each.counties for each in INSTITUTIONS if "B" in each.counties}
    assert bucharest == {
        "DGPMB": ("B",),
        "DGJMB": ("B",),
        "ISUBIF": ("B", "IF"),
        "PREF-B": ("B",),
        "SPCP-B": ("B",),
        "SPCRPCIV-B": ("B",),
    }
    assert not [each.names.ro for each in INSTITUTIONS if "Județean București" in each.names.ro]


def test_every_parent_is_there_and_leads_to_the_ministry() -> None:
    for each in INSTITUTIONS:
        above, steps = each, 0
        while above.parent_id is not None:
            above, steps = BY_ID[above.parent_id], steps + 1
            assert steps < 5
        assert above.code == "MAI" or above.kind is InstitutionKind.OUTSIDE


def test_who_is_outside_takes_no_petitions_and_is_addressed() -> None:
    for each in INSTITUTIONS:
        assert (each.kind is InstitutionKind.OUTSIDE) == bool(each.addressee)
        if each.addressee:
            assert each.attributions
            assert not each.accepts_petitions
            assert set(re.findall(r"{(\w*)}", each.addressee)) <= {"place", "county"}
            assert {contact.kind for contact in each.contacts} <= {ContactKind.WEBSITE}


def test_county_services_are_under_the_prefect_of_their_county() -> None:
    for each in INSTITUTIONS:
        if each.kind in {InstitutionKind.COUNTY_PASSPORTS, InstitutionKind.COUNTY_LICENCES}:
            assert each.parent_id is not None
            assert BY_ID[each.parent_id].counties == each.counties


def test_every_provider_is_an_institution() -> None:
    assert {each.provider_id for each in SERVICES} <= BY_ID.keys()


def test_who_takes_petitions_says_what_it_deals_with() -> None:
    assert all(each.attributions for each in INSTITUTIONS if each.accepts_petitions)


def test_every_text_is_complete_and_written_with_comma_below() -> None:
    texts = [value for each in ALL for value in values(each) if isinstance(value, Texts)]
    assert len(texts) > 1000
    for each in texts:
        for language in (each.ro, each.hu, each.en):
            assert language == normalise(language or "").strip() != ""
            assert "{" not in language
    written = [value for each in ALL for value in values(each) if isinstance(value, str)]
    assert not [value for value in written if re.search("[şţŞŢ]", value)]


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.code)
def test_every_number_that_an_entry_names_has_a_rule_today(service: Service) -> None:
    for code in service.rules:
        assert RULES.on(code, TODAY).legal_basis
    for cost in service.costs:
        assert RULES.on(cost.rule, TODAY).unit is Unit.LEI


def test_contested_terms_are_not_called_verified() -> None:
    deadlines = {each.code: each.legal_deadline for each in SERVICES if each.legal_deadline}
    verified = {code: RULES.on(rule, TODAY).verified for code, rule in deadlines.items()}
    assert verified["petition"]
    assert verified["public-information-request"]
    assert not verified["criminal-record-certificate-person"]
    assert not verified["traffic-sanctions-history"]


def test_contacts_have_the_form_of_their_kind() -> None:
    forms = {
        ContactKind.EMAIL: r"[a-z]+@[a-z]+\.politiaromana\.ro",
        ContactKind.WEBSITE: r"https://[a-z.]+\.ro",
    }
    contacts = [contact for each in INSTITUTIONS for contact in each.contacts]
    for contact in contacts:
        if contact.kind is ContactKind.PHONE:
            assert phone.parse(contact.value).e164 == contact.value
        else:
            assert re.fullmatch(forms[contact.kind], contact.value)
    phones = {contact.value for contact in contacts if contact.kind is ContactKind.PHONE}
    assert phones == {"+40800800624", "+40800806806"}


@pytest.mark.parametrize(
    "file",
    [
        "institutions.toml",
        "county_units.toml",
        "outside.toml",
        *(f"services/{each.code}.toml" for each in SERVICES),
    ],
)
def test_every_key_of_the_files_is_one_the_catalog_knows(file: str) -> None:
    known = {
        field.name for each in ALL for value in values(each) if is_dataclass(value) for field in fields(value)
    }
    of_files = {"institution", "unit", "parent", "provider", "exceptions", "except_counties", "hungarian"}
    unknown = set(keys(tomllib.loads((DATA / file).read_text()))) - known - of_files - BY_CODE.keys()
    assert unknown == set()


def test_hungarian_names_are_used_where_they_are_usual() -> None:
    names = {each.code: each.names.hu for each in INSTITUTIONS}
    assert names["IPJ-CV"] == "Kovászna Megyei Rendőr-felügyelőség"
    assert names["PREF-HR"] == "Hargita Megyei Prefektusi Hivatal"
    assert names["SPCP-VS"] == "Vaslui Megyei Közösségi Útlevélszolgálat"
