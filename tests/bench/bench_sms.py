"""Text messages handed over per second, by both protocols, to a local gateway and to one that only answers.

`Sms.hand_over` of one process: choosing the provider, its rate, the HTTP exchange, the count. Beside it the
bare POST of the same client with the same body, which is the least that the exchange can cost. The local
gateway is the mailbox in a process of its own: each message is on the disk before it answers.

    .venv/bin/python tests/bench/bench_sms.py --messages 2000 --at-once 8
"""

import argparse
import asyncio
import json
import multiprocessing
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx2
import uvicorn
from figures import say

from hub_cli import ports
from hub_cli.mailbox import app as mailbox
from hub_cli.mailbox import sms as local
from hub_core import ids
from hub_core.language import Language
from svc_notify.channels.sms import Sms
from svc_notify.channels.sms_gateways import Text
from svc_notify.channels.switch import Switch
from svc_notify.domain.deliveries import Answer
from svc_notify.settings import FormProvider, JsonProvider, Settings

KEYS: Final = local.Keys("door", "words", "AC1", "token")
WORDS: Final = "482913 este codul pentru numarul de telefon al contului, valabil pana la 12:30."
_RATE: Final = 1_000_000
_LENGTH: Final = re.compile(rb"(?i)content-length: (\d+)")


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything for sent, in the words of both protocols."""
    status = {"groupName": "PENDING", "name": "PENDING_ACCEPTED"}
    body = json.dumps({"sid": "SM1", "messages": [{"messageId": "1", "status": status}]}).encode()
    with suppress(asyncio.IncompleteReadError):  # the client has gone
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(_LENGTH.findall(head)[0]))
            writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


async def _serve_bare(port: int) -> None:
    server = await asyncio.start_server(_answer, ports.LOOPBACK, port)
    await server.serve_forever()


def _bare(port: int) -> None:
    asyncio.run(_serve_bare(port))


def _mailbox(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = mailbox.create_app(Path(folder), 0, keys=KEYS)
        uvicorn.run(app, host=ports.LOOPBACK, port=port, access_log=False, log_level="error", ws="none")


@contextmanager
def _running(serve: Callable[[int], None], port: int) -> Iterator[str]:
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        while not ports.is_taken(port):
            time.sleep(0.05)
        yield f"http://{ports.LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.join()


async def _measure(name: str, send: Callable[[], Awaitable[None]], messages: int, at_once: int) -> None:
    left = iter(range(messages))

    async def work() -> None:
        for _ in left:
            await send()

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(at_once)))
    seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
    say(f"{name:<44} {messages / seconds:7.0f} /s   {messages / spent:7.0f} /s of our own CPU")


async def _channel(address: str, protocol: str, label: str, messages: int, at_once: int) -> None:
    both = {
        "json": JsonProvider(
            protocol="json", name="alfa", url=f"{address}/alfa", per_second=_RATE, weight=100,
            key=KEYS.alfa_key, reports_password=KEYS.alfa_reports,
        ),
        "form": FormProvider(
            protocol="form", name="beta", url=f"{address}/beta", per_second=_RATE, weight=100,
            account=KEYS.beta_account, token=KEYS.beta_token,
        ),
    }  # fmt: skip
    settings = Settings(notify_sms_providers=(both[protocol],), public_origin="http://127.0.0.1:1")
    sms = Sms(settings, Switch(settings.notify_sms_providers))

    async def send() -> None:
        outcome = await sms.hand_over(
            Text(ids.new_id(), "+40721000000", Language.RO, WORDS, timedelta(minutes=10), is_code=True)
        )
        if outcome.answer is not Answer.ACCEPTED:
            raise RuntimeError(outcome)

    await _measure(f"hand_over, {protocol}, {label}", send, messages, at_once)
    await sms.close()


async def _raw(address: str, messages: int, at_once: int) -> None:
    body = {
        "To": "+40721000000",
        "From": "MAI-HUB",
        "Body": WORDS,
        "StatusCallback": f"{address}/{ids.new_id()}",
    }
    async with httpx2.AsyncClient() as http:

        async def send() -> None:
            (await http.post(f"{address}/x", data=body, auth=("AC1", "token"))).raise_for_status()

        await _measure("bare POST, only answered", send, messages, at_once)


def main() -> None:
    """Measure and say."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=2000)
    asked.add_argument("--at-once", type=int, default=8)
    asked.add_argument("--port", type=int, default=18_725)
    given = asked.parse_args()
    with _running(_bare, given.port) as bare:
        asyncio.run(_raw(bare, given.messages, given.at_once))
        for protocol in ("json", "form"):
            asyncio.run(_channel(bare, protocol, "only answered", given.messages, given.at_once))
    with _running(_mailbox, given.port + 1) as kept:
        for protocol in ("json", "form"):
            asyncio.run(_channel(kept, protocol, "local gateway", given.messages, given.at_once))


if __name__ == "__main__":
    main()
