"""The mailbox of the embedded run: takes every e-mail, SMS and push, and shows them to whoever sits at it.

    GET    /api/messages       ?to=&after=&limit=: {"items": […], "next_after": 42}, oldest first
    GET    /api/copies         {"<message id>": 1, …}
    DELETE /api/messages       throws all of them away
    PUT    /api/refusal        {"code": 451, "times": 3}: refuse that often (without `times`: for ever)
    DELETE /api/refusal        takes messages again

The gateways for SMS, and how they are told to fail, stand in `sms`, the push service in `push`.
HUB_MAILBOX_SMS is the gateways' keys as JSON, without which they let nobody in. HUB_MAILBOX_REFUSE=<code>
refuses e-mail from the start. Only this machine reaches it, and only under the machine's own name, so that no
page of another origin can ask it through a browser.
"""

import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import jinja2
import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub_cli import ports

from . import content, push, sms, smtp
from .push import PushService, Subscribe
from .refusal import Refusal
from .sms import Behaviour, Gateways, Keys
from .store import Channel, Message, Store

_HERE: Final = Path(__file__).parent
_PAGES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_SHOWN: Final = 50
_MOST: Final = 10_000
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_HTML_PART_HEADERS: Final = _HEADERS | {
    "content-security-policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
    )
}

ModelT = TypeVar("ModelT", bound=BaseModel)


