"""The commands of the embedded run."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console as Screen

from hub_core import manifest
from hub_core.manifest import Command, Manifest

from . import environment, greeting, hub, lifecycle, place
from .place import AlreadyRuns, Place, PortTaken, State
from .process import ServerFailed
from .programs import JobFailed
from .supervisor import StartFailed

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
dead_letters = typer.Typer(no_args_is_help=True, help="Events that a consumer could not handle.")
app.add_typer(dead_letters, name="dead-letters")

_SCREEN: Final = Screen(highlight=False, markup=False, soft_wrap=True)
_KEPT: Final = ("postgres", "nats", "mailbox", "secrets", "log", "run")

Folder = Annotated[
    Path, typer.Option("--var", envvar="HUB_VAR", help="The folder that holds everything the hub keeps.")
]
_FOLDER: Final = Path("var")


@app.command()
def up(
    folder: Folder = _FOLDER,
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready.")] = False,
    silent: Annotated[bool, typer.Option("--silent", help="Write to the log files only.")] = False,
    port_base: Annotated[
        int | None, typer.Option(help="Move all ports; the gateway gets this one. Also HUB_PORT_BASE.")
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option(metavar="NAME=NUMBER", help="Move one port. Also HUB_PORT_<NAME>.")
    ] = None,
) -> None:
    """Start the whole hub. Ctrl-C stops it; the data stays."""
    began = time.monotonic()
    manifests = manifest.installed()
    with _faults_as_messages():
        single = dict(_named_port(one) for one in port or ())
        where = Place(folder.absolute(), place.choose_ports(manifests, port_base, single))

        def announce() -> None:
            if not silent:
                greeting.show(_SCREEN, where, manifests, time.monotonic() - began)

        try:
            if detach:
                lifecycle.run_in_background(where)
                announce()
            else:
                lifecycle.run(where, manifests, None if silent else sys.stdout, announce)
        except AlreadyRuns as running:
            origin = Place(where.folder, State.read(where.folder).ports or where.ports).origin
            _SCREEN.print(
                f"The hub already runs at {origin} (process {running.pid}). "
                "`hub status` shows it, `hub down` stops it."
            )


@app.command()
def down(folder: Folder = _FOLDER) -> None:
    """Stop the hub in order; the data stays."""
    with _faults_as_messages():
        stopped = lifecycle.stop(folder.absolute())
    _SCREEN.print("The hub is stopped; the data stays." if stopped else "The hub does not run.")


@app.command()
def reset(
    folder: Folder = _FOLDER, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Stop the hub and throw away everything it keeps: data, secrets, logs."""
    folder = folder.absolute()
    if not yes:
        typer.confirm(f"Throw away everything in {folder}?", abort=True)
    with _faults_as_messages():
        lifecycle.stop(folder)
    for name in _KEPT:
        shutil.rmtree(folder / name, ignore_errors=True)
    _SCREEN.print("The hub is empty; the next `hub up` begins anew.")


@app.command()
def status(folder: Folder = _FOLDER) -> None:
    """Show every process with its health and memory, and what waits."""
    from . import status as looking

    supervisor, where = _running(folder)
    _, broker = hub.servers(where)
    found = asyncio.run(looking.look(supervisor, State.read(where.folder), manifest.installed(), broker))
    for table in looking.tables(found):
        _SCREEN.print(table)


@app.command()
def migrate(folder: Folder = _FOLDER) -> None:
    """Bring every schema to its newest version; starts the database for it if the hub is down."""
    from . import preparation

    where, manifests = _anywhere(folder), manifest.installed()
    shapes = [asdict(one) for one in manifests]
    with _faults_as_messages(), lifecycle.servers(where) as (postgres, nats):
        databases, broker = environment.of_preparation(where, manifests, postgres, nats)
        preparation.prepare(shapes, databases, broker)
        for name, ran in preparation.migrate(shapes, databases).items():
            _SCREEN.print(f"{name}: {', '.join(ran) or 'nothing to do'}")


