"""Documents to seal, and a seal of the embedded run's authority."""

from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import typst

from hub_documents import seal, signers, verification
from hub_documents.revocation import Material
from hub_documents.seal import Level, Sealer
from hub_documents.signers import Signer
from hub_documents.timestamps import Authority
from hub_documents.verification import Trust

NAME = "Inspectoratul General al Poliției Române"
REASON = "Eliberarea documentului"
ORGANIZATION = "VATRO-00000000"
TEXT = """#set document(title: "Certificat")
#set text(lang: "ro")
#outline()
= Certificat
Vezi #link("https://example.org/verify")[pagina de verificare].
#pagebreak()
Pagina a doua.
"""


def written(text: str = TEXT) -> bytes:
    """A PDF/A-2a and PDF/UA-1 file of Typst's."""
    made: bytes = typst.compile(
        text.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=1_790_000_000
    )
    return made


@pytest.fixture(scope="session")
def pdf() -> bytes:
    return written()


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def signer(trust_folder: Path) -> Signer:
    return signers.from_files(
        trust_folder / "seal.pem", trust_folder / "seal.key", trust_folder / "chain.pem"
    )


@pytest.fixture(scope="session")
def trust(trust_folder: Path) -> Trust:
    return verification.trust_in(trust_folder / "root.pem", ORGANIZATION)


@pytest.fixture(scope="session")
async def sealed(pdf: bytes, signer: Signer, now: datetime) -> bytes:
    """The document, sealed at level B-B."""
    return (await seal.Sealer(signer, name=NAME, reason=REASON).seal(pdf, now)).content


STAMPS = "http://localhost/trust/timestamps"


@pytest.fixture(scope="session")
def authority(trust_http: httpx2.AsyncClient) -> Authority:
    return Authority(STAMPS, trust_http)


@pytest.fixture(scope="session")
async def material(
    signer: Signer, trust: Trust, trust_http: httpx2.AsyncClient, authority: Authority, now: datetime
) -> Material:
    made = Material(signer, trust.roots, trust_http, authority)
    await made.refresh(now)
    return made


@pytest.fixture(scope="session")
def sealers(signer: Signer, authority: Authority, material: Material) -> dict[Level, Sealer]:
    """One for each level."""
    named = {"name": NAME, "reason": REASON}
    return {
        Level.B_B: Sealer(signer, **named),
        Level.B_T: Sealer(signer, **named, authority=authority),
        Level.B_LT: Sealer(signer, **named, authority=authority, material=material),
    }


@pytest.fixture(scope="session")
async def files(sealers: dict[Level, Sealer], pdf: bytes, now: datetime) -> dict[Level, bytes]:
    """The document, sealed at each level."""
    return {level: (await sealer.seal(pdf, now)).content for level, sealer in sealers.items()}
