"""Who may come first; then the way of a petition; then what the law forbids (edge cases by number)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_petitions.domain.institutions import Institution
from svc_petitions.tables.petitions import PETITIONS as ROWS

from .office import ANSWER, API, EVERY, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
NOBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
WORDS = {"reason": "Este nevoie de verificări."}
OF_WHOM: dict[str, Any] = {"complained_of": [], "reports_crime": False}
SOMEBODY = {"compartment_id": NOBODY, "handler_id": NOBODY}
STEPS: list[Any] = [
    ("triage", OF_WHOM, "petitions:register", Role.REGISTRAR),
    ("complained-of", OF_WHOM, "petitions:register", Role.REGISTRAR),
    ("class", {"reason": "ANONYMOUS"}, "petitions:lead", Role.HEAD),
    ("join", {"petition_ids": None}, "petitions:lead", Role.HEAD),
    ("separate", None, "petitions:lead", Role.HEAD),
    ("forward", {"addressee": "Primăria Cluj", **WORDS}, "petitions:lead", Role.HEAD),
    ("assign", SOMEBODY, "petitions:lead", Role.HEAD),
    ("accept", None, "petitions:handle", Role.HANDLER),
    ("hand-back", WORDS, "petitions:handle", Role.HANDLER),
    ("clarification", {"question": "Unde?"}, "petitions:handle", Role.HANDLER),
    ("resume", None, "petitions:handle", Role.HANDLER),
    ("extension", {"days": 15, **WORDS}, "petitions:lead", Role.HEAD),
    ("draft", ANSWER, "petitions:handle", Role.HANDLER),
    ("approve", None, "petitions:lead", Role.HEAD),
    ("return", WORDS, "petitions:sign", Role.SIGNATORY),
    ("sign", None, "petitions:sign", Role.SIGNATORY),
    ("send", None, "petitions:register", Role.REGISTRAR),
]
OTHERS = {
    Role.REGISTRAR: Role.SIGNATORY,
    Role.HEAD: Role.HANDLER,
    Role.HANDLER: Role.REGISTRAR,
    Role.SIGNATORY: Role.HANDLER,
}


@pytest.mark.parametrize(("step", "given", "scope", "role"), STEPS)
async def test_a_step_needs_its_scope_its_role_and_an_institution(
    office: Office, step: str, given: Any, scope: str, role: Role
) -> None:
    path = f"{FILES}/{NOBODY}/{step}"

    async def sent(headers: dict[str, str]) -> str:
        return slug(await office.client.post(path, json=given, headers=headers | key()))

    person = ids.new_id()
    assert await sent({}) == "invalid-token"
    assert await sent(office.as_(person, role, scopes=EVERY - {scope})) == "insufficient-scope"
    assert await sent(office.as_(person, role, assurance=Assurance.LOW)) == "insufficient-user-authentication"
    assert await sent(office.as_(person, OTHERS[role])) == "role-required"
    assert await sent(office.signed_in(person, EVERY, assurance=Assurance.SUBSTANTIAL)) == "role-required"
    assert await sent(office.as_(person, role)) == "file-not-found"


@pytest.mark.parametrize(("step", "given", "scope", "role"), STEPS)
async def test_edge_82_another_institutions_file_is_not_found(
    office: Office,
    filed: Filed,
    an_institution: Callable[..., Awaitable[Institution]],
    step: str,
    given: Any,
    scope: str,
    role: Role,
) -> None:
    """Whatever they want to do with it, and whatever its state."""
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    answer = await elsewhere.step(await filed(), step, ids.new_id(), given, role)
    assert slug(answer) == "file-not-found"


@pytest.mark.parametrize("path", ["files", "workload", "forwarded-files", f"files/{NOBODY}"])
async def test_a_citizen_reads_no_files(office: Office, as_ana: dict[str, str], path: str) -> None:
    assert slug(await office.client.get(f"{API}/{path}", headers=as_ana)) == "insufficient-scope"


async def test_a_file_is_opened_for_a_purpose_and_the_petitioner_reads_who(
    office: Office, filed: Filed, looking: Any, ana: UUID
) -> None:
    petition_id = await filed()
    headers = office.as_(office.handler)
    without = {name: value for name, value in headers.items() if name != "purpose"}
    path = f"{FILES}/{petition_id}"
    assert slug(await office.client.get(path, headers=without)) == "purpose-required"
    opened = await office.client.get(path, headers=headers)
    assert opened.json()["text"].startswith("Vă rog")
    lines = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM petitions.outbox WHERE subject LIKE '%accessed%'"
        " AND position($1 in encode(body, 'escape')) > 0",
        petition_id,
    )
    assert len(lines) == 1
    assert str(ana) in lines[0]["body"]
    assert str(office.handler) in lines[0]["body"]


async def test_a_list_shows_nothing_of_what_a_petition_says(office: Office, filed: Filed) -> None:
    await filed(subject="Programul de sâmbătă", text="Vă rog frumos.")
    listed = await office.client.get(FILES, headers=office.as_(office.handler))
    assert listed.json()["items"]
    assert "sâmbătă" not in listed.text
    assert "frumos" not in listed.text


async def test_nobody_follows_anothers_petition(office: Office, filed: Filed, as_ion: dict[str, str]) -> None:
    petition_id = await filed()
    for path in ("steps", "answer"):
        answer = await office.client.get(f"{PETITIONS}/{petition_id}/{path}", headers=as_ion)
        assert slug(answer) == "petition-not-found"
    withdrawn = await office.client.post(f"{PETITIONS}/{petition_id}/withdraw", headers=as_ion | key())
    assert slug(withdrawn) == "petition-not-found"


async def test_an_official_does_not_work_on_their_own_petition(office: Office, filed: Filed) -> None:
    own = office.signed_in(office.handler, {"petitions:write"})
    petition_id = await filed(own)
    await office.triage(petition_id)
    assert slug(await office.assign(petition_id)) == "own-case"
    assert (await office.assign(petition_id, office.other)).status_code == 200


# The way of a petition.


async def test_a_petition_goes_from_the_register_to_its_answer(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    answered = await office.bring(petition_id, "ANSWERED")
    assert (answered["state"], answered["solution"]) == ("ANSWERED", "FAVOURABLE")
    answer = await office.client.get(f"{PETITIONS}/{petition_id}/answer", headers=as_ana)
    assert answer.json()["text"] == ANSWER["text"]
    assert answer.json()["out_number"] == answered["number"] + 1
    assert not answer.json()["answers_also"]
    followed = (await office.client.get(f"{PETITIONS}/{petition_id}/steps", headers=as_ana)).json()
    assert [step["state"] for step in followed["steps"]] == [
        *("TRIAGE", "ASSIGNED", "IN_ANALYSIS", "DRAFTED", "APPROVED", "SIGNED", "ANSWERED")
    ]
    assert str(office.handler) not in str(followed)


async def test_before_it_is_sent_there_is_no_answer_to_read(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "SIGNED")
    answer = await office.client.get(f"{PETITIONS}/{petition_id}/answer", headers=as_ana)
    assert slug(answer) == "petition-not-answered"


async def test_edge_72_a_clarification_stops_no_clock(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    due = (await office.bring(petition_id, "IN_ANALYSIS"))["answer_due_on"]
    asked = await office.step(petition_id, "clarification", office.handler, {"question": "La ce ghișeu?"})
    assert (asked.json()["state"], asked.json()["answer_due_on"]) == ("AWAITING_CLARIFICATION", due)
    followed = await office.client.post(
        f"{PETITIONS}/{petition_id}/clarification", json={"answer": "La 3."}, headers=as_ana | key()
    )
    assert followed.json()["state"] == "IN_ANALYSIS"
    assert followed.json()["answer_due_on"] == due
    assert followed.json()["clarifications"][0]["answer"] == "La 3."
    again = await office.client.post(
        f"{PETITIONS}/{petition_id}/clarification", json={"answer": "La 3."}, headers=as_ana | key()
    )
    assert slug(again) == "no-clarification-asked"


async def test_a_returned_draft_is_written_again(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "APPROVED")
    returned = await office.step(petition_id, "return", office.head, WORDS)
    assert returned.json()["state"] == "IN_ANALYSIS"
    assert (await office.step(petition_id, "draft", office.handler, ANSWER)).status_code == 200
    opened = await office.client.get(f"{FILES}/{petition_id}", headers=office.as_(office.handler))
    first, second = opened.json()["drafts"]
    assert (first["return_reason"], second["return_reason"]) == (WORDS["reason"], None)


async def test_edge_76_who_is_given_a_file_may_give_it_back(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "ASSIGNED")
    assert slug(await office.step(petition_id, "hand-back", office.other, WORDS)) == "not-the-handler"
    back = await office.step(petition_id, "hand-back", office.handler, WORDS)
    assert (back.json()["state"], back.json()["handler_id"]) == ("TRIAGE", None)


async def test_the_workload_counts_what_the_list_shows(office: Office, filed: Filed) -> None:
    first, second, third = [await filed() for _ in range(3)]
    await office.bring(first, "ANSWERED")
    await office.bring(second, "ASSIGNED")
    headers = office.as_(office.handler)
    listed = (await office.client.get(FILES, headers=headers)).json()
    assert [one["id"] for one in listed["items"]] == [second, third]
    counted = (await office.client.get(f"{API}/workload", headers=headers)).json()
    assert {one["state"]: one["files"] for one in counted["items"]} == {"REGISTERED": 1, "ASSIGNED": 1}
    mine = {"handler_id": str(office.handler), "limit": 1}
    own = (await office.client.get(FILES, params=mine, headers=headers)).json()
    assert [one["id"] for one in own["items"]] == [second]
    assert own["next_cursor"] is None
    page = (await office.client.get(FILES, params={"limit": 1}, headers=headers)).json()
    rest = await office.client.get(FILES, params={"cursor": page["next_cursor"]}, headers=headers)
    assert [one["id"] for one in rest.json()["items"]] == [third]


async def test_what_is_due_soon_is_counted_by_the_rule_of_the_warning(
    office: Office, filed: Filed, sessions: async_sessionmaker[Session]
) -> None:
    """With five days in the table: today and the fifth day are soon, yesterday and the sixth are not."""
    for days in (-1, 0, 5, 6):
        petition_id = UUID(await filed())
        due_on = clock.local_date(clock.now()) + timedelta(days=days)
        async with sessions() as session, session.begin():
            due = update(ROWS).where(ROWS.c.id == petition_id)
            await session.execute(due.values(answer_due_on=due_on))
    counted = await office.client.get(f"{API}/workload", headers=office.as_(office.head))
    assert counted.json()["items"] == [{"state": "REGISTERED", "files": 4, "overdue": 1, "due_soon": 2}]


# What the law forbids.


async def test_edge_67_a_petition_against_the_chief_goes_to_nobody_below_them(
    office: Office, filed: Filed
) -> None:
    petition_id = await filed()
    await office.triage(petition_id, office.chief)
    assert slug(await office.assign(petition_id, office.handler)) == "conflict-of-interest"
    assert slug(await office.assign(petition_id, office.chief)) == "conflict-of-interest"
    assert slug(await office.assign(petition_id, by=office.chief)) == "conflict-of-interest"
    await office.put(office.other, office.head)
    assert (await office.assign(petition_id, office.other)).status_code == 200
    await office.step(petition_id, "accept", office.other)
    await office.step(petition_id, "draft", office.other, ANSWER)
    assert slug(await office.step(petition_id, "approve", office.chief)) == "conflict-of-interest"
    assert (await office.step(petition_id, "approve", office.head)).status_code == 200


async def test_edge_67_a_petition_against_the_head_of_the_authority_goes_to_the_one_above(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    petition_id = await filed()
    await office.triage(petition_id, office.head)
    assert slug(await office.assign(petition_id)) == "authority-complained-of"
    above = await an_institution()
    sent = await office.step(petition_id, "forward", office.chief, {"institution_id": str(above.id), **WORDS})
    assert sent.json()["state"] == "FORWARDED"


async def test_who_comes_to_be_complained_of_answers_no_more(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "APPROVED")
    said = {"complained_of": [str(office.handler)], "reports_crime": False}
    assert (await office.step(petition_id, "complained-of", office.registrar, said)).status_code == 200
    assert slug(await office.step(petition_id, "sign", office.head)) == "conflict-of-interest"
    unsaid = {"complained_of": [], "reports_crime": False}
    answer = await office.step(petition_id, "complained-of", office.handler, unsaid, Role.REGISTRAR)
    assert slug(answer) == "conflict-of-interest"


async def test_who_is_not_known_to_be_independent_decides_nothing(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.triage(petition_id, office.handler)
    stranger = ids.new_id()
    answer = await office.step(petition_id, "class", stranger, {"reason": "ANONYMOUS"}, Role.HEAD)
    assert slug(answer) == "conflict-of-interest"


async def test_edge_68_a_term_is_extended_once_by_a_head(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    more = {"days": 15, **WORDS}
    assert slug(await office.step(petition_id, "extension", office.handler, more)) == "role-required"
    too_long = await office.step(petition_id, "extension", office.head, {"days": 16, **WORDS})
    assert slug(too_long) == "extension-too-long"
    extended = await office.step(petition_id, "extension", office.head, more)
    assert extended.json()["answer_due_on"] == extended.json()["extended_until"]
    assert slug(await office.step(petition_id, "extension", office.head, more)) == "extended-already"


async def test_edge_78_nobody_approves_or_signs_what_they_drafted(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.triage(petition_id)
    await office.assign(petition_id, office.chief)
    await office.step(petition_id, "accept", office.chief)
    await office.step(petition_id, "draft", office.chief, ANSWER)
    assert slug(await office.step(petition_id, "approve", office.chief)) == "four-eyes"
    assert (await office.step(petition_id, "approve", office.head)).status_code == 200
    assert slug(await office.step(petition_id, "sign", office.chief)) == "four-eyes"
    assert (await office.step(petition_id, "sign", office.head)).status_code == 200


async def test_an_answer_says_on_which_law_it_rests(office: Office, filed: Filed) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    for basis in ("", "  "):
        body = ANSWER | {"legal_basis": basis}
        answer = await office.step(petition_id, "draft", office.handler, body)
        assert slug(answer) == "invalid-request"


async def test_edge_77_a_signature_is_delegated_from_day_to_day(office: Office, filed: Filed) -> None:
    """The days themselves are in the rules; here: without one, with one, and with a revoked one."""
    first, second = await filed(), await filed()
    await office.bring(first, "APPROVED")
    await office.bring(second, "APPROVED")
    assert slug(await office.step(first, "sign", office.signatory)) == "not-a-delegate"
    given = {
        "delegate_id": str(office.signatory),
        "valid_from": "2020-01-01",
        "valid_to": "2099-12-31",
        "act": "Dispoziția nr. 41/2026",
    }
    over = given | {"valid_to": "2020-01-31"}
    assert (await office.post("signature-delegations", office.head, over)).status_code == 201
    assert slug(await office.step(first, "sign", office.signatory)) == "not-a-delegate"
    made = await office.post("signature-delegations", office.head, given)
    assert made.json()["is_in_force"]
    assert (await office.step(first, "sign", office.signatory)).status_code == 200
    await office.post(f"signature-delegations/{made.json()['id']}/revoke", office.head)
    assert slug(await office.step(second, "sign", office.signatory)) == "not-a-delegate"


async def test_nobody_delegates_to_themselves(office: Office) -> None:
    body = {
        "delegate_id": str(office.head),
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "act": "Dispoziția nr. 1",
    }
    assert slug(await office.post("signature-delegations", office.head, body)) == "member-not-found"


async def test_nobody_is_above_themselves(office: Office) -> None:
    body = {"compartment_id": office.compartment, "superior_id": str(office.handler)}
    answer = await office.client.put(
        f"{API}/members/{office.head}", json=body, headers=office.as_(office.head)
    )
    assert slug(answer) == "superior-unknown"


async def test_a_petition_is_withdrawn_before_it_is_signed_and_not_after(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    first, second = await filed(), await filed()
    await office.bring(first, "APPROVED")
    await office.bring(second, "SIGNED")
    gone = await office.client.post(f"{PETITIONS}/{first}/withdraw", headers=as_ana | key())
    assert gone.json()["state"] == "WITHDRAWN"
    late = await office.client.post(f"{PETITIONS}/{second}/withdraw", headers=as_ana | key())
    assert slug(late) == "file-state-forbids"


async def test_what_reports_a_crime_is_not_withdrawn(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.triage(petition_id, reports_crime=True)
    answer = await office.client.post(f"{PETITIONS}/{petition_id}/withdraw", headers=as_ana | key())
    assert slug(answer) == "crime-report-goes-on"


@pytest.fixture
def entered(office: Office) -> Callable[..., Awaitable[str]]:
    """Enter what came by e-mail today, with `entered(*petitioners)`; its id."""

    async def make(*petitioners: dict[str, str]) -> str:
        entry = {
            "channel": "EMAIL",
            "received_on": clock.local_date(clock.now()).isoformat(),
            "kind": "NOTIFICATION",
            "subject": "Vecinul",
            "text": "În garajul vecinului se dezmembrează mașini care nu sunt ale lui.",
            "language": "ro",
            "petitioners": list(petitioners),
        }
        answer = await office.post("entries", office.registrar, entry)
        assert answer.status_code == 201, answer.text
        petition_id: str = answer.json()["id"]
        return petition_id

    return make


async def test_edge_63_an_anonymous_report_of_a_crime_is_filed_away_and_sent_to_the_police(
    office: Office, entered: Callable[..., Awaitable[str]], looking: Any
) -> None:
    petition_id = await entered()
    await office.triage(petition_id, reports_crime=True)
    away = {"reason": "ANONYMOUS"}
    assert slug(await office.step(petition_id, "class", office.head, away)) == "crime-report-not-sent-on"
    police = away | {"sent_to": "IPJ Cluj"}
    classed = await office.step(petition_id, "class", office.head, police)
    assert (classed.json()["state"], classed.json()["reports_crime"]) == ("CLASSED", True)
    opened = await office.client.get(f"{FILES}/{petition_id}", headers=office.as_(office.head))
    today = clock.local_date(clock.now())
    assert opened.json()["steps"][-1]["note"] == f"IPJ Cluj: 2/{today:%d.%m.%Y}"
    lines = await looking.fetch(
        "SELECT number, direction FROM petitions.register_entries WHERE petition_id = $1 ORDER BY number",
        UUID(petition_id),
    )
    assert [tuple(line) for line in lines] == [(1, "IN"), (2, "OUT")]


async def test_edge_64_the_registrar_decides_who_is_anonymous_and_an_account_never_is(
    office: Office, filed: Filed, entered: Callable[..., Awaitable[str]], ana: UUID
) -> None:
    """An e-mail without a name: entered with nobody behind it, or with the one whom it names."""
    named = {"family_name": "Popescu", "given_name": "Ion", "email": "ion.popescu@example.org"}
    nobodys, somebodys = await entered(), await entered(named)
    of_account = await entered({"person_id": str(ana)})
    for petition_id in (nobodys, somebodys, of_account, online := await filed()):
        await office.triage(petition_id)
    away = {"reason": "ANONYMOUS"}
    for petition_id in (somebodys, of_account, online):
        assert slug(await office.step(petition_id, "class", office.head, away)) == "petition-not-anonymous"
    assert (await office.step(nobodys, "class", office.head, away)).json()["state"] == "CLASSED"


async def test_edge_66_with_one_new_fact_a_repeated_petition_is_a_new_one(
    office: Office, filed: Filed, looking: Any
) -> None:
    first, second = await filed(), await filed()
    again = {"reason": "REPEATED", "repeats": first}
    await office.triage(second)
    assert slug(await office.step(second, "class", office.head, again)) == "not-answered-before"
    await office.bring(first, "ANSWERED")
    new = again | {"says_something_new": True}
    assert slug(await office.step(second, "class", office.head, new)) == "says-something-new"
    classed = await office.step(second, "class", office.head, again)
    assert classed.json()["state"] == "CLASSED"
    note = await looking.fetchrow(
        "SELECT state, reason, note FROM petitions.steps WHERE petition_id = $1"
        " ORDER BY version DESC LIMIT 1",
        UUID(first),
    )
    assert (note["state"], note["reason"]) == ("ANSWERED", "REPEATED")
    assert note["note"] == classed.json()["label"]


async def test_a_repeated_petition_is_of_the_same_petitioner(
    office: Office, filed: Filed, as_ion: dict[str, str]
) -> None:
    first, second = await filed(), await filed(as_ion)
    await office.bring(first, "ANSWERED")
    await office.triage(second)
    answer = await office.step(second, "class", office.head, {"reason": "REPEATED", "repeats": first})
    assert slug(answer) == "not-answered-before"


async def test_edge_62_a_file_goes_round_in_no_circle_and_each_has_its_own_clock(
    office: Office,
    filed: Filed,
    an_institution: Callable[..., Awaitable[Institution]],
    as_ana: dict[str, str],
) -> None:
    for _ in range(3):
        await filed()
    petition_id = await filed()
    before = await office.client.get(f"{PETITIONS}/{petition_id}", headers=as_ana)
    await office.triage(petition_id)
    there = Office(office.client, office.signed_in, (await an_institution(code="IGI")).id)
    await there.open()
    to_there = {"institution_id": str(there.id), **WORDS}
    assert (
        slug(
            await office.step(
                petition_id, "forward", office.head, {"institution_id": str(office.id), **WORDS}
            )
        )
        == "forwarded-to-itself"
    )
    sent = await office.step(petition_id, "forward", office.head, to_there)
    assert sent.json()["state"] == "FORWARDED"
    assert slug(await office.triage(petition_id)) == "file-not-found"
    opened = await office.client.get(f"{FILES}/{petition_id}", headers=there.as_(there.handler))
    file = opened.json()["file"]
    assert (file["state"], file["number"], file["forwarded_from"]) == ("REGISTERED", 1, str(office.id))
    mine = await office.client.get(f"{PETITIONS}/{petition_id}", headers=as_ana)
    same = ("id", "number", "registration_label", "registered_on", "institution")
    assert [mine.json()[name] for name in same] == [before.json()[name] for name in same]
    listed = await office.client.get(f"{API}/forwarded-files", headers=office.as_(office.head))
    assert [one["petition_id"] for one in listed.json()["items"]] == [petition_id]
    await there.triage(petition_id)
    back = {"institution_id": str(office.id), **WORDS}
    assert slug(await there.step(petition_id, "forward", there.head, back)) == "already-sent-on"
    again = back | {"again_reason": "S-a lămurit competența."}
    assert (await there.step(petition_id, "forward", there.head, again)).status_code == 200
    assert (await office.triage(petition_id)).status_code == 200


@pytest.mark.parametrize(("days", "is_late"), [(5, False), (6, True)])
async def test_edge_61_it_is_sent_on_in_time_on_the_fifth_day_and_late_on_the_sixth(
    office: Office,
    filed: Filed,
    as_ana: dict[str, str],
    sessions: async_sessionmaker[Session],
    days: int,
    is_late: bool,
) -> None:
    petition_id = await filed()
    registered_on = clock.local_date(clock.now()) - timedelta(days=days)
    async with sessions() as session, session.begin():
        mine = update(ROWS).where(ROWS.c.id == UUID(petition_id))
        await session.execute(mine.values(registered_on=registered_on))
    await office.triage(petition_id)
    outside = {"addressee": "Primăria Cluj-Napoca", **WORDS}
    assert (await office.step(petition_id, "forward", office.head, outside)).status_code == 200
    followed = await office.client.get(f"{PETITIONS}/{petition_id}/steps", headers=as_ana)
    [sent] = followed.json()["forwardings"]
    assert sent["is_late"] is is_late
    assert sent["forward_by"] == (registered_on + timedelta(days=5)).isoformat()


async def test_a_file_goes_to_somebody_outside_the_hub(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.triage(petition_id)
    sent = await office.step(
        petition_id, "forward", office.head, {"addressee": "Primăria Cluj-Napoca", **WORDS}
    )
    assert (sent.json()["state"], sent.json()["closed_on"] is not None) == ("FORWARDED", True)
    followed = await office.client.get(f"{PETITIONS}/{petition_id}/steps", headers=as_ana)
    assert followed.json()["forwardings"][0]["addressee"] == "Primăria Cluj-Napoca"


async def test_edge_65_all_of_one_problem_are_joined_and_a_second_problem_is_taken_out(
    office: Office, filed: Filed, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    leader = await filed()
    others = [await filed() for _ in range(4)]
    elsewhere, of_ion = await filed(subject="Altceva"), await filed(as_ion)
    await office.triage(leader)
    joined = await office.step(leader, "join", office.head, {"petition_ids": None})
    assert joined.json()["joined"] == 4
    listed = await office.client.get(f"{FILES}/{leader}/joined-files", headers=office.as_(office.head))
    assert [one["id"] for one in listed.json()["items"]] == others
    work = await office.client.get(FILES, headers=office.as_(office.head))
    assert {one["id"] for one in work.json()["items"]} == {leader, elsewhere, of_ion}
    named = await office.step(leader, "join", office.head, {"petition_ids": [elsewhere, of_ion]})
    assert (named.json()["joined"], named.json()["left_out"]) == (1, [of_ion])
    taken = await office.step(others[0], "separate", office.head)
    assert (taken.json()["state"], taken.json()["leader_id"]) == ("TRIAGE", None)
    await office.assign(leader)
    for step, who, body in (
        ("accept", office.handler, None),
        ("draft", office.handler, ANSWER),
        ("approve", office.chief, None),
        ("sign", office.head, None),
        ("send", office.registrar, None),
    ):
        assert (await office.step(leader, step, who, body)).status_code == 200
    answer = await office.client.get(f"{PETITIONS}/{others[1]}/answer", headers=as_ana)
    assert (answer.json()["text"], answer.json()["answers_also"]) == (ANSWER["text"], True)
    shown = await office.client.get(f"{PETITIONS}/{others[1]}", headers=as_ana)
    assert shown.json()["state"] == "ANSWERED"


async def test_what_is_joined_to_a_withdrawn_petition_stands_by_itself_again(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    leader, other = await filed(), await filed()
    await office.step(leader, "join", office.head, {"petition_ids": [other]})
    gone = await office.client.post(f"{PETITIONS}/{leader}/withdraw", headers=as_ana | key())
    assert gone.status_code == 200
    followed = await office.client.get(f"{PETITIONS}/{other}/steps", headers=as_ana)
    assert followed.json()["state"] == "TRIAGE"
    assert followed.json()["steps"][-1]["reason"] == "LEADER_ENDED"


async def test_what_leads_others_is_neither_sent_on_nor_filed_away(office: Office, filed: Filed) -> None:
    leader, other = await filed(), await filed()
    await office.triage(leader)
    await office.step(leader, "join", office.head, {"petition_ids": [other]})
    for step, body in (("class", {"reason": "ANONYMOUS"}), ("forward", {"addressee": "ANAF", **WORDS})):
        assert slug(await office.step(leader, step, office.head, body)) == "file-leads-others"
    third = await filed()
    refused = await office.step(third, "join", office.head, {"petition_ids": [leader]})
    assert slug(refused) == "nothing-to-join"


async def test_nobody_handles_what_only_tests_an_application(
    office: Office, body: dict[str, Any], ana: UUID, signed_in: Any
) -> None:
    testing = signed_in(ana, {"petitions:read", "petitions:write"}, sandbox=True)
    filed = await office.client.post(PETITIONS, json=body, headers=testing | key())
    assert filed.json()["sandbox"]
    assert slug(await office.triage(filed.json()["id"])) == "file-not-found"
    withdrawn = await office.client.post(
        f"{PETITIONS}/{filed.json()['id']}/withdraw", headers=testing | key()
    )
    assert slug(withdrawn) == "petition-not-found"
