"""What people ask this service from the command line, in the embedded run."""

from typing import Final

from .channels import dkim, mail
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
