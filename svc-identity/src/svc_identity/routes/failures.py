"""How failures are shown: OAuth errors to clients by the RFCs, problems to people as pages."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core.language import Language, negotiate
from hub_core.problem import Problem
from hub_service import problems

from ..domain.authorization import answer
from ..errors.oauth import AuthorizationRefused, OAuthError
from ..pages.rendering import Pages
from ..settings import Settings
from .visits import LANGUAGE, see_other

_PAGES: Final = ("/account/", "/oauth2/authorize", "/oauth2/logout")
_KEPT: Final = ("retry-after", "allow")
_BY_STATUS: Final[dict[int, type[Problem]]] = {
    HTTPStatus.BAD_REQUEST: problems.MalformedRequest,
    HTTPStatus.NOT_FOUND: problems.NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: problems.MethodNotAllowed,
    HTTPStatus.UNPROCESSABLE_ENTITY: problems.InvalidRequest,
    HTTPStatus.SERVICE_UNAVAILABLE: problems.ServiceUnavailable,
}

Handler = Callable[[Request, Any], Any]


def handle(app: FastAPI, pages: Pages, settings: Settings) -> None:
    """Add the handlers; those of the chassis are kept, and shown as pages where people look."""

    def page(request: Request, problem: Problem) -> Response:
        chosen = request.cookies.get(f"__Host-{LANGUAGE}" if settings.is_https else LANGUAGE)
        language = next(
            (one for one in Language if one.value == chosen),
            negotiate(request.headers.get("accept-language")),
        )

        def text(message: str) -> str:
            return pages.texts.translate(language, message).format_map(problem.facts)

        return pages.render(
            "error.html",
            language,
            status=problem.status,
            title=text(problem.title),
            detail=text(problem.detail),
            remedy=text(problem.remedy),
        )

    def as_page(shown: Handler) -> Handler:
        async def show(request: Request, error: Any) -> Response:
            response: Response = await shown(request, error)
            if not request.url.path.startswith(_PAGES):
                return response
            by_status = _BY_STATUS.get(response.status_code, problems.InternalError)
            replaced = page(request, error if isinstance(error, Problem) else by_status())
            replaced.headers.update(
                {name: response.headers[name] for name in _KEPT if name in response.headers}
            )
            return replaced

        return show

    for kind, shown in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, as_page(shown))

    @app.exception_handler(AuthorizationRefused)
    async def show_refusal(_: Request, refused: AuthorizationRefused) -> Response:
        return see_other(
            answer(
                refused.redirect_uri,
                error=refused.error.error,
                error_description=refused.error.description,
                state=refused.state,
                iss=settings.public_origin,
            )
        )

    @app.exception_handler(OAuthError)
    async def show_oauth(request: Request, error: OAuthError) -> Response:
        if request.url.path.startswith(_PAGES):
            return page(request, problems.MalformedRequest())
        return JSONResponse(
            {"error": error.error, "error_description": error.description},
            error.status,
            headers={"cache-control": "no-store", "pragma": "no-cache", **error.headers},
        )
