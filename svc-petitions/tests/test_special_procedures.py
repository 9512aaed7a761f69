"""What has a procedure of its own is guided out at once; what only speaks of one is a petition."""

from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

import svc_petitions
from hub_testing import texts
from svc_petitions.domain.special_procedures import find
from svc_petitions.reference.special_procedures import special_procedures

from .officials import API

LOCALE = Path(svc_petitions.__path__[0]) / "locale"
SPECIAL = [
    ("FINE_CONTEST", "Contest amenda", "Contest procesul-verbal de contravenție primit ieri la Turda."),
    ("FINE_CONTEST", "Plângere contravențională", "Vă rog să anulați amenda."),
    ("FINE_CONTEST", "Bírság", "A bírságot szeretném megtámadni, mert nem én vezettem."),
    ("CRIME_REPORT", "Furt", "Vreau să vă spun că mi s-a furat bicicleta din scara blocului."),
    ("CRIME_REPORT", "Denunț", "Prin prezenta formulez plângere penală împotriva vecinului."),
    ("CRIME_REPORT", "Lopás", "Tegnap elloptak egy biciklit a lépcsőházból."),
    ("CORRUPTION", "Șpagă", "Polițistul mi-a cerut șpagă ca să nu scrie amenda."),
    ("CORRUPTION", "Kenőpénz", "A hivatalnok kenőpénzt várt tőlem."),
    ("WHISTLEBLOWING", "Sesizare", "Depun o avertizare în interes public despre achizițiile unității."),
    ("CERTIFICATE_REQUEST", "Cazier", "Vă rog să îmi eliberați un certificat de cazier judiciar."),
    ("CERTIFICATE_REQUEST", "Kérés", "Erkölcsi bizonyítványt szeretnék kérni munkavállaláshoz."),
    ("TRAFFIC_AGGRESSIVE", "Șofer", "Un șofer m-a șicanat pe autostradă, am înregistrarea."),
    ("TRAFFIC_AGGRESSIVE", "Trafic", "Sesizez comportamentul agresiv al unui șofer de pe DN1."),
    ("TRAFFIC_AGGRESSIVE", "Közlekedés", "Az autós agresszívan vezetett, és félrelökött."),
    ("PERSONAL_DATA", "Date", "Vă cer ștergerea datelor mele cu caracter personal."),
]
PETITIONS = [
    ("Programul ghișeului", "Vă rog să îmi comunicați programul de lucru cu publicul."),
    ("Stadiul plângerii", "Care este stadiul plângerii penale înregistrate în martie?"),
    ("Zgomot", "Vecinii fac zgomot noaptea și poliția locală nu vine când sunăm."),
    ("Trafic", "Sesizez lipsa unui indicator rutier pe strada Exemplului."),
    ("Comportament", "Agentul a fost nepoliticos când mi-a înmânat amenda pe care am plătit-o."),
    ("Nyitvatartás", "Kérem, közöljék, mikor van nyitva az útlevélosztály."),
]


@pytest.mark.parametrize(("code", "subject", "text"), SPECIAL)
def test_its_signs_are_known_in_both_languages(code: str, subject: str, text: str) -> None:
    found = find(special_procedures(), subject, text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("subject", "text"), PETITIONS)
def test_a_petition_is_not_taken_for_one(subject: str, text: str) -> None:
    assert find(special_procedures(), subject, text) is None


def test_signs_of_the_longest_text_are_looked_for_in_no_time_that_grows_with_its_square() -> None:
    """No sign tries the same part of a text again and again."""
    for word in ("contest ", "cer ", "solicit ", "am fost ", "mita ", "birsag "):
        assert find(special_procedures(), "x", word * (50_000 // len(word))) is None


async def test_a_contested_fine_is_guided_out_before_anything_is_registered(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], looking: asyncpg.Connection
) -> None:
    """Edge 70: guidance at once, so that the 15 days are not lost."""
    fine = body | {"subject": "Contest amenda", "text": "Contest amenda primită ieri."}
    for language, word in (("ro", "judecătoria"), ("hu", "bíróságon"), ("en", "court")):
        refused = await client.post(
            f"{API}/petitions", json=fine, headers=as_ana | {"accept-language": language}
        )
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("/special-procedure-applies")
        (guidance,) = refused.json()["errors"]
        assert (guidance["pointer"], guidance["code"]) == ("/text", "FINE_CONTEST")
        assert word in guidance["detail"]
        assert "15" in guidance["detail"]
    count = "SELECT count(*) FROM petitions.petitions WHERE institution_id::text = $1"
    assert await looking.fetchval(count, body["institution_id"]) == 0


async def test_who_says_that_it_is_a_petition_is_heard(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    """The right of petition (Constitution art. 51) is not for a list of words to deny."""
    fine = body | {"subject": "Contest amenda", "text": "Contest amenda primită ieri.", "is_petition": True}
    filed = await client.post(f"{API}/petitions", json=fine, headers=as_ana)
    assert (filed.status_code, filed.json()["number"]) == (201, 1)


async def test_the_list_says_where_each_belongs(client: httpx2.AsyncClient) -> None:
    listed = await client.get(f"{API}/special-procedures", headers={"accept-language": "hu"})
    assert listed.status_code == 200
    items = {each["code"]: each for each in listed.json()["items"]}
    assert {code for code, _, _ in SPECIAL} == items.keys()
    assert "15 napon" in items["FINE_CONTEST"]["guidance"]
    assert items["CORRUPTION"]["phone"] == "0800806806"
    assert items["PERSONAL_DATA"]["address"] == "/identity/v1/me/data-requests"
    assert items["TRAFFIC_AGGRESSIVE"]["address"] == "/catalog/v1/services/aggressive-driving-report"
    assert items["FINE_CONTEST"]["address"] is None


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_guidance_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "special_procedures")
    wanted = {text for each in special_procedures() for text in (each.title, each.guidance)}
    assert wanted <= catalog.keys()
