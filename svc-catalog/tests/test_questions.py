"""What people type, and what they mean: without diacritics, with errors, in three languages."""

from typing import Any

import httpx2
import pytest

from hub_service.settings import ServiceSettings
from svc_catalog.main import create_app

SERVICES = "/catalog/v1/services"
RECORD = "criminal-record-certificate-person"
FIRST = [
    # Romanian, as on a telephone
    ("cazier", RECORD),
    ("cazier judiciar", RECORD),
    ("cazier online", RECORD),
    ("certificat de cazier judiciar", RECORD),
    ("cum obtin cazierul judiciar", RECORD),
    ("cazierul", RECORD),
    ("cazier firma", "criminal-record-certificate-company"),
    ("cazier persoana juridica", "criminal-record-certificate-company"),
    ("certificat de integritate", "integrity-certificate"),
    ("integritate comportamentala", "integrity-certificate"),
    ("pasaport", "passport-booking"),
    ("programare pasaport", "passport-booking"),
    ("vreau sa imi fac pasaport", "passport-booking"),
    ("pasaport copil", "passport-booking"),
    ("pasaport temporar", "passport-booking"),
    ("stare pasaport", "passport-status"),
    ("buletin", "id-card-booking"),
    ("carte de identitate", "id-card-booking"),
    ("programare buletin", "id-card-booking"),
    ("schimbare buletin", "id-card-booking"),
    ("puncte de penalizare", "traffic-sanctions-history"),
    ("cazier auto", "traffic-sanctions-history"),
    ("istoric amenzi", "traffic-sanctions-history"),
    ("permis", "driving-licence-exchange"),
    ("permis de conducere", "driving-licence-exchange"),
    ("preschimbare permis", "driving-licence-exchange"),
    ("permis auto expirat", "driving-licence-exchange"),
    ("inmatriculare masina", "vehicle-registration"),
    ("inmatriculare auto", "vehicle-registration"),
    ("talon", "vehicle-registration"),
    ("numere de inmatriculare", "vehicle-registration"),
    ("petitie", "petition"),
    ("reclamatie", "petition"),
    ("legea 544", "public-information-request"),
    ("informatii de interes public", "public-information-request"),
    ("audienta", "audience-request"),
    ("sugestie", "suggestion"),
    ("sofer agresiv", "aggressive-driving-report"),
    ("ro-alert", "ro-alert-information"),
    ("admitere academia de politie", "school-admission"),
    ("certificat de domiciliu", "domicile-certificate"),
    # with errors of typing
    ("pasport", "passport-booking"),
    ("pasaprot", "passport-booking"),
    ("cazeir judiciar", RECORD),
    ("certifcat cazier", RECORD),
    ("inmatricuare", "vehicle-registration"),
    ("petitei", "petition"),
    ("permis de conducre", "driving-licence-exchange"),
    ("buletni", "id-card-booking"),
    # Hungarian
    ("erkölcsi", RECORD),
    ("erkolcsi bizonyitvany", RECORD),
    ("útlevél", "passport-booking"),
    ("utlevel idopont", "passport-booking"),
    ("útlevelet szeretnék", "passport-booking"),
    ("panasz", "petition"),
    ("panaszt", "petition"),
    ("személyi igazolvány", "id-card-booking"),
    ("jogositvany", "driving-licence-exchange"),
    ("büntetőpontok", "traffic-sanctions-history"),
    # English
    ("criminal record", RECORD),
    ("police clearance", RECORD),
    ("passport appointment", "passport-booking"),
    ("passport appoitment", "passport-booking"),
    ("driving licence", "driving-licence-exchange"),
    ("freedom of information", "public-information-request"),
    ("complaint", "petition"),
    ("identity card", "id-card-booking"),
    ("register a car", "vehicle-registration"),
]
AMONG_THREE = [
    ("conducere agresiva", "aggressive-driving-report"),
    ("unde este pasaportul meu", "passport-status"),
    ("amenzi", "traffic-sanctions-history"),
    ("amenda", "traffic-sanctions-history"),
    ("puncte", "traffic-sanctions-history"),
    ("sesizare", "petition"),
    ("plangere", "petition"),
    ("angajare politie", "contest-registration"),
    ("concurs politie", "contest-registration"),
    ("aviz constructie", "urbanism-opinion-permit"),
    ("aviz PUZ", "urbanism-opinion-plan-puz-pud"),
    ("aviz PUG", "urbanism-opinion-plan-pug-patj"),
    ("masina noua", "vehicle-registration"),
    ("extras de cazier", "criminal-record-extract-institution"),
    ("bírság", "traffic-sanctions-history"),
    ("rendszám", "vehicle-registration"),
    ("penalty points", "traffic-sanctions-history"),
    ("am pierdut pasaportul", "passport-booking"),
]


