"""Messages between an institution and a petitioner: who may come first, then what is written and told."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from svc_petitions.domain.institutions import Institution

from .office import ANSWER, EVERY, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
NOBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
WORDS = {"text": "Vă rog să trimiteți o copie."}


def by_day(days: int) -> dict[str, Any]:
    due_on = clock.local_date(clock.now()) + timedelta(days=days)
    return WORDS | {"documents": [{"name": "Copia actului de identitate", "due_on": due_on.isoformat()}]}


async def listed(client: httpx2.AsyncClient, petition_id: str, headers: dict[str, str]) -> list[Any]:
    answer = await client.get(f"{PETITIONS}/{petition_id}/messages", headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def answered(
    office: Office, petition_id: str, headers: dict[str, str], body: Any, path: str = ""
) -> httpx2.Response:
    return await office.client.post(
        f"{PETITIONS}/{petition_id}/messages{path}", json=body, headers=headers | key()
    )


async def events(looking: asyncpg.Connection, petition_id: str) -> list[tuple[str, Any]]:
    rows = await looking.fetch(
        "SELECT subject, body FROM petitions.outbox WHERE key = $1 AND subject ~ 'message|document'"
        " ORDER BY seq",
        petition_id,
    )
    return [(row["subject"], json.loads(row["body"])["data"]) for row in rows]


async def test_who_may_not_write_is_told_why(office: Office) -> None:
    async def sent(headers: dict[str, str]) -> str:
        path = f"{FILES}/{NOBODY}/messages"
        return slug(await office.client.post(path, json=WORDS, headers=headers | key()))

    person = ids.new_id()
    assert await sent({}) == "invalid-token"
    scopes = EVERY - {"petitions:handle"}
    assert await sent(office.as_(person, Role.HANDLER, scopes=scopes)) == "insufficient-scope"
    low = office.as_(person, Role.HANDLER, assurance=Assurance.LOW)
    assert await sent(low) == "insufficient-user-authentication"
    assert await sent(office.as_(person, Role.REGISTRAR)) == "role-required"
    assert await sent(office.as_(person, Role.HANDLER)) == "file-not-found"


async def test_a_thread_is_its_handlers_and_the_heads_alone(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    path = f"{FILES}/{petition_id}/messages"
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    refused = {office.other: "not-the-handler", elsewhere.head: "file-not-found"}
    for who, place in ((office.other, office), (elsewhere.head, elsewhere)):
        assert slug(await place.step(petition_id, "messages", who, WORDS)) == refused[who]
        assert slug(await office.client.get(path, headers=place.as_(who))) == refused[who]
    for who in (office.handler, office.chief):
        assert (await office.step(petition_id, "messages", who, WORDS)).status_code == 201


async def test_who_is_complained_of_and_who_works_under_them_reads_no_message(
    office: Office, filed: Filed
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "TRIAGE", office.chief)
    path = f"{FILES}/{petition_id}/messages"
    for who in (office.chief, office.handler):
        answer = await office.client.get(path, headers=office.as_(who))
        assert slug(answer) == "conflict-of-interest"
    assert (await office.client.get(path, headers=office.as_(office.head))).status_code == 200


async def test_nobody_reads_or_writes_in_anothers_name(
    office: Office, filed: Filed, as_ion: dict[str, str]
) -> None:
    petition_id = await filed()
    path = f"{PETITIONS}/{petition_id}/messages"
    assert slug(await office.client.get(path, headers=as_ion)) == "petition-not-found"
    assert slug(await answered(office, petition_id, as_ion, WORDS)) == "petition-not-found"


async def test_a_document_is_asked_for_and_comes_once(
    office: Office, filed: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    petition_id = await filed()
    due = (await office.bring(petition_id, "IN_ANALYSIS"))["answer_due_on"]
    asked = await office.step(petition_id, "messages", office.handler, by_day(5))
    assert asked.status_code == 201, asked.text
    (seen,) = await listed(office.client, petition_id, as_ana)
    (document,) = seen["documents"]
    assert (seen["side"], seen["function"]) == ("INSTITUTION", "Relații cu publicul")
    assert str(office.handler) not in str(seen)
    brought = {"text": "O trimit.", "documents": [document["id"]]}
    sent = await answered(office, petition_id, as_ana, brought)
    assert sent.status_code == 201, sent.text
    assert slug(await answered(office, petition_id, as_ana, brought)) == "document-not-asked"
    unknown = {"text": "O trimit.", "documents": [NOBODY]}
    assert slug(await answered(office, petition_id, as_ana, unknown)) == "document-not-asked"
    mine, theirs = await listed(office.client, petition_id, as_ana)
    assert (mine["id"], theirs["documents"][0]["sent_with"]) == (sent.json()["id"], sent.json()["id"])
    told = await events(looking, petition_id)
    assert [(subject.split(".", 2)[2], data.get("side")) for subject, data in told] == [
        ("message.sent.v1", "INSTITUTION"),
        ("document.requested.v1", None),
        ("message.sent.v1", "PETITIONER"),
    ]
    assert "copie" not in str(told)
    opened = await office.client.get(f"{FILES}/{petition_id}", headers=office.as_(office.handler))
    assert opened.json()["file"]["answer_due_on"] == due


@pytest.mark.parametrize("days", [-1, 0])
async def test_a_document_is_not_asked_for_without_a_day_left(
    office: Office, filed: Filed, days: int
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    refused = await office.step(petition_id, "messages", office.handler, by_day(days))
    assert slug(refused) == "document-day-past"
    assert refused.json()["errors"][0]["pointer"] == "/documents/0/due_on"


async def test_that_a_message_was_read_is_said_by_who_got_it_once(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    theirs = (await office.step(petition_id, "messages", office.handler, WORDS)).json()["id"]
    mine = (await answered(office, petition_id, as_ana, WORDS)).json()["id"]
    own = await answered(office, petition_id, as_ana, None, f"/{mine}/read")
    assert slug(own) == "petition-message-not-found"
    first = (await answered(office, petition_id, as_ana, None, f"/{theirs}/read")).json()["read_at"]
    again = (await answered(office, petition_id, as_ana, None, f"/{theirs}/read")).json()["read_at"]
    assert first == again is not None
    read = await office.step(petition_id, f"messages/{mine}/read", office.handler)
    assert read.json()["read_at"] is not None
    shown = await office.client.get(f"{FILES}/{petition_id}/messages", headers=office.as_(office.handler))
    assert [each["read_at"] for each in shown.json()["items"]] == [read.json()["read_at"], first]
    assert shown.json()["items"][1]["sender_id"] == str(office.handler)


async def test_the_petitioner_reads_who_opened_the_messages(
    office: Office, filed: Filed, looking: asyncpg.Connection, ana: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    path, headers = f"{FILES}/{petition_id}/messages", office.as_(office.handler)
    without = {name: value for name, value in headers.items() if name != "purpose"}
    assert slug(await office.client.get(path, headers=without)) == "purpose-required"
    assert (await office.client.get(path, headers=headers)).status_code == 200
    lines = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE subject LIKE '%accessed%'"
        " AND convert_from(body, 'UTF8') LIKE '%' || $1 || '%'",
        petition_id,
    )
    assert [json.loads(line["body"])["data"]["subject_person_id"] for line in lines] == [str(ana)]


async def test_edge_81_after_the_answer_nobody_writes_and_both_still_read(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    await office.step(petition_id, "messages", office.handler, WORDS)
    for step, who, body in (
        ("draft", office.handler, None),
        ("approve", office.chief, None),
        ("sign", office.head, None),
        ("send", office.registrar, None),
    ):
        given = ANSWER if step == "draft" else body
        assert (await office.step(petition_id, step, who, given)).status_code == 200
    assert slug(await office.step(petition_id, "messages", office.handler, WORDS)) == "thread-closed"
    assert slug(await answered(office, petition_id, as_ana, WORDS)) == "thread-closed"
    assert len(await listed(office.client, petition_id, as_ana)) == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE messages SET text = 'X'", "DELETE FROM messages", "UPDATE requested_documents SET name = 'X'"],
)
async def test_what_was_sent_is_locked_for_the_service_itself(schema: Any, statement: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
