"""What is no petition: HTTP and nothing else."""

from fastapi import Response

from hub_core.clock import local_date
from hub_service import policy
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.routing import Router

from ..operations import special_procedures as operations
from ..schemas.special_procedures import SpecialProceduresView, SpecialProcedureView

router = Router(prefix="/petitions/v1", tags=["special-procedures"])


@router.get("/special-procedures", summary="List what is no petition", **policy.public())
async def list_special_procedures(
    session: Session, language: Lang, texts: Texts, now: Now, response: Response
) -> SpecialProceduresView:
    """What is often sent as a petition and has a procedure of its own, with where it belongs.

    Who files such a thing is refused with the same guidance, so that no term is lost by waiting.
    """
    response.headers["content-language"] = language
    response.headers["vary"] = "accept-language"
    listed = await operations.list_all(session, local_date(now))
    return SpecialProceduresView(
        items=[SpecialProcedureView.of(each, days, language, texts) for each, days in listed]
    )