async def found(client: httpx2.AsyncClient, asked: str) -> list[str]:
    answer = await client.get(SERVICES, params={"q": asked, "limit": "3"})
    assert answer.status_code == 200, answer.text
    shown: Any = answer.json()
    return [item["code"] for item in shown["items"]]


@pytest.mark.parametrize(("asked", "meant"), FIRST)
async def test_what_is_meant_comes_first(client: httpx2.AsyncClient, asked: str, meant: str) -> None:
    assert (await found(client, asked))[:1] == [meant]


@pytest.mark.parametrize(("asked", "meant"), AMONG_THREE)
async def test_what_is_meant_is_among_the_first_three(
    client: httpx2.AsyncClient, asked: str, meant: str
) -> None:
    assert meant in await found(client, asked)


@pytest.mark.parametrize("asked", ["pasaprot", "certifcat xyzxyz", "politia jud covasan"])
async def test_a_search_needs_one_connection_at_a_time(
    settings: ServiceSettings, running: Any, asked: str
) -> None:
    narrow = settings.model_copy(update={"database_pool_size": 1})
    async with running(create_app(narrow)) as client:
        for path in (SERVICES, "/catalog/v1/institutions", "/catalog/v1/suggestions", "/catalog/v1/faq"):
            answer = await client.get(path, params={"q": asked})
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("typed", "kind", "code", "name"),
    [
        ("pas", "SERVICE", "passport-booking", "Programare pentru pașaport"),
        ("passp", "SERVICE", "passport-booking", "Passport appointment"),
        ("utlev", "SERVICE", "passport-booking", "Időpontfoglalás útlevélhez"),
        ("pierd", "LIFE_EVENT", "LOSING_DOCUMENTS", "Pierderea actelor"),
        ("koltoz", "LIFE_EVENT", "MOVING_HOME", "Költözés"),
        ("ipj-cv", "INSTITUTION", "IPJ-CV", "Inspectoratul de Poliție Județean Covasna"),
    ],
)
async def test_what_may_be_meant_is_suggested_while_it_is_typed(
    client: httpx2.AsyncClient, typed: str, kind: str, code: str, name: str
) -> None:
    answer = await client.get("/catalog/v1/suggestions", params={"q": typed})
    assert {"kind": kind, "code": code, "text": name} in answer.json()["items"]
    assert len(answer.content) < 1_500
    assert "public" in answer.headers["cache-control"]


async def test_nothing_is_suggested_for_nothing(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/catalog/v1/suggestions")).json() == {"items": []}
    assert (await client.get("/catalog/v1/suggestions", params={"q": "zzzzzzzz"})).json() == {"items": []}


async def test_life_events_have_titles_and_the_services_that_are_counted(client: httpx2.AsyncClient) -> None:
    shown = (await client.get("/catalog/v1/life-events")).json()["items"]
    assert len(shown) > 5
    for event in shown:
        assert all(event["title"].values())
        listed = await client.get(SERVICES, params={"life_event": event["code"], "limit": "200"})
        assert len(listed.json()["items"]) == event["services"] > 0
