"""What a person wants to be told, and how; links that end messages. Permission cases first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from hub_core import clock, ids
from svc_notify import keys
from svc_notify.domain import kinds, messages
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Group, Kind, Purpose
from svc_notify.domain.messages import Cause, Message
from svc_notify.errors.preferences import UnsubscriptionNotFound
from svc_notify.operations import following, preferences, suppressions, unsubscribing
from svc_notify.operations.unsubscribing import Subject

PREFERENCES = "/notify/v1/preferences"
API = "/notify/v1/unsubscriptions"
PAGE = "/notify/unsubscribe"
BOTH = {"messages:read", "messages:write"}
KEY = keys.derived_from(bytes(32))


@pytest.fixture
def person() -> UUID:
    """A person of this test."""
    return ids.new_id()


@pytest.fixture
def own(person: UUID, signed_in: Any) -> dict[str, str]:
    """Their headers."""
    made: dict[str, str] = signed_in(person, BOTH)
    return made


@pytest.fixture
async def sessions(service: Any, schema: Any) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions as the service has them."""
    engine = create_async_engine(schema.app_dsn)
    yield async_sessionmaker(engine, class_=AsyncSession)
    await engine.dispose()


async def put(service: Any, headers: dict[str, str], etag: str = '"0"', **chosen: Any) -> Any:
    return await service.client.put(PREFERENCES, headers=headers | {"if-match": etag}, json=chosen)


async def begin(sessions: Any, kind: Kind, person_id: UUID) -> Message:
    now = clock.now()
    variables = dict.fromkeys(kind.variables, "")
    made = messages.write(
        kind, ids.new_id(), Cause(ids.new_id(), now), now, person_id=person_id, variables=variables
    )
    async with sessions() as session, session.begin():
        await following.begin(session, [made], now)
    return made


async def states(looking: Any, message: Message) -> dict[str, str]:
    rows = await looking.fetch(
        "SELECT channel, state FROM notify.deliveries WHERE message_id = $1", message.id
    )
    return {row["channel"]: row["state"] for row in rows}


async def test_without_a_token_nothing_is_shown_or_changed(service: Any) -> None:
    assert (await service.client.get(PREFERENCES)).status_code == 401
    assert (await put(service, {})).status_code == 401
    assert (await service.client.delete("/notify/v1/suppressions/EMAIL")).status_code == 401


async def test_who_may_read_may_not_write(service: Any, person: UUID, signed_in: Any) -> None:
    reader = signed_in(person, {"messages:read"})
    assert (await put(service, reader)).status_code == 403
    assert (await service.client.delete("/notify/v1/suppressions/EMAIL", headers=reader)).status_code == 403
    assert (
        await service.client.get(PREFERENCES, headers=signed_in(person, {"account:read"}))
    ).status_code == 403


async def test_a_client_and_who_acts_for_somebody_have_no_preferences_here(
    service: Any, person: UUID, signed_in: Any
) -> None:
    client = signed_in(scopes=BOTH, kind="client", sub="demo-portal", sid=None)
    acting = signed_in(person, BOTH, mandate=str(ids.new_id()), act_for=str(ids.new_id()))
    for headers in (client, acting):
        assert (await service.client.get(PREFERENCES, headers=headers)).status_code == 401
        assert (await put(service, headers)).status_code == 401


async def test_the_neighbour_s_choices_are_their_own(
    service: Any, own: dict[str, str], signed_in: Any
) -> None:
    await put(service, own, groups=[{"group": "PETITIONS", "channels": ["SMS"]}])
    other = await service.client.get(PREFERENCES, headers=signed_in(ids.new_id(), BOTH))
    assert all(len(each["channels"]) == 4 for each in other.json()["groups"])


async def test_who_has_chosen_nothing_gets_all_but_what_has_to_be_asked_for(
    service: Any, own: dict[str, str]
) -> None:
    answer = await service.client.get(PREFERENCES, headers=own | {"accept-language": "hu"})
    shown = answer.json()
    assert {each["group"] for each in shown["groups"]} == set(Group)
    assert [(each["purpose"], each["given_at"]) for each in shown["opt_ins"]] == [
        ("SERVICE_OPTIN", None),
        ("SURVEY", None),
    ]
    assert shown["opt_ins"][1]["text"].startswith("Szeretném")
    assert (shown["quiet_hours"], shown["own_quiet_hours"]) == ({"begin": "21:00", "end": "08:00"}, False)
    assert (shown["unsubscribed"], shown["unusable"], shown["sms_diacritics"]) == ([], [], False)


