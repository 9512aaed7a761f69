"""Which events partners may see, what of each, and who: rules without I/O."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub_core import ids
from svc_notify import manifest
from svc_notify.domain import feed
from svc_notify.domain.feed import EVENTS_READ, PETITIONS_READ, RECORD_READ, Arrival, Consent, Reader

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONTRACTS = {
    str(schema["title"]): schema
    for path in sorted(ROOT.glob("svc-*/contract/events/*.schema.json"))
    for schema in [json.loads(path.read_text())]
}
EXAMPLES = {
    str(example["type"]): example
    for path in sorted(ROOT.glob("svc-*/contract/events/*.example.json"))
    for example in [json.loads(path.read_text())]
}
PEOPLE = re.compile(
    r"(?:.*_)?(?:person|people|persons|holder|handler|official|driver|actor|representative|principal|mandate"
    r"|client|subject_person|on_behalf_of)(?:_ids?)?"
)
"""Members that name a person, who acts for one, or an official."""
REGISTERED = "hub.petitions.petition.registered.v1"
SANDBOX = "hub.petitions.sandbox-petition.registered.v1"


def heard(event_type: str, time: datetime = NOW, **data: Any) -> Arrival:
    example = EXAMPLES[event_type]
    said = example["data"] | {name: value and str(value) for name, value in data.items()}
    return Arrival(ids.new_id(), event_type, example["subject"], time, said)


@pytest.mark.parametrize("event_type", sorted(CONTRACTS))
def test_every_event_of_every_service_is_shown_or_withheld_for_a_reason(event_type: str) -> None:
    withheld = [one for one in feed.WITHHELD if feed.matches(one, event_type)]
    assert [event_type in feed.TYPES, bool(withheld)].count(True) == 1, event_type


def test_nothing_is_shown_or_withheld_that_no_service_tells() -> None:
    assert not feed.TYPES.keys() - CONTRACTS.keys()
    assert all(any(feed.matches(one, told) for told in CONTRACTS) for one in feed.WITHHELD)


@pytest.mark.parametrize("event_type", sorted(feed.TYPES))
def test_what_is_handed_on_is_told_and_names_no_person(event_type: str) -> None:
    how = feed.TYPES[event_type]
    told = CONTRACTS[event_type]["properties"]["data"]["properties"].keys()
    named = {member for member in (how.person, how.institution, how.tested_by) if member}
    assert set(how.data) | named <= told
    assert not [member for member in how.data if PEOPLE.fullmatch(member)]
    key = re.findall(r"`(\w+)`", CONTRACTS[event_type]["properties"]["subject"]["description"])
    assert how.has_subject == (not PEOPLE.fullmatch(key[0]))


@pytest.mark.parametrize("event_type", sorted(feed.TYPES))
def test_no_value_that_names_a_person_is_in_what_is_handed_on(event_type: str) -> None:
    """The example of each contract, with an id of its own for every member that names somebody."""
    somebody = {name: str(ids.new_id()) for name in EXAMPLES[event_type]["data"] if PEOPLE.fullmatch(name)}
    how = feed.TYPES[event_type]
    arrival = heard(event_type, **somebody)
    if not how.has_subject:
        arrival = Arrival(arrival.id, arrival.type, somebody["driver_id"], arrival.time, arrival.data)
    body = feed.shown(arrival).body.decode()
    assert not [one for one in somebody.values() if one in body]


@pytest.mark.parametrize("event_type", sorted(feed.TYPES))
def test_a_type_is_public_or_of_somebody(event_type: str) -> None:
    how = feed.TYPES[event_type]
    assert (how.scope is None) == (how.person is None)
    assert how.is_public != bool(how.person or how.institution)


def test_the_event_handed_on_is_the_one_that_was_told() -> None:
    example = EXAMPLES[REGISTERED]
    time = datetime.fromisoformat(example["time"])
    arrival = Arrival(UUID(example["id"]), REGISTERED, example["subject"], time, example["data"])
    body = json.loads(feed.shown(arrival).body)
    same = {name: value for name, value in example.items() if name not in ("traceparent", "data")}
    assert {name: value for name, value in body.items() if name != "data"} == same
    assert body["data"] == {name: example["data"][name] for name in feed.TYPES[REGISTERED].data}


def test_an_event_whose_aggregate_is_a_person_has_no_subject() -> None:
    event = feed.shown(heard("hub.traffic-history.points.expired.v1"))
    assert event.subject is None
    assert "subject" not in json.loads(event.body)


A, B = ids.new_id(), ids.new_id()
ANA, DAN = ids.new_id(), ids.new_id()
OF_ANA = feed.shown(heard(REGISTERED, institution_id=A, person_id=ANA))
INNER = feed.shown(heard("hub.petitions.term.warned.v1", institution_id=A))
PUBLIC = feed.shown(heard("hub.catalog.entry.published.v1"))
TESTED = feed.shown(heard(SANDBOX, institution_id=A, person_id=ANA, client_id="tried"))
READS = frozenset({EVENTS_READ, PETITIONS_READ})
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def agreed(client_id: str = "app", person_id: UUID = ANA, **changed: datetime) -> Consent:
    scopes = {EVENTS_READ: EARLIER, PETITIONS_READ: EARLIER}
    return Consent(
        client_id, person_id, scopes | {name.replace("_", ":"): at for name, at in changed.items()}
    )


@pytest.mark.parametrize(
    ("reader", "consents"),
    [
        pytest.param(Reader("desk", READS, institution_id=B), [], id="the neighbour institution"),
        pytest.param(Reader("app", READS, person_id=DAN), [], id="another person"),
        pytest.param(Reader("app", frozenset({EVENTS_READ, RECORD_READ}), person_id=ANA), [], id="no scope"),
        pytest.param(Reader("app", READS), [], id="no consent, or a withdrawn one"),
        pytest.param(Reader("app", READS), [agreed("other")], id="a consent with the neighbour application"),
        pytest.param(Reader("app", READS), [agreed(person_id=DAN)], id="a consent of another person"),
        pytest.param(Reader("app", READS), [Consent("app", ANA, {EVENTS_READ: EARLIER})], id="other scopes"),
        pytest.param(
            Reader("app", READS), [Consent("app", ANA, {PETITIONS_READ: EARLIER})], id="not to be followed"
        ),
        pytest.param(Reader("app", READS), [agreed(petitions_read=LATER)], id="agreed to later"),
        pytest.param(Reader("app", READS), [agreed(events_read=LATER)], id="followed since later"),
        pytest.param(Reader("app", READS, is_sandbox=True), [agreed()], id="a sandbox application"),
        pytest.param(Reader("app", READS, A, is_sandbox=True), [], id="an institution's sandbox client"),
        pytest.param(Reader("app", READS, None, ANA, is_sandbox=True), [], id="a person in the sandbox"),
    ],
)
def test_who_may_not_see_what_happened_with_ana(reader: Reader, consents: list[Consent]) -> None:
    assert not feed.may_see(reader, OF_ANA, consents)


@pytest.mark.parametrize(
    ("reader", "consents"),
    [
        pytest.param(Reader("desk", READS, institution_id=A), [], id="her institution"),
        pytest.param(Reader("app", READS, person_id=ANA), [], id="ana"),
        pytest.param(Reader("app", READS), [agreed()], id="an application she lets"),
    ],
)
def test_who_may_see_what_happened_with_ana(reader: Reader, consents: list[Consent]) -> None:
    assert feed.may_see(reader, OF_ANA, consents)


def test_what_is_the_institutions_alone_no_person_sees() -> None:
    assert feed.may_see(Reader("desk", READS, institution_id=A), INNER, [])
    assert not feed.may_see(Reader("app", READS, person_id=ANA), INNER, [])
    assert not feed.may_see(Reader("app", READS), INNER, [agreed()])


@pytest.mark.parametrize("is_sandbox", [False, True])
def test_everybody_sees_what_is_public(is_sandbox: bool) -> None:
    for institution_id, person_id in ((B, None), (None, DAN), (None, None)):
        assert feed.may_see(Reader("x", READS, institution_id, person_id, is_sandbox=is_sandbox), PUBLIC, [])


def test_a_test_is_seen_by_the_application_that_makes_it_and_by_nothing_in_earnest() -> None:
    tried = [agreed("tried"), agreed("app")]
    assert feed.may_see(Reader("tried", READS, is_sandbox=True), TESTED, tried)
    assert feed.may_see(Reader("tried", READS, None, ANA, is_sandbox=True), TESTED, [])
    for other in (
        Reader("tried", READS),
        Reader("app", READS),
        Reader("app", READS, is_sandbox=True),
        Reader("desk", READS, institution_id=A),
        Reader("app", READS, person_id=ANA),
    ):
        assert not feed.may_see(other, TESTED, tried)


def test_filters_name_a_type_or_the_last_parts_of_it() -> None:
    assert feed.meant([]) == list(feed.TYPES)
    assert feed.meant([REGISTERED]) == [REGISTERED]
    assert feed.meant(["hub.petitions.petition.*"]) == [
        one for one in feed.TYPES if one.startswith("hub.petitions.petition.")
    ]
    assert feed.meant(["hub.petitions.petition.regist*", "hub.nobody.*"]) == []


def test_each_type_that_is_shown_is_heard_by_the_consumer_of_its_publisher() -> None:
    heard = {subject: one.source for one in manifest.FEED for subject in one.subjects}
    assert heard == {event_type: feed.source_of(event_type) for event_type in feed.TYPES}
