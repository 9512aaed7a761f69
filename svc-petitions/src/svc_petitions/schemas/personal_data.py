"""What is held of a person, in the words of the copy they are given."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section, words

from ..domain import petitions as domain
from ..operations.personal_data import Held

_NUMBER: Final = {"number": "Registration number"}

SECTIONS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "petitions": (
        "Petitions in your name",
        _NUMBER
        | {
            "institution": "Institution",
            "registered_at": "Registered",
            "answer_due_on": "Answer due by",
            "kind": "Kind",
            "subject": "Subject",
            "text": "Text",
            "state": "State",
            "filed_by_representative": "Filed by a representative",
        },
    ),
    "messages": (
        "Messages about your petitions",
        _NUMBER
        | {
            "sent_at": "Sent",
            "side": "Written by",
            "function": "Compartment",
            "text": "Text",
            "files": "Files",
            "read_at": "Read",
        },
    ),
    "steps": (
        "Steps of your petitions",
        _NUMBER | {"at": "When", "state": "State", "by": "Taken by", "reason": "Reason"},
    ),
    "attachments": (
        "Files of your petitions",
        _NUMBER
        | {"name": "File name", "size": "Size in bytes", "sha256": "SHA-256", "uploaded_at": "Uploaded"},
    ),
    "audiences": (
        "Audiences that you asked for",
        _NUMBER
        | {
            "state": "State",
            "function": "Received by",
            "starts_at": "Received at",
            "said": "What was said",
            "promised": "What was promised",
        },
    ),
    "signatures": (
        "Your signatures of petitions",
        _NUMBER | {"signed_at": "Signed", "withdrawn_at": "Signature withdrawn"},
    ),
}
"""Title and labels of each section, by its name."""
LEFT_OUT: Final = "Who filed a petition for you is left out: that is another person's data."
MESSAGES_LEFT_OUT: Final = "Messages that others who signed wrote or got are left out: those are their data."


def personal_data(texts: Texts, held: Held) -> PersonalData:
    """What is held of a person; who filed a petition for them, and what others wrote, is left out."""
    said = {
        "petitions": [*_petitions(held.petitions)],
        "messages": [*_messages(held)],
        "steps": [*_steps(held)],
        "attachments": [*_attachments(held)],
        "audiences": [*_audiences(held)],
        "signatures": [*_signatures(held)],
    }
    represented = any(petition.acting.mandate_id for petition in held.petitions)
    left_out = ([LEFT_OUT] if represented else []) + ([MESSAGES_LEFT_OUT] if held.is_cut else [])
    return PersonalData(
        sections=[
            section(texts, name, title, labels, said[name]) for name, (title, labels) in SECTIONS.items()
        ],
        left_out=[words(texts, message) for message in left_out],
    )


def _petitions(petitions: Sequence[domain.Petition]) -> Iterator[dict[str, Any]]:
    for petition in petitions:
        yield {
            "number": _number(petition),
            "institution": petition.institution.names.get("ro", petition.institution.code),
            "registered_at": petition.registration.registered_at.isoformat(),
            "answer_due_on": petition.registration.answer_due_on.isoformat(),
            "kind": petition.kind,
            "subject": petition.subject,
            "text": petition.text,
            "state": petition.state,
            "filed_by_representative": petition.acting.mandate_id is not None,
        }


def _messages(held: Held) -> Iterator[dict[str, Any]]:
    by_id = {petition.id: petition for petition in held.petitions}
    for message in held.messages:
        yield {
            "number": _number(by_id[message.petition_id]),
            "sent_at": message.sent_at.isoformat(),
            "side": message.side,
            "function": message.function,
            "text": message.text,
            "files": ", ".join(sent.attachment.name for sent in message.attachments),
            "read_at": _instant(message.read_at),
        }


def _audiences(held: Held) -> Iterator[dict[str, Any]]:
    for one, minutes in held.audiences:
        promises = minutes.promises if minutes else ()
        yield {
            "number": f"{one.number}/{one.year}",
            "state": one.audience.state,
            "function": one.sitting.function if one.sitting else None,
            "starts_at": _instant(one.hour),
            "said": minutes.said if minutes else None,
            "promised": "; ".join(f"{each.what} ({each.until.isoformat()})" for each in promises),
        }


def _steps(held: Held) -> Iterator[dict[str, Any]]:
    for petition in held.petitions:
        for step in held.steps.get(petition.id, ()):
            yield {
                "number": _number(petition),
                "at": step.at.isoformat(),
                "state": step.state,
                "by": step.actor.kind,
                "reason": step.reason,
            }


def _attachments(held: Held) -> Iterator[dict[str, Any]]:
    for petition in held.petitions:
        for file in held.attachments.get(petition.id, ()):
            yield {
                "number": _number(petition),
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256.hex(),
                "uploaded_at": file.uploaded_at.isoformat(),
            }


def _signatures(held: Held) -> Iterator[dict[str, Any]]:
    for petition in held.petitions:
        if signature := held.signatures.get(petition.id):
            yield {
                "number": _number(petition),
                "signed_at": signature.signed_at.isoformat(),
                "withdrawn_at": _instant(signature.withdrawn_at),
            }


def _number(petition: domain.Petition) -> str:
    if petition.is_sandbox:
        return petition.label
    return f"{petition.registration.number}/{petition.registration.registered_on.year}"


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
