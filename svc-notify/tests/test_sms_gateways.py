"""The protocols of providers of text messages, with the local gateways and with single answers."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx2
import pytest

from hub_cli.mailbox import sms
from hub_core import ids
from hub_core.language import Language
from svc_notify.channels import sms_gateways
from svc_notify.channels.sms_gateways import (
    Fate,
    FormGateway,
    JsonGateway,
    Posted,
    Reply,
    Report,
    Taking,
    Text,
)
from svc_notify.settings import FormProvider, JsonProvider

ORIGIN = "https://hub.example"
ALFA = JsonProvider(
    protocol="json", name="alfa", url="http://alfa.test", key="door", reports_password="words"
)
BETA = FormProvider(protocol="form", name="beta", url="http://beta.test", account="AC1", token="12345")
DELIVERY = ids.new_id()
TEXT = Text(DELIVERY, "+40721000000", Language.RO, "Codul: 482913", timedelta(minutes=15), is_code=True)
BOTH = pytest.mark.parametrize(
    "gateway", [JsonGateway(ALFA, ORIGIN), FormGateway(BETA, ORIGIN)], ids=["json", "form"]
)
Answering = Callable[[httpx2.Request], httpx2.Response]


async def sent(gateway: JsonGateway | FormGateway, answer: Answering, text: Text = TEXT) -> Reply:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        return await gateway.send(http, text, "MAI-HUB")


def json_status(name: str, group: str) -> httpx2.Response:
    status = {"groupName": group, "name": name, "id": 1, "groupId": 1}
    return httpx2.Response(200, json={"messages": [{"messageId": str(DELIVERY), "status": status}]})


async def test_json_sends_number_text_reference_and_how_long_it_is_worth() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return json_status("PENDING_ACCEPTED", "PENDING")

    reply = await sent(JsonGateway(ALFA, ORIGIN), answer)
    assert reply == Reply(Taking.TAKEN, 200, str(DELIVERY))
    (request,) = asked
    assert str(request.url) == "http://alfa.test/sms/2/text/advanced"
    assert request.headers["authorization"] == "App door"
    assert json.loads(request.content) == {
        "messages": [
            {
                "from": "MAI-HUB",
                "destinations": [{"to": "40721000000", "messageId": str(DELIVERY)}],
                "text": "Codul: 482913",
                "notifyUrl": "https://hub.example/notify/v1/sms-receipts/alfa",
                "notifyContentType": "application/json",
                "validityPeriod": 15,
            }
        ]
    }


async def test_form_sends_the_same_and_the_reference_in_the_address_of_the_report() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(201, json={"sid": "SM1", "status": "queued"})

    reply = await sent(FormGateway(BETA, ORIGIN), answer)
    assert reply == Reply(Taking.TAKEN, 201, "SM1")
    (request,) = asked
    assert str(request.url) == "http://beta.test/2010-04-01/Accounts/AC1/Messages.json"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"AC1:12345"
    assert {name: value for name, (value,) in parse_qs(request.content.decode()).items()} == {
        "To": "+40721000000",
        "From": "MAI-HUB",
        "Body": "Codul: 482913",
        "StatusCallback": f"https://hub.example/notify/v1/sms-receipts/beta?delivery={DELIVERY}",
        "ValidityPeriod": "900",
    }


@pytest.mark.parametrize(
    ("name", "group", "taking"),
    [
        ("PENDING_ENROUTE", "PENDING", Taking.TAKEN),
        ("REJECTED_DUPLICATE_MESSAGE_ID", "REJECTED", Taking.TAKEN),
        ("REJECTED_DESTINATION", "REJECTED", Taking.REFUSED),
        ("REJECTED_DESTINATION_BLOCKLISTED", "REJECTED", Taking.REFUSED),
        ("REJECTED_NOT_ENOUGH_CREDITS", "REJECTED", Taking.UNTAKEN),
        ("REJECTED_SENDER", "REJECTED", Taking.UNTAKEN),
    ],
)
async def test_what_a_json_answer_of_200_means(name: str, group: str, taking: Taking) -> None:
    reply = await sent(JsonGateway(ALFA, ORIGIN), lambda _: json_status(name, group))
    assert reply.taking is taking


@pytest.mark.parametrize(
    "gateway", [JsonGateway(ALFA, ORIGIN), FormGateway(BETA, ORIGIN)], ids=["json", "form"]
)
@pytest.mark.parametrize(
    ("status", "taking"),
    [
        (400, Taking.UNTAKEN),
        (401, Taking.UNTAKEN),
        (302, Taking.UNTAKEN),
        (429, Taking.UNTAKEN),
        (503, Taking.UNTAKEN),
        (500, Taking.UNKNOWN),
        (502, Taking.UNKNOWN),
        (504, Taking.UNKNOWN),
    ],
)
async def test_a_refusal_is_certain_unless_a_server_failed(
    gateway: JsonGateway | FormGateway, status: int, taking: Taking
) -> None:
    reply = await sent(gateway, lambda _: httpx2.Response(status, text="no"))
    assert reply == Reply(taking, status)


async def test_a_json_answer_that_nobody_can_read_leaves_it_unknown() -> None:
    reply = await sent(JsonGateway(ALFA, ORIGIN), lambda _: httpx2.Response(200, text="<html>"))
    assert reply.taking is Taking.UNKNOWN


@pytest.mark.parametrize(("code", "taking"), [(21211, Taking.REFUSED), (21603, Taking.UNTAKEN)])
async def test_what_a_form_refusal_of_400_means(code: int, taking: Taking) -> None:
    reply = await sent(FormGateway(BETA, ORIGIN), lambda _: httpx2.Response(400, json={"code": code}))
    assert reply.taking is taking


@pytest.mark.parametrize(
    "gateway", [JsonGateway(ALFA, ORIGIN), FormGateway(BETA, ORIGIN)], ids=["json", "form"]
)
@pytest.mark.parametrize(
    ("fault", "taking"),
    [
        (httpx2.ConnectError, Taking.UNTAKEN),
        (httpx2.ConnectTimeout, Taking.UNTAKEN),
        (httpx2.ReadTimeout, Taking.UNKNOWN),
        (httpx2.RemoteProtocolError, Taking.UNKNOWN),
        (httpx2.WriteError, Taking.UNKNOWN),
    ],
)
async def test_what_was_never_sent_is_certainly_not_taken(
    gateway: JsonGateway | FormGateway, fault: type[httpx2.TransportError], taking: Taking
) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise fault("no", request=request)

    assert (await sent(gateway, fail)).taking is taking


def json_reports(*named: tuple[str, str]) -> bytes:
    results = [
        {"messageId": str(DELIVERY), "status": {"groupName": group, "name": name}, "to": "40721000000"}
        for group, name in named
    ]
    return json.dumps({"results": results}).encode()


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


@pytest.mark.parametrize(
    ("headers", "is_proved"),
    [
        (basic("alfa:words"), True),
        (basic("alfa:other"), False),
        (basic("beta:words"), False),
        ({"authorization": "Basic %%%"}, False),
        ({"authorization": "Bearer YWxmYTp3b3Jkcw=="}, False),
        ({}, False),
    ],
    ids=["right", "other-password", "other-name", "no-base64", "bearer", "none"],
)
def test_json_reports_are_proved_by_a_password(headers: dict[str, str], is_proved: bool) -> None:
    assert JsonGateway(ALFA, ORIGIN).proves(Posted(headers, "/x", None, b"{}")) is is_proved


def test_json_reports_are_read_and_what_is_on_its_way_is_left_out() -> None:
    body = json_reports(
        ("PENDING", "PENDING_ENROUTE"),
        ("DELIVERED", "DELIVERED_TO_OPERATOR"),
        ("DELIVERED", "DELIVERED_TO_HANDSET"),
        ("EXPIRED", "EXPIRED_EXPIRED"),
        ("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED"),
    )
    assert JsonGateway(ALFA, ORIGIN).read(Posted({}, "/x", None, body)) == [
        Report(DELIVERY, Fate.DELIVERED),
        Report(DELIVERY, Fate.UNDELIVERED),
        Report(DELIVERY, Fate.UNDELIVERED),
    ]


def test_a_reference_that_is_not_ours_is_left_out() -> None:
    body = json_reports(("DELIVERED", "DELIVERED_TO_HANDSET")).replace(str(DELIVERY).encode(), b"other")
    assert JsonGateway(ALFA, ORIGIN).read(Posted({}, "/x", None, body)) == []


def test_json_that_is_no_report_is_refused() -> None:
    with pytest.raises(ValueError, match="results"):
        JsonGateway(ALFA, ORIGIN).read(Posted({}, "/x", None, b"{}"))


TARGET = f"/notify/v1/sms-receipts/beta?delivery={DELIVERY}"
FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+40721000000"}


def signed(target: str = TARGET, form: dict[str, str] = FORM, **special: Any) -> Posted:
    signature = sms.sign("12345", ORIGIN + target, form)
    return Posted(
        {"x-twilio-signature": signature}, target, str(DELIVERY), urlencode(form | special).encode()
    )


def test_form_reports_are_proved_by_a_signature_over_the_address_and_every_field() -> None:
    gateway = FormGateway(BETA, ORIGIN)
    good = signed()
    assert gateway.proves(good)
    assert gateway.read(good) == [Report(DELIVERY, Fate.DELIVERED)]
    assert not gateway.proves(Posted({}, TARGET, str(DELIVERY), good.body))
    assert not gateway.proves(
        Posted(good.headers, TARGET.replace("delivery=", "other="), str(DELIVERY), good.body)
    )
    assert not gateway.proves(signed(MessageStatus="failed"))
    assert not FormGateway(BETA, "https://other.example").proves(good)


def test_the_published_example_of_a_signature_is_proved() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    headers = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    posted = Posted(headers, "/myapp.php?foo=1&bar=2", None, urlencode(form).encode())
    assert FormGateway(BETA, "https://mycompany.com").proves(posted)


@pytest.mark.parametrize(
    ("status", "fate"),
    [("queued", None), ("sent", None), ("delivered", Fate.DELIVERED), ("undelivered", Fate.UNDELIVERED),
     ("failed", Fate.UNDELIVERED)],
)  # fmt: skip
def test_what_a_form_reports(status: str, fate: Fate | None) -> None:
    read = FormGateway(BETA, ORIGIN).read(signed(form=FORM | {"MessageStatus": status}))
    assert [report.fate for report in read] == ([fate] if fate else [])


def test_a_text_shows_nobody_its_number_and_words() -> None:
    assert "+40" not in repr(TEXT)
    assert "482913" not in repr(TEXT)
    assert "482913" not in repr(Posted({}, "/x", None, b"482913"))


def test_gateways_are_made_by_their_protocols() -> None:
    made = sms_gateways.made((ALFA, BETA), ORIGIN)
    assert {name: type(gateway) for name, gateway in made.items()} == {
        "alfa": JsonGateway,
        "beta": FormGateway,
    }
