"""The documents of the service, and what readers of others find in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from hub_documents.render import Renderer
from svc_criminal_record.documents import printing
from svc_criminal_record.documents.models import Document

Pages: TypeAlias = Callable[[Document], list[str]]


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return printing.renderer()


@pytest.fixture
def written(renderer: Renderer, tmp_path: Path) -> Callable[[Document], Path]:
    """The file of a document."""

    def write(document: Document) -> Path:
        path = tmp_path / "document.pdf"
        path.write_bytes(printing.pdf(renderer, document))
        return path

    return write


@pytest.fixture
def pages(written: Callable[[Document], Path], program: Any) -> Pages:
    """The text of each page, its blanks and breaks as one blank, as pdftotext extracts it."""

    def text(document: Document) -> list[str]:
        found: str = program("pdftotext", written(document), "-").decode()
        marks = dict.fromkeys(map(ord, "\u202a\u202b\u202c"))
        return [" ".join(page.translate(marks).split()) for page in found.split("\f")[:-1]]

    return text
