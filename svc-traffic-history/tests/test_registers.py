"""How registers of the police are asked."""

import json

import httpx2
import pytest

from svc_traffic_history.domain.owner_inquiries import HolderKind
from svc_traffic_history.errors.registers import VehicleRegisterUnavailable
from svc_traffic_history.registers.vehicles import HttpRegister

OWNER = {"kind": "COMPANY", "number": "990000013", "name": "Ionescu Construct SRL"}


class Answers:
    """A register that answers with what it was given, and counts."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.left = [*answers]
        self.asked: list[str] = []
        self.now = 0.0

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(f"{request.url.path} {request.content.decode()}")
        return self.left.pop(0)

    def register(self) -> HttpRegister:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer))
        return HttpRegister("http://register/vehicles/", http, lambda: self.now)


async def test_the_plate_travels_in_the_body_and_the_owner_comes_back() -> None:
    answers = Answers(httpx2.Response(200, json={"vehicle": {"owner": OWNER, "has_priority": True}}))
    told = await answers.register().find_vehicle("CV12JON")
    assert told is not None
    assert (told.owner.kind, told.has_priority, told.plates_stolen) == (HolderKind.COMPANY, True, False)
    (asked,) = answers.asked
    path, body = asked.split(" ", 1)
    assert (path, json.loads(body)) == ("/vehicles/find", {"plate": "CV12JON"})


async def test_a_vehicle_of_no_owner_here_is_none() -> None:
    assert await Answers(httpx2.Response(200, json={"vehicle": None})).register().find_vehicle("X1") is None


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(httpx2.Response(503), id="away"),
        pytest.param(httpx2.Response(200, content=b"<html>"), id="no-json"),
        pytest.param(
            httpx2.Response(200, json={"vehicle": {"owner": OWNER | {"number": "x"}}}), id="no-number"
        ),
    ],
)
async def test_a_register_that_is_away_is_left_alone_for_some_seconds(bad: httpx2.Response) -> None:
    answers = Answers(bad, httpx2.Response(200, json={"vehicle": None}))
    register = answers.register()
    for _ in range(3):
        with pytest.raises(VehicleRegisterUnavailable):
            await register.find_vehicle("CV12JON")
    assert len(answers.asked) == 1
    answers.now += 5.0
    assert await register.find_vehicle("CV12JON") is None
