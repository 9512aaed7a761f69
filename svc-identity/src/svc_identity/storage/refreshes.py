"""The two questions of a refresh: whose token it is, and the next ones in its place."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.database import Statement

from ..domain.client import Client, State
from ..domain.grant import Grant, Token
from ..tables.clients import CLIENTS
from ..tables.grants import GRANTS, TOKENS
from . import clients, grants

_FIND: Final = Statement(
    select(*grants.labelled(CLIENTS, GRANTS, TOKENS))
    .select_from(
        CLIENTS.outerjoin(
            GRANTS.join(TOKENS, TOKENS.c.grant_id == GRANTS.c.id), TOKENS.c.hash == bindparam("token")
        )
    )
    .where(CLIENTS.c.id == bindparam("client"), CLIENTS.c.state == State.ACTIVE)
)
# the rows are locked in the order of all others, and looked at again after a wait
_REPLACE: Final = Statement(
    text(
        """
        WITH held AS (
            SELECT tokens.hash
            FROM sessions
            JOIN grants ON grants.session_id = sessions.id
            JOIN tokens ON tokens.grant_id = grants.id
            WHERE tokens.hash = :spent AND tokens.used_at IS NULL AND grants.ended_at IS NULL
            FOR UPDATE
        ), spent AS (
            UPDATE tokens SET used_at = :now FROM held WHERE tokens.hash = held.hash
            RETURNING tokens.grant_id
        )
        INSERT INTO tokens (grant_id, hash, kind, scopes, issued_at, expires_at, jkt)
        SELECT spent.grant_id, made.*
        FROM spent, (VALUES
            (CAST(:hash_1 AS bytea), CAST(:kind_1 AS varchar), CAST(:scopes_1 AS varchar[]),
             CAST(:now AS timestamptz), CAST(:ends_1 AS timestamptz), CAST(:jkt_1 AS varchar)),
            (:hash_2, :kind_2, CAST(:scopes_2 AS varchar[]), :now, :ends_2, :jkt_2)
        ) AS made
        RETURNING grant_id
        """
    )
)


async def find(
    session: AsyncSession, client_id: str, token_hash: bytes
) -> tuple[Client | None, tuple[Grant, Token] | None]:
    """The active client of this id, and a token with its grant, whoever they are of; in one question."""
    if not clients.may_be_id(client_id):
        return None, None
    row = await _FIND.first(session, client=client_id, token=token_hash)
    if row is None:
        return None, None
    family = None if row["tokens_hash"] is None else (grants.grant_of(row), grants.token_of(row))
    return clients.client_of_labelled(row), family


async def replace(session: AsyncSession, spent: Token, access: Token, refresh: Token, now: datetime) -> bool:
    """Spend a token that is good, and store the next two; false, and nothing done, when it is spent or ended.

    Session, grant and token are locked meanwhile, in this order.
    """
    row = await _REPLACE.first(
        session,
        spent=spent.hash,
        now=now,
        **{
            f"{name}_{number}": value
            for number, made in ((1, access), (2, refresh))
            for name, value in (
                ("hash", made.hash),
                ("kind", made.kind),
                ("scopes", made.scopes),
                ("ends", made.expires_at),
                ("jkt", made.jkt),
            )
        },
    )
    return row is not None
