"""The session wrapper: it admits, signs, sends once, and reads.

::

    async with PapiClient(HmacKey(api_key, secret)) as papi:
        order = await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
"""

from __future__ import annotations

import asyncio
import os
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar, Unpack

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
from binance_papi_async.options import (
    BASE_URL,
    ClientOptions,
    checked_base_url,
    checked_lane,
    checked_ssl,
    checked_timeout,
    chosen_limiter,
    chosen_transport,
    key_from_env,
)
from binance_papi_async.request import Lane, Request
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import Key

if TYPE_CHECKING:
    from aiohttp import ClientSession

R = TypeVar("R")

_MILLISECOND: Final = 0.001
"""A server time is cut to whole milliseconds."""
_TIMESTAMP_CODE: Final = -1021
_TOO_MANY_ORDERS: Final = -1015
_BANNED_STATUS: Final = 418


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
        self._base_url = checked_base_url(base_url)
        self._recv_window = codec.check_recv_window(recv_window)
        self._timeout = checked_timeout(timeout)
        self._max_reply_bytes = max_reply_bytes
        self._limiter = chosen_limiter(limiter, clock)
        self._clock = self._limiter.clock
        self._gate = self._limiter.gate(max_connections)
        self._transport = transport or chosen_transport(self._base_url, session, checked_ssl(ssl))
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
        timeout = self._timeout if timeout is None else checked_timeout(timeout)
        recv_window = (
            self._recv_window if recv_window is None else codec.check_recv_window(recv_window)
        )
        lane = request.endpoint.lane if lane is None else checked_lane(lane)
        began = self._clock.now()
        try:
            return await self._attempt(request, timeout, max_wait, recv_window, lane)
        except TimestampError as error:
            if error.code != _TIMESTAMP_CODE:
                raise
        await self._synchronise_since(began)
        return await self._attempt(request, timeout, max_wait, recv_window, lane)

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
        gate, weight, orders = self._gate, request.weight, request.endpoint.orders
        try:
            permit = gate.acquire_nowait(weight, orders, lane)
            if permit is None:
                permit = await gate.acquire(weight, orders, lane, max_wait=max_wait)
            outgoing = None
            try:
                outgoing = self._prepare(request, recv_window)
                sent = self._clock.now()
                answer = await self._transport.send(outgoing, timeout=timeout)
            except BaseException:
                if outgoing is not None and outgoing.has_left:
                    permit.keep()
                else:
                    permit.give_back()
                raise
            return self._read(request, answer, permit, sent)
        except PapiError as error:
            error.request = request
            raise

    def _prepare(self, request: Request[R], recv_window: int) -> Outgoing:
        outgoing = codec.prepare(
            request, self._key, timestamp_ms=self._clock.timestamp_ms(), recv_window=recv_window
        )
        if self._max_reply_bytes is not None:
            outgoing.max_reply_bytes = self._max_reply_bytes
        return outgoing

    def _read(self, request: Request[R], answer: Answer, permit: Permit, sent: float) -> R:
        """The typed reply, or the error it is; the clock and the limiter learn from either."""
        headers, received = answer.headers, self._clock.now()
        date = codec.date(headers)
        if date is not None:
            self._clock.learn_date(date, sent=sent, received=received)
        try:
            reply = codec.read(request, answer)
        except RateLimitedError as error:
            self._obey(error)  # before the permit lets anybody else go
            raise
        finally:
            orders = codec.used_orders(headers) if permit.orders else None
            permit.settle(codec.used_weight(headers), orders)
        if isinstance(reply, ServerTime):
            time = reply.server_time / 1000
            self._clock.learn(time, time + _MILLISECOND, sent=sent, received=received)
        return reply

    async def _synchronise_since(self, began: float) -> None:
        """Synchronise, unless somebody else has since then."""
        async with self._synchronising:
            if self._synchronised_at < began:
                await self.synchronise()

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
