"""svc-notify, in a process that dies at one point of handing events to endpoints (`hub_testing.mortal`)."""

from collections.abc import Callable
from typing import Any, Final

from hub_service.outside import Outside
from hub_testing import mortal
from svc_notify.main import create_app
from svc_notify.operations import webhook_sending
from svc_notify.storage import webhook_deliveries


def _die_having(place: Any, name: str, has: Callable[[Any], bool]) -> None:
    """Let the process die once this gave something of that kind."""
    act = getattr(place, name)

    async def last(*given: Any) -> Any:
        gave = await act(*given)
        return mortal.die() if has(gave) else gave

    setattr(place, name, last)


POINTS: Final[dict[str, Callable[[], None]]] = {
    "queued, not committed": lambda: mortal.die_after(webhook_deliveries, "add"),
    "claimed": lambda: _die_having(webhook_sending, "claim", lambda gave: bool(gave[0])),
    "handed over": lambda: mortal.die_after(Outside, "post", times=3),
    "settled, not committed": lambda: mortal.die_after(webhook_deliveries, "add_attempts"),
    "settled": lambda: mortal.die_after(webhook_sending, "settle"),
}

if __name__ == "__main__":
    mortal.run(create_app, POINTS)
