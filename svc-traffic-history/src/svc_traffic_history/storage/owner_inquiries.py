"""Owner inquiries: rows in, domain values out; who was asked and who was named lie encrypted."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.owner_inquiries import Holder, HolderKind, Inquiry, Outcome, Part
from ..keys import MasterKey
from ..tables.driving_reports import OWNER_INQUIRIES

_PLAIN: Final = ("asked_on", "answer_by", "asked_by", "answered_on", "recorded_by", "version")


async def add(session: AsyncSession, key: MasterKey, inquiry: Inquiry) -> None:
    """Store an inquiry that was just made."""
    if inquiry.asked is None:
        raise ValueError("a new inquiry asks somebody")
    asked = asdict(inquiry.asked) | {"part": inquiry.part.value}
    await session.execute(
        insert(OWNER_INQUIRIES).values(
            id=inquiry.id,
            driving_report_id=inquiry.report_id,
            asked=key.seal(orjson.dumps(asked), f"owner-inquiry:{inquiry.id}"),
            **{name: getattr(inquiry, name) for name in _PLAIN},
        )
    )


async def answer(session: AsyncSession, key: MasterKey, inquiry: Inquiry) -> None:
    """Store the answer of an inquiry; the caller has locked its report."""
    named = None
    if inquiry.named is not None:
        named = key.seal(orjson.dumps(asdict(inquiry.named)), f"owner-answer:{inquiry.id}")
    await session.execute(
        update(OWNER_INQUIRIES)
        .where(OWNER_INQUIRIES.c.id == inquiry.id)
        .values(
            answered_on=inquiry.answered_on,
            outcome=inquiry.outcome.value if inquiry.outcome else None,
            answer=named,
            recorded_by=inquiry.recorded_by,
            version=inquiry.version,
        )
    )


async def of_report(session: AsyncSession, key: MasterKey, report_id: UUID) -> Sequence[Inquiry]:
    """The inquiries of a report, the first first."""
    found = await session.execute(
        select(OWNER_INQUIRIES)
        .where(OWNER_INQUIRIES.c.driving_report_id == report_id)
        .order_by(OWNER_INQUIRIES.c.id)
    )
    return [_inquiry(key, row) for row in found.mappings()]


async def forget(session: AsyncSession, report_id: UUID) -> None:
    """Delete who was asked and who was named; the days stay."""
    await session.execute(
        update(OWNER_INQUIRIES)
        .where(OWNER_INQUIRIES.c.driving_report_id == report_id)
        .values(asked=None, answer=None)
    )


def _inquiry(key: MasterKey, row: Any) -> Inquiry:
    asked, part = None, Part.OWNER
    if row["asked"] is not None:
        facts = orjson.loads(key.unseal(row["asked"], f"owner-inquiry:{row['id']}"))
        part = Part(facts.pop("part"))
        asked = _holder(facts)
    named = None
    if row["answer"] is not None:
        named = _holder(orjson.loads(key.unseal(row["answer"], f"owner-answer:{row['id']}")))
    return Inquiry(
        id=row["id"],
        report_id=row["driving_report_id"],
        part=part,
        asked=asked,
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        named=named,
        **{name: row[name] for name in _PLAIN},
    )


def _holder(facts: dict[str, str]) -> Holder:
    return Holder(kind=HolderKind(facts["kind"]), number=facts["number"], name=facts["name"])
