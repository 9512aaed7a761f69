"""The log of all processes as one, for people: coloured, one line each, what matters first."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO

_POLL: Final = 0.1
_NAME_COLOURS: Final = (36, 32, 35, 34, 33, 96, 92, 95, 94)
_LEVEL_COLOURS: Final = {"warning": 33, "error": 31, "critical": 31}
_DIM: Final = 2
_UNSHOWN: Final = frozenset(
    {"timestamp", "level", "event", "logger", "service", "trace_id", "request_id", "exception"}
)
_FIELDS: Final = 6
_VALUE_LENGTH: Final = 80
_NATS: Final = re.compile(r"\[\d+\] \S+ (?P<time>[\d:]{8}\.\d{3})\d* \[(?P<level>\w+)\] (?P<text>.*)")
_POSTGRES: Final = re.compile(
    r"\S+ (?P<time>[\d:]{8}\.\d{3}) UTC \[\d+\] (?P<text>\S* ?(?P<level>[A-Z]+):  .*)"
)
_LEVELS: Final = {
    "WRN": "warning",
    "WARNING": "warning",
    "ERR": "error",
    "FTL": "error",
    "ERROR": "error",
    "FATAL": "error",
    "PANIC": "error",
}


class Console:
    """Writes lines to a terminal or a file; `colour` says whether it understands colours."""

    def __init__(self, output: TextIO, names: Sequence[str], *, colour: bool) -> None:
        self._output = output
        self._colour = colour
        self._width = max(map(len, names), default=0)
        self._colours = {name: _NAME_COLOURS[i % len(_NAME_COLOURS)] for i, name in enumerate(names)}

    def say(self, name: str, text: str) -> None:
        """One or more lines of a process."""
        mark = self._paint(f"{name:>{self._width}} │", self._colours.get(name, _DIM))
        with suppress(BrokenPipeError):  # nobody reads any more; the hub goes on
            for line in text.splitlines():
                self._output.write(f"{mark} {line}\n")
            self._output.flush()

    def show(self, name: str, line: str) -> None:
        """A line of a process's log, in a form for people."""
        for text, level in _rendered(line):
            self.say(name, self._paint(text, _LEVEL_COLOURS[level]) if level in _LEVEL_COLOURS else text)

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colour else text


async def follow(console: Console, logs: Mapping[str, Path]) -> None:
    """Show what is written to these logs from now on; runs until cancelled."""
    places = {name: log.stat().st_size if log.exists() else 0 for name, log in logs.items()}
    while True:
        for name, log in logs.items():
            with suppress(FileNotFoundError):
                places[name] = _show_new(console, name, log, places[name])
        await asyncio.sleep(_POLL)


def _show_new(console: Console, name: str, log: Path, place: int) -> int:
    """Show the whole lines after byte `place`; the new place."""
    size = log.stat().st_size
    if size == place:
        return place
    with log.open("rb") as file:
        file.seek(place if place < size else 0)  # a shorter file was begun anew
        new = file.read()
    whole = new[: new.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        console.show(name, line)
    return (place if place < size else 0) + len(whole)


def _rendered(line: str) -> Iterator[tuple[str, str]]:
    """Lines for people, each with its level; none for what servers say when all is well."""
    if line.startswith("{"):
        with suppress(ValueError):
            yield from _structured(json.loads(line))
            return
    for pattern in (_NATS, _POSTGRES):
        if found := pattern.fullmatch(line):
            if level := _LEVELS.get(found["level"]):
                yield f"{found['time']} {level} {found['text']}", level
            return
    yield line, "info"


def _structured(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    time = str(entry.get("timestamp", ""))[11:23]
    level = str(entry.get("level", "info"))
    fields = {name: value for name, value in entry.items() if name not in _UNSHOWN and value is not None}
    if entry.get("event") == "request":
        words = [str(fields.pop(name, "")) for name in ("method", "route", "status")]
        words.append(f"{fields.pop('ms', '?')} ms")
    else:
        words = [str(entry.get("event", ""))]
    words += [f"{name}={str(value)[:_VALUE_LENGTH]}" for name, value in list(fields.items())[:_FIELDS]]
    yield f"{time} {'' if level == 'info' else level + ' '}{' '.join(words)}", level
    for line in str(entry.get("exception", "")).splitlines():
        yield f"    {line}", level
