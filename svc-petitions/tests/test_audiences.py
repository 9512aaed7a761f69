"""Audiences: who may comes first, then how somebody gets to be received and what comes of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_events.session import Session
from hub_service.policy import Official
from svc_petitions.domain.audiences import Promise
from svc_petitions.domain.institutions import Institution
from svc_petitions.errors.audiences import NotTheHost
from svc_petitions.operations import audiences

from .office import API, EVERY, FILES, PETITIONS, Office, key, slug
from .officials import AT_COUNTER

Filed = Callable[..., Awaitable[str]]
MakeInstitution = Callable[..., Awaitable[Institution]]
NOBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
MINUTES = {
    "present": ["Director general", "Consilier"],
    "said": "S-a discutat despre programul ghișeului.",
    "promises": [{"what": "Programul se afișează la intrare.", "until": "2099-12-15"}],
}


def a_sitting(days: int = 3, **special: Any) -> dict[str, Any]:
    starts_at = (clock.now() + timedelta(days=days)).replace(microsecond=0)
    return {
        "function": "Director general",
        "mode": "IN_PERSON",
        "place": "Strada Exemplului nr. 1",
        "starts_at": starts_at.isoformat().replace("+00:00", "Z"),
        "minutes": 15,
        "places": 2,
        "topics": ["PASSPORTS"],
    } | special


async def published(office: Office, days: int = 3, **special: Any) -> Any:
    made = await office.post("sittings", office.registrar, a_sitting(days, **special))
    assert made.status_code == 201, made.text
    return made.json()


async def scheduled(office: Office, file_id: str, sitting: Any, place: int | None = None) -> httpx2.Response:
    body = {"sitting_id": sitting["id"], "place": place}
    return await office.step(file_id, "audience/schedule", office.registrar, body)


async def replied(office: Office, petition_id: str, headers: dict[str, str], reply: str) -> httpx2.Response:
    path = f"{PETITIONS}/{petition_id}/audience/reply"
    return await office.client.post(path, json={"reply": reply}, headers=headers | key())


async def seen(office: Office, petition_id: str, headers: dict[str, str]) -> Any:
    answer = await office.client.get(f"{PETITIONS}/{petition_id}/audience", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(looking: asyncpg.Connection, petition_id: str) -> list[Any]:
    rows = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE key = $1 AND subject ~ 'audience' ORDER BY seq", petition_id
    )
    return [json.loads(row["body"])["data"] for row in rows]


async def state_of(looking: asyncpg.Connection, petition_id: str) -> str:
    found: str = await looking.fetchval(
        "SELECT state FROM petitions.petitions WHERE id = $1", UUID(petition_id)
    )
    return found


def official(office: Office, person: UUID, *roles: Role) -> Official:
    principal = Principal(
        Kind.PERSON,
        str(person),
        Assurance.SUBSTANTIAL,
        frozenset(),
        "demo-office",
        roles=frozenset(roles),
        institution_id=office.id,
    )
    return Official(person, office.id, frozenset(roles), principal)


@pytest.fixture
def asked(filed: Filed) -> Filed:
    """Ask for an audience, with `asked(headers)`; the id of the petition."""

    async def ask(headers: dict[str, str] | None = None, **special: Any) -> str:
        return await filed(headers, **({"kind": "AUDIENCE", "audience_topic": "PASSPORTS"} | special))

    return ask


async def test_who_may_not_keep_sittings_is_told_why(office: Office) -> None:
    async def answered(headers: dict[str, str]) -> str:
        path = f"{API}/sittings"
        return slug(await office.client.post(path, json=a_sitting(), headers=headers | key()))

    person = ids.new_id()
    assert await answered({}) == "invalid-token"
    scopes = EVERY - {"petitions:register"}
    assert await answered(office.as_(person, Role.REGISTRAR, scopes=scopes)) == "insufficient-scope"
    low = office.as_(person, Role.REGISTRAR, assurance=Assurance.LOW)
    assert await answered(low) == "insufficient-user-authentication"
    assert await answered(office.as_(person, Role.HANDLER)) == "role-required"
    for who in (office.registrar, office.head):
        assert (await office.post("sittings", who, a_sitting())).status_code == 201


async def test_another_institutions_sittings_and_audiences_are_not_found(
    office: Office, asked: Filed, an_institution: MakeInstitution
) -> None:
    petition_id, sitting = await asked(), await published(office)
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    cancelled = await elsewhere.post(f"sittings/{sitting['id']}/cancel", elsewhere.head, {"reason": "plecat"})
    assert slug(cancelled) == "sitting-not-found"
    assert slug(await scheduled(elsewhere, petition_id, sitting)) == "sitting-not-found"
    theirs = await published(elsewhere)
    assert slug(await scheduled(elsewhere, petition_id, theirs)) == "file-not-found"
    path = f"{FILES}/{petition_id}/audience"
    assert slug(await office.client.get(path, headers=elsewhere.as_(elsewhere.head))) == "file-not-found"
    listed = await office.client.get(f"{API}/audiences", headers=elsewhere.as_(elsewhere.head))
    assert listed.json()["items"] == []


async def test_nobody_sees_or_answers_anothers_audience(
    office: Office, asked: Filed, as_ion: dict[str, str]
) -> None:
    petition_id = await asked()
    path = f"{PETITIONS}/{petition_id}/audience"
    assert slug(await office.client.get(path, headers=as_ion)) == "petition-not-found"
    assert slug(await replied(office, petition_id, as_ion, "CANCEL")) == "petition-not-found"


async def test_a_request_has_its_number_and_its_term_at_once(
    office: Office, asked: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await asked()
    shown = await seen(office, petition_id, as_ana)
    assert (shown["state"], shown["topic"], shown["starts_at"]) == ("REQUESTED", "PASSPORTS", None)
    petition = (await office.client.get(f"{PETITIONS}/{petition_id}", headers=as_ana)).json()
    assert shown["registration_label"] == petition["registration_label"]
    term = await office.client.get(f"{PETITIONS}/{petition_id}/term", headers=as_ana)
    assert term.status_code == 200
    assert "audience.answer" in term.text


async def test_what_is_no_request_for_an_audience_has_none(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    answer = await office.client.get(f"{PETITIONS}/{petition_id}/audience", headers=as_ana)
    assert slug(answer) == "audience-not-found"


async def test_a_topic_that_the_list_does_not_have_is_refused(
    office: Office, body: dict[str, Any], as_ana: dict[str, str]
) -> None:
    wrong = body | {"kind": "AUDIENCE", "audience_topic": "NO_SUCH"}
    answer = await office.client.post(PETITIONS, json=wrong, headers=as_ana | key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/audience_topic"
    listed = (await office.client.get(f"{API}/audience-topics")).json()["items"]
    assert {"PASSPORTS", "OTHER"} <= {one["code"] for one in listed}
    assert all(set(one["names"]) == {"ro", "hu", "en"} for one in listed)


async def test_nobody_is_received_for_longer_than_the_rule_says(office: Office) -> None:
    answer = await office.post("sittings", office.registrar, a_sitting(minutes=16))
    assert slug(answer) == "audience-too-long"
    assert "15" in answer.json()["errors"][0]["detail"]
    assert slug(await office.post("sittings", office.registrar, a_sitting(-1))) == "sitting-too-soon"


async def test_everybody_sees_when_an_institution_receives(office: Office, asked: Filed) -> None:
    first, second = await published(office, 5), await published(office, 3, function="Consilier")
    await scheduled(office, await asked(), first)
    path = f"{API}/institutions/{office.id}/sittings"
    shown = (await office.client.get(path)).json()["items"]
    assert [(one["id"], one["free"]) for one in shown] == [(second["id"], 2), (first["id"], 1)]
    assert all("host_id" not in one for one in shown)
    page = (await office.client.get(path, params={"limit": 1})).json()
    rest = await office.client.get(path, params={"limit": 1, "cursor": page["next_cursor"]})
    assert [one["id"] for one in rest.json()["items"]] == [first["id"]]


async def test_a_place_is_one_persons_and_nobody_has_two_of_a_sitting(
    office: Office, asked: Filed, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    sitting = await published(office)
    first, second, others = await asked(), await asked(), await asked(as_ion)
    given = await scheduled(office, first, sitting, 2)
    assert given.status_code == 200, given.text
    begins = datetime.fromisoformat(sitting["starts_at"]) + timedelta(minutes=15)
    assert datetime.fromisoformat(given.json()["starts_at"]) == begins
    assert slug(await scheduled(office, others, sitting, 2)) == "audience-place-taken"
    assert slug(await scheduled(office, others, sitting, 3)) == "audience-place-taken"
    assert slug(await scheduled(office, second, sitting, 1)) == "received-in-sitting"
    assert (await scheduled(office, others, sitting)).json()["number_in_sitting"] == 1
    full = await scheduled(office, second, sitting)
    assert slug(full) == "audience-place-taken"
    assert (await seen(office, first, as_ana))["state"] == "SCHEDULED"


async def test_the_database_itself_gives_no_place_twice(
    office: Office, asked: Filed, as_ion: dict[str, str], looking: asyncpg.Connection
) -> None:
    sitting = await published(office)
    first, second = await asked(), await asked(as_ion)
    await scheduled(office, first, sitting, 1)
    taking = (
        "UPDATE petitions.audiences SET state = 'SCHEDULED', sitting_id = $2, place = $3"
        " WHERE petition_id = $1"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await looking.execute(taking, UUID(second), UUID(sitting["id"]), 1)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await looking.execute(taking, UUID(second), UUID(sitting["id"]), 3)


async def test_who_was_given_an_hour_confirms_it(
    office: Office, asked: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    petition_id = await asked()
    await scheduled(office, petition_id, await published(office))
    assert (await replied(office, petition_id, as_ana, "CONFIRM")).json()["state"] == "CONFIRMED"
    assert slug(await replied(office, petition_id, as_ana, "CONFIRM")) == "audience-state-forbids"
    changes = [(one["came_from"], one["state"]) for one in await told(looking, petition_id)]
    assert changes == [("REQUESTED", "SCHEDULED"), ("SCHEDULED", "CONFIRMED")]
    assert await state_of(looking, petition_id) == "TRIAGE"


async def test_who_asks_for_another_date_leaves_the_place_to_others(
    office: Office, asked: Filed, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    sitting = await published(office, places=1)
    petition_id, others = await asked(), await asked(as_ion)
    await scheduled(office, petition_id, sitting)
    assert (await replied(office, petition_id, as_ana, "OTHER_DATE")).json()["state"] == "REQUESTED"
    assert (await scheduled(office, others, sitting)).status_code == 200
    assert slug(await replied(office, petition_id, as_ana, "OTHER_DATE")) == "audience-state-forbids"


async def test_who_does_not_want_to_be_received_any_more_withdraws_the_petition(
    office: Office, asked: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    petition_id = await asked()
    assert (await replied(office, petition_id, as_ana, "CANCEL")).json()["state"] == "CANCELLED"
    assert await state_of(looking, petition_id) == "WITHDRAWN"


async def test_a_petition_that_is_withdrawn_gives_up_its_place(
    office: Office, asked: Filed, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    sitting = await published(office, places=1)
    petition_id, others = await asked(), await asked(as_ion)
    await scheduled(office, petition_id, sitting)
    path = f"{PETITIONS}/{petition_id}/withdraw"
    assert (await office.client.post(path, headers=as_ana | key())).status_code == 200
    assert (await seen(office, petition_id, as_ana))["state"] == "CANCELLED"
    assert (await scheduled(office, others, sitting)).status_code == 200


async def test_a_sitting_that_is_cancelled_offers_the_next(
    office: Office,
    asked: Filed,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    sitting, later = await published(office, 3), await published(office, 6, places=1)
    await published(office, 4, function="Consilier")
    first, second = await asked(), await asked(as_ion)
    await scheduled(office, first, sitting)
    await scheduled(office, second, sitting)
    await replied(office, first, as_ana, "CONFIRM")
    done = await office.post(f"sittings/{sitting['id']}/cancel", office.head, {"reason": "Este în misiune."})
    assert done.status_code == 200, done.text
    assert (done.json()["offered"], done.json()["waiting"], done.json()["free"]) == (1, 1, 0)
    offered, waits = await seen(office, first, as_ana), await seen(office, second, as_ion)
    assert (offered["state"], offered["starts_at"]) == ("SCHEDULED", later["starts_at"])
    assert (waits["state"], waits["starts_at"]) == ("REQUESTED", None)
    assert offered["reason"] == waits["reason"] == "Este în misiune."
    for petition_id in (first, second):
        assert (await told(looking, petition_id))[-1]["reason"] == "SITTING_CANCELLED"
    assert slug(await scheduled(office, second, sitting)) == "sitting-cancelled"
    again = await office.post(f"sittings/{sitting['id']}/cancel", office.head, {"reason": "Din nou."})
    assert slug(again) == "sitting-cancelled"


async def test_who_comes_back_with_the_same_problem_is_answered_in_writing(
    office: Office, asked: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    earlier, petition_id = await asked(), await asked()
    path = f"{FILES}/{petition_id}/possible-duplicates"
    alike = await office.client.get(path, headers=office.as_(office.registrar))
    assert earlier in alike.text
    assert (await office.step(petition_id, "audience/in-writing", office.registrar)).status_code == 200
    assert await state_of(looking, petition_id) == "TRIAGE"
    await office.assign(petition_id)
    assert (await seen(office, petition_id, as_ana))["state"] == "IN_WRITING"


async def test_a_file_that_is_given_to_a_handler_is_answered_in_writing(
    office: Office, asked: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await asked()
    await office.bring(petition_id, "ANSWERED")
    assert (await seen(office, petition_id, as_ana))["state"] == "IN_WRITING"


async def test_a_request_is_declined_with_the_reason(
    office: Office, asked: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    petition_id = await asked()
    body = {"reason": "Problema ține de instanță."}
    assert (await office.step(petition_id, "audience/decline", office.registrar, body)).status_code == 200
    shown = await seen(office, petition_id, as_ana)
    assert (shown["state"], shown["reason"]) == ("DECLINED", body["reason"])
    assert await state_of(looking, petition_id) == "CLASSED"
    assert "instanță" not in str(await told(looking, petition_id))
    opened = await office.client.get(f"{FILES}/{petition_id}/audience", headers=office.as_(office.head))
    assert opened.json()["steps"][-1]["note"] == body["reason"]


async def test_a_request_that_is_sent_on_is_asked_for_anew_at_the_next_institution(
    office: Office, asked: Filed, as_ana: dict[str, str], an_institution: MakeInstitution
) -> None:
    next_one = await an_institution()
    elsewhere = Office(office.client, office.signed_in, next_one.id)
    petition_id = await asked()
    await scheduled(office, petition_id, await published(office))
    body = {"institution_id": str(next_one.id), "reason": "competent"}
    sent = await office.step(petition_id, "forward", office.head, body)
    assert sent.status_code == 200, sent.text
    assert (await seen(office, petition_id, as_ana))["state"] == "REQUESTED"
    given = await scheduled(elsewhere, petition_id, await published(elsewhere))
    assert given.status_code == 200, given.text


async def test_who_opens_an_audience_says_what_for_and_is_seen(
    office: Office, asked: Filed, ana: UUID, looking: asyncpg.Connection
) -> None:
    petition_id = await asked()
    path = f"{FILES}/{petition_id}/audience"
    headers = office.as_(office.handler)
    without = {name: value for name, value in headers.items() if name != "purpose"}
    assert slug(await office.client.get(path, headers=without)) == "purpose-required"
    assert (await office.client.get(path, headers=headers)).status_code == 200
    lines = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE subject = 'hub.petitions.record.accessed.v1'"
        " AND convert_from(body, 'UTF8') LIKE $1",
        f"%{petition_id}%",
    )
    (line,) = [json.loads(row["body"])["data"] for row in lines]
    assert (line["subject_person_id"], line["actor_id"]) == (str(ana), str(office.handler))


async def test_only_who_receives_and_heads_prepare_an_audience(
    office: Office, asked: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await asked()
    await scheduled(office, petition_id, await published(office, host_id=str(office.handler)))
    path, note = f"{FILES}/{petition_id}/audience/preparation", {"text": "Vezi dosarul 41/2026."}

    async def prepared(who: UUID) -> httpx2.Response:
        return await office.client.put(path, json=note, headers=office.as_(who))

    assert slug(await prepared(office.other)) == "not-the-host"
    for who in (office.handler, office.head):
        assert (await prepared(who)).json()["preparation"] == note["text"]
    assert "41/2026" not in str(await seen(office, petition_id, as_ana))


async def test_who_is_complained_of_receives_nobody_who_complains(office: Office, asked: Filed) -> None:
    petition_id = await asked()
    await office.triage(petition_id, office.chief)
    sitting = await published(office, host_id=str(office.handler))
    assert slug(await scheduled(office, petition_id, sitting)) == "conflict-of-interest"


async def test_minutes_are_written_once_it_has_begun_by_who_received(
    office: Office,
    asked: Filed,
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
    sessions: async_sessionmaker[Session],
) -> None:
    petition_id = await asked()
    sitting = await published(office, host_id=str(office.handler))
    await scheduled(office, petition_id, sitting)
    early = await office.step(petition_id, "audience/minutes", office.handler, MINUTES)
    assert slug(early) == "audience-not-yet"
    begun = datetime.fromisoformat(sitting["starts_at"])
    said = (["Director general"], "S-a discutat.", [Promise("Se afișează.", begun.date())])

    async def written(who: UUID, *roles: Role) -> Any:
        async with sessions() as session:
            return await audiences.write_minutes(
                session, official(office, who, *roles), UUID(petition_id), *said, begun
            )

    with pytest.raises(NotTheHost):
        await written(office.other, Role.HANDLER)
    done = await written(office.handler, Role.HANDLER)
    assert [step.state for step in done.steps] == ["SCHEDULED", "HELD"]
    shown = await seen(office, petition_id, as_ana)
    assert (shown["state"], shown["minutes"]["promises"][0]["what"]) == ("HELD", "Se afișează.")
    assert await state_of(looking, petition_id) == "CLASSED"
    assert "discutat" not in str(await told(looking, petition_id))


async def test_what_came_of_an_audience_is_a_petition_of_its_own_linked_to_it(
    office: Office, asked: Filed, ana: UUID, as_ana: dict[str, str], sessions: async_sessionmaker[Session]
) -> None:
    petition_id = await asked()
    sitting = await published(office)
    await scheduled(office, petition_id, sitting)
    wanted = {
        "kind": "REQUEST",
        "subject": "Programul ghișeului",
        "text": "Solicită afișarea programului.",
        "language": "ro",
    }
    before = await office.step(petition_id, "audience/follow-up", office.registrar, wanted)
    assert slug(before) == "audience-state-forbids"
    async with sessions() as session:
        head = official(office, office.head, Role.HEAD)
        begun = datetime.fromisoformat(sitting["starts_at"])
        await audiences.write_minutes(session, head, UUID(petition_id), ["Director"], "Da.", [], begun)
    opened = await office.step(petition_id, "audience/follow-up", office.registrar, wanted)
    assert opened.status_code == 201, opened.text
    shown = await seen(office, petition_id, as_ana)
    assert shown["follow_up_id"] == opened.json()["id"]
    copy = await office.client.get(
        f"/internal/v1/people/{ana}/export", headers=office.signed_in(scopes={"personal-data:read"})
    )
    (held,) = next(one["items"] for one in copy.json()["sections"] if one["name"] == "audiences")
    assert (held["state"], held["function"], held["said"]) == ("HELD", "Director general", "Da.")
    mine = await office.client.get(f"{PETITIONS}/{opened.json()['id']}", headers=as_ana)
    assert mine.json()["number"] == opened.json()["number"] != int(shown["registration_label"].split("/")[0])
    again = await office.step(petition_id, "audience/follow-up", office.registrar, wanted)
    assert slug(again) == "followed-up-already"


async def test_what_came_on_paper_is_scheduled_and_answered_by_telephone(office: Office) -> None:
    entered = await office.client.post(
        f"{API}/entries",
        json={
            "channel": "PHONE",
            "received_on": clock.local_date(clock.now()).isoformat(),
            "kind": "AUDIENCE",
            "audience_topic": "PASSPORTS",
            "subject": "Audiență",
            "text": "Cere audiență la directorul general.",
            "language": "ro",
            "petitioners": [
                {"family_name": "Popescu", "given_name": "Ana", "email": "ana.popescu@example.com"}
            ],
        },
        headers=office.as_(office.registrar) | AT_COUNTER | key(),
    )
    assert entered.status_code == 201, entered.text
    file_id = entered.json()["id"]
    await scheduled(office, file_id, await published(office))
    said = await office.step(file_id, "audience/reply", office.registrar, {"reply": "CONFIRM"})
    assert said.json()["state"] == "CONFIRMED"


async def test_people_are_reminded_once_for_each_hour(
    office: Office,
    asked: Filed,
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
    sessions: async_sessionmaker[Session],
) -> None:
    petition_id = await asked()
    sitting = await published(office)
    await scheduled(office, petition_id, sitting)
    starts_at = datetime.fromisoformat(sitting["starts_at"])

    async def reminders(now: datetime) -> int:
        async with sessions() as session:
            await audiences.remind(session, now)
        return sum("reason" not in one for one in await told(looking, petition_id))

    assert await reminders(starts_at - timedelta(hours=25)) == 0
    assert await reminders(starts_at - timedelta(hours=23)) == 1
    assert await reminders(starts_at - timedelta(hours=22)) == 1
    await scheduled(office, petition_id, sitting, 2)
    assert await reminders(starts_at - timedelta(hours=21)) == 2
    await replied(office, petition_id, as_ana, "CANCEL")
    assert await reminders(starts_at - timedelta(hours=20)) == 2


async def test_the_registry_lists_what_waits(office: Office, asked: Filed, as_ion: dict[str, str]) -> None:
    first, second = await asked(), await asked(as_ion)
    sitting = await published(office)
    await scheduled(office, second, sitting)

    async def listed(**params: Any) -> list[str]:
        headers = office.as_(office.registrar)
        answer = await office.client.get(f"{API}/audiences", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        assert "Programul ghișeului" not in answer.text
        return [one["petition_id"] for one in answer.json()["items"]]

    assert await listed() == [first, second]
    assert await listed(state="REQUESTED") == [first]
    assert await listed(sitting_id=sitting["id"]) == [second]


async def test_who_writes_to_people_is_told_when_and_where_and_gets_the_calendar_file(
    office: Office, asked: Filed, ana: UUID
) -> None:
    petition_id = await asked()
    sitting = await published(office, minutes=10)
    await scheduled(office, petition_id, sitting, 2)
    path = f"/internal/v1/audiences/{petition_id}/message"
    assert slug(await office.client.get(path)) == "invalid-token"
    service = office.signed_in(scopes={"petitions.contact:read"})
    message = (await office.client.get(path, headers=service)).json()
    assert (message["state"], message["person_id"], message["email"]) == ("SCHEDULED", str(ana), None)
    begins = datetime.fromisoformat(sitting["starts_at"]) + timedelta(minutes=10)
    lines = message["calendar"].splitlines()
    assert f"DTSTART:{begins:%Y%m%dT%H%M%SZ}" in lines
    assert "STATUS:TENTATIVE" in lines
    assert "SUMMARY:Audiență: Director general" in lines
    assert "Programul ghișeului" not in message["calendar"]


async def test_who_is_scheduled_at_once_never_shares_a_place(
    office: Office, asked: Filed, signed_in: Any
) -> None:
    """Eight people, three places, all at the same time."""
    sitting = await published(office, places=3)
    both = frozenset({"petitions:read", "petitions:write"})
    waiting = [await asked(signed_in(ids.new_id(), both)) for _ in range(8)]
    answers = await asyncio.gather(
        *(scheduled(office, one, sitting, 1 + i % 3) for i, one in enumerate(waiting))
    )
    given = [answer.json()["number_in_sitting"] for answer in answers if answer.status_code == 200]
    assert sorted(given) == [1, 2, 3]
    assert {slug(one) for one in answers if one.status_code != 200} == {"audience-place-taken"}


async def test_while_a_sitting_is_cancelled_nobody_gets_a_place_of_it(
    office: Office, asked: Filed, signed_in: Any, looking: asyncpg.Connection
) -> None:
    sitting = await published(office, places=6)
    both = frozenset({"petitions:read", "petitions:write"})
    waiting = [await asked(signed_in(ids.new_id(), both)) for _ in range(6)]
    cancelling = office.post(f"sittings/{sitting['id']}/cancel", office.head, {"reason": "plecat"})
    *_, done = await asyncio.gather(*(scheduled(office, one, sitting) for one in waiting), cancelling)
    assert done.status_code == 200, done.text
    left = await looking.fetchval(
        "SELECT count(*) FROM petitions.audiences WHERE sitting_id = $1", UUID(sitting["id"])
    )
    assert left == 0


async def test_who_is_answered_in_writing_as_well_goes_on_in_writing_without_a_place(
    office: Office, asked: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await asked()
    await scheduled(office, petition_id, await published(office))
    assert (await office.assign(petition_id)).status_code == 200
    assert (await replied(office, petition_id, as_ana, "OTHER_DATE")).json()["state"] == "IN_WRITING"


async def test_who_was_given_an_hour_that_is_near_needs_no_reminder(
    office: Office, asked: Filed, looking: asyncpg.Connection, sessions: async_sessionmaker[Session]
) -> None:
    petition_id = await asked()
    soon = (clock.now() + timedelta(hours=10)).isoformat().replace("+00:00", "Z")
    await scheduled(office, petition_id, await published(office, starts_at=soon))
    async with sessions() as session:
        await audiences.remind(session, clock.now() + timedelta(hours=1))
    assert [one["state"] for one in await told(looking, petition_id)] == ["SCHEDULED"]
