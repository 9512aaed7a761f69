"""Clients as their owners and reviewers see them, reviews, and usage."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.application import Review, ReviewState
from ..domain.client import ApplicationType, Authentication, Client, GrantType, Profile, State, SubjectType
from ..domain.client_metadata import Metadata
from ..domain.usage import Count, DayOfUse
from ..tables.applications import CLIENT_REVIEWS, CLIENT_USAGE, USAGE_REPORTS
from ..tables.clients import CLIENTS
from .clients import client_of


async def lock_owner(session: AsyncSession, owner_id: UUID) -> None:
    """Let one transaction at a time register clients of a person."""
    key = func.hashtextextended(f"identity:clients:{owner_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def count_of(session: AsyncSession, owner_id: UUID) -> int:
    """How many clients a person has that are not deleted."""
    wanted = select(func.count()).where(CLIENTS.c.owner_id == owner_id, CLIENTS.c.state != State.DELETED)
    return int((await session.execute(wanted)).scalar_one())


async def lock(session: AsyncSession, client_id: str) -> Client | None:
    """A client that is not deleted; its row is locked until the transaction ends.

    Its id stays, so that people may sign in to it meanwhile.
    """
    wanted = _kept().where(CLIENTS.c.id == client_id).with_for_update(key_share=True)
    row = (await session.execute(wanted)).mappings().first()
    return client_of(row) if row else None


async def read(session: AsyncSession, client_id: str) -> Client | None:
    """A client that is not deleted."""
    row = (await session.execute(_kept().where(CLIENTS.c.id == client_id))).mappings().first()
    return client_of(row) if row else None


async def of_owner(
    session: AsyncSession, owner_id: UUID, *, before: str | None, limit: int
) -> Sequence[Client]:
    """A person's clients that are not deleted, by id; `before` is the last of the page before."""
    wanted = _kept().where(CLIENTS.c.owner_id == owner_id).order_by(CLIENTS.c.id).limit(limit)
    if before is not None:
        wanted = wanted.where(CLIENTS.c.id > before)
    return [client_of(row) for row in (await session.execute(wanted)).mappings()]


def _kept() -> Select[Any]:
    return select(CLIENTS).where(CLIENTS.c.state != State.DELETED)


async def add_review(session: AsyncSession, review: Review) -> None:
    """Store a new review; `IntegrityError` while another of the client waits."""
    await session.execute(insert(CLIENT_REVIEWS).values(_values(review)))


async def store_review(session: AsyncSession, review: Review) -> None:
    """Store a review that was decided."""
    await session.execute(
        update(CLIENT_REVIEWS).where(CLIENT_REVIEWS.c.id == review.id).values(_values(review))
    )


async def read_review(session: AsyncSession, review_id: UUID) -> Review | None:
    """A review."""
    wanted = select(CLIENT_REVIEWS).where(CLIENT_REVIEWS.c.id == review_id)
    row = (await session.execute(wanted)).mappings().first()
    return _review(row) if row else None


