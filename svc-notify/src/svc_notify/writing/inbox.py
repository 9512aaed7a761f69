"""A message of a person's inbox in words, as its account reads; what only others know is asked for."""

from hub_core.language import Language
from hub_service.chassis import Resources
from hub_service.problems import ServiceUnavailable

from .. import rendering
from ..clients import Contacts
from ..domain import kinds, templates
from ..domain.deliveries import Answer, Outcome
from ..operations.sending import Claimed
from ..rendering import Words
from ..settings import Settings
from . import asking, wording
from .asking import Known


async def write(
    hub: Resources, settings: Settings, contacts: Contacts, claimed: Claimed
) -> tuple[Words, str] | None:
    """What a message says and the page that it leads to; none when that is no longer true, or kept.

    Raises `ServiceUnavailable` while who knows what it says is away.
    """
    opened = wording.opened(settings, claimed)
    message = opened.delivery.message
    if message.sender is not None and (opened.own is None or claimed.sealed is None):
        return None
    known = await asking.ask(hub, settings, contacts, message)
    if isinstance(known, Outcome):
        if known.answer is Answer.RECIPIENT_GONE:
            return None
        raise ServiceUnavailable(headers={"retry-after": "5"})
    page = templates.page(opened.own, message.variables) if opened.own else ""
    return wording.say(opened, known), settings.public_origin + (page or known.page)


def title(claimed: Claimed, language: Language) -> str | None:
    """What stands over a message in a list; none where only others know it."""
    if claimed.own is not None:
        names = claimed.own.content.names
        return names.get(language) or names[Language.RO]
    message = claimed.delivery.message
    kind = kinds.find(message.template)
    if kind is None or kind.question is not None or kind.template in kinds.CODES:
        return None
    facts = asking.facts_of(claimed, Known(None, language, ""))
    return rendering.say(message.template, message.template_version, language, facts).title
