"""When a part is away, and what the process says of what it did."""

import asyncio
import json
import os
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from pydantic import SecretBytes, SecretStr

from svc_petitions.main import create_app
from svc_petitions.manifest import MANIFEST
from svc_petitions.settings import Settings

PETITIONS = "/petitions/v1/petitions"
NOWHERE = "127.0.0.1:1"


async def test_without_the_broker_petitions_are_filed_and_their_events_wait(
    settings: Settings,
    service_settings: Any,
    running: Any,
    as_ana: dict[str, str],
    body: dict[str, Any],
) -> None:
    app = create_app(service_settings(MANIFEST, Settings, nats_url=f"nats://{NOWHERE}"))
    async with running(app) as client:
        filed = await client.post(PETITIONS, json=body, headers=as_ana)
        assert filed.status_code == 201
        assert (await client.get(filed.headers["location"], headers=as_ana)).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/status")).json()["broker"] is False


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_without_database_and_broker_the_answer_is_to_come_again(
    settings: Settings,
    service_settings: Any,
    running: Any,
    as_ana: dict[str, str],
    body: dict[str, Any],
    method: str,
) -> None:
    away = {
        "database_dsn": f"postgresql+asyncpg://petitions_app:secret@{NOWHERE}/hub",
        "nats_url": f"nats://{NOWHERE}",
    }
    app = create_app(service_settings(MANIFEST, Settings, **away))
    async with running(app) as client:
        for key in ({}, {"idempotency-key": "k-1"}):
            answer = await client.request(
                method, PETITIONS, json=body if method == "POST" else None, headers=as_ana | key
            )
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["type"].endswith("/problems/service-unavailable")
            assert not {"secret", "asyncpg", "Traceback"} & set(answer.text.split())
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200


def spelled(value: Any) -> str:
    """A setting as its environment variable has it."""
    plain = value.get_secret_value() if isinstance(value, SecretBytes | SecretStr) else value
    if isinstance(plain, bytes):
        return b64encode(plain).decode()
    return json.dumps(sorted(plain)) if isinstance(plain, frozenset) else str(plain)


@asynccontextmanager
async def process(settings: Settings, said: bytearray) -> AsyncIterator[httpx2.AsyncClient]:
    """The service as a process of its own, set up by its environment; `said` gathers its output."""
    environment = {
        f"HUB_{name.upper()}": spelled(value) for name, value in dict(settings).items() if value is not None
    }
    listening = socket.create_server(("127.0.0.1", 0))
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "uvicorn", "--factory", MANIFEST.factory, "--fd", str(listening.fileno()), "--no-access-log"),
        env=os.environ | environment,
        pass_fds=[listening.fileno()],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=10) as client:
            yield client
    finally:
        running.terminate()
        said += (await running.communicate())[0]


async def test_the_words_of_a_petition_stay_out_of_the_logs(
    settings: Settings, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    said = bytearray()
    words = {"subject": "Zmeura din Zărnești", "text": "Urzica arde: zzyzx@example.org, 0700000900."}
    async with process(settings, said) as client:
        filed = await client.post(PETITIONS, json=body | words, headers=as_ana | {"idempotency-key": "k-1"})
        assert filed.status_code == 201
        await client.get(filed.headers["location"], headers=as_ana)
        for wrong in ({"text": "Urzica \x00"}, {"subject": "Zmeura\n"}, {"Zmeura": 1}, {"kind": "Urzica"}):
            refused = await client.post(PETITIONS, json=body | words | wrong, headers=as_ana)
            assert refused.status_code == 422
        await client.post(PETITIONS, content=b'{"text": "Urzica', headers=as_ana)
    log = said.decode()
    assert log.count(PETITIONS) >= 6
    for word in ("Zmeura", "Urzica", "zzyzx", "0700000900", as_ana["authorization"], filed.json()["id"]):
        assert word not in log
