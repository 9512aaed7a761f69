"""Values in DER (X.690), written and read: enough for signatures and time stamps."""

from typing import Final, NamedTuple

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
OCTETS: Final = 0x04
OBJECT: Final = 0x06
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1
CONTEXT_4: Final = 0xA4

_SHORT: Final = 0x80
_LONGEST_LENGTH: Final = 4


class DerInvalid(ValueError):
    """The bytes are not in DER, or not the value that is looked for."""


class Value(NamedTuple):
    """One value: its tag, its content, and all of it as it was written."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self, *tags: int) -> "tuple[Value, ...]":
        """The values inside; with tags, exactly these."""
        found: list[Value] = []
        at = 0
        while at < len(self.content):
            found.append(first(self.content, at))
            at += len(found[-1].whole)
        if tags and tags != tuple(one.tag for one in found):
            raise DerInvalid("of another kind")
        return tuple(found)

    def only(self, tag: int) -> "Value":
        """The one value inside, of this tag."""
        (found,) = self.parts(tag)
        return found


def first(data: bytes, at: int = 0) -> Value:
    """The value that begins there, whatever follows it."""
    start = at + 2
    if start > len(data):
        raise DerInvalid("no value")
    tag, length = data[at], data[at + 1]
    if length & _SHORT:
        start += min(length & ~_SHORT, _LONGEST_LENGTH)
        length = int.from_bytes(data[at + 2 : start], "big")
        if data[at:start] != _head(tag, length):
            raise DerInvalid("no value")
    end = start + length
    if end > len(data):
        raise DerInvalid("no value")
    return Value(tag, data[start:end], data[at:end])


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and length; the parts are its content."""
    content = b"".join(parts)
    return _head(tag, len(content)) + content


def integer(value: int) -> bytes:
    """A whole number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _head(tag: int, length: int) -> bytes:
    if length < _SHORT:
        return bytes((tag, length))
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(size))) + size
