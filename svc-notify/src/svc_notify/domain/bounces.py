"""Reports of what became of a mail: delivery status notifications (RFC 3464, 6522, 6533). No I/O."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from typing import Final

from .deliveries import Failure

_GONE: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""There is no such mailbox, domain or address, it has moved, or takes nothing any more (RFC 3463, 7505)."""
_STATUS: Final = re.compile(rb"message/(?:global-)?delivery-status", re.IGNORECASE)
_AS_TEXT: Final = "text/x-delivery-status"
"""Read as text, because the parser of the standard library does not decode such a part."""
_BETWEEN: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
LARGEST: Final = 256 * 1024


class Action(StrEnum):
    """What a server says that it has done (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: the action, the status, whom it is about, and where it came back to.

    `returned_to` is the text of the fields that name the report's recipient; `recipients` are addresses.
    """

    action: Action
    status: str
    returned_to: str
    recipients: tuple[str, ...]

    @property
    def failure(self) -> Failure:
        """What a failure means: whether the address is gone, or the mail came back for another reason."""
        return Failure.ADDRESS_GONE if self.status in _GONE else Failure.RETURNED


def read(content: bytes) -> Report | None:
    """What a message reports; none where it is no such report: an answer by a person or a machine.

    Of several recipients the first failure counts; ours have one.
    """
    message = message_from_bytes(_STATUS.sub(_AS_TEXT.encode(), content))
    if message.get_content_type() != "multipart/report":
        return None
    parts = [part for part in message.walk() if part.get_content_type() == _AS_TEXT]
    blocks = [block for part in parts for block in _blocks(part) if block.get("Action")]
    known = [block for block in blocks if _word(block, "Action") in set(Action)]
    if not known:
        return None
    chosen = min(known, key=lambda block: list(Action).index(Action(_word(block, "Action"))))
    named = (chosen.get(name, "") for name in ("Original-Recipient", "Final-Recipient"))
    return Report(
        action=Action(_word(chosen, "Action")),
        status=_word(chosen, "Status"),
        returned_to="\n".join(
            str(value)
            for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To")
            for value in message.get_all(name, [])
        ),
        recipients=tuple(address for each in named if (address := str(each).rpartition(";")[2].strip(" <>"))),
    )


def _blocks(part: Message) -> list[Message]:
    """The fields of the message and of each recipient (RFC 3464, 2.1), whatever the part is encoded in."""
    body = part.get_payload(decode=True)
    return [message_from_bytes(block) for block in _BETWEEN.split(body)] if isinstance(body, bytes) else []


def _word(block: Message, name: str) -> str:
    words = str(block.get(name, "")).split()
    return words[0].lower() if words else ""
