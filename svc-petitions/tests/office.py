"""Officials of an institution, and what they send."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from hub_core import ids
from hub_core.principal import Assurance, Role

API = "/petitions/v1"
FILES = f"{API}/files"
PETITIONS = f"{API}/petitions"
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
EVERY = frozenset({"petitions:handle", "petitions:lead", "petitions:register", "petitions:sign"})
ANSWER = {
    "solution": "FAVOURABLE",
    "text": "Ghișeul este deschis de luni până vineri, între orele 8:30 și 16:30.",
    "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
}


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"idempotency-key": str(ids.new_id())}


def slug(answer: httpx2.Response) -> str:
    """The problem that was answered."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    shown: str = answer.json()["type"]
    return shown.rpartition("/problems/")[2]


@dataclass
class Office:
    """An institution with one compartment, and somebody in each role.

    `head` leads the institution, under them `chief` the compartment; `handler` and `other` work there.
    """

    client: httpx2.AsyncClient
    signed_in: Any
    id: UUID
    head: UUID = field(default_factory=ids.new_id)
    chief: UUID = field(default_factory=ids.new_id)
    handler: UUID = field(default_factory=ids.new_id)
    other: UUID = field(default_factory=ids.new_id)
    registrar: UUID = field(default_factory=ids.new_id)
    signatory: UUID = field(default_factory=ids.new_id)
    compartment: str = ""

    def as_(
        self, person: UUID, *roles: Role, scopes: frozenset[str] = EVERY, **special: Any
    ) -> dict[str, str]:
        """The headers of somebody there, by default in the role they have."""
        own = {
            self.head: (Role.HEAD,),
            self.chief: (Role.HEAD,),
            self.registrar: (Role.REGISTRAR,),
            self.signatory: (Role.SIGNATORY,),
        }
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(self.id),
            "roles": sorted(roles or own.get(person, (Role.HANDLER,))),
        }
        headers: dict[str, str] = self.signed_in(person, scopes, **(claims | special))
        return headers | PURPOSE

    async def post(self, path: str, who: UUID, body: Any = None, *roles: Role) -> httpx2.Response:
        """Send a POST as somebody there."""
        return await self.client.post(f"{API}/{path}", json=body, headers=self.as_(who, *roles) | key())

    async def open(self) -> None:
        """Say who works there, and under whom."""
        made = await self.post("compartments", self.head, {"code": "SRP", "name": "Relații cu publicul"})
        assert made.status_code == 201, made.text
        self.compartment = made.json()["id"]
        await self.put(self.head, None)
        await self.put(self.chief, self.head)
        for one in (self.handler, self.other, self.registrar, self.signatory):
            await self.put(one, self.chief)

    async def put(self, person: UUID, superior: UUID | None) -> None:
        """Say where somebody works."""
        body = {"compartment_id": self.compartment, "superior_id": str(superior) if superior else None}
        answer = await self.client.put(f"{API}/members/{person}", json=body, headers=self.as_(self.head))
        assert answer.status_code == 200, answer.text

    async def step(
        self, file_id: str, step: str, who: UUID, body: Any = None, *roles: Role
    ) -> httpx2.Response:
        """One step of a file."""
        return await self.post(f"files/{file_id}/{step}", who, body, *roles)

    async def triage(
        self, file_id: str, *complained_of: UUID, reports_crime: bool = False
    ) -> httpx2.Response:
        """Take a petition into triage."""
        body = {"complained_of": [str(one) for one in complained_of], "reports_crime": reports_crime}
        return await self.step(file_id, "triage", self.registrar, body)

    async def assign(
        self, file_id: str, handler: UUID | None = None, by: UUID | None = None
    ) -> httpx2.Response:
        """Give a file to a handler."""
        body = {"compartment_id": self.compartment, "handler_id": str(handler or self.handler)}
        return await self.step(file_id, "assign", by or self.head, body)

    async def bring(self, file_id: str, state: str, *complained_of: UUID) -> Any:
        """Bring a registered petition to a state, by the steps that lead there; the file."""
        steps = {
            "TRIAGE": lambda: self.triage(file_id, *complained_of),
            "ASSIGNED": lambda: self.assign(file_id),
            "IN_ANALYSIS": lambda: self.step(file_id, "accept", self.handler),
            "DRAFTED": lambda: self.step(file_id, "draft", self.handler, ANSWER),
            "APPROVED": lambda: self.step(file_id, "approve", self.chief),
            "SIGNED": lambda: self.step(file_id, "sign", self.head),
            "ANSWERED": lambda: self.step(file_id, "send", self.registrar),
        }
        for name, take in steps.items():
            answer = await take()
            assert answer.status_code == 200, (name, answer.text)
            if name == state:
                return answer.json()
        raise AssertionError(state)
