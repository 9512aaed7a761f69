"""How the places stand as a whole, as a caller is shown it."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.clock import local_date
from hub_service.schemas import Instant, Int32, LegalDate, Resource

from ..domain.health import Health


class BookingStatusView(Resource):
    """Whether there are places, and whether what should happen by itself does."""

    offices: Annotated[Int32, Field(description="Offices that receive people by appointment.")]
    offices_free: Annotated[Int32, Field(description="Those with a free place within the window.")]
    free_today: Annotated[Int32, Field(description="Places that can still be booked for today.")]
    first_free_on: Annotated[LegalDate | None, Field(description="The first day with a free place anywhere.")]
    release_due_at: Annotated[
        Instant | None,
        Field(
            description="When the next of the places given back comes free again; long ago: nobody does it."
        ),
    ]
    event_recorded_at: Annotated[
        Instant | None,
        Field(description="When the oldest event was recorded that is not sent yet; null when all are."),
    ]

    @classmethod
    def of(cls, health: Health) -> Self:
        """The view of how the places stand."""
        first = health.first_free_at
        return cls(
            offices=health.offices,
            offices_free=health.offices_free,
            free_today=health.free_today,
            first_free_on=local_date(first) if first else None,
            release_due_at=health.release_due_at,
            event_recorded_at=health.event_recorded_at,
        )
