"""Every entry conforms to the official shapes, in every language; both forms say the same."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2
import orjson
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from hub_core.language import Language
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing.plugin import PUBLIC_ORIGIN
from svc_catalog.domain.conditions import OneOf
from svc_catalog.domain.services import Output, Requirement, Service
from svc_catalog.domain.text import Texts
from svc_catalog.exports import cpsv, dcat, judge
from svc_catalog.exports.graph import XSD, Graph, Iri, Text, Value, double
from svc_catalog.exports.kept import Kept
from svc_catalog.exports.surroundings import Surroundings
from svc_catalog.exports.turtle import Turtle
from svc_catalog.exports.vocabulary import CPSV, CV, PREFIXES
from svc_catalog.operations import exports as operations
from svc_catalog.operations import publishing
from svc_catalog.reference import concepts
from svc_catalog.reference.services import services as first_services

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser

CODES = [service.code for service in first_services()]
WHOLE = "/catalog/v1/cpsv-ap"
DATA = "/catalog/v1/dcat"
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LANGUAGES = [None, *Language]


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    made = Database(settings)
    yield made
    await made.close()


@pytest.fixture
async def described(database: Database) -> Any:
    """`described(code)`: a published entry with its surroundings."""

    async def read(code: str) -> tuple[Service, Surroundings]:
        service = next(each for each in first_services() if each.code == code)
        async with database.sessions() as session, session.begin():
            return service, await operations.surroundings(session, [service])

    return read


async def triples(client: httpx2.AsyncClient, path: str, form: str, **query: str) -> rdflib.Graph:
    """What a document says; its context is taken from where it says."""
    answer = await client.get(path, params={"format": form, **query})
    assert answer.status_code == 200, answer.text
    if form == "turtle":
        return rdflib.Graph().parse(data=answer.text, format="turtle")
    document = answer.json()
    named = document["@context"]
    address, *own = named if isinstance(named, list) else [named]
    context = (await client.get(address)).json()["@context"]
    document["@context"] = [context, *own]
    return rdflib.Graph().parse(data=orjson.dumps(document), format="json-ld")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("only", LANGUAGES)
async def test_every_entry_conforms_in_every_language(
    described: Any, code: str, only: Language | None
) -> None:
    service, around = await described(code)
    graph = cpsv.entry(service, around, TODAY, PUBLIC_ORIGIN, only)
    assert judge.violations(graph, cpsv.SHAPES) == []
    languages = {value.language for _, _, value in graph if isinstance(value, Text)}
    assert languages >= ({only} if only else set())
    assert only is None or languages <= {only, Language.RO}


@pytest.mark.parametrize("code", CODES)
async def test_json_ld_and_turtle_of_an_entry_say_the_same(client: httpx2.AsyncClient, code: str) -> None:
    one, other = [await triples(client, f"{WHOLE}/{code}", form) for form in ("json-ld", "turtle")]
    assert len(one) > 100
    assert set(one) == set(other)


@pytest.mark.parametrize("language", [None, "hu"])
async def test_the_whole_conforms_and_holds_every_entry(
    client: httpx2.AsyncClient, language: str | None
) -> None:
    query = {"language": language} if language else {}
    one, other = [await triples(client, WHOLE, form, **query) for form in ("json-ld", "turtle")]
    assert to_isomorphic(one) == to_isomorphic(other)
    assert set(one) == set(other)
    services = set(one.subjects(RDF.type, rdflib.URIRef(f"{CPSV}PublicService")))
    assert services == set(one.objects(rdflib.URIRef(PUBLIC_ORIGIN + WHOLE), DCTERMS.hasPart))
    listed = (await client.get("/catalog/v1/services?limit=200")).json()["items"]
    assert services == {rdflib.URIRef(f"{PUBLIC_ORIGIN}{WHOLE}/{item['code']}") for item in listed}
    for code in CODES:
        entry = await triples(client, f"{WHOLE}/{code}", "turtle", **query)
        assert [each for each in entry if each not in one] == []
    conforms, _, report = judge.pyshacl.validate(one, shacl_graph=judge._shapes(cpsv.SHAPES))
    assert conforms, report


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_open_data_conform_and_can_be_taken(
    client: httpx2.AsyncClient, language: str | None
) -> None:
    query = {"language": str(language)} if language else {}
    one, other = [await triples(client, DATA, form, **query) for form in ("json-ld", "turtle")]
    assert set(one) == set(other)
    conforms, _, report = judge.pyshacl.validate(other, shacl_graph=judge._shapes(dcat.SHAPES))
    assert conforms, report
    datasets = set(one.subjects(RDF.type, DCAT.Dataset))
    assert datasets == set(one.objects(None, DCAT.dataset)) == set(one.objects(None, DCAT.servesDataset))
    ours = {str(each) for each in one.objects(None, DCAT.accessURL) if "/catalog/" in str(each)}
    assert len(ours) > len(datasets)
    for distribution in one.subjects(RDF.type, DCAT.Distribution):
        address = str(one.value(distribution, DCAT.downloadURL))
        if address in ours:
            answer = await client.get(address)
            given = answer.headers["content-type"].partition(";")[0]
            assert answer.status_code == 200, address
            assert str(one.value(distribution, DCAT.mediaType)).endswith(f"/{given}")


async def test_nothing_is_without_an_address(client: httpx2.AsyncClient) -> None:
    whole = await triples(client, WHOLE, "turtle")
    assert not {term for triple in whole for term in triple if isinstance(term, rdflib.BNode)}


async def test_the_addresses_of_things_can_be_asked_for(client: httpx2.AsyncClient) -> None:
    whole = await triples(client, WHOLE, "turtle")
    ours = {str(each).partition("#")[0] for each in whole.subjects() if str(each).startswith(PUBLIC_ORIGIN)}
    assert len(ours) > 3 * len(CODES)
    for address in ours:
        assert (await client.get(address)).status_code == 200, address


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("text/html", "application/ld+json"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json;q=0.5, text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json, text/turtle;q=0.9", "application/ld+json"),
        ("text/turtle;q=0", "application/ld+json"),
        ("text/turtle;q=x", "application/ld+json"),
    ],
)
async def test_accept_decides_the_form(
    client: httpx2.AsyncClient, accept: str | None, media_type: str
) -> None:
    for path in (WHOLE, f"{WHOLE}/petition"):
        answer = await client.get(path, headers={"accept": accept} if accept else {})
        assert (answer.headers["content-type"], answer.headers["vary"]) == (media_type, "Accept")


async def test_what_is_not_published_is_not_exported(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{WHOLE}/nothing")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "service-not-found")


BLANK = Texts(ro=" ", en="")
BROKEN = {
    "no title": ({"title": BLANK}, "/title"),
    "no description": ({"description": BLANK}, "/description"),
    "no authority": ({"provider_id": uuid4()}, "/provider_id"),
    "a requirement without a text": (
        {
            "requirements": (
                Requirement("x", text=BLANK, otherwise=BLANK, condition=OneOf("person", ("SELF",))),
            )
        },
        "/requirements/0/text",
    ),
    "an output without a title": ({"outputs": (Output("x", BLANK),)}, "/outputs/0/title"),
}


@pytest.mark.parametrize("way", BROKEN)
async def test_a_broken_entry_is_refused_with_the_reason_of_the_shapes(
    described: Any, database: Database, way: str
) -> None:
    service, around = await described("petition")
    broken, pointer = BROKEN[way]
    changed = replace(service, **broken)
    found = cpsv.violations(changed, around, TODAY)
    assert [each.pointer for each in found] == [pointer]
    turtle = Turtle(PREFIXES)
    text = turtle.head() + turtle.body(cpsv.entry(changed, around, TODAY, PUBLIC_ORIGIN))
    exported = rdflib.Graph().parse(data=text, format="turtle")
    conforms, report, _ = judge.pyshacl.validate(exported, shacl_graph=judge._shapes(cpsv.SHAPES))
    assert not conforms
    said = {str(each).replace(PUBLIC_ORIGIN, "") for each in report.objects(None, rdflib.SH.resultMessage)}
    assert said == {each.detail for each in found}
    async with database.sessions() as session, session.begin():
        refused = await publishing.findings(session, changed, NOON)
    assert [each for each in refused if each.code == "cpsv-ap"] == found


async def test_an_institution_without_a_name_is_found_at_the_entry_that_names_it(described: Any) -> None:
    service, around = await described("petition")
    nameless = {key: replace(each, names=BLANK) for key, each in around.institutions.items()}
    found = cpsv.violations(service, replace(around, institutions=nameless), TODAY)
    assert "/provider_id" in {each.pointer for each in found}


async def test_a_related_service_that_is_broken_is_found_where_it_is_named(described: Any) -> None:
    service, around = await described("audience-request")
    [code, *_] = service.related
    related = {**around.related, code: replace(around.related[code], title=BLANK)}
    found = cpsv.violations(service, replace(around, related=related), TODAY)
    assert [each.pointer for each in found] == ["/related/0"]


def test_documents_are_kept_until_they_are_too_many() -> None:
    kept = Kept(10)
    kept.put("a", b"12345")
    kept.put("b", b"12345")
    assert kept.get("a") == b"12345"
    kept.put("c", b"1")
    assert [kept.get(key) for key in "abc"] == [b"12345", None, b"1"]
    kept.put("d", b"x" * 100)
    assert [kept.get(key) for key in "acd"] == [None, None, b"x" * 100]


async def test_a_legal_number_is_that_of_the_day(client: httpx2.AsyncClient) -> None:
    graph = await triples(client, f"{WHOLE}/petition", "turtle", on="2026-11-22")
    petition = rdflib.URIRef(f"{PUBLIC_ORIGIN}{WHOLE}/petition")
    time = graph.value(petition, rdflib.URIRef(f"{CV}processingTime"))
    assert (str(time), time.datatype) == ("P30D", rdflib.XSD.duration)
    cost = graph.value(petition, rdflib.URIRef(f"{CV}hasCost"))
    assert graph.value(cost, rdflib.URIRef(f"{CV}hasValue")) == rdflib.Literal(0.0)
    before = await triples(client, f"{WHOLE}/petition", "turtle", on="1900-01-01")
    assert before.value(petition, rdflib.URIRef(f"{CV}processingTime")) is None


def test_what_a_text_may_hold_is_escaped() -> None:
    graph = Graph()
    text = 'a "quoted"\\ line\r\n\tand another \b\f ș'
    graph.add("urn:a", "urn:b", Value(text), Text(text, Language.RO), Iri("urn:c"), Value("1", "urn:t"))
    turtle = Turtle({"u": "urn:"})
    read = rdflib.Graph().parse(data=turtle.head() + turtle.body(graph), format="turtle")
    assert set(read.objects()) == {
        rdflib.Literal(text),
        rdflib.Literal(text, lang="ro"),
        rdflib.URIRef("urn:c"),
        rdflib.Literal("1", datatype=rdflib.URIRef("urn:t")),
    }


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("0.00", "0.0E0"),
        ("265", "2.65E2"),
        ("202.50", "2.025E2"),
        ("0.5", "5.0E-1"),
        ("1234567.89", "1.23456789E6"),
    ],
)
def test_a_number_is_written_in_its_canonical_form(number: str, written: str) -> None:
    assert double(Decimal(number)) == Value(written, f"{XSD}double")


@given(st.decimals(0, 10**9, places=2))
def test_a_number_is_the_same_when_it_is_read_again(number: Decimal) -> None:
    assert float(double(number).value) == float(number)


async def test_an_entry_leads_to_its_exports(client: httpx2.AsyncClient) -> None:
    link = (await client.get("/catalog/v1/services/petition")).headers["link"]
    found = re.findall(r'<([^>]+)>; rel="alternate"; type="([^"]+)"', link)
    assert len(found) == 2
    for address, media_type in found:
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type)


@pytest.mark.parametrize("kind", ["life_event", "topic", "audience", "channel"])
def test_every_code_of_an_entry_has_a_name(kind: str) -> None:
    used = {
        "life_event": lambda each: each.life_events,
        "topic": lambda each: each.topics,
        "audience": lambda each: each.audiences,
        "channel": lambda each: [channel.kind for channel in each.channels],
    }[kind]
    codes = {str(code) for service in first_services() for code in used(service)}
    assert codes - concepts.concepts()[kind].keys() == set()


def test_a_code_without_a_name_is_made_readable() -> None:
    assert concepts.name("life_event", "MOVING_ABROAD") == Texts(ro="Moving abroad", en="Moving abroad")
