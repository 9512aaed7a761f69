"""Authorization requests, codes and refresh tokens as values: each refusal by its name."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub_core.language import Language
from hub_core.principal import Assurance
from svc_identity.domain import authorization, authorization_request, authorization_step, grant, session
from svc_identity.domain.authorization import Authorization, Prompt
from svc_identity.domain.authorization_step import Present, Step
from svc_identity.domain.client import ApplicationType, Authentication, Client
from svc_identity.domain.grant import Grant, Redemption, Token, TokenKind
from svc_identity.domain.parameters import Parameters
from svc_identity.errors.oauth import OAuthError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANA, ION = UUID(int=1), UUID(int=2)
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CLIENT = Client(
    id="app",
    names={},
    authentication=Authentication.NONE,
    application_type=ApplicationType.WEB,
    secret_hash=None,
    redirect_uris=("https://app.example.org/cb",),
    post_logout_redirect_uris=(),
    scopes=frozenset({"openid", "email", "offline_access"}),
    created_at=NOON,
)
GOOD = {
    "response_type": "code",
    "scope": "openid email",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def parse(**changed: str | None) -> Authorization:
    pairs = [(name, value) for name, value in (GOOD | changed).items() if value is not None]
    return authorization_request.parse(
        UUID(int=9), Parameters(pairs), CLIENT, "https://app.example.org/cb", NOON
    )


def test_a_good_request_is_read() -> None:
    asked = parse(
        prompt="login consent", max_age="60", ui_locales="fr hu-HU en", login_hint="ana@example.org"
    )
    assert asked.scopes == ("openid", "email")
    assert asked.prompts == {Prompt.LOGIN, Prompt.CONSENT}
    assert (asked.max_age, asked.language) == (60, Language.HU)
    assert asked.expires_at - asked.created_at == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "\n"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"scope": "openid petitions:write"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"max_age": "9999999999"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://app.example.org/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"state": "a\x00b"}, "invalid_request"),
        ({"nonce": "a\nb"}, "invalid_request"),
        ({"state": "s" * 4097}, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_by_name(changed: dict[str, str | None], error: str) -> None:
    with pytest.raises(OAuthError) as refused:
        parse(**changed)
    assert refused.value.error == error
    assert refused.value.description.isascii()


@pytest.mark.parametrize("name", [*GOOD, "unknown"])
def test_a_parameter_sent_twice_is_refused(name: str) -> None:
    pairs = [*GOOD.items(), (name, "x"), (name, "x")]
    with pytest.raises(OAuthError, match="invalid_request"):
        authorization_request.parse(
            UUID(int=9), Parameters(pairs), CLIENT, "https://app.example.org/cb", NOON
        )


def test_a_parameter_without_a_value_was_not_sent() -> None:
    assert parse(state="", prompt="", max_age="").state is None


# ── what the request needs next ──


def signed_in(
    at: datetime, who: UUID = ANA, level: Assurance = Assurance.LOW, reachable: Assurance = Assurance.LOW
) -> Present:
    held = session.begin(UUID(int=3), who, b"", "", (session.Method.PASSWORD,), level, at)
    return Present(held, f"sub-{who.int}", reachable)


BEFORE, AFTER = NOON - timedelta(minutes=10), NOON + timedelta(seconds=5)
BOTH = frozenset({"openid", "email"})


@pytest.mark.parametrize(
    ("changed", "held", "consented", "step"),
    [
        ({}, None, BOTH, Step.SIGN_IN),
        ({}, signed_in(BEFORE), BOTH, Step.GRANT),
        ({}, signed_in(BEFORE), frozenset({"openid"}), Step.CONSENT),
        ({}, signed_in(BEFORE), BOTH | {"offline_access"}, Step.GRANT),
        ({"prompt": "login"}, signed_in(BEFORE), BOTH, Step.SIGN_IN),
        ({"prompt": "login"}, signed_in(AFTER), BOTH, Step.GRANT),
        ({"prompt": "select_account"}, signed_in(BEFORE), BOTH, Step.SIGN_IN),
        ({"prompt": "consent"}, signed_in(BEFORE), BOTH, Step.CONSENT),
        ({"max_age": "599"}, signed_in(BEFORE), BOTH, Step.SIGN_IN),
        ({"max_age": "700"}, signed_in(BEFORE), BOTH, Step.GRANT),
        ({"max_age": "0"}, signed_in(BEFORE), BOTH, Step.SIGN_IN),
        ({"max_age": "0"}, signed_in(AFTER), BOTH, Step.GRANT),
    ],
)
def test_the_next_step(changed: Any, held: Any, consented: frozenset[str], step: Step) -> None:
    assert authorization_step.next_step(parse(**changed), held, consented, AFTER) is step


def test_prompt_none_is_answered_instead_of_asking() -> None:
    silent = parse(prompt="none")
    with pytest.raises(OAuthError, match="login_required"):
        authorization_step.next_step(silent, None, BOTH, AFTER)
    with pytest.raises(OAuthError, match="consent_required"):
        authorization_step.next_step(silent, signed_in(BEFORE), (), AFTER)
    assert authorization_step.next_step(silent, signed_in(BEFORE), BOTH, AFTER) is Step.GRANT


def test_the_hint_of_another_person_asks_to_sign_in() -> None:
    hinted = replace(parse(), hinted_subject="sub-2")
    assert authorization_step.next_step(hinted, signed_in(BEFORE), BOTH, AFTER) is Step.SIGN_IN
    assert authorization_step.next_step(hinted, signed_in(BEFORE, ION), BOTH, AFTER) is Step.GRANT
    assert authorization_step.next_step(hinted, signed_in(AFTER, ION), BOTH, AFTER) is Step.GRANT


def test_who_signs_in_as_another_than_hinted_is_not_asked_for_ever() -> None:
    hinted = replace(parse(), hinted_subject="sub-2")
    with pytest.raises(OAuthError, match="login_required"):
        authorization_step.next_step(hinted, signed_in(AFTER), BOTH, AFTER)


# ── step-up (RFC 9470) ──

LOW, SUBSTANTIAL, HIGH = Assurance


@pytest.mark.parametrize(
    ("asked", "levels", "needed"),
    [
        (None, (), LOW),
        ("substantial", (SUBSTANTIAL,), SUBSTANTIAL),
        ("high substantial high", (HIGH, SUBSTANTIAL), SUBSTANTIAL),
        ("urn:mace:incommon:iap:silver high", (HIGH,), HIGH),
        ("phr", (), LOW),
        ("SUBSTANTIAL", (), LOW),
    ],
)
def test_the_lowest_level_asked_for_is_needed(asked: Any, levels: Any, needed: Assurance) -> None:
    request = parse(acr_values=asked)
    assert (request.acr_values, request.needed) == (levels, needed)


@pytest.mark.parametrize(
    ("held", "step"),
    [
        (None, Step.SIGN_IN),
        (signed_in(BEFORE, level=SUBSTANTIAL, reachable=SUBSTANTIAL), Step.GRANT),
        (signed_in(BEFORE, level=HIGH, reachable=HIGH), Step.GRANT),
        (signed_in(BEFORE, reachable=SUBSTANTIAL), Step.SIGN_IN),
        (signed_in(AFTER, reachable=SUBSTANTIAL), Step.UNMET),
        (signed_in(BEFORE), Step.UNMET),
        (signed_in(AFTER), Step.UNMET),
    ],
)
def test_a_level_is_reached_by_signing_in_again_or_not_at_all(held: Any, step: Step) -> None:
    assert authorization_step.next_step(parse(acr_values="substantial"), held, BOTH, AFTER) is step


def test_a_level_that_cannot_be_reached_silently_is_said() -> None:
    silent = parse(acr_values="substantial", prompt="none")
    with pytest.raises(OAuthError, match="unmet_authentication_requirements"):
        authorization_step.next_step(silent, signed_in(BEFORE), BOTH, AFTER)
    with pytest.raises(OAuthError, match="login_required"):
        authorization_step.next_step(silent, signed_in(BEFORE, reachable=SUBSTANTIAL), BOTH, AFTER)
    with pytest.raises(OAuthError, match="login_required"):
        authorization_step.next_step(silent, None, BOTH, AFTER)


def test_consent_given_to_this_request_serves_prompt_consent() -> None:
    agreed = replace(parse(prompt="consent"), consented_at=AFTER)
    assert authorization_step.next_step(agreed, signed_in(BEFORE), BOTH, AFTER) is Step.GRANT


def test_an_answer_is_added_to_the_redirect_address() -> None:
    assert authorization.answer("https://a.example/cb", code="1", state=None) == "https://a.example/cb?code=1"
    assert (
        authorization.answer("https://a.example/cb?x=1", state="a b&c")
        == "https://a.example/cb?x=1&state=a+b%26c"
    )


# ── codes ──


def a_grant(**changed: Any) -> Grant:
    given = grant.give(UUID(int=4), parse(), signed_in(BEFORE).session, b"hash", NOON)
    return replace(given, **changed)


def redeem(held: Grant, at: datetime = AFTER, **changed: str) -> Redemption:
    shown = {"client_id": "app", "redirect_uri": "https://app.example.org/cb", "verifier": VERIFIER} | changed
    return grant.redeem_code(held, now=at, **shown)


def test_a_code_is_good_for_its_client_in_its_minute() -> None:
    assert redeem(a_grant()) is Redemption.GOOD
    assert redeem(a_grant(), NOON + timedelta(seconds=59)) is Redemption.GOOD


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://app.example.org/other"},
        {"verifier": "w" * 43},
        {"verifier": ""},
        {"verifier": CHALLENGE},
        {"verifier": "v" * 42},
        {"verifier": "v" * 129},
        {"verifier": "é" * 43},
    ],
)
def test_a_code_shown_wrongly_is_refused(changed: dict[str, str]) -> None:
    assert redeem(a_grant(), **changed) is Redemption.REFUSED


def test_a_code_is_refused_from_its_sixtieth_second() -> None:
    assert redeem(a_grant(), NOON + timedelta(seconds=60)) is Redemption.REFUSED


def test_a_spent_code_shown_again_is_a_replay_even_late_but_not_by_a_stranger() -> None:
    spent = a_grant(code_used_at=NOON)
    assert redeem(spent) is Redemption.REPLAYED
    assert redeem(spent, NOON + timedelta(hours=1)) is Redemption.REPLAYED
    assert redeem(spent, verifier="") is Redemption.REPLAYED
    assert redeem(spent, client_id="other") is Redemption.REFUSED
    assert redeem(replace(spent, ended_at=NOON)) is Redemption.REFUSED


# ── refresh tokens ──


def a_token(**changed: Any) -> Token:
    ends = NOON + timedelta(days=30)
    return replace(Token(b"t", UUID(int=4), TokenKind.REFRESH, ("openid",), NOON, ends), **changed)


def test_a_refresh_token_is_good_once() -> None:
    assert grant.redeem_refresh(a_token(), a_grant(), "app", AFTER) is Redemption.GOOD
    assert grant.redeem_refresh(a_token(used_at=NOON), a_grant(), "app", AFTER) is Redemption.REPLAYED


@pytest.mark.parametrize(
    ("token", "held", "client_id"),
    [
        (a_token(), a_grant(), "other"),
        (a_token(used_at=NOON), a_grant(), "other"),
        (a_token(kind=TokenKind.ACCESS), a_grant(), "app"),
        (a_token(expires_at=AFTER), a_grant(), "app"),
        (a_token(), a_grant(ended_at=NOON), "app"),
        (a_token(used_at=NOON), a_grant(ended_at=NOON), "app"),
    ],
)
def test_a_refresh_token_is_refused(token: Token, held: Grant, client_id: str) -> None:
    assert grant.redeem_refresh(token, held, client_id, AFTER) is Redemption.REFUSED


def test_scopes_are_narrowed_never_widened() -> None:
    assert grant.narrow(("openid", "email"), ("email",)) == ("email",)
    assert grant.narrow(("openid", "email"), ()) == ("openid", "email")
    with pytest.raises(OAuthError, match="invalid_scope"):
        grant.narrow(("openid",), ("email",))
