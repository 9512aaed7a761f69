"""Registering a client: the rules its metadata keeps as a whole, and what becomes of it afterwards."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit
from uuid import UUID

from hub_core.language import Language
from hub_core.problem import FieldError

from ..errors.applications import ReviewNeeded, WrongState
from ..errors.decisions import OwnCase
from . import public_key, rules, scopes
from .client import (
    ApplicationType,
    Authentication,
    Client,
    Environment,
    GrantType,
    Plan,
    Profile,
    State,
    SubjectType,
)
from .rules import RuleId

MOST_ADDRESSES: Final = 10
MOST_KEYS: Final = 5
LONGEST_ADDRESS: Final = 2000

_NO_NAME: Final = "Give a name in each language."
_ADDRESS: Final = (
    "This is no address that an answer can be sent to: https, without fragment, user or wildcard."
)
_LOOPBACK_WEB: Final = "Only a native application, or one in the sandbox, may answer on its own machine."
_SCHEME: Final = "A scheme of a native application is a reversed domain name, such as ro.example.app."
_TWICE: Final = "This is given twice."
_RESERVED: Final = "A redirect address may not hold the parameters of the answer."
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
    *(_NO_NAME, _ADDRESS, _LOOPBACK_WEB, _SCHEME, _TWICE, _RESERVED, _TOO_MANY, _NO_REDIRECT, _NO_CODE),
    *(_NO_GRANT, _REFRESH_ALONE, _OFFLINE, _NOT_PUBLIC, _NOTHING_OWN, _UNKNOWN_SCOPE, _CLOSED_SCOPE),
    *(_NO_SCOPE, _NO_KEY, _NO_USE, _NATIVE_SECRET, _FAPI_KEY, _FAPI_BOUND, _FAPI_GRANT, _FAPI_ADDRESS),
    _LOGOUT,
)

_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
_FORBIDDEN: Final = re.compile(r'[\\"<>^`{}|*\[\]]')
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OWN_SCHEME: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_INNER: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
_LOOPBACKS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_ANSWER: Final = frozenset({"code", "state", "iss", "error", "error_description"})
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


class ReviewState(StrEnum):
    """REQUESTED waits for an administrator; the others are final."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Review:
    """A request that a client may serve everybody, with this metadata; and how it was decided."""

    id: UUID
    client_id: str
    metadata: Metadata
    purpose: str
    requested_by: UUID
    requested_at: datetime
    state: ReviewState
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None


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
            wrong = _flaw_of_address(address, metadata.application_type, may_loop=may_loop)
            if wrong:
                yield FieldError(f"/{member}/{place}", *wrong)
    if GrantType.CODE in metadata.grant_types and not metadata.redirect_uris:
        yield FieldError("/redirect_uris", "missing", _NO_REDIRECT)
    if GrantType.CODE not in metadata.grant_types and metadata.redirect_uris:
        yield FieldError("/redirect_uris", "unused", _NO_CODE)
    logout = metadata.backchannel_logout_uri
    if logout is not None and not _may_be_called(logout, metadata.redirect_uris):
        yield FieldError("/backchannel_logout_uri", "address", _LOGOUT)


def _repeated(member: str, values: Sequence[str]) -> Iterator[FieldError]:
    times = Counter(values)
    for place, value in enumerate(values):
        if times[value] > 1 and values.index(value) != place:
            yield FieldError(f"/{member}/{place}", "twice", _TWICE)


