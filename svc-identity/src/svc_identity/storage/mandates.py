"""Mandates, with what is known of the two people of each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import Rules

from ..domain.capacity import Party
from ..domain.mandate import EndCause, Mandate, State
from ..domain.mandate_type import MandateType, PrincipalKind
from ..tables.mandates import MANDATES
from ..tables.people import PEOPLE
from . import legal

_COLUMN_OF: Final = {
    PrincipalKind.PERSON: MANDATES.c.principal_person_id,
    PrincipalKind.ORGANISATION: MANDATES.c.principal_organisation_id,
    PrincipalKind.INSTITUTION: MANDATES.c.principal_institution_id,
}
_KEPT_APART: Final = (*(column.name for column in _COLUMN_OF.values()), "code_hash", "code_expires_at")
_PRINCIPAL: Final = PEOPLE.alias("principal")
_REPRESENTATIVE: Final = PEOPLE.alias("representative")
_STILL_OPEN: Final = (State.DRAFT, State.PENDING_VERIFICATION, State.ACTIVE)


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate, its two people and the law of their ages.

    An organisation, or somebody not known yet, has no birth date.
    """

    mandate: Mandate
    principal: Party
    representative: Party
    legal: Rules


async def add(
    session: AsyncSession,
    mandate: Mandate,
    *,
    code_hash: bytes | None = None,
    code_expires_at: datetime | None = None,
    principal_number: bytes | None = None,
) -> None:
    """Store a new mandate: with the hash of the code that accepts it, or the sealed number of its principal.

    `IntegrityError` when a register has said the same before and it is in force.
    """
    values = _values(mandate) | {
        "code_hash": code_hash,
        "code_expires_at": code_expires_at,
        "principal_number": principal_number,
    }
    await session.execute(insert(MANDATES).values(values))


async def store(session: AsyncSession, mandate: Mandate) -> None:
    """Store a mandate that has changed; once it is no draft its code is gone, once decided its number."""
    gone: dict[str, None] = {}
    if mandate.state is not State.DRAFT:
        gone |= {"code_hash": None, "code_expires_at": None}
    if mandate.state is not State.PENDING_VERIFICATION:
        gone |= {"principal_number": None}
    await session.execute(update(MANDATES).where(MANDATES.c.id == mandate.id).values(_values(mandate) | gone))


async def read(session: AsyncSession, mandate_id: UUID) -> Held | None:
    """A mandate."""
    return await _read(session, _HELD.where(MANDATES.c.id == mandate_id))


async def lock(session: AsyncSession, mandate_id: UUID) -> Held | None:
    """A mandate; its row is locked. Whoever locks sessions too, locks the mandate first."""
    return await _read(session, _HELD.where(MANDATES.c.id == mandate_id).with_for_update(of=MANDATES))


async def lock_by_code(session: AsyncSession, code_hash: bytes, now: datetime) -> Mandate | None:
    """The offer that a code accepts, while it is open; its row is locked."""
    wanted = _HELD.where(MANDATES.c.code_hash == code_hash, MANDATES.c.code_expires_at > now)
    row = (await session.execute(wanted.with_for_update(of=MANDATES))).mappings().first()
    return _mandate(row) if row else None


async def principal_number(session: AsyncSession, mandate_id: UUID) -> bytes | None:
    """The sealed number of the principal whom an official has yet to look at."""
    wanted = select(MANDATES.c.principal_number).where(MANDATES.c.id == mandate_id)
    sealed: bytes | None = (await session.execute(wanted)).scalar()
    return sealed


async def of_principal(
    session: AsyncSession, kind: PrincipalKind, principal_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Held]:
    """Who acts, acted or may act for a principal, newest first; `before` is the last of the page before."""
    return await _list(session, _COLUMN_OF[kind] == principal_id, before=before, limit=limit)


async def of_representative(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Held]:
    """For whom a person acts, acted or may act, newest first."""
    return await _list(session, MANDATES.c.representative_id == person_id, before=before, limit=limit)


async def waiting(
    session: AsyncSession, institution_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Held]:
    """What the officials of an institution have to verify, oldest first."""
    wanted = _HELD.where(
        MANDATES.c.institution_id == institution_id, MANDATES.c.state == State.PENDING_VERIFICATION
    )
    if after is not None:
        wanted = wanted.where(MANDATES.c.id > after)
    return await _read_all(session, wanted.order_by(MANDATES.c.id).limit(limit))


async def between(
    session: AsyncSession, of: MandateType, kind: PrincipalKind, principal_id: UUID, representative_id: UUID
) -> Sequence[Mandate]:
    """All mandates of a type that these two have or had."""
    wanted = _HELD.where(
        MANDATES.c.type == of,
        _COLUMN_OF[kind] == principal_id,
        MANDATES.c.representative_id == representative_id,
    )
    return [_mandate(row) for row in (await session.execute(wanted)).mappings()]


