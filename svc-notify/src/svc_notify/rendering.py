"""From a template's version, a language and facts to the words of a message.

A template is a folder, `templates/<key>/<version>/`, with one file of wording for each language:
subject, paragraphs and facts are Jinja2 strings without markup. A frame sets the same wording as
plain text and as HTML, so that the two parts of an e-mail cannot say different things. A version
that was once sent is never edited: the next one is a new folder.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from hub_core.language import Language

from .domain import formats

_FOLDER: Final = files(__package__) / "templates"
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader(__package__),
    autoescape=select_autoescape(["html"], default_for_string=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_OPTIONAL: Final[Mapping[str, Any]] = {
    "code": "",
    "facts": [],
    "next_title": "",
    "next": [],
    "action": "",
    "sms": "",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words: the subject line, and the same content as plain text and as HTML.

    `sms` is what a text message would say, in letters that all fit into one (8.1); empty where none would.
    """

    language: Language
    subject: str
    text: str
    html: str
    sms: str = ""


def render(
    template: str, version: int, language: Language, facts: Mapping[str, object], action_url: str
) -> Letter:
    """Write a message. `facts` are what its wording names; a line whose value is empty is left out.

    Raises `jinja2.UndefinedError` when a fact is missing, `FileNotFoundError` for no such template.
    """
    wording = _wording(template, version, language)
    known = {**facts, "day": partial(formats.day, language=language), "hour": formats.hour}
    said = {name: _say(value, known) for name, value in wording.items()}
    said["facts"] = [(label, value) for label, value in said["facts"] if value]
    said |= {"language": language, "action_url": action_url}
    frame = f"frame/{wording['frame']}/letter"
    return Letter(
        language=language,
        subject=said["subject"],
        text=_ENVIRONMENT.get_template(f"{frame}.txt").render(said),
        html=_ENVIRONMENT.get_template(f"{frame}.html").render(said),
        sms=said["sms"],
    )


@cache
def _wording(template: str, version: int, language: Language) -> Mapping[str, Any]:
    source = _FOLDER / template / str(version) / f"{language}.toml"
    return {**_OPTIONAL, **tomllib.loads(source.read_text("utf-8"))}


@cache
def _compiled(words: str) -> Template:
    return _ENVIRONMENT.from_string(words)


def _say(value: Any, facts: Mapping[str, object]) -> Any:
    if isinstance(value, str):
        return _compiled(value).render(facts)
    if isinstance(value, list):
        return [_say(part, facts) for part in value]
    return value
