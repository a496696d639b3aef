"""The session wrapper: what an engine awaits.

::

    async with PapiClient(HmacKey(api_key, secret)) as papi:
        order = await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
        outcomes = await papi.cancel_many(requests, deadline=5.0)
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
)
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, overload

from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.clock import Clock
from binance_papi_async.declaring.reading import Json
from binance_papi_async.declaring.request import CancelAllRequest, CancelRequest, Lane, Request
from binance_papi_async.endpoints.account import Account
from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.cm_conditional import CancelAllCmConditionalOrders
from binance_papi_async.endpoints.cm_orders import CancelAllCmOrders
from binance_papi_async.endpoints.general import General, Ping, QueryOrderRateLimits
from binance_papi_async.endpoints.margin import Margin
from binance_papi_async.endpoints.margin_orders import CancelAllMarginOrders
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.endpoints.um import Um
from binance_papi_async.endpoints.um_algo import CancelAllUmAlgoOrders
from binance_papi_async.endpoints.um_orders import CancelAllUmOrders
from binance_papi_async.endpoints.user_stream import UserStream
from binance_papi_async.errors import ConnectError, ConnectionLostError
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter, Limits
from binance_papi_async.limits.orders import window_seconds
from binance_papi_async.options import (
    BASE_URL,
    ClientOptions,
    checked_base_url,
    checked_key,
    checked_lane,
    checked_timeout,
    chosen_limiter,
    chosen_route,
    chosen_transport,
    explained,
    key_from_env,
    scheme_hint,
)
from binance_papi_async.outcome import (
    CancelAllReport,
    OpenOrder,
    Outcome,
    Outcomes,
    SendOutcome,
    Unknown,
)
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.home import Away
from binance_papi_async.sending.many import send_all
from binance_papi_async.sending.warmth import Warmth
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.trust import checked_ssl
from binance_papi_async.wire.codec import check_recv_window
from binance_papi_async.wire.discreet import discreet
from binance_papi_async.wire.message import Outgoing
from binance_papi_async.wire.signing import Key

if TYPE_CHECKING:
    from aiohttp import ClientSession

R = TypeVar("R")
S = TypeVar("S")

CLOSING_PATIENCE: Final = 5.0
"""Seconds that closing waits for cancels still under way."""
UNREACHED: Final = "is there a network, is base_url right, does the way out need a proxy (proxy=..., trust_env=True)?"
_log = logging.getLogger("binance_papi_async")


class PapiClient:
    """A Binance Portfolio Margin account, as an asyncio engine sees it.

    Enter it before use: that opens it and learns the exchange's time (weight 2).
    ``recv_window`` is in ms, 1 to 60000, ``timeout`` in seconds from leaving the limiter to the whole reply.
    Without a key only the open calls work.

    ``limiter`` is shared by every client of the account behind one IP, ``limiter.account(name)`` by those of another;
    with ``learn_limits`` it is told the account's own order limits at the start (weight 1), as by ``learn_limits()``.
    ``session`` is an aiohttp session to send through; it is not closed here.
    ``max_reply_bytes`` bounds replies; by default 1 MiB for calls that change something, 16 MiB for reads.
    ``keep_warm`` connections are opened at the start and kept open by pings while idle, which may cost
    ``keep_warm_weight`` a minute.
    ``ssl`` adds trust in further certificates; verification cannot be switched off.
    ``proxy`` is an HTTP proxy that tunnels, such as ``http://user:password@proxy.example:3128``;
    with ``trust_env`` the environment's ``HTTPS_PROXY`` is one, unless ``NO_PROXY`` exempts the exchange.
    ``local_addr`` is the address and port (0: any) of this machine that connections go out from.

    It belongs to the event loop it was opened in: every loop, thread and process needs one of its own.
    """

    @discreet
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
        learn_limits: bool = False,
        session: ClientSession | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        ssl: SSLContext | None = None,
        proxy: str | None = None,
        trust_env: bool = False,
        local_addr: tuple[str, int] | None = None,
    ) -> None:
        self._key = checked_key(key)
        self._base_url = checked_base_url(base_url)
        self._limiter = chosen_limiter(limiter, clock)
        self._learns_limits = learn_limits
        self._gate = Gate(self._limiter, max_connections)
        environ = os.environ if trust_env else None
        route = chosen_route(self._base_url, session, proxy, local_addr, environ)
        self._transport = transport or chosen_transport(
            self._base_url, session, checked_ssl(ssl), route
        )
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
        self._guard: AsyncGenerator[None, None] | None = None
        self.margin = Margin(self)
        self.um = Um(self)
        self.cm = Cm(self)
        self.account = Account(self)
        self.user_stream = UserStream(self)
        self.general = General(self)

    @classmethod
    @discreet
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

        A lost reply is asked for again, within the client's ``timeout``. Weight 2 for each time it asks.
        Raises what a request raises: ConnectError if the exchange cannot be reached.
        """
        self._check_is_here()
        if self._carrier.home.is_open:
            raise RuntimeError("this client is open already")
        if self._gate.is_closed:
            raise RuntimeError("a closed client cannot be opened again: make another")
        try:
            await self._transport.open()
            self._carrier.home.enter()
            self._guard = self._guarded()
            await anext(self._guard)
            if not self.clock.is_synchronised:
                await self._carrier.synchronise_at_last()
            if self._learns_limits:
                await self.learn_limits()
            if self._warmth is not None:
                await self.warm_up(self._keep_warm)
                self._warmth.start()
        except ConnectError as error:
            await self.close()
            is_explained = "; " in str(error)  # by what TLS said
            unreached = ConnectError(str(error) if is_explained else f"{error}; {UNREACHED}")
            unreached.request = error.request
            raise unreached from None
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
        self._check_is_here()
        try:
            if self._warmth is not None:
                await self._warmth.stop()
            if self._carrier.home.is_open:
                await self._canceler.close(CLOSING_PATIENCE)
                if self.unresolved:
                    doubtful = [unknown.request for unknown in self.unresolved]
                    _log.warning("closed without knowing what became of %s", doubtful)
        finally:
            self._carrier.home.leave()
            self._gate.close()
            await self._transport.close()
            if self._guard is not None:
                await self._guard.aclose()

    async def warm_up(self, connections: int) -> None:
        """Open connections before they are needed: a burst on cold ones pays two round trips first."""
        self._carrier.home.check()
        await self._transport.warm_up(connections)

    async def synchronise(self) -> None:
        """Learn the exchange's time anew; done by itself when the exchange calls a timestamp wrong. Weight 2."""
        await self._carrier.synchronise()

    async def learn_limits(self) -> Limits:
        """Read the account's order limits and keep to them; what is known of the limits then. Weight 1.

        A limit that cannot be is told once in the log, and not believed; a window that the exchange does not name
        keeps the limit it has. Raises what a request raises.
        """
        rows = await self.send(QueryOrderRateLimits())
        self._limiter.learn_orders(
            (window_seconds(row.interval, row.interval_num), row.limit)
            for row in rows
            if row.rate_limit_type == "ORDERS"
        )
        return self.limits

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

    async def send_with_extra(
        self,
        request: Request[R],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as of ``send``
        max_wait: float | None = None,
    ) -> tuple[R, Json]:
        """The same as ``send``, and whatever the exchange said beyond the fields of the reply.

        That is a mapping of names to plain JSON values; of a list, one for each row.
        The body is read a second time for it, which ``send`` does not pay for.
        """
        carrier, sent = self._carrier, list[Outgoing]()

        def leaving(outgoing: Outgoing, _: float) -> float:
            sent.append(outgoing)
            return carrier.timeout if timeout is None else checked_timeout(timeout)

        reply = await carrier.send(
            request,
            timeout=leaving,
            max_wait=max_wait,
            recv_window=carrier.recv_window,
            lane=request.endpoint.lane,
        )
        answer = sent[-1].answer
        return reply, request.endpoint.undeclared(b"" if answer is None else answer.body)

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
        Weight of each DELETE: margin 2, the others 1; and of a read if the reply leaves doubt:
        a margin order 10, an order list 5, the others 1.
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
        Weight as for ``cancel``; doubts of one symbol are read together (margin 5, the others 1),
        and at most 1,000 go into reading how orders ended.
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

    @overload
    async def cancel_all(
        self, margin: Iterable[str], *, deadline: float | None = None
    ) -> CancelAllReport[MarginOrder]: ...
    @overload
    async def cancel_all(
        self,
        margin: Iterable[str] = (),
        *,
        um: Iterable[str] = (),
        cm: Iterable[str] = (),
        um_algo: Iterable[str] = (),
        cm_conditional: Iterable[str] = (),
        deadline: float | None = None,
    ) -> CancelAllReport[OpenOrder]: ...
    async def cancel_all(  # noqa: PLR0913 - one list for each product
        self,
        margin: Iterable[str] = (),
        *,
        um: Iterable[str] = (),
        cm: Iterable[str] = (),
        um_algo: Iterable[str] = (),
        cm_conditional: Iterable[str] = (),
        deadline: float | None = None,
    ) -> CancelAllReport[Any]:
        """Leave no open order on these symbols of these products, and prove it. Of nothing else is anything said.

        ``margin`` includes order lists; ``um_algo`` and ``cm_conditional`` are orders that wait for a price.
        Reads, cancels the cheaper way, and reads again until a read shows none.
        The proof takes a second: an earlier read may lag behind what was placed just before.
        A symbol that the exchange refuses to read is in ``report.unproven``.
        ``deadline`` in seconds; default 60.
        Weight per symbol: margin 5 a read, 5 or 2 an order a cancel; the others 1 each;
        and what it takes to read how orders ended whose cancel left doubt.
        """
        products: dict[type[CancelAllRequest[Any, Any]], Iterable[str]] = {
            CancelAllMarginOrders: margin,
            CancelAllUmOrders: um,
            CancelAllCmOrders: cm,
            CancelAllUmAlgoOrders: um_algo,
            CancelAllCmConditionalOrders: cm_conditional,
        }
        for kind, symbols in products.items():
            if isinstance(symbols, str):
                name = kind.product.replace(" ", "_")
                raise TypeError(f"{name} is a list of symbols: {name}=[{symbols!r}]")
        requests = [kind(symbol=each) for kind, symbols in products.items() for each in symbols]
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
        self._check_is_here()
        return await self._canceler.settle(timeout)

    def _check_is_here(self) -> None:
        """Raise if it is at home in another loop or process: there it was opened, and there it is closed."""
        if self._carrier.home.is_elsewhere:
            raise self._carrier.home.objection()

    async def _guarded(self) -> AsyncGenerator[None, None]:
        """Waits while the client is open: a loop that ends, and the collector, end such generators.

        So a client that nobody closed is closed by this, and complains once, instead of every connection it had.
        """
        try:
            yield
        finally:
            if not self._gate.is_closed and self._carrier.home.loop is not Away.FORKED:
                self._gate.close()
                try:
                    if self._carrier.home.is_open:
                        self._complain()
                finally:
                    await self._transport.close()

    async def _ping(self) -> None:
        await self.send(Ping(), max_wait=0)

    def __repr__(self) -> str:
        return f"<PapiClient {self._key!r} {self._base_url}>"

    def __del__(self) -> None:
        carrier: Carrier | None = getattr(self, "_carrier", None)  # none if it was refused
        if carrier is not None and carrier.home.is_abandoned:
            self._complain()

    def _complain(self) -> None:
        self._carrier.home.leave()
        warnings.warn(
            f"{self!r} was never closed: leave `async with`, or await its close()",
            ResourceWarning,
            source=self,
            stacklevel=2,
        )
