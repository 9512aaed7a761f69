"""The registers on the disk: made once, and looked into since."""

import sqlite3
import sys
from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from .world import World

_EDITION: Final = 2
"""Grows when the world or its tables change: a file of another edition is made anew."""
_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE people (
    cnp TEXT PRIMARY KEY,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    died_on TEXT
) WITHOUT ROWID;
CREATE INDEX people_named ON people (family_name, given_name, birth_date);
CREATE TABLE former (cnp TEXT PRIMARY KEY, now TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX former_of ON former (now);
CREATE TABLE relatives (
    cnp TEXT NOT NULL, kind TEXT NOT NULL, relative TEXT NOT NULL, PRIMARY KEY (cnp, kind, relative)
) WITHOUT ROWID;
CREATE TABLE companies (
    cui TEXT PRIMARY KEY, number TEXT NOT NULL, name TEXT NOT NULL, dissolved_on TEXT
) WITHOUT ROWID;
CREATE TABLE representatives (
    cui TEXT NOT NULL, cnp TEXT NOT NULL, since TEXT NOT NULL, until TEXT, PRIMARY KEY (cui, cnp, since)
) WITHOUT ROWID;
"""
_ONE: Final = """
SELECT cnp, family_name, given_name, birth_date, sex, died_on FROM people
WHERE cnp = coalesce((SELECT now FROM former WHERE cnp = :cnp), :cnp)
"""
_SOME: Final = """
SELECT cnp, family_name, given_name, birth_date, sex, died_on FROM people
WHERE cnp > :after ORDER BY cnp LIMIT :limit
"""

_NAMED: Final = """
SELECT cnp, family_name, given_name, birth_date, sex, died_on FROM people
WHERE family_name = ? AND given_name = ? AND birth_date = ? ORDER BY cnp
"""

# `dataclasses.astuple` copies every value deeply, which took a third of the time
_PERSON: Final = attrgetter("cnp", "family_name", "given_name", "birth_date", "sex", "died_on")
_REPRESENTATIVE: Final = attrgetter("cnp", "since", "until")


def make(path: str, share: float = 1.0) -> None:
    """Write the registers into the file, unless they are there already; the file is whole or absent.

    `share` makes a smaller world, for tests.
    """
    file = Path(path)
    if _edition(file) == _EDITION:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    database = sqlite3.connect(new)
    database.executescript(_SCHEMA)
    _fill(database, World(share=share))
    database.execute(f"PRAGMA user_version = {_EDITION}")
    database.commit()
    database.close()
    new.replace(file)


def _fill(database: sqlite3.Connection, world: World) -> None:
    people = sorted(_texts(_PERSON(person)) for person in world.people)
    database.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", people)
    database.executemany("INSERT INTO former VALUES (?, ?)", world.former)
    database.executemany("INSERT INTO relatives VALUES (?, ?, ?)", sorted(world.relatives))
    database.executemany(
        "INSERT INTO companies VALUES (?, ?, ?, ?)",
        [_texts((one.cui, one.number, one.name, one.dissolved_on)) for one in world.companies],
    )
    database.executemany(
        "INSERT OR IGNORE INTO representatives VALUES (?, ?, ?, ?)",
        [
            _texts((company.cui, *_REPRESENTATIVE(one)))
            for company in world.companies
            for one in company.representatives
        ],
    )


def _texts(values: Iterable[Any]) -> tuple[str | None, ...]:
    return tuple(None if value is None else str(value) for value in values)


def _edition(file: Path) -> int:
    if not file.exists():
        return 0
    database = sqlite3.connect(file)
    try:
        edition: int = database.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        return 0
    finally:
        database.close()
    return edition


class Store:
    """Both registers in the file that `make` wrote; entries come as the registers' answers show them."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.row_factory = sqlite3.Row

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def person(self, cnp: str) -> dict[str, Any] | None:
        """The person with this number, or whose number it was before."""
        found = self._database.execute(_ONE, {"cnp": cnp}).fetchone()
        return self._with_former(found) if found else None

    def people(self, after: str, limit: int) -> list[dict[str, Any]]:
        """Some entries in the order of their numbers, after this one."""
        found = self._database.execute(_SOME, {"after": after, "limit": limit})
        return [self._with_former(row) for row in found.fetchall()]

    def people_named(self, family_name: str, given_name: str, birth_date: date) -> list[dict[str, Any]]:
        """Everybody of these names who was born on that day."""
        found = self._database.execute(_NAMED, (family_name, given_name, str(birth_date)))
        return [self._with_former(row) for row in found.fetchall()]

    def relatives(self, cnp: str) -> list[dict[str, Any]] | None:
        """What relatives of a person are to them, and their numbers; `None` when there is no such person."""
        person = self.person(cnp)
        if person is None:
            return None
        asked = "SELECT kind, relative AS cnp FROM relatives WHERE cnp = ? ORDER BY kind, relative"
        return [dict(row) for row in self._database.execute(asked, (person["cnp"],))]

    def company(self, cui: str) -> dict[str, Any] | None:
        """The company with this fiscal number, and who represents it or did."""
        found = self._database.execute("SELECT * FROM companies WHERE cui = ?", (cui,)).fetchone()
        if found is None:
            return None
        asked = "SELECT cnp, since, until FROM representatives WHERE cui = ? ORDER BY since, cnp"
        representatives = [dict(row) for row in self._database.execute(asked, (cui,))]
        return dict(found) | {"representatives": representatives}

    def let_die(self, cnp: str, died_on: date) -> bool:
        """Record a death; whether there is such a person."""
        person = self.person(cnp)
        if person is None:
            return False
        self._database.execute("UPDATE people SET died_on = ? WHERE cnp = ?", (str(died_on), person["cnp"]))
        return True

    def _with_former(self, row: sqlite3.Row) -> dict[str, Any]:
        asked = self._database.execute("SELECT cnp FROM former WHERE now = ? ORDER BY cnp", (row["cnp"],))
        return dict(row) | {"former": [one["cnp"] for one in asked]}


if __name__ == "__main__":
    make(sys.argv[1])
