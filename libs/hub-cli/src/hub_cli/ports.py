"""Ports of the loopback address: finding one, and seeing that one is taken."""

import errno
import secrets
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_FIRST, _LAST = 20_000, 32_000  # below the ephemeral range, which clients take from under load


def is_taken(port: int) -> bool:
    """Whether something listens on the port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def free() -> int:
    """A port that nobody listens on at this moment."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if not is_taken(port):
            return port
