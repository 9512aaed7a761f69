"""What is refused, and what is ours."""

import random
from datetime import datetime

import pytest

from hub_documents import verification
from hub_documents.verification import Outcome, Trust


def test_what_is_no_pdf_is_told_so(trust: Trust, now: datetime) -> None:
    for content in (b"", b"PK\x03\x04", b"<html>%PDF-1.7", bytes(1000)):
        assert verification.verify(content, trust, now).outcome == Outcome.NOT_A_PDF


def test_a_document_without_a_seal_is_not_sealed(pdf: bytes, trust: Trust, now: datetime) -> None:
    assert verification.verify(pdf, trust, now).outcome == Outcome.NOT_SEALED


def test_a_flipped_bit_anywhere_is_refused(sealed: bytes, trust: Trust, now: datetime) -> None:
    chosen = random.Random(5)
    for place in chosen.sample(range(len(sealed)), 400):
        changed = bytearray(sealed)
        changed[place] ^= 1 << chosen.randrange(8)
        outcome = verification.verify(bytes(changed), trust, now).outcome
        assert outcome in {Outcome.ALTERED, Outcome.UNTRUSTED, Outcome.NOT_A_PDF}, place


def test_a_missing_end_is_refused(sealed: bytes, trust: Trust, now: datetime) -> None:
    for cut in range(1, len(sealed), 997):
        assert verification.verify(sealed[:-cut], trust, now).outcome != Outcome.INTACT


@pytest.mark.parametrize("added", [b"\n", b"%", b"\n%%EOF\n", bytes(10)])
def test_whatever_follows_the_seal_is_refused(
    added: bytes, sealed: bytes, trust: Trust, now: datetime
) -> None:
    assert verification.verify(sealed + added, trust, now).outcome == Outcome.ALTERED


def test_our_own_file_is_intact(sealed: bytes, trust: Trust, now: datetime) -> None:
    verdict = verification.verify(sealed, trust, now)
    assert verdict.outcome == Outcome.INTACT
    assert verdict.signed_by == "Inspectoratul General al Poliției Române (TEST)"
    assert verdict.signed_at == now
