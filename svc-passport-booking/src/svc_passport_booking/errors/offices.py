"""Problems of offices."""

from hub_core.problem import Problem


class BookingOfficeNotFound(Problem):
    """No office of the appointments has this id."""

    type, status = "booking-office-not-found", 404
    title = "There is no such office"
    detail = "No office that receives people by appointment has this identifier."
    remedy = "Look for the offices of the county, or for the nearest ones."


class PoolNotFound(Problem):
    """No counters of any office have this id."""

    type, status = "pool-not-found", 404
    title = "There are no such counters"
    detail = "No counters of an office have this identifier."
    remedy = "Read the office: it names its counters."


class PointIncomplete(Problem):
    """One coordinate of a point without the other."""

    type, status = "point-incomplete", 422
    title = "A point needs both coordinates"
    detail = "Give latitude and longitude, or neither."
    remedy = "Send both coordinates in degrees (WGS 84)."


class BridgeDaysElsewhere(Problem):
    """Only one institution declares the days off that the government grants."""

    type, status = "bridge-days-elsewhere", 403
    title = "Your institution does not declare bridge days"
    detail = "The General Directorate for Passports declares the days off that the government grants."
    remedy = "Close the counters of your office for the day, or ask the directorate."


class HoursOverlap(Problem):
    """Two stretches of a day overlap, or one ends before it begins."""

    type, status = "hours-overlap", 422
    title = "The hours contradict each other"
    detail = "Counters have one number of places at a time: stretches of a day may not overlap."
    remedy = "Give each stretch of a day once, from its opening to its later closing."


class DayIsOver(Problem):
    """The day of the change is over."""

    type, status = "day-is-over", 422
    title = "The day is over"
    detail = "Hours change from today on, and for days to come."
    remedy = "Name today or a later day."


class ExceptionNotFound(Problem):
    """Nothing special holds on this day."""

    type, status = "exception-not-found", 404
    title = "Nothing special holds on this day"
    detail = "On this day the counters are open as in any week."
    remedy = "Read the timetable: it names the days with other hours."


class BridgeDayNotFound(Problem):
    """The day was not declared."""

    type, status = "bridge-day-not-found", 404
    title = "The day is no bridge day"
    detail = "This day was not declared a day off."
    remedy = "Read the list of bridge days."


class ClosureNotFound(Problem):
    """The office has no such closure."""

    type, status = "closure-not-found", 404
    title = "There is no such closure"
    detail = "The office has no closure with this identifier."
    remedy = "Read the closures of the office."


class ClosurePeriod(Problem):
    """A closure that ends before it begins, or is over already."""

    type, status = "closure-period", 422
    title = "The period of the closure is not right"
    detail = "A closure ends after it begins, and after now."
    remedy = "Say until when the office will be closed; it can be opened earlier."


class ClosureEnded(Problem):
    """The office was opened again, or the closure is over."""

    type, status = "closure-ended", 409
    title = "The closure has ended"
    detail = "The office is no longer closed by it."
    remedy = "Read the closures of the office."
