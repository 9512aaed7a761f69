"""Token families and their tokens."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Select, Table, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.principal import Assurance

from ..domain.account import State
from ..domain.grant import Grant, Token, TokenKind
from ..domain.session import EndReason, Method, Session
from ..tables.accounts import ACCOUNTS
from ..tables.clients import CLIENTS
from ..tables.devices import DEVICE_REQUESTS
from ..tables.grants import GRANTS, TOKENS
from ..tables.sessions import SESSIONS
from . import sessions


async def add(session: AsyncSession, grant: Grant) -> None:
    """Store a new grant with its code."""
    await session.execute(insert(GRANTS).values(asdict(grant)))


async def add_tokens(session: AsyncSession, tokens: Sequence[Token]) -> None:
    """Store new tokens."""
    await session.execute(_ADD_TOKENS, [_values(token) for token in tokens])


async def lock_by_code(session: AsyncSession, code_hash: bytes) -> tuple[Session, Grant] | None:
    """The grant of a code, and its session; both rows are locked, the session's first."""
    found = await session.execute(_SESSION_GRANT.where(GRANTS.c.code_hash == code_hash).with_for_update())
    row = found.mappings().first()
    return (_session(row), grant_of(row)) if row else None


async def lock_by_token(
    session: AsyncSession, token_hash: bytes
) -> tuple[Session | None, Grant, Token] | None:
    """A token, its grant and its session, if it has one; the rows are locked, the session's first.

    All are locked because PostgreSQL re-reads after a wait only what it locks, and in two questions
    because it locks no row that an outer join may leave out.
    """
    row = (await session.execute(_LOCK_WITH_SESSION, {"token": token_hash})).mappings().first()
    if row:
        return _session(row), grant_of(row), token_of(row)
    row = (await session.execute(_LOCK_ALONE, {"token": token_hash})).mappings().first()
    return (None, grant_of(row), token_of(row)) if row else None


async def read_by_token(session: AsyncSession, token_hash: bytes) -> tuple[Grant, Token] | None:
    """A token and its grant, while the account behind it, if there is one, may sign in."""
    row = (await session.execute(_READ_BY_TOKEN, {"token": token_hash})).mappings().first()
    return (grant_of(row), token_of(row)) if row else None


async def lock(session: AsyncSession, grant_id: UUID) -> tuple[Session, Grant] | None:
    """A grant and its session; both rows are locked, the session's first. None for a client's own grant."""
    found = await session.execute(_SESSION_GRANT.where(GRANTS.c.id == grant_id).with_for_update())
    row = found.mappings().first()
    return (_session(row), grant_of(row)) if row else None


async def spend_code(session: AsyncSession, grant_id: UUID, now: datetime) -> None:
    """The code was exchanged."""
    await session.execute(update(GRANTS).where(GRANTS.c.id == grant_id).values(code_used_at=now))


async def spend_token(session: AsyncSession, token_hash: bytes, now: datetime) -> None:
    """The token opens nothing any more."""
    await session.execute(_SPEND_TOKEN, {"token": token_hash, "now": now})


async def end(session: AsyncSession, grant_id: UUID, reason: EndReason, now: datetime) -> None:
    """End one family, and those made of it to act for others."""
    family = or_(GRANTS.c.id == grant_id, GRANTS.c.parent_id == grant_id)
    await session.execute(
        update(GRANTS).where(family, GRANTS.c.ended_at.is_(None)).values(ended_at=now, end_reason=reason)
    )


