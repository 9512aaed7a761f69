import io
import json

import pytest

from hub_cli.console import Console


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def plain(output: io.StringIO) -> Console:
    return Console(output, ["nats", "petitions"], colour=False)


def test_a_request_is_one_short_line(plain: Console, output: io.StringIO) -> None:
    entry = {
        "event": "request",
        "level": "info",
        "timestamp": "2026-11-21T23:44:46.379893Z",
        "method": "POST",
        "route": "/petitions/v1/petitions",
        "status": 201,
        "ms": 12.3,
        "trace_id": "0" * 32,
        "request_id": "x",
    }
    plain.show("petitions", json.dumps(entry))
    assert output.getvalue() == "petitions │ 23:44:46.379 POST /petitions/v1/petitions 201 12.3 ms\n"


def test_an_event_keeps_its_fields_and_an_exception_its_lines(plain: Console, output: io.StringIO) -> None:
    entry = {"event": "fault", "level": "error", "error": "OSError", "exception": "Traceback\n  OSError"}
    plain.show("petitions", json.dumps(entry))
    assert output.getvalue().splitlines() == [
        "petitions │  error fault error=OSError",
        "petitions │     Traceback",
        "petitions │       OSError",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("[5751] 2026/11/21 23:40:39.406900 [INF] Server is ready", ""),
        ("[5751] 2026/11/21 23:40:39.406900 [ERR] no space left", "23:40:39.406 error no space left"),
        ("2026-11-21 23:40:36.410 UTC [5665] LOG:  ready to accept connections", ""),
        (
            "2026-11-21 23:40:36.410 UTC [5665] a_app@hub FATAL:  too many connections",
            "23:40:36.410 error a_app@hub FATAL:  too many connections",
        ),
        ("{not json", "{not json"),
    ],
)
def test_of_servers_only_what_is_wrong_is_shown(
    plain: Console, output: io.StringIO, line: str, shown: str
) -> None:
    plain.show("nats", line)
    assert output.getvalue() == (f"     nats │ {shown}\n" if shown else "")


def test_colours_only_where_they_are_understood(output: io.StringIO) -> None:
    Console(output, ["nats"], colour=True).show("nats", '{"event": "broker lost", "level": "warning"}')
    assert "\033[33m" in output.getvalue()