async def test_choices_are_kept_with_the_time_and_words_of_what_was_asked_for(
    service: Any, own: dict[str, str], sessions: Any, person: UUID
) -> None:
    chosen: dict[str, Any] = {
        "groups": [{"group": "DRIVING", "channels": ["EMAIL"]}],
        "opt_ins": [{"purpose": "SURVEY", "wording": 1}],
        "sms_diacritics": True,
        "quiet_hours": {"begin": "20:00", "end": "09:30"},
    }
    first = await put(service, own, **chosen)
    assert first.status_code == 200, first.text
    shown = first.json()
    given = shown["opt_ins"][1]["given_at"]
    assert given is not None
    assert shown["quiet_hours"] == chosen["quiet_hours"]
    assert next(each for each in shown["groups"] if each["group"] == "DRIVING")["channels"] == ["EMAIL"]
    again = await put(service, own, first.headers["etag"], **chosen)
    assert again.json()["opt_ins"][1]["given_at"] == given
    gone = await put(service, own, again.headers["etag"])
    assert gone.json()["opt_ins"][1]["given_at"] is None
    async with sessions() as session:
        held = (await preferences.read(session, person, clock.now())).preferences
    [proof] = held.opt_ins
    assert (proof.purpose, proof.wording) == (Purpose.SURVEY, 1)
    assert proof.given_at < (proof.withdrawn_at or proof.given_at)


async def test_of_two_who_change_at_once_one_is_told(service: Any, own: dict[str, str]) -> None:
    assert (await put(service, own)).status_code == 200
    assert (await put(service, own)).status_code == 412
    missing = await service.client.put(PREFERENCES, headers=own, json={})
    assert missing.status_code == 428


@pytest.mark.parametrize(("begin", "end"), [("22:00", "08:00"), ("21:00", "07:59"), ("12:00", "08:00")])
async def test_quiet_hours_of_one_s_own_have_bounds(
    service: Any, own: dict[str, str], begin: str, end: str
) -> None:
    answer = await put(service, own, quiet_hours={"begin": begin, "end": end})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/quiet-hours-refused")


async def test_what_is_unsubscribed_by_choice_is_called_back(
    service: Any, own: dict[str, str], sessions: Any, person: UUID, looking: Any
) -> None:
    reminder = await begin(sessions, kinds.PETITION_UNREAD, person)
    async with sessions() as session:
        _, [queued] = await following.advance_due(session, 100, clock.now() + timedelta(hours=2))
    notice = await begin(sessions, kinds.ACCOUNT_VALIDATED, person)
    assert queued.message.id == reminder.id
    await put(service, own, unsubscribed=[{"group": "PETITIONS"}])
    assert await states(looking, reminder) == {"IN_APP": "DELIVERED", "EMAIL": "CANCELLED"}
    assert "CANCELLED" not in (await states(looking, notice)).values()


