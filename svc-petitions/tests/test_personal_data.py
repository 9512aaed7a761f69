"""The copy of what is held of a person: theirs, and nothing of anybody else."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from hub_core import ids

from .office import PETITIONS, Office, key

Filed = Callable[..., Awaitable[str]]
BOTH = frozenset({"petitions:read", "petitions:write"})


async def copied(office: Office, person: UUID) -> dict[str, list[dict[str, Any]]]:
    """The records by section."""
    headers = office.signed_in(scopes={"personal-data:read"})
    answer = await office.client.get(f"/internal/v1/people/{person}/export", headers=headers)
    assert answer.status_code == 200, answer.text
    return {section["name"]: section["items"] for section in answer.json()["sections"]}


async def wrote(office: Office, petition_id: str, headers: dict[str, str], text: str) -> None:
    path = f"{PETITIONS}/{petition_id}/messages"
    answer = await office.client.post(path, json={"text": text}, headers=headers | key())
    assert answer.status_code == 201, answer.text


async def test_only_a_service_that_may_gets_the_copy(
    office: Office, ana: UUID, as_ana: dict[str, str]
) -> None:
    path = f"/internal/v1/people/{ana}/export"
    assert (await office.client.get(path)).status_code == 401
    assert (await office.client.get(path, headers=as_ana)).status_code == 403
    assert (await office.client.get(path, headers=office.as_(office.head))).status_code == 403


async def test_a_copy_holds_what_was_written_and_done_and_no_official_s_name(
    office: Office, filed: Filed, ana: UUID, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    await office.step(petition_id, "messages", office.handler, {"text": "Ce ghișeu?"})
    await wrote(office, petition_id, as_ana, "Ghișeul 3.")
    copy = await copied(office, ana)
    number = copy["petitions"][0]["number"]
    assert [(one["number"], one["side"], one["function"], one["text"]) for one in copy["messages"]] == [
        (number, "INSTITUTION", "Relații cu publicul", "Ce ghișeu?"),
        (number, "PETITIONER", None, "Ghișeul 3."),
    ]
    assert [one["state"] for one in copy["steps"]] == ["TRIAGE", "ASSIGNED", "IN_ANALYSIS"]
    assert [(one["number"], one["withdrawn_at"]) for one in copy["signatures"]] == [(number, None)]
    assert copy["attachments"] == []
    for official in (office.handler, office.head, office.registrar):
        assert str(official) not in str(copy)


async def test_what_another_signatory_wrote_is_in_their_copy_alone(
    office: Office, filed: Filed, ana: UUID, as_ana: dict[str, str]
) -> None:
    petition_id, ion = await filed(), ids.new_id()
    slip = (await office.client.get(f"{PETITIONS}/{petition_id}/slip", headers=as_ana)).json()
    pair = {name: slip[name] for name in ("number", "year", "code")}
    as_ion = office.signed_in(ion, BOTH)
    signed = await office.client.post(
        "/petitions/v1/signatures", json=pair | {"institution_id": str(office.id)}, headers=as_ion | key()
    )
    assert signed.status_code == 201, signed.text
    await office.bring(petition_id, "IN_ANALYSIS")
    await wrote(office, petition_id, as_ana, "De la Ana.")
    await wrote(office, petition_id, as_ion, "De la Ion.")
    for person, text in ((ana, "De la Ana."), (ion, "De la Ion.")):
        copy = await copied(office, person)
        assert [one["text"] for one in copy["messages"]] == [text]
        assert len(copy["steps"]) == 3
        assert len(copy["signatures"]) == 1
    await office.client.post(f"{PETITIONS}/{petition_id}/signature/withdraw", headers=as_ion | key())
    after = await copied(office, ion)
    assert ([one["text"] for one in after["messages"]], after["steps"]) == (["De la Ion."], [])
    assert after["signatures"][0]["withdrawn_at"] is not None
