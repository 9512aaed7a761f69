"""An appointment as a calendar is told of it, in the language its people are written to."""

from hub_service.i18n import Texts

from ..domain import calendar_file
from ..domain.calendar_file import Entry
from ..operations.calendar import Noted
from ..reference.types import types

_SUMMARY = "Appointment: {what}"
_DESCRIPTION = (
    "Code of the appointment: {code}\nPersons: {size}\nSee what to bring, move it or give it up: {address}"
)


def file_of(noted: Noted, texts: Texts, public_origin: str) -> str:
    """The file, with nobody's name in it: calendars are shown to others."""
    appointment, office = noted.appointment, noted.office
    language, address = appointment.language, f"{public_origin}/appointments"
    name = office.names.get(language) or office.names["ro"]
    description = texts.translate(language, _DESCRIPTION)
    return calendar_file.written(
        Entry(
            id=appointment.id,
            version=appointment.version,
            changed_at=noted.changed_at,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            status=calendar_file.status_of(appointment),
            summary=texts.translate(language, _SUMMARY).format(
                what=types()[appointment.type].names[language]
            ),
            description=description.format(code=appointment.code, size=appointment.size, address=address),
            location=", ".join(part for part in (name, office.address) if part),
            point=office.point,
            address=address,
        )
    )
