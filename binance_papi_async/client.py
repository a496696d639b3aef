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
from collections.abc import AsyncGenerator, Mapping
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, Unpack

from binance_papi_async.calling import SendTerms, chosen_waits
from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.endpoints.general import Ping, QueryOrderRateLimits
from binance_papi_async.errors import ConnectError, ConnectionLostError
from binance_papi_async.journal import Journal
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter, Limits
from binance_papi_async.limits.orders import window_seconds
from binance_papi_async.options import (
    BASE_URL,
    ClientOptions,
    checked_base_url,
    checked_key,
    checked_timeout,
    chosen_limiter,
    chosen_route,
    chosen_transport,
    explained,
    key_from_env,
    opened_journal,
    scheme_hint,
)
from binance_papi_async.placing.client_ids import PREFIX, ClientIds
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.home import Away
from binance_papi_async.sending.warmth import Warmth
from binance_papi_async.trading import Trading
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.trust import checked_ssl
from binance_papi_async.wire.codec import check_recv_window
from binance_papi_async.wire.discreet import discreet
from binance_papi_async.wire.signing import Key

if TYPE_CHECKING:
    from aiohttp import ClientSession

CLOSING_PATIENCE: Final = 5.0
"""Seconds that closing waits for cancels still under way."""
ENDING_PATIENCE: Final = 1.0
"""Seconds that the journal stays open for requests which were only sent to hear that the transport is closed: they do at once."""
UNREACHED: Final = "is there a network, is base_url right, does the way out need a proxy (proxy=..., trust_env=True)?"
_log = logging.getLogger("binance_papi_async")


class PapiClient(Trading):
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
    ``max_wait`` is how many seconds requests wait for weight and orders, of all lanes or lane by lane
    (``{"order": 0.5}``); by default orders not at all, everything else for as long as it takes.
    ``journal`` is a file, or a ``Journal``, where whatever changes something is written before it leaves, and what became
    of it after: what a process that was killed left in doubt is in ``unresolved`` of the next client with that file.
    ``client_id_prefix`` begins the ids of orders that were given none: at most 12 letters, digits and ``. : / _ -``.

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
        max_wait: float | Mapping[Lane, float] | None = None,
        client_id_prefix: str = PREFIX,
        journal: str | os.PathLike[str] | Journal | None = None,
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
        terms = SendTerms(
            checked_timeout(timeout), check_recv_window(recv_window), chosen_waits(max_wait)
        )
        carrier = Carrier(
            key,
            self._limiter,
            self._gate,
            self._transport,
            recv_window=recv_window,
            timeout=timeout,
            max_reply_bytes=max_reply_bytes,
        )
        self._journal = journal
        super().__init__(carrier, terms, ClientIds(client_id_prefix), max_connections)
        self._keep_warm = min(keep_warm, max_connections)
        self._warmth = (
            Warmth(self._ping, self._keep_warm, weight_per_minute=keep_warm_weight)
            if keep_warm
            else None
        )
        self._guard: AsyncGenerator[None, None] | None = None

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

        A lost reply is asked for again, within the client's ``timeout``. Weight 2 to 4 for each time it asks.
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
            await self._learn()
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

    async def _learn(self) -> None:
        """What is to be known before anything is sent: the time, what an earlier process left, the limits."""
        loose = self._carrier.loose
        if self._journal is not None:
            loose.journal = opened_journal(self._journal, self._key, self.clock)
        if not self.clock.is_synchronised:
            await self._carrier.timekeeper.synchronise_at_last()
        if loose.journal is not None:
            self._recall(loose.journal)
        if self._learns_limits:
            await self.learn_limits()

    async def close(self) -> None:
        """Close what this client opened; requests still waiting are told they were not sent.

        Cancels still under way are waited for, and resolved, for five seconds at most;
        what nobody knows even then is named in one warning. What was found out for nobody, ``settle(0)`` tells.
        """
        self._check_is_here()
        try:
            if self._warmth is not None:
                await self._warmth.stop()
            if self._carrier.home.is_open:
                await self._desk.close(CLOSING_PATIENCE)
                if self.unresolved:
                    doubtful = [unknown.request for unknown in self.unresolved]
                    _log.warning("closed without knowing what became of %s", doubtful)
        finally:
            self._carrier.home.leave()
            self._gate.close()
            try:
                await self._transport.close()
                if self._carrier.loose.journal is not None:
                    await self._carrier.loose.let_end(ENDING_PATIENCE)
            finally:
                if self._carrier.loose.journal is not None:
                    self._carrier.loose.journal.close()
            if self._guard is not None:
                await self._guard.aclose()

    async def warm_up(self, connections: int) -> None:
        """Open connections before they are needed: a burst on cold ones pays two round trips first."""
        self._carrier.home.check()
        await self._transport.warm_up(connections)

    async def synchronise(self) -> None:
        """Learn the exchange's time anew. Weight 2 to 4: until two answers agree.

        Done by itself when the exchange calls a timestamp wrong, when its clock has stepped, and after a suspend.
        """
        await self._carrier.timekeeper.synchronise()

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
