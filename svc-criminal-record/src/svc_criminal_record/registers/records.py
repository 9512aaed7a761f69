"""The national criminal record (ROCRIS): who stands in it, asked in time and never aloud."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import httpx2
import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..domain.holders import Holder, Organisation, Person
from ..domain.records import CompanyMatch, Matches, PersonMatch
from ..errors.registers import RecordsUnavailable

_TIMEOUT: Final = 2.0
_PAUSE: Final = 5.0
"""Seconds in which a register that did not answer is not asked again."""
MatchesT = TypeVar("MatchesT")
_log = structlog.get_logger("registers")


class Records(Protocol):
    """What the service asks; raises `RecordsUnavailable`."""

    async def find(self, holder: Holder) -> Matches:
        """Who matches a holder: by number, and a person also by names and date of birth."""
        ...


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    matches: list[Any]


_PEOPLE: Final = TypeAdapter(tuple[PersonMatch, ...])
_COMPANIES: Final = TypeAdapter(tuple[CompanyMatch, ...])


class HttpRecords:
    """The register behind HTTP: `POST /people/find`, `POST /companies/find`; numbers travel in bodies only.

    After it did not answer nobody waits for it: for some seconds `RecordsUnavailable` is raised at once.
    """

    def __init__(
        self, address: str, http: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = address.rstrip("/")
        self._http = http
        self._clock = clock
        self._closed_until = 0.0

    async def find(self, holder: Holder) -> Matches:
        """Who matches a holder."""
        if isinstance(holder, Organisation):
            return self._read(_COMPANIES, await self._ask("/companies/find", {"cui": holder.cui}))
        return self._read(_PEOPLE, await self._ask("/people/find", _asked(holder)))

    async def _ask(self, path: str, body: dict[str, str]) -> list[Any]:
        if self._clock() < self._closed_until:
            raise RecordsUnavailable
        try:
            answer = await self._http.post(f"{self._address}{path}", json=body, timeout=_TIMEOUT)
            return _Answer.model_validate_json(answer.raise_for_status().content).matches
        except (httpx2.HTTPError, ValidationError) as error:
            self._closed_until = self._clock() + _PAUSE
            _log.warning("register away", register=self._address, error=type(error).__name__)
            raise RecordsUnavailable from None

    def _read(self, kind: TypeAdapter[MatchesT], matches: Sequence[Any]) -> MatchesT:
        try:
            return kind.validate_python(matches)
        except ValidationError:
            _log.warning("register not understood", register=self._address)
            raise RecordsUnavailable from None


def _asked(holder: Person) -> dict[str, str]:
    named = {
        "family_name": holder.family_name,
        "given_name": holder.given_name,
        "birth_date": holder.birth_date.isoformat(),
    }
    return named | ({"cnp": holder.cnp} if holder.cnp else {})
