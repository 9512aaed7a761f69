"""Legal numbers for everybody: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from hub_core import clock
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.schemas import LegalDate

from ..domain.rules import RuleChangeState, RuleField
from ..errors.rules import RuleNotFound, RuleNotInForce
from ..operations import rules as operations
from ..schemas.rules import RuleHistoryView, RuleTableView, RuleView
from ..schemas.vocabulary import RuleCode
from ..storage.rules import Filter
from . import public

router = public.router()

On = Annotated[LegalDate | None, Query(description="The day whose values are wanted; today.")]
Code = Annotated[RuleCode, Path(description="The rule's code.")]


@router.get("/rules", tags=["rules"], summary="List the legal numbers", **policy.public())
async def list_rules(
    asked: paging.Asked,
    session: Session,
    now: Now,
    field: Annotated[RuleField | None, Query(description="Only those of this field.")] = None,
    prefix: Annotated[
        str | None,
        Query(
            max_length=64,
            pattern=r"^[a-z0-9.-]+$",
            examples=["petition."],
            description="Only those whose code begins with this.",
        ),
    ] = None,
    on: On = None,
) -> Page[RuleView]:
    """Terms, fees, ages, points and lists of codes, by code: the value of the day, and what comes next."""
    tables = await operations.find(session, Filter(field, prefix), asked.after(str), asked.rows)
    day = on or clock.local_date(now)
    return asked.page(
        tables,
        position=lambda table: (table.code,),
        view=lambda table: RuleView.on_day(table, day),
    )


@router.get(
    "/rules/{code}",
    tags=["rules"],
    summary="Read a legal number",
    **policy.public(raises=[RuleNotFound, RuleNotInForce]),
)
async def read_rule(
    code: Code, session: Session, now: Now, response: Response, on: On = None
) -> RuleTableView:
    """The whole table of a number: the value of the day, what comes next, and every value there was.

    The value of the day of the fact counts, which is seldom today: give that day as `on`.
    """
    table = await operations.read(session, code, on)
    day = on or clock.local_date(now)
    response.headers["etag"] = f'"{table.version}-{day:%Y%m%d}"'
    return RuleTableView.on_day(table, day)


@router.get(
    "/rules/{code}/changes",
    tags=["rules"],
    summary="See how a legal number has changed",
    **policy.public(raises=[RuleNotFound]),
)
async def list_rule_history(asked: paging.Asked, code: Code, session: Session) -> Page[RuleHistoryView]:
    """What was published of the number, the newest first, each time with the reason."""
    await operations.read(session, code, None)
    changes = await operations.find_changes(
        session, code, RuleChangeState.PUBLISHED, asked.after(UUID), asked.rows
    )
    return asked.page(changes, position=lambda change: (change.id,), view=RuleHistoryView.of)
