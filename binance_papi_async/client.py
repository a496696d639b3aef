"""The session wrapper: it admits, signs, sends once, and reads.

::

    async with PapiClient(HmacKey(api_key, secret)) as papi:
        order = await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from ssl import CERT_REQUIRED, SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, TypeVar, Unpack
from urllib.parse import urlsplit

from binance_papi_async.clock import Clock
from binance_papi_async.endpoints.general import General, QueryServerTime, ServerTime
from binance_papi_async.endpoints.margin_orders import MarginOrders
from binance_papi_async.errors import (
    PapiError,
    RateLimitedError,
    RefusedError,
    TimestampError,
    UnknownOutcomeError,
)
from binance_papi_async.limits.gate import Permit
from binance_papi_async.limits.limiter import Limiter, Limits
from binance_papi_async.request import Lane, Request
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.direct import DirectTransport
from binance_papi_async.transport.session import SessionTransport
from binance_papi_async.wire.codec import (
    check_recv_window,
    date,
    prepare,
    read,
    usage,
)
from binance_papi_async.wire.message import Answer
from binance_papi_async.wire.signing import HmacKey, Key, load_key

if TYPE_CHECKING:
    from aiohttp import ClientSession

R = TypeVar("R")

BASE_URL: Final = "https://papi.binance.com"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SERVER_TIME_MS: Final = 0.001
"""A server time is cut to whole milliseconds."""
_TIMESTAMP_CODE: Final = -1021
_TOO_MANY_ORDERS: Final = -1015
_BANNED_STATUS: Final = 418


class ClientOptions(TypedDict, total=False):
    """The options of ``PapiClient``, for ``from_env``."""

    base_url: str
    recv_window: int
    timeout: float
    max_connections: int
    max_reply_bytes: int | None
    limiter: Limiter | None
    session: ClientSession | None
    transport: Transport | None
    clock: Clock | None
    ssl: SSLContext | None


class PapiClient:
    """A Binance Portfolio Margin account, as an asyncio engine sees it.

    Enter it before use: that opens it and learns the exchange's time (weight 2).
    ``recv_window`` is in ms, 1 to 60000, ``timeout`` in seconds from leaving the limiter to the whole reply.
    Without a key only the open calls work.

    ``limiter`` is shared by every client behind one IP.
    ``session`` is an aiohttp session to send through; it is not closed here.
    ``max_reply_bytes`` bounds replies; by default 1 MiB for calls that change something, 16 MiB for reads.
    ``ssl`` adds trust in further certificates; verification cannot be switched off.
    """

    def __init__(  # noqa: PLR0913 - each is one fact about how to reach the exchange
        self,
        key: Key | None = None,
        *,
        base_url: str = BASE_URL,
        recv_window: int = 5000,
        timeout: float = 10.0,
        max_connections: int = 100,
        max_reply_bytes: int | None = None,
        limiter: Limiter | None = None,
        session: ClientSession | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        ssl: SSLContext | None = None,
    ) -> None:
        self._key = key
        self._base_url = _checked_base_url(base_url)
        self._recv_window = check_recv_window(recv_window)
        self._timeout = _checked_timeout(timeout)
        self._max_reply_bytes = max_reply_bytes
        self._limiter = _chosen_limiter(limiter, clock)
        self._clock = self._limiter.clock
        self._gate = self._limiter.gate(max_connections)
        self._transport = transport or _chosen_transport(self._base_url, session, _checked_ssl(ssl))
        self._synchronising = asyncio.Lock()
        self._synchronised_at = float("-inf")
        self._is_open = False
        self.margin = MarginOrders(self)
        self.general = General(self)

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """A client whose key is in the environment.

        ``BINANCE_API_KEY`` with ``BINANCE_API_SECRET``, or with ``BINANCE_PRIVATE_KEY_FILE``
        (a PEM file, RSA or Ed25519) and, if that has one, ``BINANCE_PRIVATE_KEY_PASSWORD``.
        Raises ValueError that says which variable is missing.
        """
        return cls(key_from_env(os.environ), **options)

    @property
    def limits(self) -> Limits:
        """What is known of the limits now; costs nothing."""
        return self._limiter.snapshot()

    @property
    def clock(self) -> Clock:
        """The exchange's time, and how sure of it we are."""
        return self._clock

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the transport and learn the exchange's time; closes again if that fails.

        Weight 2. Raises what a request raises: ConnectError if the exchange cannot be reached.
        """
        if self._is_open:
            raise RuntimeError("this client is open already")
        try:
            await self._transport.open()
            self._is_open = True
            if not self._clock.is_synchronised:
                await self.synchronise()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close what this client opened; requests still waiting are told they were not sent."""
        self._is_open = False
        self._gate.close()
        await self._transport.close()

    async def warm_up(self, connections: int) -> None:
        """Open connections before they are needed: a burst on cold ones pays two round trips first."""
        await self._transport.warm_up(connections)

    async def synchronise(self) -> None:
        """Learn the exchange's time anew, from its own word and from the date of its answers. Weight 2.

        The first of two questions opens a connection, so the second knows better.
        """
        self._clock.forget()
        for _ in range(2):
            try:
                await self._attempt(
                    QueryServerTime(), self._timeout, None, self._recv_window, "cancel"
                )
            except (RefusedError, UnknownOutcomeError):
                # The time call is undocumented; whatever answers in its place carries a date.
                if not self._clock.is_synchronised:
                    raise
        self._synchronised_at = self._clock.now()

    async def send(
        self,
        request: Request[R],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - bounds the network part only, see below
        max_wait: float | None = None,
        recv_window: int | None = None,
        lane: Lane | None = None,
    ) -> R:
        """Send a request, once, and return its typed reply.

        ``timeout`` seconds bound the network part, ``max_wait`` seconds the wait for weight and a connection
        before it (default: as long as it takes; 0 fails at once), ``recv_window`` is in ms.
        ``lane`` overrides whom it waits behind.

        Raises NotSentError, RefusedError or UnknownOutcomeError: see ``errors``.
        A timestamp the exchange calls wrong (-1021, not executed) is corrected and sent once more, signed anew.
        """
        endpoint = request.endpoint
        timeout = self._timeout if timeout is None else _checked_timeout(timeout)
        recv_window = self._recv_window if recv_window is None else check_recv_window(recv_window)
        began = self._clock.now()
        try:
            return await self._attempt(
                request, timeout, max_wait, recv_window, lane or endpoint.lane
            )
        except TimestampError as error:
            if error.code != _TIMESTAMP_CODE:
                raise
        await self._synchronise_since(began)
        return await self._attempt(request, timeout, max_wait, recv_window, lane or endpoint.lane)

    async def _attempt(
        self,
        request: Request[R],
        timeout: float,  # noqa: ASYNC109 - bounds the network part only
        max_wait: float | None,
        recv_window: int,
        lane: Lane,
    ) -> R:
        """Wait for a permit, send once, account for it, read."""
        if not self._is_open:
            raise RuntimeError("enter the client first: async with PapiClient(...) as papi")
        try:
            permit = await self._gate.acquire(
                request.weight, request.endpoint.orders, lane, max_wait=max_wait
            )
            outgoing = None
            try:
                outgoing = prepare(
                    request,
                    self._key,
                    timestamp_ms=self._clock.timestamp_ms(),
                    recv_window=recv_window,
                )
                if self._max_reply_bytes is not None:
                    outgoing.max_reply_bytes = self._max_reply_bytes
                sent = self._clock.now()
                answer = await self._transport.send(outgoing, timeout=timeout)
            except BaseException:
                if outgoing is not None and outgoing.has_left:
                    permit.keep()
                else:
                    permit.give_back()
                raise
            self._learn_date(answer, sent)
            reply = self._read(request, answer, permit)
        except PapiError as error:
            error.request = request
            raise
        if isinstance(reply, ServerTime):
            self._learn_time(reply, sent)
        return reply

    def _read(self, request: Request[R], answer: Answer, permit: Permit) -> R:
        """The typed reply; a 429 closes the pool before the permit lets anybody else go."""
        try:
            return read(request, answer)
        except RateLimitedError as error:
            self._obey(error)
            raise
        finally:
            permit.settle(usage(answer.headers))

    async def _synchronise_since(self, began: float) -> None:
        """Synchronise, unless somebody else has since then."""
        async with self._synchronising:
            if self._synchronised_at < began:
                await self.synchronise()

    def _learn_date(self, answer: Answer, sent: float) -> None:
        seconds = date(answer.headers)
        if seconds is not None:
            self._clock.learn(seconds, seconds + 1, sent=sent, received=self._clock.now())

    def _learn_time(self, reply: ServerTime, sent: float) -> None:
        seconds = reply.server_time / 1000
        received = self._clock.now()
        self._clock.learn(seconds, seconds + _SERVER_TIME_MS, sent=sent, received=received)

    def _obey(self, error: RateLimitedError) -> None:
        """Close the pool as a 429 asks, or for the length of a ban."""
        if error.status == _BANNED_STATUS:
            self._limiter.ban(error.until, error.retry_after)
        elif error.code == _TOO_MANY_ORDERS:
            self._limiter.close_orders_for(error.retry_after)
        else:
            self._limiter.close_for(error.retry_after)

    def __repr__(self) -> str:
        return f"<PapiClient {self._key!r} {self._base_url}>"


