"""A certificate is handed on, as paper or from a wallet, to somebody who asks nobody about it."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest
from joserfc.jwk import ECKey

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_documents import compact, facts, status_list
from hub_documents.status_list import Status
from svc_criminal_record.domain.certificates import RevocationReason
from svc_criminal_record.storage import certificates

from .conftest import Offline
from .outside import JUDGMENT, Outside

V1 = "/criminal-record/v1"
BOTH = frozenset({"criminal-record:read", "criminal-record:write"})

As: TypeAlias = Callable[..., dict[str, str]]
Issued: TypeAlias = Callable[..., Awaitable[tuple[UUID, dict[str, Any]]]]


@pytest.fixture
def as_(signed_in: Any) -> As:
    """Make `as_(person)`: headers with both scopes, at SUBSTANTIAL."""

    def make(person: UUID, **special: Any) -> dict[str, str]:
        headers: dict[str, str] = signed_in(person, BOTH, **{"assurance": Assurance.SUBSTANTIAL, **special})
        return headers | {"idempotency-key": str(ids.new_id())}

    return make


@pytest.fixture
def issued(client: httpx2.AsyncClient, outside: Outside, as_: As) -> Issued:
    """A person, and the certificate they got; arguments are what the register has of them."""

    async def issue(**register: Any) -> tuple[UUID, dict[str, Any]]:
        person = outside.add_person(**register)
        answer = await client.post(f"{V1}/requests", json={"motive": "angajare"}, headers=as_(person))
        certificate: dict[str, Any] = answer.json()["certificate"]
        return person, certificate

    return issue


@pytest.fixture
def revoke(sessions: Any) -> Callable[[str], Awaitable[None]]:
    async def revoked(certificate_id: str) -> None:
        async with sessions() as session, session.begin():
            found = await certificates.lock(session, UUID(certificate_id))
            assert found is not None
            await certificates.revoke(session, found, RevocationReason.KEY_COMPROMISE, clock.now())

    return revoked


async def a_credential(
    client: httpx2.AsyncClient, certificate: dict[str, Any], headers: dict[str, str], key: Any = None
) -> httpx2.Response:
    address = f"{V1}/certificates/{certificate['id']}/credential"
    return await client.post(address, json={"wallet_key": key}, headers=headers)


def opened(credential: str, keys: facts.Keys) -> tuple[dict[str, Any], dict[str, Any]]:
    """What everybody sees of a credential, and what its holder may show."""
    token, *disclosures, _ = credential.split("~")
    shown = dict(compact.read(token, "dc+sd-jwt", keys))
    digests = {compact.encode(hashlib.sha256(one.encode()).digest()) for one in disclosures}
    assert digests == set(shown.pop("_sd"))
    return shown, {name: value for _, name, value in map(json.loads, map(compact.decode, disclosures))}


async def test_its_print_is_scanned_and_checked_offline_and_so_is_its_revocation(
    client: httpx2.AsyncClient,
    issued: Issued,
    revoke: Callable[[str], Awaitable[None]],
    as_: As,
    program: Callable[..., bytes],
    offline: Offline,
    trust_folder: Path,
    tmp_path: Path,
) -> None:
    person, certificate = await issued()
    file = await client.get(certificate["file"], headers=as_(person))
    (tmp_path / "certificate.pdf").write_bytes(file.content)
    program("pdftoppm", "-r", "150", "-gray", "-singlefile", tmp_path / "certificate.pdf", tmp_path / "print")
    scanned = program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", tmp_path / "print.pgm")
    link = scanned.decode().strip()

    pem = trust_folder / "facts.pem"
    ended, said, _ = offline(link, pem)
    assert (ended, said["no"], said["holder"]) == (0, certificate["label"], "A. P.")
    address = urlsplit(said["revocation"].removeprefix("not checked: ")).path
    listed = tmp_path / "list.jwt"
    for standing in ("VALID", "REVOKED"):
        listed.write_text((await client.get(address)).text)
        _, said, _ = offline(link, pem, listed)
        assert (said["standing"], said["revocation"]) == (standing, "checked")
        await revoke(certificate["id"])


async def test_a_credential_is_for_its_holder_alone(
    client: httpx2.AsyncClient, issued: Issued, outside: Outside, as_: As
) -> None:
    person, certificate = await issued()
    stranger = await a_credential(client, certificate, as_(outside.add_person()))
    assert stranger.json()["type"].endswith("/certificate-not-found")
    low = await a_credential(client, certificate, as_(person, assurance=Assurance.LOW))
    assert low.json()["type"].endswith("/insufficient-user-authentication")


async def test_a_wallet_gets_the_same_facts_and_the_holders_data(
    client: httpx2.AsyncClient, issued: Issued, as_: As, trust_folder: Path
) -> None:
    person, certificate = await issued()
    key = ECKey.generate_key("P-256").as_dict(private=False)
    answer = await a_credential(
        client, certificate, as_(person), {name: key[name] for name in ("kty", "crv", "x", "y")}
    )
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    keys = facts.keys((trust_folder / "facts.pem").read_bytes())
    shown, disclosed = opened(answer.json()["credential"], keys)
    assert shown["cnf"]["jwk"]["x"] == key["x"]
    assert (await client.get(urlsplit(shown["vct"]).path)).json()["vct"] == shown["vct"]
    assert disclosed["document_number"] == certificate["label"]
    assert disclosed["has_entries"] is False
    assert (disclosed["family_name"], disclosed["expiry_date"]) == ("Popescu", certificate["valid_until"])
    place = shown["status"]["status_list"]
    listed = (await client.get(urlsplit(place["uri"]).path)).text
    told = status_list.read(listed, keys, address=place["uri"], now=clock.now())
    assert told.at(place["idx"]) is Status.VALID
    assert datetime.fromtimestamp(shown["exp"], clock.BUCHAREST).hour == 0


async def test_entries_change_one_claim_and_nothing_that_is_always_shown(
    client: httpx2.AsyncClient, issued: Issued, as_: As, trust_folder: Path
) -> None:
    keys = facts.keys((trust_folder / "facts.pem").read_bytes())
    seen = []
    for entries in ((), (JUDGMENT,)):
        person, certificate = await issued(entries=entries)
        answer = await a_credential(client, certificate, as_(person))
        seen.append(opened(answer.json()["credential"], keys))
    (shown, disclosed), (shown_with, disclosed_with) = seen
    assert shown.keys() == shown_with.keys()
    assert disclosed.keys() == disclosed_with.keys()
    assert (disclosed["has_entries"], disclosed_with["has_entries"]) == (False, True)
    assert JUDGMENT.court not in str(disclosed_with)


async def test_a_key_that_is_no_point_of_the_curve_is_refused(
    client: httpx2.AsyncClient, issued: Issued, as_: As
) -> None:
    person, certificate = await issued()
    nowhere = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
    answer = await a_credential(client, certificate, as_(person), nowhere)
    assert answer.json()["type"].endswith("/wallet-key-invalid")


async def test_a_revoked_certificate_goes_into_no_wallet(
    client: httpx2.AsyncClient, issued: Issued, revoke: Callable[[str], Awaitable[None]], as_: As
) -> None:
    person, certificate = await issued()
    await revoke(certificate["id"])
    answer = await a_credential(client, certificate, as_(person))
    assert answer.json()["type"].endswith("/certificate-over")
