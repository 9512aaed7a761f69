"""A seal is one revision; an authority that is away lowers its level and hinders nothing."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from hub_cli.outside.trust import authority as maker
from hub_cli.outside.trust.stamps import Unit
from hub_documents import revision, timestamps, verification
from hub_documents.revocation import Material
from hub_documents.seal import Level, Sealer, SealRevoked
from hub_documents.signers import Signer
from hub_documents.timestamps import Authority, TimestampInvalid, TimestampUnavailable
from hub_documents.verification import Outcome, Trust

from .conftest import NAME, REASON, STAMPS, MakeElsewhere, written


def away(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(503)


async def test_nothing_is_sealed_with_a_revoked_certificate(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealer = await elsewhere.sealer(now)
        assert (await sealer.seal(pdf, now)).level == Level.B_LT
        elsewhere.revoke("seal", now)
        await elsewhere.material.refresh(now)
        with pytest.raises(SealRevoked):
            await sealer.seal(pdf, now)


@pytest.mark.parametrize("level", Level)
async def test_each_level_is_reached_in_one_revision(
    level: Level, sealers: dict[Level, Sealer], pdf: bytes, now: datetime
) -> None:
    sealed = await sealers[level].seal(pdf, now)
    assert sealed.level == level
    assert sealed.content.startswith(pdf)
    assert sealed.content.count(b"%%EOF") == 2


@pytest.mark.parametrize(
    "text",
    ["Un rând.", "= Un titlu\nfără legături", "#pagebreak()\n" * 40, '#link("https://example.org")[aici]'],
)
async def test_whatever_typst_writes_is_sealed(
    text: str, sealers: dict[Level, Sealer], now: datetime
) -> None:
    document = written(f'#set document(title: "Test")\n#set text(lang: "ro")\n{text}')
    assert (await sealers[Level.B_LT].seal(document, now)).level == Level.B_LT


async def test_many_are_sealed_at_once(sealers: dict[Level, Sealer], pdf: bytes, now: datetime) -> None:
    sealed = await asyncio.gather(*(sealers[Level.B_LT].seal(pdf, now) for _ in range(20)))
    assert len({one.content for one in sealed}) == 20


async def test_an_authority_that_is_away_lowers_the_level(
    signer: Signer, material: Material, pdf: bytes, now: datetime
) -> None:
    asked: list[httpx2.Request] = []

    def count(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return away(request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(count)) as http:
        seconds = iter((0.0, 0.0, 5.0, 20.0, 20.0))
        authority = Authority(STAMPS, http, clock=lambda: next(seconds))
        sealer = Sealer(signer, name=NAME, reason=REASON, authority=authority, material=material)
        levels = [(await sealer.seal(pdf, now)).level for _ in range(3)]
    assert levels == [Level.B_B] * 3
    assert len(asked) == 2, "it is left alone for a while after a failure"


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, content=b""),
        httpx2.Response(200, content=b"0\x03\x02\x01\x00"),
        httpx2.Response(200, content=b"<html>" * 1000),
        httpx2.Response(302, headers={"Location": "http://localhost/elsewhere"}),
    ],
)
async def test_an_authority_that_answers_nonsense_is_away(answer: httpx2.Response) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: answer)) as http:
        with pytest.raises(TimestampUnavailable):
            await Authority(STAMPS, http).stamp(bytes(32))


async def test_a_stamp_for_another_question_is_not_taken(authority: Authority) -> None:
    token = await authority.stamp(bytes(32))
    assert timestamps.read(token, bytes(32)).chain
    with pytest.raises(TimestampInvalid):
        timestamps.read(token, b"\1" * 32)


async def test_without_fresh_answers_the_level_is_b_t(
    signer: Signer, trust: Trust, authority: Authority, pdf: bytes, now: datetime
) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(away)) as http:
        material = Material(signer, trust.roots, http, authority)
        await material.refresh(now)
        sealer = Sealer(signer, name=NAME, reason=REASON, authority=authority, material=material)
        assert (await sealer.seal(pdf, now)).level == Level.B_T


async def test_answers_that_have_become_stale_are_not_written(
    sealers: dict[Level, Sealer], pdf: bytes, now: datetime
) -> None:
    assert (await sealers[Level.B_LT].seal(pdf, now + timedelta(days=1))).level == Level.B_T


async def test_what_was_known_stays_known_while_nobody_answers(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealer = await elsewhere.sealer(now)
        elsewhere.state.is_away = True
        await elsewhere.material.refresh(now)
        assert elsewhere.material.evidence(now) is not None
        assert (await sealer.seal(pdf, now)).level == Level.B_B


async def test_a_time_stamp_that_verification_would_not_trust_is_not_taken(
    make_elsewhere: MakeElsewhere,
    signer: Signer,
    trust: Trust,
    trust_http: httpx2.AsyncClient,
    pdf: bytes,
    now: datetime,
) -> None:
    async with make_elsewhere() as elsewhere:
        material = Material(signer, trust.roots, trust_http, elsewhere.authority)
        await material.refresh(now)
        named = {"name": NAME, "reason": REASON}
        sealer = Sealer(signer, **named, authority=elsewhere.authority, material=material)
        sealed = await sealer.seal(pdf, now)
    assert sealed.level == Level.B_B
    assert verification.verify(sealed.content, trust, now).outcome == Outcome.INTACT


async def test_an_authority_with_a_new_certificate_gets_no_store_until_it_is_known(
    make_elsewhere: MakeElsewhere, pdf: bytes, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        sealer = await elsewhere.sealer(now)
        maker.make(str(elsewhere.folder), "http://localhost:9/trust")
        unit = Unit(*(maker.load(elsewhere.folder, name) for name in ("timestamps", "issuing")))

        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200, content=unit.answer(request.content, datetime.now(UTC)))

        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
            sealer._authority = Authority(STAMPS, http)
            sealed = await sealer.seal(pdf, now)
        assert sealed.level == Level.B_T
        assert b"/DSS" not in sealed.content
        assert verification.verify(sealed.content, elsewhere.trust, now).level == Level.B_T


async def test_answers_of_another_authority_prove_nothing(
    make_elsewhere: MakeElsewhere, signer: Signer, trust: Trust, authority: Authority, now: datetime
) -> None:
    async with make_elsewhere() as elsewhere:
        material = Material(signer, trust.roots, elsewhere.http, authority)
        await material.refresh(now)
        assert material.evidence(now) is None


async def test_a_sealed_file_is_not_sealed_again(
    sealers: dict[Level, Sealer], files: dict[Level, bytes], now: datetime
) -> None:
    for file in files.values():
        with pytest.raises(revision.OtherShape):
            await sealers[Level.B_B].seal(file, now)


@pytest.mark.parametrize(
    ("taken", "put"),
    [
        (b"/Type/Catalog/", b"/Type/Catalog/AcroForm 9 0 R/"),
        (b"/Kids[", b"/Kids [ "),
        (b"startxref\n", b"startxref\n9"),
        (b"%%EOF", b"%%EOF\n% more"),
        (b"/Root ", b"/Encrypt 9 0 R/Root "),
        (b"xref\n0 ", b"xref\n1 "),
        (b"/Type/Page/", b"/Type/Pag3/"),
        (b"/Annots[", b"/Annots 7 0 R/X["),
    ],
)
async def test_a_file_of_another_shape_is_refused(
    taken: bytes, put: bytes, sealers: dict[Level, Sealer], pdf: bytes, now: datetime
) -> None:
    with pytest.raises(revision.OtherShape):
        await sealers[Level.B_B].seal(pdf.replace(taken, put, 1), now)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"])
async def test_what_is_no_file_of_typst_is_refused(
    content: bytes, sealers: dict[Level, Sealer], now: datetime
) -> None:
    with pytest.raises(revision.OtherShape):
        await sealers[Level.B_B].seal(content, now)
