"""What is held of a person, in the words of the copy they are given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub_core.language import Language
from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section, words

from ..operations.personal_data import Held

TITLES: Final = {
    "requests": "Requests for certificates in your name",
    "certificates": "Certificates of yours",
    "verifications": "Verifications of your certificates",
    "consents": "Institutions that you let ask for your extract",
    "extracts": "Extracts about you that institutions were given",
}
LABELS: Final = {
    "requests": {
        "number": "Registration number",
        "product": "Document",
        "motive": "Motive",
        "motive_text": "Motive in your words",
        "state": "State",
        "requested_on": "Date of the request",
        "due_on": "Due by",
        "channel": "Channel",
        "refusal": "Why it was refused",
        "by_representative": "Sent by a representative",
    },
    "certificates": {
        "label": "Series and number",
        "product": "Document",
        "motive": "Motive",
        "issued_at": "Issued",
        "valid_until": "Valid until",
        "standing": "State",
    },
    "verifications": {
        "certificate": "Series and number",
        "at": "Verified",
        "way": "Way of verification",
        "standing": "Answer",
    },
    "consents": {
        "institution": "Institution",
        "motive": "Motive",
        "given_at": "Given",
        "valid_until": "Valid until",
        "revoked_at": "Taken back",
    },
    "extracts": {
        "institution": "Institution",
        "motive": "Motive",
        "given_at": "Given",
        "revoked_at": "Revoked",
    },
}
CONTENT: Final = "What your certificates say: it stands in the files that you can fetch while they are valid"
REPRESENTATIVES: Final = "Who asked for a certificate for you, under a mandate"


def personal_data(texts: Texts, held: Held, now: datetime) -> PersonalData:
    """The copy; who acted for the person is somebody else, and left out."""
    labels = {one.id: one.label for one in held.certificates}
    items: Mapping[str, list[dict[str, Any]]] = {
        "requests": [
            {
                "number": one.label,
                "product": one.product,
                "motive": one.motive,
                "motive_text": one.motive_text,
                "state": one.state,
                "requested_on": one.requested_on.isoformat(),
                "due_on": one.due_on.isoformat(),
                "channel": one.channel,
                "refusal": one.refusal_text,
                "by_representative": one.mandate_id is not None,
            }
            for one in held.requests
        ],
        "certificates": [
            {
                "label": one.label,
                "product": one.product,
                "motive": one.motive,
                "issued_at": one.issued_at.isoformat(),
                "valid_until": one.valid_until.isoformat(),
                "standing": one.standing(now),
            }
            for one in held.certificates
        ],
        "verifications": [
            {
                "certificate": labels[one.certificate_id],
                "at": one.at.isoformat(),
                "way": one.way,
                "standing": one.standing,
            }
            for one in held.verifications
        ],
        "consents": [
            {
                "institution": held.institutions[one.institution_id].names[Language.RO],
                "motive": one.motive,
                "given_at": one.given_at.isoformat(),
                "valid_until": one.valid_until.isoformat(),
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in held.consents
        ],
        "extracts": [
            {
                "institution": row["institution_names"][Language.RO],
                "motive": row["motive"],
                "given_at": row["decided_at"].isoformat(),
                "revoked_at": row["revoked_at"].isoformat() if row["revoked_at"] else None,
            }
            for row in held.extracts
        ],
    }
    left_out = [CONTENT] if held.certificates else []
    left_out += [REPRESENTATIVES] if any(one.mandate_id for one in held.requests) else []
    return PersonalData(
        sections=[section(texts, name, TITLES[name], LABELS[name], items[name]) for name in TITLES],
        left_out=[words(texts, one) for one in left_out],
    )
