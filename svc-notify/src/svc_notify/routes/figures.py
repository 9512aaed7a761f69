"""How messages go, for everybody: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from hub_service import policy, visits
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..operations.figures import Published
from ..pages import figures as rendering
from ..pages.figures import FiguresPage
from ..schemas.figures import FiguresView

_FRESH: Final = {"cache-control": "public, max-age=60"}

router = Router(prefix="/notify/v1/figures", tags=["figures"])
pages = APIRouter(prefix="/notify/figures", include_in_schema=False, redirect_slashes=False)


async def _published(request: Request) -> Published:
    published: Published = request.app.state.published
    return published


_Published = Annotated[Published, Depends(_published)]


@router.get(
    "",
    summary="Read how soon messages were handed over",
    response_description="Counts and shares by day, channel and lane",
    **policy.public(),
)
async def get_figures(session: Session, now: Now, response: Response, published: _Published) -> FiguresView:
    """How many messages the hub handed over within ten seconds, of the last 30 days, at most a minute old.

    A day with too few messages says that there were fewer than so many, and no more.
    """
    response.headers.update(_FRESH)
    return FiguresView.of(await published.read(session, now))


@pages.get("")
async def show_figures(
    request: Request,
    session: Session,
    now: Now,
    published: _Published,
    lang: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """The same as a page."""
    page: FiguresPage = request.app.state.figures_page
    visit = await visits.read(request, lang)
    return page.show(visit.language, await published.read(session, now))


@pages.get("/style.css")
async def get_figures_style() -> Response:
    """The style sheet of the page."""
    return rendering.style()
