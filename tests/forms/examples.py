"""Answers that fit, for each form in each of its cases, and what is made of them by breaking one member."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from .conftest import INSTITUTIONS

FILE: Final = {"id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "sha256": "0f" * 32}
OTHER_FILE: Final = {"id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71", "sha256": "1e" * 32}
INSTITUTION: Final = str(INSTITUTIONS[0].id)
PERSON: Final = {"given_name": "Ana-Maria", "family_name": "Popescu"}
HOME: Final = {"county": "CV", "locality": "Sfântu Gheorghe", "street_address": "Str. Petőfi Sándor nr. 8"}
POSTAL: Final = HOME | {"postal_code": "520008"}
EMAIL: Final = {"email": "ana.popescu@example.org"}
PHONE: Final = {"phone": "0745 123 456"}
PETITION: Final = {
    "institution_id": INSTITUTION,
    "kind": "REQUEST",
    "subject": "Programul ghișeului",
    "text": "Vă rog să îmi comunicați programul.\nMulțumesc.",
    "language": "ro",
}
APPLICANT: Final = PERSON | EMAIL | PHONE

ANSWERS: Final[dict[str, list[dict[str, Any]]]] = {
    "petition": [
        {"petition": PETITION, "applicant": APPLICANT | {"acts_as": "PERSON"}, "answer": {"by": "ACCOUNT"}},
        {
            "petition": PETITION | {"language": "hu"},
            "applicant": APPLICANT | {"acts_as": "ORGANISATION", "organisation": "Asociația Exemplu"},
            "answer": {"by": "POST"} | POSTAL,
            "attachments": {"documents": [FILE, OTHER_FILE]},
        },
    ],
    "public-information-request": [
        {
            "request": {"institution_id": INSTITUTION, "information": "Bugetul.", "delivery": "EMAIL"},
            "applicant": APPLICANT,
        },
        {
            "request": {"institution_id": INSTITUTION, "information": "Bugetul.", "delivery": "POST"},
            "applicant": APPLICANT | POSTAL,
            "attachments": {"documents": [FILE]},
        },
    ],
    "audience-request": [
        {
            "audience": {"institution_id": INSTITUTION, "subject": "Permis", "text": "Despre permis."},
            "applicant": PERSON | EMAIL | {"told_by": "EMAIL"},
        },
        {
            "audience": {
                "institution_id": INSTITUTION,
                "subject": "Permis",
                "text": "Despre permis.",
                "earlier": True,
                "earlier_number": "123/21.11.2026",
            },
            "applicant": PERSON | PHONE | {"told_by": "PHONE"},
            "attachments": {"documents": [FILE]},
        },
    ],
    "suggestion": [
        {"suggestion": {"about": "SERVICES", "text": "Mai simplu."}},
        {
            "suggestion": {"about": "STAFF", "text": "Mulțumesc.", "wants_answer": True},
            "applicant": PERSON | EMAIL,
            "attachments": {"documents": [FILE]},
        },
    ],
    "criminal-record-certificate-person": [
        {
            "request": {"motive": "angajare", "electronic": True},
            "consents": {"identity_data": True, "truth": True},
        },
        {
            "request": {"motive": "alt-motiv", "motive_text": "Adopția unui câine", "electronic": True},
            "consents": {"identity_data": True, "truth": True},
        },
    ],
    "criminal-record-certificate-company": [
        {
            "organisation": {"cui": "RO4192812", "name": "Exemplu SRL", "capacity": capacity} | proof,
            "request": {"motive": "alt-motiv", "motive_text": "Parteneriat", "electronic": True},
            "consents": {"company_data": True, "truth": True},
        }
        for capacity, proof in (
            ("LEGAL_REPRESENTATIVE", {}),
            ("PROXY", {"power_of_attorney": FILE}),
        )
    ],
    "passport-booking": [
        {
            "appointment": {"county": "CV", "passport_type": "PE"},
            "applicants": {"persons": [PERSON | {"cnp": "1850312149006"}]},
            "contact": EMAIL | {"data_processing": True},
        },
        {
            "appointment": {"county": "B", "passport_type": "PT", "urgency": "MEDICAL"},
            "applicants": {"persons": [PERSON | {"cnp": "1850312149006"}]},
            "contact": EMAIL | PHONE | {"data_processing": True},
        },
    ],
    "passport-status": [
        {"lookup": {"by": "NUMBER", "application_number": "12345/2026"}},
        {"lookup": {"by": "PERSON", "cnp_end": "312149006", "application_date": "2026-10-01"}},
    ],
    "traffic-sanctions-history": [
        {"request": {"motive": "PERSONAL", "period": "ALL"}, "consents": {"driver_record": True}},
        {
            "request": {"motive": "COURT", "period": "BETWEEN", "from": "2024-02-29", "to": "2026-11-21"},
            "consents": {"driver_record": True},
        },
    ],
    "aggressive-driving-report": [
        {
            "event": {
                "date": "2026-11-20",
                "time": "17:45",
                "county": "HR",
                "locality": "Miercurea Ciuc",
                "place": "DN 12, km 24",
                "plate": "CV 12 ABC",
                "manoeuvres": ["a", "d"],
                "description": "A depășit coloana în zig-zag.",
            },
            "recording": {"video": FILE},
            "reporter": PERSON | PHONE | POSTAL | {"truth": True},
        }
    ],
    "domicile-certificate": [
        {"request": {"content": "CURRENT", "purpose": "Școală"}, "consents": {"identity_data": True}},
        {
            "request": {"content": "HISTORY", "since": "2010-01-01", "purpose": "Instanță"},
            "consents": {"identity_data": True},
        },
    ],
    "contest-registration": [
        {
            "contest": {"announcement": "3742", "post": "12"},
            "candidate": PERSON | EMAIL | PHONE | HOME | {"birth_date": "1995-05-05"},
            "studies": {"level": "BACHELOR", "diplomas": [FILE]},
            "documents": {
                "curriculum_vitae": FILE,
                "has_experience": True,
                "employment_record": FILE,
                "medical_certificate": OTHER_FILE,
                "military_record": FILE,
            },
            "consents": {
                "criminal_record": True,
                "integrity_record": False,
                "identity_data": True,
                "truth": True,
            },
        }
    ],
}

WRONG: Final = (
    None,
    7,
    1.5,
    [],
    {},
    "",
    "  ",
    "\n",
    "a\n",
    "x" * 60_000,
    "ș",
    True,
    False,
    ["a", "a"],
    "2025-02-29",
)

LONG: Final = ("text", "information")


def broken(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers with one member taken out, put in, or given a value of another kind."""
    for path in _paths(data):
        yield _with(data, path, lambda parent, name: parent.pop(name))
        for wrong in WRONG:
            yield _with(data, path, lambda parent, name, wrong=wrong: _put(parent, name, wrong))
        if path[-1] in LONG:
            yield _with(data, path, lambda parent, name: _put(parent, name, "x" * 50_001))
    for path in [(), *_paths(data)]:
        if isinstance(_at(data, path), dict):
            yield _with(data, (*path, "a/b~c"), lambda parent, name: _put(parent, name, "unknown"))
        if isinstance(_at(data, path), list):
            yield _with(data, path, lambda parent, name: _put(parent, name, parent[name] * 12))


def _put(parent: Any, name: Any, value: Any) -> None:
    parent[name] = value


def _with(data: dict[str, Any], path: tuple[Any, ...], change: Any) -> dict[str, Any]:
    copied = deepcopy(data)
    change(_at(copied, path[:-1]), path[-1])
    return copied


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        data = data[name]
    return data


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in members:
        yield (*path, name)
        yield from _paths(value, (*path, name))
