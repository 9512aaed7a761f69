"""The protocols of providers of text messages: handing one over, and reading what they report of it.

Both kinds are those of public HTTP gateways. The delivery's id goes along as our reference, so every report
names it. Of a repetition the JSON protocol says that its `messageId` was taken before; the form protocol
has no reference of its own and would send it again.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final, Protocol
from urllib.parse import parse_qsl
from uuid import UUID

import httpx2
from pydantic import BaseModel, Field, ValidationError

from hub_core.language import Language

from ..settings import FormProvider, JsonProvider

_TIMEOUT: Final = httpx2.Timeout(5.0, connect=2.0)
_NEVER_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_TAKES_NOTHING: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_MOST_MINUTES: Final = 2 * 24 * 60
_MOST_SECONDS: Final = 14_400


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """A text message ready to go; the number lives only as long as the attempt.

    `reference` is the delivery's id, `tried` the provider that may have it from an attempt before.
    """

    reference: UUID
    number: str
    language: Language
    text: str
    valid_for: timedelta
    is_code: bool
    tried: str | None = None


class Taking(StrEnum):
    """What a provider did with a message: `UNTAKEN` is certain, `UNKNOWN` is not."""

    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    UNTAKEN = "UNTAKEN"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer, and what it calls the message."""

    taking: Taking
    code: int | None = None
    ref: str | None = None


class Fate(StrEnum):
    """What became of a message, as its provider reports."""

    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"


@dataclass(frozen=True, slots=True)
class Report:
    """The last word of a provider on a message of this reference."""

    reference: UUID
    fate: Fate


@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """What was posted to us as reports.

    `target` is the path and query of the address, `reference` the delivery that the query names.
    """

    headers: Mapping[str, str]
    target: str
    reference: str | None
    body: bytes


class Gateway(Protocol):
    """A provider by its protocol."""

    knows_repetition: ClassVar[bool]

    async def send(self, http: httpx2.AsyncClient, text: Text, sender: str) -> Reply:
        """Hand a message over."""

    def proves(self, posted: Posted) -> bool:
        """Whether this was posted by the provider."""

    def read(self, posted: Posted) -> list[Report]:
        """The last words among reports; what is on its way only is left out. `ValueError` for no report."""


class _Status(BaseModel):
    group: Annotated[str, Field(alias="groupName")]
    name: str


class _Answered(BaseModel):
    message_id: Annotated[str, Field(alias="messageId")]
    status: _Status


class _JsonAnswer(BaseModel):
    messages: Annotated[list[_Answered], Field(min_length=1)]


class _JsonReports(BaseModel):
    results: Annotated[list[_Answered], Field(max_length=1000)]


class _FormAnswer(BaseModel):
    sid: str | None = None
    code: int | None = None


