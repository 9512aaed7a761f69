"""Events of every service for the feed of partners; and the consents by which applications see them."""

from collections.abc import Callable
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import ConfigDict
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from .. import manifest
from ..domain.feed import TYPES, Arrival
from ..operations import feed


class ConsentGranted(Event):
    """A person lets an application do something; `scopes` are all that they have agreed to."""

    subject: ClassVar[str] = "hub.identity.consent.granted.v1"
    key_field: ClassVar[str] = "consent_id"

    consent_id: UUID
    person_id: UUID
    client_id: str
    scopes: tuple[str, ...]


class ConsentWithdrawn(Event):
    """They do no longer, or have no account any more."""

    subject: ClassVar[str] = "hub.identity.consent.withdrawn.v1"
    key_field: ClassVar[str] = "withdrawal_id"

    withdrawal_id: UUID
    consent_id: UUID
    person_id: UUID
    client_id: str


def _heard(event_type: str) -> type[Event]:
    """An event of any type, with whatever its publisher tells."""

    class Heard(Event):
        model_config = ConfigDict(extra="allow")

        subject: ClassVar[str] = event_type
        key_field: ClassVar[str] = "version"

    return Heard


_MODELS: Final = {event_type: _heard(event_type) for event_type in TYPES}


def subscriptions(wake: Callable[[], None]) -> list[Subscription]:
    """The consumers; `wake` is called once something that was heard is committed."""

    async def hear(session: AsyncSession, heard: Envelope[Any]) -> None:
        said = heard.data.model_dump(mode="json")
        await feed.hear(session, Arrival(heard.id, heard.type, heard.key, heard.time, said))
        event.listen(session.sync_session, "after_commit", lambda _: wake(), once=True)

    return [
        *(Subscription(one, {_MODELS[subject]: hear for subject in one.subjects}) for one in manifest.FEED),
        Subscription(manifest.CONSENTS, {ConsentGranted: _keep_consent, ConsentWithdrawn: _end_consent}),
        rules.subscription(manifest.RULES),
    ]


async def _keep_consent(session: AsyncSession, heard: Envelope[ConsentGranted]) -> None:
    told = heard.data
    await feed.keep_consent(
        session, told.consent_id, told.client_id, told.person_id, told.scopes, told.version, heard.time
    )


async def _end_consent(session: AsyncSession, heard: Envelope[ConsentWithdrawn]) -> None:
    told = heard.data
    await feed.end_consent(session, told.consent_id, told.client_id, told.person_id, heard.time)
