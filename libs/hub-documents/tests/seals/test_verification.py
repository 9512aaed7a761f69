"""What is refused, and what is ours."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from hub_documents import paths, signers, timestamps, verification
from hub_documents.revocation import Material
from hub_documents.seal import Level, Sealer, SealRevoked
from hub_documents.timestamps import Authority
from hub_documents.verification import Outcome, Trust

from .conftest import NAME, REASON, MakeElsewhere

REFUSED = {Outcome.ALTERED, Outcome.UNTRUSTED, Outcome.NOT_A_PDF}


def test_what_is_no_pdf_is_told_so(trust: Trust, now: datetime) -> None:
    for content in (b"", b"PK\x03\x04", b"<html>%PDF-1.7", bytes(1000)):
        assert verification.verify(content, trust, now).outcome == Outcome.NOT_A_PDF


def test_a_document_without_a_seal_is_not_sealed(pdf: bytes, trust: Trust, now: datetime) -> None:
    assert verification.verify(pdf, trust, now).outcome == Outcome.NOT_SEALED


def test_a_file_longer_than_any_of_ours_is_not_looked_at(
    files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    long = files[Level.B_B] + bytes(verification.MOST_BYTES)
    assert verification.verify(long, trust, now).outcome == Outcome.NOT_SEALED


@pytest.mark.parametrize("level", Level)
def test_a_flipped_bit_anywhere_is_refused(
    level: Level, files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    chosen, file = random.Random(level), files[level]
    for place in chosen.sample(range(len(file)), 400):
        changed = bytearray(file)
        changed[place] ^= 1 << chosen.randrange(8)
        assert verification.verify(bytes(changed), trust, now).outcome in REFUSED, place


@pytest.mark.parametrize("level", Level)
def test_another_digit_anywhere_in_the_signature_is_refused(
    level: Level, files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    """What the signature does not cover is its own place: certificates, the time stamp, the filling."""
    chosen, file = random.Random(level), files[level]
    start = file.rindex(b"/Contents<") + len(b"/Contents<")
    used = len(file[start : file.index(b">", start)].rstrip(b"0"))
    places = [*chosen.sample(range(start, start + used), 400), start + used + 40]
    for place in places:
        changed = bytearray(file)
        changed[place] = chosen.choice([digit for digit in b"0123456789abcdef" if digit != file[place]])
        assert verification.verify(bytes(changed), trust, now).outcome in REFUSED, place - start


async def test_a_flipped_bit_anywhere_in_a_time_stamp_is_refused(
    authority: Authority, trust: Trust, now: datetime
) -> None:
    digest, chosen = bytes(32), random.Random(5)
    token = await authority.stamp(digest)
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1 << chosen.randrange(8)
        try:
            stamp = timestamps.read(bytes(changed), digest)
            is_trusted = paths.leads_to(trust.roots, stamp.certificate, stamp.chain, now)
        except (ValueError, x509.InvalidVersion):
            is_trusted = False
        assert not is_trusted, place


def test_digits_written_in_another_way_are_refused(
    files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    file = files[Level.B_LT]
    start = file.rindex(b"/Contents<")
    end = file.index(b">", start)
    shouted = file[: start + 9] + file[start + 9 : end].upper() + file[end:]
    assert verification.verify(shouted, trust, now).outcome == Outcome.ALTERED


@pytest.mark.parametrize("level", Level)
def test_a_missing_end_is_refused(
    level: Level, files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    file = files[level]
    for cut in range(1, len(file), 997):
        assert verification.verify(file[:-cut], trust, now).outcome != Outcome.INTACT


@pytest.mark.parametrize("added", [b"\n", b"%", b"\n%%EOF\n", bytes(10)])
def test_whatever_follows_the_seal_is_refused(
    added: bytes, files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    for file in files.values():
        assert verification.verify(file + added, trust, now).outcome == Outcome.ALTERED


async def test_the_seal_of_another_authority_is_untrusted(
    make_elsewhere: MakeElsewhere, trust: Trust, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealed = (await (await elsewhere.sealer(now)).seal(pdf, now)).content
        assert verification.verify(sealed, elsewhere.trust, now).outcome == Outcome.INTACT
        assert verification.verify(sealed, trust, now).outcome == Outcome.UNTRUSTED


async def test_a_time_stamp_of_another_authority_is_untrusted(
    make_elsewhere: MakeElsewhere, authority: Authority, trust: Trust, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        mixed = Sealer(elsewhere.signer, name=NAME, reason=REASON, authority=authority)
        sealed = await mixed.seal(pdf, now)
        assert sealed.level == Level.B_T
        assert verification.verify(sealed.content, elsewhere.trust, now).outcome == Outcome.UNTRUSTED
        assert verification.verify(sealed.content, trust, now).outcome == Outcome.UNTRUSTED


def test_the_seal_of_another_organization_is_untrusted(
    files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    for file in files.values():
        other = replace(trust, organization="VATRO-00000019")
        assert verification.verify(file, other, now).outcome == Outcome.UNTRUSTED
        anybody = replace(trust, organization="")
        assert verification.verify(file, anybody, now).outcome == Outcome.INTACT


async def test_a_key_of_ours_that_is_not_for_documents_seals_nothing(
    trust_folder: Path, trust: Trust, pdf: bytes, now: datetime
) -> None:
    for name in ("facts", "timestamps", "ocsp"):
        signer = signers.from_files(
            trust_folder / f"{name}.pem", trust_folder / f"{name}.key", trust_folder / "chain.pem"
        )
        sealed = await Sealer(signer, name=NAME, reason=REASON).seal(pdf, now)
        anybody = replace(trust, organization="")
        assert verification.verify(sealed.content, anybody, now).outcome == Outcome.UNTRUSTED


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-1, dict.fromkeys(Level, Outcome.REVOKED_SEAL)), (1, {Level.B_B: Outcome.REVOKED_SEAL})],
)
async def test_a_revoked_seal_proves_nothing_unless_a_time_stamp_is_older(
    hours: int, expected: dict[Level, Outcome], make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        plain = Sealer(elsewhere.signer, name=NAME, reason=REASON)
        sealers = {Level.B_LT: await elsewhere.sealer(now), Level.B_B: plain}
        files = {level: (await sealer.seal(pdf, now)).content for level, sealer in sealers.items()}
        trust = replace(elsewhere.trust, material=elsewhere.material)
        for file in files.values():
            assert verification.verify(file, trust, now).outcome == Outcome.INTACT

        elsewhere.revoke("seal", now + timedelta(hours=hours))
        await elsewhere.material.refresh(now)
        for level, file in files.items():
            outcome = verification.verify(file, trust, now).outcome
            assert outcome == expected.get(level, Outcome.INTACT)


async def test_below_a_revoked_authority_nothing_is_in_force(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealer = await elsewhere.sealer(now)
        sealed = (await sealer.seal(pdf, now)).content
        elsewhere.revoke("issuing", now - timedelta(hours=1))
        await elsewhere.material.refresh(now)
        trust = replace(elsewhere.trust, material=elsewhere.material)
        assert verification.verify(sealed, trust, now).outcome == Outcome.REVOKED_SEAL
        with pytest.raises(SealRevoked):
            await sealer.seal(pdf, now)


async def test_a_revoked_time_stamp_unit_proves_no_time(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealed = (await (await elsewhere.sealer(now)).seal(pdf, now)).content
        elsewhere.revoke("timestamps", now)
        await elsewhere.material.refresh(now)
        trust = replace(elsewhere.trust, material=elsewhere.material)
        verdict = verification.verify(sealed, trust, now)
        assert (verdict.outcome, verdict.level) == (Outcome.INTACT, Level.B_B)


def test_a_seal_outlives_its_certificate_only_with_a_time_stamp(
    files: dict[Level, bytes], trust: Trust, now: datetime
) -> None:
    later = now + timedelta(days=4 * 365)
    assert verification.verify(files[Level.B_B], trust, later).outcome == Outcome.UNTRUSTED
    assert verification.verify(files[Level.B_LT], trust, later).outcome == Outcome.INTACT


@pytest.mark.parametrize("level", Level)
def test_our_own_file_is_intact(
    level: Level, files: dict[Level, bytes], trust: Trust, material: Material, now: datetime
) -> None:
    verdict = verification.verify(files[level], replace(trust, material=material), now)
    assert verdict.outcome == Outcome.INTACT
    assert verdict.level == level
    assert verdict.signed_by == "Inspectoratul General al Poliției Române (TEST)"
    assert verdict.signed_at is not None
    assert abs(verdict.signed_at - now) < timedelta(minutes=5)
