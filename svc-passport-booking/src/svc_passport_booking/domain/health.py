"""How the places stand as a whole: what shows at a glance whether the service does its work."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Health:
    """Offices, those with a free place, the first free place of all, and what is waiting for longest.

    `free_today` are the places that can still be booked today. `release_due_at` is when the oldest of the
    places that were given back comes free again, `event_recorded_at` when the oldest event was recorded
    that is not published yet; None when nothing waits.
    """

    offices: int
    offices_free: int
    free_today: int
    first_free_at: datetime | None
    release_due_at: datetime | None
    event_recorded_at: datetime | None
