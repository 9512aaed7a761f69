"""Whoever opens somebody else's record says why before, and leaves a line."""

from uuid import UUID

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from hub_core.ids import new_id
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_service import access, i18n, purpose
from hub_service.purpose import Purpose, PurposeRequired, Stated

INSTITUTION = new_id()
ION = new_id()
STATED = 'CASE_HANDLING;file="123/2026"'
A_PRINCIPAL = Principal(
    Kind.PERSON, str(new_id()), Assurance.SUBSTANTIAL, frozenset(), "counter", roles=frozenset(Role)
)


def a_line(**facts):
    return access.line(
        facts.pop("principal", A_PRINCIPAL),
        **{
            "action": access.Action.READ,
            "resource_type": "petition",
            "resource_id": new_id(),
            "subject_person_id": ION,
            "legal_basis": "OG 27/2002 art. 8",
            **facts,
        },
    )


@pytest.fixture
def handler(signed_in):
    return signed_in(new_id(), {"notes:read"}, roles=["HANDLER", "HEAD"], institution=str(INSTITUTION))


async def told(app):
    async with app.state.hub.database.engine.connect() as connection:
        bodies = await connection.scalars(text("SELECT body FROM outbox ORDER BY seq"))
        return [orjson.loads(body)["data"] for body in bodies]


@pytest.mark.parametrize(
    ("header", "stated"),
    [
        (STATED, Stated(Purpose.CASE_HANDLING, "123/2026")),
        (' SUPERVISION; file="A 12-3/2026" ', Stated(Purpose.SUPERVISION, "A 12-3/2026")),
        ("COUNTER_SERVICE", Stated(Purpose.COUNTER_SERVICE)),
    ],
)
def test_a_purpose_is_an_item_with_the_number_of_its_file(header, stated):
    assert purpose.read(header) == stated


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "CASE_HANDLING",
        "CURIOSITY",
        '"CASE_HANDLING";file="1/2026"',
        "CASE_HANDLING;file=1",
        'CASE_HANDLING;file=""',
        'CASE_HANDLING;file="1";file="2"',
        'CASE_HANDLING;file="1", CASE_HANDLING;file="2"',
        'CASE_HANDLING;file="1/2026"; person="Ion"',
        'CASE_HANDLING;file="1850312149006"',
        'CASE_HANDLING;file="dosar 1850312149006/2026"',
        'CASE_HANDLING;file="ion@example.org"',
    ],
)
def test_what_states_no_purpose_is_refused(header):
    with pytest.raises(PurposeRequired):
        purpose.read(header)


async def test_an_official_without_a_purpose_is_asked_for_it(app, client, handler):
    answer = await client.get(f"/notes/v1/people/{ION}/notes", headers={**handler, "accept-language": "ro"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/problems/purpose-required")
    assert answer.json()["title"] == "Precizați de ce deschideți acest dosar"
    assert await told(app) == []


async def test_who_opens_a_record_leaves_a_line(app, client, handler):
    headers = {**handler, "purpose": STATED, "x-request-id": "abcd-1234"}
    assert (await client.get(f"/notes/v1/people/{ION}/notes", headers=headers)).status_code == 200
    [line] = await told(app)
    assert line == line | {
        "roles": ["HANDLER", "HEAD"],
        "institution_id": str(INSTITUTION),
        "action": "READ",
        "subject_person_id": str(ION),
        "purpose": "CASE_HANDLING",
        "file": "123/2026",
        "request_id": "abcd-1234",
        "result": "GRANTED",
        "version": 1,
    }


async def test_the_contract_names_the_header_and_its_refusal(app):
    operation = app.openapi()["paths"]["/notes/v1/people/{person_id}/notes"]["get"]
    [header] = [one for one in operation["parameters"] if one["in"] == "header"]
    assert (header["name"], header["required"]) == ("Purpose", True)
    assert operation["responses"]["400"]["$ref"].endswith("/MalformedRequestOrPurposeRequired")


def test_a_line_says_for_whom_a_representative_acts():
    mandate, child = new_id(), new_id()
    principal = Principal(
        Kind.PERSON, str(ION), Assurance.LOW, frozenset(), "portal", mandate_id=mandate, on_behalf_of=child
    )
    line = a_line(principal=principal, subject_person_id=child)
    assert (line.actor_id, line.on_behalf_of, line.mandate_id) == (str(ION), child, mandate)
    assert line.purpose is None


@pytest.mark.parametrize(
    "facts", [{"resource_id": "1850312149006"}, {"resource_type": "Petition of Ion"}, {"legal_basis": ""}]
)
def test_a_line_takes_ids_and_codes_only(facts):
    with pytest.raises(ValidationError) as refused:
        a_line(**facts)
    assert "1850312149006" not in str(refused.value)


@pytest.mark.parametrize("language", [Language.RO, Language.HU])
def test_every_purpose_has_its_words(language):
    texts = i18n.Texts([i18n.folder_of(access.__file__)])
    assert all(texts.translate(language, one.text) != one.text for one in Purpose)


def test_a_line_has_an_id_of_its_own():
    assert isinstance(a_line().line_id, UUID)
    assert a_line().line_id != a_line().line_id
