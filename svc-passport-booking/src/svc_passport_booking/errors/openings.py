"""What stands against an opening of new days; texts are English message ids (see `locale/`)."""

from hub_core.problem import Problem


class OpeningNotFound(Problem):
    """There is no such opening."""

    type, status = "opening-not-found", 404
    title = "The opening was not found"
    detail = "No opening of days has this identifier."
    remedy = "Choose one from the list of openings."


class DaysNotOpenable(Problem):
    """The days can be booked already, or could not be booked at the announced minute either."""

    type, status = "days-not-openable", 422
    title = "These days cannot be opened like this"
    detail = "Days from {first} to {last} can be opened in this window."
    remedy = "Choose days that nobody can book yet, within the window for booking of the day of opening."


class OpeningTooSoon(Problem):
    """People must know of an opening beforehand, and there must be a minute to choose."""

    type, status = "opening-too-soon", 422
    title = "This window is too soon or too short"
    detail = "An opening is announced at least {hours} hours before, and its window lasts a minute at least."
    remedy = "Choose a later or longer window."


class OpeningOverlaps(Problem):
    """Another opening of the same counters has one of the days."""

    type, status = "opening-overlaps", 409
    title = "One of these days has an opening already"
    detail = "Another opening of these counters was announced for one of the days."
    remedy = "Choose other days: what was announced stays."


class DrawNotOpen(Problem):
    """The opening is no draw, or it is not the time of joining it."""

    type, status = "draw-not-open", 409
    title = "Nobody can join this draw now"
    detail = "Who takes part joins within the announced window."
    remedy = "Look up the window of the opening."
