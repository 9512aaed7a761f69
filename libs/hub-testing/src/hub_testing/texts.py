"""Texts for people, as the code has them and as its catalogs translate them."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from hub_core.problem import Problem


def of_problems(errors: ModuleType) -> list[str]:
    """Title, detail and remedy of each problem in the rooms of `errors`."""
    rooms = [import_module(f"{errors.__name__}.{found.name}") for found in iter_modules(errors.__path__)]
    problems = [
        one
        for room in rooms
        for one in vars(room).values()
        if isinstance(one, type) and issubclass(one, Problem) and one.__module__ == room.__name__
    ]
    return [text for one in problems for text in (one.title, one.detail, one.remedy)]


def of_templates(folder: Path) -> set[str]:
    """Each message of the HTML templates in a folder; of a plural, the one for one."""
    found = extract_from_dir(
        folder,
        method_map=[("**.html", "jinja2.ext.babel_extract")],
        options_map={"**.html": {"newstyle_gettext": "true", "silent": "false"}},
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def translations(locale: Path, language: str, *catalogs: str) -> dict[str, str]:
    """Each message of a language's catalogs, all or those named, and what it becomes.

    Of a plural, the form for one; empty, if any of its forms is.
    """
    known: dict[str, str] = {}
    for path in (locale / language / "LC_MESSAGES").glob("*.po"):
        if path.stem in (catalogs or {path.stem}):
            with path.open("rb") as file:
                for message in filter(lambda each: each.id, read_po(file)):
                    one = message.id if isinstance(message.id, str) else message.id[0]
                    said = message.string
                    forms = said if isinstance(said, list | tuple) else [said or ""]
                    known[one] = forms[0] if all(forms) else ""
    return known
