"""What is held of a person, in the words of the copy they are given."""

from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section

from ..domain.drivers import Driver

LICENCE_TITLE: Final = "Your driving licence"
LICENCE_LABELS: Final = {
    "number": "Number of the licence",
    "categories": "Categories",
    "held_since": "Held since",
    "valid_to": "Licence valid until",
}
TEXTS: Final = (LICENCE_TITLE, *LICENCE_LABELS.values())


def personal_data(texts: Texts, driver: Driver | None) -> PersonalData:
    """The copy."""
    licence = driver.licence if driver else None
    items = (
        [
            {
                "number": licence.number,
                "categories": ", ".join(licence.categories),
                "held_since": licence.held_since.isoformat(),
                "valid_to": licence.valid_to.isoformat(),
            }
        ]
        if licence
        else []
    )
    return PersonalData(sections=[section(texts, "licence", LICENCE_TITLE, LICENCE_LABELS, items)])
