"""The press: rendered and sealed in one go, in the name of whose seal it is."""

from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from cryptography import x509

from hub_documents import facts, press, seal, verification
from hub_documents.press import Press, Seal

NOW = datetime.now(UTC)
TEMPLATE = """
#import "@hub/house:1.0.0": *
#let main(it, pictures) = {
  show: page-of.with(title: "Scrisoare", authority: it.sealed_by, number: "1", code: "K7QF")
  [#it.said, #it.vouched_by]
  (pictures.qr)(width: 31mm, height: 31mm, alt: "Cod QR")
}
"""


@pytest.fixture
def own(trust_folder: Path, trust_http: httpx2.AsyncClient) -> Seal:
    roots = x509.load_pem_x509_certificates((trust_folder / "root.pem").read_bytes())
    return press.open_seal(trust_folder, reason="Eliberare", roots=roots, authority=None, http=trust_http)


@pytest.fixture
def made(trust_folder: Path, tmp_path: Path) -> Press:
    (tmp_path / "letter.typ").write_text(TEMPLATE)
    signer = facts.from_files(
        trust_folder / "facts.pem", trust_folder / "facts.key", trust_folder / "chain.pem"
    )
    return Press(tmp_path, signer)


async def test_a_document_bears_the_seal_and_says_whose_it_is(
    made: Press, own: Seal, trust_folder: Path
) -> None:
    sealed = await made.sealed("letter.typ", {"said": "Bună ziua"}, own, NOW, {"qr": "https://hub.example"})
    verdict = verification.verify(sealed.content, verification.trust_in(trust_folder / "root.pem"), NOW)
    assert (verdict.outcome, verdict.signed_by) == (verification.Outcome.INTACT, own.owner)
    assert own.owner == "Inspectoratul General al Poliției Române (TEST)"


async def test_nothing_is_sealed_once_the_seal_is_revoked(
    made: Press, own: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own.material, "own_revoked_at", NOW)
    with pytest.raises(seal.SealRevoked):
        await made.sealed("letter.typ", {"said": ""}, own, NOW, {"qr": "https://hub.example"})
