"""Endpoints of partners: rows in, values out. Addresses are sealed, secrets come sealed."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, String, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies
from hub_events.statements import Part

from ..domain.webhooks import Client, Endpoint, Secrets, State, Stop, Wanted
from ..keys import MasterKey
from ..tables.webhooks import CLIENTS, WEBHOOK_ENDPOINTS

_COLUMNS: Final = WEBHOOK_ENDPOINTS.c
_PLAIN: Final = (
    "id",
    "client_id",
    "institution_id",
    "is_sandbox",
    "created_at",
    "state_since",
    "failures",
    "failing_since",
    "rests_until",
    "version",
)
_CLIENTS: Final = Part(
    select(CLIENTS).where(CLIENTS.c.client_id == any_(bindparam("client_ids", type_=ARRAY(String()))))
)


def _sealed_with(endpoint_id: UUID) -> str:
    return f"webhook-address:{endpoint_id}"


async def add(session: AsyncSession, key: MasterKey, endpoint: Endpoint) -> None:
    """Store a new endpoint."""
    await session.execute(insert(WEBHOOK_ENDPOINTS).values(_row(key, endpoint)))


async def store(session: AsyncSession, key: MasterKey, endpoint: Endpoint) -> None:
    """Store an endpoint that this transaction has locked."""
    changed = _row(key, endpoint)
    await session.execute(update(WEBHOOK_ENDPOINTS).where(_COLUMNS.id == changed.pop("id")).values(changed))


async def count_of_client(session: AsyncSession, client_id: str) -> int:
    """How many endpoints a client has; until the transaction ends nobody else counts them."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhooks:{client_id}"))))
    counted = select(func.count()).where(_COLUMNS.client_id == client_id)
    return int(await session.scalar(counted) or 0)


async def find_of_client(
    session: AsyncSession, key: MasterKey, client_id: str, after: UUID | None, limit: int
) -> list[Endpoint]:
    """A client's endpoints, the oldest first."""
    found = select(WEBHOOK_ENDPOINTS).where(_COLUMNS.client_id == client_id)
    if after is not None:
        found = found.where(_COLUMNS.id > after)
    rows = await session.execute(found.order_by(_COLUMNS.id).limit(limit))
    return [endpoint_of(key, row) for row in rows.mappings()]


async def find(
    session: AsyncSession, key: MasterKey, client_id: str, endpoint_id: UUID, *, lock: bool = False
) -> Endpoint | None:
    """One endpoint of a client, locked for a change; none where it is another's."""
    wanted = select(WEBHOOK_ENDPOINTS).where(_COLUMNS.id == endpoint_id, _COLUMNS.client_id == client_id)
    return await _one(session, key, wanted.with_for_update(key_share=True) if lock else wanted)


async def lock(session: AsyncSession, key: MasterKey, endpoint_id: UUID) -> Endpoint | None:
    """An endpoint, locked for a change; none where it is gone."""
    wanted = select(WEBHOOK_ENDPOINTS).where(_COLUMNS.id == endpoint_id)
    return await _one(session, key, wanted.with_for_update(key_share=True))


async def remove(session: AsyncSession, endpoint_id: UUID) -> None:
    """Remove an endpoint, with what was handed to it."""
    await session.execute(delete(WEBHOOK_ENDPOINTS).where(_COLUMNS.id == endpoint_id))


async def find_active(session: AsyncSession) -> list[Endpoint]:
    """Every endpoint that takes events, without its address, which is sealed."""
    found = select(WEBHOOK_ENDPOINTS).where(_COLUMNS.state == State.ACTIVE).order_by(_COLUMNS.id)
    return [_endpoint(row, "") for row in (await session.execute(found)).mappings()]


async def keep_client(session: AsyncSession, told: Client) -> None:
    """Keep what was told of an application, unless newer is kept already."""
    scopes = None if told.scopes is None else sorted(told.scopes)
    await copies.keep(session, CLIENTS, asdict(told) | {"scopes": scopes})


async def find_clients(session: AsyncSession, client_ids: Collection[str]) -> dict[str, Client]:
    """What is known of these applications; one not heard of yet is missing."""
    rows = await _CLIENTS.all(session, client_ids=list(client_ids))
    return {row["client_id"]: _client(row) for row in rows}


def endpoint_of(key: MasterKey, row: Any) -> Endpoint:
    """The endpoint in a row."""
    return _endpoint(row, key.unseal(row["sealed_address"], _sealed_with(row["id"])).decode())


def _endpoint(row: Any, address: str) -> Endpoint:
    return Endpoint(
        **{name: row[name] for name in _PLAIN},
        wanted=Wanted(
            address=address,
            description=row["description"],
            event_types=tuple(row["event_types"]),
            subjects=tuple(row["subjects"]),
        ),
        secrets=Secrets(row["secret"], row["previous_secret"], row["previous_until"]),
        state=State(row["state"]),
        stop=Stop(row["stop"]) if row["stop"] else None,
    )


def _row(key: MasterKey, endpoint: Endpoint) -> dict[str, Any]:
    wanted, secrets = endpoint.wanted, endpoint.secrets
    return {name: getattr(endpoint, name) for name in _PLAIN} | {
        "sealed_address": key.seal(wanted.address.encode(), _sealed_with(endpoint.id)),
        "description": wanted.description,
        "event_types": list(wanted.event_types),
        "subjects": list(wanted.subjects),
        "secret": secrets.current,
        "previous_secret": secrets.previous,
        "previous_until": secrets.previous_until,
        "state": endpoint.state,
        "stop": endpoint.stop,
    }


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Endpoint | None:
    row = (await session.execute(wanted)).mappings().one_or_none()
    return endpoint_of(key, row) if row else None


def _client(row: Any) -> Client:
    scopes = row["scopes"]
    return Client(**dict(row) | {"scopes": None if scopes is None else frozenset(scopes)})
