"""What the owner of a client says of it, and the rules that its metadata keeps as a whole."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from hub_core.language import Language
from hub_core.problem import FieldError

from . import client_address, public_key, scopes
from .client import ApplicationType, Authentication, Client, Environment, GrantType, Profile, SubjectType

MOST_ADDRESSES: Final = 10
MOST_KEYS: Final = 5

_NO_NAME: Final = "Give a name in each language."
_TWICE: Final = "This is given twice."
_TOO_MANY: Final = "There are too many of these."
_NO_REDIRECT: Final = "The grant authorization_code needs a redirect address."
_NO_CODE: Final = "Redirect addresses serve the grant authorization_code only."
_NO_GRANT: Final = "An application needs at least one grant type."
_REFRESH_ALONE: Final = "The grant refresh_token needs a grant that people give."
_OFFLINE: Final = "The scope offline_access and the grant refresh_token go together."
_NOT_PUBLIC: Final = "Only a client that proves itself may have this grant."
_NOTHING_OWN: Final = "No scope is left that means something without a person."
_UNKNOWN_SCOPE: Final = "There is no such scope."
_CLOSED_SCOPE: Final = "This scope is given by a review only."
_NO_SCOPE: Final = "An application needs at least one scope."
_NO_KEY: Final = "The method private_key_jwt needs a public key."
_NO_USE: Final = "Keys serve the method private_key_jwt only."
_NATIVE_SECRET: Final = (
    "An application on people's devices cannot keep a secret; use none or private_key_jwt."
)
_FAPI_KEY: Final = "The profile FAPI needs private_key_jwt."
_FAPI_BOUND: Final = "The profile FAPI binds tokens to a key."
_FAPI_GRANT: Final = "The profile FAPI does not know this grant."
_FAPI_ADDRESS: Final = "The profile FAPI answers to https addresses only."
_LOGOUT: Final = "This address must be https, on the host of a redirect address."
TEXTS: Final = (
    *(_NO_NAME, _TWICE, _TOO_MANY, _NO_REDIRECT, _NO_CODE),
    *(_NO_GRANT, _REFRESH_ALONE, _OFFLINE, _NOT_PUBLIC, _NOTHING_OWN, _UNKNOWN_SCOPE, _CLOSED_SCOPE),
    *(_NO_SCOPE, _NO_KEY, _NO_USE, _NATIVE_SECRET, _FAPI_KEY, _FAPI_BOUND, _FAPI_GRANT, _FAPI_ADDRESS),
    _LOGOUT,
)

_BY_PEOPLE: Final = frozenset({GrantType.CODE, GrantType.DEVICE_CODE})
_CONFIDENTIAL_ONLY: Final = frozenset({GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE})
_FAPI_GRANTS: Final = frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.CLIENT_CREDENTIALS})


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the owner of a client says of it (names of RFC 7591 where it has them)."""

    names: dict[Language, str]
    application_type: ApplicationType
    profile: Profile
    authentication: Authentication
    grant_types: frozenset[GrantType]
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    jwks: tuple[dict[str, Any], ...]
    subject_type: SubjectType
    dpop_bound: bool
    backchannel_logout_uri: str | None


def flaws(
    metadata: Metadata, environment: Environment, open_scopes: Collection[str] = scopes.SELF_SERVICE
) -> list[FieldError]:
    """Everything that is wrong with a client's metadata, by JSON pointer; empty for a good one.

    `open_scopes` are those that need no review, or have had theirs.
    """
    return [
        *_names(metadata),
        *_redirects(metadata, environment),
        *_grants(metadata),
        *_scopes(metadata, open_scopes),
        *_proof(metadata),
        *_fapi(metadata),
    ]


def _names(metadata: Metadata) -> Iterator[FieldError]:
    for language in Language:
        if not metadata.names.get(language, "").strip():
            yield FieldError(f"/names/{language}", "missing", _NO_NAME)


def _redirects(metadata: Metadata, environment: Environment) -> Iterator[FieldError]:
    lists = {
        "redirect_uris": metadata.redirect_uris,
        "post_logout_redirect_uris": metadata.post_logout_redirect_uris,
    }
    may_loop = metadata.application_type is ApplicationType.NATIVE or environment is Environment.SANDBOX
    for member, addresses in lists.items():
        if len(addresses) > MOST_ADDRESSES:
            yield FieldError(f"/{member}", "too-many", _TOO_MANY)
        yield from _repeated(member, addresses)
        for place, address in enumerate(addresses):
            wrong = client_address.flaw(address, metadata.application_type, may_loop=may_loop)
            if wrong:
                yield FieldError(f"/{member}/{place}", *wrong)
    if GrantType.CODE in metadata.grant_types and not metadata.redirect_uris:
        yield FieldError("/redirect_uris", "missing", _NO_REDIRECT)
    if GrantType.CODE not in metadata.grant_types and metadata.redirect_uris:
        yield FieldError("/redirect_uris", "unused", _NO_CODE)
    logout = metadata.backchannel_logout_uri
    if logout is not None and not client_address.may_be_called(logout, metadata.redirect_uris):
        yield FieldError("/backchannel_logout_uri", "address", _LOGOUT)


