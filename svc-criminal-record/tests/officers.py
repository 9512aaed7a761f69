"""Officers of police units, and what they send."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx2

from hub_core import ids
from hub_core.principal import Assurance, Role
from svc_criminal_record.domain.institutions import Institution

API = "/criminal-record/v1"
REVIEWS = f"{API}/reviews"
COUNTER = f"{API}/counter-requests"
CHANGES = f"{API}/certificate-changes"
DECIDE = frozenset({"criminal-record:decide"})
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"idempotency-key": str(ids.new_id())}


def an_institution(code: str) -> Institution:
    """An institution of the catalog."""
    return Institution(
        id=ids.new_id(),
        code=code,
        names={"ro": code},
        county="CJ",
        valid_from=date(2007, 1, 1),
        valid_to=None,
        version=1,
    )


@dataclass(frozen=True)
class Desk:
    """Officers of one unit, each a client of the service; `answers` are JSON."""

    client: httpx2.AsyncClient
    signed_in: Any
    unit: UUID

    def officer(self, person: UUID | None = None, *roles: Role, **special: Any) -> dict[str, str]:
        """The headers of an officer, with a purpose."""
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(self.unit),
            "roles": sorted(roles or (Role.RECORDS_OFFICER,)),
        }
        headers: dict[str, str] = self.signed_in(person or ids.new_id(), DECIDE, **(claims | special))
        return headers | PURPOSE

    async def claim(self, request_id: str, officer: dict[str, str]) -> httpx2.Response:
        """Take a request in hand."""
        return await self.client.post(f"{REVIEWS}/{request_id}/claim", headers=officer | key())

    async def open(self, request_id: str, officer: dict[str, str]) -> Any:
        """A request in hand."""
        answer = await self.client.get(f"{REVIEWS}/{request_id}", headers=officer)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def step(
        self, request_id: str, step: str, body: dict[str, Any], officer: dict[str, str]
    ) -> httpx2.Response:
        """Issue, invite or refuse."""
        return await self.client.post(f"{REVIEWS}/{request_id}/{step}", json=body, headers=officer | key())

    async def in_hand(self, request_id: str, officer: dict[str, str]) -> Any:
        """A request, claimed and opened."""
        claimed = await self.claim(request_id, officer)
        assert claimed.status_code == 200, claimed.text
        return await self.open(request_id, officer)


AddDesk = Callable[[str], Awaitable[Desk]]
