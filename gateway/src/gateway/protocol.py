"""uvicorn's HTTP protocol with our own refusals: what cannot be parsed is answered in the contract's form.

Given to uvicorn as `http=`; it is also where a data plane in the protocol itself can take its place.
"""

import time
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub_core.problem import Problem
from hub_service.problems import MalformedRequest

from . import headers
from .door import Door
from .errors import HeadersTooLarge
from .visit import Head

_LARGEST_HEAD: Final = 65_536
"""Bytes of a request's head, whatever it holds, before it is given up."""


class Protocol(HttpToolsProtocol):
    """One client connection."""

    _in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser, unless a head never ends."""
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _LARGEST_HEAD:
                self._refuse(HeadersTooLarge(count=headers.MOST, limit=headers.LARGEST))
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to measure the head."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop measuring; what follows is the body. An upgrade is not taken, and ends the connection."""
        self._in_head = False
        super().on_headers_complete()
        if self.parser.should_upgrade():  # the parser drops what follows
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser could not read, and close."""
        del msg
        self._refuse(MalformedRequest())

    def _refuse(self, problem: Problem) -> None:
        if self._answering():
            self.transport.close()  # in the middle of an answer there is no room for another
            return
        door: Door = self.app_state["door"]
        client = self.client[0] if self.client else "unknown"
        visit = door.enter(Head("-", b"", b"", (), "1.0", client), time.monotonic())
        status, given, body = door.refusal(visit, problem)
        lines = [b"HTTP/1.1 %d -\r\n" % status]
        lines += [b"%b: %b\r\n" % pair for pair in given]
        self.transport.write(b"".join([*lines, b"connection: close\r\n\r\n", body]))
        self.transport.close()
        visit.status, visit.sent = status, len(body)
        door.conclude(visit, time.monotonic())

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_started and not cycle.response_complete
