"""The rules of client metadata: every flaw is named, and what passes is safe."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from hub_core import clock, ids
from hub_core.decisions import OwnCase
from hub_core.language import Language
from svc_identity.domain import application, client_address, client_metadata, public_key, scopes
from svc_identity.domain.application import Review, ReviewState
from svc_identity.domain.client import (
    ApplicationType,
    Authentication,
    Environment,
    GrantType,
    Plan,
    Profile,
    State,
    SubjectType,
    may_be_used_by,
)
from svc_identity.domain.client_metadata import Metadata
from svc_identity.errors.applications import ReviewNeeded, WrongState

NOW = clock.now()
OWNER, ADMIN = UUID(int=1), UUID(int=2)
EC = {**ECKey.generate_key("P-256", private=False).as_dict(private=False), "kid": "ec"}
EC_PRIVATE = {**ECKey.generate_key("P-256").as_dict(private=True), "kid": "ec"}
EC_384 = {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "ec-384"}
ED = {**OKPKey.generate_key("Ed25519").as_dict(private=False), "kid": "ed"}
RSA = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "rsa"}


def weak_rsa() -> dict[str, Any]:
    modulus = (1 << 1023 | 1).to_bytes(128)
    return {"kty": "RSA", "kid": "weak", "n": urlsafe_b64encode(modulus).rstrip(b"=").decode(), "e": "AQAB"}


def metadata(**changed: Any) -> Metadata:
    good: dict[str, Any] = {
        "names": dict.fromkeys(Language, "Portal"),
        "application_type": ApplicationType.WEB,
        "profile": Profile.OPENID,
        "authentication": Authentication.SECRET_BASIC,
        "grant_types": frozenset({GrantType.CODE, GrantType.REFRESH}),
        "redirect_uris": ("https://portal.example.org/callback",),
        "post_logout_redirect_uris": (),
        "scopes": frozenset({"openid", "offline_access", "petitions:read"}),
        "jwks": (),
        "subject_type": SubjectType.PAIRWISE,
        "dpop_bound": False,
        "backchannel_logout_uri": None,
    }
    return Metadata(**(good | changed))


FAPI: dict[str, Any] = {
    "profile": Profile.FAPI,
    "authentication": Authentication.PRIVATE_KEY_JWT,
    "jwks": (EC,),
    "dpop_bound": True,
}
NATIVE: dict[str, Any] = {
    "application_type": ApplicationType.NATIVE,
    "authentication": Authentication.NONE,
}


def found(said: Metadata, environment: Environment = Environment.PRODUCTION) -> list[tuple[str, str]]:
    return [(flaw.pointer, flaw.code) for flaw in client_metadata.flaws(said, environment)]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        FAPI,
        FAPI | {"jwks": (EC, ED, RSA)},
        NATIVE | {"redirect_uris": ("http://127.0.0.1/callback", "http://[::1]:8080/callback")},
        NATIVE | {"redirect_uris": ("ro.example.app:/callback",)},
        {"redirect_uris": ("https://portal.example.org:8443/a?b=c",)},
        {"backchannel_logout_uri": "https://portal.example.org/logout"},
        {"authentication": Authentication.PRIVATE_KEY_JWT, "jwks": (RSA,)},
        {
            "grant_types": frozenset({GrantType.CLIENT_CREDENTIALS}),
            "redirect_uris": (),
            "scopes": frozenset({"petitions:read"}),
        },
    ],
)
def test_good_metadata_passes(changed: dict[str, Any]) -> None:
    assert found(metadata(**changed)) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://portal.example.org/callback",
        "https://portal.example.org/callback#fragment",
        "https://portal.example.org/callback#",
        "https://*.example.org/callback",
        "https://portal.example.org/*",
        "https://user@portal.example.org/callback",
        "https://portal.example.org\\@evil.example/callback",
        "https:portal.example.org/callback",
        "https:///callback",
        "https://portal/callback",
        "https://10.0.0.1/callback",
        "https://[2001:db8::1]/callback",
        "https://localhost/callback",
        "https://portal.local/callback",
        "https://portal.example.org/a/../callback",
        "https://portal.example.org/a/%2e%2E/callback",
        "https://portal.example.org/call back",
        "https://portal.example.org/%zz",
        "https://portal.example.org:0/callback",
        "https://portal.example.org:99999/callback",
        "https://portál.example.org/callback",
        "https://PORTAL.example.org/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ro.example.app:/callback",
        "//portal.example.org/callback",
        "/callback",
        "",
    ],
)
def test_an_address_that_two_readers_read_in_two_ways_is_refused(address: str) -> None:
    assert [pointer for pointer, _ in found(metadata(redirect_uris=(address,)))] == ["/redirect_uris/0"]


@pytest.mark.parametrize("scheme", ["javascript", "data", "file", "intent", "app", "http"])
def test_a_scheme_of_ones_own_is_a_reversed_domain(scheme: str) -> None:
    said = metadata(**NATIVE, redirect_uris=(f"{scheme}:/callback",))
    assert found(said)[0][0] == "/redirect_uris/0"


def test_a_web_application_may_answer_on_its_own_machine_in_the_sandbox_only() -> None:
    said = metadata(redirect_uris=("http://localhost:3000/callback",))
    assert found(said, Environment.SANDBOX) == []
    assert found(said) == [("/redirect_uris/0", "loopback")]


@pytest.mark.parametrize(
    ("changed", "flaw"),
    [
        ({"names": {Language.RO: "Portal", Language.HU: "Portal"}}, ("/names/en", "missing")),
        ({"names": dict.fromkeys(Language, " ")}, ("/names/ro", "missing")),
        ({"redirect_uris": ()}, ("/redirect_uris", "missing")),
        ({"redirect_uris": ("https://a.example.org/?code=1",)}, ("/redirect_uris/0", "reserved")),
        ({"redirect_uris": ("https://a.example.org/",) * 2}, ("/redirect_uris/1", "twice")),
        (
            {"redirect_uris": tuple(f"https://a.example.org/{n}" for n in range(11))},
            ("/redirect_uris", "too-many"),
        ),
        ({"grant_types": frozenset()}, ("/grant_types", "missing")),
        ({"grant_types": frozenset({GrantType.REFRESH})}, ("/grant_types", "refresh-alone")),
        (
            NATIVE
            | {
                "redirect_uris": ("http://127.0.0.1/",),
                "grant_types": frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.TOKEN_EXCHANGE}),
            },
            ("/grant_types", "public-client"),
        ),
        ({"scopes": frozenset()}, ("/scopes", "missing")),
        ({"scopes": frozenset({"openid", "offline_access", "wrong"})}, ("/scopes", "unknown")),
        ({"scopes": frozenset({"openid", "offline_access", "staff"})}, ("/scopes", "review")),
        ({"scopes": frozenset({"openid"})}, ("/scopes", "offline")),
        (
            {
                "grant_types": frozenset({GrantType.CLIENT_CREDENTIALS}),
                "redirect_uris": (),
                "scopes": frozenset({"openid"}),
            },
            ("/scopes", "nothing-own"),
        ),
        (NATIVE | {"authentication": Authentication.SECRET_POST}, ("/authentication", "native-secret")),
        ({"authentication": Authentication.PRIVATE_KEY_JWT}, ("/jwks", "missing")),
        ({"jwks": (EC,)}, ("/jwks", "unused")),
        (FAPI | {"jwks": (EC, EC)}, ("/jwks/1/kid", "twice")),
        (FAPI | {"jwks": (EC_PRIVATE,)}, ("/jwks/0", "private-key")),
        (FAPI | {"jwks": (EC_384,)}, ("/jwks/0", "key-type")),
        (FAPI | {"jwks": (weak_rsa(),)}, ("/jwks/0", "key-value")),
        (FAPI | {"jwks": ({**EC, "alg": "RS256"},)}, ("/jwks/0", "key-type")),
        (FAPI | {"jwks": ({**EC, "kid": "two words"},)}, ("/jwks/0", "kid")),
        (FAPI | {"jwks": ({**EC, "use": "enc"},)}, ("/jwks/0", "key-use")),
        (FAPI | {"jwks": ({**EC, "y": EC["x"]},)}, ("/jwks/0", "key-value")),
        (FAPI | {"jwks": ({"kty": "oct", "k": "AAAA", "kid": "s"},)}, ("/jwks/0", "private-key")),
        (FAPI | {"jwks": ({"kty": [], "kid": "s"},)}, ("/jwks/0", "key-type")),
        (FAPI | {"dpop_bound": False}, ("/dpop_bound", "fapi")),
        (
            FAPI | {"grant_types": frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.DEVICE_CODE})},
            ("/grant_types", "fapi"),
        ),
        (
            {"backchannel_logout_uri": "https://169.254.169.254/latest"},
            ("/backchannel_logout_uri", "address"),
        ),
        (
            {"backchannel_logout_uri": "https://other.example.org/logout"},
            ("/backchannel_logout_uri", "address"),
        ),
        (
            {"backchannel_logout_uri": "https://portal.example.org:6379/"},
            ("/backchannel_logout_uri", "address"),
        ),
    ],
)
def test_each_flaw_is_named_by_its_place(changed: dict[str, Any], flaw: tuple[str, str]) -> None:
    assert flaw in found(metadata(**changed))


def test_all_flaws_are_named_at_once() -> None:
    said = metadata(
        names={},
        redirect_uris=("http://portal.example.org/",),
        scopes=frozenset({"openid", "nothing"}),
        jwks=(EC_PRIVATE,),
    )
    pointers = [pointer for pointer, _ in found(said)]
    assert {"/names/ro", "/redirect_uris/0", "/scopes", "/jwks", "/jwks/0"} <= set(pointers)


def test_every_text_of_a_flaw_is_known() -> None:
    known = {*client_metadata.TEXTS, *client_address.TEXTS, *public_key.TEXTS}
    said = metadata(names={}, redirect_uris=("x",), scopes=frozenset(), jwks=(EC_PRIVATE, {}))
    assert {flaw.detail for flaw in client_metadata.flaws(said, Environment.SANDBOX)} <= known


ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"(https?|[a-z.]{2,12}):/{0,3}[ -~]{0,40}", fullmatch=True),
    st.sampled_from(
        ["https://a.example.org/cb", "http://127.0.0.1/cb", "ro.example.app:/cb", "https://a.b#c"]
    ),
)


@given(
    kind=st.sampled_from(ApplicationType),
    profile=st.sampled_from(Profile),
    method=st.sampled_from(Authentication),
    granted=st.frozensets(st.sampled_from(GrantType)),
    redirects=st.lists(ADDRESSES, max_size=3),
    asked=st.frozensets(st.sampled_from([*scopes.SCOPES, "nothing"])),
    keys=st.lists(st.sampled_from([EC, ED, RSA, EC_PRIVATE, EC_384]), max_size=3),
    bound=st.booleans(),
    logout=st.none() | ADDRESSES,
    environment=st.sampled_from(Environment),
)
def test_whatever_passes_is_safe(
    kind: ApplicationType,
    profile: Profile,
    method: Authentication,
    granted: frozenset[GrantType],
    redirects: list[str],
    asked: frozenset[str],
    keys: list[dict[str, Any]],
    bound: bool,
    logout: str | None,
    environment: Environment,
) -> None:
    said = metadata(
        application_type=kind,
        profile=profile,
        authentication=method,
        grant_types=granted,
        redirect_uris=tuple(redirects),
        scopes=asked,
        jwks=tuple(keys),
        dpop_bound=bound,
        backchannel_logout_uri=logout,
    )
    if client_metadata.flaws(said, environment):
        return
    assert asked <= scopes.SELF_SERVICE
    assert bool(keys) is (method is Authentication.PRIVATE_KEY_JWT)
    assert not any("d" in key for key in keys)
    for address in redirects:
        parts = urlsplit(address)
        assert "#" not in address
        assert "*" not in address
        assert not parts.username
        assert parts.scheme in ("https", "http") or "." in parts.scheme
        if parts.scheme == "http":
            assert parts.hostname in ("127.0.0.1", "::1", "localhost")
            assert kind is ApplicationType.NATIVE or environment is Environment.SANDBOX
    if method is Authentication.NONE:
        assert granted.isdisjoint({GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE})
    if profile is Profile.FAPI:
        assert method is Authentication.PRIVATE_KEY_JWT
        assert bound
    if logout is not None:
        assert urlsplit(logout).hostname in {urlsplit(address).hostname for address in redirects}


@given(
    st.dictionaries(
        st.text(max_size=8), st.none() | st.text(max_size=50) | st.integers() | st.lists(st.text())
    )
)
def test_no_document_breaks_the_check_of_keys(key: dict[str, Any]) -> None:
    assert public_key.flaw(key) is not None


# What becomes of a client.


def a_client(**changed: Any) -> Any:
    return application.register("app-1", metadata(**changed), OWNER, NOW)


def a_review(client: Any, **changed: Any) -> Review:
    said = replace(client_metadata.metadata_of(client), **changed)
    return Review(ids.new_id(), client.id, said, "for people", OWNER, NOW, ReviewState.REQUESTED)


def test_a_new_client_is_in_the_sandbox() -> None:
    made = a_client()
    assert (made.environment, made.plan, made.state, made.owner_id) == ("SANDBOX", "SANDBOX", "ACTIVE", OWNER)


def test_clients_without_a_host_share_no_subjects() -> None:
    assert a_client().sector == ""
    assert a_client(**NATIVE, redirect_uris=("http://127.0.0.1/cb",)).sector == "app-1"


def test_a_secret_is_replaced_without_a_gap() -> None:
    first = application.renew_secret(a_client(), b"1", NOW, overlap=True)
    second = application.renew_secret(first, b"2", NOW, overlap=True)
    week = timedelta(days=7)
    assert second.secrets_at(NOW + week - timedelta(seconds=1)) == [b"2", b"1"]
    assert second.secrets_at(NOW + week) == [b"2"]
    assert application.renew_secret(second, b"3", NOW, overlap=False).secrets_at(NOW) == [b"3"]


def test_another_method_ends_the_secret() -> None:
    held = application.renew_secret(a_client(), b"1", NOW, overlap=True)
    by_key = metadata(authentication=Authentication.PRIVATE_KEY_JWT, jwks=(EC,))
    assert application.amend(held, by_key).secrets_at(NOW) == []


def test_in_production_only_keys_change_without_a_review() -> None:
    by_key: dict[str, Any] = {"authentication": Authentication.PRIVATE_KEY_JWT, "jwks": (EC,)}
    held = replace(a_client(**by_key), environment=Environment.PRODUCTION)
    rotated = application.amend(held, metadata(**by_key | {"jwks": (EC, ED)}))
    assert rotated.jwks == (EC, ED)
    with pytest.raises(ReviewNeeded):
        application.amend(held, metadata(**by_key, redirect_uris=("https://b.example.org/",)))


def test_what_is_published_is_what_was_reviewed() -> None:
    held = a_client()
    review = a_review(held, scopes=frozenset({"openid", "offline_access", "staff"}))
    changed = application.amend(held, metadata(redirect_uris=("https://evil.example.org/",)))
    published = application.publish(changed, review, Plan.PARTNER)
    assert published.redirect_uris == held.redirect_uris
    assert "staff" in published.scopes
    assert (published.environment, published.plan) == ("PRODUCTION", "PARTNER")
    assert published.version == changed.version + 1


def test_a_key_replaced_during_the_review_stays_replaced() -> None:
    held = a_client(authentication=Authentication.PRIVATE_KEY_JWT, jwks=(EC,))
    review = a_review(held)
    rotated = application.amend(held, replace(client_metadata.metadata_of(held), jwks=(ED,)))
    assert application.publish(rotated, review, Plan.STANDARD).jwks == (ED,)


def test_nobody_reviews_their_own_client() -> None:
    with pytest.raises(OwnCase):
        application.decide(a_review(a_client()), ReviewState.APPROVED, OWNER, None, NOW)


def test_a_review_is_decided_once() -> None:
    decided = application.decide(a_review(a_client()), ReviewState.REFUSED, ADMIN, "no", NOW)
    with pytest.raises(WrongState):
        application.decide(decided, ReviewState.APPROVED, ADMIN, None, NOW)


@pytest.mark.parametrize("by_owner", [True, False])
@pytest.mark.parametrize("after", State)
@pytest.mark.parametrize("before", State)
def test_the_states_of_a_client(before: State, after: State, by_owner: bool) -> None:
    owner = {("ACTIVE", "SUSPENDED"), ("SUSPENDED", "ACTIVE")}
    admin = owner | {("ACTIVE", "BLOCKED"), ("SUSPENDED", "BLOCKED"), ("BLOCKED", "ACTIVE")}
    allowed = (before, after) in (owner if by_owner else admin) or after in (before, State.DELETED)
    held = replace(a_client(), state=before)
    if allowed:
        assert application.move(held, after, by_owner=by_owner).state is after
    else:
        with pytest.raises(WrongState):
            application.move(held, after, by_owner=by_owner)


@pytest.mark.parametrize(
    ("email", "allowed"),
    [
        ("ana@example.org", True),
        ("ana@mail.example.com", True),
        ("ana@town.test", True),
        ("ana@example.org.ro", False),
        ("ana@notexample.org", False),
        ("example.org@town.ro", False),
    ],
)
def test_the_sandbox_is_for_invented_people(email: str, allowed: bool) -> None:
    made = a_client()
    assert may_be_used_by(made, ADMIN, email) is allowed
    assert may_be_used_by(made, OWNER, email)
    assert may_be_used_by(replace(made, environment=Environment.PRODUCTION), ADMIN, email)
