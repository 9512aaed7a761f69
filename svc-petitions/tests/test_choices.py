"""The registry chooses who is competent, a head sends the file there, the petitioner reads why."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_petitions.domain.institutions import Institution
from svc_petitions.operations import institutions
from svc_petitions.storage import statistics

from .office import EVERY, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
DAY = date(2026, 1, 1)


@dataclass
class Matter:
    """What a petition says, and the two structures that alone deal with it: one outside, one of the hub."""

    outside: UUID
    inside: UUID
    content: dict[str, str]


def a_word() -> str:
    """A word that no other test says."""
    return "q" + ids.new_id().hex[-12:].translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.fixture
async def matter(sessions: async_sessionmaker[Session]) -> Matter:
    """A matter of a place, with who deals with it."""
    made = Matter(ids.new_id(), ids.new_id(), {})
    first, second = a_word(), a_word()
    made.content = {
        "subject": f"Un {first} pe bulevard",
        "text": f"În Timișoara, lângă noi, se aude un {first} toată noaptea. Era și {second} acolo.",
    }
    for id_, name, topic, word, accepts, addressee in (
        (made.outside, "outside", "ALPHORNS", first, False, "Primăria {place}"),
        (made.inside, "inside", "FIRE", second, True, None),
    ):
        facts = {
            "id": id_,
            "code": f"X-{id_.hex[-8:].upper()}",
            "names": {"ro": f"Structura {name}", "hu": f"Szervezet {name}", "en": f"Structure {name}"},
            "accepts_petitions": accepts,
            "version": 1,
        }
        days = {"valid_from": DAY, "valid_to": None}
        entry = {
            **facts,
            **days,
            "parent_id": None,
            "counties": [],
            "aliases": [],
            "addressee": addressee,
            "attributions": [
                {
                    "topic": topic,
                    "texts": {"ro": f"Tema {topic}", "hu": f"Téma {topic}", "en": f"Topic {topic}"},
                    "keywords": {"ro": [word], "hu": [], "en": []},
                }
            ],
        }
        async with sessions() as session:
            await institutions.keep(session, Institution(**facts, **days), entry)
    return made


async def choose(office: Office, file_id: str, structure: UUID, who: UUID | None = None) -> httpx2.Response:
    return await office.post(
        f"files/{file_id}/chosen-structures", who or office.registrar, {"structure_id": str(structure)}
    )


async def test_the_registry_and_heads_choose_and_nobody_else(
    office: Office, filed: Filed, matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    await office.bring(file_id, "TRIAGE")
    body = {"structure_id": str(matter.outside)}

    async def asked(headers: dict[str, str]) -> str:
        return slug(
            await office.client.post(
                f"{FILES}/{file_id}/chosen-structures", json=body, headers=headers | key()
            )
        )

    person = office.registrar
    assert await asked({}) == "invalid-token"
    assert await asked(office.as_(person, scopes=EVERY - {"petitions:register"})) == "insufficient-scope"
    assert await asked(office.as_(person, assurance=Assurance.LOW)) == "insufficient-user-authentication"
    assert await asked(office.as_(office.handler)) == "role-required"


async def test_another_institutions_file_is_not_chosen_for_nor_read(
    office: Office,
    filed: Filed,
    matter: Matter,
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    file_id = await filed(**matter.content)
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    assert slug(await choose(elsewhere, file_id, matter.outside)) == "file-not-found"
    headers = elsewhere.as_(ids.new_id(), Role.REGISTRAR)
    read = await office.client.get(f"{FILES}/{file_id}/chosen-structures", headers=headers)
    assert slug(read) == "file-not-found"


async def test_who_is_complained_of_does_not_choose(office: Office, filed: Filed, matter: Matter) -> None:
    file_id = await filed(**matter.content)
    await office.bring(file_id, "TRIAGE", office.chief)
    assert slug(await choose(office, file_id, matter.outside)) == "conflict-of-interest"


async def test_only_what_is_suggested_is_chosen_and_only_in_triage(
    office: Office, filed: Filed, matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    assert slug(await choose(office, file_id, matter.outside)) == "file-state-forbids"
    await office.bring(file_id, "TRIAGE")
    assert slug(await choose(office, file_id, ids.new_id())) == "structure-not-suggested"


async def test_the_choice_is_kept_with_its_rule_and_what_else_was_considered(
    office: Office, filed: Filed, matter: Matter, looking: asyncpg.Connection
) -> None:
    file_id = await filed(**matter.content)
    await office.bring(file_id, "TRIAGE")
    chosen = await choose(office, file_id, matter.outside)
    assert chosen.status_code == 201, chosen.text
    made = chosen.json()
    assert made["structure"]["names"]["ro"] == "Structura outside"
    assert made["addressee"] == "Primăria Timișoara, județul Timiș"
    assert made["topic"] == "ALPHORNS"
    assert made["rules"] == ["OUTSIDE", "PLACE_NAMED"]
    assert str(matter.inside) in [one["structure"]["id"] for one in made["others_considered"]]
    await choose(office, file_id, matter.inside)
    listed = await office.client.get(
        f"{FILES}/{file_id}/chosen-structures", headers=office.as_(office.handler)
    )
    assert [one["topic"] for one in listed.json()["items"]] == ["ALPHORNS", "FIRE"]
    row = await looking.fetchrow(
        "SELECT choices::text AS said FROM petitions.choices WHERE petition_id = $1", UUID(file_id)
    )
    assert row is not None
    assert not [word for word in matter.content["text"].split() if len(word) == 13 and word in row["said"]]


async def test_a_suggestion_says_what_else_was_considered(
    office: Office, filed: Filed, matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    answer = await office.client.get(
        f"{FILES}/{file_id}/suggested-structures", headers=office.as_(office.registrar)
    )
    first, *others = answer.json()["items"]
    considered = [one["structure"]["id"] for one in first["others_considered"]]
    assert considered == [one["structure"]["id"] for one in others] != []


async def test_a_head_sends_the_file_where_it_was_chosen_to_go_and_the_petitioner_reads_why(
    office: Office, filed: Filed, as_ana: dict[str, str], matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    await office.bring(file_id, "TRIAGE")
    assert slug(await office.step(file_id, "forward", office.head, {})) == "no-addressee"
    await choose(office, file_id, matter.outside)
    sent = await office.step(file_id, "forward", office.head, {})
    assert sent.status_code == 200, sent.text
    assert sent.json()["state"] == "FORWARDED"
    answer = await office.client.get(f"{PETITIONS}/{file_id}/steps", headers=as_ana)
    told = answer.json()
    [because] = [one["because"] for one in told["steps"] if one["because"]]
    assert [one["state"] for one in told["steps"] if one["because"]] == ["FORWARDED"]
    assert because["addressee"] == "Primăria Timișoara, județul Timiș"
    assert because["text"]["ro"] == (
        "Trimisă la Primăria Timișoara, județul Timiș, care se ocupă de: Tema ALPHORNS. "
        "Locul este cel numit în petiție."
    )
    assert told["forwardings"][0]["addressee"] == "Primăria Timișoara, județul Timiș"
    assert told["forwardings"][0]["reason"] == because["text"]["ro"]
    for internal in (office.registrar, office.head, matter.inside):
        assert str(internal) not in answer.text
    assert "others" not in answer.text


async def test_within_the_hub_it_goes_on_with_its_number_and_a_new_clock(
    office: Office, filed: Filed, as_ana: dict[str, str], matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    number = (await office.client.get(f"{PETITIONS}/{file_id}", headers=as_ana)).json()["number"]
    await office.bring(file_id, "TRIAGE")
    await choose(office, file_id, matter.inside)
    assert (await office.step(file_id, "forward", office.head, {})).status_code == 200
    followed = (await office.client.get(f"{PETITIONS}/{file_id}/steps", headers=as_ana)).json()
    assert followed["forwardings"][0]["to_institution_id"] == str(matter.inside)
    assert followed["forwardings"][0]["number"] == number
    assert [one["because"]["topic"] for one in followed["steps"] if one["because"]] == ["FIRE"]


async def test_what_is_sent_elsewhere_than_chosen_does_not_say_that_choice(
    office: Office, filed: Filed, as_ana: dict[str, str], matter: Matter
) -> None:
    file_id = await filed(**matter.content)
    await office.bring(file_id, "TRIAGE")
    await choose(office, file_id, matter.inside)
    body = {"addressee": "Primăria Lugoj", "reason": "Ține de primărie."}
    assert (await office.step(file_id, "forward", office.head, body)).status_code == 200
    followed = (await office.client.get(f"{PETITIONS}/{file_id}/steps", headers=as_ana)).json()
    assert not [one for one in followed["steps"] if one["because"]]


async def test_who_sends_it_unchosen_to_one_that_is_suggested_has_chosen_so(
    office: Office, filed: Filed, as_ana: dict[str, str], matter: Matter
) -> None:
    for body, topic in (
        ({"institution_id": str(matter.inside)}, "FIRE"),
        ({"addressee": "Primăria Timișoara, județul Timiș"}, "ALPHORNS"),
    ):
        file_id = await filed(**matter.content)
        await office.bring(file_id, "TRIAGE")
        sent = await office.step(file_id, "forward", office.head, body | {"reason": "Nu ține de noi."})
        assert sent.status_code == 200, sent.text
        followed = (await office.client.get(f"{PETITIONS}/{file_id}/steps", headers=as_ana)).json()
        assert [one["because"]["topic"] for one in followed["steps"] if one["because"]] == [topic]
        assert followed["forwardings"][0]["reason"] == "Nu ține de noi."


@pytest.mark.parametrize(
    "said",
    [
        {"addressee": "Primăria Lugoj"},
        {"again_reason": "Încă o dată."},
        {"addressee": "Primăria Lugoj", "institution_id": str(ids.new_id()), "reason": "Una din două."},
    ],
)
async def test_who_names_the_addressee_says_why(office: Office, filed: Filed, said: dict[str, Any]) -> None:
    assert (await office.step(await filed(), "forward", office.head, said)).status_code == 422


async def test_the_topic_that_was_chosen_is_counted(
    office: Office, filed: Filed, matter: Matter, sessions: async_sessionmaker[Session]
) -> None:
    for _ in range(2):
        file_id = await filed(**matter.content)
        await office.bring(file_id, "TRIAGE")
        await choose(office, file_id, matter.inside)
    last = await filed(**matter.content)
    await office.bring(last, "TRIAGE")
    await choose(office, last, matter.outside)
    await office.step(last, "forward", office.head, {})
    await filed(**matter.content)
    far = date(2999, 1, 1)
    async with sessions() as session, session.begin():
        await statistics.count(session, date(1999, 1, 1), far, far)
        counted = await statistics.figures(session, date(1999, 1, 1), date(1999, 1, 2))
        mine = {one.topic: (one.amount, one.outcome) for one in counted if one.institution_id == office.id}
        await session.rollback()
    assert mine == {"FIRE": (2, "OPEN"), "ALPHORNS": (1, "FORWARDED"), "UNSORTED": (1, "OPEN")}
