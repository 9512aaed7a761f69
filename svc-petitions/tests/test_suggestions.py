"""What is suggested to who sorts files, and what officials find: who may first, then what they see."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_petitions.domain.institutions import Institution
from svc_petitions.operations import institutions

from .office import EVERY, FILES, Office, key, slug

Filed = Callable[..., Awaitable[str]]
SUGGESTIONS = ("suggested-structures", "possible-duplicates")
DAY = date(2026, 1, 1)
HIDDEN = {
    "subject": "Hidrant fără apă",
    "text": "La incendiul din Onești hidrantul nu avea apă și casa a ars.",
}


@pytest.fixture
async def firemen(sessions: async_sessionmaker[Session]) -> str:
    """The code of a structure in Bacău that puts out fires, known to the service."""
    institution_id = ids.new_id()
    code = f"ISU-{institution_id.hex[-8:].upper()}"
    names = {"ro": "Inspectoratul pentru Situații de Urgență", "hu": "Katasztrófavédelem", "en": "Fire"}
    facts = {"id": institution_id, "code": code, "names": names, "accepts_petitions": True, "version": 1}
    days = {"valid_from": DAY, "valid_to": None}
    entry = {
        **facts,
        **days,
        "parent_id": None,
        "counties": ["BC"],
        "aliases": [],
        "addressee": None,
        "attributions": [
            {
                "topic": "FIRE",
                "texts": {"ro": "Stingerea incendiilor", "hu": "Tűzoltás", "en": "Firefighting"},
                "keywords": {"ro": ["pompieri", "incendiu", "hidrant"], "hu": ["tűz"], "en": ["fire"]},
            }
        ],
    }
    async with sessions() as session:
        await institutions.keep(session, Institution(**facts, **days), entry)
    return code


@pytest.mark.parametrize("path", SUGGESTIONS)
async def test_suggestions_are_for_the_registry_and_heads(office: Office, filed: Filed, path: str) -> None:
    file_id = await filed()

    async def asked(headers: dict[str, str]) -> str:
        return slug(await office.client.get(f"{FILES}/{file_id}/{path}", headers=headers))

    person = office.registrar
    assert await asked({}) == "invalid-token"
    assert await asked(office.as_(person, scopes=EVERY - {"petitions:register"})) == "insufficient-scope"
    assert await asked(office.as_(person, assurance=Assurance.LOW)) == "insufficient-user-authentication"
    assert await asked(office.as_(office.handler)) == "role-required"
    without = {name: value for name, value in office.as_(person).items() if name != "purpose"}
    assert await asked(without) == "purpose-required"


@pytest.mark.parametrize("path", SUGGESTIONS)
async def test_edge_82_nothing_is_suggested_for_another_institutions_file(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]], path: str
) -> None:
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    answer = await office.client.get(
        f"{FILES}/{await filed()}/{path}", headers=elsewhere.as_(ids.new_id(), Role.REGISTRAR)
    )
    assert slug(answer) == "file-not-found"


async def test_who_is_competent_is_suggested_with_reasons(office: Office, filed: Filed, firemen: str) -> None:
    file_id = await filed(**HIDDEN)
    answer = await office.client.get(
        f"{FILES}/{file_id}/suggested-structures", headers=office.as_(office.registrar)
    )
    assert answer.status_code == 200, answer.text
    found = next(one for one in answer.json()["items"] if one["structure"]["code"] == firemen)
    assert found["rules"] == ["PLACE_NAMED"]
    assert found["place"] == "Onești"
    assert found["reasons"][0]["topic"] == "FIRE"
    texts = {"ro": "Stingerea incendiilor", "hu": "Tűzoltás", "en": "Firefighting"}
    assert found["reasons"][0]["texts"] == texts
    assert {"incendiul", "hidrantul"} <= {word.lower() for word in found["reasons"][0]["words"]}
    assert found["is_own"] is False


@pytest.mark.parametrize("path", SUGGESTIONS)
async def test_the_petitioner_reads_that_the_file_was_opened(
    office: Office, filed: Filed, ana: UUID, looking: asyncpg.Connection, path: str
) -> None:
    file_id = await filed(**HIDDEN)
    await office.client.get(f"{FILES}/{file_id}/{path}", headers=office.as_(office.registrar))
    lines = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM petitions.outbox"
        " WHERE subject LIKE '%accessed%' AND convert_from(body, 'UTF8') LIKE $1",
        f"%{file_id}%",
    )
    assert len(lines) == 1
    assert str(ana) in lines[0]["body"]
    assert "Hidrant" not in lines[0]["body"]


async def test_the_same_petitioners_and_the_same_words_are_suggested(
    office: Office, filed: Filed, as_ion: dict[str, str]
) -> None:
    first = await filed(**HIDDEN)
    others = await filed(as_ion, **HIDDEN)
    again = await filed(**HIDDEN | {"text": f"{HIDDEN['text']} Am găsit un martor."})
    await filed(as_ion)
    answer = await office.client.get(
        f"{FILES}/{again}/possible-duplicates", headers=office.as_(office.registrar)
    )
    shown = [(one["id"], one["same_petitioner"], one["new_words"]) for one in answer.json()["items"]]
    assert shown == [(first, True, ["găsit", "martor"]), (others, False, ["găsit", "martor"])]
    assert all(0.5 < one["share"] < 1 for one in answer.json()["items"])


async def found(office: Office, body: dict[str, Any], **query: str) -> list[str]:
    answer = await office.client.post(
        f"{FILES}/search", json=body, params=query, headers=office.as_(office.handler)
    )
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_a_citizen_and_another_institution_find_nothing(
    office: Office,
    filed: Filed,
    as_ana: dict[str, str],
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    await filed()
    asked = {"json": {"words": "ghișeu"}}
    assert slug(await office.client.post(f"{FILES}/search", headers=as_ana, **asked)) == "insufficient-scope"
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    answer = await office.client.post(
        f"{FILES}/search", headers=elsewhere.as_(ids.new_id(), Role.HANDLER), **asked
    )
    assert answer.json() == {"items": [], "next_cursor": None}


async def test_files_are_found_by_words_number_and_petitioner(
    office: Office, filed: Filed, as_ion: dict[str, str]
) -> None:
    first, second = await filed(), await filed(as_ion, **HIDDEN)
    assert await found(office, {"words": "HIDRANTI arsi"}) == [second]
    assert await found(office, {"words": "hidranti pasaport"}) == []
    assert await found(office, {"words": "hidranti"}) == [second]
    assert await found(office, {"number": 1}) == [first]
    assert await found(office, {"same_petitioner_as": first}) == [first]
    assert await found(office, {"same_petitioner_as": first, "words": "hidrant"}) == []


async def test_who_has_no_account_is_found_by_name_and_address(office: Office) -> None:
    who = {"family_name": "Popescu", "given_name": "Ana", "address": "Strada Exemplului nr. 1, Sibiu"}
    paper = {
        "kind": "COMPLAINT",
        "subject": "Programul ghișeului",
        "text": "Ghișeul a fost închis.",
        "language": "ro",
        "channel": "POST",
        "received_on": clock.local_date(clock.now()).isoformat(),
        "petitioners": [who],
    }
    entered = await office.client.post(
        "/petitions/v1/entries", json=paper, headers=office.as_(office.registrar) | key()
    )
    assert entered.status_code == 201, entered.text
    typed = who | {"family_name": "POPESCU", "address": "strada exemplului nr 1 sibiu"}
    assert await found(office, {"petitioner": typed}) == [entered.json()["id"]]
    assert await found(office, {"petitioner": who | {"address": "Altundeva"}}) == []


async def test_a_search_shows_and_keeps_none_of_the_words(
    office: Office, filed: Filed, looking: asyncpg.Connection
) -> None:
    await filed(**HIDDEN)
    headers = office.as_(office.handler) | {"idempotency-key": f"search-{ids.new_id()}"}
    answer = await office.client.post(f"{FILES}/search", json={"words": "hidrant"}, headers=headers)
    assert answer.json()["items"]
    assert "idrant" not in answer.text
    kept = await looking.fetchval(
        "SELECT count(*) FROM petitions.idempotency_keys WHERE key = $1", headers["idempotency-key"]
    )
    assert kept == 0


async def test_nothing_asked_is_refused(office: Office) -> None:
    answer = await office.client.post(
        f"{FILES}/search", json={"year": 2026}, headers=office.as_(office.handler)
    )
    assert answer.status_code == 422


async def test_edge_62_who_got_a_forwarded_file_finds_it_and_who_sent_it_on_does_not(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    target = await an_institution()
    file_id = await filed(**HIDDEN)
    await office.bring(file_id, "TRIAGE")
    to = {"institution_id": str(target.id), "reason": "Competența este a altei instituții."}
    sent = await office.step(file_id, "forward", office.head, to)
    assert sent.status_code == 200, sent.text
    assert await found(office, {"words": "hidrant"}) == []
    there = Office(office.client, office.signed_in, target.id)
    assert await found(there, {"words": "hidrant"}) == [file_id]
