"""Client applications, and what each may ask for."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from hub_core.language import Language


class Authentication(StrEnum):
    """How a client proves itself at the token endpoint (names of OpenID Connect Core, 9)."""

    NONE = "none"
    SECRET_BASIC = "client_secret_basic"
    SECRET_POST = "client_secret_post"
    PRIVATE_KEY_JWT = "private_key_jwt"


class GrantType(StrEnum):
    """How a client may get tokens (names of RFC 6749, 8628, 8693)."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class Profile(StrEnum):
    """The rules a client keeps: OPENID for front ends and mobile apps, FAPI for partner institutions.

    FAPI is the FAPI 2.0 Security Profile: pushed requests only, private_key_jwt, tokens bound by DPoP.
    """

    OPENID = "OPENID"
    FAPI = "FAPI"


class SubjectType(StrEnum):
    """PAIRWISE clients see a `sub` that only their sector sees (OpenID Connect Core, 8)."""

    PUBLIC = "public"
    PAIRWISE = "pairwise"


class ApplicationType(StrEnum):
    """WEB runs on a server or in a browser; NATIVE on a person's device (RFC 8252)."""

    WEB = "web"
    NATIVE = "native"


class State(StrEnum):
    """Only an ACTIVE client is known to the provider. SUSPENDED by its owner, BLOCKED by an administrator."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    BLOCKED = "BLOCKED"
    DELETED = "DELETED"


class Environment(StrEnum):
    """SANDBOX is for its owner and for invented people; PRODUCTION was reviewed and is for everybody."""

    SANDBOX = "SANDBOX"
    PRODUCTION = "PRODUCTION"


class Plan(StrEnum):
    """How many requests a client may send; the gateway's route table gives the numbers."""

    SANDBOX = "SANDBOX"
    STANDARD = "STANDARD"
    PARTNER = "PARTNER"


@dataclass(frozen=True, slots=True)
class Client:
    """An application that people sign in to. `secret_hash` is SHA-256 of a random 256-bit secret.

    `jwks` are its public keys (JWK, RFC 7517), for private_key_jwt. `sector` is the host that pairwise
    subjects belong to; empty for the host of the redirect addresses. `owner_id` is the person who has
    registered it; none for what came with the hub. `former_secret_hash` is good until
    `former_secret_until`, so that a secret can be replaced without a gap. `institution_id` is the
    institution that the client stands for where it stands for itself; an administrator says so.
    """

    id: str
    names: dict[Language, str]
    authentication: Authentication
    application_type: ApplicationType
    secret_hash: bytes | None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    created_at: datetime
    profile: Profile = Profile.OPENID
    grant_types: frozenset[GrantType] = frozenset({GrantType.CODE, GrantType.REFRESH})
    jwks: tuple[dict[str, Any], ...] = ()
    subject_type: SubjectType = SubjectType.PUBLIC
    sector: str = ""
    dpop_bound: bool = False
    backchannel_logout_uri: str | None = None
    owner_id: UUID | None = None
    state: State = State.ACTIVE
    environment: Environment = Environment.PRODUCTION
    plan: Plan = Plan.STANDARD
    version: int = 1
    former_secret_hash: bytes | None = None
    former_secret_until: datetime | None = None
    institution_id: UUID | None = None

    @property
    def is_sandbox(self) -> bool:
        """Whether only its owner and invented people may use it."""
        return self.environment is Environment.SANDBOX

    def secrets_at(self, now: datetime) -> list[bytes]:
        """The hashes of the secrets that prove it is the client, at this instant."""
        former = self.former_secret_hash
        overlaps = self.former_secret_until is not None and now < self.former_secret_until
        return [one for one in (self.secret_hash, former if overlaps else None) if one]

    @property
    def is_confidential(self) -> bool:
        """Whether the client can keep a secret."""
        return self.authentication is not Authentication.NONE

    @property
    def sector_identifier(self) -> str:
        """What pairwise subjects belong to (OpenID Connect Core, 8.1).

        The sector it is registered with, else the one host of its redirect addresses. A client with
        several hosts, or with none, is a sector of its own.
        """
        hosts = {urlsplit(uri).hostname for uri in self.redirect_uris}
        alone = next(iter(hosts)) if len(hosts) == 1 else None
        return self.sector or alone or self.id

    @property
    def needs_proof(self) -> bool:
        """Whether its tokens must be bound to a key (RFC 9449)."""
        return self.dpop_bound or self.profile is Profile.FAPI

    @property
    def pushes_only(self) -> bool:
        """Whether its authorization requests must be pushed (RFC 9126)."""
        return self.profile is Profile.FAPI

    @property
    def keeps_refresh_token(self) -> bool:
        """Whether a refresh token serves until it ends, instead of once.

        Who has a key of its own gains nothing by rotation, and may lose the answer that brings the next
        token: FAPI forbids it unless the old one serves again (FAPI 2.0 Security Profile, 5.3.2.1).
        """
        return self.profile is Profile.FAPI


_INVENTED: Final = re.compile(r"(?:.+\.)?(?:example\.(?:com|net|org)|example|test|invalid|localhost)")


def may_be_used_by(client: Client, person_id: UUID, email: str, invented_for: str | None = None) -> bool:
    """Whether a person may sign in to the client: to one in the sandbox its owner, and invented people.

    Invented people are those at addresses that no mail reaches (RFC 2606, RFC 6761): nobody can confirm
    such an address, so that only demo data has them. Who was `invented_for` one client signs in to no other,
    and to that one only as long as it is in the sandbox.
    """
    if invented_for is not None:
        return client.is_sandbox and client.id == invented_for
    return not client.is_sandbox or client.owner_id == person_id or is_invented(email)


def is_invented(email: str) -> bool:
    """Whether no mail reaches the address."""
    return _INVENTED.fullmatch(email.lower().rpartition("@")[2]) is not None


_LOOPBACK: Final = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:/[^#]*)?)")


def redirect_fits(uri: str, profile: Profile, application_type: ApplicationType) -> bool:
    """Whether the profile lets `uri` be registered.

    A FAPI client's address is `https`, or the loopback address of a native application's own machine
    (FAPI 2.0 Security Profile, 5.3.2.2).
    """
    if profile is not Profile.FAPI or uri.startswith("https://"):
        return True
    return application_type is ApplicationType.NATIVE and _without_port(uri) is not None


def redirect_allowed(client: Client, uri: str) -> bool:
    """Whether an answer may be sent to `uri`: registered, character by character.

    A native application listening on the loopback address may use any port (RFC 8252, 7.3);
    `localhost` is a name that others may resolve and gets no such freedom (8.3).
    """
    if not redirect_fits(uri, client.profile, client.application_type):
        return False
    if uri in client.redirect_uris:
        return True
    if client.application_type is not ApplicationType.NATIVE:
        return False
    asked = _without_port(uri)
    return asked is not None and any(_without_port(known) == asked for known in client.redirect_uris)


def _without_port(uri: str) -> tuple[str, str] | None:
    match = _LOOPBACK.fullmatch(uri)
    return (match[1], match[2]) if match else None
