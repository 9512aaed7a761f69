"""Client applications registered from a file: what fits, and what is wrong with what does not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from svc_identity import commands
from svc_identity.domain.account import Account
from svc_identity.domain.client import Authentication, GrantType, Profile, SubjectType
from svc_identity.schemas.registration import ClientsFile
from svc_identity.settings import Settings
from svc_identity.storage import clients

INSTITUTION = "0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b70"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "clients.json"


@pytest.fixture
def written() -> Callable[..., str]:
    """The example with `changed` members in its first client; `None` takes one away."""

    def write(**changed: Any) -> str:
        described = json.loads(EXAMPLE.read_text())
        first = described["clients"][0] | changed
        described["clients"][0] = {name: value for name, value in first.items() if value is not None}
        return json.dumps(described)

    return write


@pytest.fixture
def put(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(commands, "Settings", lambda: settings)
    return commands.put_clients


async def test_the_example_is_registered_and_may_be_told_twice(
    put: Any, written: Callable[..., str], session: Any, looking: asyncpg.Connection
) -> None:
    assert await put(EXAMPLE.read_text()) == "front-end: registered\npartner: registered"
    assert await put(written(scope="openid"))
    async with session.begin():
        front_end = await clients.find(session, "front-end")
        partner = await clients.find(session, "partner")
    assert front_end is not None
    assert partner is not None
    assert front_end.scopes == {"openid"}
    assert front_end.authentication is Authentication.PRIVATE_KEY_JWT
    assert (partner.profile, partner.subject_type) == (Profile.FAPI, SubjectType.PAIRWISE)
    assert partner.sector_identifier == "partner.example.org"
    assert GrantType.CLIENT_CREDENTIALS in partner.grant_types
    assert await looking.fetchval("SELECT count(*) FROM clients WHERE id IN ('front-end', 'partner')") == 2


async def test_a_stopped_application_stays_stopped_and_a_persons_own_is_not_touched(
    put: Any, written: Callable[..., str], looking: asyncpg.Connection, ana: Account
) -> None:
    await put(written(client_id="stopped"))
    await looking.execute("UPDATE clients SET state = 'BLOCKED' WHERE id = 'stopped'")
    await put(written(client_id="stopped"))
    row = await looking.fetchrow("SELECT state, version FROM clients WHERE id = 'stopped'")
    assert tuple(row or ()) == ("BLOCKED", 2)
    await looking.execute("UPDATE clients SET owner_id = $1 WHERE id = 'stopped'", ana.id)
    with pytest.raises(ValueError, match="belongs to a person"):
        await put(written(client_id="stopped"))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"client_id": "two words"}, "client_id"),
        ({"client_name": {"ro": "Un portal"}}, "client_name lacks hu, en"),
        ({"scope": "openid everything"}, "everything"),
        ({"scope": " "}, "scopes"),
        ({"jwks": None}, "private_key_jwt needs jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "jwks"),
        ({"client_secret": "s" * 40}, "client_secret"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "client_secret"),
        ({"token_endpoint_auth_method": "client_secret_basic", "client_secret": "short"}, "32 characters"),
        ({"redirect_uris": []}, "needs redirect_uris"),
        ({"redirect_uris": ["/callback"]}, "absolute"),
        ({"redirect_uris": ["https://a.example.org/#x"]}, "fragment"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "absolute"),
        ({"profile": "FAPI", "token_endpoint_auth_method": "none"}, "private_key_jwt"),
        ({"backchannel_logout_uri": "http://app.example.org/x"}, "backchannel_logout_uri"),
        ({"grant_types": ["password"]}, "grant_types"),
        ({"redirect_uri": "https://a.example.org/"}, "redirect_uri"),
        ({"institution_id": INSTITUTION}, "needs client_credentials"),
        ({"scope": "criminal-record:extract"}, "for a FAPI client with an institution_id"),
        ({"scope": "criminal-record:extract", "profile": "FAPI"}, "for a FAPI client with an institution_id"),
    ],
)
async def test_what_does_not_fit_is_told_and_nothing_is_stored(
    put: Any, written: Callable[..., str], changed: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        await put(written(**changed))


def test_a_private_key_is_refused_and_not_repeated(written: Callable[..., str]) -> None:
    key = json.loads(EXAMPLE.read_text())["clients"][0]["jwks"]["keys"][0] | {"d": "the-secret-number"}
    with pytest.raises(ValueError, match="jwks") as refused:
        ClientsFile.model_validate_json(written(jwks={"keys": [key]}))
    assert "the-secret-number" not in str(refused.value)
