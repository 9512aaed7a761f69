"""Identifiers: UUIDv7 (RFC 9562), made in Python, so that no database feature is needed."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7: unique everywhere, and sorted by the millisecond of its making."""
    return uuid7()