async def test_an_address_that_sent_a_message_back_is_left_alone_until_its_owner_says_otherwise(
    service: Any, own: dict[str, str], sessions: Any, person: UUID, looking: Any
) -> None:
    """Edge case 86: the banner, and the other channel."""
    now, address = clock.now(), f"{person}@example.org"
    asked = {(Channel.EMAIL, address.upper()), (Channel.EMAIL, "other@example.org")}
    async with sessions() as session, session.begin():
        await suppressions.suppress(session, KEY, Channel.EMAIL, address, "no-mailbox", now, person)
        assert await suppressions.find_suppressed(session, KEY, asked, now) == {
            (Channel.EMAIL, address.upper())
        }
    assert b"example.org" not in (
        await looking.fetchval("SELECT digest FROM notify.suppressions WHERE person_id = $1", person)
    )
    [unusable] = (await service.client.get(PREFERENCES, headers=own)).json()["unusable"]
    assert (unusable["channel"], unusable["reason"]) == ("EMAIL", "no-mailbox")
    assert await states(looking, await begin(sessions, kinds.ACCOUNT_VALIDATED, person)) == {
        "IN_APP": "DELIVERED",
        "SMS": "QUEUED",
    }
    lifting = "/notify/v1/suppressions/EMAIL"
    assert (await service.client.delete(lifting, headers=own)).status_code == 204
    assert (await service.client.get(PREFERENCES, headers=own)).json()["unusable"] == []
    assert (await service.client.delete(lifting, headers=own)).status_code == 404
    async with sessions() as session, session.begin():
        assert await suppressions.find_suppressed(session, KEY, asked, now) == set()
        await suppressions.suppress(session, KEY, Channel.EMAIL, address, "no-mailbox", clock.now(), person)
    lately = await service.client.delete(lifting, headers=own)
    assert lately.status_code == 429
    assert int(lately.headers["retry-after"]) > 23 * 3600


async def test_an_address_is_written_to_again_when_its_time_is_over(sessions: Any, person: UUID) -> None:
    now, address = clock.now(), f"{person}@example.org"
    async with sessions() as session, session.begin():
        await suppressions.suppress(session, KEY, Channel.EMAIL, address, "address-gone", now, person)
    async with sessions() as session:
        await suppressions.remove_expired(session, now + timedelta(days=179))
    async with sessions() as session, session.begin():
        left = await suppressions.find_suppressed(session, KEY, [(Channel.EMAIL, address)], now)
    assert left == {(Channel.EMAIL, address)}
    async with sessions() as session:
        await suppressions.remove_expired(session, now + timedelta(days=181))
    async with sessions() as session:
        assert (await preferences.read(session, person, now)).suppressed == ()


async def test_a_new_number_is_not_the_one_that_took_nothing(sessions: Any, person: UUID) -> None:
    now = clock.now()
    async with sessions() as session, session.begin():
        await suppressions.suppress(session, KEY, Channel.SMS, "+40700000001", "refused", now, person)
    async with sessions() as session:
        await suppressions.lift_changed(session, person, Channel.SMS, clock.now())
    async with sessions() as session:
        assert (await preferences.read(session, person, clock.now())).suppressed == ()


async def test_nothing_is_left_of_a_closed_account(
    service: Any, own: dict[str, str], sessions: Any, person: UUID, looking: Any
) -> None:
    await put(service, own, sms_diacritics=True)
    async with sessions() as session, session.begin():
        await suppressions.suppress(
            session, KEY, Channel.EMAIL, f"{person}@x.org", "gone", clock.now(), person
        )
    async with sessions() as session:
        await preferences.forget(session, person)
    for table in ("preferences", "suppressions"):
        assert (
            await looking.fetchval(f"SELECT count(*) FROM notify.{table} WHERE person_id = $1", person) == 0
        )


async def test_a_copy_of_one_s_data_has_one_s_choices(
    service: Any, own: dict[str, str], person: UUID, signed_in: Any
) -> None:
    await put(
        service, own, groups=[{"group": "DRIVING", "channels": []}], unsubscribed=[{"group": "PETITIONS"}]
    )
    identity = signed_in(scopes={"personal-data:read"}, kind="service", sub="identity")
    path = f"/internal/v1/people/{person}/export"
    sections = (await service.client.get(path, headers=identity)).json()["sections"]
    items = next(each["items"] for each in sections if each["name"] == "preferences")
    assert [item["choice"] for item in items] == ["DRIVING", "PETITIONS"]


def token(person_id: UUID, group: Group = Group.PETITIONS, institution_id: UUID | None = None) -> str:
    return unsubscribing.seal(KEY, Subject(person_id, group, institution_id))


@pytest.mark.parametrize("broken", ["x", "", "A" * 90, "é"])
async def test_a_link_that_was_not_given_out_changes_nothing(service: Any, person: UUID, broken: str) -> None:
    wrong = token(person)[:-4] + "AAAA" if broken == "" else broken
    for answer in (await service.client.get(f"{API}/{wrong}"), await service.client.post(f"{API}/{wrong}")):
        assert answer.status_code in (404, 422)
    page = await service.client.get(f"{PAGE}/{wrong}", headers={"accept-language": "ro"})
    assert page.status_code == 404
    assert "Acest link nu funcționează" in page.text


