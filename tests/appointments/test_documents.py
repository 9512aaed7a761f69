"""What to bring, by the catalog's table of decisions, for the day of the appointment: case by case."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from hub_core import clock, cnp
from hub_core.language import Language

TODAY = clock.local_date(clock.now())
DAY = TODAY + timedelta(days=60)
ALWAYS = {"identity-document", "proof-of-payment"}
ADULT = {
    "citizenship": "RO",
    "identity_document": "IDENTITY_CARD",
    "former_passport": "NONE",
    "name_changed": "NO",
}
CHILD = ADULT | {"parents_situation": "BOTH_PARENTS", "foreign_parent": "NO", "child_present": "YES"}
pytestmark = pytest.mark.xdist_group("appointments-and-catalog")


def years_before(day: date, years: int) -> date:
    """The day of birth of somebody who is so old from this day on."""
    return date(day.year - years, day.month, day.day if (day.month, day.day) != (2, 29) else 28)


async def ask(client: httpx2.AsyncClient, born: date, type_: str = "PE", **situation: str) -> dict[str, Any]:
    body = {"type": type_, "day": str(DAY), "persons": [{"birth_date": str(born)}], "situation": situation}
    answer = await client.post("/passport-booking/v1/documents", json=body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert shown["is_complete"]
    [person] = shown["persons"]
    return dict(person)


def documents(person: dict[str, Any]) -> set[str]:
    return {each["evidence"] for each in person["documents"]} - ALWAYS


@pytest.mark.parametrize(
    ("age", "reached_before", "needed"),
    [
        (11, None, {"birth-certificate"}),
        (13, None, {"birth-certificate"}),
        (14, 14, {"parents-consent"}),
        (17, None, {"parents-consent"}),
        (18, 18, set()),
        (40, None, set()),
    ],
)
async def test_a_birthday_before_the_appointment_changes_the_list_and_is_warned_of(
    appointments: httpx2.AsyncClient, age: int, reached_before: int | None, needed: set[str]
) -> None:
    """The age is that on the day: the birthday is the day of the appointment itself."""
    person = await ask(appointments, years_before(DAY, age), **CHILD)
    assert (person["age"], person["outcome"], person["questions"]) == (age, "ELIGIBLE", [])
    assert documents(person) == needed
    told = [(each["age"], each["on"]) for each in person["birthdays"]]
    assert told == ([(reached_before, str(DAY))] if reached_before else [])
    for each in person["birthdays"]:
        assert all(each["text"][language] for language in Language)


async def test_the_day_before_the_birthday_the_former_list_holds(appointments: httpx2.AsyncClient) -> None:
    person = await ask(appointments, years_before(DAY + timedelta(days=1), 14), **CHILD)
    assert (person["age"], documents(person), person["birthdays"]) == (13, {"birth-certificate"}, [])


async def test_who_turns_twelve_before_the_issue_is_warned_of_the_validity(
    appointments: httpx2.AsyncClient,
) -> None:
    soon, late = DAY + timedelta(days=15), DAY + timedelta(days=16)
    person = await ask(appointments, years_before(soon, 12), **CHILD)
    assert person["age"] == 11
    assert [(each["age"], each["on"]) for each in person["birthdays"]] == [(12, str(soon))]
    assert (await ask(appointments, years_before(late, 12), **CHILD))["birthdays"] == []


@pytest.mark.parametrize(
    ("situation", "outcome", "needed"),
    [
        ({"urgent_reason": "NONE"}, "NOT_ELIGIBLE", {"urgency"}),
        ({"urgent_reason": "OTHER_PROVEN"}, "ELIGIBLE", {"urgency-proof"}),
        ({"urgent_reason": "MEDICAL_TREATMENT"}, "ELIGIBLE", {"urgency-proof"}),
    ],
    ids=["for a holiday", "for a funeral", "for treatment"],
)
async def test_a_temporary_passport_is_for_what_is_urgent_and_proved(
    appointments: httpx2.AsyncClient, situation: dict[str, str], outcome: str, needed: set[str]
) -> None:
    person = await ask(appointments, years_before(DAY, 40), "PT", **ADULT | situation)
    assert person["outcome"] == outcome
    told = documents(person) if outcome == "ELIGIBLE" else {each["code"] for each in person["unmet"]}
    assert told == needed
    assert all(each["otherwise"]["ro"] for each in person["unmet"])


@pytest.mark.parametrize(
    ("type_", "situation", "outcome", "needed"),
    [
        ("PE", {"parents_situation": "NONE"}, "NOT_ELIGIBLE", {"parents"}),
        ("PE", {"parents_situation": "ONE_WITH_CONSENT"}, "ELIGIBLE", {"parents-consent"}),
        ("PE", {"parents_situation": "SURVIVING_PARENT"}, "ELIGIBLE", {"death-certificate"}),
        ("PE", {"parents_situation": "SOLE_CUSTODY"}, "ELIGIBLE", {"judgment"}),
        ("PE", {"parents_situation": "ONE_FOR_URGENT_REASON"}, "NOT_ELIGIBLE", {"one-parent-temporary"}),
        (
            "PT",
            {"parents_situation": "ONE_FOR_URGENT_REASON", "urgent_reason": "MEDICAL_TREATMENT"},
            "ELIGIBLE",
            {"urgency-proof"},
        ),
    ],
    ids=[
        "without the father's consent, or with a judgment that is not final",
        "with the father's consent",
        "the father is dead",
        "custody by a final judgment",
        "for treatment, with the electronic passport",
        "for treatment, with the temporary passport",
    ],
)
async def test_the_mother_comes_alone(
    appointments: httpx2.AsyncClient, type_: str, situation: dict[str, str], outcome: str, needed: set[str]
) -> None:
    person = await ask(appointments, years_before(DAY, 9), type_, **CHILD | situation)
    assert person["outcome"] == outcome
    if outcome == "ELIGIBLE":
        assert documents(person) == needed | {"birth-certificate"}
    else:
        assert {each["code"] for each in person["unmet"]} == needed


@pytest.mark.parametrize(
    ("former", "needed"),
    [
        ("FOUND_AGAIN", "former-passport"),
        ("LOST", "loss-declaration"),
        ("STOLEN", "theft-attestation"),
    ],
)
async def test_a_passport_that_was_lost_and_found_again_is_handed_in(
    appointments: httpx2.AsyncClient, former: str, needed: str
) -> None:
    """Whenever it was declared lost, before or after 3 July 2024: the catalog asks for the same."""
    person = await ask(appointments, years_before(DAY, 40), **ADULT | {"former_passport": former})
    assert documents(person) == {needed}


async def test_what_is_not_known_yet_is_asked_and_nothing_that_is_known(
    appointments: httpx2.AsyncClient,
) -> None:
    person = await ask(appointments, years_before(DAY, 9))
    assert person["outcome"] == "MORE_NEEDED"
    asked = {each["fact"] for each in person["questions"]}
    assert {"citizenship", "parents_situation", "child_present"} <= asked
    assert not asked & {"age", "person", "passport_type", "domicile_abroad", "abroad"}


async def test_each_of_a_family_has_a_list_of_their_own(appointments: httpx2.AsyncClient) -> None:
    """By personal numbers, of which nothing is kept or shown."""
    child = cnp.complete(f"5{years_before(DAY, 9):%y%m%d}12900")
    parent = cnp.complete("185031212900")
    body = {
        "type": "PE",
        "day": str(DAY),
        "persons": [{"cnp": parent.number}, {"cnp": child.number}],
        "situation": CHILD,
    }
    answer = await appointments.post("/passport-booking/v1/documents", json=body)
    assert answer.headers["cache-control"] == "no-store"
    first, second = answer.json()["persons"]
    assert (documents(first), documents(second)) == (set(), {"birth-certificate"})
    assert child.number not in answer.text


@pytest.mark.parametrize("type_", ["DRIVING_LICENCE", "VEHICLE_REGISTRATION", "IDENTITY_CARD"])
async def test_other_things_have_lists_too_by_data_alone(
    appointments: httpx2.AsyncClient, type_: str
) -> None:
    person = await ask(appointments, years_before(DAY, 40), type_)
    assert (person["outcome"], bool(person["questions"])) == ("MORE_NEEDED", True)


async def test_a_fact_that_the_catalog_does_not_know_is_named(appointments: httpx2.AsyncClient) -> None:
    body = {
        "type": "PE",
        "day": str(DAY),
        "persons": [{"birth_date": "1985-03-12"}],
        "situation": {"colour": "RED", "citizenship": "MARTIAN", "name_changed": "NO"},
    }
    answer = await appointments.post("/passport-booking/v1/documents", json=body)
    assert answer.status_code == 422
    pointers = {each["pointer"] for each in answer.json()["errors"]}
    assert pointers == {"/situation/colour", "/situation/citizenship"}
