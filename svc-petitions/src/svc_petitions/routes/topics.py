"""The topics of audiences and of counselling: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.routing import Router

from ..schemas.topics import TopicsView

router = Router(prefix="/petitions/v1", tags=["audiences"])


@router.get("/audience-topics", summary="List the topics of audiences and of counselling", **policy.public())
async def list_audience_topics(response: Response) -> TopicsView:
    """What people come and call about, by code, in Romanian, Hungarian and English."""
    response.headers["cache-control"] = "public, max-age=3600"
    return TopicsView.every()
