"""A small HTTP server in a thread, for what tests fake: it asks a function for each answer."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; `body` is unpacked when it was compressed."""

    method: str
    path: str
    authorization: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the fake gives back."""

    body: bytes
    content_type: str
    status: int = HTTPStatus.OK


class Listener:
    """Serves GET and POST on a free port of the loopback address from `start()` to `stop()`."""

    def __init__(self, respond: Callable[[Asked], Answer]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(respond))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(respond: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            authorization = self.headers.get("authorization", "")
            answer = respond(Asked(self.command, self.path, authorization, body))
            self.send_response(answer.status)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing: the test sees what was asked."""

    return Handler
