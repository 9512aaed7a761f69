"""Two local gateways for text messages, each with the protocol of a kind of provider.

    POST /alfa/sms/2/text/advanced                          JSON, an API key, reports as JSON by Basic
    POST /beta/2010-04-01/Accounts/{account}/Messages.json  a form by Basic, reports as a signed form
    PUT    /api/sms-behaviour   {"provider": "alfa", "status": 503, "seconds": 5, "times": 3, "reports":
                                "LOST", "report_seconds": 2, "report_copies": 2}: from now on; all but
                                what is named is as usual, and without `provider` both behave so
    DELETE /api/sms-behaviour   both behave as usual again

`status` refuses with it and takes nothing. `seconds` is how long the answer takes; the message is taken
before, so that one who does not wait has sent it all the same. `reports` are DELIVERED (usual), UNDELIVERED
or LOST; they come `report_seconds` after the answer, `report_copies` times. With `times` so many messages
are treated so.

Alfa knows a message that comes again by its `messageId` and refuses it with REJECTED_DUPLICATE_MESSAGE_ID;
beta has no reference of who sends, takes it again, and the page shows the copies.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core import clock

from . import content
from .store import Channel, Store

ALFA: Final = "alfa"
BETA: Final = "beta"

_AGAIN: Final = (0.5, 2.0, 8.0, 30.0)
"""Seconds between the tries of a report that is not answered with 2xx."""
_LONGEST_TEXT: Final = 1600

_PENDING: Final = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}
_DUPLICATE: Final = {"groupId": 5, "groupName": "REJECTED", "id": 18, "name": "REJECTED_DUPLICATE_MESSAGE_ID"}
_REPORTED: Final = {
    "DELIVERED": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET"},
    "UNDELIVERED": {
        "groupId": 2,
        "groupName": "UNDELIVERABLE",
        "id": 4,
        "name": "UNDELIVERABLE_NOT_DELIVERED",
    },
}


@dataclass(frozen=True, slots=True)
class Keys:
    """What the gateways know their client by, and what their reports are proved with."""

    alfa_key: str
    alfa_reports: str
    beta_account: str
    beta_token: str


class Behaviour(BaseModel):
    """How messages are treated."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["alfa", "beta"] | None = None
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    seconds: Annotated[float, Field(ge=0, le=120)] = 0
    times: Annotated[int, Field(ge=1)] | None = None
    reports: Literal["DELIVERED", "UNDELIVERED", "LOST"] = "DELIVERED"
    report_seconds: Annotated[float, Field(ge=0, le=3600)] = 0.1
    report_copies: Annotated[int, Field(ge=1, le=10)] = 1


class _Destination(BaseModel):
    to: Annotated[str, Field(pattern=r"^\+?[0-9]{6,15}$")]
    message_id: Annotated[str, Field(alias="messageId", min_length=1, max_length=200)]


class _JsonMessage(BaseModel):
    sender: Annotated[str, Field(alias="from", min_length=1, max_length=11)]
    destinations: Annotated[list[_Destination], Field(min_length=1, max_length=1)]
    text: Annotated[str, Field(min_length=1, max_length=_LONGEST_TEXT)]
    notify_url: Annotated[str, Field(alias="notifyUrl")]


class _JsonOrder(BaseModel):
    messages: Annotated[list[_JsonMessage], Field(min_length=1, max_length=1)]


class _FormOrder(BaseModel):
    to: Annotated[str, Field(alias="To", pattern=r"^\+[0-9]{6,15}$")]
    sender: Annotated[str, Field(alias="From", min_length=1, max_length=11)]
    text: Annotated[str, Field(alias="Body", min_length=1, max_length=_LONGEST_TEXT)]
    callback: Annotated[str, Field(alias="StatusCallback")]


