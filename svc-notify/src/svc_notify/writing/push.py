"""A claimed delivery as a notice for a person's browsers."""

import json
from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from hub_core import clock
from hub_service.chassis import Resources

from .. import keys
from ..channels.push import Push, Target, encrypt
from ..clients import Contacts
from ..domain import push, templates
from ..domain.deliveries import Answer, Outcome
from ..operations import push as operations
from ..operations.sending import Claimed
from ..rendering import Words
from ..settings import Settings
from . import asking, wording


async def write(hub: Resources, settings: Settings, contacts: Contacts, claimed: Claimed) -> Push | Outcome:
    """The notice of a claimed delivery, or how its attempt ends before there is one."""
    claimed = wording.opened(settings, claimed)
    message = claimed.delivery.message
    if message.person_id is None:
        return Outcome(Answer.NO_ADDRESS)
    master_key = keys.derived_from(settings.notify_key.get_secret_value())
    async with hub.database.sessions() as session:
        browsers = await operations.find(session, master_key, message.person_id)
    if not browsers:
        return Outcome(Answer.NO_ADDRESS)
    known = await asking.ask(hub, settings, contacts, message)
    if isinstance(known, Outcome):
        return known
    words = wording.say(claimed, known)
    if not words.push:
        return Outcome(Answer.REFUSED)
    page = templates.page(claimed.own, message.variables) if claimed.own else ""
    said = notice(words, settings.public_origin + (page or known.page), push.topic(message.id))

    async def forget(subscription_ids: Collection[UUID]) -> None:
        # if they cannot be forgotten now, the next notice finds out again
        with suppress(SQLAlchemyError, OSError):
            async with hub.database.sessions() as session:
                await operations.forget(session, subscription_ids)

    return Push(
        language=known.language,
        targets=[Target(one.id, one.endpoint, encrypt(said, one.key, one.secret)) for one in browsers],
        seconds_to_live=push.seconds_to_live(message.expires_at, clock.now()),
        urgency=push.urgency(message.lane),
        topic=push.topic(message.id),
        forget=forget,
    )


def notice(words: Words, link: str, tag: str) -> bytes:
    """What a browser shows: a declarative push message (W3C Push API, 3.3), which needs no script.

    A browser that knows no such gives it to the page's service worker as it is.
    """
    shown = {
        "title": words.title,
        "body": words.push,
        "navigate": link,
        "lang": words.language.value,
        "dir": "ltr",
        "tag": tag,
    }
    said = {"web_push": 8030, "notification": shown}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
