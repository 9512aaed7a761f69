"""The words that searches know: what somebody meant who made an error of typing.

Each word is stored under itself and under what is left when one of its letters is missing. Two words
that differ by one letter too many, too few, another or two exchanged share such a key; in long words
that are asked for a second error is forgiven where it leaves one. No extension of PostgreSQL is needed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from sqlalchemy import Select, Text, any_, bindparam, cast, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from hub_events.session import Session
from hub_service.database import Statement

from ..tables.vocabulary import VOCABULARY

_SHORTEST: Final = 4
"""Letters of a word that an error is forgiven in; in a shorter one it is another word."""
_LONG: Final = 8
_READINGS: Final = 4
_LAST: Final = chr(0x10FFFF)


def _near() -> Select[Any]:
    keys = bindparam("keys", type_=ARRAY(Text))
    return select(VOCABULARY.c.key, VOCABULARY.c.word).where(VOCABULARY.c.key == any_(keys))


def _begun() -> Select[Any]:
    key = VOCABULARY.c.key
    word = func.unnest(bindparam("words", type_=ARRAY(Text))).column_valued("asked")
    begins = (key >= word.collate("C"), key < func.concat(word, _LAST).collate("C"), key == VOCABULARY.c.word)
    return select(word).where(exists().where(*begins))


_NEAR: Final = Statement(_near())
_KNOWN: Final = Statement(_begun())


@dataclass(frozen=True, slots=True)
class Reading:
    """A word as it was written, what may have been meant, and whether the word itself is known."""

    word: str
    near: tuple[str, ...]
    known: bool

    @property
    def best(self) -> str:
        """What was meant, most likely."""
        return self.near[0] if self.near and not self.known else self.word


async def learn(session: Session, words: Collection[str]) -> None:
    """Know these words from now on. A word that nothing uses any more stays: it finds nothing."""
    wanted = [word for word in words if word.isalpha() and len(word) >= _SHORTEST]
    columns = VOCABULARY.c
    asked = columns.key == any_(cast(wanted, ARRAY(Text)))
    known = set(await session.scalars(select(columns.key).where(asked, columns.key == columns.word)))
    pairs = [(key, word) for word in wanted if word not in known for key in sorted(_keys(word, 1))]
    if pairs:
        keys, of_words = zip(*pairs, strict=True)
        rows = select(
            func.unnest(cast(list(keys), ARRAY(Text))), func.unnest(cast(list(of_words), ARRAY(Text)))
        )
        await session.execute(insert(VOCABULARY).from_select(["key", "word"], rows).on_conflict_do_nothing())


async def readings(session: Session, words: Sequence[str]) -> list[Reading]:
    """Each word with those that it may have been meant for, the nearest first."""
    asked = [word for word in words if word.isalpha() and len(word) >= _SHORTEST]
    known = await _known(session, asked)
    keys = {word: _keys(word, 2 if len(word) >= _LONG else 1) for word in asked}
    every = sorted({key for each in keys.values() for key in each})
    rows = await _NEAR.all(session, keys=every)
    return [
        Reading(
            word, _nearest(word, {each for key, each in rows if key in keys.get(word, ())}), word in known
        )
        for word in words
    ]


async def _known(session: Session, words: Sequence[str]) -> set[str]:
    """Those that are or begin a known word."""
    return {row["asked"] for row in await _KNOWN.all(session, words=words)}


def _nearest(word: str, candidates: Collection[str]) -> tuple[str, ...]:
    def likeness(candidate: str) -> float:
        return SequenceMatcher(None, word, candidate).ratio()

    others = sorted(each for each in candidates if each != word)
    return tuple(sorted(others, key=likeness, reverse=True)[:_READINGS])


def _keys(word: str, missing: int) -> set[str]:
    """The word, and what is left of it without up to so many letters."""
    found = latest = {word}
    for _ in range(missing):
        latest = {each[:place] + each[place + 1 :] for each in latest for place in range(len(each))}
        found = found | latest
    return found
