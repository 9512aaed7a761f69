"""What people ask this service from the command line, in the embedded run."""

from typing import Final

from hub_core import clock
from hub_service.database import Database

from .channels import dkim, mail
from .channels.return_paths import ReturnPaths
from .domain import bounces
from .keys import derived_from
from .operations import bounces as operations
from .settings import Settings

_LONGEST: Final = 255
"""Characters of one string of a TXT record (RFC 1035, 3.3)."""


async def show_dkim_records() -> str:
    """The TXT records of every key that signs e-mails, as a zone takes them."""
    settings = Settings()
    domain = mail.domain_of(settings.notify_sender)
    keys = [dkim.load(*each) for each in settings.notify_dkim_keys.items()]
    return "\n".join(f"{key.selector}._domainkey.{domain}. IN TXT {_quoted(key.record)}" for key in keys)


def _quoted(record: str) -> str:
    parts = (record[at : at + _LONGEST] for at in range(0, len(record), _LONGEST))
    return " ".join(f'"{part}"' for part in parts)


async def take_bounce(text: str) -> str:
    """Take a message that came back, as a mail server hands it over; what it changed.

    `ValueError` for one that is too large to be a report.
    """
    content = text.encode()
    if len(content) > bounces.LARGEST:
        raise ValueError("too large for a report")
    settings = Settings()
    keys = derived_from(settings.notify_key.get_secret_value())
    paths = ReturnPaths(keys, settings.notify_bounce_domain or mail.domain_of(settings.notify_sender))
    database = Database(settings)
    try:
        async with database.sessions() as session:
            return await operations.take(session, keys, paths, content, clock.now())
    finally:
        await database.close()
