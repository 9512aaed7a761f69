"""Templates of the tests, and what readers of others find in a document."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hub_documents.render import Renderer

Read: TypeAlias = Callable[[bytes], str]
AT = datetime(2026, 10, 14, 6, 41, 7, tzinfo=UTC)


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Path(__file__).parent / "templates")


@pytest.fixture(scope="session")
def letter(renderer: Renderer) -> Callable[..., bytes]:
    """A letter to somebody."""

    def written(name: str, **more: Any) -> bytes:
        return renderer.pdf("letter.typ", {"name": name} | more, AT)

    return written


@pytest.fixture
def read(program: Any, tmp_path: Path) -> Read:
    """The text of a document, as pdftotext extracts it, without its marks of direction."""

    def text(pdf: bytes) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(pdf)
        found: str = program("pdftotext", "-layout", path, "-").decode()
        return found.translate(dict.fromkeys(map(ord, "\u202a\u202b\u202c\u200e\u200f")))

    return text
