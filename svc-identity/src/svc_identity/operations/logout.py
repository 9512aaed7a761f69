"""What an application asks for when it signs a person out (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain import authorization_request
from ..domain.client import Client
from ..domain.parameters import Parameters
from ..domain.signing_key import Use
from ..errors.pages import UnknownApplication, UnregisteredRedirect
from ..provider import Provider
from ..storage import clients as storage


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the person goes after signing out: an address the client has registered, or our own page."""

    client: Client | None
    redirect_uri: str | None
    state: str | None
    language: Language | None

    @property
    def client_id(self) -> str | None:
        """The client's id, if one asked."""
        return self.client.id if self.client else None


async def receive(session: AsyncSession, provider: Provider, parameters: Parameters) -> Leaving:
    """A logout request: the ID token, however old, says which client asks; `client_id` may say it too.

    Raises `UnknownApplication`, `UnregisteredRedirect`.
    """
    named = parameters.get("client_id")
    hint = parameters.get("id_token_hint")
    if hint is not None:
        claims = provider.key_ring.read(Use.ID_TOKEN, hint)
        if claims is None or named not in (None, claims["aud"]):
            raise UnknownApplication
        named = claims["aud"]
    return await _check(session, named, parameters)


async def check(session: AsyncSession, parameters: Parameters) -> Leaving:
    """The same from the address of our own page: nothing in it is believed unless it is registered."""
    return await _check(session, parameters.get("client_id"), parameters)


async def _check(session: AsyncSession, client_id: str | None, parameters: Parameters) -> Leaving:
    parameters.check()
    client = None
    if client_id is not None:
        async with session.begin():
            client = await storage.find(session, client_id)
        if client is None:
            raise UnknownApplication
    redirect_uri = parameters.get("post_logout_redirect_uri")
    if redirect_uri is not None and (client is None or redirect_uri not in client.post_logout_redirect_uris):
        raise UnregisteredRedirect
    language = authorization_request.language(parameters.get("ui_locales"))
    return Leaving(client, redirect_uri, parameters.get("state") if redirect_uri else None, language)
