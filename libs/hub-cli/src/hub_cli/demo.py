"""A person's journey."""

from rich.console import Console

from .place import Place


def take(place: Place, screen: Console) -> bool:
    """Take the journey."""
    screen.print(place.origin)
    return True
