"""One event of each kind, as the contract shows them."""

from hub_events.envelope import Event

EVENTS: list[Event] = []