def _repeated(member: str, values: Sequence[str]) -> Iterator[FieldError]:
    times = Counter(values)
    for place, value in enumerate(values):
        if times[value] > 1 and values.index(value) != place:
            yield FieldError(f"/{member}/{place}", "twice", _TWICE)


def _grants(metadata: Metadata) -> Iterator[FieldError]:
    granted = metadata.grant_types
    if not granted:
        yield FieldError("/grant_types", "missing", _NO_GRANT)
    if GrantType.REFRESH in granted and _BY_PEOPLE.isdisjoint(granted):
        yield FieldError("/grant_types", "refresh-alone", _REFRESH_ALONE)
    if metadata.authentication is Authentication.NONE and not _CONFIDENTIAL_ONLY.isdisjoint(granted):
        yield FieldError("/grant_types", "public-client", _NOT_PUBLIC)
    if GrantType.CLIENT_CREDENTIALS in granted and metadata.scopes <= scopes.OF_PERSONS:
        yield FieldError("/scopes", "nothing-own", _NOTHING_OWN)


def _scopes(metadata: Metadata, open_scopes: Collection[str]) -> Iterator[FieldError]:
    if not metadata.scopes:
        yield FieldError("/scopes", "missing", _NO_SCOPE)
    if not metadata.scopes <= scopes.SCOPES.keys():
        yield FieldError("/scopes", "unknown", _UNKNOWN_SCOPE)
    elif not metadata.scopes.issubset(open_scopes):
        yield FieldError("/scopes", "review", _CLOSED_SCOPE)
    if (scopes.OFFLINE_ACCESS in metadata.scopes) is not (GrantType.REFRESH in metadata.grant_types):
        yield FieldError("/scopes", "offline", _OFFLINE)


def _proof(metadata: Metadata) -> Iterator[FieldError]:
    by_key = metadata.authentication is Authentication.PRIVATE_KEY_JWT
    by_secret = metadata.authentication in (Authentication.SECRET_BASIC, Authentication.SECRET_POST)
    if by_secret and metadata.application_type is ApplicationType.NATIVE:
        yield FieldError("/authentication", "native-secret", _NATIVE_SECRET)
    if by_key and not metadata.jwks:
        yield FieldError("/jwks", "missing", _NO_KEY)
    if metadata.jwks and not by_key:
        yield FieldError("/jwks", "unused", _NO_USE)
    if len(metadata.jwks) > MOST_KEYS:
        yield FieldError("/jwks", "too-many", _TOO_MANY)
    seen: set[object] = set()
    for place, key in enumerate(metadata.jwks):
        wrong = public_key.flaw(key)
        if wrong:
            yield FieldError(f"/jwks/{place}", *wrong)
        elif key["kid"] in seen:
            yield FieldError(f"/jwks/{place}/kid", "twice", _TWICE)
        else:
            seen.add(key["kid"])


def _fapi(metadata: Metadata) -> Iterator[FieldError]:
    """The FAPI 2.0 Security Profile: 5.3.2.1, 5.3.3.1 and 5.3.3.2."""
    if metadata.profile is not Profile.FAPI:
        return
    if metadata.authentication is not Authentication.PRIVATE_KEY_JWT:
        yield FieldError("/authentication", "fapi", _FAPI_KEY)
    if not metadata.dpop_bound:
        yield FieldError("/dpop_bound", "fapi", _FAPI_BOUND)
    if metadata.grant_types - _FAPI_GRANTS:
        yield FieldError("/grant_types", "fapi", _FAPI_GRANT)
    for place, address in enumerate(metadata.redirect_uris):
        if not address.startswith("https://"):
            yield FieldError(f"/redirect_uris/{place}", "fapi", _FAPI_ADDRESS)


_MEMBERS: Final = tuple(field.name for field in fields(Metadata))


def metadata_of(client: Client) -> Metadata:
    """What the owner has said of a client."""
    return Metadata(**{name: getattr(client, name) for name in _MEMBERS})


def said(metadata: Metadata) -> dict[str, Any]:
    """The members of metadata by the names that a client has for them."""
    return {name: getattr(metadata, name) for name in _MEMBERS}
