"""The world outside the hub, for the embedded run: registers of the state with invented people.

    POST   /population/people/find       {"cnp": "…"}: the entry, 404 when nobody has or had this number
    POST   /population/people/relatives  {"cnp": "…"}: {"items": [{"kind": "CHILD", "cnp": "…"}]}
    POST   /population/people/death      {"cnp": "…", "died_on": "2026-11-21"}: let somebody have died
    GET    /population/people            ?after=&limit=: some people, for tests
    GET    /companies/{cui}              the company and its representatives
    POST   /records/people/find          who stands in the criminal record (`records`)
    POST   /records/companies/find       the same of companies
    POST   /drivers/find                 licence, reports and suspensions of a driver (`drivers`)
    POST   /vehicles/find                whose a vehicle is (`vehicles`)
    GET    /roeid/…, /eidas/…            two identity providers (`identity_providers`)
    GET    /trust/…                      the authority of the seals (`trust.routes`)
    PUT    /api/outage                   the registers do not answer (503), until DELETE

Only this machine reaches it, and only under the machine's own name.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub_cli import ports

from . import drivers, records, registers, vehicles
from .identity_providers import IdentityProvider
from .store import Store
from .trust.routes import TrustServices


def serve(file: str, port: int, client_secret: str, trust: str) -> None:
    """Serve until SIGTERM the registers that `store.make` wrote into the file, and the identity providers.

    `client_secret` is the one that the hub shows to the providers; `trust` is the folder that
    `trust.authority.make` filled.
    """
    config = uvicorn.Config(
        create_app(Path(file), f"http://localhost:{port}", client_secret, Path(trust)),
        host=ports.LOOPBACK,
        port=port,
        access_log=False,
        log_config=None,
        log_level="warning",
        ws="none",
    )
    uvicorn.Server(config).run()


def create_app(
    file: Path, origin: str = "http://localhost", client_secret: str = "", trust: Path | None = None
) -> Starlette:
    """The outside as an application at `origin`, with the registers in the file.

    Without a folder of `trust` there is no authority.
    """
    roeid = IdentityProvider("roeid", "ROeID", origin, client_secret)
    eidas = IdentityProvider("eidas", "eIDAS", origin, client_secret)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.store, app.state.is_away = Store(file), False
        roeid.register = app.state.store
        try:
            yield
        finally:
            app.state.store.close()

    return Starlette(
        routes=[
            *registers.ROUTES,
            *records.ROUTES,
            *drivers.ROUTES,
            *vehicles.ROUTES,
            *roeid.routes,
            *eidas.routes,
            *(TrustServices(trust).routes if trust else ()),
            Route("/readyz", show_readiness),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
        lifespan=lifespan,
    )


async def show_readiness(_: Request) -> Response:
    """Questions are answered."""
    return JSONResponse({"status": "ok"}, HTTPStatus.OK)
