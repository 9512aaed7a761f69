"""Keys of the facts, of the embedded run's authority."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from hub_cli.outside.trust import authority
from hub_documents import facts
from hub_documents.facts import FactsSigner

MakeSigner: TypeAlias = Callable[[str], FactsSigner]


@pytest.fixture(scope="session")
def make_trust(tmp_path_factory) -> Callable[[str], Path]:
    """The folder of an authority of its own."""

    def made(name: str) -> Path:
        folder: Path = tmp_path_factory.mktemp(name)
        authority.make(str(folder), "http://127.0.0.1:1/trust")
        return folder

    return made


@pytest.fixture(scope="session")
def make_signer(make_trust) -> MakeSigner:
    def made(name: str) -> FactsSigner:
        folder = make_trust(name)
        return facts.from_files(folder / "facts.pem", folder / "facts.key", folder / "chain.pem")

    return made


@pytest.fixture(scope="session")
def trust(make_trust) -> Path:
    return make_trust("issuer")


@pytest.fixture(scope="session")
def signer(trust) -> FactsSigner:
    return facts.from_files(trust / "facts.pem", trust / "facts.key", trust / "chain.pem")


@pytest.fixture(scope="session")
def certificate(trust) -> bytes:
    """The signer's certificate as PEM."""
    return (trust / "facts.pem").read_bytes()


@pytest.fixture(scope="session")
def keys(certificate) -> facts.Keys:
    return facts.keys(certificate)
