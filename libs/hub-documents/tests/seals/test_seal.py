"""A seal is one revision, and the tools of others read it."""

from datetime import datetime

import pytest

from hub_documents import revision, seal
from hub_documents.seal import Level
from hub_documents.signers import Signer

from .conftest import NAME, REASON, written


async def test_without_an_authority_a_seal_is_of_level_b_b(pdf: bytes, signer: Signer, now: datetime) -> None:
    sealed = await seal.Sealer(signer, name=NAME, reason=REASON).seal(pdf, now)
    assert sealed.level == Level.B_B
    assert sealed.content.startswith(pdf)
    assert sealed.content.count(b"%%EOF") == 2


@pytest.mark.parametrize(
    "text",
    ["Un rând.", "= Un titlu\nfără legături", "#pagebreak()\n" * 40, '#link("https://example.org")[aici]'],
)
async def test_whatever_typst_writes_is_sealed(text: str, signer: Signer, now: datetime) -> None:
    document = written(f'#set document(title: "Test")\n#set text(lang: "ro")\n{text}')
    assert (await seal.Sealer(signer, name=NAME, reason=REASON).seal(document, now)).level == Level.B_B


async def test_a_sealed_file_is_not_sealed_again(sealed: bytes, signer: Signer, now: datetime) -> None:
    with pytest.raises(revision.OtherShape):
        await seal.Sealer(signer, name=NAME, reason=REASON).seal(sealed, now)


@pytest.mark.parametrize(
    ("taken", "put"),
    [
        (b"/Type/Catalog/", b"/Type/Catalog/AcroForm 9 0 R/"),
        (b"/Kids[", b"/Kids [ "),
        (b"startxref\n", b"startxref\n9"),
        (b"%%EOF", b"%%EOF\n% more"),
        (b"/Root ", b"/Encrypt 9 0 R/Root "),
    ],
)
async def test_a_file_of_another_shape_is_refused(
    taken: bytes, put: bytes, pdf: bytes, signer: Signer, now: datetime
) -> None:
    with pytest.raises(revision.OtherShape):
        await seal.Sealer(signer, name=NAME, reason=REASON).seal(pdf.replace(taken, put, 1), now)
