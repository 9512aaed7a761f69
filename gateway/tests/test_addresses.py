import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import addresses
from gateway.errors import AddressTooLong
from hub_service.problems import MalformedRequest

UNTIMED = settings(deadline=None)  # the machine may be busy
GOOD = [
    b"/",
    b"/a",
    b"/a/",
    b"/a/b.c",
    b"/a/..b",
    b"/a/b..",
    b"/...",
    b"/a%20b",
    b"/%C8%99",
    b"/~x",
    b"/a:b@c",
    b"/.well-known/x",
]
BAD = [
    b"",
    b"a",
    b"//",
    b"//a",
    b"/a//b",
    b"/a/../b",
    b"/..",
    b"/.",
    b"/a/.",
    b"/a/./b",
    b"/a/%2e%2e/b",
    b"/a/%2E./b",
    b"/a/.%2e",
    b"/a%2fb",
    b"/a%2Fb",
    b"/a%5cb",
    b"/a\\b",
    b"/a%00",
    b"/a%0d%0ab",
    b"/a%7f",
    b"/a\x00",
    b"/a\x1f",
    b"/a b",
    b"/a\xc8\x99",
    b"/%",
    b"/%4",
    b"/%zz",
    b"/%ff",
    b"/%c8",
    b"/a#b",
    b"/a|b",
    b'/a"b',
    b"/<a>",
]


@pytest.mark.parametrize("path", GOOD)
def test_plain_addresses_pass_unchanged(path: bytes) -> None:
    assert addresses.read_path(path, b"").encode() == path


@pytest.mark.parametrize("path", BAD)
def test_ambiguous_addresses_are_refused(path: bytes) -> None:
    with pytest.raises(MalformedRequest):
        addresses.read_path(path, b"")


@pytest.mark.parametrize("query", [b"", b"a=b&c=%20", b"q=%C8%99&x[]=1", b"a='b';--", b"a=/../?"])
def test_ordinary_queries_pass(query: bytes) -> None:
    addresses.read_path(b"/a", query)


@pytest.mark.parametrize("query", [b"a b", b"a=\x00", b"a=%00", b"a=\xff", b"a=%", b"a=%g0", b"a\\b", b"a#b"])
def test_unreadable_queries_are_refused(query: bytes) -> None:
    with pytest.raises(MalformedRequest):
        addresses.read_path(b"/a", query)


def test_an_endless_address_is_refused() -> None:
    with pytest.raises(AddressTooLong):
        addresses.read_path(b"/" + b"a" * 8000, b"b" * 200)


@UNTIMED
@given(st.binary(max_size=60))
def test_what_passes_has_one_meaning(tail: bytes) -> None:
    try:
        path = addresses.read_path(b"/" + tail, b"")
    except MalformedRequest:
        return
    assert path.encode() == b"/" + tail
    assert not {".", "..", ""} & set(path.rstrip("/").split("/")[1:])


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_sender_counts_by_its_network(client: str, network: str) -> None:
    assert addresses.network_of(client) == network
