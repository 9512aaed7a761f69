"""A service as a forked process."""

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
    uvicorn.Server(config).run()
