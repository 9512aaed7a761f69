"""The answer to a petition as a sealed document.

made = await answers.make(press, answer, now)       # no transaction is open
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_documents import facts
from hub_documents.render import Unprintable
from hub_documents.seal import Sealed

from .press import Press
from .seals import Owner

_ISSUED: Final = 6
_ID: Final = 7
_FACTS: Final = -65537


@dataclass(frozen=True, slots=True)
class Courtesy:
    """The same in the petitioner's language: it helps, the Romanian text counts (OUG 57/2019)."""

    language: Language
    text: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Answer:
    """What the answer says. `number` is the one it goes out under, `petition` the petition's.

    `institution` answers, and its seal it bears; `petitioner` is the name it is addressed to, where one is
    known, `address` where it goes on paper, `joined` are the labels of the petitions that it answers as
    well. `text` has one paragraph a line. `redress` are sentences. `signed_by` is the name and the
    function, with a line for each. `code` is what people type to verify it, `origin` where they do.
    """

    institution: Owner
    compartment: str | None
    number: str
    petition: str
    petitioner: str | None
    address: str | None
    subject: str
    text: str
    legal_basis: str
    redress: tuple[str, ...]
    signed_by: tuple[str, ...]
    code: str
    origin: str
    courtesy: Courtesy | None = None
    joined: tuple[str, ...] = ()


async def make(press: Press, answer: Answer, now: datetime) -> Sealed:
    """The sealed PDF of an answer.

    Letters that no font has become question marks. Raises `SealNotInForce`; nothing is stored.
    """
    token = facts.sign(
        {
            _ISSUED: int(now.timestamp()),
            _ID: answer.code.encode(),
            _FACTS: {"type": "PETITION_ANSWER", "no": answer.number, "petition": answer.petition},
        },
        press.facts,
    )
    address = facts.address(answer.origin, answer.code, token)
    own = await press.seals.of(answer.institution, now)
    data = _data(answer, now)
    try:
        return await press.sealed("answer.typ", data, own, now, {"qr": address})
    except Unprintable as missing:
        # A petitioner may write what no font has: the answer goes out, with marks in their place.
        return await press.sealed("answer.typ", _legible(data, missing.letters), own, now, {"qr": address})


def _data(answer: Answer, now: datetime) -> dict[str, Any]:
    names = answer.institution.names
    ro = names["ro"]
    courtesy = answer.courtesy
    return asdict(answer) | {
        "institution": {"ro": ro, "en": names.get("en", ro)},
        "paragraphs": _paragraphs(answer.text),
        "courtesy": courtesy and {"language": courtesy.language, "paragraphs": _paragraphs(courtesy.text)},
        "at": now.astimezone(BUCHAREST).isoformat(),
    }


def _legible(value: Any, letters: str) -> Any:
    """The data with a question mark for each of these code points (`U+1F600, U+1F601`)."""
    if isinstance(value, str):
        points = (int(one.removeprefix("U+"), base=16) for one in letters.split(", "))
        return value.translate(dict.fromkeys(points, "?"))
    if isinstance(value, dict):
        return {key: _legible(item, letters) for key, item in value.items()}
    return [_legible(item, letters) for item in value] if isinstance(value, list | tuple) else value


def _paragraphs(text: str) -> list[str]:
    """The lines of a text that say something: a renderer makes blanks of breaks."""
    return [line.strip() for line in text.splitlines() if line.strip()]
