"""Templates of institutions by HTTP, and their letters on their way. Permission cases first."""

import asyncio
import re
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from svc_notify.domain import templates as domain
from svc_notify.domain.channels import Step
from svc_notify.domain.kinds import Lane, Purpose
from svc_notify.domain.messages import Channel, Message, Sender
from svc_notify.errors.templates import TemplateNotActive, TemplateNotFound
from svc_notify.operations import following
from svc_notify.operations import templates as operations

from .conftest import body

TEMPLATES = "/notify/v1/templates"
SCOPE = "templates:write"
CONTENT: dict[str, Any] = {
    "purpose": "TRANSACTIONAL",
    "names": {"ro": "Plată înregistrată", "en": "Payment registered"},
    "channels": ["IN_APP", "EMAIL", "SMS", "PUSH"],
    "variables": [
        {"name": "number", "type": "NUMBER", "sample": "4821"},
        {"name": "amount", "type": "AMOUNT", "sample": "1202.50"},
        {"name": "note", "type": "TEXT", "sample": "Casieria 2", "required": False, "longest": 60},
    ],
    "wording": {
        "ro": {
            "subject": "Plata nr. {{ number }}",
            "title": "Plata este înregistrată",
            "text": "Plata de {{ amount }} a fost înregistrată.",
            "facts": [{"label": "Mențiuni", "value": "{{ note }}"}],
            "next": ["Păstrați numărul {{ number }}."],
            "action": "Vedeți plata",
            "sms": "Plata nr. {{ number }} de {{ amount }} a fost înregistrată.",
            "push": "Plata de {{ amount }}.",
        },
        "en": {
            "subject": "Payment no. {{ number }}",
            "title": "The payment is registered",
            "text": "Your payment of {{ amount }} was registered.",
            "facts": [{"label": "Note", "value": "{{ note }}"}],
            "next": ["Keep the number {{ number }}."],
            "action": "See the payment",
            "sms": "Payment no. {{ number }} of {{ amount }} was registered.",
            "push": "Payment of {{ amount }}.",
        },
    },
    "link": "/account/payments",
}
READS = ["", "/{key}", "/{key}/versions/1", "/{key}/versions/1/preview", "/{key}/differences"]
STEPS = ["/versions", "/submit", "/approve", "/reject", "/retire"]


def content(**special: Any) -> dict[str, Any]:
    """The content with other members."""
    return {**deepcopy(CONTENT), **special}


@pytest.fixture
def desk(service: Any, signed_in: Any) -> Any:
    """An institution of this test, its officials, and what they do."""
    institution = ids.new_id()

    def official(role: str = "CATALOG_EDITOR", **special: Any) -> dict[str, str]:
        special = {"assurance": "substantial", "institution": str(institution), **special}
        made: dict[str, str] = signed_in(
            special.pop("person", ids.new_id()), {SCOPE}, roles=[role] if role else [], **special
        )
        return made

    editor, head = official(), official("HEAD")
    key = f"institution.plata-{str(ids.new_id())[-12:]}"

    async def create(said: dict[str, Any] | None = None, by: dict[str, str] = editor) -> Any:
        return await service.client.post(TEMPLATES, json={"key": key, "content": said or CONTENT}, headers=by)

    async def read(by: dict[str, str] = editor, path: str = "") -> Any:
        return await service.client.get(f"{TEMPLATES}/{key}{path}", headers=by)

    async def step(path: str, by: dict[str, str], said: Any = None, tag: str | None = None) -> Any:
        tag = tag or (await read(editor)).headers["etag"]
        method = "PUT" if path == "/draft" else "POST"
        return await service.client.request(
            method, f"{TEMPLATES}/{key}{path}", json=said, headers=by | {"if-match": tag}
        )

    async def activate() -> None:
        assert (await create()).status_code == 201
        assert (await step("/submit", editor)).status_code == 200
        assert (await step("/approve", head)).status_code == 200

    return SimpleNamespace(
        institution=institution,
        key=key,
        official=official,
        editor=editor,
        head=head,
        create=create,
        read=read,
        step=step,
        activate=activate,
        client=service.client,
    )


