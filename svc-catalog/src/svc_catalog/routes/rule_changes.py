"""Changes of legal numbers, by officials: HTTP and nothing else."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Header, Path, Query

from hub_core.decisions import FourEyes
from hub_core.principal import Assurance, Role
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.problems import PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..domain.rules import RuleChangeState
from ..errors.officials import AdministratorRequired
from ..errors.rules import (
    RuleChangeDecided,
    RuleChangeNotFound,
    RuleChangeOutdated,
    RuleDaysWrong,
    RuleKindWrong,
    RuleNotFound,
)
from ..operations import rules as operations
from ..schemas.rules import DecideRuleChange, ProposeRuleChange, RuleChangeView
from ..schemas.vocabulary import RuleCode
from .officials import READ, WRITE, Administrator

_PROPOSERS: Final = (Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER)
_TAG: Final = re.compile(r'"([0-9]{1,9})-[0-9]{8}"')

router = Router(prefix="/catalog/v1", tags=["rule changes"])

ChangeId = Annotated[schemas.Id, Path(description="The change's identifier.")]


def _official(scope: str, roles: tuple[Role, ...], raises: tuple[Any, ...] = ()) -> dict[str, Any]:
    return policy.operation(scope, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=raises)


async def _version(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the rule that was read."),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise PreconditionFailed
    return int(tag[1])


@router.post(
    "/rules/{code}/changes",
    status_code=201,
    summary="Propose a change of a legal number",
    **_official(
        WRITE,
        _PROPOSERS,
        (RuleNotFound, RuleDaysWrong, RuleKindWrong, PreconditionFailed, PreconditionRequired),
    ),
)
async def propose_rule_change(
    code: Annotated[RuleCode, Path(description="The rule's code.")],
    body: ProposeRuleChange,
    official: policy.Acting,
    base: Annotated[int, Depends(_version)],
    session: Session,
    now: Now,
) -> RuleChangeView:
    """A new value from a day on, in the future or in the past, or the correction of a wrong one.

    A second person publishes it. The value before ends on the day before; no day is left without a
    value, and none gets two.
    """
    change = await operations.propose(
        session, code, body.kind, body.wanted(), body.reason, base, official.person_id, now
    )
    return RuleChangeView.of(change)


@router.get(
    "/rule-changes",
    summary="List the changes of legal numbers",
    **_official(READ, (*_PROPOSERS, Role.AUDITOR)),
)
async def list_rule_changes(
    asked: paging.Asked,
    session: Session,
    code: Annotated[RuleCode | None, Query(description="Only those of this rule.")] = None,
    state: Annotated[RuleChangeState | None, Query(description="Only those in this state.")] = None,
) -> Page[RuleChangeView]:
    """What waits for a second person, and the log of what was decided, the newest first."""
    changes = await operations.find_changes(session, code, state, asked.after(UUID), asked.rows)
    return asked.page(changes, position=lambda change: (change.id,), view=RuleChangeView.of)


@router.get(
    "/rule-changes/{change_id}",
    summary="Read a change of a legal number",
    **_official(READ, (*_PROPOSERS, Role.AUDITOR), (RuleChangeNotFound,)),
)
async def read_rule_change(change_id: ChangeId, session: Session) -> RuleChangeView:
    """Who proposed what and why, and what was decided."""
    return RuleChangeView.of(await operations.read_change(session, change_id))


@router.post(
    "/rule-changes/{change_id}/publish",
    summary="Publish a change of a legal number",
    **_official(
        WRITE,
        (Role.CATALOG_PUBLISHER,),
        (
            AdministratorRequired,
            RuleChangeNotFound,
            RuleChangeDecided,
            RuleChangeOutdated,
            RuleDaysWrong,
            FourEyes,
        ),
    ),
)
async def publish_rule_change(
    change_id: ChangeId, body: DecideRuleChange, official: Administrator, session: Session, now: Now
) -> RuleChangeView:
    """Publish what somebody else has proposed; every service of the hub hears of the whole table."""
    return RuleChangeView.of(
        await operations.publish(session, change_id, body.reason, official.person_id, now)
    )


@router.post(
    "/rule-changes/{change_id}/reject",
    summary="Reject a change of a legal number",
    **_official(WRITE, _PROPOSERS, (RuleChangeNotFound, RuleChangeDecided)),
)
async def reject_rule_change(
    change_id: ChangeId, body: DecideRuleChange, official: policy.Acting, session: Session, now: Now
) -> RuleChangeView:
    """Do not publish it, or take back what one has proposed oneself; the rule stays as it is."""
    return RuleChangeView.of(
        await operations.reject(session, change_id, body.reason, official.person_id, now)
    )
