"""What the gateway asks of others: one function per question."""

import base64
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import aiohttp
import structlog

from hub_core import clock
from hub_service.problems import InvalidToken, ServiceUnavailable

from .tokens import Ask, Grant
from .usage import Report, class_of

_log = structlog.get_logger("identity")
_TIMEOUT = aiohttp.ClientTimeout(total=3.0, sock_connect=1.0)
_AGAIN_AFTER = {"retry-after": "2"}


def token_resolver(session: aiohttp.ClientSession, identity_url: str, secret: str) -> Ask:
    """The question what stands behind an access token, asked at svc-identity's internal API.

    Only identity knows, and only now: a revoked token must not be taken on the word of an old event.
    """
    address = f"{identity_url}/internal/v1/tokens/resolve"
    credentials = base64.b64encode(f"gateway:{secret}".encode()).decode()
    headers = {"authorization": f"Basic {credentials}", "content-type": "application/json"}

    async def resolve(token: bytes) -> Grant:
        body = json.dumps({"token": token.decode()}).encode()
        try:
            async with session.post(address, data=body, headers=headers, timeout=_TIMEOUT) as answer:
                if answer.status == HTTPStatus.UNAUTHORIZED and not _refused_us(answer):
                    raise InvalidToken
                answer.raise_for_status()
                return _grant(json.loads(await answer.read()), clock.now())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
            _log.error("identity does not answer", error=type(error).__name__)
            raise ServiceUnavailable(headers=_AGAIN_AFTER) from error

    return resolve


def _refused_us(answer: aiohttp.ClientResponse) -> bool:
    """Whether the gateway's own credentials were refused, and not the token it asked about."""
    return answer.headers.get("www-authenticate", "").lower().startswith("basic")


def _grant(given: dict[str, Any], now: datetime) -> Grant:
    """The grant in identity's answer. Its claims are read, not verified: identity itself gave them."""
    internal = given["internal_token"]
    payload = internal.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return Grant(
        authorization=f"Bearer {internal}".encode("ascii"),
        caller=f"{claims['client_id']} {claims['sub']}",
        client_id=claims["client_id"],
        session_id=given.get("session_id"),
        lifetime=(datetime.fromisoformat(given["expires_at"]) - now).total_seconds(),
        jkt=given.get("jkt"),
        plan=claims.get("plan", ""),
    )


def usage_reporter(
    session: aiohttp.ClientSession, identity_url: str, secret: str, replica: UUID
) -> Callable[[Report], Awaitable[None]]:
    """The way of a tally to svc-identity, which shows it to the clients' owners; `OSError` if it fails.

    A question and not an event, because it must be counted once and nobody else has to know.
    """
    address = f"{identity_url}/internal/v1/usage"
    credentials = base64.b64encode(f"gateway:{secret}".encode()).decode()
    headers = {"authorization": f"Basic {credentials}", "content-type": "application/json"}

    async def send(report: Report) -> None:
        by_class: Counter[tuple[str, str]] = Counter()
        for (client_id, status), many in report.requests.items():
            by_class[client_id, class_of(status)] += many
        hour = report.hour.isoformat()
        counts = [
            {"client_id": client_id, "hour": hour, "status_class": one, "requests": many}
            for (client_id, one), many in by_class.items()
        ]
        said = {"replica": str(replica), "sequence": report.sequence, "counts": counts}
        said["seen"] = [{"client_id": one, "behaviour": what} for one, what in sorted(report.seen)]
        try:
            async with session.post(
                address, data=json.dumps(said).encode(), headers=headers, timeout=_TIMEOUT
            ) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError("the tally was not taken") from error

    return send


async def fetch_contract(session: aiohttp.ClientSession, upstream: str) -> bytes:
    """A service's OpenAPI document as it serves it; raises `OSError` when it cannot be had."""
    try:
        async with session.get(f"{upstream}/openapi.json", timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
            return await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConnectionError("the document cannot be had") from error
