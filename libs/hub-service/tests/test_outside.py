"""Calls to addresses of others: what is refused, and where a call really goes."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub_service import outside
from hub_service.outside import Outside, Reason, Refused, Unreachable
from hub_service.settings import ServiceSettings

EVERYBODYS = "93.184.215.14"
NAME = "hooks.example.com"
OTHER = "other.example.com"


def settings(*allowed: str) -> ServiceSettings:
    return ServiceSettings(outside_allowed=frozenset(allowed))


class Resolver:
    """Answers each question with the next of its answers, the last one again and again."""

    def __init__(self, *answers: str | tuple[str, ...]) -> None:
        self.answers = [(answer,) if isinstance(answer, str) else answer for answer in answers]
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Recorder(httpx2.AsyncBaseTransport):
    """Stands where the internet is: notes what would be connected to."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(200, stream=httpx2.ByteStream(b"ok"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.example.com/", Reason.SCHEME),
        ("HTTPS://hooks.example.com/", Reason.ADDRESS),
        ("ftp://hooks.example.com/", Reason.ADDRESS),
        ("//hooks.example.com/", Reason.ADDRESS),
        ("https://hooks.example.com:8443/", Reason.PORT),
        ("https://hooks.example.com:22/", Reason.PORT),
        ("https://hooks.example.com:99999/", Reason.ADDRESS),
        ("https://hooks.example.com:/", Reason.ADDRESS),
        ("https://user@hooks.example.com/", Reason.ADDRESS),
        ("https://user:word@hooks.example.com/", Reason.ADDRESS),
        ("https://hooks.example.com@127.0.0.1/", Reason.ADDRESS),
        ("https://hooks.example.com/#there", Reason.ADDRESS),
        ("https://hooks.example.com\\@127.0.0.1/", Reason.ADDRESS),
        ("https://hooks.example.com/\r\nHost: x", Reason.ADDRESS),
        ("https://hooks.example.com/ x", Reason.ADDRESS),
        ("https://hooks.example.com/%zz", Reason.ADDRESS),
        ("https://hooks.example.com./", Reason.ADDRESS),
        ("https://.example.com/", Reason.ADDRESS),
        ("https://-hooks.example.com/", Reason.ADDRESS),
        ("https://hooks_.example.com/", Reason.ADDRESS),
        ("https://localhost/", Reason.ADDRESS),
        ("https://intranet/", Reason.ADDRESS),
        ("https://hooks.exämple.com/", Reason.ADDRESS),
        ("https://①②⑦.⓪.⓪.①/", Reason.ADDRESS),
        ("https://2130706433/", Reason.ADDRESS),
        ("https://0x7f000001/", Reason.ADDRESS),
        ("https://0x7f.1/", Reason.ADDRESS),
        ("https://017700000001/", Reason.ADDRESS),
        ("https://0177.0.0.1/", Reason.ADDRESS),
        ("https://127.1/", Reason.ADDRESS),
        ("https://8.8.8.0x8/", Reason.ADDRESS),
        ("https://[::ffff:127.0.0.1]/", Reason.ADDRESS),
        ("https://[0:0:0:0:0:0:0:1]/", Reason.ADDRESS),
        ("https://[fe80::1%25eth0]/", Reason.ADDRESS),
        (f"https://{'a' * 64}.example.com/", Reason.ADDRESS),
        (f"https://{'a.' * 130}com/", Reason.ADDRESS),
        (f"https://hooks.example.com/{'a' * 2048}", Reason.ADDRESS),
    ],
    ids=lambda value: value[:50].encode("ascii", "xmlcharrefreplace").decode(),
)
async def test_an_address_that_is_no_plain_one_of_the_world_is_refused_unasked(url, reason):
    resolver = Resolver(EVERYBODYS)
    async with Outside(settings(), resolve=resolver) as calls:
        with pytest.raises(Refused) as refused:
            await calls.post(url, b"", {}, 1)
    assert refused.value.reason is reason
    assert resolver.asked == []


