"""What is held of a person, in the words of the copy they are given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section, words

from ..domain import appointments as domain
from ..operations.personal_data import Held
from .applications import masked

TITLES: Final = {
    "appointments": "Appointments of yours, and those made for you",
    "applications": "Applications handed in at your appointments",
    "waiting": "Your entries of waiting lists",
}
LABELS: Final = {
    "appointments": {
        "office": "Office",
        "type": "What it is for",
        "starts_at": "Begins",
        "state": "State",
        "size": "Persons",
        "channel": "Channel",
        "booked_at": "Booked",
        "by_somebody_else": "Made by somebody else",
    },
    "applications": {
        "number": "Number of the application",
        "office": "Office",
        "type": "What it is for",
        "applied_on": "Date of the application",
        "state": "State",
        "phone": "Telephone for the message when it can be fetched",
    },
    "waiting": {
        "type": "What it is for",
        "county": "County",
        "days_from": "From",
        "days_to": "Until",
        "size": "Persons",
        "state": "State",
        "joined_at": "Joined",
    },
}
OTHERS: Final = "Who else comes to your appointments, and who made appointments for you: data of others"


def personal_data(texts: Texts, held: Held, now: datetime) -> PersonalData:
    """The copy; other people of the same appointments are left out."""
    items: Mapping[str, list[dict[str, Any]]] = {
        "appointments": [
            {
                "office": held.office_names.get(one.office_id),
                "type": one.type,
                "starts_at": one.starts_at.isoformat(),
                "state": domain.as_of(one, now).state,
                "size": one.size,
                "channel": one.channel,
                "booked_at": one.created_at.isoformat(),
                "by_somebody_else": one.id in held.by_others,
            }
            for one in held.appointments
        ],
        "applications": [
            {
                "number": one.number,
                "office": held.office_names.get(one.office_id),
                "type": one.type,
                "applied_on": one.applied_on.isoformat(),
                "state": one.state,
                "phone": masked(one.phone),
            }
            for one in held.applications
        ],
        "waiting": [
            {
                "type": one.type,
                "county": one.county,
                "days_from": one.days_from.isoformat(),
                "days_to": one.days_to.isoformat(),
                "size": one.size,
                "state": one.state,
                "joined_at": one.joined_at.isoformat(),
            }
            for one in held.waiting
        ],
    }
    others = held.by_others or any(one.size > 1 for one in held.appointments)
    return PersonalData(
        sections=[section(texts, name, TITLES[name], LABELS[name], items[name]) for name in TITLES],
        left_out=[words(texts, OTHERS)] if others else [],
    )
