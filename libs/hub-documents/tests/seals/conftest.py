"""Documents to seal, and a seal of the embedded run's authority."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from hub_documents import seal, signers, verification
from hub_documents.signers import Signer
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
