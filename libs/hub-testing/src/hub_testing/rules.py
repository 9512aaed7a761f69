"""Legal numbers for a service's tests, in the words of svc-catalog's committed contract.

@pytest.fixture(scope="session")
async def schema(provision) -> ServiceDatabase:
    made = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
    return made
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from hub_core.rules import Rules
from hub_service import rules
from hub_service.rules import RuleChanged

from .databases import ServiceDatabase


def told(tables: Path) -> list[RuleChanged]:
    """The tables of a contract, as the events of the first publication tell them."""
    return [RuleChanged.model_validate(table) for table in json.loads(tables.read_text(encoding="utf-8"))]


def values(tables: Path) -> Rules:
    """The same as values, for tests without a database."""
    return Rules(row for table in told(tables) for row in table.table())


async def load(database: ServiceDatabase, tables: Path) -> None:
    """Fill the copy of a service with everything the contract has."""
    engine = create_async_engine(database.app_dsn)
    async with AsyncSession(engine) as session, session.begin():
        for table in told(tables):
            await rules.keep(session, table)
    await engine.dispose()


def changed(table: RuleChanged, rows: Sequence[Mapping[str, Any]]) -> RuleChanged:
    """The next version of a table, in which these rows, given as the event tells them, are all there is."""
    return RuleChanged.model_validate({"code": table.code, "version": table.version + 1, "rows": rows})
