"""Each kind has its term and its way; a suggestion may want no answer."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from hub_core import clock
from svc_petitions.domain.petitions import PetitionKind

from .office import FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
DAYS = {
    PetitionKind.REQUEST: (30, "petition.answer"),
    PetitionKind.COMPLAINT: (30, "petition.answer"),
    PetitionKind.NOTIFICATION: (30, "petition.answer"),
    PetitionKind.PROPOSAL: (30, "petition.answer"),
    PetitionKind.SUGGESTION: (30, "suggestion.answer"),
    PetitionKind.INFO_544: (10, "public-information.answer"),
    PetitionKind.INFO_544_COMPLAINT: (15, "public-information.complaint-answer"),
    PetitionKind.AUDIENCE: (30, "audience.answer"),
    PetitionKind.PRIOR_COMPLAINT: (30, "petition.prior-complaint"),
}


def test_every_kind_is_here() -> None:
    assert set(DAYS) == set(PetitionKind)


@pytest.mark.parametrize("kind", list(PetitionKind))
async def test_each_kind_is_answered_in_the_term_of_its_rule(
    client: httpx2.AsyncClient, body: dict[str, Any], as_ana: dict[str, str], kind: PetitionKind
) -> None:
    days, rule = DAYS[kind]
    made = (await client.post(PETITIONS, json=body | {"kind": kind}, headers=as_ana | key())).json()
    ends = date.fromisoformat(made["answer_due_on"]) - date.fromisoformat(made["registered_on"])
    assert (ends.days, made["answer_rule"]["rule_id"]) == (days, rule)


@pytest.mark.parametrize("kind", [each for each in PetitionKind if each is not PetitionKind.SUGGESTION])
async def test_only_a_suggestion_goes_without_an_answer(
    client: httpx2.AsyncClient, body: dict[str, Any], as_ana: dict[str, str], kind: PetitionKind
) -> None:
    sent = body | {"kind": kind, "answer_wanted": False}
    assert slug(await client.post(PETITIONS, json=sent, headers=as_ana | key())) == "invalid-request"


async def test_a_suggestion_that_wants_no_answer_is_filed_away_by_a_head_and_any_other_is_answered(
    office: Office, filed: Filed
) -> None:
    wanted, unwanted = [await filed(kind="SUGGESTION", answer_wanted=each) for each in (True, False)]
    reason = {"reason": "NO_ANSWER_WANTED"}
    for petition_id in (wanted, unwanted):
        await office.triage(petition_id)
    assert slug(await office.step(wanted, "class", office.head, reason)) == "answer-wanted"
    assert slug(await office.step(unwanted, "class", office.handler, reason)) == "role-required"
    opened = await office.client.get(f"{FILES}/{unwanted}", headers=office.as_(office.handler))
    assert opened.json()["file"]["answer_wanted"] is False
    classed = await office.step(unwanted, "class", office.head, reason)
    assert classed.json()["state"] == "CLASSED"


async def test_a_prior_complaint_is_not_extended(office: Office, filed: Filed) -> None:
    petition_id = await filed(kind="PRIOR_COMPLAINT")
    await office.bring(petition_id, "IN_ANALYSIS")
    more = {"days": 1, "reason": "Verificări."}
    assert slug(await office.step(petition_id, "extension", office.head, more)) == "extension-too-long"


async def test_a_complaint_that_came_on_paper_is_linked_to_its_request(office: Office, filed: Filed) -> None:
    request_id, petition_id = await filed(kind="INFO_544"), await filed()
    today = clock.local_date(clock.now())
    entry = {
        "channel": "POST",
        "received_on": (today - timedelta(days=1)).isoformat(),
        "kind": "INFO_544_COMPLAINT",
        "subject": "Reclamație",
        "text": "Informația nu este clasificată.",
        "language": "ro",
        "petitioners": [{"family_name": "Popescu", "given_name": "Ana", "email": "ana@example.org"}],
    }

    async def entered(**special: Any) -> httpx2.Response:
        return await office.post("entries", office.registrar, entry | special)

    assert slug(await entered(complains_of=request_id)) == "nothing-to-complain-of"
    assert slug(await entered(complains_of=petition_id)) == "no-request-for-information"
    assert slug(await entered(complains_of=request_id, kind="REQUEST")) == "invalid-request"
    await office.bring(request_id, "IN_ANALYSIS")
    refusal = {
        "solution": "UNFAVOURABLE",
        "text": "Este clasificată.",
        "legal_basis": "Legea 544/2001 art. 12",
    }
    await office.step(request_id, "draft", office.handler, refusal)
    for step, who in (("approve", office.chief), ("sign", office.head), ("send", office.registrar)):
        assert (await office.step(request_id, step, who)).status_code == 200
    made = await entered(complains_of=request_id)
    assert made.status_code == 201, made.text
    opened = await office.client.get(f"{FILES}/{made.json()['id']}", headers=office.as_(office.head))
    [link] = opened.json()["links"]
    assert (link["petition_id"], link["is_origin"], link["ground"]) == (request_id, True, "REFUSAL")
    assert slug(await entered(complains_of=request_id)) == "complained-already"
    assert (await entered()).status_code == 201
