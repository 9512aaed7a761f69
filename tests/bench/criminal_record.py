"""svc-criminal-record alone; identity and the national register answer over HTTP from here."""

import base64
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import alone

from hub_cli.outside.trust import authority
from hub_core import cnp, ids
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Answer, Asked, Listener
from svc_criminal_record.manifest import MANIFEST

API: Final = "/criminal-record/v1"
SCOPES: Final = frozenset({"criminal-record:read", "criminal-record:write"})
_RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
_ENTRY: Final = {
    "court": "Judecătoria Covasna",
    "judgment": "412/2019",
    "judged_on": "2019-05-02",
    "offence": "furt, art. 228 alin. (1) Cod penal",
    "penalty": "amendă penală 2.400 lei",
    "final_on": "2019-06-03",
    "execution": "",
}


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of whom so many entries stand in the record; who was born abroad is looked at."""

    id: UUID
    number: str
    entries: int = 0
    born_abroad: bool = False

    @classmethod
    def made(cls, serial: int, **special: Any) -> "Someone":
        """The person with this serial; each has a day of birth and a number of the own."""
        days, county = divmod(serial, 40)
        year, day = divmod(days, 28)
        twelve = f"2{60 + year % 40:02d}{1 + year // 40:02d}{1 + day:02d}{1 + county:02d}901"
        return cls(ids.new_id(), cnp.complete(twelve).number, **special)

    @property
    def birth_date(self) -> str:
        """As registers write it."""
        return f"19{self.number[1:3]}-{self.number[3:5]}-{self.number[5:7]}"

    def identity(self) -> dict[str, Any]:
        """What svc-identity says."""
        names = {"family_name": "Popescu", "given_name": "Ana", "birth_date": self.birth_date}
        return names | {
            "person_id": str(self.id),
            "cnp": self.number,
            "died_on": None,
            "is_romanian": True,
        }

    def match(self) -> dict[str, Any]:
        """What the national register says."""
        return {
            "cnp": self.number,
            "family_name": "POPESCU",
            "given_name": "ANA",
            "former_names": [],
            "birth_date": self.birth_date,
            "birth_place": "Chișinău" if self.born_abroad else "Brașov",
            "born_abroad": self.born_abroad,
            "father": "Ion",
            "mother": "Maria",
            "update_pending": False,
            "entries": [_ENTRY] * self.entries,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the service stands on; `key` is the master key of its data."""

    database: ServiceDatabase
    identity: FakeIdentity
    key: bytes
    folder: Path

    def serving(self) -> AbstractContextManager[tuple[int, int]]:
        """One process of the service: its port and its id."""
        return alone.serving(MANIFEST, self.folder)


@asynccontextmanager
async def prepared(people: Iterable[Someone] = ()) -> AsyncIterator[Prepared]:
    """The service with the legal numbers, ready to be served, and the people that are known."""
    known, key = {someone.number: someone for someone in people}, secrets.token_bytes(32)

    def register(asked: Asked) -> Answer:
        found = known.get(json.loads(asked.body).get("cnp", ""))
        return Answer(json.dumps({"matches": [found.match()] if found else []}).encode(), "application/json")

    identity, records = FakeIdentity(alone.ORIGIN), Listener(register)
    for someone in known.values():
        identity.answer(f"/internal/v1/people/{someone.id}/identity", someone.identity())
    identity.start()
    records.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trust, documents = folder / "trust", folder / "documents"
        for each in (trust, documents):
            each.mkdir()
        authority.make(str(trust), "http://127.0.0.1:1/trust")
        own = {
            "HUB_CRIMINAL_RECORD_KEY": base64.b64encode(key).decode(),
            "HUB_CRIMINAL_RECORD_REGISTER_URL": records.url,
            "HUB_CRIMINAL_RECORD_STORE": documents.as_uri(),
            "HUB_CRIMINAL_RECORD_TRUST": str(trust),
        }
        try:
            async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as database:
                await rules.load(database, _RULES)
                yield Prepared(database, identity, key, folder)
        finally:
            records.stop()
            identity.stop()
