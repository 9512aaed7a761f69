"""Registration requests with what people state and send, and what came of them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.cnp import Cnp
from hub_core.principal import Assurance

from ..domain.proofing import DocumentKind
from ..domain.registration import Evidence, Reason, RegisterCheck, Request, State, Stated
from ..master_key import MasterKey
from ..tables.proofing import EVIDENCE, RECOGNITIONS, REGISTRATIONS

_KEPT = [column for column in REGISTRATIONS.c if column.name != "stated"]


async def add(session: AsyncSession, master_key: MasterKey, request: Request, stated: Stated) -> None:
    """Store a new request and, sealed, what the person states."""
    sealed = master_key.seal(_to_json(stated), str(request.id))
    await session.execute(insert(REGISTRATIONS).values(**asdict(request), stated=sealed))


async def store(session: AsyncSession, request: Request) -> None:
    """Store a request that has changed."""
    await session.execute(
        update(REGISTRATIONS).where(REGISTRATIONS.c.id == request.id).values(asdict(request))
    )


async def lock(session: AsyncSession, registration_id: UUID) -> Request | None:
    """A request; its row is locked until the transaction ends."""
    wanted = select(*_KEPT).where(REGISTRATIONS.c.id == registration_id).with_for_update()
    return _request((await session.execute(wanted)).mappings().first())


async def read(session: AsyncSession, registration_id: UUID) -> Request | None:
    """A request."""
    wanted = select(*_KEPT).where(REGISTRATIONS.c.id == registration_id)
    return _request((await session.execute(wanted)).mappings().first())


async def stated(session: AsyncSession, master_key: MasterKey, registration_id: UUID) -> Stated | None:
    """What the person stated; none after a rejection or an expiry."""
    wanted = select(REGISTRATIONS.c.stated).where(REGISTRATIONS.c.id == registration_id)
    sealed = (await session.execute(wanted)).scalar()
    return _from_json(master_key.unseal(sealed, str(registration_id))) if sealed else None


async def of_account(
    session: AsyncSession, account_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Request]:
    """A person's requests, newest first; `before` is the last of the page before."""
    own = REGISTRATIONS.c.account_id == account_id
    conditions = [own] if before is None else [own, REGISTRATIONS.c.id < before]
    return await _list(session, conditions, limit, newest=True)


async def of_institution(
    session: AsyncSession, institution_id: UUID, states: Collection[State], *, after: UUID | None, limit: int
) -> Sequence[Request]:
    """An institution's requests in these states, oldest first; `after` is the last of the page before."""
    conditions = [REGISTRATIONS.c.institution_id == institution_id, REGISTRATIONS.c.state.in_(states)]
    if after is not None:
        conditions.append(REGISTRATIONS.c.id > after)
    return await _list(session, conditions, limit, newest=False)


async def has_open(session: AsyncSession, account_id: UUID, institution_id: UUID) -> bool:
    """Whether a person waits for this institution's decision."""
    wanted = select(REGISTRATIONS.c.id).where(
        REGISTRATIONS.c.account_id == account_id,
        REGISTRATIONS.c.institution_id == institution_id,
        REGISTRATIONS.c.decided_at.is_(None),
    )
    return (await session.execute(wanted)).first() is not None


async def waited_for(session: AsyncSession, account_id: UUID) -> frozenset[UUID]:
    """The institutions whose decision a person waits for."""
    wanted = select(REGISTRATIONS.c.institution_id).where(
        REGISTRATIONS.c.account_id == account_id, REGISTRATIONS.c.decided_at.is_(None)
    )
    return frozenset((await session.execute(wanted)).scalars())


