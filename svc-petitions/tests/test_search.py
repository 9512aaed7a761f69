"""Files are found by their words: at their institution only, in whatever form, the newest first."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_events.session import Session
from svc_petitions.domain import search as domain
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.search import Month
from svc_petitions.domain.words import lexemes
from svc_petitions.storage import search
from svc_petitions.storage.search import Question

PETITIONS = "/petitions/v1/petitions"
Find = Callable[..., Awaitable[list[UUID]]]
MakeInstitution = Callable[..., Awaitable[Institution]]


@pytest.fixture
def find(sessions: async_sessionmaker[Session], dgp: Institution) -> Find:
    """What the institution of this test finds: `find(words, before=…, limit=…, at=…)`."""

    async def look(
        words: str | None = None,
        *,
        before: UUID | None = None,
        limit: int = 50,
        at: Institution = dgp,
        **special: Any,
    ) -> list[UUID]:
        async with sessions() as session, session.begin():
            asked = Question(words=words, **special)
            files = await search.find(session, at.id, asked, clock.now(), before=before, limit=limit)
        return [file.id for file in files]

    return look


async def filed(client: httpx2.AsyncClient, headers: dict[str, str], body: dict[str, Any]) -> UUID:
    answer = await client.post(PETITIONS, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def test_another_institution_finds_nothing(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    body: dict[str, Any],
    find: Find,
    an_institution: MakeInstitution,
) -> None:
    """Edge 82."""
    await filed(client, as_ana, body)
    assert await find("ghișeu", at=await an_institution()) == []


async def test_what_tests_an_application_is_not_found(
    client: httpx2.AsyncClient, ana: UUID, signed_in: Any, body: dict[str, Any], find: Find
) -> None:
    scopes = frozenset({"petitions:read", "petitions:write"})
    testing = signed_in(ana, scopes, sandbox=True, client_id="app-0123456789abcdef")
    await filed(client, testing, body)
    assert await find("ghișeu") == []


@pytest.mark.parametrize(
    "words", ["programul ghișeului", "GHISEU", "programe publicul", "program cu publicul"]
)
async def test_a_file_is_found_by_its_words_in_whatever_form(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], find: Find, words: str
) -> None:
    file_id = await filed(client, as_ana, body)
    assert await find(words) == [file_id]


async def test_every_word_has_to_be_there(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], find: Find
) -> None:
    await filed(client, as_ana, body)
    assert await find("ghișeu pașaport") == []


async def test_a_hungarian_petition_is_found_by_hungarian_words(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], find: Find
) -> None:
    text = "Kérem, javítsák ki a nevemet az útlevelemben."
    file_id = await filed(client, as_ana, body | {"text": text, "subject": "Hiba", "language": "hu"})
    assert await find("utlevelem javitas") == [] or await find("útlevelemben") == [file_id]
    assert await find("utlevelemben nevemet") == [file_id]


async def test_pages_follow_one_another_from_the_newest(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], find: Find
) -> None:
    filings = [await filed(client, as_ana, body) for _ in range(5)]
    newest = filings[::-1]
    assert await find("ghișeu", limit=2) == newest[:2]
    assert await find("ghișeu", limit=2, before=newest[1]) == newest[2:4]
    assert await find("ghișeu", before=newest[3]) == newest[4:]


async def test_a_number_is_found_in_its_register(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], find: Find
) -> None:
    first, second = [await filed(client, as_ana, body) for _ in range(2)]
    assert await find(number=1) == [first]
    assert await find(number=2, year=clock.local_date(clock.now()).year) == [second]
    assert await find(number=2, year=2001) == []
    assert await find("ghișeu", number=2) == [second]


async def test_a_petitioners_files_are_found_by_one_of_them(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
    find: Find,
    sessions: async_sessionmaker[Session],
) -> None:
    hers, his = await filed(client, as_ana, body), await filed(client, as_ion, body)
    again = await filed(client, as_ana, body)
    async with sessions() as session, session.begin():
        ana = await search.petitioners_of(session, hers)
        ion = await search.petitioners_of(session, his)
    assert await find(petitioners=ana) == [again, hers]
    assert await find("ghișeu", petitioners=ion) == [his]
    assert await find(petitioners=[]) == []


def test_months_are_looked_through_once_each_the_last_first() -> None:
    last = Month.at(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    newest, year, rest = domain.windows(2024, last)
    assert newest == [last]
    assert len(year) == 12
    every = [month.number for month in (*newest, *year, *rest)]
    assert every == list(range(last.number, 2024 * 12 - 2, -1))


def test_a_file_is_of_the_month_in_which_it_was_made() -> None:
    assert Month.of(ids.new_id()) == Month.at(clock.now())


def test_likeness_shows_what_is_new() -> None:
    """Edge 66: with a new fact it is a new petition."""
    first = "Vecinul face zgomot noaptea și poliția nu vine."
    again = f"{first} Am găsit un martor, domnul din colț."
    alike = domain.likeness(again, first, Language.RO)
    assert alike.new_words == ["găsit", "martor", "colț"]
    assert 0.5 < alike.share < 1
    assert domain.likeness(first, first, Language.RO).share == 1


WORDS = st.lists(st.text("abcdefgh", min_size=4, max_size=8), min_size=8, max_size=60, unique=True)


@given(WORDS)
def test_texts_of_the_same_words_share_every_band(words: list[str]) -> None:
    institution_id = ids.new_id()
    there = lexemes(" ".join(words), Language.RO)
    assert domain.bands(institution_id, there) == domain.bands(institution_id, frozenset(sorted(there)))
    assert len(domain.bands(institution_id, there)) == 8
