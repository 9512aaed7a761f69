"""The pages for people, without scripts: nothing happens before a button is pressed."""

import re
from typing import Any, Final
from urllib.parse import urlencode

import asyncpg
import httpx2
import pytest

from hub_core.language import Language
from svc_passport_booking.domain.slots import Slot

from .build import a_participant
from .desks import Desk
from .test_applications import a_number
from .test_appointments import GUESTS, Sessions, a_guests_wish, a_key, events, message, slots_of, somebody

FIND, CONFIRM, STATUS = "/appointments", "/appointments/confirm", "/appointments/status"
HELD: Final = f"{CONFIRM}/held"


class Held:
    """An appointment that is held for a guest, and what its message brings."""

    def __init__(self, view: dict[str, Any], said: dict[str, Any], last_four: str) -> None:
        self.id: str = view["id"]
        self.code: str = view["code"]
        self.secret: str = said["secret"]
        self.digits: str = said["digits"]
        self.pair: dict[str, str] = {"code": self.code, "last_four": last_four}


@pytest.fixture
async def slot(sessions: Sessions) -> Slot:
    """A place of the day after tomorrow."""
    (made,) = await slots_of(sessions, 3)
    return made


@pytest.fixture
async def held(client: httpx2.AsyncClient, signed_in: Any, slot: Slot) -> Held:
    """An appointment that is held for a guest."""
    person = somebody()
    answer = await client.post(GUESTS, json=a_guests_wish(slot, person), headers=a_key())
    assert answer.status_code == 201, answer.text
    said = await message(client, signed_in, answer.json()["id"])
    return Held(answer.json(), said, person["cnp"][-4:])


async def send(client: httpx2.AsyncClient, path: str, **form: str) -> httpx2.Response:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return await client.post(path, content=urlencode(form), headers=kind)


async def state(looking: asyncpg.Connection, held: Held) -> str:
    found: str = await looking.fetchval(
        'SELECT state FROM "passport-booking".appointments WHERE id = $1', held.id
    )
    return found


@pytest.mark.parametrize("path", [FIND, CONFIRM, STATUS])
@pytest.mark.parametrize("language", Language)
async def test_a_page_is_in_the_language_that_is_asked_for_and_kept_by_nobody(
    client: httpx2.AsyncClient, path: str, language: Language
) -> None:
    page = await client.get(f"{path}?lang={language}")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|style=|<script>|javascript:", page.text)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "?secret={secret}", "?code={code}&digits={digits}", "?lang=ro"])
async def test_whoever_opens_the_page_of_a_link_confirms_nothing(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection, method: str, query: str
) -> None:
    """Scanners of mail open every link (33)."""
    asked = query.format(secret=held.secret, code=held.code, digits=held.digits)
    await client.request(method, f"{CONFIRM}{asked}")
    assert await state(looking, held) == "HELD"


