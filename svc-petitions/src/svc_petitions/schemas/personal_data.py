"""What is held of a person, in the words of the copy they are given."""

from collections.abc import Sequence
from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section, words

from ..domain import petitions as domain

PERSONAL_DATA: Final = "Petitions in your name"


PERSONAL_DATA_LABELS: Final = {
    "number": "Registration number",
    "institution": "Institution",
    "registered_at": "Registered",
    "answer_due_on": "Answer due by",
    "kind": "Kind",
    "subject": "Subject",
    "text": "Text",
    "state": "State",
    "filed_by_representative": "Filed by a representative",
}


def _number(petition: domain.Petition) -> str:
    return f"{petition.registration.number}/{petition.registration.registered_on.year}"


LEFT_OUT: Final = "Who filed a petition for you is left out: that is another person's data."


def personal_data(texts: Texts, petitions: Sequence[domain.Petition]) -> PersonalData:
    """What is held of the person in whose name these petitions are; who filed one for them is left out."""
    items = [
        {
            "number": petition.label if petition.is_sandbox else _number(petition),
            "institution": petition.institution.names.get("ro", petition.institution.code),
            "registered_at": petition.registration.registered_at.isoformat(),
            "answer_due_on": petition.registration.answer_due_on.isoformat(),
            "kind": petition.kind,
            "subject": petition.subject,
            "text": petition.text,
            "state": petition.state,
            "filed_by_representative": petition.acting.mandate_id is not None,
        }
        for petition in petitions
    ]
    represented = any(petition.acting.mandate_id for petition in petitions)
    return PersonalData(
        sections=[section(texts, "petitions", PERSONAL_DATA, PERSONAL_DATA_LABELS, items)],
        left_out=[words(texts, LEFT_OUT)] if represented else [],
    )