class JsonGateway:
    """JSON, an API key in the `Authorization` header, reports as JSON with HTTP Basic credentials."""

    knows_repetition: ClassVar[bool] = True
    _DUPLICATE: Final = "REJECTED_DUPLICATE_MESSAGE_ID"
    _OF_RECIPIENT: Final = (
        "REJECTED_DESTINATION",
        "REJECTED_INVALID_DESTINATION",
        "REJECTED_DND",
        "MISSING_TO",
    )
    _ON_THE_WAY: Final = "DELIVERED_TO_OPERATOR"

    def __init__(self, provider: JsonProvider, origin: str) -> None:
        self._provider = provider
        self._reports_to = origin + reports_path(provider.name)

    async def send(self, http: httpx2.AsyncClient, text: Text, sender: str) -> Reply:
        """Hand a message over; one that was taken before is not sent again."""
        order = {
            "from": sender,
            "destinations": [{"to": text.number.removeprefix("+"), "messageId": str(text.reference)}],
            "text": text.text,
            "notifyUrl": self._reports_to,
            "notifyContentType": "application/json",
            "validityPeriod": min(max(int(text.valid_for.total_seconds()) // 60, 1), _MOST_MINUTES),
        }
        answer = await _post(
            http,
            f"{self._provider.url}/sms/2/text/advanced",
            headers={"authorization": f"App {self._provider.key.get_secret_value()}"},
            json={"messages": [order]},
        )
        if isinstance(answer, Reply):
            return answer
        if not answer.is_success:
            return _refused(answer)
        try:
            told = _JsonAnswer.model_validate_json(answer.content).messages[0]
        except ValidationError:
            return Reply(Taking.UNKNOWN, answer.status_code)
        if told.status.group != "REJECTED" or told.status.name == self._DUPLICATE:
            return Reply(Taking.TAKEN, answer.status_code, str(text.reference))
        is_of_recipient = told.status.name.startswith(self._OF_RECIPIENT)
        return Reply(Taking.REFUSED if is_of_recipient else Taking.UNTAKEN, answer.status_code)

    def proves(self, posted: Posted) -> bool:
        """Whether the credentials are those that were agreed with this provider."""
        kind, _, given = posted.headers.get("authorization", "").partition(" ")
        try:
            credentials = base64.b64decode(given, validate=True)
        except ValueError:
            return False
        agreed = f"{self._provider.name}:{self._provider.reports_password.get_secret_value()}"
        return kind.lower() == "basic" and hmac.compare_digest(credentials, agreed.encode())

    def read(self, posted: Posted) -> list[Report]:
        """The last words among the reports of a body."""
        told = _JsonReports.model_validate_json(posted.body).results
        return [
            Report(reference, fate)
            for each in told
            if (reference := _reference(each.message_id)) and (fate := self._fate(each.status))
        ]

    def _fate(self, status: _Status) -> Fate | None:
        if status.group == "DELIVERED":
            return None if status.name == self._ON_THE_WAY else Fate.DELIVERED
        return Fate.UNDELIVERED if status.group in ("UNDELIVERABLE", "EXPIRED", "REJECTED") else None


class FormGateway:
    """A form with HTTP Basic credentials; reports as a form that is signed together with its address.

    The address of the reports carries our reference, because the protocol has no place for one.
    """

    knows_repetition: ClassVar[bool] = False
    _OF_RECIPIENT: Final = frozenset({21211, 21214, 21217, 21408, 21610, 21612, 21614, 21635})
    """Codes that say that this number cannot be written to."""
    _FATES: Final = {
        "delivered": Fate.DELIVERED,
        "read": Fate.DELIVERED,
        "undelivered": Fate.UNDELIVERED,
        "failed": Fate.UNDELIVERED,
        "canceled": Fate.UNDELIVERED,
    }

    def __init__(self, provider: FormProvider, origin: str) -> None:
        self._provider = provider
        self._origin = origin

    async def send(self, http: httpx2.AsyncClient, text: Text, sender: str) -> Reply:
        """Hand a message over; it would be sent again if it was taken before."""
        provider = self._provider
        answer = await _post(
            http,
            f"{provider.url}/2010-04-01/Accounts/{provider.account}/Messages.json",
            auth=(provider.account, provider.token.get_secret_value()),
            data={
                "To": text.number,
                "From": sender,
                "Body": text.text,
                "StatusCallback": f"{self._origin}{reports_path(provider.name)}?delivery={text.reference}",
                "ValidityPeriod": str(min(max(int(text.valid_for.total_seconds()), 1), _MOST_SECONDS)),
            },
        )
        if isinstance(answer, Reply):
            return answer
        try:
            told = _FormAnswer.model_validate_json(answer.content)
        except ValidationError:
            told = _FormAnswer()
        if answer.is_success:
            return Reply(Taking.TAKEN, answer.status_code, told.sid)
        if told.code in self._OF_RECIPIENT:
            return Reply(Taking.REFUSED, answer.status_code)
        return _refused(answer)

    def proves(self, posted: Posted) -> bool:
        """Whether the signature is the provider's, over our address as it was told and all fields."""
        fields = _form(posted.body)
        said = self._origin + posted.target + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        token = self._provider.token.get_secret_value().encode()
        signature = base64.b64encode(hmac.new(token, said.encode(), hashlib.sha1).digest())
        return hmac.compare_digest(signature, posted.headers.get("x-twilio-signature", "").encode())

    def read(self, posted: Posted) -> list[Report]:
        """The report of a form, if it is a last word."""
        reference = _reference(posted.reference or "")
        fate = self._FATES.get(_form(posted.body).get("MessageStatus", ""))
        return [Report(reference, fate)] if reference and fate else []


def made(providers: Iterable[JsonProvider | FormProvider], origin: str) -> dict[str, Gateway]:
    """The gateways of providers by name; `origin` is the address at which the hub is reached from outside."""
    return {
        provider.name: JsonGateway(provider, origin)
        if isinstance(provider, JsonProvider)
        else FormGateway(provider, origin)
        for provider in providers
    }


def reports_path(provider: str) -> str:
    """Where a provider posts its reports."""
    return f"/notify/v1/sms-receipts/{provider}"


async def _post(http: httpx2.AsyncClient, url: str, **more: Any) -> httpx2.Response | Reply:
    try:
        return await http.post(url, timeout=_TIMEOUT, follow_redirects=False, **more)
    except _NEVER_SENT:
        return Reply(Taking.UNTAKEN)
    except httpx2.HTTPError:
        return Reply(Taking.UNKNOWN)


def _refused(answer: httpx2.Response) -> Reply:
    """What a refusal that says nothing of the recipient means: a server's own failure may have taken it."""
    is_unknown = answer.is_server_error and answer.status_code not in _TAKES_NOTHING
    return Reply(Taking.UNKNOWN if is_unknown else Taking.UNTAKEN, answer.status_code)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _reference(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
