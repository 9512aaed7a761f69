"""Texts for people: English message ids, gettext catalogs for the other languages.

A package keeps its catalogs as `locale/<language>/LC_MESSAGES/<package>.po`. They are compiled in
memory at start, so that what is reviewed is what is shown.
"""

from collections.abc import Iterable
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hub_core.language import Language


class Texts:
    """The catalogs of some packages, looked up together."""

    def __init__(self, folders: Iterable[Path]) -> None:
        paths = [path for folder in folders for path in sorted(folder.glob("*/LC_MESSAGES/*.po"))]
        self._catalogs: dict[Language, NullTranslations] = {}
        for language in Language:
            catalog = NullTranslations()
            for path in paths:
                if path.parts[-3] == language:
                    loaded = _load(path)
                    loaded.add_fallback(catalog)
                    catalog = loaded
            self._catalogs[language] = catalog

    def translate(self, language: Language, message: str) -> str:
        """The text of an English message id; the id itself when a catalog lacks it."""
        return self._catalogs[language].gettext(message) if message else ""

    def translate_plural(self, language: Language, singular: str, plural: str, count: int) -> str:
        """The plural form a language uses for `count` (Romanian has three)."""
        return self._catalogs[language].ngettext(singular, plural, count)

    def catalog(self, language: Language) -> NullTranslations:
        """The gettext object of one language, for template engines."""
        return self._catalogs[language]


def _load(path: Path) -> GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)


def folder_of(module_file: str) -> Path:
    """The `locale` folder beside a module: `folder_of(__file__)`."""
    return Path(module_file).parent / "locale"
