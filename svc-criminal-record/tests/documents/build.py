"""Documents for tests: good ones, with what a test names special."""

from datetime import UTC, date, datetime
from typing import Any

from svc_criminal_record.documents.models import Document, Entry, Gloss, PersonHolder
from svc_criminal_record.domain.products import Product

CODE = "K7QF-2M9X-T4PA-8WDC"
LINK = f"https://hub.example.ro/verify/{CODE}#" + "0oRDoQEmoQRCMzGg" * 20


def a_person(**special: Any) -> PersonHolder:
    """A holder with everything that a register can say."""
    facts: dict[str, Any] = {
        "family_name": "Țurcan-Szőke",
        "given_names": "Ștefănel Bălaș",
        "former_names": ("Țurcan",),
        "cnp": "1850412269004",
        "birth_date": date(1985, 4, 12),
        "birth_place": "Târgu Mureș, județul Mureș",
        "father": "Gheorghiță",
        "mother": "Ilona Ágnes",
        "citizenship": "română",
    }
    return PersonHolder(**(facts | special))


def an_entry(**special: Any) -> Entry:
    """An entry of the register."""
    facts: dict[str, Any] = {
        "court": "Judecătoria Târgu Mureș",
        "judgment": "Sentința penală nr. 412",
        "judged_on": date(2014, 3, 12),
        "final_on": date(2014, 6, 2),
        "classification": "Conducerea unui vehicul sub influența alcoolului, art. 336 alin. (1) C. pen.",
        "measure": "Amendă penală, 4.500 lei",
        "execution": "Achitată la 18.07.2014",
    }
    return Entry(**(facts | special))


def a_document(**special: Any) -> Document:
    """A certificate without entries, issued on 14 October 2026."""
    facts: dict[str, Any] = {
        "product": Product.CRIMINAL_RECORD,
        "series": "CJ",
        "number": 48213,
        "code": CODE,
        "link": LINK,
        "authority": Gloss(
            "Inspectoratul General al Poliției Române", "General Inspectorate of the Romanian Police"
        ),
        "unit": Gloss(
            "Direcția Cazier Judiciar, Statistică și Evidențe Operative",
            "Directorate for Criminal Records, Statistics and Operational Records",
        ),
        "seal_issuer": "Autoritatea de certificare a demonstrației",
        "requested_on": date(2026, 10, 13),
        "issued_at": datetime(2026, 10, 14, 6, 41, 7, tzinfo=UTC),
        "valid_until": date(2027, 4, 14),
        "purpose": Gloss("Angajare în învățământ", "Employment in education"),
        "holder": a_person(),
    }
    return Document(**(facts | special))
