"""A driver contests a report: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Response

from hub_core.clock import local_date
from hub_core.principal import Assurance
from hub_service import policy, schemas
from hub_service.dependencies import Lang, Now, Texts
from hub_service.routing import Router

from ..dependencies import CONTEST, Asking, Documents, SessionApart
from ..errors.contests import ContestLineNotFound, LineContested
from ..errors.documents import TrafficStoreAway
from ..operations import contests as operations
from ..schemas.contests import ContestLine, LineContestView

router = Router(prefix="/traffic-history/v1", tags=["record"])


@router.post(
    "/record/lines/{line_id}/contest",
    status_code=201,
    summary="Contest a report by a petition",
    **policy.operation(
        CONTEST,
        assurance=Assurance.SUBSTANTIAL,
        raises=(ContestLineNotFound, LineContested, TrafficStoreAway),
    ),
)
async def contest_record_line(
    body: ContestLine,
    line_id: Annotated[schemas.Id, Path(description="The report, of your own record.")],
    person: policy.Person,
    means: Asking,
    archive: Documents,
    session: SessionApart,
    now: Now,
    language: Lang,
    texts: Texts,
    response: Response,
) -> LineContestView:
    """A petition is registered in your name, with the extract of the report; its number comes at once.

    It goes to the institution that found the offences, else to the General Inspectorate of the Romanian
    Police. **It is no complaint in court and stops no term**: the answer names the last day of that one.
    """
    made = await operations.contest(session, means, archive.press, person, line_id, body.value(), now)
    response.headers["location"] = f"/petitions/v1/petitions/{made.contest.id}"
    return LineContestView.of(made, local_date(now), language, texts)
