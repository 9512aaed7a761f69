"""What another service needs to write to who asked for an audience, at the moment of sending."""

from datetime import UTC, datetime
from typing import Final, Self
from uuid import UUID

from pydantic import BaseModel

from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_service.i18n import Texts
from hub_terms import calendar_file
from hub_terms.calendar_file import escaped

from ..domain.audiences import AudienceState
from ..operations.audiences import AudienceMessage

_SUMMARY: Final = "Audience: {function}"
_DESCRIPTION: Final = "Registration number: {number}\nSay whether you come: {address}"
CALENDAR_TEXTS: Final = (_SUMMARY, _DESCRIPTION)
_STATUS: Final = {AudienceState.SCHEDULED: "TENTATIVE", AudienceState.CONFIRMED: "CONFIRMED"}


class AudienceMessageView(BaseModel):
    """An audience as a message tells of it; `calendar` is its file for calendars while it has a place."""

    petition_id: UUID
    state: AudienceState
    person_id: UUID | None
    email: str | None
    language: Language
    number: str
    function: str | None
    place: str | None
    local_start: str | None
    calendar: str | None

    @classmethod
    def of(cls, told: AudienceMessage, texts: Texts, public_origin: str) -> Self:
        """The view of what is told; the time is local, Europe/Bucharest, without a zone."""
        one = told.file
        return cls(
            petition_id=one.audience.petition_id,
            state=one.audience.state,
            person_id=one.acting_person_id or one.audience.person_id,
            email=told.email,
            language=Language(one.language),
            number=one.label,
            function=one.sitting.function if one.sitting else None,
            place=one.sitting.place if one.sitting else None,
            local_start=f"{one.hour.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}" if one.hour else None,
            calendar=_calendar(told, texts, public_origin),
        )


def _calendar(told: AudienceMessage, texts: Texts, public_origin: str) -> str | None:
    one = told.file
    if one.sitting is None or one.hour is None or one.ends_at is None or one.audience.state not in _STATUS:
        return None
    language, address = Language(one.language), f"{public_origin}/account/overview"
    summary = texts.translate(language, _SUMMARY).format(function=one.sitting.function)
    description = texts.translate(language, _DESCRIPTION).format(number=one.label, address=address)
    return calendar_file.written(
        "Audiences",
        [
            *calendar_file.head(one.audience.petition_id, one.audience.version, told.changed_at),
            f"DTSTART:{_utc(one.hour)}",
            f"DTEND:{_utc(one.ends_at)}",
            f"STATUS:{_STATUS[one.audience.state]}",
            "CLASS:PRIVATE",
            f"SUMMARY:{escaped(summary)}",
            f"DESCRIPTION:{escaped(description)}",
            f"LOCATION:{escaped(one.sitting.place)}",
            f"URL:{address}",
        ],
    )


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
