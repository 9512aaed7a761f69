"""The feed is valid Atom, the sitemap names what can be read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2
import pytest
from lxml import etree

from hub_core.language import Language
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing.plugin import PUBLIC_ORIGIN
from svc_catalog.domain.changes import Change, ChangeKind
from svc_catalog.domain.text import Texts
from svc_catalog.exports import xml
from svc_catalog.storage import changes

FEED = "/catalog/v1/changes.atom"
SITEMAP = "/catalog/v1/sitemap.xml"
ATOM = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))  # RFC 4287, appendix B
IN = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
}
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CHANGED = Change(7, ChangeKind.SERVICE, "petition", 3, NOON)


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    made = Database(settings)
    yield made
    await made.close()


@pytest.mark.parametrize("language", [*Language])
@pytest.mark.parametrize("kind", [None, *ChangeKind])
async def test_the_feed_is_valid_atom(
    client: httpx2.AsyncClient, language: Language, kind: ChangeKind | None
) -> None:
    query = {"kind": kind.value} if kind else {}
    answer = await client.get(FEED, params=query, headers={"accept-language": language.value})
    assert answer.headers["content-type"] == "application/atom+xml"
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")
    feed = etree.fromstring(answer.content)
    ATOM.assertValid(feed)
    if kind and not feed.xpath("a:entry|at:deleted-entry", namespaces=IN):
        assert "last-modified" not in answer.headers
    else:
        modified = parsedate_to_datetime(answer.headers["last-modified"])
        assert modified == datetime.fromisoformat(feed.findtext("a:updated", namespaces=IN))
    ids = feed.xpath("a:entry/a:id/text()", namespaces=IN)
    assert len(set(ids)) == len(ids) <= 100
    for link in feed.xpath("a:entry/a:link/@href", namespaces=IN)[:3]:
        assert (await client.get(link)).status_code == 200


async def test_a_feed_says_what_things_are_called(client: httpx2.AsyncClient) -> None:
    for language, title in (("ro", "Petiție"), ("hu", "Petíció"), ("en", "Petition")):
        answer = await client.get(FEED, params={"kind": "SERVICE", "language": language})
        feed = etree.fromstring(answer.content)
        assert title in feed.xpath("a:entry/a:title/text()", namespaces=IN)


def test_an_entry_keeps_its_id_and_what_is_gone_is_a_tombstone() -> None:
    names = {(CHANGED.kind, CHANGED.code): Texts(ro="Nume\x00 cu \x0b semne", en="Name")}
    first = etree.fromstring(xml.feed([CHANGED], names, PUBLIC_ORIGIN, Language.RO))
    later = replace(CHANGED, version=4, position=9)
    second = etree.fromstring(xml.feed([later], names, PUBLIC_ORIGIN, Language.EN))
    address = f"{PUBLIC_ORIGIN}/catalog/v1/services/petition"
    assert [each.findtext("a:entry/a:id", namespaces=IN) for each in (first, second)] == [address, address]
    assert first.findtext("a:entry/a:title", namespaces=IN) == "Nume cu  semne"
    other = replace(CHANGED, code="suggestion")
    both = [other, replace(CHANGED, gone=True), other]
    gone = etree.fromstring(xml.feed(both, {}, PUBLIC_ORIGIN, Language.RO))
    for feed in (first, second, gone):
        ATOM.assertValid(feed)
        assert feed.findtext("a:updated", namespaces=IN) == "2026-11-21T10:00:00Z"
    [tombstone] = gone.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert dict(tombstone.attrib) == {"ref": address, "when": "2026-11-21T10:00:00Z"}


def test_an_empty_feed_is_valid() -> None:
    ATOM.assertValid(etree.fromstring(xml.feed([], {}, PUBLIC_ORIGIN, Language.HU)))


async def test_the_sitemap_names_what_can_be_read(client: httpx2.AsyncClient, database: Database) -> None:
    async with database.sessions() as session, session.begin():
        await changes.note(session, ChangeKind.ADVICE, "test-gone", 1, NOON)
        await changes.note(session, ChangeKind.ADVICE, "test-gone", 2, NOON, gone=True)
    answer = await client.get(SITEMAP)
    assert answer.headers["content-type"] == "application/xml"
    places = etree.fromstring(answer.content).xpath("s:url/s:loc/text()", namespaces=IN)
    assert len(set(places)) == len(places) > 300
    assert f"{PUBLIC_ORIGIN}/catalog/v1/services/petition" in places
    assert not [each for each in places if "test-gone" in each]
    assert {each.rpartition(SITEMAP.rpartition("/")[0])[0] for each in places} == {PUBLIC_ORIGIN}
    for address in {each.rpartition("/")[0]: each for each in places}.values():
        assert (await client.get(address)).status_code == 200, address
