"""clamd's protocol, as clamd(8) describes it, and the real one where it is installed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub_testing import programs

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every scanner takes for a virus."""


@asynccontextmanager
async def spoken(answer: bytes | None = None) -> AsyncIterator[str]:
    """The address of somebody who speaks the protocol and finds EICAR; with `answer`, says only that."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            command = await reader.readuntil(b"\0")
            if command == b"zVERSION\0":
                writer.write(b"ClamAV 1.4.3/27000/Sun Nov 22 09:00:00 2026\0")
            else:
                content = b""
                while size := int.from_bytes(await reader.readexactly(4)):
                    content += await reader.readexactly(size)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                writer.write(found if answer is None else answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def real(folder: Path) -> AsyncIterator[str]:
    """The socket of Debian's clamd with one signature of our own; skipped by name without it."""
    program = programs.path("clamd")
    signatures, socket = folder / "signatures", folder / "clamd.sock"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Own.Test.Signature:0:*:{EICAR.hex()}\n")
    settings = folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nLocalSocket {socket}\nDatabaseDirectory {signatures}\nTemporaryDirectory {folder}\n"
    )
    running = await asyncio.create_subprocess_exec(
        program, f"--config-file={settings}", stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while not socket.exists() and running.returncode is None:
                await asyncio.sleep(0.05)
        yield str(socket)
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()
