import pytest

from gateway import headers
from gateway.errors import ConflictingHeaders, HeadersTooLarge
from gateway.headers import Dress, Forwarding

HOST = (b"host", b"localhost:8080")


def test_hop_by_hop_headers_and_those_they_name_end_here() -> None:
    fields = headers.read(
        [
            HOST,
            (b"connection", b"keep-alive, X-Once"),
            (b"keep-alive", b"timeout=5"),
            (b"te", b"trailers"),
            (b"upgrade", b"h2c"),
            (b"proxy-authorization", b"Basic x"),
            (b"x-once", b"1"),
            (b"accept", b"*/*"),
        ],
        "1.1",
    )
    assert fields.passed == [(b"accept", b"*/*")]
    assert fields.flaw is None


@pytest.mark.parametrize(
    "name",
    [
        b"authorization",
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-anything",
        b"x-real-ip",
        b"x-hub-subject",
        b"x-internal-token",
        b"x_forwarded_for",
        b"traceparent",
        b"baggage",
        b"via",
        b"host",
    ],
)
def test_what_only_the_gateway_may_say_is_not_taken_from_a_client(name: bytes) -> None:
    fields = headers.read([*([] if name == b"host" else [HOST]), (name, b"localhost")], "1.1")
    assert fields.flaw is None
    assert fields.passed == []


@pytest.mark.parametrize(
    "name",
    [
        b"host",
        b"content-length",
        b"authorization",
        b"content-type",
        b"idempotency-key",
        b"cookie",
        b"purpose",
    ],
)
def test_a_header_that_must_be_unique_and_is_not_refuses(name: bytes) -> None:
    fields = headers.read([HOST, (name, b"1"), (name, b"1")], "1.1")
    assert isinstance(fields.flaw, ConflictingHeaders)


@pytest.mark.parametrize(
    "given",
    [
        [],
        [(b"host", b"")],
        [(b"host", b"a b")],
        [(b"host", b"a/b")],
        [(b"host", b"user@a")],
        [HOST, (b"content-length", b"+5")],
        [HOST, (b"content-length", b"5, 5")],
        [HOST, (b"content-length", b"-1")],
        [HOST, (b"content-length", b"0x5")],
        [HOST, (b"transfer-encoding", b"gzip, chunked")],
        [HOST, (b"transfer-encoding", b"identity")],
        [HOST, (b"transfer-encoding", b"chunked"), (b"content-length", b"5")],
        [HOST, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
    ],
)
def test_unclear_framing_refuses(given: list[headers.Pair]) -> None:
    assert isinstance(headers.read(given, "1.1").flaw, ConflictingHeaders)


def test_http_1_0_needs_no_host_and_knows_no_chunks() -> None:
    assert headers.read([], "1.0").flaw is None
    assert headers.read([(b"transfer-encoding", b"chunked")], "1.0").flaw


@pytest.mark.parametrize(
    ("given", "length"),
    [
        ([], 0),
        ([(b"content-length", b"0")], 0),
        ([(b"content-length", b"7")], 7),
        ([(b"transfer-encoding", b"Chunked")], None),
    ],
)
def test_the_length_of_the_body_is_known(given: list[headers.Pair], length: int | None) -> None:
    assert headers.read([HOST, *given], "1.1").length == length


def test_a_repeated_trace_header_is_none_at_all() -> None:
    fields = headers.read([HOST, (b"traceparent", b"00-a"), (b"traceparent", b"00-b")], "1.1")
    assert fields.flaw is None
    assert fields.known[b"traceparent"] == b""


def test_too_many_or_too_long_headers_refuse() -> None:
    many = [HOST, *((b"x-%d" % number, b"1") for number in range(100))]
    long = [HOST, (b"x-long", b"a" * 33_000)]
    assert isinstance(headers.read(many, "1.1").flaw, HeadersTooLarge)
    assert isinstance(headers.read(long, "1.1").flaw, HeadersTooLarge)


def test_the_way_of_a_request_is_told_by_the_gateway() -> None:
    forwarding = Forwarding("https://hub.example.org")
    assert dict(forwarding.headers("192.0.2.7")) == {
        b"host": b"hub.example.org",
        b"x-forwarded-host": b"hub.example.org",
        b"x-forwarded-proto": b"https",
        b"x-forwarded-for": b"192.0.2.7",
        b"forwarded": b"for=192.0.2.7;host=hub.example.org;proto=https",
    }
    told = dict(Forwarding("http://localhost:8080").headers("2001:db8::1"))
    assert told[b"forwarded"] == b'for="[2001:db8::1]";host="localhost:8080";proto=http'


def worn(
    given: list[headers.Pair], origin: str = "https://hub.example.org", *, cookies: bool = False
) -> list[headers.Pair]:
    return Dress(origin).put_on(given, [], cookies=cookies)


def test_an_answer_says_nothing_of_the_inside() -> None:
    given = [
        (b"server", b"x"),
        (b"x-powered-by", b"x"),
        (b"access-control-allow-origin", b"*"),
        (b"connection", b"x"),
    ]
    assert not {name for name, _ in given} & {name for name, _ in worn(given)}


def test_what_a_service_left_out_is_filled_in() -> None:
    assert dict(worn([(b"content-type", b"application/json")])) == {
        b"content-type": b"application/json",
        b"cache-control": b"no-store",
        b"referrer-policy": b"same-origin",
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
        b"x-content-type-options": b"nosniff",
        b"strict-transport-security": b"max-age=63072000; includeSubDomains",
    }


def test_what_a_service_said_holds_but_framing_is_always_refused() -> None:
    given = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"public"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", b"default-src 'self'"),
    ]
    told = worn(given)
    assert [value for name, value in told if name == b"content-security-policy"] == [
        b"default-src 'self'",
        b"frame-ancestors 'none'",
    ]
    assert (b"cache-control", b"public") in told
    assert (b"referrer-policy", b"no-referrer") in told


def test_hsts_is_for_https_only() -> None:
    assert b"strict-transport-security" not in dict(worn([], "http://localhost:8080"))


def test_cookies_leave_only_from_pages() -> None:
    assert (b"set-cookie", b"a=b") not in worn([(b"set-cookie", b"a=b")])
    assert (b"set-cookie", b"a=b") in worn([(b"set-cookie", b"a=b")], cookies=True)
