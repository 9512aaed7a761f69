"""The same promises on a store that speaks S3, as much of it as is asked for."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from hub_documents.store import DocumentDamaged, DocumentMissing, NameTaken, Store, StoreUnavailable

KEY = bytes(range(32))
NAME = "2026/11/0190f3a1-7b2c.pdf"
PDF = b"%PDF-1.7 clear words"
LATER = timedelta(hours=1)


class Bucket(BaseHTTPRequestHandler):
    """Objects by path, and whether the store works at all."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    works: bool

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("if-none-match") == "*" and self._name in self.objects:
            self._answer(HTTPStatus.PRECONDITION_FAILED)
        else:
            self.objects[self._name] = content
            self._answer(HTTPStatus.OK)

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked:
            self._answer(HTTPStatus.OK, self._listed(asked["prefix"][0]))
        elif self._name in self.objects:
            self._answer(HTTPStatus.OK, self.objects[self._name])
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """DeleteObjects."""
        asked = self.rfile.read(int(self.headers["content-length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", asked)
        for key in keys:
            self.objects.pop(f"/documents/{key}", None)
        deleted = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self._answer(HTTPStatus.OK, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def log_message(self, *args: object) -> None:
        pass

    @property
    def _name(self) -> str:
        return urlsplit(self.path).path

    def _listed(self, prefix: str) -> bytes:
        items = "".join(
            f"<Contents><Key>{escape(name.removeprefix('/documents/'))}</Key><Size>1</Size>"
            "<LastModified>2026-11-22T09:00:00.000Z</LastModified><ETag>e</ETag></Contents>"
            for name in self.objects
            if name.startswith(f"/documents/{prefix}")
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>".encode()

    def _answer(self, status: HTTPStatus, content: bytes = b"") -> None:
        self.send_response(status if self.works else HTTPStatus.FORBIDDEN)
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 09:00:00 GMT")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def bucket() -> Iterator[tuple[type[Bucket], str]]:
    """The state of a bucket, and the address of its server."""
    state = type("Bucket", (Bucket,), {"objects": {}, "works": True})
    server = ThreadingHTTPServer(("127.0.0.1", 0), state)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield state, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(bucket, monkeypatch) -> Store:
    settings = {
        "AWS_ENDPOINT_URL": bucket[1],
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return Store.open("s3://documents/criminal-record", KEY)


async def test_a_document_is_had_again_and_lies_encrypted_under_the_prefix(store, bucket) -> None:
    await store.put(NAME, PDF)
    assert await store.get(NAME) == PDF
    [(name, at_rest)] = bucket[0].objects.items()
    assert name == f"/documents/criminal-record/{NAME}"
    assert b"clear" not in at_rest


async def test_a_name_keeps_its_content(store) -> None:
    stored = await store.put(NAME, PDF)
    assert await store.put(NAME, PDF) == stored
    with pytest.raises(NameTaken):
        await store.put(NAME, b"another")
    assert await store.get(NAME) == PDF


async def test_what_is_missing_or_damaged_is_told_apart(store, bucket) -> None:
    with pytest.raises(DocumentMissing):
        await store.get(NAME)
    await store.put(NAME, PDF)
    for name, at_rest in bucket[0].objects.items():
        bucket[0].objects[name] = at_rest[:-1] + bytes([at_rest[-1] ^ 1])
    with pytest.raises(DocumentDamaged):
        await store.get(NAME)


async def test_names_are_listed_without_the_prefix_and_deleted(store) -> None:
    await store.put(NAME, PDF)
    day = datetime(2026, 11, 23, tzinfo=UTC)
    assert [name async for name in store.names(day)] == [NAME]
    assert [name async for name in store.names(day - 2 * timedelta(days=1))] == []
    await store.delete(NAME)
    assert [name async for name in store.names(day)] == []


async def test_a_store_that_refuses_is_no_missing_document(store, bucket) -> None:
    bucket[0].works = False
    for act in (store.put(NAME, PDF), store.get(NAME), store.delete(NAME)):
        with pytest.raises(StoreUnavailable):
            await act
    with pytest.raises(StoreUnavailable):
        [name async for name in store.names(datetime.now(UTC))]
