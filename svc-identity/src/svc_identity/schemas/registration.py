"""Client applications as their owners describe them: the metadata of RFC 7591."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, model_validator

from hub_core.language import Language
from hub_core.text import Line
from hub_service import schemas, signatures

from ..domain import scopes as known_scopes
from ..domain.client import (
    ApplicationType,
    Authentication,
    Client,
    GrantType,
    Profile,
    SubjectType,
    redirect_fits,
)
from ..domain.grant import hash_of

_SECRET_SHORTEST: Final = 32
_WITH_SECRET: Final = frozenset({Authentication.SECRET_BASIC, Authentication.SECRET_POST})

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Name = Annotated[Line, Field(min_length=1, max_length=100)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class KeySet(schemas.Resource):
    """Public keys (RFC 7517, 5)."""

    keys: tuple[dict[str, Any], ...]


class ClientMetadata(schemas.Resource):
    """One client application. Names are those of RFC 7591, OpenID Connect Registration and RFC 9449.

    Of the hub are `profile`, `client_name` as a map of languages, `sector`: the host that pairwise
    subjects belong to, and `institution_id`: the institution of the catalog that it stands for where it
    stands for itself.
    """

    client_id: Id
    client_name: dict[Language, Name]
    profile: Profile = Profile.OPENID
    application_type: ApplicationType = ApplicationType.WEB
    token_endpoint_auth_method: Authentication = Authentication.PRIVATE_KEY_JWT
    client_secret: SecretStr | None = None
    jwks: KeySet | None = None
    redirect_uris: tuple[Address, ...] = ()
    post_logout_redirect_uris: tuple[Address, ...] = ()
    backchannel_logout_uri: Address | None = None
    grant_types: frozenset[GrantType] = frozenset({GrantType.CODE, GrantType.REFRESH})
    scope: str
    subject_type: SubjectType = SubjectType.PUBLIC
    sector: str = ""
    dpop_bound_access_tokens: bool = False
    institution_id: schemas.Id | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for fault in (
            self._names(),
            self._keys(),
            self._addresses(),
            self._of_profile(),
            self._of_institution(),
        ):
            if fault:
                raise ValueError(f"{self.client_id}: {fault}")
        unknown = set(known_scopes.parse(self.scope)) - known_scopes.SCOPES.keys()
        if unknown or not self.scope.strip():
            raise ValueError(
                f"{self.client_id}: scopes that nobody knows: {' '.join(sorted(unknown)) or '-'}"
            )
        return self

    def _names(self) -> str:
        missing = [language.value for language in Language if language not in self.client_name]
        return f"client_name lacks {', '.join(missing)}" if missing else ""

    def _keys(self) -> str:
        method = self.token_endpoint_auth_method
        if (self.client_secret is not None) != (method in _WITH_SECRET):
            return "a client_secret belongs to client_secret_basic and client_secret_post, and to them only"
        if self.client_secret is not None and len(self.client_secret.get_secret_value()) < _SECRET_SHORTEST:
            return f"a client_secret has at least {_SECRET_SHORTEST} characters, and is made by a machine"
        if method is Authentication.PRIVATE_KEY_JWT and not (self.jwks and self.jwks.keys):
            return "private_key_jwt needs jwks"
        try:
            for key in self.jwks.keys if self.jwks else ():
                signatures.key_of(key)
        except signatures.SignatureRefused as refused:
            return f"jwks: {refused}"
        return ""

    def _addresses(self) -> str:
        if GrantType.CODE in self.grant_types and not self.redirect_uris:
            return "authorization_code needs redirect_uris"
        for address in (*self.redirect_uris, *self.post_logout_redirect_uris):
            parts = urlsplit(address)
            if not parts.scheme or parts.fragment or parts.scheme in ("javascript", "data"):
                return "an address is absolute and has no fragment (RFC 6749, 3.1.2)"
        return ""

    def _of_profile(self) -> str:
        if self.profile is not Profile.FAPI:
            return ""
        if self.token_endpoint_auth_method is not Authentication.PRIVATE_KEY_JWT:
            return "a FAPI client proves itself by private_key_jwt"
        if GrantType.DEVICE_CODE in self.grant_types:
            return "a FAPI client pushes its requests: no device flow"
        for address in self.redirect_uris:
            if not redirect_fits(address, self.profile, self.application_type):
                return "a FAPI client's redirect address is https, or the loopback address of a native one"
        return ""

    def _of_institution(self) -> str:
        if self.institution_id and GrantType.CLIENT_CREDENTIALS not in self.grant_types:
            return "a client that stands for an institution needs client_credentials"
        stands = self.institution_id is not None and self.profile is Profile.FAPI
        if not stands and not known_scopes.OF_INSTITUTIONS.isdisjoint(known_scopes.parse(self.scope)):
            names = ", ".join(sorted(known_scopes.OF_INSTITUTIONS))
            return f"{names} is for a FAPI client with an institution_id"
        return ""

    def client(self, now: datetime) -> Client:
        """The client that this describes."""
        secret = self.client_secret.get_secret_value() if self.client_secret else None
        return Client(
            id=self.client_id,
            names={language: self.client_name[language] for language in Language},
            authentication=self.token_endpoint_auth_method,
            application_type=self.application_type,
            secret_hash=hash_of(secret) if secret else None,
            redirect_uris=self.redirect_uris,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
            scopes=frozenset(known_scopes.parse(self.scope)),
            created_at=now,
            profile=self.profile,
            grant_types=self.grant_types,
            jwks=self.jwks.keys if self.jwks else (),
            subject_type=self.subject_type,
            sector=self.sector,
            dpop_bound=self.dpop_bound_access_tokens,
            backchannel_logout_uri=self.backchannel_logout_uri,
            institution_id=self.institution_id,
        )


class ClientsFile(schemas.Resource):
    """What `hub clients put` reads."""

    clients: Annotated[tuple[ClientMetadata, ...], Field(min_length=1)]