async def test_one_click_ends_reminders_and_is_the_same_twice(
    service: Any, sessions: Any, person: UUID, looking: Any
) -> None:
    """RFC 8058: no cookie, no redirect, no sign-in; a POST only."""
    reminder = await begin(sessions, kinds.PETITION_UNREAD, person)
    async with sessions() as session:
        await following.advance_due(session, 100, clock.now() + timedelta(hours=2))
    where = unsubscribing.address(KEY, "https://hub.example", reminder)
    assert where is not None
    link = where.headers["List-Unsubscribe"].strip("<>").removeprefix("https://hub.example")
    assert where.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(person) not in link
    assert (await service.client.get(link)).json()["unsubscribed"] is False
    for _ in range(2):
        answer = await service.client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.json()["unsubscribed"]) == (200, True)
        assert "set-cookie" not in answer.headers
    assert await states(looking, reminder) == {"IN_APP": "DELIVERED", "EMAIL": "CANCELLED"}
    later = await begin(sessions, kinds.PETITION_UNREAD, person)
    assert (await states(looking, later)) == {"EMAIL": "FAILED"}


async def test_a_notice_has_no_link_to_end_it(sessions: Any, person: UUID) -> None:
    notice = await begin(sessions, kinds.ACCOUNT_VALIDATED, person)
    assert unsubscribing.address(KEY, "https://hub.example", notice) is None


def test_no_two_links_are_the_same_and_no_other_key_opens_them(person: UUID) -> None:
    made = {token(person) for _ in range(3)}
    assert len(made) == 3
    assert {unsubscribing.unseal(KEY, each).person_id for each in made} == {person}
    with pytest.raises(UnsubscriptionNotFound):
        unsubscribing.unseal(keys.derived_from(bytes(31) + b"1"), made.pop())


async def test_a_link_of_one_institution_ends_that_one_s_messages(
    service: Any, sessions: Any, person: UUID, own: dict[str, str]
) -> None:
    institution = ids.new_id()
    answer = await service.client.post(f"{API}/{token(person, Group.INSTITUTIONS, institution)}")
    assert answer.status_code == 200
    [ended] = (await service.client.get(PREFERENCES, headers=own)).json()["unsubscribed"]
    assert (ended["group"], ended["institution_id"]) == ("INSTITUTIONS", str(institution))
    async with sessions() as session:
        assert await preferences.count_unsubscribed(session, institution, is_sandbox=False) == 1
    async with sessions() as session:
        held = (await preferences.read(session, person, clock.now())).preferences
    assert held.has_unsubscribed(Group.INSTITUTIONS, institution)
    assert not held.has_unsubscribed(Group.INSTITUTIONS, ids.new_id())
    assert not held.has_unsubscribed(Group.PETITIONS, None)


@pytest.mark.parametrize(
    ("language", "button", "done"),
    [
        ("ro", "Dezabonare", "V-ați dezabonat"),
        ("hu", "Leiratkozás", "Leiratkozott"),
        ("en", "Unsubscribe", "You have unsubscribed"),
    ],
)
async def test_people_have_a_page_with_a_button_and_a_way_back(
    service: Any, person: UUID, language: str, button: str, done: str
) -> None:
    page = f"{PAGE}/{token(person)}"
    link = await service.client.get(page.replace(PAGE, API), headers={"accept": "text/html"})
    assert (link.status_code, link.headers["location"]) == (303, page)
    for _ in range(2):
        shown = await service.client.get(page, params={"lang": language})
        assert f'<button class="main">{button}</button>' in shown.text
    ended = await service.client.post(page, data={"lang": language})
    assert done in ended.text
    back = await service.client.post(page, data={"lang": language, "undo": "yes"})
    assert f'<button class="main">{button}</button>' in back.text
    one_click = await service.client.post(page, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert (await service.client.get(page.replace(PAGE, API))).json()["unsubscribed"] is True
