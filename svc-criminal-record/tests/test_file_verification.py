"""Verification by the file: only what was issued, byte for byte, is a certificate."""

import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_documents import anchors, checking, verification
from svc_criminal_record.domain.verification import Seal
from svc_criminal_record.operations import verifying

from .build import KEY, NOON, PLAIN, a_stored_certificate, sealed_for

FILE = "/criminal-record/v1/verifications/file"
PDF = {"content-type": "application/pdf"}


async def test_the_file_as_it_was_issued_is_the_certificate(
    client: httpx2.AsyncClient, sessions: Any, sealed: bytes
) -> None:
    made, _ = await a_stored_certificate(sessions, file_sha256=hashlib.sha256(sealed).digest())
    shown = (await client.post(FILE, content=sealed, headers=PDF)).json()
    assert (shown["standing"], shown["seal"]) == ("VALID", "INTACT")
    assert shown["number"] == made.label
    assert shown["holder_initials"] == "A. M. P."


async def test_a_changed_file_is_not_found_and_the_seal_says_why(
    client: httpx2.AsyncClient, sealed: bytes
) -> None:
    place = sealed.index(b"/ByteRange") - 200
    flipped = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    seals = {
        "ALTERED": [flipped, sealed + b"\n% more\n"],
        "NOT_SEALED": [PLAIN],
        "NOT_A_PDF": [b"", b"GIF89a", b"\x00" * 1000],
    }
    for expected, files in seals.items():
        for content in files:
            shown = (await client.post(FILE, content=content, headers=PDF)).json()
            assert (shown["standing"], shown["seal"]) == ("NOT_FOUND", expected)
            assert {name for name, value in shown.items() if value is not None} == {
                "standing",
                "verified_at",
                "seal",
            }


async def test_a_file_that_we_sealed_but_never_issued_is_not_found(
    client: httpx2.AsyncClient, trust_folder: Path
) -> None:
    other = await sealed_for("another", trust_folder)
    shown = (await client.post(FILE, content=other, headers=PDF)).json()
    assert (shown["standing"], shown["seal"]) == ("NOT_FOUND", "INTACT")


async def test_a_file_whose_bytes_are_known_but_whose_seal_is_not_ours_is_not_found(
    client: httpx2.AsyncClient, sessions: Any
) -> None:
    await a_stored_certificate(sessions, file_sha256=hashlib.sha256(PLAIN + b"%").digest())
    shown = (await client.post(FILE, content=PLAIN + b"%", headers=PDF)).json()
    assert (shown["standing"], shown["seal"]) == ("NOT_FOUND", "NOT_SEALED")


async def test_only_pdf_up_to_ten_mebibytes_is_taken(client: httpx2.AsyncClient) -> None:
    for refused in ({}, {"content-type": "application/json"}, {"content-type": "application/pdfx"}):
        answer = await client.post(FILE, content=b"%PDF-", headers=refused)
        assert answer.status_code == 415
        assert answer.json()["type"].endswith("/problems/file-not-pdf")
    largest = b"%PDF-" + bytes(checking.MOST_BYTES - 5)
    assert (await client.post(FILE, content=largest, headers=PDF)).status_code == 200
    assert (await client.post(FILE, content=largest + b"0", headers=PDF)).status_code == 413

    async def without_a_length() -> Any:
        for _ in range(11):
            yield bytes(1024 * 1024)

    assert (await client.post(FILE, content=without_a_length(), headers=PDF)).status_code == 413


@given(data=st.data())
def test_nothing_that_was_made_of_a_sealed_file_is_intact(
    data: st.DataObject, sealed: bytes, trust_folder: Path
) -> None:
    place = data.draw(st.integers(0, len(sealed)))
    until = data.draw(st.integers(place, min(len(sealed), place + 200)))
    put = data.draw(st.binary(max_size=200) | st.just(b"/ByteRange[0 1 2 3]") | st.just(b"<" * 200))
    made = sealed[:place] + put + sealed[until:]
    trust = anchors.read(trust_folder, own=trust_folder / "seal.pem").trust
    verdict = verification.verify(made, trust, NOON)
    assert (verdict.outcome is verification.Outcome.INTACT) == (made == sealed)


@given(st.binary(max_size=2000))
def test_no_file_makes_it_fail(content: bytes) -> None:
    trust = verification.Trust(())
    assert verification.verify(b"%PDF-" + content, trust, NOON).outcome in {
        verification.Outcome.NOT_SEALED,
        verification.Outcome.ALTERED,
        verification.Outcome.UNTRUSTED,
    }


@pytest.mark.parametrize("broken", [one for one in Seal if one is not Seal.INTACT])
async def test_no_file_whose_seal_is_not_intact_is_a_certificate(sessions: Any, broken: Seal) -> None:
    made, _ = await a_stored_certificate(sessions)
    async with sessions() as session:
        answer = await verifying.verify_file(session, KEY, made.file_sha256, broken, NOON)
    assert (answer.standing, answer.seal, answer.certificate) == ("NOT_FOUND", broken, None)
