"""What the gateway asks of others: one function per question."""

import base64
import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog

from hub_core import clock
from hub_service.problems import InvalidToken, ServiceUnavailable

from .tokens import Ask, Grant

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
    )


async def fetch_contract(session: aiohttp.ClientSession, upstream: str) -> bytes:
    """A service's OpenAPI document as it serves it; raises `OSError` when it cannot be had."""
    try:
        async with session.get(f"{upstream}/openapi.json", timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
            return await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConnectionError("the document cannot be had") from error
