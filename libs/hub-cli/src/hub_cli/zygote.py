"""The process that every Python process of the hub is forked from.

It imports once what all of them need, so that they start in a moment and share the memory. It has one
thread and does nothing but fork, tell how children ended, and take all of them along when it ends.

The supervisor speaks to it over a socket of whole messages (JSON in SOCK_SEQPACKET), its standard input:

    {"ticket": 1, "target": "module:function", "arguments": [...], "environment": {...}, "log": "/…"}
    {"ticket": 1, "pid": 4711}                    when the child is there
    {"ticket": 1, "result": ...}                  what the function returned, if anything
    {"pid": 4711, "status": 0}                    when it has ended
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NoReturn

from . import leash

MESSAGE_BYTES: Final = 1 << 18
"""The longest message."""

_SHARED: Final = (
    "asyncpg",
    "fastapi",
    "hub_cli.mailbox.app",
    "hub_cli.outside.app",
    "hub_cli.preparation",
    "hub_cli.worker",
    "hub_service.chassis",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)


def preload(modules: Iterable[str]) -> None:
    """Import what children need; what cannot be imported fails again, and loudly, in its own child."""
    gc.disable()  # nothing to collect yet, and looking for it takes a quarter of the time
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception:
            traceback.print_exc()
    gc.freeze()  # the collector of a child leaves shared pages alone
    gc.enable()


def resolve(target: str) -> Any:
    """What `module:name` names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _main(modules: Iterable[str]) -> None:
    channel = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    preload(modules)
    if threading.active_count() > 1:
        sys.stderr.write("a module started a thread when imported: forks of it may hang\n")
    wake, woken = socket.socketpair()
    wake.settimeout(0)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector = selectors.DefaultSelector()
    selector.register(channel, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    channel.send(json.dumps({"ready": True}).encode())
    while True:
        for key, _ in selector.select():
            if key.fileobj is woken:
                woken.recv(4096)
                _tell_ended(channel)
            else:
                order = channel.recv(MESSAGE_BYTES)
                if not order:
                    return  # the supervisor is gone, and so are we; the kernel tells the children
                _fork(channel, json.loads(order))


def _fork(channel: socket.socket, order: dict[str, Any]) -> None:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _run(channel, parent, order)
    channel.send(json.dumps({"ticket": order["ticket"], "pid": pid}).encode())


def _run(channel: socket.socket, parent: int, order: dict[str, Any]) -> NoReturn:
    """The life of a child."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()  # Ctrl-C is for the supervisor
        leash.end_with_parent(parent, signal.SIGTERM)
        leash.call_oneself(f"hub-{Path(order['log']).stem}")
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.update(order["environment"])
        result = resolve(order["target"])(*order["arguments"])
        if result is not None:
            channel.send(json.dumps({"ticket": order["ticket"], "result": result}).encode())
        status = 0
    except SystemExit as stopped:
        status = stopped.code if isinstance(stopped.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _tell_ended(channel: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        channel.send(json.dumps({"pid": pid, "status": os.waitstatus_to_exitcode(status)}).encode())


if __name__ == "__main__":
    _main([*_SHARED, *sys.argv[1:]])
