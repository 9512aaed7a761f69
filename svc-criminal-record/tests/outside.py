"""svc-identity and the national register as the service meets them: people who are made up here."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2

from hub_core import cnp, ids
from svc_criminal_record.domain.holders import Holder, Organisation, Person
from svc_criminal_record.domain.records import CompanyMatch, Entry, Matches, PersonMatch
from svc_criminal_record.errors.registers import RecordsUnavailable

JUDGMENT = Entry(
    court="Judecătoria Covasna",
    judgment="412/2019",
    judged_on=date(2019, 5, 2),
    offence="furt, art. 228 alin. (1) Cod penal",
    penalty="amendă penală 2.400 lei",
    final_on=date(2019, 6, 3),
    execution="",
)
_BORN = date(1985, 3, 12)
_CENTURY = 2000


@dataclass(slots=True)
class Outside:
    """Who asks identity by id and the register by number is answered from what `add_person` put here."""

    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    mandates: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    matches: dict[str, list[PersonMatch] | list[CompanyMatch]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    is_away: bool = False
    is_identity_away: bool = False
    _serial: int = 0

    def add_person(self, **special: Any) -> UUID:
        """Somebody whom both know; `special` is what is special in the register's record."""
        person_id = ids.new_id()
        said = {
            "person_id": str(person_id),
            "cnp": self._number(special.get("birth_date", _BORN)),
            "family_name": "Popescu",
            "given_name": "Ana",
            "birth_date": str(special.get("birth_date", _BORN)),
            "died_on": None,
            "is_romanian": True,
        }
        self.people[person_id] = said
        match = PersonMatch(
            cnp=said["cnp"],
            family_name="POPESCU",
            given_name="ANA",
            former_names=(),
            birth_date=_BORN,
            birth_place="Sfântu Gheorghe",
            born_abroad=False,
            father="Ion",
            mother="Maria",
            update_pending=False,
            entries=(),
        )
        self.matches[f"CNP:{said['cnp']}"] = [replace(match, **special)]
        return person_id

    def add_company(self, representative: UUID, **special: Any) -> tuple[UUID, UUID]:
        """A company and the mandate of its legal representative."""
        company_id = ids.new_id()
        match = CompanyMatch(
            cui="990000013",
            name="Ionescu Construct SRL",
            number="J2015000900124",
            dissolved_on=None,
            update_pending=False,
            entries=(),
        )
        self.matches[f"CUI:{match.cui}"] = [replace(match, **special)]
        mandate = self.add_mandate(
            company_id,
            representative,
            type="LEGAL_REP",
            principal_kind="ORGANISATION",
            organisation_name=match.name,
            organisation_cui=match.cui,
        )
        return company_id, mandate

    def add_mandate(self, principal: UUID, representative: UUID, purpose: str = "", **special: Any) -> UUID:
        """A mandate in force; with a `purpose` for that one only."""
        mandate_id = ids.new_id()
        facts: dict[str, Any] = {
            "carries": True,
            "type": "NOTARIAL_PROXY",
            "principal_kind": "PERSON",
            "principal_id": str(principal),
            "organisation_name": None,
            "organisation_cui": None,
            "representative": str(representative),
            "purpose": purpose,
        }
        self.mandates[mandate_id] = facts | special
        return mandate_id

    def number_of(self, person_id: UUID) -> str:
        """The CNP of somebody."""
        number: str = self.people[person_id]["cnp"]
        return number

    async def get(self, path: str) -> dict[str, Any] | None:
        """What svc-identity answers."""
        self.asked.append(path)
        if self.is_identity_away:
            raise httpx2.ConnectError("away")
        asked = urlsplit(path)
        kind, found = asked.path.split("/")[3], UUID(asked.path.split("/")[4])
        if kind == "people":
            return self.people.get(found)
        mandate = self.mandates.get(found)
        if mandate is None:
            return None
        query = parse_qs(asked.query)
        fits = not mandate["purpose"] or mandate["purpose"] in query["purpose"]
        is_theirs = query["person_id"] == [mandate["representative"]]
        return mandate | {"carries": mandate["carries"] and fits and is_theirs}

    async def find(self, holder: Holder) -> Matches:
        """What the register answers."""
        assert isinstance(holder, Person | Organisation)
        if self.is_away or (isinstance(holder, Person) and holder.cnp in self.unanswered):
            raise RecordsUnavailable
        return self.matches.get(holder.number, [])

    def _number(self, born: date) -> str:
        self._serial += 1
        sector, serial = divmod(self._serial, 100)
        first = 2 if born.year < _CENTURY else 6
        return cnp.complete(f"{first}{born:%y%m%d}{1 + sector:02d}{900 + serial}").number
