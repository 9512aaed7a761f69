"""openid-client, a relying party certified by the OpenID Foundation, against the running hub."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from hub_cli.browser import Browser

from ..conftest import Hub
from .conftest import EMAIL, BackChannel, Program, Register

pytestmark = pytest.mark.xdist_group("hub")

APPLICATION = "http://127.0.0.1:8799/"
SCOPES = "openid profile email offline_access petitions:read"


def test_a_front_end_signs_in_refreshes_connects_a_device_and_is_told_of_the_logout(
    hub: Hub, register: Register, back_channel: BackChannel, a_program: Callable[[str], Program]
) -> None:
    secret = secrets.token_urlsafe(32)
    registered = register(
        application_type="native",
        token_endpoint_auth_method="client_secret_basic",
        client_secret=secret,
        redirect_uris=[f"{APPLICATION}callback"],
        post_logout_redirect_uris=[f"{APPLICATION}left"],
        backchannel_logout_uri=back_channel.address,
        grant_types=[
            *("authorization_code", "refresh_token"),
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        scope=SCOPES,
        subject_type="pairwise",
    )
    program, browser = a_program("openid.mjs"), Browser(ends_at=APPLICATION)
    program.say(
        {
            "issuer": hub.origin,
            "client_id": registered["client_id"],
            "secret": secret,
            "redirect_uri": f"{APPLICATION}callback",
            "left_uri": f"{APPLICATION}left",
        }
    )
    for _ in range(5):  # sign in twice, once for nothing, let a device in, sign out
        program.browse(browser)
    program.say({"logout_token": back_channel.heard.get(timeout=20)})
    said = program.hear()
    subject = said.pop("subject")
    assert said == {
        "name": "Ana Popescu",
        "email": EMAIL,
        "verified": True,
        "active": True,
        "petitions": 200,
        "reuse": "invalid_grant",
        "refused": "unmet_authentication_requirements",
        "auth_time": "number",
        "device": subject,
        "left": f"{APPLICATION}left?state=bye",
        "logout": subject,
        "sid": True,
        "ended": "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
    }
    assert back_channel.heard.empty()


def test_a_partner_institution_signs_in_by_the_rules_of_fapi(
    hub: Hub, register: Register, a_key: dict[str, Any], a_program: Callable[[str], Program]
) -> None:
    public = {name: value for name, value in a_key.items() if name != "d"}
    registered = register(
        profile="FAPI",
        application_type="native",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [public]},
        redirect_uris=[f"{APPLICATION}callback"],
        scope=SCOPES,
    )
    program, browser = a_program("partner.mjs"), Browser(ends_at=APPLICATION)
    program.say(
        {
            "issuer": hub.origin,
            "client_id": registered["client_id"],
            "key": a_key,
            "redirect_uri": f"{APPLICATION}callback",
        }
    )
    program.browse(browser)
    said = program.hear()
    assert said.pop("subject")
    assert said.pop("type").lower() == "dpop"
    assert said == {
        "email": EMAIL,
        "pushed": ["client_id", "request_uri"],
        "petitions": 200,
        "bound": "string",
        "bearer": 401,
        "ended": "invalid_grant",
    }
