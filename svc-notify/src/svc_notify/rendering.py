"""From a template's version, a language and facts to the words of a message.

A template of the hub is a folder, `templates/<key>/<version>/`, with one file of wording for each language:
subject, paragraphs and facts are Jinja2 strings without markup. A frame sets the same wording as
plain text and as HTML, so that the two parts of an e-mail cannot say different things. A version
that was once sent is never edited: the next one is a new folder.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from hub_core.language import Language

from .domain import formats, kinds, placeholders, templates
from .domain.kinds import Group
from .domain.templates import Template as OwnTemplate

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
    "sms_marks": False,
    "push": "",
}
_TWO_POINTS: Final = re.compile(r"(?<!\.)\.\.(?!\.)")
"""A Hungarian day ends with a point, and so does the sentence that ends with it."""
_FRAMES_WITHOUT_FOOTER: Final = 1
_FRAME_OF_INSTITUTIONS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a message says, whichever way it goes.

    The inbox shows `title`, `lead` and `facts`; a push shows `title` and `push`; a text message is `sms`.
    `sms` and `push` are empty where the message does not go that way; an institution's `sms` may have letters
    that a text message lacks. With `sms_marks` it keeps them, at the price of more parts. `why` is the reason
    in the footer.
    """

    language: Language
    frame: int
    why: str
    subject: str
    preview: str
    title: str
    greeting: str
    lead: str
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    next_title: str = ""
    next: tuple[str, ...] = ()
    action: str = ""
    closing: tuple[str, ...] = ()
    sms: str = ""
    sms_marks: bool = False
    push: str = ""


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


@dataclass(frozen=True, slots=True)
class Links:
    """Where a letter leads: what its button opens, where preferences are set, where it is unsubscribed from.

    An empty one is left out; who has an account is told then that preferences are set there.
    """

    action: str = ""
    preferences: str = ""
    unsubscribe: str = ""
    has_account: bool = False


def render(
    template: str, version: int, language: Language, facts: Mapping[str, object], action_url: str
) -> Letter:
    """Write a message of the hub's own, with no link but its button.

    `facts` are what its wording names; a line whose value is empty is left out. Raises
    `jinja2.UndefinedError` when a fact is missing, `FileNotFoundError` for no such template.
    """
    return letter(say(template, version, language, facts), Links(action_url))


def say(template: str, version: int, language: Language, facts: Mapping[str, object]) -> Words:
    """The words of one of the hub's templates; raises as `render` does."""
    wording = _wording(template, version, language)
    known = {**facts, "day": partial(formats.day, language=language), "hour": formats.hour}
    said = {name: _say(value, known) for name, value in wording.items()}
    return Words(
        language=language,
        why=_why(template),
        **said
        | {
            "facts": tuple((label, value) for label, value in said["facts"] if value),
            "next": tuple(said["next"]),
            "closing": tuple(said["closing"]),
        },
    )


def say_own(template: OwnTemplate, language: Language, given: Mapping[str, str]) -> Words:
    """The words of an institution's template, in Romanian where it has no wording in the language.

    `given` are values that `templates.check_variables` has nothing against; a fact without one is left out.
    """
    spoken = template.content.spoken(language)
    wording, values = template.content.wording[spoken], templates.shown(template, spoken, given)
    frame = _frame_words(_FRAME_OF_INSTITUTIONS, spoken)

    def said(words: str) -> str:
        filled = placeholders.fill(placeholders.parse(words), values).strip()
        return _TWO_POINTS.sub(".", filled)

    facts = ((said(fact.label), said(fact.value)) for fact in wording.facts)
    return Words(
        language=spoken,
        frame=_FRAME_OF_INSTITUTIONS,
        why=Group.INSTITUTIONS,
        subject=said(wording.subject),
        preview=said(wording.preview) or said(wording.title),
        title=said(wording.title),
        greeting=frame["greeting"],
        lead=said(wording.text),
        facts=tuple((label, value) for label, value in facts if value),
        next_title=frame["next_title"],
        next=tuple(paragraph for paragraph in map(said, wording.next) if paragraph),
        action=said(wording.action),
        closing=tuple(frame["closing"]),
        sms=said(wording.sms),
        push=said(wording.push),
    )


def letter(words: Words, links: Links, sender: str = "") -> Letter:
    """The words in their frame; `sender` is the institution that they come from, the hub without one."""
    shown = {name: getattr(words, name) for name in Words.__slots__}
    shown |= {
        "paragraphs": words.lead.split("\n\n"),
        "sender": sender,
        "action_url": links.action,
        "preferences_url": links.preferences,
        "unsubscribe_url": links.unsubscribe,
        "has_account": links.has_account,
    }
    if words.frame > _FRAMES_WITHOUT_FOOTER:
        shown = _footer(words, sender) | shown
    frame = f"frame/{words.frame}/letter"
    return Letter(
        language=words.language,
        subject=words.subject,
        text=_ENVIRONMENT.get_template(f"{frame}.txt").render(shown),
        html=_ENVIRONMENT.get_template(f"{frame}.html").render(shown),
        sms=words.sms,
    )


def _why(template: str) -> str:
    if template in kinds.CODES:
        return "CODE"
    kind = kinds.find(template)
    return kind.group if kind else Group.INSTITUTIONS


def _footer(words: Words, sender: str) -> dict[str, object]:
    said = _frame_words(words.frame, words.language)
    sent_by = _say(said["sent_by"], {"sender": sender})
    return {**said, "footer": (*words.closing, sent_by, said["why"][words.why])}


@cache
def _wording(template: str, version: int, language: Language) -> Mapping[str, Any]:
    source = _FOLDER / template / str(version) / f"{language}.toml"
    return {**_OPTIONAL, **tomllib.loads(source.read_text("utf-8"))}


@cache
def _frame_words(frame: int, language: Language) -> Mapping[str, Any]:
    source = _FOLDER / "frame" / str(frame) / f"{language}.toml"
    return tomllib.loads(source.read_text("utf-8"))


@cache
def _compiled(words: str) -> Template:
    return _ENVIRONMENT.from_string(words)


def _say(value: Any, facts: Mapping[str, object]) -> Any:
    if isinstance(value, str):
        return _compiled(value).render(facts) if "{" in value else value
    if isinstance(value, list):
        return [_say(part, facts) for part in value]
    return value