async def end_of_session(session: AsyncSession, session_id: UUID, reason: EndReason, now: datetime) -> None:
    """End every family of a session."""
    await session.execute(
        update(GRANTS)
        .where(GRANTS.c.session_id == session_id, GRANTS.c.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


async def sessions_under(session: AsyncSession, mandate_id: UUID) -> Sequence[UUID]:
    """The sessions that hold a family under a mandate, in the order to lock them in."""
    wanted = (
        select(GRANTS.c.session_id)
        .where(
            GRANTS.c.mandate_id == mandate_id, GRANTS.c.ended_at.is_(None), GRANTS.c.session_id.is_not(None)
        )
        .distinct()
        .order_by(GRANTS.c.session_id)
    )
    return (await session.execute(wanted)).scalars().all()


async def end_under(session: AsyncSession, mandate_id: UUID, reason: EndReason, now: datetime) -> None:
    """End every family under a mandate; the caller has locked their sessions."""
    await session.execute(
        update(GRANTS)
        .where(GRANTS.c.mandate_id == mandate_id, GRANTS.c.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


async def end_at_institution(
    session: AsyncSession, session_id: UUID, institution_id: UUID, reason: EndReason, now: datetime
) -> None:
    """End the families of a session in which its person acts for an institution."""
    await session.execute(
        update(GRANTS)
        .where(
            GRANTS.c.session_id == session_id,
            GRANTS.c.institution_id == institution_id,
            GRANTS.c.ended_at.is_(None),
        )
        .values(ended_at=now, end_reason=reason)
    )


async def applications(
    session: AsyncSession, session_ids: Sequence[UUID], now: datetime
) -> dict[UUID, list[dict[Language, str]]]:
    """The names of the applications that hold live tokens of each session."""
    wanted = (
        select(GRANTS.c.session_id, CLIENTS.c.names)
        .join_from(GRANTS, CLIENTS, GRANTS.c.client_id == CLIENTS.c.id)
        .where(
            GRANTS.c.session_id.in_(session_ids),
            GRANTS.c.ended_at.is_(None),
            exists().where(
                TOKENS.c.grant_id == GRANTS.c.id, TOKENS.c.used_at.is_(None), TOKENS.c.expires_at > now
            ),
        )
        .distinct()
    )
    names: dict[UUID, list[dict[Language, str]]] = {}
    for session_id, of_client in await session.execute(wanted):
        names.setdefault(session_id, []).append(
            {Language(language): name for language, name in of_client.items()}
        )
    return names


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget tokens that ran out before `before`, then the families that hold none and get none any more."""
    await session.execute(delete(TOKENS).where(TOKENS.c.expires_at < before))
    kept = exists().where(TOKENS.c.grant_id == GRANTS.c.id)
    past = or_(GRANTS.c.code_expires_at < before, GRANTS.c.code_expires_at.is_(None))
    waited_for = exists().where(DEVICE_REQUESTS.c.grant_id == GRANTS.c.id)
    children = GRANTS.alias("children")
    parent = exists().where(children.c.parent_id == GRANTS.c.id)
    await session.execute(delete(GRANTS).where(past, ~kept, ~waited_for, ~parent))


def labelled(*tables: Table) -> list[Label[Any]]:
    """The columns of these tables, each named after its table too."""
    return [column.label(f"{table.name}_{column.name}") for table in tables for column in table.c]


def _select(*tables: Table) -> Select[Any]:
    return select(*labelled(*tables))


_SESSION_GRANT = _select(SESSIONS, GRANTS).select_from(
    SESSIONS.join(GRANTS, GRANTS.c.session_id == SESSIONS.c.id)
)
_BY_TOKEN = _select(GRANTS, TOKENS).select_from(GRANTS.join(TOKENS, TOKENS.c.grant_id == GRANTS.c.id))
_WITH_SESSION = _select(SESSIONS, GRANTS, TOKENS).select_from(
    SESSIONS.join(GRANTS, GRANTS.c.session_id == SESSIONS.c.id).join(TOKENS, TOKENS.c.grant_id == GRANTS.c.id)
)
# made once: putting them together costs as much as running them
_THE_TOKEN = TOKENS.c.hash == bindparam("token")
_LOCK_WITH_SESSION = _WITH_SESSION.where(_THE_TOKEN).with_for_update()
_LOCK_ALONE = _BY_TOKEN.where(_THE_TOKEN, GRANTS.c.session_id.is_(None)).with_for_update()
OPEN_ACCOUNT = exists().where(ACCOUNTS.c.id == GRANTS.c.account_id, ACCOUNTS.c.state == State.CREATED)
_READ_BY_TOKEN = _BY_TOKEN.where(_THE_TOKEN, or_(GRANTS.c.account_id.is_(None), OPEN_ACCOUNT))
_SPEND_TOKEN = update(TOKENS).where(_THE_TOKEN).values(used_at=bindparam("now"))
_ADD_TOKENS = insert(TOKENS)
_LABELS = {
    table: [(column.name, f"{table.name}_{column.name}") for column in table.c]
    for table in (SESSIONS, GRANTS, TOKENS)
}


def _values(token: Token) -> dict[str, Any]:
    return {name: getattr(token, name) for name, _ in _LABELS[TOKENS]}


def _part(row: Any, table: Table) -> dict[str, Any]:
    return {name: row[label] for name, label in _LABELS[table]}


def _session(row: Any) -> Session:
    return sessions.session_of(_part(row, SESSIONS))


def grant_of(row: Any) -> Grant:
    """The grant of a row whose columns are `labelled`."""
    facts = _part(row, GRANTS)
    return Grant(
        **{
            **facts,
            "scopes": tuple(facts["scopes"]),
            "assurance": Assurance(facts["assurance"]),
            "methods": tuple(Method(method) for method in facts["methods"]),
            "end_reason": EndReason(facts["end_reason"]) if facts["end_reason"] else None,
        }
    )


def token_of(row: Any) -> Token:
    """The token of a row whose columns are `labelled`."""
    facts = _part(row, TOKENS)
    return Token(**{**facts, "kind": TokenKind(facts["kind"]), "scopes": tuple(facts["scopes"])})
