"""How a register is asked over HTTP: in time, never aloud, and not again at once when it is away."""

import time
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import httpx2
import structlog
from pydantic import BaseModel, ValidationError

from hub_core.problem import Problem

_TIMEOUT: Final = 2.0
_PAUSE: Final = 5.0
"""Seconds in which a register that did not answer is not asked again."""
_log = structlog.get_logger("registers")

Answer = TypeVar("Answer", bound=BaseModel)


class Asked(Generic[Answer]):
    """A register behind HTTP, asked by `POST /find`; what is asked travels in bodies only.

    After it did not answer nobody waits for it: for some seconds `away` is raised at once.
    """

    def __init__(
        self,
        address: str,
        http: httpx2.AsyncClient,
        answer: type[Answer],
        away: Callable[[], Problem],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address.rstrip("/")
        self._http = http
        self._answer = answer
        self._away = away
        self._clock = clock
        self._closed_until = 0.0

    async def find(self, question: Mapping[str, str]) -> Answer:
        """What the register answers; raises what `away` makes."""
        if self._clock() < self._closed_until:
            raise self._away()
        try:
            told = await self._http.post(f"{self._address}/find", json=dict(question), timeout=_TIMEOUT)
            return self._answer.model_validate_json(told.raise_for_status().content)
        except (httpx2.HTTPError, ValidationError) as error:
            self._closed_until = self._clock() + _PAUSE
            _log.warning("register away", register=self._address, error=type(error).__name__)
            raise self._away() from None