class Refuse(BaseModel):
    """What `PUT /api/refusal` is asked: an SMTP code, and how often; for ever when absent."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[int, Field(ge=400, le=499)]
    times: Annotated[int, Field(ge=1)] | None = None


def serve(folder: str, web_port: int, smtp_port: int) -> None:
    """Serve until SIGTERM."""
    told = os.environ.get("HUB_MAILBOX_SMS")
    keys = Keys(**json.loads(told)) if told else None
    app = create_app(Path(folder), smtp_port, int(os.environ.get("HUB_MAILBOX_REFUSE") or 0), keys)
    config = uvicorn.Config(
        app,
        host=ports.LOOPBACK,
        port=web_port,
        access_log=False,
        log_config=None,
        log_level="warning",
        ws="none",
    )
    uvicorn.Server(config).run()


def create_app(folder: Path, smtp_port: int, refuse: int = 0, keys: Keys | None = None) -> Starlette:
    """The mailbox that keeps its messages in `folder`.

    `refuse` is an SMTP code to refuse with from the start, 0 for none; `app.state.smtp_port` says
    where it listens once it runs. `keys` are those of its gateways for SMS.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        store, refusal = Store(folder / "messages.sqlite"), Refusal(refuse)
        gateways = Gateways(store, keys or Keys(*(secrets.token_hex() for _ in fields(Keys))))
        app.state.store, app.state.refusal, app.state.gateways = store, refusal, gateways
        app.state.push = PushService(store)
        try:
            async with smtp.listening(smtp.Receiver(store, refusal), smtp_port) as port:
                app.state.smtp_port = port
                yield
        finally:
            await gateways.close()
            store.close()

    def route(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
        return Route(path, endpoint, methods=[method])

    return Starlette(
        routes=[
            route("/", show_list),
            route("/messages/{number:int}", show_message),
            route("/messages/{number:int}/html", show_html_part),
            route("/messages/{number:int}/raw", show_raw),
            route("/style.css", show_style),
            route(f"/{sms.ALFA}/sms/2/text/advanced", receive_json_sms, "POST"),
            route(f"/{sms.BETA}/2010-04-01/Accounts/{{account}}/Messages.json", receive_form_sms, "POST"),
            route("/api/sms-behaviour", begin_behaviour, "PUT"),
            route("/api/sms-behaviour", end_behaviour, "DELETE"),
            route("/push/{token}", receive_push, "POST"),
            route("/api/push-subscriptions", subscribe, "POST"),
            route("/api/push-subscriptions", unsubscribe_all, "DELETE"),
            route("/api/push-behaviour", begin_push_behaviour, "PUT"),
            route("/api/push-behaviour", end_push_behaviour, "DELETE"),
            route("/api/messages", list_messages),
            route("/api/messages", delete_messages, "DELETE"),
            route("/api/copies", list_copies),
            route("/api/refusal", begin_refusal, "PUT"),
            route("/api/refusal", end_refusal, "DELETE"),
            route("/readyz", show_readiness),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
        lifespan=lifespan,
    )


async def show_list(request: Request) -> Response:
    """The page with the newest messages."""
    to = request.query_params.get("to", "").strip()
    before = _number(request, "before", 0)
    messages = _store(request).newest(to or None, before, _SHOWN + 1)
    return _page(
        "list.html",
        messages=[(message, _summary(message)) for message in messages[:_SHOWN]],
        to=to,
        refresh=min(_number(request, "refresh", 0), 3600),
        older=messages[_SHOWN - 1].id if len(messages) > _SHOWN else None,
    )


async def show_message(request: Request) -> Response:
    """The page with one message."""
    message = _store(request).one(request.path_params["number"])
    if message is None:
        return _page("missing.html", status=HTTPStatus.NOT_FOUND)
    text = content.text_of(message)
    return _page(
        "message.html",
        message=message,
        text=content.linked(text),
        has_html=bool(content.html_of(message)),
        parts=content.sms_parts(text) if message.channel is Channel.SMS else None,
    )


async def show_html_part(request: Request) -> Response:
    """The HTML part as it came, in a sandbox: no script, no form, nothing from elsewhere."""
    message = _store(request).one(request.path_params["number"])
    html = content.html_of(message) if message else ""
    return HTMLResponse(f'<base target="_blank">{html}', headers=_HTML_PART_HEADERS)


async def show_raw(request: Request) -> Response:
    """The message as it came over the wire."""
    message = _store(request).one(request.path_params["number"])
    return PlainTextResponse(message.raw if message else b"", headers=_HEADERS)


async def show_style(_: Request) -> Response:
    """The style of the pages."""
    return FileResponse(_HERE / "style.css", headers={"cache-control": "no-cache"})


async def show_readiness(_: Request) -> Response:
    """Messages are taken."""
    return JSONResponse({"status": "ok"})


async def receive_json_sms(request: Request) -> Response:
    """Take an SMS by alfa's protocol."""
    return await _gateways(request).receive_json(request)


async def receive_form_sms(request: Request) -> Response:
    """Take an SMS by beta's protocol."""
    return await _gateways(request).receive_form(request)


async def begin_behaviour(request: Request) -> Response:
    """Treat SMS so from now on."""
    told = await _body(request, Behaviour)
    if isinstance(told, Response):
        return told
    _gateways(request).behave(told)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def end_behaviour(request: Request) -> Response:
    """Take SMS as usual again."""
    _gateways(request).behave_as_usual()
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def receive_push(request: Request) -> Response:
    """Take a message for a browser."""
    return await _push(request).receive(request)


async def subscribe(request: Request) -> Response:
    """Let a browser subscribe."""
    told = await _body(request, Subscribe)
    if isinstance(told, Response):
        return told
    made = _push(request).subscribe(told, f"{request.url.scheme}://{request.url.netloc}")
    return JSONResponse(made, HTTPStatus.CREATED)


async def unsubscribe_all(request: Request) -> Response:
    """Let every browser unsubscribe."""
    _push(request).unsubscribe_all()
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def begin_push_behaviour(request: Request) -> Response:
    """Treat pushes so from now on."""
    told = await _body(request, push.Behaviour)
    if isinstance(told, Response):
        return told
    _push(request).behave(told)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def end_push_behaviour(request: Request) -> Response:
    """Take pushes as usual again."""
    _push(request).behave(push.Behaviour())
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def list_messages(request: Request) -> Response:
    """The messages as JSON, oldest first, after the one numbered `after`."""
    limit = max(1, min(_number(request, "limit", _MOST), _MOST))
    after = _number(request, "after", 0)
    messages = _store(request).after(request.query_params.get("to"), after, limit)
    items = [_as_json(message) for message in messages]
    return JSONResponse({"items": items, "next_after": messages[-1].id if messages else after})


async def list_copies(request: Request) -> Response:
    """How many messages came with each Message-ID."""
    return JSONResponse(_store(request).copies())


async def delete_messages(request: Request) -> Response:
    """Throw all messages away."""
    _store(request).empty()
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def begin_refusal(request: Request) -> Response:
    """Refuse messages from now on."""
    told = await _body(request, Refuse)
    if isinstance(told, Response):
        return told
    request.app.state.refusal.begin(told.code, told.times)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def end_refusal(request: Request) -> Response:
    """Take messages again."""
    request.app.state.refusal.end()
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _gateways(request: Request) -> Gateways:
    gateways: Gateways = request.app.state.gateways
    return gateways


def _push(request: Request) -> PushService:
    service: PushService = request.app.state.push
    return service


def _page(name: str, status: int = HTTPStatus.OK, **facts: Any) -> Response:
    return HTMLResponse(_PAGES.get_template(name).render(**facts), status, _HEADERS)


async def _body(request: Request, model: type[ModelT]) -> ModelT | Response:
    """The JSON body; a page of another origin cannot send one without asking first (CORS)."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return JSONResponse({"error": "send application/json"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        return JSONResponse({"error": "not valid", "faults": faults}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < len(str(1 << 62)) else default


def _summary(message: Message) -> str:
    return message.subject or content.text_of(message)[:80] or "(without subject)"


def _as_json(message: Message) -> dict[str, Any]:
    text = content.text_of(message)
    return {
        "id": message.id,
        "channel": message.channel,
        "received_at": message.received_at.isoformat().replace("+00:00", "Z"),
        "message_id": message.message_id,
        "copies": message.copies,
        "sender": message.sender,
        "provider": message.provider or None,
        "recipients": message.recipients,
        "subject": message.subject,
        "text": text,
        "html": content.html_of(message),
        "headers": content.headers_of(message),
        "sms_parts": content.sms_parts(text) if message.channel is Channel.SMS else None,
    }