async def lock_review(session: AsyncSession, review_id: UUID) -> Review | None:
    """A review; its row is locked until the transaction ends."""
    wanted = select(CLIENT_REVIEWS).where(CLIENT_REVIEWS.c.id == review_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return _review(row) if row else None


async def open_review(session: AsyncSession, client_id: str) -> Review | None:
    """The review of a client that waits for its decision; its row is locked."""
    wanted = (
        select(CLIENT_REVIEWS)
        .where(CLIENT_REVIEWS.c.client_id == client_id, CLIENT_REVIEWS.c.state == ReviewState.REQUESTED)
        .with_for_update()
    )
    row = (await session.execute(wanted)).mappings().first()
    return _review(row) if row else None


async def reviews_of(
    session: AsyncSession, client_id: str, *, before: UUID | None, limit: int
) -> Sequence[Review]:
    """The reviews of a client, newest first."""
    wanted = select(CLIENT_REVIEWS).where(CLIENT_REVIEWS.c.client_id == client_id)
    if before is not None:
        wanted = wanted.where(CLIENT_REVIEWS.c.id < before)
    found = await session.execute(wanted.order_by(CLIENT_REVIEWS.c.id.desc()).limit(limit))
    return [_review(row) for row in found.mappings()]


async def waiting(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[Review]:
    """The reviews that wait for a decision, oldest first; `after` is the last of the page before."""
    wanted = select(CLIENT_REVIEWS).where(CLIENT_REVIEWS.c.state == ReviewState.REQUESTED)
    if after is not None:
        wanted = wanted.where(CLIENT_REVIEWS.c.id > after)
    found = await session.execute(wanted.order_by(CLIENT_REVIEWS.c.id).limit(limit))
    return [_review(row) for row in found.mappings()]


def _values(review: Review) -> dict[str, Any]:
    said = asdict(review.metadata)
    names = {language.value: name for language, name in review.metadata.names.items()}
    lists = {name: sorted(said[name]) for name in ("grant_types", "scopes")}
    return asdict(review) | {"metadata": said | lists | {"names": names}}


def _review(row: RowMapping) -> Review:
    return Review(
        **{**row, "metadata": metadata_of(row["metadata"]), "state": ReviewState(row["state"])},
    )


def metadata_of(said: Mapping[str, Any]) -> Metadata:
    """The metadata in a document."""
    return Metadata(
        names={Language(language): name for language, name in said["names"].items()},
        application_type=ApplicationType(said["application_type"]),
        profile=Profile(said["profile"]),
        authentication=Authentication(said["authentication"]),
        grant_types=frozenset(map(GrantType, said["grant_types"])),
        redirect_uris=tuple(said["redirect_uris"]),
        post_logout_redirect_uris=tuple(said["post_logout_redirect_uris"]),
        scopes=frozenset(said["scopes"]),
        jwks=tuple(said["jwks"]),
        subject_type=SubjectType(said["subject_type"]),
        dpop_bound=said["dpop_bound"],
        backchannel_logout_uri=said["backchannel_logout_uri"],
    )


async def take_report(session: AsyncSession, replica: UUID, sequence: int, now: datetime) -> bool:
    """Whether this tally of a gateway is new; one that comes again, or late, is not."""
    put = postgresql.insert(USAGE_REPORTS).values(replica=replica, sequence=sequence, at=now)
    taken = put.on_conflict_do_update(
        index_elements=["replica"],
        set_={"sequence": sequence, "at": now},
        where=USAGE_REPORTS.c.sequence < sequence,
    ).returning(USAGE_REPORTS.c.replica)
    return (await session.execute(taken)).first() is not None


async def add_usage(session: AsyncSession, counts: Sequence[Count]) -> None:
    """Add counts to those of their hour; in one order for all, so that two gateways never lock each other."""
    ordered = sorted(counts, key=lambda count: (count.client_id, count.hour, count.status_class))
    put = postgresql.insert(CLIENT_USAGE).values([asdict(count) for count in ordered])
    added = CLIENT_USAGE.c.requests + put.excluded.requests
    await session.execute(
        put.on_conflict_do_update(
            index_elements=["client_id", "hour", "status_class"], set_={"requests": added}
        )
    )


async def usage_of(session: AsyncSession, client_id: str, first: date, last: date) -> list[DayOfUse]:
    """The requests of a client by day in Bucharest and class of status, from the first day to the last."""
    day = func.date(func.timezone("Europe/Bucharest", CLIENT_USAGE.c.hour)).label("day")
    wanted = (
        select(day, CLIENT_USAGE.c.status_class, func.sum(CLIENT_USAGE.c.requests).label("requests"))
        .where(CLIENT_USAGE.c.client_id == client_id, day >= first, day <= last)
        .group_by(day, CLIENT_USAGE.c.status_class)
        .order_by(day, CLIENT_USAGE.c.status_class)
    )
    by_day: dict[date, dict[str, int]] = {}
    for row in await session.execute(wanted):
        by_day.setdefault(row.day, {})[row.status_class] = int(row.requests)
    return [DayOfUse(one, counted) for one, counted in by_day.items()]


async def purge_usage(session: AsyncSession, before: datetime) -> None:
    """Forget the usage of the hours before then, and gateways that reported nothing since."""
    await session.execute(delete(CLIENT_USAGE).where(CLIENT_USAGE.c.hour < before))
    await session.execute(delete(USAGE_REPORTS).where(USAGE_REPORTS.c.at < before))
