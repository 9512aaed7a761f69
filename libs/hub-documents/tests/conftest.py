"""The key of the facts, and that of somebody else."""

from pathlib import Path

import pytest

from hub_cli.outside.trust import authority
from hub_documents import facts
from hub_documents.facts import FactsSigner


def signer_in(folder: Path) -> FactsSigner:
    return facts.from_files(folder / "facts.pem", folder / "facts.key", folder / "chain.pem")


@pytest.fixture(scope="session")
def signer(trust_folder) -> FactsSigner:
    return signer_in(trust_folder)


@pytest.fixture(scope="session")
def somebody(tmp_path_factory) -> FactsSigner:
    """A signer whom nobody here trusts."""
    folder = tmp_path_factory.mktemp("somebody")
    authority.make(str(folder), "http://localhost/trust")
    return signer_in(folder)


@pytest.fixture(scope="session")
def certificate(trust_folder) -> bytes:
    """The signer's certificate as PEM."""
    return (trust_folder / "facts.pem").read_bytes()


@pytest.fixture(scope="session")
def keys(certificate) -> facts.Keys:
    return facts.keys(certificate)
