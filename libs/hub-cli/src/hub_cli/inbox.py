"""The mailbox in the terminal."""

import httpx2
from rich import box
from rich.table import Table

from .place import MAILBOX, Place

_SHOWN = 20


def table(place: Place, to: str | None) -> Table:
    """The newest messages, one row each; `to` is a recipient."""
    asked = {"to": to} if to else {}
    with httpx2.Client(base_url=place.url(MAILBOX), trust_env=False) as http:
        items = http.get("/api/messages", params=asked).raise_for_status().json()["items"]
    shown = Table("received", "to", "message", "copies", box=box.SIMPLE_HEAD)
    for item in items[-_SHOWN:]:
        message = item["subject"] or item["text"][:60]
        shown.add_row(item["received_at"][:19], ", ".join(item["recipients"]), message, str(item["copies"]))
    shown.caption = f"read them at http://localhost:{place.ports[MAILBOX]}"
    return shown
