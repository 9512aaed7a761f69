"""The words of a claimed delivery, by a template of the hub or of an institution."""

from dataclasses import replace
from functools import lru_cache

from hub_core.language import Language

from .. import rendering
from ..domain import templates
from ..keys import MasterKey, derived_from
from ..operations.sending import Claimed
from ..rendering import Letter, Links, Words
from ..settings import Settings
from ..storage import orders
from . import asking
from .asking import Known


def opened(settings: Settings, claimed: Claimed) -> Claimed:
    """The same with the values that an institution's order holds sealed."""
    message = claimed.delivery.message
    if claimed.sealed is None or message.sender is None:
        return claimed
    values = orders.unseal(_keys(settings), message.sender.order_id, claimed.sealed)
    told = replace(message, variables={**message.variables, **values})
    return replace(claimed, delivery=replace(claimed.delivery, message=told), sealed=None)


def say(claimed: Claimed, known: Known) -> Words:
    """What it says, whichever way it goes; what an official sends to themselves says that it is a test."""
    message = claimed.delivery.message
    if claimed.own is None:
        facts = asking.facts_of(claimed, known)
        return rendering.say(message.template, message.template_version, known.language, facts)
    words = rendering.say_own(claimed.own, known.language, message.variables)
    return words if message.sender else replace(words, subject=f"[Test] {words.subject}")


def letter(settings: Settings, claimed: Claimed, known: Known, unsubscribe_url: str = "") -> Letter:
    """The same as a letter; it is the institution's where that has ordered it."""
    message, page, sender = claimed.delivery.message, known.page, ""
    if claimed.own is not None:
        page = templates.page(claimed.own, message.variables) or page
        sender = claimed.institution.get(known.language) or claimed.institution.get(Language.RO, "")
    links = Links(
        action=settings.public_origin + page,
        unsubscribe=unsubscribe_url,
        has_account=message.person_id is not None,
    )
    return rendering.letter(say(claimed, known), links, sender)


@lru_cache(maxsize=1)
def _derived(key: bytes) -> MasterKey:
    return derived_from(key)


def _keys(settings: Settings) -> MasterKey:
    return _derived(settings.notify_key.get_secret_value())