async def active_of(
    session: AsyncSession, of: MandateType, representative_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Mandate]:
    """The ACTIVE mandates of a type by which a person acts, newest first."""
    whose = (
        (MANDATES.c.representative_id == representative_id)
        & (MANDATES.c.type == of)
        & (MANDATES.c.state == State.ACTIVE)
    )
    return [held.mandate for held in await _list(session, whose, before=before, limit=limit)]


async def lock_of_person(session: AsyncSession, person_id: UUID) -> Sequence[Mandate]:
    """The mandates not yet ended in which a person is principal or representative; locked in one order."""
    wanted = _HELD.where(
        or_(MANDATES.c.principal_person_id == person_id, MANDATES.c.representative_id == person_id),
        MANDATES.c.state.in_(_STILL_OPEN),
    )
    rows = await session.execute(wanted.order_by(MANDATES.c.id).with_for_update(of=MANDATES))
    return [_mandate(row) for row in rows.mappings()]


async def next_last_day(session: AsyncSession) -> date | None:
    """The earliest last day of a mandate that has not ended."""
    wanted = select(func.min(MANDATES.c.valid_to)).where(MANDATES.c.state.in_(_STILL_OPEN))
    found: date | None = (await session.execute(wanted)).scalar()
    return found


async def lock_past(session: AsyncSession, today: date, now: datetime, limit: int) -> Sequence[Mandate]:
    """Mandates past their last day, and offers whose code is past, that have not ended; locked.

    Those that another process has in hand are left to it.
    """
    wanted = _HELD.where(
        or_(
            (MANDATES.c.valid_to < today) & MANDATES.c.state.in_(_STILL_OPEN),
            (MANDATES.c.code_expires_at <= now) & (MANDATES.c.state == State.DRAFT),
        )
    )
    rows = await session.execute(wanted.limit(limit).with_for_update(of=MANDATES, skip_locked=True))
    return [_mandate(row) for row in rows.mappings()]


async def _list(
    session: AsyncSession, whose: ColumnElement[bool], *, before: UUID | None, limit: int
) -> Sequence[Held]:
    wanted = _HELD.where(whose)
    if before is not None:
        wanted = wanted.where(MANDATES.c.id < before)
    return await _read_all(session, wanted.order_by(MANDATES.c.id.desc()).limit(limit))


async def _read_all(session: AsyncSession, wanted: Select[Any]) -> Sequence[Held]:
    rows = (await session.execute(wanted)).mappings().all()
    known = await legal.read(session) if rows else Rules()
    return [_held(row, known) for row in rows]


async def _read(session: AsyncSession, wanted: Select[Any]) -> Held | None:
    return next(iter(await _read_all(session, wanted)), None)


_HELD: Final[Select[Any]] = (
    select(
        *(column for column in MANDATES.c if column.name != "principal_number"),
        _PRINCIPAL.c.birth_date.label("principal_birth_date"),
        _PRINCIPAL.c.died_on.label("principal_died_on"),
        _REPRESENTATIVE.c.birth_date.label("representative_birth_date"),
        _REPRESENTATIVE.c.died_on.label("representative_died_on"),
    )
    .select_from(MANDATES)
    .outerjoin(_PRINCIPAL, _PRINCIPAL.c.id == MANDATES.c.principal_person_id)
    .outerjoin(_REPRESENTATIVE, _REPRESENTATIVE.c.id == MANDATES.c.representative_id)
)


def _values(mandate: Mandate) -> dict[str, Any]:
    facts = asdict(mandate)
    principal_id = facts.pop("principal_id")
    return facts | {
        column.name: principal_id if kind is mandate.principal_kind else None
        for kind, column in _COLUMN_OF.items()
    }


def _mandate(row: RowMapping) -> Mandate:
    kind = PrincipalKind(row["principal_kind"])
    facts = {
        column.name: row[column.name]
        for column in MANDATES.c
        if column.name not in (*_KEPT_APART, "principal_number")
    }
    return Mandate(
        **{
            **facts,
            "type": MandateType(row["type"]),
            "principal_kind": kind,
            "principal_id": row[_COLUMN_OF[kind].name],
            "services": tuple(row["services"]),
            "state": State(row["state"]),
            "end_cause": EndCause(row["end_cause"]) if row["end_cause"] else None,
        }
    )


def _held(row: RowMapping, known: Rules) -> Held:
    return Held(
        _mandate(row),
        Party(row["principal_birth_date"], row["principal_died_on"]),
        Party(row["representative_birth_date"], row["representative_died_on"]),
        known,
    )
