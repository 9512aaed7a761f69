"""Who looks for what is harmful in a file, before it is stored: clamd, by its own protocol.

    scanner = Clamd("127.0.0.1:3310")
    await scanner.scan(content)  # "ClamAV 1.4.3/…", or raises `Infected`

The protocol is that of clamd(8): `INSTREAM` takes chunks, each after its length in four bytes, and an
empty one ends them.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

NONE: Final = "none"
"""The address of no scanner, and what stands with files that nobody has looked at."""
_CHUNK: Final = 65_536
_SECONDS: Final = 30
_LONGEST_ANSWER: Final = 4_096
_CLEAN: Final = "stream: OK"
_FOUND: Final = " FOUND"


class Infected(Exception):
    """Something harmful was found."""


class ScannerUnavailable(Exception):
    """Nobody looked: the scanner is away, or would not say."""


class Scanner(Protocol):
    """Looks at files."""

    async def scan(self, content: bytes) -> str:
        """Which scanner found nothing, with its version; raises `Infected` or `ScannerUnavailable`."""
        ...


class Nobody:
    """No scanner is set: no file is taken."""

    async def scan(self, content: bytes) -> str:
        """Raise `ScannerUnavailable`, whatever the file."""
        del content
        raise ScannerUnavailable


class Unlooked:
    """The word `none`: files are taken as they are, for a hub on a machine of one's own."""

    async def scan(self, content: bytes) -> str:
        """The word that stands with the file, so that whoever opens it knows."""
        del content
        return NONE


class Clamd:
    """clamd at an address: `host:port`, or the path of its socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def scan(self, content: bytes) -> str:
        """The version of clamd, which found nothing; raises `Infected` or `ScannerUnavailable`."""
        version = await self._ask([b"zVERSION\0"])
        answer = await self._ask(_stream(content))
        if answer.endswith(_FOUND):
            raise Infected
        if answer != _CLEAN:
            raise ScannerUnavailable
        return version

    async def _ask(self, said: Iterator[bytes] | list[bytes]) -> str:
        try:
            async with asyncio.timeout(_SECONDS):
                reader, writer = await self._connect()
                try:
                    for part in said:
                        writer.write(part)
                        await writer.drain()
                    answer = await reader.read(_LONGEST_ANSWER)
                finally:
                    writer.close()
        except (OSError, TimeoutError) as problem:
            raise ScannerUnavailable from problem
        return answer.rstrip(b"\0\n").decode(errors="replace")

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = self._address.rpartition(":")
        if port.isdigit() and host:
            return await asyncio.open_connection(host, int(port))
        return await asyncio.open_unix_connection(Path(self._address))


def of(address: str) -> Scanner:
    """The scanner at an address of the settings; without one no file is taken, with `none` every one."""
    if address == NONE:
        return Unlooked()
    return Clamd(address) if address else Nobody()


def _stream(content: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        yield len(chunk).to_bytes(4) + chunk
    yield bytes(4)