def problem(answer: Any) -> tuple[int, str]:
    """Status and type of a problem."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


@pytest.mark.parametrize("path", READS)
async def test_another_institution_s_official_does_not_learn_that_a_template_is_there(
    desk: Any, path: str
) -> None:
    await desk.create()
    stranger = desk.official(institution=str(ids.new_id()))
    answer = await desk.client.get(TEMPLATES + path.format(key=desk.key), headers=stranger)
    if path:
        assert problem(answer) == (404, "template-not-found")
    else:
        assert answer.json()["items"] == []


@pytest.mark.parametrize("path", STEPS)
async def test_another_institution_s_official_takes_no_step(desk: Any, path: str) -> None:
    await desk.create()
    stranger = desk.official(institution=str(ids.new_id()))
    said = {"reason": "Nu se poate."} if path == "/reject" else None
    assert problem(await desk.step(path, stranger, said)) == (404, "template-not-found")


async def test_whoever_wrote_or_submitted_a_draft_does_not_approve_it(desk: Any) -> None:
    other = desk.official()
    await desk.create()
    await desk.step("/draft", other, {"content": CONTENT})
    await desk.step("/submit", other)
    for writer in (desk.editor, other):
        assert problem(await desk.step("/approve", writer)) == (403, "four-eyes")
    approved = await desk.step("/approve", desk.official())
    assert approved.json()["active_version"] == 1


async def test_the_same_person_as_head_does_not_approve_what_they_wrote_as_editor(desk: Any) -> None:
    person = ids.new_id()
    await desk.create(by=desk.official(person=person))
    await desk.step("/submit", desk.editor)
    assert problem(await desk.step("/approve", desk.official("HEAD", person=person))) == (403, "four-eyes")


@pytest.mark.parametrize("path", READS)
async def test_a_citizen_and_a_client_have_no_business_here(desk: Any, signed_in: Any, path: str) -> None:
    address = TEMPLATES + path.format(key=desk.key)
    citizen = signed_in(ids.new_id(), {SCOPE}, assurance="substantial")
    assert problem(await desk.client.get(address, headers=citizen)) == (403, "role-required")
    machine = signed_in(
        scopes={SCOPE},
        kind="client",
        sub="desk",
        client_id="desk",
        sid=None,
        institution=str(desk.institution),
    )
    assert (await desk.client.get(address, headers=machine)).status_code in (401, 403)
    assert (await desk.client.get(address)).status_code == 401


@pytest.mark.parametrize(
    ("role", "special", "problem_type"),
    [
        ("HEAD", {}, "role-required"),
        ("CLERK", {}, "role-required"),
        ("CATALOG_EDITOR", {"assurance": "low"}, "insufficient-user-authentication"),
    ],
)
async def test_only_an_editor_who_signed_in_well_writes(
    desk: Any, role: str, special: dict[str, Any], problem_type: str
) -> None:
    answer = await desk.create(by=desk.official(role, **special))
    assert (answer.status_code in (401, 403), problem(answer)[1]) == (True, problem_type)


async def test_without_the_scope_nothing(desk: Any, signed_in: Any) -> None:
    other = signed_in(
        ids.new_id(),
        {"messages:read"},
        roles=["CATALOG_EDITOR"],
        institution=str(desk.institution),
        assurance="substantial",
    )
    assert problem(await desk.client.get(TEMPLATES, headers=other)) == (403, "insufficient-scope")


async def test_a_template_goes_from_a_draft_to_what_orders_send_by_and_to_its_next_version(desk: Any) -> None:
    made = await desk.create()
    assert (made.status_code, made.headers["etag"], made.json()["steps"]) == (
        201,
        '"1"',
        ["REVISE", "SUBMIT"],
    )
    waiting = await desk.step("/submit", desk.editor)
    assert waiting.json()["working_state"] == "IN_REVIEW"
    back = await desk.step("/reject", desk.head, {"reason": "Lipsește ghișeul."})
    assert back.json()["versions"][0]["returned_for"] == "Lipsește ghișeul."
    await desk.step("/submit", desk.editor)
    first = await desk.step("/approve", desk.head)
    assert (first.json()["active_version"], first.json()["working_version"]) == (1, None)
    again = await desk.step("/versions", desk.editor)
    assert (again.status_code, again.json()["working_version"]) == (201, 2)
    changed = content()
    changed["wording"]["ro"]["subject"] = "Plata dumneavoastră nr. {{ number }}"
    await desk.step("/draft", desk.editor, {"content": changed})
    differs = (await desk.read(path="/differences")).json()
    assert differs == {
        "was": 1,
        "now": 2,
        "differences": [
            {
                "pointer": "/wording/ro/subject",
                "was": "Plata nr. {{ number }}",
                "now": "Plata dumneavoastră nr. {{ number }}",
            }
        ],
    }
    await desk.step("/submit", desk.editor)
    second = (await desk.step("/approve", desk.head)).json()
    assert [each["state"] for each in second["versions"]] == ["ACTIVE", "RETIRED"]
    old = (await desk.read(path="/versions/1")).json()
    assert old["content"]["wording"]["ro"]["subject"] == "Plata nr. {{ number }}"
    retired = await desk.step("/retire", desk.head)
    assert (retired.json()["active_version"], retired.json()["steps"]) == (None, ["OPEN"])


async def test_what_was_once_active_keeps_its_words_whatever_the_application_does(
    desk: Any, looking: asyncpg.Connection
) -> None:
    await desk.activate()
    with pytest.raises(asyncpg.CheckViolationError):
        await looking.execute(
            "UPDATE notify.templates SET content = '{}' WHERE key = $1 AND version = 1", desk.key
        )


async def test_two_who_edit_at_once_do_not_overwrite_each_other(desk: Any) -> None:
    tag = (await desk.create()).headers["etag"]
    changed = content(link="/account/overview")
    assert (await desk.step("/draft", desk.editor, {"content": changed}, tag)).status_code == 200
    late = await desk.step("/draft", desk.official(), {"content": CONTENT}, tag)
    assert problem(late) == (412, "precondition-failed")
    bare = await desk.client.put(
        f"{TEMPLATES}/{desk.key}/draft", json={"content": CONTENT}, headers=desk.editor
    )
    assert problem(bare) == (428, "precondition-required")


async def test_of_two_who_take_a_step_at_once_one_is_too_late(desk: Any) -> None:
    await desk.activate()
    tag = (await desk.read()).headers["etag"]
    answers = await asyncio.gather(
        desk.step("/versions", desk.editor, tag=tag),
        desk.step("/versions", desk.official(), tag=tag),
        desk.step("/retire", desk.head, tag=tag),
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[1:] == [412, 412]
    assert codes[0] in (200, 201)
    after = (await desk.read()).json()
    assert after["revision"] == int(tag.strip('"')) + 1


async def test_a_key_is_taken_once_in_an_institution_and_free_in_another(desk: Any) -> None:
    await desk.create()
    assert problem(await desk.create(by=desk.official())) == (409, "template-exists")
    elsewhere = await desk.create(by=desk.official(institution=str(ids.new_id())))
    assert elsewhere.status_code == 201


async def test_each_flaw_is_named_by_a_pointer_into_the_body_and_none_repeats_what_was_sent(
    desk: Any,
) -> None:
    bad = content(link="https://evil.example")
    bad["wording"]["ro"]["subject"] = "<b>1850312149006</b>"
    bad["variables"][0]["sample"] = "1850312149006"
    refused = await desk.create(bad)
    assert problem(refused) == (422, "template-refused")
    found = {(error["pointer"], error["code"]) for error in refused.json()["errors"]}
    assert found >= {
        ("/content/link", "form"),
        ("/content/wording/ro/subject", "markup"),
        ("/content/wording/ro/subject", "personal-number"),
        ("/content/variables/0/sample", "personal-number"),
    }
    assert "1850312149006" not in refused.text
    assert "evil" not in refused.text
    assert (await desk.read()).status_code == 404


@pytest.mark.parametrize("language", ["ro", "hu", "en"])
async def test_flaws_are_told_in_the_reader_s_language(desk: Any, language: str) -> None:
    refused = await desk.create(content(link="x y"), desk.editor | {"accept-language": language})
    detail = {error["code"]: error["detail"] for error in refused.json()["errors"]}["form"]
    assert ("It takes a page" in detail) is (language == "en")


async def test_a_preview_shows_each_channel_with_the_examples_and_sends_nothing(
    desk: Any, looking: asyncpg.Connection
) -> None:
    await desk.create()
    before = await looking.fetchval("SELECT count(*) FROM notify.messages")
    shown = (await desk.read(path="/versions/1/preview")).json()
    assert shown["email"]["subject"] == "Plata nr. 4821"
    assert "1.202,50\u00a0lei" in shown["email"]["text"]
    assert re.search(r'<a href="[^"]+/account/payments"', shown["email"]["html"])
    assert shown["sms"] == {
        "text": "Plata nr. 4821 de 1.202,50 lei a fost inregistrata.",
        "alphabet": "GSM7",
        "units": 51,
        "parts": 1,
    }
    assert shown["push"] == {"title": "Plata este înregistrată", "text": "Plata de 1.202,50\u00a0lei."}
    assert shown["in_app"]["facts"] == [{"label": "Mențiuni", "value": "Casieria 2"}]
    assert await looking.fetchval("SELECT count(*) FROM notify.messages") == before


@pytest.mark.parametrize(("asked", "spoken"), [("en", "en"), ("hu", "ro")])
async def test_who_reads_a_language_without_wording_is_shown_romanian(
    desk: Any, asked: str, spoken: str
) -> None:
    await desk.create()
    shown = (await desk.read(path=f"/versions/1/preview?language={asked}")).json()
    assert shown["language"] == spoken
    assert f'<html lang="{spoken}"' in shown["email"]["html"]


async def test_a_channel_that_it_does_not_go_by_is_not_previewed_and_not_tested(desk: Any) -> None:
    await desk.create(content(channels=["EMAIL"]))
    shown = (await desk.read(path="/versions/1/preview")).json()
    assert (shown["sms"], shown["push"], shown["in_app"]) == (None, None, None)
    refused = await desk.client.post(
        f"{TEMPLATES}/{desk.key}/versions/1/test-sends", json={"channel": "SMS"}, headers=desk.head
    )
    assert problem(refused) == (409, "channel-not-of-template")


async def test_a_draft_is_sent_to_who_asks_for_a_test_and_says_that_it_is_one(
    desk: Any, service: Any, ana: UUID
) -> None:
    await desk.create()
    before = len(service.office.letters)
    asked = await desk.client.post(
        f"{TEMPLATES}/{desk.key}/versions/1/test-sends", json={}, headers=desk.official(person=ana)
    )
    assert asked.status_code == 202
    letter = await service.office.letter("1.202,50", before)
    assert letter["subject"] == "[Test] Plata nr. 4821"
    assert letter["to"] == "ana.popescu@example.org"


async def test_the_list_is_by_key_and_goes_on_where_it_stopped(desk: Any) -> None:
    for name in ("a", "b", "c"):
        answer = await desk.client.post(
            TEMPLATES, json={"key": f"institution.{name}", "content": CONTENT}, headers=desk.editor
        )
        assert answer.status_code == 201
    one = (await desk.client.get(f"{TEMPLATES}?limit=2", headers=desk.head)).json()
    two = (
        await desk.client.get(f"{TEMPLATES}?limit=2&cursor={one['next_cursor']}", headers=desk.head)
    ).json()
    keys = [item["key"] for item in (*one["items"], *two["items"])]
    assert (keys, two["next_cursor"]) == (["institution.a", "institution.b", "institution.c"], None)


async def test_an_order_sends_by_the_version_that_was_active_when_it_was_given(
    desk: Any, hub: Any, ana: UUID, make_sender: Any, turn: Any, office: Any
) -> None:
    """Each message pins its version: what is approved later changes nothing that was ordered before."""
    await desk.activate()
    now = clock.now()
    async with hub.database.sessions() as session, session.begin():
        template = await operations.active(session, desk.institution, desk.key)
        given = {"number": "77", "amount": "5"}
        assert domain.check_variables(template, given) == []
        ordered = Message(
            id=ids.new_id(),
            cause_id=ids.new_id(),
            person_id=ana,
            template=template.key,
            template_version=template.version,
            variables=given,
            lane=Lane.BULK,
            sender=Sender(desk.institution, "desk", ids.new_id()),
            plan=(Step(Channel.EMAIL),),
            queued_at=now,
            expires_at=now + timedelta(days=1),
        )
        await following.begin(session, [ordered], now)
    await desk.step("/versions", desk.editor)
    changed = content()
    changed["wording"]["ro"]["subject"] = "Altceva {{ number }}"
    await desk.step("/draft", desk.editor, {"content": changed})
    await desk.step("/submit", desk.editor)
    assert (await desk.step("/approve", desk.head)).json()["active_version"] == 2
    await turn(make_sender(Lane.BULK))
    (letter,) = office.letters
    assert letter["subject"] == "Plata nr. 77"
    assert "Plata de 5,00\u00a0lei a fost înregistrată." in body(letter)
    assert "Mențiuni" not in body(letter)


async def test_a_template_that_is_not_approved_is_not_sent_by(desk: Any, hub: Any) -> None:
    await desk.create()
    async with hub.database.sessions() as session, session.begin():
        with pytest.raises(TemplateNotActive):
            await operations.active(session, desk.institution, desk.key)
        with pytest.raises(TemplateNotFound):
            await operations.active(session, ids.new_id(), desk.key)


async def test_the_database_takes_no_version_that_its_writer_approved(
    desk: Any, looking: asyncpg.Connection
) -> None:
    """The second lock behind the service's own check."""
    await desk.create()
    with pytest.raises(asyncpg.CheckViolationError):
        await looking.execute(
            "UPDATE notify.templates SET state = 'ACTIVE', decided_by = made_by WHERE key = $1", desk.key
        )


