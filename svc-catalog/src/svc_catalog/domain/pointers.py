"""Where a value stands inside an entry: JSON pointers (RFC 6901) into its content."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

Kind = TypeVar("Kind")


def find(
    value: object, kind: type[Kind] | tuple[type[Kind], ...], pointer: str = ""
) -> Iterator[tuple[str, Kind]]:
    """Every value of a kind (or some kinds) inside a domain value, with its pointer, in the model's order."""
    if isinstance(value, kind):
        yield pointer, value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from find(getattr(value, field.name), kind, f"{pointer}/{field.name}")
    elif isinstance(value, tuple):
        parts: tuple[Any, ...] = value
        for place, part in enumerate(parts):
            yield from find(part, kind, f"{pointer}/{place}")
