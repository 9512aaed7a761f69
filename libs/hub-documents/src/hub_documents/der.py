"""Values in DER (X.690), written: enough for signatures and time stamps."""

from typing import Final

INTEGER: Final = 0x02
OCTETS: Final = 0x04
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1
CONTEXT_4: Final = 0xA4
_SHORT: Final = 0x80


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and length; the parts are its content."""
    content = b"".join(parts)
    length = len(content)
    if length < _SHORT:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(size))) + size + content


def integer(value: int) -> bytes:
    """A whole number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))
