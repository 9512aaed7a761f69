"""When an event was, as somebody writes it: local date and hour, or an instant with its offset."""

from datetime import UTC, datetime

from hub_core.clock import BUCHAREST

from ..errors.driving_reports import EventHourTwice, EventTimeUnknown


def read(written: str) -> datetime:
    """The instant, in UTC, of a moment by ISO 8601; without an offset it is meant in Europe/Bucharest.

    Raises `EventHourTwice` for an hour that the end of summer time repeats, unless its offset tells which
    of the two is meant, and `EventTimeUnknown` for one that its beginning leaves out, or that is no moment.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise EventTimeUnknown from None
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    meant = {moment.replace(tzinfo=BUCHAREST, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [each for each in meant if each.astimezone(BUCHAREST).replace(tzinfo=None) == moment]
    if not real:
        raise EventTimeUnknown
    if len(real) > 1:
        raise EventHourTwice
    return real[0]
