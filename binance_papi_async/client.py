"""The session wrapper: what an engine awaits.

::

    async with PapiClient(HmacKey(api_key, secret)) as papi:
        order = await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
        outcomes = await papi.cancel_many(requests, deadline=5.0)
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack

from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import CancelRequest, Lane, Request
from binance_papi_async.endpoints.account import Account
from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.general import General, Ping
from binance_papi_async.endpoints.margin import Margin
from binance_papi_async.endpoints.margin_orders import CancelAllMarginOrders
from binance_papi_async.endpoints.um import Um
from binance_papi_async.endpoints.user_stream import UserStream
from binance_papi_async.errors import ConnectionLostError
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter, Limits
from binance_papi_async.options import (
    BASE_URL,
    ClientOptions,
    checked_base_url,
    checked_key,
    checked_lane,
    checked_ssl,
    checked_timeout,
    chosen_limiter,
    chosen_transport,
    explained,
    key_from_env,
    scheme_hint,
)
from binance_papi_async.outcome import CancelAllReport, Outcome, Outcomes, SendOutcome, Unknown
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.many import send_all
from binance_papi_async.sending.warmth import Warmth
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire.codec import check_recv_window
from binance_papi_async.wire.signing import Key

if TYPE_CHECKING:
    from aiohttp import ClientSession

R = TypeVar("R")
S = TypeVar("S")

CLOSING_PATIENCE: Final = 5.0
"""Seconds that closing waits for cancels still under way."""
_log = logging.getLogger("binance_papi_async")


class PapiClient:
    """A Binance Portfolio Margin account, as an asyncio engine sees it.

    Enter it before use: that opens it and learns the exchange's time (weight 2).
    ``recv_window`` is in ms, 1 to 60000, ``timeout`` in seconds from leaving the limiter to the whole reply.
    Without a key only the open calls work.

    ``limiter`` is shared by every client behind one IP.
    ``session`` is an aiohttp session to send through; it is not closed here.
    ``max_reply_bytes`` bounds replies; by default 1 MiB for calls that change something, 16 MiB for reads.
    ``keep_warm`` connections are opened at the start and kept open by pings while idle, which may cost
    ``keep_warm_weight`` a minute.
    ``ssl`` adds trust in further certificates; verification cannot be switched off.
    """

    @explained
    def __init__(  # noqa: PLR0913 - each is one fact about how to reach the exchange
        self,
        key: Key | None = None,
        *,
        base_url: str = BASE_URL,
        recv_window: int = 5000,
        timeout: float = 10.0,
        max_connections: int = 100,
        max_reply_bytes: int | None = None,
        keep_warm: int = 0,
        keep_warm_weight: int = 60,
        limiter: Limiter | None = None,
        session: ClientSession | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        ssl: SSLContext | None = None,
    ) -> None:
        self._key = checked_key(key)
        self._base_url = checked_base_url(base_url)
        self._limiter = chosen_limiter(limiter, clock)
        self._gate = Gate(self._limiter, max_connections)
        self._transport = transport or chosen_transport(self._base_url, session, checked_ssl(ssl))
        self._carrier = Carrier(
            key,
            self._limiter,
            self._gate,
            self._transport,
            recv_window=check_recv_window(recv_window),
            timeout=checked_timeout(timeout),
            max_reply_bytes=max_reply_bytes,
        )
        self._max_connections = max_connections
        self._keep_warm = min(keep_warm, max_connections)
        self._warmth = (
            Warmth(self._ping, self._keep_warm, weight_per_minute=keep_warm_weight)
            if keep_warm
            else None
        )
        self._canceler = Canceler(self._carrier, max_connections)
        self.margin = Margin(self)
        self.um = Um(self)
        self.cm = Cm(self)
        self.account = Account(self)
        self.user_stream = UserStream(self)
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
        return self._limiter.clock

    def timestamp_ms(self) -> int:
        """The exchange's time now, ms since 1970; where histories end that are given no end."""
        return self.clock.timestamp_ms()

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
        if self._carrier.is_open:
            raise RuntimeError("this client is open already")
        if self._gate.is_closed:
            raise RuntimeError("a closed client cannot be opened again: make another")
        try:
            await self._transport.open()
            self._carrier.is_open = True
            if not self.clock.is_synchronised:
                await self._carrier.synchronise()
            if self._warmth is not None:
                await self.warm_up(self._keep_warm)
                self._warmth.start()
        except ConnectionLostError as error:
            await self.close()
            error.args = (f"{error}{scheme_hint(self._base_url)}",)
            raise
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close what this client opened; requests still waiting are told they were not sent.

        Cancels still under way are waited for, and resolved, for five seconds at most;
        what nobody knows even then is named in one warning.
        """
        try:
            if self._warmth is not None:
                await self._warmth.stop()
            if self._carrier.is_open:
                await self._canceler.close(CLOSING_PATIENCE)
                if self.unresolved:
                    doubtful = [unknown.request for unknown in self.unresolved]
                    _log.warning("closed without knowing what became of %s", doubtful)
        finally:
            self._carrier.is_open = False
            self._gate.close()
            await self._transport.close()

    async def warm_up(self, connections: int) -> None:
        """Open connections before they are needed: a burst on cold ones pays two round trips first."""
        await self._transport.warm_up(connections)

    async def synchronise(self) -> None:
        """Learn the exchange's time anew; done by itself when the exchange calls a timestamp wrong. Weight 2."""
        await self._carrier.synchronise()

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
        carrier = self._carrier
        return await carrier.send(
            request,
            timeout=carrier.timeout if timeout is None else checked_timeout(timeout),
            max_wait=max_wait,
            recv_window=(
                carrier.recv_window if recv_window is None else check_recv_window(recv_window)
            ),
            lane=request.endpoint.lane if lane is None else checked_lane(lane),
        )

    async def send_all(
        self,
        requests: Iterable[Request[R]],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - of each request's network part
        max_wait: float | None = None,
    ) -> list[SendOutcome[R]]:
        """Send requests of any kind concurrently, each once; one outcome for each, in the order given.

        Never raises for what the exchange does. ``timeout`` and ``max_wait`` are each request's, as in ``send``.
        Requests are taken from the iterable as connections fall free.
        Nothing is resolved: for cancels, ``cancel_many`` finds out what became of them.
        """

        def send(request: Request[R]) -> Awaitable[R]:
            return self.send(request, timeout=timeout, max_wait=max_wait)

        return await send_all(send, requests, max_workers=self._max_connections)

    async def cancel(
        self,
        request: CancelRequest[R, S],
        /,
        *,
        deadline: float | None = None,
        urgent: bool = False,
    ) -> Outcome[R | S]:
        """Cancel one order, and say what became of it; never raises for what the exchange does.

        ``deadline`` in seconds bounds everything, resolution included; default 10.
        ``urgent`` overtakes batches that wait for weight.
        Weight 2 for each DELETE, and 10 for reading the order if the reply leaves doubt.
        """
        return await self._canceler.cancel(request, deadline=deadline, urgent=urgent)

    async def cancel_many(
        self,
        requests: Iterable[CancelRequest[R, S]] | AsyncIterable[CancelRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
        on_outcome: Callable[[Outcome[R | S]], None] | None = None,
    ) -> Outcomes[R | S]:
        """Cancel many orders; one outcome for each, in the order given.

        The first are under way before the last request is taken from ``requests``.
        An order named twice is cancelled once and answered twice.
        ``deadline`` in seconds bounds everything, also what an async iterable takes; default 60.
        ``on_outcome`` is called as they land.
        Weight 2 for each DELETE, and 5 for each read of a symbol's open orders that doubts make necessary.
        """
        return await self._canceler.cancel_many(requests, deadline=deadline, on_outcome=on_outcome)

    def cancel_as_completed(
        self,
        requests: Iterable[CancelRequest[R, S]] | AsyncIterable[CancelRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
    ) -> AsyncIterator[Outcome[R | S]]:
        """The same as ``cancel_many``, each outcome as it lands."""
        return self._canceler.cancel_as_completed(requests, deadline=deadline)

    async def cancel_all(
        self, symbols: Iterable[str], /, *, deadline: float | None = None
    ) -> CancelAllReport:
        """Leave no open margin order on these symbols, order lists included, and prove it.

        Reads, cancels the cheaper way, and reads again until a read shows none.
        The proof takes a second: an earlier read may lag behind what was placed just before.
        ``deadline`` in seconds; default 60. Weight per symbol: 5 a read, 5 or 2 an order a cancel.
        """
        if isinstance(symbols, str):
            raise TypeError(f"symbols is a list of symbols: [{symbols!r}]")
        requests = [CancelAllMarginOrders(symbol=symbol) for symbol in symbols]
        return await self._canceler.cancel_all(requests, deadline=deadline)

    @property
    def in_flight(self) -> tuple[CancelRequest[Any, Any], ...]:
        """Cancels that have left and whose outcome is not known yet, also of callers that went away."""
        return self._canceler.in_flight

    @property
    def unresolved(self) -> tuple[Unknown, ...]:
        """Cancels whose outcome nobody knew at their deadline; ``settle`` goes on with them."""
        return self._canceler.unresolved

    async def settle(self, timeout: float) -> Outcomes[Any]:  # noqa: ASYNC109 - a bound of its own, not a cancellation
        """Wait for cancels under way, and go on with the unresolved, ``timeout`` seconds at most.

        Asks about them again, and cancels again what an answer shows to be open still.

        Returns what has become known of both since it was last asked.
        """
        return await self._canceler.settle(timeout)

    async def _ping(self) -> None:
        await self.send(Ping(), max_wait=0)

    def __repr__(self) -> str:
        return f"<PapiClient {self._key!r} {self._base_url}>"
