"""The service in processes that kill themselves with SIGKILL at one point of the way of an event."""

from collections.abc import Callable

from hub_testing import mortal
from svc_notify import main
from svc_notify.operations import feed as operations
from svc_notify.storage import feed

POINTS: dict[str, Callable[[], None]] = {
    "stored what was heard": lambda: mortal.die_after(feed, "add", 3),
    "committed what was heard": lambda: mortal.die_after_the_commit(feed, "add"),
    "holds the end": lambda: mortal.die_after(feed, "lock_end"),
    "gave positions": lambda: mortal.die_after(feed, "place"),
    "did what hangs on positions": lambda: mortal.die_after(operations, "on_positions"),
    "committed positions": lambda: mortal.die_after_the_commit(feed, "place"),
}


if __name__ == "__main__":
    mortal.run(main.create_app, POINTS)
