"""A service as a forked process."""

import gc
import socket
import sys
from typing import Any

import uvicorn

from . import ports, zygote


def serve(factory: str, port: int) -> None:
    """Serve the application that `module:function` makes, until SIGTERM; waits for open requests.

    A module may say with `SERVER` what uvicorn is to be told besides (the gateway has a protocol of
    its own).
    """
    app = zygote.resolve(factory)()
    options: dict[str, Any] = {"http": "httptools", "loop": "uvloop", "access_log": False, "ws": "none"}
    options |= getattr(sys.modules[factory.partition(":")[0]], "SERVER", {})
    config = uvicorn.Config(
        app,
        host=ports.LOOPBACK,
        port=port,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=10,
        **options,
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    """uvicorn, which leaves what lives as long as the process out of garbage collection.

    Routes, models and reference data are some hundred thousand objects; looking through them held up
    every request for 0.1 s, some times a minute.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
