"""Who has a procedure of their own is told so at once, before anything is registered."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import rules

from ..domain.petitions import Submission
from ..domain.special_procedures import SpecialProcedure, find
from ..errors.special_procedures import SpecialProcedureApplies
from ..reference.special_procedures import special_procedures


async def guide_out(session: AsyncSession, submission: Submission, today: date) -> None:
    """`SpecialProcedureApplies` for what has signs of one, unless its sender says that it is a petition.

    Within the caller's transaction; the right of petition is nobody's to deny, so that who insists is heard.
    """
    if submission.is_petition:
        return
    found = find(special_procedures(), submission.subject, submission.text)
    if found is not None:
        raise SpecialProcedureApplies(found.code, found.guidance, await days_of(session, found, today))


async def days_of(session: AsyncSession, procedure: SpecialProcedure, today: date) -> int | None:
    """The term of a procedure in days, as the catalog has it today; None where it has none of its own."""
    if procedure.rule is None:
        return None
    return (await rules.read(session, procedure.rule)).on(procedure.rule, today).whole


async def list_all(session: AsyncSession, today: date) -> list[tuple[SpecialProcedure, int | None]]:
    """Each procedure with its term in days."""
    async with session.begin():
        return [(each, await days_of(session, each, today)) for each in special_procedures()]
