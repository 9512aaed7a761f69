"""The problems of who reads the feed of events."""

from hub_core.problem import Problem


class EventsForgotten(Problem):
    """A cursor from before the oldest event that is kept: what came after it can no longer be told."""

    type, status = "events-forgotten", 410
    title = "Events after this cursor are no longer kept"
    detail = "Read on without a cursor: that begins with the oldest event that is kept."
    remedy = "Ask the API of each service for the state of what you follow, for what happened in between."
