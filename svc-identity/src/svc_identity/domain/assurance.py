"""Levels of assurance: the lower one of how a person was identified and of how they signed in.

An account that was validated once, at a counter, serves at level SUBSTANTIAL with its password: a rule of
national law. For others the levels of means follow Implementing Regulation (EU) 2015/1502, annex, 2.2.1.
A change is a new row with a later `valid_from`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub_core import clock
from hub_core.principal import Assurance

from .session import Method


@dataclass(frozen=True, slots=True)
class Level:
    """One row: a sign-in in which all of `methods` were used has at least this level.

    It holds from `valid_from` to the day before `valid_to`. `verified` says that somebody has read
    the legal basis.
    """

    methods: frozenset[Method]
    level: Assurance
    legal_basis: str
    valid_from: date = date(2026, 1, 1)
    valid_to: date | None = None
    verified: bool = False


LEVELS: Final = (
    # a national rule, not an eIDAS notification: a validated account serves with its password
    Level(frozenset({Method.PASSWORD}), Assurance.SUBSTANTIAL, "Ordin MAI/MCID 150/21.085/2023"),
    Level(frozenset({Method.MULTIPLE}), Assurance.SUBSTANTIAL, "Reg. (EU) 2015/1502, annex, 2.2.1"),
    # the other provider says the level of the sign-in; the account's is bounded by it before
    Level(frozenset({Method.FEDERATED}), Assurance.HIGH, "Reg. (EU) 910/2014 art. 6 and 8"),
)


def level_of(
    methods: Collection[Method],
    proofed: Assurance,
    at: datetime,
    levels: Collection[Level] = LEVELS,
) -> Assurance:
    """The level of a sign-in: the lower one of the account's proofed level and that of the means used."""
    return lower(proofed, of_means(methods, at, levels))


def of_means(methods: Collection[Method], at: datetime, levels: Collection[Level] = LEVELS) -> Assurance:
    """The highest level of the rows whose means were all used; LOW when there is none."""
    on = clock.local_date(at)
    used = frozenset(methods)
    reached = Assurance.LOW
    for row in levels:
        holds = row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
        if holds and row.methods <= used and row.level.meets(reached):
            reached = row.level
    return reached


def lower(one: Assurance, other: Assurance) -> Assurance:
    """The lower one of two levels."""
    return other if one.meets(other) else one