async def lock_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Request]:
    """Requests whose time is over, locked; those that another process holds are passed over."""
    wanted = (
        select(*_KEPT)
        .where(REGISTRATIONS.c.expires_at <= now)
        .order_by(REGISTRATIONS.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.execute(wanted)).mappings()
    return [request for row in rows if (request := _request(row))]


async def forget_stated(session: AsyncSession, registration_id: UUID) -> None:
    """Forget what the person stated."""
    await session.execute(
        update(REGISTRATIONS).where(REGISTRATIONS.c.id == registration_id).values(stated=None)
    )


async def add_evidence(
    session: AsyncSession, master_key: MasterKey, evidence: Evidence, content: bytes
) -> None:
    """Store a copy of a document, sealed."""
    sealed = master_key.seal(content, str(evidence.id))
    await session.execute(insert(EVIDENCE).values(**asdict(evidence), sealed=sealed))


async def evidence_of(session: AsyncSession, registration_id: UUID) -> Sequence[Evidence]:
    """The copies of a request, without their content."""
    columns = [column for column in EVIDENCE.c if column.name != "sealed"]
    wanted = select(*columns).where(EVIDENCE.c.registration_id == registration_id).order_by(EVIDENCE.c.id)
    return [Evidence(**row) for row in (await session.execute(wanted)).mappings()]


async def content_of(
    session: AsyncSession, master_key: MasterKey, registration_id: UUID, evidence_id: UUID
) -> tuple[str, bytes] | None:
    """Media type and content of a copy."""
    wanted = select(EVIDENCE.c.media_type, EVIDENCE.c.sealed).where(
        EVIDENCE.c.id == evidence_id, EVIDENCE.c.registration_id == registration_id
    )
    row = (await session.execute(wanted)).first()
    return (row.media_type, master_key.unseal(row.sealed, str(evidence_id))) if row else None


async def count_evidence(session: AsyncSession, registration_id: UUID) -> int:
    """How many copies a request holds."""
    wanted = select(func.count()).where(EVIDENCE.c.registration_id == registration_id)
    return int((await session.execute(wanted)).scalar_one())


async def forget_evidence(session: AsyncSession, registration_id: UUID) -> None:
    """Delete the copies of a request."""
    await session.execute(delete(EVIDENCE).where(EVIDENCE.c.registration_id == registration_id))


async def recognise(
    session: AsyncSession,
    account_id: UUID,
    institution_id: UUID,
    level: Assurance,
    registration_id: UUID,
    now: datetime,
) -> None:
    """Let an institution know a person at this level."""
    values = {"level": level, "registration_id": registration_id, "since": now}
    stored = upsert(RECOGNITIONS).values(account_id=account_id, institution_id=institution_id, **values)
    keys = ["account_id", "institution_id"]
    await session.execute(stored.on_conflict_do_update(index_elements=keys, set_=values))


async def recognitions(session: AsyncSession, account_id: UUID) -> dict[UUID, Assurance]:
    """The institutions that know a person, each with its level."""
    wanted = select(RECOGNITIONS.c.institution_id, RECOGNITIONS.c.level)
    rows = await session.execute(wanted.where(RECOGNITIONS.c.account_id == account_id))
    return {row.institution_id: Assurance(row.level) for row in rows}


async def _list(
    session: AsyncSession, conditions: Collection[ColumnElement[bool]], limit: int, *, newest: bool
) -> Sequence[Request]:
    order = REGISTRATIONS.c.id.desc() if newest else REGISTRATIONS.c.id
    wanted = select(*_KEPT).where(*conditions).order_by(order).limit(limit)
    rows = (await session.execute(wanted)).mappings()
    return [request for row in rows if (request := _request(row))]


def _request(row: RowMapping | None) -> Request | None:
    if row is None:
        return None
    return Request(
        **{
            **row,
            "state": State(row["state"]),
            "check": RegisterCheck(row["check"]),
            "reason": Reason(row["reason"]) if row["reason"] else None,
            "document": DocumentKind(row["document"]) if row["document"] else None,
        }
    )


def _to_json(stated: Stated) -> bytes:
    return json.dumps(
        {
            "birth_date": stated.birth_date.isoformat(),
            "citizenship": stated.citizenship,
            "cnp": stated.cnp.number if stated.cnp else None,
            "document": stated.document,
            "document_number": stated.document_number,
            "issued_by": stated.issued_by,
        }
    ).encode()


def _from_json(text: bytes) -> Stated:
    told = json.loads(text)
    return Stated(
        birth_date=date.fromisoformat(told["birth_date"]),
        citizenship=told["citizenship"],
        cnp=Cnp(told["cnp"]) if told["cnp"] else None,
        document=DocumentKind(told["document"]) if told["document"] else None,
        document_number=told["document_number"],
        issued_by=told["issued_by"],
    )
