"""Types of evidence: whole in every language, and from a register or by upload, never both."""

from dataclasses import replace

import httpx2
import pytest

from svc_catalog.domain.evidence import EvidenceType, Register, evidence_id
from svc_catalog.domain.text import Texts
from svc_catalog.reference.evidence import evidence_types
from svc_catalog.reference.institutions import institutions

ALL = evidence_types()
PATH = "/catalog/v1/evidence-types"
TEXT = Texts(ro="Act", hu="Okmány", en="Document")
PAPER = EvidenceType(id=evidence_id("paper"), code="paper", title=TEXT, description=TEXT, verified=False)


def test_evidence_from_a_register_is_not_uploaded() -> None:
    register = Register(name=TEXT, consent=TEXT)
    assert replace(PAPER, register=register).obtained_from_register
    assert not PAPER.obtained_from_register
    with pytest.raises(ValueError, match="uploaded too"):
        replace(PAPER, register=register, formats=("application/pdf",), max_mb=5)


def test_an_upload_has_a_bound() -> None:
    with pytest.raises(ValueError, match="go together"):
        replace(PAPER, formats=("application/pdf",))


def test_codes_are_unique_and_ids_come_from_them() -> None:
    assert len({each.code for each in ALL}) == len(ALL) > 40
    assert all(each.id == evidence_id(each.code) for each in ALL)


@pytest.mark.parametrize("evidence", ALL, ids=lambda each: each.code)
def test_a_type_is_written_in_three_languages(evidence: EvidenceType) -> None:
    texts = [evidence.title, evidence.description]
    if evidence.register:
        texts += [evidence.register.name, evidence.register.consent]
        assert evidence.legal_basis
    for text in texts:
        assert all(written and written == written.strip() for written in (text.ro, text.hu, text.en))
        assert not {"ş", "ţ", "Ş", "Ţ"} & set(text.ro)


def test_the_keepers_of_registers_are_institutions() -> None:
    known = {each.code for each in institutions()}
    assert {each.register.keeper for each in ALL if each.register and each.register.keeper} <= known


async def test_the_list_is_walked_whole(client: httpx2.AsyncClient) -> None:
    found: list[str] = []
    query = {"limit": "20"}
    while True:
        page = (await client.get(PATH, params=query)).json()
        found += [item["code"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert found == sorted(each.code for each in ALL)


async def test_what_a_register_holds_is_a_consent(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{PATH}/criminal-record-data")).json()
    assert shown["obtained_from_register"] is True
    assert (shown["formats"], shown["max_mb"]) == ([], None)
    assert shown["register"]["keeper"] == "DCJSEO"
    assert shown["register"]["consent"]["ro"].startswith("Sunt de acord")


async def test_what_is_uploaded_has_formats_and_a_bound(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{PATH}/video-recording")
    assert (answer.json()["max_mb"], answer.json()["register"]) == (500, None)
    assert "video/mp4" in answer.json()["formats"]
    again = await client.get(f"{PATH}/video-recording", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_an_unknown_code_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{PATH}/nothing", headers={"accept-language": "hu"})
    assert (answer.status_code, answer.json()["title"]) == (404, "Ez az igazolástípus nincs a katalógusban")
