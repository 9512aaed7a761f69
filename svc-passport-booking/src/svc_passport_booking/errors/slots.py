"""What stands against a place in a slot; texts are English message ids (see `locale/`)."""

from hub_core.problem import Problem


class SlotNotFound(Problem):
    """There is no such interval at any office."""

    type, status = "slot-not-found", 404
    title = "The interval was not found"
    detail = "There is no interval with this identifier."
    remedy = "Choose an interval from those that availability shows."


class SlotTaken(Problem):
    """Not enough places, or none that can be booked at this moment."""

    type, status = "slot-taken", 409
    title = "The place is no longer free"
    detail = "The interval does not have as many free places as there are persons."
    remedy = "Choose another interval, or join the waiting list."
