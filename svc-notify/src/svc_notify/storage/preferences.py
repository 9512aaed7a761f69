"""Preferences: rows in, domain values out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.channels import Channel
from ..domain.kinds import Group, Purpose
from ..domain.preferences import OptIn, Preferences, Unsubscription
from ..domain.quiet_hours import QuietHours
from ..tables.people import SANDBOX_PEOPLE
from ..tables.preferences import PREFERENCES, SUPPRESSIONS
from ..tables.push import PUSH_SUBSCRIPTIONS
from . import suppressions


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of how a person can be reached: what they want, and the channels that do not work."""

    preferences: Preferences
    unusable: frozenset[Channel]


_ASKED: Final = (
    func.unnest(bindparam("people", type_=ARRAY(Uuid)))
    .table_valued("person_id", name="asked")
    .render_derived()
)
_SUPPRESSED: Final = (
    select(func.array_agg(SUPPRESSIONS.c.channel.distinct()))
    .where(SUPPRESSIONS.c.person_id == _ASKED.c.person_id, suppressions.HOLDS)
    .scalar_subquery()
)
_LISTENS: Final = exists().where(PUSH_SUBSCRIPTIONS.c.person_id == _ASKED.c.person_id)
_KNOWN: Final = select(
    _ASKED.c.person_id.label("asked"),
    PREFERENCES,
    _SUPPRESSED.label("suppressed"),
    _LISTENS.label("listens"),
).select_from(_ASKED.outerjoin(PREFERENCES, PREFERENCES.c.person_id == _ASKED.c.person_id))
_OWN: Final = select(PREFERENCES).where(PREFERENCES.c.person_id == bindparam("own"))


async def find_known(session: AsyncSession, people: Collection[UUID], now: datetime) -> dict[UUID, Known]:
    """What is known of each of these people, in one statement."""
    rows = await session.execute(_KNOWN, {"people": list(people), "now": now})
    return {
        row["asked"]: Known(
            _of(row) if row["person_id"] else Preferences(row["asked"]),
            frozenset(map(Channel, row["suppressed"] or ()))
            | (frozenset() if row["listens"] else {Channel.PUSH}),
        )
        for row in rows.mappings()
    }


async def find(session: AsyncSession, person_id: UUID) -> Preferences:
    """A person's preferences; those of version 0 where nothing was chosen."""
    row = (await session.execute(_OWN, {"own": person_id})).mappings().first()
    return _of(row) if row else Preferences(person_id)


async def lock(session: AsyncSession, person_id: UUID) -> Preferences:
    """The same; until the transaction ends nobody else changes them."""
    turn = func.hashtextextended(f"notify:preferences:{person_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(turn)))
    return await find(session, person_id)


async def put(session: AsyncSession, chosen: Preferences) -> None:
    """Store what a person has chosen."""
    row = _row(chosen)
    storing = insert(PREFERENCES).values(row)
    await session.execute(storing.on_conflict_do_update(index_elements=["person_id"], set_=row))


async def forget(session: AsyncSession, person_id: UUID) -> None:
    """A person's preferences are gone."""
    await session.execute(delete(PREFERENCES).where(PREFERENCES.c.person_id == person_id))


async def count_unsubscribed(session: AsyncSession, institution_id: UUID, *, is_sandbox: bool) -> int:
    """How many people have unsubscribed from what an institution sends, invented ones or the others."""
    named = [{"institution_id": str(institution_id)}]
    invented = exists().where(SANDBOX_PEOPLE.c.person_id == PREFERENCES.c.person_id)
    counted = select(func.count()).where(
        PREFERENCES.c.unsubscribed.contains(named), invented if is_sandbox else ~invented
    )
    return int(await session.scalar(counted) or 0)


def _of(row: RowMapping) -> Preferences:
    quiet = row["quiet_from"] is not None
    return Preferences(
        person_id=row["person_id"],
        channels={Group(group): frozenset(map(Channel, chosen)) for group, chosen in row["channels"].items()},
        opt_ins=tuple(
            OptIn(
                Purpose(each["purpose"]),
                datetime.fromisoformat(each["given_at"]),
                each["wording"],
                datetime.fromisoformat(each["withdrawn_at"]) if each["withdrawn_at"] else None,
            )
            for each in row["opt_ins"]
        ),
        unsubscribed=tuple(
            Unsubscription(
                Group(each["group"]),
                UUID(each["institution_id"]) if each["institution_id"] else None,
                datetime.fromisoformat(each["at"]),
            )
            for each in row["unsubscribed"]
        ),
        sms_diacritics=row["sms_diacritics"],
        quiet_hours=QuietHours(row["quiet_from"], row["quiet_until"]) if quiet else None,
        changed_at=row["changed_at"],
        version=row["version"],
    )


def _row(held: Preferences) -> dict[str, Any]:
    return {
        "person_id": held.person_id,
        "channels": {group: sorted(chosen) for group, chosen in held.channels.items()},
        "opt_ins": [
            {
                "purpose": each.purpose,
                "given_at": each.given_at.isoformat(),
                "wording": each.wording,
                "withdrawn_at": each.withdrawn_at.isoformat() if each.withdrawn_at else None,
            }
            for each in held.opt_ins
        ],
        "unsubscribed": [
            {
                "group": each.group,
                "institution_id": str(each.institution_id) if each.institution_id else None,
                "at": each.at.isoformat(),
            }
            for each in held.unsubscribed
        ],
        "sms_diacritics": held.sms_diacritics,
        "quiet_from": held.quiet_hours and held.quiet_hours.begin,
        "quiet_until": held.quiet_hours and held.quiet_hours.end,
        "changed_at": held.changed_at,
        "version": held.version,
    }
