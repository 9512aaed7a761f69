"""What people see when the hub is ready: addresses, demo accounts, and three things to try."""

import shutil
from collections.abc import Iterable
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from hub_core.manifest import Manifest, Program

from .place import MAILBOX, NATS, OUTSIDE, POSTGRES, SMTP, Place

_PEOPLE: Final = (
    ("ana.popescu@example.org", "Romanian"),
    ("ion.ionescu@example.org", "Romanian"),
    ("kovacs.istvan@example.org", "Hungarian"),
    ("jane.doe@example.org", "English"),
)
_KNOWN_TO_EVERYBODY: Final = "demo-parola-2026"


def show(screen: Console, place: Place, manifests: Iterable[Manifest], seconds: float) -> None:
    """Print the tables, and what the services miss; `seconds` is how long the start took."""
    addresses = _table(f"The hub is ready, after {seconds:.1f} s", "what", "where")
    for what, where in (
        ("One origin for every client", place.origin),
        ("Reference of the API", f"{place.origin}/docs"),
        ("Inbox: its e-mails and SMS", f"http://localhost:{place.ports[MAILBOX]}"),
        ("SMTP", f"localhost:{place.ports[SMTP]}"),
        ("Registers outside, with invented people", f"{place.url(OUTSIDE)}/population/people"),
        ("PostgreSQL", f"localhost:{place.ports[POSTGRES]} (passwords in {place.secrets})"),
        ("NATS", f"localhost:{place.ports[NATS]} (keys in {place.folder / 'nats' / 'keys'})"),
        ("Logs and data", str(place.folder)),
    ):
        addresses.add_row(what, where)
    people = _table("Demo people, all invented", "e-mail", "language", "password")
    for email, language in _PEOPLE:
        people.add_row(email, language, _KNOWN_TO_EVERYBODY)
    trials = _table("Three things to try", "command", "what it shows")
    trials.add_row("make demo", "a person's journey with a standard OAuth client, each step with its time")
    trials.add_row(
        f"curl '{place.origin}/catalog/v1/institutions?limit=3'", "institutions, in the language you accept"
    )
    trials.add_row("make status", "every process with its health and memory, and what waits")
    for table in (addresses, people, trials):
        screen.print(table)
    for program in missing(manifests):
        screen.print(
            f"[yellow]{program.name} is not installed[/] (Debian: {program.package}). {program.without}"
        )
    screen.print("Ctrl-C or `make down` stops it and keeps the data; `make reset` empties it.")


def missing(manifests: Iterable[Manifest]) -> list[Program]:
    """What the services would run, and this machine has not."""
    wanted = [program for manifest in manifests for program in manifest.programs]
    return [program for program in wanted if shutil.which(program.name) is None]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
