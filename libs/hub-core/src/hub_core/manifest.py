"""What a process of the hub needs from the place it runs in.

Each service (and the gateway) publishes one `MANIFEST` under the entry-point group `hub.services`.
The runner makes database roles, streams, consumers and broker permissions from it; the service
itself is not imported for that.
"""

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

GROUP: Final = "hub.services"


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable pull consumer: reads `subjects` of the stream of service `source`."""

    durable: str
    source: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """What a service can be told from the command line: `hub <group> <verb> [FILE]`.

    `target` is `module:function`, an async function that is given the file's text (nothing, unless the
    command `takes_file`) and returns what to show; `ValueError` is shown as it is, and the command fails.
    It runs in the service's environment, beside the service.
    """

    group: str
    verb: str
    target: str
    help: str
    takes_file: bool = True


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a service runs where it is installed: `package` is Debian's that brings it.

    `without` says in a sentence what is missing without it.
    """

    name: str
    package: str
    without: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One process of the hub.

    `name` is the schema, the first path segment and the second token of its subjects.
    `factory` is `module:function`, giving the ASGI application from the environment.
    `consumers` are its durable consumers; `listens` are subjects it follows without a durable
    (each replica hears each event; what was missed while away is not replayed).
    `calls` are the scopes its own service token carries when it asks other services.
    `rules` are the codes of legal numbers it cannot work without: it is not ready before its copy
    (`hub_service.rules`) has them for today.
    `programs` are what it runs besides Python, and can do without but for one thing.
    With `holds_personal_data` it answers what it holds of a person (`hub_service.personal_data`).
    `seed` is `module:function`, an async function that loads reference and demo data; `commands` are
    what people tell it from the command line.
    """

    name: str
    package: str
    factory: str
    port: int
    has_database: bool = True
    publishes: bool = True
    consumers: tuple[Consumer, ...] = ()
    listens: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    programs: tuple[Program, ...] = ()
    holds_personal_data: bool = False
    seed: str | None = None
    commands: tuple[Command, ...] = ()


def stream_name(service: str) -> str:
    """The JetStream stream that holds a service's events: `svc-petitions` → `PETITIONS`."""
    return service.upper().replace("-", "_")


def installed() -> list[Manifest]:
    """The manifests of all installed services, sorted by port."""
    manifests: list[Manifest] = [point.load() for point in entry_points(group=GROUP)]
    return sorted(manifests, key=lambda manifest: manifest.port)
