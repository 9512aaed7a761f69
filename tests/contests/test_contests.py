"""A driver contests a report: one petition with a number at once, whoever dies in between."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_events import envelope
from hub_events.session import Session
from svc_petitions.operations import filing
from svc_petitions.operations import petitions as petition_operations
from svc_traffic_history import consumers
from svc_traffic_history.documents.press import Press
from svc_traffic_history.domain.contests import Words
from svc_traffic_history.errors.contests import ContestLineNotFound
from svc_traffic_history.operations import contests
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import contests as storage

from .conftest import TODAY, Killed, Outside

V1 = "/traffic-history/v1"
PETITIONS = "/petitions/v1/petitions"
BODY = {"words": "În acea zi nu eu am condus.", "asks": "Vă rog să verificați.", "language": "ro"}
As = Callable[..., dict[str, str]]


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def lines(traffic: httpx2.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await traffic.get(f"{V1}/record/lines", headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def send(
    traffic: httpx2.AsyncClient, headers: dict[str, str], line_id: str, **special: Any
) -> httpx2.Response:
    key = {"idempotency-key": str(ids.new_id())} | special.pop("headers", {})
    path = f"{V1}/record/lines/{line_id}/contest"
    return await traffic.post(path, json=BODY | special, headers=headers | key)


async def filed(petitions: httpx2.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await petitions.get(PETITIONS, headers=headers)).json()["items"]
    return found


@pytest.fixture
def ana(outside: Outside) -> UUID:
    """A driver whose report was communicated three days ago."""
    return outside.add_driver(TODAY - timedelta(days=5), TODAY - timedelta(days=3))


async def test_only_who_is_sure_to_be_its_driver_contests_a_report(
    traffic: httpx2.AsyncClient, as_driver: As, ana: UUID, outside: Outside, signed_in: Any
) -> None:
    own = as_driver(ana)
    (line,) = await lines(traffic, own)
    other = outside.add_driver(TODAY - timedelta(days=9), None)
    await lines(traffic, as_driver(other))
    assert (await send(traffic, {}, line["id"])).status_code == 401
    assert (
        await send(traffic, signed_in(ana, {"petitions:read"}, Assurance.HIGH), line["id"])
    ).status_code == 403
    unsure = as_driver(ana, assurance=Assurance.LOW)
    assert slug(await send(traffic, unsure, line["id"])) == "insufficient-user-authentication"
    for nobody in (as_driver(other), as_driver(ids.new_id()), as_driver(ana, sandbox=True)):
        assert slug(await send(traffic, nobody, line["id"])) == "record-line-not-found"
    assert slug(await send(traffic, own, str(ids.new_id()))) == "record-line-not-found"
    assert (await lines(traffic, own))[0]["petition"] is None


async def test_a_number_comes_at_once_and_the_petition_has_the_extract_of_the_line(
    traffic: httpx2.AsyncClient,
    petitions: httpx2.AsyncClient,
    as_driver: As,
    ana: UUID,
    program: Any,
    tmp_path: Path,
) -> None:
    headers = as_driver(ana)
    (line,) = await lines(traffic, headers)
    answer = await send(traffic, headers, line["id"])
    assert answer.status_code == 201, answer.text
    told = answer.json()["petition"]
    assert told["state"] == "REGISTERED"
    petition = (await petitions.get(f"{PETITIONS}/{told['id']}", headers=headers)).json()
    assert answer.headers["location"] == f"{PETITIONS}/{petition['id']}"
    assert (told["number"], told["answer_due_on"]) == (
        petition["registration_label"],
        petition["answer_due_on"],
    )
    assert petition["institution"]["names"]["ro"] == "Inspectoratul General al Poliției Române"
    assert petition["subject"].endswith(f"seria T nr. {line['number']}")
    assert petition["text"] == "În acea zi nu eu am condus.\n\nCe solicit:\nVă rog să verificați."
    attachments = f"{PETITIONS}/{petition['id']}/attachments"
    (file,) = (await petitions.get(attachments, headers=headers)).json()["items"]
    sealed = await petitions.get(f"{attachments}/{file['id']}", headers=headers)
    extract = tmp_path / "extract.pdf"
    extract.write_bytes(sealed.content)
    said = " ".join(program("pdftotext", "-layout", extract, "-").decode().split())
    assert f"T {line['number']}" in said
    assert "contestate prin petiție" in said
    assert "Popescu" in said
    assert "2850412" not in said
    assert b"/ByteRange" in sealed.content  # it is sealed
    (line,) = await lines(traffic, headers)
    assert line["petition"] == told
    assert line["contest"] == "NONE"  # of a court nothing is known


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ro", "Petiția nu oprește termenul plângerii contravenționale"),
        ("hu", "A petíció nem szakítja meg a bírósági panasz"),
        ("en", "A petition does not stop the term for the complaint in court"),
    ],
    ids=["ro", "hu", "en"],
)
async def test_the_answer_says_that_the_term_in_court_runs_on_and_names_its_last_day(
    traffic: httpx2.AsyncClient, as_driver: As, outside: Outside, language: str, said: str
) -> None:
    """Communicated on 10 September, the last day is 26 September: free days (CPC art. 181)."""
    written = {"ro": "26.09.2025", "hu": "2025.09.26.", "en": "26 September 2025"}[language]
    person = outside.add_driver(date(2025, 9, 8), date(2025, 9, 10))
    headers = as_driver(person) | {"accept-language": language}
    (line,) = await lines(traffic, headers)
    made = (await send(traffic, headers, line["id"])).json()
    assert made["complaint"]["last_day"] == "2025-09-26"
    assert made["complaint"]["is_open"] is False
    assert said in made["important"]
    assert written in made["important"]


async def test_before_the_communication_no_day_is_named(
    traffic: httpx2.AsyncClient, as_driver: As, outside: Outside
) -> None:
    headers = as_driver(outside.add_driver(TODAY, None)) | {"accept-language": "en"}
    (line,) = await lines(traffic, headers)
    made = (await send(traffic, headers, line["id"])).json()
    assert made["complaint"] is None
    assert "runs from the day on which the report is handed over" in made["important"]


async def test_the_same_words_are_the_same_petition_and_other_words_wait_until_it_has_ended(
    traffic: httpx2.AsyncClient,
    petitions: httpx2.AsyncClient,
    as_driver: As,
    ana: UUID,
    sessions: async_sessionmaker[Session],
) -> None:
    headers = as_driver(ana)
    (line,) = await lines(traffic, headers)
    answers = await asyncio.gather(*(send(traffic, headers, line["id"]) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    (number,) = {answer.json()["petition"]["number"] for answer in answers}
    (petition,) = await filed(petitions, headers)
    refused = await send(traffic, headers, line["id"], words="Altceva.")
    assert (refused.status_code, slug(refused)) == (409, "record-line-contested")
    assert number in refused.json()["detail"]
    answered = consumers.PetitionAnswered(petition_id=petition["id"], version=2)
    handle = consumers.PETITIONS.handlers[consumers.PetitionAnswered]
    for event in (answered, answered, answered.model_copy(update={"petition_id": ids.new_id()})):
        heard: Any = envelope.decode(
            consumers.PetitionAnswered, envelope.encode(ids.new_id(), event, clock.now(), None)
        )
        async with sessions() as session:
            await handle(session, heard)
    (line,) = await lines(traffic, headers)
    assert (line["petition"]["state"], line["petition"]["number"]) == ("ENDED", number)
    again = await send(traffic, headers, line["id"], words="Altceva.")
    assert again.status_code == 201
    assert again.json()["petition"]["number"] != number
    assert len(await filed(petitions, headers)) == 2


async def test_while_petitions_are_away_the_contest_waits_and_gets_its_number_later(
    traffic: httpx2.AsyncClient,
    petitions: httpx2.AsyncClient,
    as_driver: As,
    ana: UUID,
    outside: Outside,
    means: Means,
    press: Press,
    sessions: async_sessionmaker[Session],
) -> None:
    headers = as_driver(ana)
    (line,) = await lines(traffic, headers)
    outside.is_away = True
    made = (await send(traffic, headers, line["id"])).json()["petition"]
    assert (made["state"], made["number"]) == ("PENDING", None)
    async with sessions() as session:
        assert await contests.file_waiting(session, means, press, clock.now() + timedelta(minutes=2)) == 0
    outside.is_away = False
    async with sessions() as session:
        await contests.file_waiting(session, means, press, clock.now() + timedelta(hours=2))
    (line,) = await lines(traffic, headers)
    assert (line["petition"]["state"], line["petition"]["id"]) == ("REGISTERED", made["id"])
    assert [each["id"] for each in await filed(petitions, headers)] == [made["id"]]


def a_driver(person_id: UUID) -> Principal:
    return Principal(
        kind=Kind.PERSON,
        subject=str(person_id),
        client_id="demo",
        scopes=frozenset({"petitions:write"}),
        assurance=Assurance.SUBSTANTIAL,
    )


POINTS = (
    "before petitions are asked",
    "petitions have the file",
    "petitions have the number",
    "after petitions have answered",
    "the number is here",
)


@pytest.mark.parametrize("retried", ["by the person", "by the clock"])
@pytest.mark.parametrize("point", POINTS)
async def test_whoever_dies_at_whichever_point_there_is_one_petition_and_none_is_lost(
    traffic: httpx2.AsyncClient,
    petitions: httpx2.AsyncClient,
    as_driver: As,
    ana: UUID,
    outside: Outside,
    means: Means,
    press: Press,
    sessions: async_sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    retried: str,
) -> None:
    headers = as_driver(ana)
    (line,) = await lines(traffic, headers)
    with monkeypatch.context() as patched:
        cut(patched, outside, point)
        async with sessions() as session:
            with pytest.raises((Killed, httpx2.HTTPError)):
                await contests.contest(
                    session, means, press, a_driver(ana), UUID(line["id"]), words(), clock.now()
                )
    outside.dies = ""
    if retried == "by the person":
        again = await send(traffic, headers, line["id"])
        assert again.json()["petition"]["state"] == "REGISTERED"
    else:
        async with sessions() as session:
            await contests.file_waiting(session, means, press, clock.now() + timedelta(minutes=5))
    (petition,) = await filed(petitions, headers)
    (line,) = await lines(traffic, headers)
    assert line["petition"]["number"] == petition["registration_label"]
    assert (await petitions.get(f"{PETITIONS}/{petition['id']}/attachments", headers=headers)).json()["items"]
    async with sessions() as session:
        kept = await session.execute(
            text("SELECT words FROM contests WHERE id = :id"), {"id": petition["id"]}
        )
        assert kept.scalars().all() == [None]  # the words are the petition's now


def words() -> Words:
    return Words(BODY["words"], BODY["asks"], Language.RO)


def cut(patched: pytest.MonkeyPatch, outside: Outside, point: str) -> None:
    """Let one of the two services die once at a point."""
    outside.dies = point
    match point:
        case "petitions have the file":
            patched.setattr(filing.storage, "hold", mock.AsyncMock(side_effect=Killed))
        case "petitions have the number":
            patched.setattr(petition_operations.storage, "add", mock.AsyncMock(side_effect=Killed))
        case "the number is here":
            patched.setattr(contests, "_with", mock.Mock(side_effect=Killed))


async def test_nobody_who_has_no_record_contests(
    means: Means, press: Press, sessions: async_sessionmaker[Session]
) -> None:
    async with sessions() as session:
        with pytest.raises(ContestLineNotFound):
            await contests.contest(
                session, means, press, a_driver(ids.new_id()), ids.new_id(), words(), clock.now()
            )


async def test_a_contest_that_waits_is_in_the_copy_of_what_is_held_and_follows_its_person(
    traffic: httpx2.AsyncClient,
    as_driver: As,
    ana: UUID,
    outside: Outside,
    means: Means,
    press: Press,
    sessions: async_sessionmaker[Session],
    signed_in: Any,
) -> None:
    headers = as_driver(ana)
    (line,) = await lines(traffic, headers)
    outside.is_away = True
    await send(traffic, headers, line["id"])
    outside.is_away = False
    path = f"/internal/v1/people/{ana}/export"
    copy = (await traffic.get(path, headers=signed_in(scopes={"personal-data:read"}))).json()
    (section,) = [each for each in copy["sections"] if each["name"] == "contests"]
    assert BODY["words"] in str(section)
    other = ids.new_id()
    async with sessions() as session, session.begin():
        await storage.follow_person(session, ana, other)
        driver = await session.execute(
            text("SELECT driver_id FROM contests WHERE person_id = :person"), {"person": other}
        )
        found = await storage.of_driver(session, driver.scalar_one(), means.key)
    assert [each.person_id for each in found] == [other]
    async with sessions() as session:
        sealed = await session.execute(text("SELECT words FROM contests WHERE person_id = :p"), {"p": other})
        assert b"condus" not in bytes(sealed.scalar_one())
