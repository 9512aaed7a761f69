"""What stands behind an access token, in one question."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Assurance
from hub_service.database import Statement

from ..domain.client import Client, State
from ..domain.grant import Grant, Token
from ..tables.clients import CLIENTS
from ..tables.grants import GRANTS, TOKENS
from ..tables.proofing import RECOGNITIONS
from . import clients, grants


@dataclass(frozen=True, slots=True)
class Behind:
    """A token with its grant and client; `recognitions` says which institutions know the person, how well."""

    grant: Grant
    token: Token
    client: Client
    recognitions: dict[UUID, Assurance]


_KNOWN: Final = (
    select(func.jsonb_object_agg(RECOGNITIONS.c.institution_id, RECOGNITIONS.c.level))
    .where(RECOGNITIONS.c.account_id == GRANTS.c.account_id)
    .scalar_subquery()
)
_FIND: Final = Statement(
    select(*grants.labelled(GRANTS, TOKENS, CLIENTS), _KNOWN.label("known"))
    .select_from(
        TOKENS.join(GRANTS, TOKENS.c.grant_id == GRANTS.c.id).join(
            CLIENTS, GRANTS.c.client_id == CLIENTS.c.id
        )
    )
    .where(
        TOKENS.c.hash == bindparam("token"),
        CLIENTS.c.state == State.ACTIVE,
        or_(GRANTS.c.account_id.is_(None), grants.OPEN_ACCOUNT),
    )
)


async def find(session: AsyncSession, token_hash: bytes) -> Behind | None:
    """What stands behind a token, while its client is active and its account may sign in."""
    row = await _FIND.first(session, token=token_hash)
    if row is None:
        return None
    known = {UUID(one): Assurance(level) for one, level in (row["known"] or {}).items()}
    return Behind(grants.grant_of(row), grants.token_of(row), clients.client_of_labelled(row), known)