def _flaw_of_address(address: str, kind: ApplicationType, *, may_loop: bool) -> tuple[str, str] | None:
    parts = _split(address)
    if parts is None:
        return "address", _ADDRESS
    if not _ANSWER.isdisjoint(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "reserved", _RESERVED
    if parts.scheme == "https":
        return None if _is_public(parts.hostname) else ("address", _ADDRESS)
    if parts.scheme == "http" and parts.hostname in _LOOPBACKS:
        return None if may_loop else ("loopback", _LOOPBACK_WEB)
    if kind is ApplicationType.NATIVE and _OWN_SCHEME.fullmatch(parts.scheme):
        return None
    return "scheme", _SCHEME


def _split(address: str) -> SplitResult | None:
    """The parts of an address without anything that two readers could read in two ways."""
    bare = re.sub(r"^http://\[::1\]", "http://", address)
    if len(address) > LONGEST_ADDRESS or not _VISIBLE.fullmatch(address) or _FORBIDDEN.search(bare):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    whole = bool(parts.scheme) and address.startswith(f"{parts.scheme}:") and port != 0
    if not whole or "#" in address or "@" in parts.netloc or _PERCENT.search(address):
        return None
    if parts.scheme in ("http", "https") and (not parts.hostname or parts.netloc != parts.netloc.lower()):
        return None
    dots = {".", "..", "%2e", "%2e%2e", ".%2e", "%2e."}
    return None if dots & {step.lower() for step in parts.path.split("/")} else parts


def _is_public(host: str | None) -> bool:
    """Whether a host is a name that the whole world resolves alike, by its look."""
    if not host or not _HOST.fullmatch(host) or host.endswith(_INNER):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _may_be_called(address: str, redirects: Collection[str]) -> bool:
    """Whether the hub itself may send requests there: to a host that answers people as well."""
    parts = _split(address)
    if parts is None or parts.scheme != "https" or not _is_public(parts.hostname):
        return False
    hosts = {known.hostname for known in map(_split, redirects) if known and known.scheme == "https"}
    return parts.hostname in hosts and parts.port in (None, 443)


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


def _said(metadata: Metadata) -> dict[str, Any]:
    return {name: getattr(metadata, name) for name in _MEMBERS}


def register(client_id: str, metadata: Metadata, owner_id: UUID, now: datetime) -> Client:
    """A new client in the sandbox; one that proves itself by a secret gets it afterwards.

    Pairwise subjects are those of the host that answers; without one the client is a sector by itself.
    """
    return Client(
        id=client_id,
        secret_hash=None,
        created_at=now,
        owner_id=owner_id,
        environment=Environment.SANDBOX,
        plan=Plan.SANDBOX,
        sector=_sector(client_id, metadata),
        **_said(metadata),
    )


def _sector(client_id: str, metadata: Metadata) -> str:
    alone = all(uri.startswith("https://") for uri in metadata.redirect_uris) and metadata.redirect_uris
    return "" if alone else client_id


def amend(client: Client, metadata: Metadata) -> Client:
    """The client with other metadata; its secret goes when it proves itself in another way.

    `ReviewNeeded` for a client in production: only its keys may change without a look at them.
    """
    if metadata == metadata_of(client):
        return client
    if not client.is_sandbox and replace(metadata, jwks=client.jwks) != metadata_of(client):
        raise ReviewNeeded
    return _changed(client, metadata)


def _changed(client: Client, metadata: Metadata) -> Client:
    changed = replace(
        client, version=client.version + 1, sector=_sector(client.id, metadata), **_said(metadata)
    )
    if metadata.authentication in (Authentication.SECRET_BASIC, Authentication.SECRET_POST):
        return changed
    return replace(changed, secret_hash=None, former_secret_hash=None, former_secret_until=None)


def renew_secret(client: Client, secret_hash: bytes, now: datetime, *, overlap: bool) -> Client:
    """The client with a new secret; the one before serves for some days more, unless it has leaked."""
    until = now + rules.duration(RuleId.CLIENT_SECRET_OVERLAP, now)
    former = client.secret_hash if overlap else None
    return replace(
        client,
        secret_hash=secret_hash,
        former_secret_hash=former,
        former_secret_until=until if former else None,
        version=client.version + 1,
    )


_MOVES: Final = {
    (State.ACTIVE, State.SUSPENDED),
    (State.SUSPENDED, State.ACTIVE),
    *((before, State.BLOCKED) for before in (State.ACTIVE, State.SUSPENDED)),
    (State.BLOCKED, State.ACTIVE),
}


def move(client: Client, state: State, *, by_owner: bool) -> Client:
    """The client in another state; the same one when it is there already.

    A client that an administrator has blocked is not opened by its owner. `WrongState` names what is open.
    """
    if client.state is state:
        return client
    allowed = {after for before, after in _MOVES if before is client.state}
    if by_owner:
        allowed = set() if client.state is State.BLOCKED else allowed - {State.BLOCKED}
    if state is State.DELETED:
        allowed = {State.DELETED}
    if state not in allowed:
        raise WrongState(state=client.state, open=", ".join(sorted(allowed)) or "-")
    return replace(client, state=state, version=client.version + 1)


def decide(review: Review, state: ReviewState, decided_by: UUID, reason: str | None, now: datetime) -> Review:
    """The review, decided; nobody decides on a client of their own (`OwnCase`)."""
    if decided_by == review.requested_by:
        raise OwnCase
    return close(review, state, decided_by, reason, now)


def close(review: Review, state: ReviewState, decided_by: UUID, reason: str | None, now: datetime) -> Review:
    """The review in a final state; `WrongState` when it is in one already."""
    if review.state is not ReviewState.REQUESTED:
        raise WrongState(state=review.state, open="-")
    return replace(review, state=state, decided_by=decided_by, decided_at=now, reason=reason)


def publish(client: Client, review: Review, plan: Plan) -> Client:
    """The client in production, as it was reviewed; keys that were replaced meanwhile stay replaced."""
    reviewed = review.metadata
    if reviewed.authentication is client.authentication:
        reviewed = replace(reviewed, jwks=client.jwks)
    return replace(_changed(client, reviewed), environment=Environment.PRODUCTION, plan=plan)
