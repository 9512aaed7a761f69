"""A wallet shows a certificate, and an employer reads it, with a library of others (@sd-jwt/sd-jwt-vc)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from joserfc.jwk import ECKey

from hub_cli.outside.trust import authority
from hub_documents import facts, status_list, wallet
from hub_documents.facts import FactsSigner
from hub_documents.status_list import Status

from .conftest import Show

NOW = datetime.now(UTC)
KIND = "https://hub.example/criminal-record/v1/credential-types/criminal-record"
LIST = "https://hub.example/criminal-record/v1/status-lists/1"
CLAIMS = {
    "family_name": "Țurcan-Szőke",
    "given_name": "Ștefănel",
    "birthdate": date(1985, 3, 12).isoformat(),
    "purpose": "Angajare",
    "has_entries": False,
}
TYPE = wallet.type_metadata(
    KIND,
    {"ro": "Certificat de cazier judiciar", "en": "Criminal-record certificate"},
    {claim: {"ro": claim, "en": claim} for claim in CLAIMS},
    mandatory=CLAIMS,
)
A_DAY = timedelta(days=1)

Issue: TypeAlias = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def signer(trust_folder: Path) -> FactsSigner:
    return facts.from_files(
        trust_folder / "facts.pem", trust_folder / "facts.key", trust_folder / "chain.pem"
    )


@pytest.fixture
def issue(signer: FactsSigner, trust_folder: Path) -> Issue:
    """A credential with what its verifier needs; `revoked` indexes are in the list, `days` it lasts."""

    def issued(holder_key: Any = None, revoked: tuple[int, ...] = (), days: int = 180) -> dict[str, Any]:
        credential = wallet.issue(
            CLAIMS,
            signer,
            issuer="https://hub.example",
            kind=KIND,
            issued_at=NOW - A_DAY,
            expires_at=NOW + timedelta(days=days),
            status=(LIST, 482),
            holder_key=holder_key,
        )
        packed = status_list.bits(dict.fromkeys(revoked, Status.INVALID), size=1 << 20)
        listed = status_list.token(
            packed, signer, address=LIST, issued_at=NOW, valid_for=A_DAY, ttl=timedelta(hours=1)
        )
        pem = (trust_folder / "facts.pem").read_text()
        return {"credential": credential, "list": listed, "type": TYPE, "pem": pem}

    return issued


def test_an_employer_reads_what_is_shown_and_nothing_else(issue: Issue, show: Show) -> None:
    read = show(issue(), "family_name", "has_entries")
    assert {name: value for name, value in read["payload"].items() if name in CLAIMS} == {
        "family_name": "Țurcan-Szőke",
        "has_entries": False,
    }
    assert read["payload"]["vct"] == read["type"]["vct"] == KIND
    assert read["payload"]["iss"] == "https://hub.example"
    assert read["bound"] is None


def test_a_bound_credential_is_shown_with_the_key_of_its_wallet(issue: Issue, show: Show) -> None:
    key = ECKey.generate_key("P-256")
    given = issue(holder_key=key.as_dict(private=False))
    read = show(given, "purpose", wallet=key.as_dict(private=True), nonce="n-0S6_WzA2Mj")
    assert read["bound"] == "https://employer.example"
    assert read["payload"]["purpose"] == "Angajare"


def test_who_has_a_bound_credential_without_its_wallet_shows_nothing(issue: Issue, show: Show) -> None:
    key, another = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    given = issue(holder_key=key.as_dict(private=False))
    assert "refused" in show(given, "purpose", wallet=another.as_dict(private=True), nonce="n-0S6_WzA2Mj")
    assert "refused" in show(given, "purpose", nonce="n-0S6_WzA2Mj")


def test_a_revoked_and_an_expired_credential_are_refused(issue: Issue, show: Show) -> None:
    assert show(issue(revoked=(482,)), "purpose") == {"refused": "Status is not valid"}
    assert "payload" in show(issue(revoked=(481, 483)), "purpose")
    assert "expired" in show(issue(days=0), "purpose")["refused"]


def test_a_changed_claim_and_another_issuer_are_refused(issue: Issue, show: Show, tmp_path: Path) -> None:
    given = issue()
    token, *disclosures, end = given["credential"].split("~")
    changed = "~".join([token, disclosures[0][:-4] + "AAAA", *disclosures[1:], end])
    assert "family_name" not in show({**given, "credential": changed}, "family_name").get("payload", {})
    authority.make(str(tmp_path), "http://localhost/trust")
    assert "refused" in show({**given, "pem": (tmp_path / "facts.pem").read_text()}, "purpose")
