import asyncio
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import MemoryStore

from hub_documents.store import DocumentDamaged, DocumentMissing, NameTaken, Store

KEY = bytes(range(32))
NAME = "2026/11/0190f3a1-7b2c.pdf"
PDF = b"%PDF-1.7 clear words"
LATER = timedelta(hours=1)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store.open((tmp_path / "documents").as_uri(), KEY)


async def listed(store: Store, before: datetime) -> list[str]:
    return sorted([name async for name in store.names(before)])


async def test_a_document_is_had_again(store) -> None:
    stored = await store.put(NAME, PDF)
    assert (stored.name, stored.sha256, stored.size) == (NAME, hashlib.sha256(PDF).digest(), len(PDF))
    assert await store.get(NAME) == PDF


async def test_it_is_there_after_a_start_anew(store, tmp_path) -> None:
    await store.put(NAME, PDF)
    assert await Store.open((tmp_path / "documents").as_uri(), KEY).get(NAME) == PDF


@settings(deadline=None)
@given(content=st.binary(max_size=2_000))
def test_any_content_is_had_again(content) -> None:
    async def there_and_back() -> bytes:
        store = Store(MemoryStore(), KEY)
        await store.put(NAME, content)
        return await store.get(NAME)

    assert asyncio.run(there_and_back()) == content


async def test_who_reads_the_folder_reads_nothing(store, tmp_path) -> None:
    await store.put(NAME, PDF)
    at_rest = (tmp_path / "documents" / NAME).read_bytes()
    assert b"clear" not in at_rest
    assert len(at_rest) == 12 + len(PDF) + 16
    assert (tmp_path / "documents").stat().st_mode & 0o077 == 0


async def test_any_flipped_byte_is_found(store, tmp_path) -> None:
    await store.put(NAME, PDF)
    file: Path = tmp_path / "documents" / NAME
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DocumentDamaged):
            await store.get(NAME)
    for length in (0, 11, 12, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(DocumentDamaged):
            await store.get(NAME)


async def test_a_document_in_the_place_of_another_is_found(store, tmp_path) -> None:
    await store.put("a.pdf", b"of one")
    await store.put("b.pdf", b"of another")
    folder = tmp_path / "documents"
    (folder / "b.pdf").write_bytes((folder / "a.pdf").read_bytes())
    with pytest.raises(DocumentDamaged):
        await store.get("b.pdf")


async def test_another_key_opens_nothing(store, tmp_path) -> None:
    await store.put(NAME, PDF)
    with pytest.raises(DocumentDamaged):
        await Store.open((tmp_path / "documents").as_uri(), bytes(32)).get(NAME)


async def test_a_name_keeps_its_content(store) -> None:
    stored = await store.put(NAME, PDF)
    assert await store.put(NAME, PDF) == stored
    with pytest.raises(NameTaken):
        await store.put(NAME, b"another")
    assert await store.get(NAME) == PDF


async def test_of_many_that_store_at_once_one_has_the_name(store) -> None:
    contents = [bytes([number]) * 50_000 for number in range(16)]
    answers = await asyncio.gather(
        *(store.put(NAME, content) for content in contents), return_exceptions=True
    )
    assert sum(isinstance(answer, NameTaken) for answer in answers) == 15
    assert await store.get(NAME) in contents


async def test_what_is_not_there_is_missing(store) -> None:
    with pytest.raises(DocumentMissing):
        await store.get(NAME)


async def test_a_deleted_document_is_missing(store) -> None:
    await store.put(NAME, PDF)
    await store.delete(NAME)
    await store.delete(NAME)
    with pytest.raises(DocumentMissing):
        await store.get(NAME)


async def test_a_sweep_sees_what_is_old_enough(store, tmp_path) -> None:
    now = datetime.now(UTC)
    await store.put("2026/old.pdf", PDF)
    await store.put("2026/new.pdf", PDF)
    long_ago = (now - 2 * LATER).timestamp()
    os.utime(tmp_path / "documents/2026/old.pdf", (long_ago, long_ago))
    assert await listed(store, now - LATER) == ["2026/old.pdf"]
    assert await listed(store, now + LATER) == ["2026/new.pdf", "2026/old.pdf"]


async def test_what_was_cut_off_while_it_was_written_is_no_document(store, tmp_path) -> None:
    """A process that is killed leaves a staged file beside the name: nothing lists or reads it."""
    await store.put("a.pdf", PDF)
    (tmp_path / "documents/b.pdf#1").write_bytes(b"half")
    assert await listed(store, datetime.now(UTC) + LATER) == ["a.pdf"]
    await store.put("b.pdf", PDF)
    assert await store.get("b.pdf") == PDF


async def test_what_was_cut_off_is_cleared_once_nobody_can_be_writing_it(store, tmp_path) -> None:
    now = datetime.now(UTC)
    await store.put("2026/a.pdf", PDF)
    half = tmp_path / "documents/2026/b.pdf#1"
    half.write_bytes(b"half")
    assert await store.clear(now - LATER) == 0
    assert half.exists()
    assert await store.clear(now + LATER) == 1
    assert [file.name for file in half.parent.iterdir()] == ["a.pdf"]


async def test_a_store_without_a_folder_has_nothing_to_clear() -> None:
    assert await Store(MemoryStore(), KEY).clear(datetime.now(UTC)) == 0


@pytest.mark.parametrize(
    "name", ["", "../a.pdf", "/a.pdf", "a//b", "a/../b", "a..pdf", "A.pdf", "Ș.pdf", "a#1"]
)
async def test_a_name_leads_nowhere_else(store, name) -> None:
    for act in (store.put(name, PDF), store.get(name), store.delete(name)):
        with pytest.raises(ValueError, match="a name is of"):
            await act


WRITER = """
import asyncio, sys
from hub_documents.store import Store

async def main():
    store = Store.open(sys.argv[1], bytes(range(32)))
    for number in range(100_000):
        stored = await store.put(f"{number}.pdf", str(number).encode() * 20_000)
        print(stored.name, flush=True)

asyncio.run(main())
"""


def kill_while_it_writes(url: str) -> set[str]:
    """The names that a process said it had stored before it was killed."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    with writer:
        told = [writer.stdout.readline() for _ in range(40)]
        writer.kill()
        told += writer.stdout.readlines()
    return {line.strip() for line in told if line.endswith("\n")}


async def test_a_process_that_is_killed_has_stored_each_document_or_nothing_of_it(tmp_path) -> None:
    url = (tmp_path / "documents").as_uri()
    for _ in range(3):
        told = kill_while_it_writes(url)
        store = Store.open(url, KEY)
        found = await listed(store, datetime.now(UTC) + LATER)
        assert told <= set(found)
        for name in found:
            assert await store.get(name) == name.removesuffix(".pdf").encode() * 20_000
        await store.clear(datetime.now(UTC) + LATER)
        assert {file.name for file in (tmp_path / "documents").iterdir()} == set(found)
