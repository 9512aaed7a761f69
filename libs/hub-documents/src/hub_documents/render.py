r"""Typst templates into PDF/A-2a and PDF/UA-1, the same bytes for the same data.

A service has a folder of templates, each with a function `main` of the data and of the pictures; the
page, its parts and the fonts of the house come from here:

```typst
#import "@hub/house:1.0.0": *
#let main(it, pictures) = { … }
```

>>> renderer = render.Renderer(Path("templates"))
>>> renderer.pdf("certificate.typ", {"name": "Țurcan"}, at=now, pictures={"qr": qr.picture(link)})
b'%PDF-1.7…%%EOF\n'
"""

import re
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import orjson
import typst

from hub_core import text

from . import forms, objects, outlines
from .forms import Picture

HERE: Final = Path(__file__).parent
NO_PICTURES: Final[Mapping[str, Picture]] = MappingProxyType({})
_BLANK: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN: Final = re.compile(  # controls, soft hyphen, marks of direction, surrogates, private use
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_NO_GLYPH: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


class Unprintable(Exception):
    """No font of ours has these letters; `letters` are their code points, and nothing else of the data."""

    def __init__(self, letters: str) -> None:
        super().__init__(f"no font has {letters}")
        self.letters = letters


class TemplateBroken(Exception):
    """Typst refused a template; the message is Typst's, and the data is not in it."""


def clean(value: Any) -> Any:
    """The data as it is printed: every text NFC, commas for cedillas, nothing that cannot be seen.

    Breaks of lines become blanks; controls, marks of direction (which could show a name in another order
    than it has), surrogates and private letters go.
    """
    if isinstance(value, str):
        return text.normalise(_UNSEEN.sub("", _BLANK.sub(" ", value)))
    if isinstance(value, Mapping):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


class Renderer:
    """The templates of a folder. Threads may share it: each has a compiler of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
        )
        self._of_thread = threading.local()

    def pdf(
        self,
        template: str,
        data: Mapping[str, Any],
        at: datetime,
        pictures: Mapping[str, Picture] = NO_PICTURES,
    ) -> bytes:
        """The document of a template: PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).

        The template's `main` is given the data, cleaned, as JSON has them, so that a text is a text
        and never markup; and by their names the pictures, each a function that shows it: it takes what
        `image` takes, and has to be called. `at` is when the document says that it was made. Works for
        some 10 ms of CPU: call it in a thread. Raises `Unprintable` for letters that no font has,
        `TemplateBroken` for a fault of the template.
        """
        # Not by `sys.inputs`: with other inputs Typst evaluates every template anew, and knows no
        # paragraph again that it has set before.
        given = ", ".join(f"{name}: {forms.stand_in(order)}" for order, name in enumerate(pictures))
        source = (
            f"#import {_literal(template)}: main\n"
            f"#main(json(bytes({_literal(orjson.dumps(clean(data)).decode())})), ({given or ':'}))\n"
        )
        try:
            content = cast(
                "bytes",
                self._compiler().compile(
                    source.encode(),
                    format="pdf",
                    pdf_standards=["a-2a", "ua-1"],
                    timestamp=int(at.timestamp()),
                ),
            )
        except typst.TypstError as error:
            raise _explained(template, error) from None
        # Typst's last line has no end, and ISO 19005-2 (6.1.3) lets nothing but one follow.
        try:
            changes = *forms.changes(content, pictures.values()), *outlines.changes(content)
        except forms.NotPlaced:
            raise TemplateBroken(f"{template}: not all pictures are placed") from None
        return objects.exchange(content, changes) + b"\n"

    def _compiler(self) -> typst.Compiler:
        compiler: typst.Compiler | None = getattr(self._of_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(
                root=self.folder,
                font_paths=self._fonts,
                package_path=HERE / "packages",
                package_cache_path=HERE / "packages",
            )
            self._of_thread.compiler = compiler
        return compiler


def _literal(text: str) -> str:
    """A string of Typst: only the backslash and the quotation mark mean something in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _explained(template: str, error: typst.TypstError) -> Exception:
    missing = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(_NO_GLYPH.findall(error.diagnostic)))
    if missing:
        return Unprintable(", ".join(sorted({f"U+{ord(letter):04X}" for letter in missing})))
    return TemplateBroken(f"{template}: {error.message}")