def key_from_env(environ: Mapping[str, str]) -> Key:
    """The key that the variables of ``PapiClient.from_env`` name."""
    api_key = environ.get("BINANCE_API_KEY")
    secret = environ.get("BINANCE_API_SECRET")
    file = environ.get("BINANCE_PRIVATE_KEY_FILE")
    if not api_key:
        raise ValueError("BINANCE_API_KEY is not set in the environment")
    if secret and file:
        raise ValueError("set BINANCE_API_SECRET or BINANCE_PRIVATE_KEY_FILE, not both")
    if secret:
        return HmacKey(api_key, secret)
    if file:
        return load_key(api_key, file, environ.get("BINANCE_PRIVATE_KEY_PASSWORD"))
    raise ValueError(
        "neither BINANCE_API_SECRET nor BINANCE_PRIVATE_KEY_FILE is set in the environment"
    )


def _chosen_limiter(limiter: Limiter | None, clock: Clock | None) -> Limiter:
    if limiter is None:
        return Limiter(clock=clock)
    if clock is not None and clock is not limiter.clock:
        raise ValueError("the limiter has a clock of its own: give the clock to Limiter(clock=...)")
    return limiter


def _chosen_transport(
    base_url: str, session: ClientSession | None, ssl: SSLContext | None
) -> Transport:
    if session is not None:
        return SessionTransport(base_url, session=session, ssl=ssl)
    return DirectTransport(base_url, ssl=ssl)


def _checked_base_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"base_url must be like {BASE_URL}, not {base_url!r}")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(
            "base_url must begin with https://: http would show the key to the network"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _checked_timeout(timeout: float) -> float:
    if not timeout > 0:
        raise ValueError(f"timeout must be above zero seconds, not {timeout}")
    return timeout


def _checked_ssl(ssl: Any) -> SSLContext | None:
    if ssl is None:
        return None
    if not isinstance(ssl, SSLContext) or ssl.verify_mode is not CERT_REQUIRED:
        raise ValueError("ssl must be an SSLContext that verifies certificates")
    return ssl
