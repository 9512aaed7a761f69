"""What the gateway serves itself: the contract to read, what problems mean, and where to begin.

A small router behind the transport; problems it raises are shown by the door like any other.
"""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from hub_core.language import Language, negotiate
from hub_service import problems
from hub_service.i18n import Texts

from .contract import Contract, Page
from .errors import UnknownProblem
from .revocations import Revocations

_POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_DOCS_POLICY: Final = (
    f"{_POLICY}; img-src 'self' data:; worker-src blob:; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
"""Redoc makes two style elements: an empty one that it fills by script, and that of its scroll bars."""
_SLUG: Final = re.compile(r"[a-z0-9-]{1,64}")
_FACT: Final = re.compile(r"\{\w+\}")
_EVENTS: Final = Path(__file__).parent / "asyncapi.json"
"""What the services tell each other: written by `make contract`."""
_A_DAY: Final = "public, max-age=86400"


class Pages:
    """The ASGI application for everything that is not proxied, and for the lifespan.

    `contract` and `revocations` are set when the lifespan has begun.
    """

    contract: Contract
    revocations: Revocations

    def __init__(
        self, texts: Texts, services: list[str], lifespan: Lifespan[Any], public_origin: str
    ) -> None:
        self._texts = texts
        self._public_origin = public_origin
        self._services = services
        self._events = Page.of(_EVENTS.read_bytes())
        self._templates = Environment(
            loader=PackageLoader("gateway"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._router = Router(
            routes=[
                Route("/", self._index),
                Route("/docs", self._docs),
                Route("/openapi.json", self._openapi),
                Route("/openapi/{service}.json", self._openapi_of),
                Route("/asyncapi.json", self._asyncapi),
                Route("/robots.txt", self._robots),
                Route("/sitemap.xml", self._sitemap),
                Route("/problems/{slug}", self._problem),
                Route("/account", _account),
                Route("/healthz", _alive),
                Route("/readyz", _alive),
                Route("/status", self._status),
                Mount("/static", _Static(directory=Path(__file__).parent / "static")),
            ],
            redirect_slashes=False,
            default=_nothing_here,
            lifespan=lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; raises `Problem` for what cannot be served."""
        scope["app"] = self
        try:
            await self._router(scope, receive, send)
        except HTTPException as error:
            if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                raise problems.MethodNotAllowed(headers=error.headers) from error
            raise problems.NotFound from error

    async def _index(self, request: Request) -> Response:
        return self._show(request, "index.html", _POLICY, services=self._services)

    async def _docs(self, request: Request) -> Response:
        return self._show(request, "docs.html", _DOCS_POLICY)

    async def _problem(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        known = await self.contract.problem(slug) if _SLUG.fullmatch(slug) else None
        if known is None:
            raise UnknownProblem
        language = _language(request)
        told = {member: _FACT.sub("…", known[member][language]) for member in ("title", "detail", "remedy")}
        return self._show(request, "problem.html", _POLICY, status=known["status"], slug=slug, **told)

    async def _openapi(self, request: Request) -> Response:
        return _document(request, await self.contract.merged())

    async def _openapi_of(self, request: Request) -> Response:
        service = request.path_params["service"]
        if service not in self._services:
            raise problems.NotFound
        return _document(request, await self.contract.of(service))

    async def _asyncapi(self, request: Request) -> Response:
        return _document(request, self._events)

    async def _robots(self, _: Request) -> Response:
        """What search engines may read: all that is public, found by the sitemap (RFC 9309)."""
        lines = ["User-agent: *", "Disallow: /account/", f"Sitemap: {self._public_origin}/sitemap.xml"]
        return PlainTextResponse("\n".join([*lines, ""]), headers={"cache-control": _A_DAY})

    async def _sitemap(self, _: Request) -> Response:
        """The sitemaps of the services (sitemaps.org)."""
        listed = f"<sitemap><loc>{self._public_origin}/catalog/v1/sitemap.xml</loc></sitemap>"
        index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'
        declared = f'<?xml version="1.0" encoding="UTF-8"?>\n{index}\n'
        return Response(declared, media_type="application/xml", headers={"cache-control": _A_DAY})

    async def _status(self, _: Request) -> Response:
        return JSONResponse({"service": "gateway", "broker": self.revocations.connected})

    def _show(self, request: Request, template: str, policy: str, **values: Any) -> Response:
        language = _language(request)
        environment = self._templates.overlay()
        environment.install_gettext_translations(self._texts.catalog(language), newstyle=True)  # type: ignore[attr-defined]
        return HTMLResponse(
            environment.get_template(template).render(language=language.value, **values),
            headers={
                "content-security-policy": policy,
                "content-language": language,
                "vary": "Accept-Language",
                "cache-control": "no-cache",
            },
        )


class _Static(StaticFiles):
    """Our own files, kept by browsers for a day."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, with its time to live."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = _A_DAY
        return response


def _document(request: Request, page: Page) -> Response:
    headers = {"etag": page.etag, "cache-control": "no-cache"}
    if page.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(page.body, media_type="application/json", headers=headers)


def _language(request: Request) -> Language:
    return negotiate(request.headers.get("accept-language"))


async def _account(_: Request) -> Response:
    """The short address that people type leads to identity's page."""
    return RedirectResponse("/account/overview", HTTPStatus.SEE_OTHER)


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
        return
    raise problems.NotFound
