"""The pages of appointments, in a real browser: on a phone and on a desk, without a mouse or scripts."""

import random
import re
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from hub_core import clock, cnp

from ..conftest import Hub
from .looking import look_at

pytestmark = pytest.mark.xdist_group("hub")


@dataclass(frozen=True)
class HeldAppointment:
    """An appointment that is held for somebody without an account, and what its message brings."""

    code: str
    last_four: str
    link: str
    digits: str


def letter_to(hub: Hub, address: str) -> str:
    """The text of the only e-mail to an address, once it is there."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        found = httpx2.get(f"{hub.mailbox}/api/messages", params={"to": address}).json()["items"]
        if found:
            text: str = found[0]["text"]
            return text
    raise TimeoutError(address)


def six_digits(text: str) -> str:
    found = re.search(r"^ {4}(\d{6})\s*$", text, re.MULTILINE)
    assert found
    return found.group(1)


@pytest.fixture
def hold(hub: Hub) -> Any:
    """Hold an appointment: `hold(language)`, by a code from an e-mail instead of a challenge."""

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = httpx2.post(
            f"{hub.origin}/passport-booking/v1{path}",
            json=body,
            headers={"idempotency-key": str(uuid.uuid4())},
        )
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def hold(language: str) -> HeldAppointment:
        today = clock.local_date(clock.now())
        days = {"first": str(today + timedelta(days=1)), "last": str(today + timedelta(days=21))}
        asked = httpx2.get(
            f"{hub.origin}/passport-booking/v1/availability",
            params={"type": "PE", "county": "CJ", **days},
        )
        place = next(
            hour
            for office in asked.raise_for_status().json()["items"]
            for day in office["days"]
            for hour in day["hours"]
        )
        number = cnp.complete(
            f"28503{random.randint(10, 28)}{random.randint(10, 39)}{random.randint(900, 999)}"
        )
        reader, guest = (f"{uuid.uuid4().hex}@example.org" for _ in range(2))
        proof = post("/email-codes", {"email": reader})["id"]
        wanted = {
            "slot_id": place["slot_id"],
            "type": "PE",
            "language": language,
            "persons": [{"family_name": "Ionescu", "given_name": "Maria", "cnp": number.number}],
            "contact": {"email": guest},
            "consents": True,
            "proof": {"code_id": proof, "code": six_digits(letter_to(hub, reader))},
        }
        code = post("/guest-appointments", wanted)["code"]
        text = letter_to(hub, guest)
        link = re.search(r"http\S+/appointments/confirm#\S+", text)
        assert link
        return HeldAppointment(code, number.number[-4:], link.group(), six_digits(text))

    return hold


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 320, "light"), ("hu", 320, "dark"), ("en", 1280, "light")]
)
def test_an_appointment_is_confirmed_seen_and_given_up_by_the_keyboard_without_barriers(
    hub: Hub, visit: Any, hold: Any, language: str, width: int, scheme: str
) -> None:
    held, page = hold(language), visit(language, scheme, width)
    page.goto(held.link)
    page.locator("#held .left").wait_for()
    assert held.code in page.locator("#held").inner_text()
    look_at(page, language)
    page.locator("#by-link button").focus()
    page.keyboard.press("Enter")
    page.locator("#told .good").wait_for()
    look_at(page, language)

    page.goto(f"{hub.origin}/appointments#{held.code}")
    assert page.locator("#code").input_value() == held.code
    look_at(page, language)
    page.locator("#last-four").focus()
    page.keyboard.type(held.last_four)
    page.keyboard.press("Enter")
    page.locator("details summary").wait_for()
    look_at(page, language)
    page.locator("details summary").focus()
    page.keyboard.press("Enter")
    page.locator("details button").focus()
    page.keyboard.press("Enter")
    page.locator("#told .good").wait_for()
    look_at(page, language)


def test_six_digits_confirm_an_appointment_without_scripts(hub: Hub, visit: Any, hold: Any) -> None:
    held, page = hold("en"), visit("en", scripts=False)
    page.goto(f"{hub.origin}/appointments/confirm")
    page.fill("#code", held.code)
    page.fill("#digits", held.digits)
    page.locator("#by-digits button").click()
    page.locator("#told .good").wait_for()
    page.goto(f"{hub.origin}/appointments/status")
    page.fill("#number", "CJ-2026-0")
    page.locator("#by-number button").click()
    page.locator("#told .bad").wait_for()
