"""How a text message leaves the hub: by one of several providers, whichever does well."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import httpx2

from hub_core import clock

from ..domain.deliveries import Answer, Outcome
from ..settings import Settings
from . import sms_gateways
from .sms_gateways import Reply, Taking, Text
from .switch import Switch

_ANSWERS: Final = {
    Taking.TAKEN: Answer.ACCEPTED,
    Taking.REFUSED: Answer.REFUSED,
    Taking.UNKNOWN: Answer.DEFERRED,
}


class Sms:
    """The providers that take text messages over, by connections of its own."""

    def __init__(self, settings: Settings, switch: Switch) -> None:
        self._sender = settings.notify_sms_sender
        self._gateways = sms_gateways.made(settings.notify_sms_providers, settings.public_origin)
        self._switch = switch
        self._http = httpx2.AsyncClient()

    async def hand_over(self, text: Text) -> Outcome:
        """Give one message to a provider, and say what it answered.

        Where it is certain that one took nothing the next is tried at once; when none took it that is an
        outage, and no message's fault. It waits as long as every provider has its messages of a second.
        """
        code = None
        knowing = text.tried in self._gateways and self._gateways[text.tried].knows_repetition
        for group in self._switch.order(random.random(), text.tried if knowing else None):
            left = list(group)
            while left:
                name = await self._allowed(left, text)
                left.remove(name)
                reply = await self._try(name, text)
                if reply.taking is not Taking.UNTAKEN:
                    return Outcome(_ANSWERS[reply.taking], reply.code, name, reply.ref)
                code = reply.code
        return Outcome(Answer.OUTAGE, code)

    async def close(self) -> None:
        """End every kept connection."""
        await self._http.aclose()

    async def _allowed(self, names: Sequence[str], text: Text) -> str:
        """The first provider that takes a message now, once there is one."""
        loop = asyncio.get_running_loop()
        while True:
            waits = []
            for name in names:
                wait = self._switch.wait(name, loop.time(), is_code=text.is_code)
                if not wait:
                    return name
                waits.append(wait)
            await asyncio.sleep(min(waits))

    async def _try(self, name: str, text: Text) -> Reply:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        reply = await self._gateways[name].send(self._http, text, self._sender)
        self._switch.note(
            name,
            clock.now(),
            timedelta(seconds=loop.time() - begun),
            failed=reply.taking in (Taking.UNTAKEN, Taking.UNKNOWN),
            taken=reply.taking is Taking.TAKEN,
        )
        return reply
