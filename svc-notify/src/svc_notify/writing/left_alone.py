"""E-mail addresses that sent messages back, asked for at the moment of sending."""

import asyncio
from itertools import islice
from typing import Final

from hub_core import clock
from hub_service.chassis import Resources

from ..domain.channels import Channel
from ..keys import MasterKey
from ..operations import suppressions

_AT_ONCE: Final = 500


class LeftAlone:
    """Which addresses take nothing, asked for together: who asks during a question is in the next one."""

    def __init__(self, keys: MasterKey) -> None:
        self._keys = keys
        self._waiting: dict[str, asyncio.Future[bool]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def has(self, hub: Resources, address: str) -> bool:
        """Whether an address is left alone now."""
        if address not in self._waiting:
            self._waiting[address] = asyncio.get_running_loop().create_future()
        answer = self._waiting[address]
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all(hub))
        return await asyncio.shield(answer)

    async def _ask_all(self, hub: Resources) -> None:
        while self._waiting:
            asked = dict(islice(self._waiting.items(), _AT_ONCE))
            for address in asked:
                del self._waiting[address]
            try:
                found = await self._find(hub, list(asked))
            except Exception as error:
                for answer in asked.values():
                    answer.set_exception(error)
                    answer.exception()  # whoever asked may have gone
            else:
                for address, answer in asked.items():
                    answer.set_result(address in found)

    async def _find(self, hub: Resources, addresses: list[str]) -> set[str]:
        asked = [(Channel.EMAIL, address) for address in addresses]
        async with hub.database.sessions() as session, session.begin():
            found = await suppressions.find_suppressed(session, self._keys, asked, clock.now())
        return {address for _, address in found}
