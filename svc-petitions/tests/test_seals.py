"""Each institution seals with a key of its own, which is made once and never leaves."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette

from hub_cli.outside.trust import authority
from hub_cli.outside.trust.routes import TrustServices
from hub_core import ids
from hub_testing.listener import Answer, Asked, Listener
from svc_petitions.documents.press import Press
from svc_petitions.documents.seals import Owner, Seals
from svc_petitions.errors.documents import SealNotInForce

NOW = datetime.now(UTC)


@pytest.fixture
def roots(trust_folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((trust_folder / "root.pem").read_bytes())


def an_owner(name: str = "Inspectoratul de Poliție Județean Covasna") -> Owner:
    return Owner(ids.new_id(), "IPJ-CV", {"ro": name})


async def test_without_an_authority_nothing_is_sealed_in_a_name_that_has_no_seal(
    tmp_path: Path, roots: list[x509.Certificate]
) -> None:
    async with httpx2.AsyncClient() as http:
        with pytest.raises(SealNotInForce):
            await Seals(tmp_path, "", roots, None, http).of(an_owner(), NOW)
    assert not [*tmp_path.iterdir()]


async def test_a_seal_bears_the_name_of_its_institution(
    tmp_path: Path, roots: list[x509.Certificate], seal_authority: str
) -> None:
    names = ("Direcția Generală de Pașapoarte", "Direcția Generală pentru Comunicații și Tehnologie")
    async with httpx2.AsyncClient() as http:
        seals = Seals(tmp_path, seal_authority, roots, None, http)
        found = [(await seals.of(an_owner(name), NOW)).owner for name in names]
    assert found == [f"{name} (TEST)" for name in names]


async def test_a_long_name_is_whole_in_the_certificate(
    tmp_path: Path, roots: list[x509.Certificate], seal_authority: str
) -> None:
    name = "Direcția Generală pentru Comunicații și Tehnologia Informației a Ministerului Afacerilor Interne"
    owner = an_owner(name)
    async with httpx2.AsyncClient() as http:
        await Seals(tmp_path, seal_authority, roots, None, http).of(owner, NOW)
    own = x509.load_pem_x509_certificate((tmp_path / str(owner.id) / "seal.pem").read_bytes())
    (organization,) = own.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    (common,) = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert organization.value == f"{name} (TEST)"
    assert len(str(common.value).encode()) <= 64
    assert str(common.value).endswith("… (TEST)")


async def test_a_seal_is_issued_once_however_many_ask_at_the_same_instant(
    tmp_path: Path,
    roots: list[x509.Certificate],
    issuing: list[Asked],
    seal_authority: str,
) -> None:
    owner, before = an_owner(), len(issuing)
    async with httpx2.AsyncClient() as http:
        seals = Seals(tmp_path, seal_authority, roots, None, http)
        found = await asyncio.gather(*(seals.of(owner, NOW) for _ in range(8)))
        again = await Seals(tmp_path, seal_authority, roots, None, http).of(owner, NOW)
    assert len({id(one) for one in found}) == 1
    assert again.owner == found[0].owner
    assert len(issuing) - before == 1
    (place,) = tmp_path.iterdir()
    assert {file.name for file in place.iterdir()} == {"seal.key", "seal.pem", "chain.pem"}
    assert place.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in b"".join(asked.body for asked in issuing)


async def test_of_two_processes_the_first_ones_seal_counts(
    tmp_path: Path, roots: list[x509.Certificate], seal_authority: str
) -> None:
    owner = an_owner()
    async with httpx2.AsyncClient() as http:
        both = [Seals(tmp_path, seal_authority, roots, None, http) for _ in range(2)]
        await asyncio.gather(*(seals.of(owner, NOW) for seals in both))
    (place,) = tmp_path.iterdir()
    assert place.name == str(owner.id)


async def test_an_answer_for_another_key_is_no_seal(
    tmp_path: Path, roots: list[x509.Certificate], trust_folder: Path
) -> None:
    other = (trust_folder / "seal.pem").read_bytes() + (trust_folder / "chain.pem").read_bytes()
    liar = Listener(lambda _: Answer(other, "application/pem-certificate-chain"))
    liar.start()
    try:
        async with httpx2.AsyncClient() as http:
            with pytest.raises(SealNotInForce):
                await Seals(tmp_path, liar.url, roots, None, http).of(an_owner(), NOW)
    finally:
        liar.stop()
    assert not [*tmp_path.iterdir()]


async def test_a_stolen_key_stops_one_institution_and_no_other(tmp_path: Path, trust_folder: Path) -> None:
    trust = tmp_path / "trust"
    shutil.copytree(trust_folder, trust)
    app = Starlette(routes=TrustServices(trust).routes)
    app.state.is_away = False
    transport = httpx2.ASGITransport(app)
    stolen, other = an_owner(), an_owner("Direcția Generală de Pașapoarte")
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
        folder = trust / authority.SEALS
        press = Press.open(trust, folder, "http://localhost/trust/seals", "", http)
        for owner in (stolen, other):
            assert (await press.seals.of(owner, NOW)).material.own_revoked_at is None
        revoked = await http.post("http://localhost/trust/revocations", json={"name": str(stolen.id)})
        assert revoked.status_code == 204
        await press.seals.refresh(NOW)
        assert (await press.seals.of(stolen, NOW)).material.own_revoked_at is not None
        assert (await press.seals.of(other, NOW)).material.own_revoked_at is None
