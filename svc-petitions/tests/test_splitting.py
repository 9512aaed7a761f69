"""Edge 71: a request for public information hidden in a petition has a number and a clock of its own."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_petitions.domain.institutions import Institution
from svc_petitions.tables.petitions import PETITIONS as ROWS

from .office import API, EVERY, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
HIDDEN = {
    "kind": "INFO_544",
    "subject": "Numărul pașapoartelor din 2025",
    "text": "Vă rog să îmi comunicați și câte pașapoarte ați eliberat în anul 2025.",
}
TODAY = clock.local_date(clock.now())


async def days_ago(sessions: async_sessionmaker[Session], petition_id: str, days: int) -> date:
    """Let a petition have been registered so many days ago; the day."""
    day = TODAY - timedelta(days=days)
    async with sessions() as session, session.begin():
        mine = update(ROWS).where(ROWS.c.id == UUID(petition_id))
        await session.execute(mine.values(registered_on=day, answer_due_on=day + timedelta(days=30)))
    return day


@pytest.fixture
def split(office: Office) -> Callable[..., Awaitable[httpx2.Response]]:
    """Split as the registrar of the office, with `split(file_id, **what_is_special)`."""

    async def make(file_id: str, **special: Any) -> httpx2.Response:
        return await office.step(file_id, "split", office.registrar, HIDDEN | special)

    return make


# Who may.


async def test_only_a_registrar_signed_in_strongly_and_with_a_purpose_splits(
    office: Office, filed: Filed
) -> None:
    path = f"{FILES}/{await filed()}/split"

    async def sent(headers: dict[str, str]) -> str:
        return slug(await office.client.post(path, json=HIDDEN, headers=headers | key()))

    person = ids.new_id()
    assert await sent({}) == "invalid-token"
    unscoped = office.as_(person, Role.REGISTRAR, scopes=EVERY - {"petitions:register"})
    assert await sent(unscoped) == "insufficient-scope"
    weak = office.as_(person, Role.REGISTRAR, assurance=Assurance.LOW)
    assert await sent(weak) == "insufficient-user-authentication"
    for role in (Role.HANDLER, Role.HEAD, Role.SIGNATORY):
        assert await sent(office.as_(person, role)) == "role-required", role
    bare = office.as_(person, Role.REGISTRAR)
    del bare["purpose"]
    assert await sent(bare) == "purpose-required"


async def test_edge_82_another_institution_splits_nothing(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    petition_id = await filed()
    await office.triage(petition_id)
    there = Office(office.client, office.signed_in, (await an_institution(code="IGI")).id)
    assert slug(await there.step(petition_id, "split", there.registrar, HIDDEN)) == "file-not-found"


async def test_nobody_splits_their_own_petition(office: Office, filed: Filed, signed_in: Any) -> None:
    own = signed_in(office.registrar, {"petitions:read", "petitions:write"})
    petition_id = await filed(own)
    await office.step(petition_id, "triage", office.other, {"complained_of": [], "reports_crime": False})
    assert slug(await office.step(petition_id, "split", office.registrar, HIDDEN)) == "own-case"


# What it gives.


async def test_edge_71_its_term_runs_from_the_day_on_which_the_petition_was_registered(
    office: Office,
    filed: Filed,
    split: Any,
    as_ana: dict[str, str],
    sessions: async_sessionmaker[Session],
) -> None:
    petition_id = await filed(kind="COMPLAINT")
    registered_on = await days_ago(sessions, petition_id, 3)
    await office.triage(petition_id, office.other)
    made = await split(petition_id)
    assert made.status_code == 201, made.text
    file = made.json()
    assert made.headers["location"] == f"{FILES}/{file['id']}"
    assert (file["number"], file["registered_on"]) == (2, TODAY.isoformat())
    assert file["answer_due_on"] == (registered_on + timedelta(days=10)).isoformat()
    assert (file["kind"], file["state"]) == ("INFO_544", "TRIAGE")
    assert file["complained_of"] == [str(office.other)]

    [hidden, petition] = [
        (await office.client.get(f"{PETITIONS}/{one}/term", headers=as_ana)).json()
        for one in (file["id"], petition_id)
    ]
    assert hidden["start"] == {"code": "SPLIT", "on": registered_on.isoformat()}
    assert hidden["steps"][0]["rule_id"] == "public-information.answer"
    assert hidden["refuse_by"] == (registered_on + timedelta(days=5)).isoformat()
    assert hidden["forward_by"] == petition["forward_by"]
    assert petition["start"] == {"code": "REGISTERED", "on": registered_on.isoformat()}
    assert petition["end"] == (registered_on + timedelta(days=30)).isoformat()


async def test_edge_71_both_see_the_other_and_the_split_is_a_step_of_each(
    office: Office, filed: Filed, split: Any, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.triage(petition_id)
    hidden_id = (await split(petition_id)).json()["id"]
    for one, other, is_origin in ((petition_id, hidden_id, False), (hidden_id, petition_id, True)):
        mine = (await office.client.get(f"{PETITIONS}/{one}/steps", headers=as_ana)).json()
        file = (await office.client.get(f"{FILES}/{one}", headers=office.as_(office.handler))).json()
        [link] = mine["links"]
        assert [link] == file["links"]
        assert (link["petition_id"], link["link"], link["is_origin"]) == (other, "SPLIT", is_origin)
        assert file["steps"][-1]["reason"] == mine["steps"][-1]["reason"] == "SPLIT"
        assert file["steps"][-1]["note"] == link["registration_label"]
        strange = await office.client.get(f"{PETITIONS}/{one}/steps", headers=as_ion)
        assert slug(strange) == "petition-not-found"


async def test_the_petitioner_has_it_in_their_list_and_sees_who_made_it(
    office: Office, filed: Filed, split: Any, as_ana: dict[str, str], ana: UUID, looking: Any
) -> None:
    petition_id = await filed()
    await office.triage(petition_id)
    hidden_id = (await split(petition_id)).json()["id"]
    listed = (await office.client.get(PETITIONS, headers=as_ana)).json()["items"]
    assert [one["id"] for one in listed] == [hidden_id, petition_id]
    lines = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM petitions.outbox"
        " WHERE subject = 'hub.petitions.record.accessed.v1'"
    )
    [line] = [one["body"] for one in lines if hidden_id in one["body"]]
    assert str(ana) in line
    assert '"CREATE"' in line


async def test_of_who_has_no_account_the_slip_opens_it(office: Office, split: Any) -> None:
    entry = {
        "channel": "POST",
        "received_on": TODAY.isoformat(),
        "kind": "COMPLAINT",
        "subject": "Coadă",
        "text": "Am așteptat. Câte ghișee aveți?",
        "language": "ro",
        "petitioners": [{"family_name": "Popescu", "given_name": "Ana", "email": "ana@example.org"}],
    }
    entered = await office.post("entries", office.registrar, entry)
    petition_id = entered.json()["id"]
    await office.triage(petition_id)
    hidden = (await split(petition_id)).json()
    headers = office.as_(office.registrar)
    slip = (await office.client.get(f"{FILES}/{hidden['id']}/slip", headers=headers)).json()
    assert (slip["number"], slip["channel"], slip["is_late"]) == (2, "POST", False)
    signed = await office.client.get(f"{FILES}/{hidden['id']}/petitioners", headers=headers)
    assert [one["email"] for one in signed.json()["items"]] == ["ana@example.org"]
    asked = {
        "institution_id": str(office.id),
        "year": slip["year"],
        "number": slip["number"],
        "code": slip["code"],
    }
    status = await office.client.post(f"{API}/status", json=asked)
    assert status.json()["state"] == "TRIAGE"


async def test_what_is_entered_after_its_term_is_late_from_its_first_day(
    office: Office, filed: Filed, split: Any, sessions: async_sessionmaker[Session]
) -> None:
    petition_id = await filed()
    await days_ago(sessions, petition_id, 12)
    await office.triage(petition_id)
    file = (await split(petition_id)).json()
    assert file["is_overdue"] is True
    listed = await office.client.get(f"{API}/overdue-files", headers=office.as_(office.head))
    assert [one["petition_id"] for one in listed.json()["items"]] == [file["id"]]


async def test_only_what_is_in_triage_is_split_and_not_into_what_has_the_same_term(
    office: Office, filed: Filed, split: Any
) -> None:
    petition_id = await filed()
    assert slug(await split(petition_id)) == "file-state-forbids"
    await office.triage(petition_id)
    assert slug(await split(petition_id, kind="PROPOSAL")) == "nothing-to-split"
    await office.assign(petition_id)
    assert slug(await split(petition_id)) == "file-state-forbids"


async def test_sent_on_to_another_institution_it_has_that_ones_clock(
    office: Office, filed: Filed, split: Any, an_institution: Any, sessions: async_sessionmaker[Session]
) -> None:
    petition_id = await filed()
    await days_ago(sessions, petition_id, 3)
    await office.triage(petition_id)
    hidden_id = (await split(petition_id)).json()["id"]
    there = Office(office.client, office.signed_in, (await an_institution(code="IGI")).id)
    await there.open()
    sent = await office.step(
        hidden_id, "forward", office.head, {"institution_id": str(there.id), "reason": "Competența."}
    )
    assert sent.status_code == 200, sent.text
    opened = await office.client.get(f"{FILES}/{hidden_id}", headers=there.as_(there.handler))
    assert opened.json()["file"]["answer_due_on"] == (TODAY + timedelta(days=10)).isoformat()
    assert [one["petition_id"] for one in opened.json()["links"]] == [petition_id]
