"""Client applications."""

import re
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.client import (
    ApplicationType,
    Authentication,
    Client,
    Environment,
    GrantType,
    Plan,
    Profile,
    State,
    SubjectType,
)
from ..tables.clients import CLIENTS

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


async def find(session: AsyncSession, client_id: str) -> Client | None:
    """The client of this id that is active; none for what cannot be one."""
    if not may_be_id(client_id):
        return None
    wanted = select(CLIENTS).where(CLIENTS.c.id == client_id, CLIENTS.c.state == State.ACTIVE)
    row = (await session.execute(wanted)).mappings().first()
    return client_of(row) if row else None


def may_be_id(client_id: str) -> bool:
    """Whether there can be a client of this id."""
    return _ID.fullmatch(client_id) is not None


def client_of_labelled(row: Any) -> Client:
    """The client of a row in which its columns are named `clients_…`."""
    return client_of({column.name: row[f"clients_{column.name}"] for column in CLIENTS.c})


def client_of(row: RowMapping | dict[str, Any]) -> Client:
    """The client of a row."""
    return Client(
        id=row["id"],
        names={Language(language): name for language, name in row["names"].items()},
        authentication=Authentication(row["authentication"]),
        application_type=ApplicationType(row["application_type"]),
        secret_hash=row["secret_hash"],
        redirect_uris=tuple(row["redirect_uris"]),
        post_logout_redirect_uris=tuple(row["post_logout_redirect_uris"]),
        scopes=frozenset(row["scopes"]),
        created_at=row["created_at"],
        profile=Profile(row["profile"]),
        grant_types=frozenset(map(GrantType, row["grant_types"])),
        jwks=tuple(row["jwks"]),
        subject_type=SubjectType(row["subject_type"]),
        sector=row["sector"],
        dpop_bound=row["dpop_bound"],
        backchannel_logout_uri=row["backchannel_logout_uri"],
        owner_id=row["owner_id"],
        state=State(row["state"]),
        environment=Environment(row["environment"]),
        plan=Plan(row["plan"]),
        version=row["version"],
        former_secret_hash=row["former_secret_hash"],
        former_secret_until=row["former_secret_until"],
        institution_id=row["institution_id"],
    )


async def put(session: AsyncSession, client: Client) -> None:
    """Store a client as it is given, whether it was known before or not."""
    values = {
        "names": {language.value: name for language, name in client.names.items()},
        "authentication": client.authentication,
        "application_type": client.application_type,
        "secret_hash": client.secret_hash,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "scopes": sorted(client.scopes),
        "profile": client.profile,
        "grant_types": sorted(client.grant_types),
        "jwks": list(client.jwks),
        "subject_type": client.subject_type,
        "sector": client.sector,
        "dpop_bound": client.dpop_bound,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "owner_id": client.owner_id,
        "state": client.state,
        "environment": client.environment,
        "plan": client.plan,
        "version": client.version,
        "former_secret_hash": client.former_secret_hash,
        "former_secret_until": client.former_secret_until,
        "institution_id": client.institution_id,
    }
    put = insert(CLIENTS).values(id=client.id, created_at=client.created_at, **values)
    await session.execute(put.on_conflict_do_update(index_elements=["id"], set_=values))