@pytest.mark.parametrize(
    "machine",
    [
        "127.0.0.1",
        "127.255.255.254",
        str(IPv4Address(0)),
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "100::1",
        "2001:0:7f00:1::",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
async def test_a_name_is_refused_when_one_of_its_addresses_is_not_everybodys(machine):
    internet = Recorder()
    resolver = Resolver((EVERYBODYS, machine))
    async with Outside(settings(), resolve=resolver, transport=lambda: internet) as calls:
        with pytest.raises(Refused) as refused:
            await calls.post(f"https://{NAME}/", b"", {}, 1)
    assert refused.value.reason is Reason.PRIVATE
    assert NAME not in str(refused.value)
    assert internet.requests == []


@pytest.mark.parametrize("machine", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450::8a"])
async def test_an_address_of_everybody_is_called(machine):
    assert outside.is_public(ip_address(machine))
    internet = Recorder()
    async with Outside(settings(), resolve=Resolver(machine), transport=lambda: internet) as calls:
        answer = await calls.post(f"https://{NAME}/a?b=c", b"body", {"content-type": "text/plain"}, 1)
    assert (answer.status, answer.body) == (200, b"ok")
    [request] = internet.requests
    assert request.url.host == machine
    assert request.url.raw_path == b"/a?b=c"
    assert request.headers["host"] == NAME
    assert request.extensions["sni_hostname"] == NAME


async def test_private_addresses_as_literals_are_refused_and_public_ones_called():
    internet = Recorder()
    async with Outside(settings(), transport=lambda: internet) as calls:
        for literal in ("127.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:7f00:1]"):
            with pytest.raises(Refused) as refused:
                await calls.post(f"https://{literal}/", b"", {}, 5)
            assert refused.value.reason is Reason.PRIVATE
        assert internet.requests == []
        await calls.post("https://[2606:4700::1111]/", b"", {}, 5)
    assert internet.requests[0].headers["host"] == "[2606:4700::1111]"


async def test_a_name_whose_answer_changes_after_the_check_leads_nowhere_else():
    """DNS rebinding: the connection goes to what was judged, and the name is not asked again in between."""
    internet = Recorder()
    resolver = Resolver(EVERYBODYS, "127.0.0.1")
    async with Outside(settings(), resolve=resolver, transport=lambda: internet) as calls:
        await calls.post(f"https://{NAME}/", b"", {}, 1)
        assert resolver.asked == [NAME]
        assert [request.url.host for request in internet.requests] == [EVERYBODYS]
        with pytest.raises(Refused):
            await calls.post(f"https://{NAME}/", b"", {}, 1)
    assert len(internet.requests) == 1


async def test_a_punycode_name_is_called_by_its_letters():
    internet = Recorder()
    async with Outside(settings(), resolve=Resolver(EVERYBODYS), transport=lambda: internet) as calls:
        await calls.post("https://xn--exmple-cua.com/", b"", {}, 1)
    assert internet.requests[0].headers["host"] == "xn--exmple-cua.com"


async def test_a_name_without_an_address_is_unreachable():
    async def nothing(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async with Outside(settings(), resolve=nothing) as calls:
        with pytest.raises(Unreachable) as missing:
            await calls.post(f"https://{NAME}/", b"", {}, 1)
    assert missing.value.reason is Reason.NAME


async def test_headers_that_frame_the_message_are_ours():
    internet = Recorder()
    given = {"Host": "x", "Content-Length": "7", "Transfer-Encoding": "chunked", "webhook-id": "1"}
    async with Outside(settings(), resolve=Resolver(EVERYBODYS), transport=lambda: internet) as calls:
        await calls.post(f"https://{NAME}/", b"four", given, 1)
    headers = internet.requests[0].headers
    assert (headers["host"], headers["content-length"], headers["webhook-id"]) == (NAME, "4", "1")
    assert "transfer-encoding" not in headers
    assert headers["accept-encoding"] == "identity"


# With a real server: TLS, connections that are kept, answers that do not end.


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority of the test's own: TLS of a server for a name, and the trust of who calls."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def of(name: str) -> ssl.SSLContext:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = folder / f"{name}.pem"
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(made.public_bytes(pem) + secret)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    servers = {name: of(name) for name in (NAME, OTHER)}
    trust = ssl.create_default_context()
    for name in servers:
        trust.load_verify_locations(folder / f"{name}.pem")
    return servers, trust


class Server:
    """Answers every request with what the test says, and notes connections, names and requests."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.answer = answer
        self.then: bytes | None = None
        self.every = 0.0
        self.connections: list[str] = []
        self.requests: list[bytes] = []
        self.port = 0

    @asynccontextmanager
    async def at(self, machine: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None):
        server = await asyncio.start_server(self._serve, machine, port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer.get_extra_info("sockname")[0])
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                writer.write(self.answer)
                await writer.drain()
                while self.then is not None:
                    writer.write(self.then)
                    await writer.drain()
                    await asyncio.sleep(self.every)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


def outside_to(trust: ssl.SSLContext, *machines: str | tuple[str, ...]) -> Outside:
    return Outside(settings(NAME, OTHER), resolve=Resolver(*machines), tls=trust)


async def test_tls_and_host_are_the_names_and_the_connection_is_kept(certificates):
    servers, trust = certificates
    async with Server().at(tls=servers[NAME]) as server, outside_to(trust, "127.0.0.1") as calls:
        for _ in range(3):
            answer = await calls.post(f"https://{NAME}:{server.port}/hook", b"{}", {}, 5)
            assert answer == outside.Answer(200, {"content-length": "2"}, b"ok")
    assert server.connections == ["127.0.0.1"]
    assert len(server.requests) == 3
    assert f"host: {NAME}:{server.port}".encode() in server.requests[0]


async def test_a_certificate_of_another_name_is_refused(certificates):
    servers, trust = certificates
    async with Server().at(tls=servers[OTHER]) as server, outside_to(trust, "127.0.0.1") as calls:
        with pytest.raises(Unreachable) as refused:
            await calls.post(f"https://{NAME}:{server.port}/", b"{}", {}, 5)
    assert refused.value.reason is Reason.CERTIFICATE
    assert server.requests == []


async def test_a_kept_connection_is_never_used_for_another_name_at_the_same_address(certificates):
    servers, trust = certificates
    async with Server().at(tls=servers[NAME]) as server, outside_to(trust, "127.0.0.1") as calls:
        await calls.post(f"https://{NAME}:{server.port}/", b"{}", {}, 5)
        with pytest.raises(Unreachable) as refused:
            await calls.post(f"https://{OTHER}:{server.port}/", b"{}", {}, 5)
    assert refused.value.reason is Reason.CERTIFICATE
    assert len(server.requests) == 1


async def test_a_kept_connection_is_not_used_once_the_name_leads_elsewhere(certificates):
    servers, trust = certificates
    first, second = Server(), Server()
    async with (
        first.at("127.0.0.1", tls=servers[NAME]),
        second.at("127.0.0.2", first.port, tls=servers[NAME]),
        outside_to(trust, "127.0.0.1", "127.0.0.2") as calls,
    ):
        await calls.post(f"https://{NAME}:{first.port}/", b"{}", {}, 5)
        await calls.post(f"https://{NAME}:{first.port}/", b"{}", {}, 5)
    assert (first.connections, second.connections) == (["127.0.0.1"], ["127.0.0.2"])


async def test_the_next_address_is_tried_when_nobody_listens_at_the_first(certificates):
    servers, trust = certificates
    async with (
        Server().at("127.0.0.2", tls=servers[NAME]) as server,
        outside_to(trust, ("127.0.0.1", "127.0.0.2")) as calls,
    ):
        answer = await calls.post(f"https://{NAME}:{server.port}/", b"{}", {}, 5)
    assert answer.status == 200


async def test_the_address_that_has_answered_is_asked_first_while_the_name_has_it(certificates):
    servers, trust = certificates
    async with (
        Server().at("127.0.0.2", tls=servers[NAME]) as server,
        outside_to(trust, ("127.0.0.1", "127.0.0.2")) as calls,
    ):
        await calls.post(f"https://{NAME}:{server.port}/", b"{}", {}, 5)
        async with Server().at("127.0.0.1", server.port, tls=servers[NAME]) as late:
            await calls.post(f"https://{NAME}:{server.port}/", b"{}", {}, 5)
    assert len(server.requests) == 2
    assert late.connections == []


async def test_nobody_listening_is_unreachable(certificates):
    async with Server().at() as server:
        port = server.port
    async with outside_to(certificates[1], "127.0.0.1") as calls:
        with pytest.raises(Unreachable) as nobody:
            await calls.post(f"http://{NAME}:{port}/", b"{}", {}, 5)
    assert nobody.value.reason is Reason.CONNECTION


async def test_a_redirect_is_an_answer_and_nothing_more(certificates):
    async with Server().at() as elsewhere:
        moved = (
            f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n"
        )
        async with Server(moved.encode()).at() as server, outside_to(certificates[1], "127.0.0.1") as calls:
            answer = await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5)
    assert answer.status == 307
    assert elsewhere.connections == []


async def test_cookies_are_forgotten_and_compressed_bytes_left_as_they_are(certificates):
    answered = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb"
    )
    async with Server(answered).at() as server, outside_to(certificates[1], "127.0.0.1") as calls:
        answers = [await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5) for _ in range(2)]
    assert [answer.body for answer in answers] == [b"bomb", b"bomb"]
    assert b"cookie" not in server.requests[1].lower()


async def test_a_proxy_of_the_environment_is_not_used(certificates, monkeypatch):
    async with Server().at() as proxy, Server().at() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with outside_to(certificates[1], "127.0.0.1") as calls:
            await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5)
    assert proxy.connections == []


async def test_of_an_endless_answer_64_kib_are_read_and_its_connection_ends(certificates):
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    server.then = b"x" * 65_000
    async with server.at(), outside_to(certificates[1], "127.0.0.1") as calls:
        answer = await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5)
        assert len(answer.body) == outside.LONGEST_ANSWER
        server.then, server.answer = None, b"HTTP/1.1 204 No Content\r\n\r\n"
        assert (await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5)).status == 204
    assert len(server.connections) == 2
    assert answer.status == 200


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 "])
async def test_an_answer_that_trickles_is_given_up_in_time(certificates, head):
    server = Server(head)
    server.then, server.every = b"x", 0.01
    async with server.at(), outside_to(certificates[1], "127.0.0.1") as calls:
        with pytest.raises(Unreachable) as late:
            await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 0.2)
        assert late.value.reason is Reason.TIME


async def test_a_name_server_that_is_silent_is_given_up_in_time():
    async def silent(host: str, port: int) -> tuple[str, ...]:
        await asyncio.Event().wait()
        return ()

    async with Outside(settings(), resolve=silent) as calls:
        with pytest.raises(Unreachable) as late:
            await calls.post(f"https://{NAME}/", b"", {}, 0.05)
    assert late.value.reason is Reason.TIME


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.7\r\n\r\n", b"HTTP/1.1 999999 No\r\n\r\n"])
async def test_what_is_no_answer_of_http_is_none(certificates, answer):
    async with Server(answer).at() as server, outside_to(certificates[1], "127.0.0.1") as calls:
        with pytest.raises(Unreachable) as other:
            await calls.post(f"http://{NAME}:{server.port}/", b"{}", {}, 5)
    assert other.value.reason is Reason.PROTOCOL


async def test_connections_to_many_names_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(outside, "_TARGETS", 5)
    internet = Recorder()
    async with Outside(settings(), resolve=Resolver(EVERYBODYS), transport=lambda: internet) as calls:
        for number in range(20):
            await calls.post(f"https://hooks{number}.example.com/", b"", {}, 1)
        assert len(calls._targets) == 5
