"""Rule tables: rows in, domain values out."""

from collections.abc import Collection, Sequence
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub_core.rules import Rule, Rules
from hub_events.session import Session

from ..tables.rules import RULES

_RULE: Final = TypeAdapter(Rule)


async def read(session: Session, codes: Collection[str]) -> Rules:
    """The whole tables of these codes; what is not known is not among them."""
    rows = await session.execute(select(RULES).where(RULES.c.code.in_(codes)))
    return Rules(_RULE.validate_python(dict(row)) for row in rows.mappings())


async def put(session: Session, rules: Sequence[Rule]) -> None:
    """Store these rows, each over the one that begins on the same day."""
    for rule in rules:
        statement = insert(RULES).values(_RULE.dump_python(rule))
        await session.execute(
            statement.on_conflict_do_update(
                constraint=RULES.primary_key, set_=dict(statement.excluded.items())
            )
        )