@pytest.mark.parametrize("purpose", [Purpose.TRANSACTIONAL, Purpose.REMINDER])
async def test_a_letter_that_may_be_done_without_ends_with_one_click_and_a_notice_does_not(
    desk: Any, hub: Any, ana: UUID, make_sender: Any, turn: Any, office: Any, purpose: Purpose
) -> None:
    """RFC 8058: the header's address takes a POST without a sign-in; the page in the letter is for people."""
    await desk.create(content(purpose=purpose, channels=["EMAIL", "SMS", "PUSH"]))
    await desk.step("/submit", desk.editor)
    await desk.step("/approve", desk.head)
    now = clock.now()
    ordered = Message(
        id=ids.new_id(),
        cause_id=ids.new_id(),
        person_id=ana,
        template=desk.key,
        template_version=1,
        variables={"number": "77", "amount": "5"},
        lane=Lane.BULK,
        purpose=purpose,
        sender=Sender(desk.institution, "desk", ids.new_id()),
        plan=(Step(Channel.EMAIL),),
        queued_at=now,
        expires_at=now + timedelta(days=1),
    )
    async with hub.database.sessions() as session, session.begin():
        await following.begin(session, [ordered], now)
    await turn(make_sender(Lane.BULK))
    (letter,) = office.letters
    if purpose is Purpose.TRANSACTIONAL:
        assert letter["list-unsubscribe"] is None
        assert "/notify/unsubscribe/" not in body(letter)
        return
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    address = letter["list-unsubscribe"]
    assert re.fullmatch(r"<[!-;=?-~]+/notify/v1/unsubscriptions/[A-Za-z0-9_-]+>", address)
    token = address.rstrip(">").rpartition("/")[2]
    assert f"/notify/unsubscribe/{token}" in body(letter)