@app.command()
def seed(folder: Folder = _FOLDER) -> None:
    """Load reference and demo data again; what is there stays as it is."""
    from . import preparation

    where, manifests = _anywhere(folder), manifest.installed()
    with _faults_as_messages(), lifecycle.servers(where) as (postgres, nats):
        for one in manifests:
            if one.seed:
                os.environ.update(environment.of_service(one, where, manifests, postgres, nats))
                preparation.seed(one.seed)
                _SCREEN.print(f"{one.name}: loaded")


@app.command()
def demo(folder: Folder = _FOLDER) -> None:
    """Take a person's journey through the running hub, with a standard OAuth client library."""
    from . import demo as journey

    _, where = _running(folder)
    if not journey.take(where, _SCREEN):
        raise typer.Exit(1)


@app.command()
def inbox(
    folder: Folder = _FOLDER, to: Annotated[str | None, typer.Option(help="Of this recipient only.")] = None
) -> None:
    """List the newest e-mails and SMS that the hub has sent."""
    from . import inbox as mail

    _, where = _running(folder)
    _SCREEN.print(mail.table(where, to))


@dead_letters.command("list")
def list_dead_letters(folder: Folder = _FOLDER) -> None:
    """List the events that consumers could not handle."""
    from . import graves

    _, where = _running(folder)
    _SCREEN.print(asyncio.run(graves.table(hub.servers(where)[1])))


@dead_letters.command("replay")
def replay_dead_letters(numbers: list[int], folder: Folder = _FOLDER) -> None:
    """Tell events again, each to the consumer that could not handle it."""
    from . import graves

    _, where = _running(folder)
    for line in asyncio.run(graves.replay(hub.servers(where)[1], numbers)):
        _SCREEN.print(line)


def _offer(manifests: Iterable[Manifest]) -> None:
    """Add the commands that the services' manifests name."""
    groups: dict[str, typer.Typer] = {}
    for one in manifests:
        for command in one.commands:
            if command.group not in groups:
                groups[command.group] = typer.Typer(no_args_is_help=True, help=f"Of svc-{one.name}.")
                app.add_typer(groups[command.group], name=command.group)
            groups[command.group].command(command.verb, help=command.help)(_obeying(one, command))


def _obeying(service: Manifest, command: Command) -> Callable[..., None]:
    from_file = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]

    def obey_file(file: from_file, folder: Folder = _FOLDER) -> None:
        _obey(service, command, folder, file.read_text(encoding="utf-8"))

    def obey(folder: Folder = _FOLDER) -> None:
        _obey(service, command, folder)

    return obey_file if command.takes_file else obey


def _obey(service: Manifest, command: Command, folder: Path, *text: str) -> None:
    from . import preparation

    where, manifests = _anywhere(folder), manifest.installed()
    with _faults_as_messages(), lifecycle.servers(where) as (postgres, nats):
        os.environ.update(environment.of_service(service, where, manifests, postgres, nats))
        try:
            said = preparation.obey(command.target, *text)
        except ValueError as wrong:
            _SCREEN.print(str(wrong))
            raise typer.Exit(1) from None
    _SCREEN.print(said)


def _named_port(option: str) -> tuple[str, int]:
    name, _, number = option.partition("=")
    if not number.isascii() or not number.isdigit():
        raise ValueError(f"write --port NAME=NUMBER, not {option}")
    return name, int(number)


def _running(folder: Path) -> tuple[int, Place]:
    """The supervisor and the place of the running hub; ends the command when there is none."""
    supervisor = place.supervisor_of(folder.absolute())
    ports = State.read(folder.absolute()).ports
    if supervisor is None or not ports:
        _SCREEN.print("The hub does not run; `hub up` starts it.")
        raise typer.Exit(1)
    return supervisor, Place(folder.absolute(), ports)


def _anywhere(folder: Path) -> Place:
    """The place of the hub, running or not."""
    folder = folder.absolute()
    runs = place.supervisor_of(folder) is not None
    return Place(folder, State.read(folder).ports if runs else place.choose_ports(manifest.installed()))


@contextmanager
def _faults_as_messages() -> Iterator[None]:
    try:
        yield
    except (PortTaken, ServerFailed, StartFailed, JobFailed, OSError, ValueError) as fault:
        _SCREEN.print("The hub does not run:", style="bold red")
        _SCREEN.print(str(fault))
        raise typer.Exit(1) from None


_offer(manifest.installed())
