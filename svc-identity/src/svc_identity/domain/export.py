"""A copy of a person's data: asked for, made by a job, there for some days, then deleted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.language import Language

from ..errors.privacy import ExportExpired, ExportNotReady
from . import rules
from .rules import RuleId

MOST_ATTEMPTS: Final = 20
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)


class State(StrEnum):
    """Where a copy stands."""

    REQUESTED = "REQUESTED"
    READY = "READY"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Export:
    """One copy; `due_at` is when the job looks at it next, `sha256` that of the ZIP file."""

    id: UUID
    person_id: UUID
    language: Language
    state: State
    requested_at: datetime
    attempts: int
    due_at: datetime | None
    version: int
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    sha256: bytes | None = None


def request(export_id: UUID, person_id: UUID, language: Language, now: datetime) -> Export:
    """A copy that is wanted from now on."""
    return Export(export_id, person_id, language, State.REQUESTED, now, 0, now, 1)


def finish(export: Export, sha256: bytes, now: datetime) -> Export:
    """The copy is there."""
    return replace(
        export,
        state=State.READY,
        due_at=None,
        ready_at=now,
        expires_at=now + rules.duration(RuleId.EXPORT_VALIDITY, now),
        sha256=sha256,
        version=export.version + 1,
    )


def take(export: Export, now: datetime) -> Export:
    """Begin to make it: if that does not end, it is begun again after a pause that grows."""
    if export.attempts >= MOST_ATTEMPTS:
        return replace(export, state=State.FAILED, due_at=None, version=export.version + 1)
    pause = min(_FIRST_PAUSE * 2**export.attempts, _LONGEST_PAUSE)
    return replace(export, attempts=export.attempts + 1, due_at=now + pause, version=export.version + 1)


def expire(export: Export) -> Export:
    """The copy is deleted."""
    return replace(export, state=State.EXPIRED, version=export.version + 1)


def must_be_ready(export: Export, now: datetime) -> None:
    """`ExportNotReady` before it is there, `ExportExpired` after its term."""
    if export.state is State.EXPIRED or (export.expires_at and now >= export.expires_at):
        raise ExportExpired
    if export.state is not State.READY:
        raise ExportNotReady