async def test_what_the_link_is_about_is_shown_with_the_time_that_is_left_and_not_confirmed(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    page = await send(client, HELD, secret=held.secret, lang="en")
    assert page.status_code == 200
    assert "30 minutes left" in page.text
    assert held.code in page.text
    assert await state(looking, held) == "HELD"


async def test_the_button_of_the_link_confirms_once(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    page = await send(client, CONFIRM, secret=held.secret, lang="en")
    assert (page.status_code, await state(looking, held)) == (200, "CONFIRMED")
    assert "The appointment is confirmed" in page.text
    again = await send(client, CONFIRM, secret=held.secret, lang="en")
    assert again.status_code == 409
    assert "This is no longer possible" in again.text
    assert await events(looking, held.id) == ["held", "confirmed"]


async def test_the_code_of_the_appointment_and_six_digits_confirm_as_well(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    wrong = f"{(int(held.digits) + 1) % 10**6:06}"
    page = await send(client, CONFIRM, code=held.code, digits=wrong, lang="en")
    assert (page.status_code, await state(looking, held)) == (422, "HELD")
    assert wrong not in page.text
    spaced = f" {held.code[:4].lower()} {held.code[4:]} "
    page = await send(client, CONFIRM, code=spaced, digits=held.digits, lang="en")
    assert (page.status_code, await state(looking, held)) == (200, "CONFIRMED")


async def test_digits_are_not_to_be_guessed(client: httpx2.AsyncClient, held: Held) -> None:
    wrong = f"{(int(held.digits) + 1) % 10**6:06}"
    answers = [await send(client, CONFIRM, code=held.code, digits=wrong, lang="en") for _ in range(30)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Tried too often" in answers[-1].text
    assert (await send(client, CONFIRM, code=held.code, digits=held.digits)).status_code == 429


async def test_a_code_that_no_appointment_has_is_answered_as_wrong_digits_are(
    client: httpx2.AsyncClient, held: Held
) -> None:
    wrong = f"{(int(held.digits) + 1) % 10**6:06}"
    known = await send(client, CONFIRM, code=held.code, digits=wrong, lang="en")
    unknown = await send(client, CONFIRM, code="ZZZZ9999", digits=wrong, lang="en")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(held.code, "") == unknown.text.replace("ZZZZ9999", "")


@pytest.mark.parametrize("form", [{}, {"secret": "x"}, {"secret": "A" * 43}, {"code": "K7QF2M9X"}])
async def test_what_confirms_nothing_is_refused(client: httpx2.AsyncClient, form: dict[str, str]) -> None:
    assert (await send(client, CONFIRM, **form)).status_code == 422


async def test_who_knows_the_code_and_four_digits_sees_the_appointment_and_can_give_it_up(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    page = await send(client, FIND, **held.pair, lang="en")
    assert page.status_code == 200
    assert "The appointment is held, and not confirmed yet" in page.text
    assert held.secret not in page.text
    assert held.digits not in page.text
    ended = await send(client, f"{FIND}/cancel", **held.pair, lang="en")
    assert (ended.status_code, await state(looking, held)) == (200, "CANCELLED_BY_CITIZEN")
    assert "Yes, cancel the appointment" not in ended.text


@pytest.mark.parametrize("path", [FIND, f"{FIND}/cancel", f"{FIND}/resend", f"{FIND}/calendar"])
async def test_whoever_does_not_know_the_four_digits_sees_and_changes_nothing(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection, path: str
) -> None:
    last_four = f"{(int(held.pair['last_four']) + 1) % 10**4:04}"
    page = await send(client, path, code=held.code, last_four=last_four, lang="en")
    assert (page.status_code, await state(looking, held)) == (404, "HELD")
    assert "The appointment was not found" in page.text
    assert last_four not in page.text


async def test_the_message_is_sent_again_while_the_appointment_is_held_and_not_without_end(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    page = await send(client, f"{FIND}/resend", **held.pair, lang="en")
    assert page.status_code == 200
    assert "The message was sent again" in page.text
    assert await events(looking, held.id) == ["held", "message-requested"]
    last = [await send(client, f"{FIND}/resend", **held.pair) for _ in range(20)][-1]
    assert last.status_code == 429


async def test_what_is_confirmed_needs_no_message_again(
    client: httpx2.AsyncClient, held: Held, looking: asyncpg.Connection
) -> None:
    await send(client, CONFIRM, secret=held.secret)
    assert (await send(client, f"{FIND}/resend", **held.pair)).status_code == 409
    answer = await client.post(f"{GUESTS}/resend", json=held.pair, headers=a_key())
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "appointment-state")
    assert await events(looking, held.id) == ["held", "confirmed"]


async def test_what_is_typed_is_shown_as_text(client: httpx2.AsyncClient) -> None:
    page = await send(client, FIND, code='"><script>alert(1)</script>', last_four="0000")
    assert "<script>alert" not in page.text


async def test_a_body_that_is_no_form_is_an_empty_one(client: httpx2.AsyncClient) -> None:
    for body, kind in ((b"\xff", "application/x-www-form-urlencoded"), (b"{}", "application/json")):
        answer = await client.post(CONFIRM, content=body, headers={"content-type": kind})
        assert answer.status_code == 422


@pytest.mark.parametrize("file", ["style.css", "appointments.mjs"])
async def test_what_a_page_needs_is_its_own(client: httpx2.AsyncClient, file: str) -> None:
    page = await client.get(FIND)
    (address,) = re.findall(rf'"(/appointments/{re.escape(file)}[^"]*)"', page.text)
    answer = await client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_who_has_confirmed_takes_the_appointment_into_a_calendar(
    client: httpx2.AsyncClient, held: Held
) -> None:
    await send(client, CONFIRM, secret=held.secret)
    page = await send(client, FIND, **held.pair, lang="en")
    assert "Take the calendar file (.ics)" in page.text
    file = await send(client, f"{FIND}/calendar", **held.pair)
    assert file.headers["content-type"].startswith("text/calendar")
    assert f"UID:{held.id}" in file.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"number": "!"},
        {"cnp_end": "312129003"},
        {"cnp_end": "31212900", "applied_on": "2026-11-20"},
        {"cnp_end": "312129003", "applied_on": "yesterday"},
        {"number": "CJ-1", "cnp_end": "312129003", "applied_on": "2026-11-20"},
    ],
)
async def test_who_asks_for_an_application_types_its_number_or_nine_digits_and_a_day(
    client: httpx2.AsyncClient, form: dict[str, str]
) -> None:
    page = await send(client, STATUS, **form, lang="en")
    assert page.status_code == 422
    assert "312129003" not in page.text


async def test_how_far_an_application_has_come_is_shown_and_nothing_else(
    desk: Desk,
) -> None:
    number, ana = a_number(), a_participant()
    await desk.serve(ana, number)
    applied_on = desk.clock.now.date().isoformat()
    for form in ({"number": number}, {"cnp_end": ana.cnp.number[-9:], "applied_on": applied_on}):
        page = await send(desk.client, STATUS, **form, lang="en")
        assert page.status_code == 200
        assert "In analysis" in page.text
        assert "Since 23 November 2026." in page.text
        assert ana.family_name not in page.text
        assert ana.cnp.number[-9:] not in page.text


async def test_an_application_that_is_not_there_is_answered_without_a_word_more(
    client: httpx2.AsyncClient,
) -> None:
    page = await send(client, STATUS, number=a_number(), lang="en")
    assert page.status_code == 200
    assert "There is no application like this, or there are several." in page.text
