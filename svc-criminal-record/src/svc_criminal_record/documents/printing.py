"""From what a document says to its pages."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from hub_core import clock
from hub_documents import qr
from hub_documents.render import Renderer

from ..domain.products import HolderKind, Product
from .models import Document, PersonHolder

TEMPLATES: Final = Path(__file__).parent / "templates"


def renderer() -> Renderer:
    """Renders the documents of this service; one for the process is enough."""
    return Renderer(TEMPLATES)


def pdf(renderer: Renderer, document: Document) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1, not sealed yet; the same bytes for the same document.

    Works for some 10 ms of CPU: call it in a thread. Raises `render.Unprintable` where no font has a
    letter of it.
    """
    return renderer.pdf(
        _template(document), _data(document), document.issued_at, {"qr": qr.picture(document.link)}
    )


def _template(document: Document) -> str:
    if document.recipient is not None:
        return "extract.typ"
    return "integrity.typ" if document.product is Product.INTEGRITY else "certificate.typ"


def _data(document: Document) -> dict[str, Any]:
    kind = HolderKind.PERSON if isinstance(document.holder, PersonHolder) else HolderKind.ORGANISATION
    data = asdict(document)
    if isinstance(document.holder, PersonHolder):
        data["holder"]["former_names"] = ", ".join(document.holder.former_names) or None
    return data | {
        "label": document.label,
        "address": document.link.partition("#")[0].rpartition("/")[0],
        "holder_kind": kind,
        "issued_at": document.issued_at.astimezone(clock.BUCHAREST),
    }
