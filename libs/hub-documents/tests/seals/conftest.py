"""Documents to seal, and a seal of the embedded run's authority."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import typst
from starlette.applications import Starlette
from starlette.datastructures import State

from hub_cli.outside.trust import authority as maker
from hub_cli.outside.trust.routes import TrustServices
from hub_cli.outside.trust.status import Registry
from hub_documents import signers, verification
from hub_documents.revocation import Material
from hub_documents.seal import Level, Sealer
from hub_documents.signers import Signer
from hub_documents.timestamps import Authority
from hub_documents.verification import Trust
from hub_testing.programs import run

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


@dataclass
class Elsewhere:
    """Another authority of the same kind, and what is sealed with it."""

    folder: Path
    http: httpx2.AsyncClient
    state: State

    def __post_init__(self) -> None:
        self.signer = signers.from_files(
            self.folder / "seal.pem", self.folder / "seal.key", self.folder / "chain.pem"
        )
        self.trust = verification.trust_in(self.folder / "root.pem", ORGANIZATION)
        self.authority = Authority(STAMPS, self.http)
        self.material = Material(self.signer, self.trust.roots, self.http, self.authority)

    async def sealer(self, now: datetime) -> Sealer:
        """A sealer of level B-LT."""
        await self.material.refresh(now)
        return Sealer(self.signer, name=NAME, reason=REASON, authority=self.authority, material=self.material)

    def revoke(self, name: str, at: datetime) -> None:
        """Revoke a certificate of this authority."""
        Registry(self.folder).revoke(name, at)


MakeElsewhere = Callable[[], AbstractAsyncContextManager[Elsewhere]]


@pytest.fixture
def make_elsewhere(tmp_path: Path) -> MakeElsewhere:
    @asynccontextmanager
    async def made() -> AsyncIterator[Elsewhere]:
        folder = tmp_path / "elsewhere"
        maker.make(str(folder), "http://localhost/trust")
        app = Starlette(routes=TrustServices(folder).routes)
        app.state.is_away = False
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Elsewhere(folder, http, app.state)

    return made


@pytest.fixture(scope="session")
def database(trust_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of NSS that trusts our root and nothing else."""
    folder = f"sql:{tmp_path_factory.mktemp('nss')}"
    run("certutil", "-N", "-d", folder, "--empty-password").check_returncode()
    root = trust_folder / "root.pem"
    run("certutil", "-A", "-d", folder, "-n", "root", "-t", "CT,CT,CT", "-i", root).check_returncode()
    return folder


@pytest.fixture
def said_by_pdfsig(database: str, tmp_path: Path) -> Callable[[bytes], str]:
    """What pdfsig prints; its exit code means nothing."""

    def said(content: bytes) -> str:
        file = tmp_path / "asked.pdf"
        file.write_bytes(content)
        return run("pdfsig", "-nssdir", database, "-no-ocsp", file).stdout

    return said
