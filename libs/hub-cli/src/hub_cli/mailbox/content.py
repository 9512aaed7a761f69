"""What people read of a message: its text, its HTML, the parts of an SMS."""

import email
import email.policy
import json
import re
from email.message import EmailMessage
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from .store import Channel, Message

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_LINK: Final = Markup('<a href="{0}" rel="noreferrer">{0}</a>')
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@lru_cache(maxsize=4)
def parse(raw: bytes) -> EmailMessage:
    """An e-mail by RFC 5322 and MIME; to be read only, the last few are kept."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(parsed, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    return parsed


def text_of(message: Message) -> str:
    """The plain text; empty when an e-mail has none. Of a push, what its page gets."""
    match message.channel:
        case Channel.SMS:
            return message.raw.decode()
        case Channel.PUSH:
            return json.dumps(json.loads(message.raw), ensure_ascii=False, indent=2)
    return _part(message, "plain")


def html_of(message: Message) -> str:
    """The HTML part; empty when there is none."""
    return _part(message, "html") if message.channel is Channel.EMAIL else ""


def headers_of(message: Message) -> list[tuple[str, str]]:
    """The headers of an e-mail, in their order."""
    if message.channel is not Channel.EMAIL:
        return []
    return [(name, str(value)) for name, value in parse(message.raw).items()]


def linked(text: str) -> Markup:
    """The text as HTML, with web addresses that can be followed."""
    pieces = []
    end = 0
    for found in _ADDRESS.finditer(text):
        pieces += [escape(text[end : found.start()]), _LINK.format(found.group())]
        end = found.end()
    return Markup().join([*pieces, escape(text[end:])])


def sms_parts(text: str) -> int:
    """How many messages of the network the text takes (3GPP TS 23.038 and 23.040).

    160 characters of the GSM alphabet (some count twice), or 70 UTF-16 units when any other is in
    it; 153 and 67 in each part when there are several.
    """
    if all(char in _GSM or char in _GSM_EXTENSION for char in text):
        length, single, several = sum(2 if char in _GSM_EXTENSION else 1 for char in text), 160, 153
    else:
        length, single, several = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // several)


def _part(message: Message, kind: str) -> str:
    body = parse(message.raw).get_body((kind,))
    content = body.get_content() if body is not None else ""
    return content if isinstance(content, str) else ""
