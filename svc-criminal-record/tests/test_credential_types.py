"""What wallets read of the types of their credentials."""

from datetime import date

import httpx2
import pytest

from svc_criminal_record.domain import facts
from svc_criminal_record.domain.credential_types import LABELS, MANDATORY, NAMES, OF_PRODUCT, CredentialType
from svc_criminal_record.domain.facts import Credential
from svc_criminal_record.domain.products import Product

PERSON = facts.person("Popescu", "Ana", date(1999, 2, 15), "2990215409000")
ORGANISATION = facts.organisation("Exemplu SRL", "14399840")


def claims(holder: dict[str, str]) -> set[str]:
    issued = Credential(
        number="CJ 0048213",
        code="K7QF2M9XT4PA8WDC",
        holder=holder,
        purpose="Angajare",
        issued_on=date(2026, 11, 22),
        valid_until=date(2027, 5, 22),
        has_entries=True,
    )
    return set(issued.claims())


def test_every_claim_has_a_label_and_every_label_a_claim() -> None:
    assert claims(PERSON) | claims(ORGANISATION) == set(LABELS)


def test_what_is_mandatory_is_in_the_credential_of_everybody() -> None:
    assert claims(PERSON) & claims(ORGANISATION) == MANDATORY


def test_every_type_and_claim_is_named_in_three_languages() -> None:
    assert set(NAMES) == set(OF_PRODUCT.values()) == set(CredentialType)
    assert set(OF_PRODUCT) == set(Product)
    for names in (*NAMES.values(), *LABELS.values()):
        assert list(names) == ["ro", "hu", "en"]


@pytest.mark.parametrize("name", list(CredentialType))
async def test_a_type_is_read_at_its_own_address(client: httpx2.AsyncClient, name: CredentialType) -> None:
    answer = await client.get(f"/criminal-record/v1/credential-types/{name}")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    described = answer.json()
    assert described["vct"].endswith(f"/criminal-record/v1/credential-types/{name}")
    assert {shown["locale"]: shown["name"] for shown in described["display"]} == NAMES[name]
    assert {claim["path"][0] for claim in described["claims"] if claim["mandatory"]} == MANDATORY
    assert {claim["sd"] for claim in described["claims"]} == {"always"}


async def test_another_type_there_is_not(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/criminal-record/v1/credential-types/passport")).status_code == 422