class Gateways:
    """Both gateways: what they take goes to the store, and their reports to who sent it."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._behaviours: dict[str, Behaviour] = {}
        self._http = httpx2.AsyncClient(timeout=10.0)
        self._reports: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Drop the reports that are still to come."""
        for report in self._reports:
            report.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        await self._http.aclose()

    def behave(self, told: Behaviour) -> None:
        """Treat messages so from now on."""
        for name in (told.provider,) if told.provider else (ALFA, BETA):
            self._behaviours[name] = told.model_copy()

    def behave_as_usual(self) -> None:
        """Take messages and report them again."""
        self._behaviours.clear()

    async def receive_json(self, request: Request) -> Response:
        """Alfa's door."""
        if not _same(request.headers.get("authorization", ""), f"App {self._keys.alfa_key}"):
            return _json_error(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "Invalid login details")
        try:
            message = _JsonOrder.model_validate_json(await request.body()).messages[0]
        except ValidationError:
            return _json_error(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "Bad request")
        behaviour = self._next(ALFA)
        if behaviour.status:
            await asyncio.sleep(behaviour.seconds)
            return _json_error(behaviour.status, "AS_TOLD", "refused, as told")
        destination = message.destinations[0]
        answered = {"to": destination.to, "messageId": destination.message_id}
        if self._store.has_sms(ALFA, destination.message_id):
            return JSONResponse({"messages": [answered | {"status": _DUPLICATE}]})
        to = f"+{destination.to.removeprefix('+')}"
        self._keep(ALFA, destination.message_id, message.sender, to, message.text)
        if behaviour.reports != "LOST":
            result = answered | {
                "status": _REPORTED[behaviour.reports],
                "smsCount": content.sms_parts(message.text),
                "doneAt": clock.now().isoformat(timespec="milliseconds"),
            }
            headers = {"authorization": _basic(ALFA, self._keys.alfa_reports)}
            self._report(behaviour, message.notify_url, headers, json={"results": [result]})
        await asyncio.sleep(behaviour.seconds)
        return JSONResponse({"messages": [answered | {"status": _PENDING}]})

    async def receive_form(self, request: Request) -> Response:
        """Beta's door."""
        account = request.path_params["account"]
        if not _same(
            request.headers.get("authorization", ""), _basic(self._keys.beta_account, self._keys.beta_token)
        ):
            return _form_error(HTTPStatus.UNAUTHORIZED, 20003, "Authenticate")
        given = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        try:
            message = _FormOrder.model_validate(given)
        except ValidationError as error:
            is_number = any(fault["loc"] == ("To",) for fault in error.errors())
            return _form_error(HTTPStatus.BAD_REQUEST, 21211 if is_number else 21603, "not valid")
        behaviour = self._next(BETA)
        if behaviour.status:
            await asyncio.sleep(behaviour.seconds)
            return _form_error(behaviour.status, 20500, "refused, as told")
        sid = f"SM{secrets.token_hex(16)}"
        reference = parse_qs(urlsplit(message.callback).query).get("delivery", [sid])[0]
        self._keep(BETA, reference, message.sender, message.to, message.text)
        if behaviour.reports != "LOST":
            state = behaviour.reports.lower()
            form = {"MessageSid": sid, "MessageStatus": state, "AccountSid": account, "To": message.to}
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "x-twilio-signature": sign(self._keys.beta_token, message.callback, form),
            }
            self._report(behaviour, message.callback, headers, content=urlencode(form))
        await asyncio.sleep(behaviour.seconds)
        return JSONResponse({"sid": sid, "status": "queued"}, HTTPStatus.CREATED)

    def _next(self, provider: str) -> Behaviour:
        """How the message at hand is treated."""
        behaviour = self._behaviours.get(provider, Behaviour())
        if behaviour.times is not None:
            behaviour.times -= 1
            if not behaviour.times:
                del self._behaviours[provider]
        return behaviour

    def _keep(self, provider: str, reference: str, sender: str, to: str, text: str) -> None:
        self._store.add(
            Channel.SMS, reference, sender, [to], "", text.encode(), clock.now(), provider=provider
        )

    def _report(self, behaviour: Behaviour, url: str, headers: Mapping[str, str], **body: Any) -> None:
        async def send() -> None:
            await asyncio.sleep(behaviour.seconds + behaviour.report_seconds)
            for _ in range(behaviour.report_copies):
                await self._deliver(url, headers, body)

        report = asyncio.create_task(send())
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    async def _deliver(self, url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        for pause in (*_AGAIN, None):
            with suppress(httpx2.HTTPError):
                if (await self._http.post(url, headers=headers, **body)).is_success:
                    return
            if pause is not None:
                await asyncio.sleep(pause)


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature of a form that is posted to an address: HMAC-SHA1 over both, its fields in order."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def _basic(name: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _json_error(status: int, code: str, text: str) -> Response:
    return JSONResponse({"requestError": {"serviceException": {"messageId": code, "text": text}}}, status)


def _form_error(status: int, code: int, text: str) -> Response:
    return JSONResponse({"code": code, "message": text, "status": int(status)}, status)
