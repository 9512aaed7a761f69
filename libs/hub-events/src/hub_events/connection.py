"""The connection to the broker: comes back whatever happens, and says loudly what was refused."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

_log: Final = structlog.get_logger("broker")
_RETRY_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.05
_PING_SECONDS: Final = 10
_PENDING_BYTES: Final = 8 * 1024 * 1024

T = TypeVar("T")


async def _heeding_cancellation(answer: Awaitable[T]) -> T:
    """Await what nats-py awaits with `asyncio.wait_for`, and still be cancelled.

    That of Python 3.11 forgets a cancellation that comes at the same moment as the answer.
    """
    received = await answer
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError
    return received


class _LastingClient(Client):
    """A client that an error of the server does not end, and that a cancellation always does."""

    async def request(self, *args: Any, **kwargs: Any) -> Msg:
        return await _heeding_cancellation(super().request(*args, **kwargs))

    async def flush(self, *args: Any, **kwargs: Any) -> None:
        await _heeding_cancellation(super().flush(*args, **kwargs))

    async def _process_err(self, err_msg: str) -> None:
        """Come back after an error for which nats-py would close for good.

        Such errors come when the operator changes users or limits of the running server.
        """
        if "permissions violation" in err_msg.lower():
            await super()._process_err(err_msg)
        else:
            await self._process_op_err(nats.errors.Error(f"nats: {err_msg}"))

    async def _process_connect_init(self) -> None:
        """Make of every failed greeting an error after which nats-py tries again, and close its socket.

        By itself it would end its reconnecting on half a line, which a dying server may send.
        """
        try:
            await super()._process_connect_init()
        except (OSError, ValueError, nats.errors.Error) as error:
            if self._transport:
                self._transport.close()  # type: ignore[no-untyped-call]  # nats-py annotates it nowhere
            raise nats.errors.Error(str(error) or type(error).__name__) from error


async def connect(url: str, seed: str | None, name: str) -> Client:
    """Connect as the service `name` with its nkey seed (`None`: a server without users).

    Returns when connected, however long that takes; afterwards it reconnects for ever. Replies come
    to `_INBOX.<name>.…`, the only inbox the service may subscribe to. Errors are logged, a refused
    permission as an error: to the caller it looks like a time-out.
    """
    client = _LastingClient()

    async def on_error(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            _log.error("refused by the broker", service=name, refusal=str(error))
        elif not client.is_connected:
            _log.warning("broker away", service=name, error=str(error) or type(error).__name__)
        else:
            _log.warning("broker error", service=name, error=str(error))

    async def on_lost() -> None:
        if not client.is_closed:
            _log.warning("broker lost", service=name)

    async def on_back() -> None:
        _log.info("broker back", service=name)

    try:
        await client.connect(
            url,
            name=name,
            nkeys_seed_str=seed,
            inbox_prefix=f"_INBOX.{name}",
            error_cb=on_error,
            disconnected_cb=on_lost,
            reconnected_cb=on_back,
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RETRY_SECONDS,  # type: ignore[arg-type]  # it sleeps so long, an int or not
            ping_interval=_PING_SECONDS,
            pending_size=_PENDING_BYTES,
        )
    except asyncio.CancelledError:
        await client.close()  # it leaves a half-open connection behind otherwise
        raise
    return client


async def until_connected(client: Client) -> None:
    """Return when the broker is there; `ConnectionClosedError` when the client was closed by us."""
    while not client.is_connected:
        if client.is_closed:
            raise nats.errors.ConnectionClosedError
        await asyncio.sleep(_LOOK_SECONDS)
