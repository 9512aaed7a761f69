import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from hub_cli.browser import Browser, NoSuchPart

FORM = """<!doctype html><header><form action="/language" method="post"><button>ro</button></form></header>
<main><a href="/other">Other</a>
<form method="post" action="/sent?kept=1"><input type="hidden" name="csrf" value="42">
<input name="mail" autocomplete="email"><input type="submit">
<button name="decision" value="agree">Agree</button><button name="decision" value="deny">Deny</button></form>
</main><a href="/outside">Outside</a>"""


class Handler(BaseHTTPRequestHandler):
    sent: dict[str, list[str]]

    def do_GET(self) -> None:
        status = {"/form": 200, "/other": 200}.get(self.path, 404)
        self.answer(status, FORM if status == 200 else "")

    def do_POST(self) -> None:
        type(self).sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.answer(303, "", ("location", "http://app.example/callback?code=1"))

    def answer(self, status: int, body: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_form_is_filled_by_purpose_and_ends_at_the_application(origin: str) -> None:
    browser = Browser(ends_at="http://app.example/callback")
    browser.open(f"{origin}/form")
    browser.submit({"email": "ana@example.org"})
    assert browser.address == "http://app.example/callback?code=1"
    assert Handler.sent == {"csrf": ["42"], "mail": ["ana@example.org"], "decision": ["agree"]}


def test_what_is_not_in_the_main_part_is_not_there(origin: str) -> None:
    browser = Browser(ends_at="http://app.example/callback")
    browser.open(f"{origin}/form")
    with pytest.raises(NoSuchPart, match="no link to outside"):
        browser.follow("outside")
    with pytest.raises(NoSuchPart, match="no form for username"):
        browser.submit({"username": "ana"})
    browser.follow("other")
    assert browser.address == f"{origin}/other"
    with pytest.raises(NoSuchPart, match="/gone answers 404"):
        browser.open(f"{origin}/gone")
