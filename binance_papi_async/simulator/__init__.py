"""An exchange of our own: Portfolio Margin has no testnet.

::

    async with Simulator() as exchange, exchange.client() as papi:
        (order_id,) = exchange.rest("LTCBTC")
        await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert exchange.truth.executions(order_id) == 1

One state behind two doors: a real server on the loopback, and a transport inside the process.
What the exchange documents is enforced as documented; where the documents are silent, the docstring
says "a simulator's choice". Faults are a script: see ``Simulator.faults`` and ``FAULTS``.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from binance_papi_async.simulator.admission.credentials import SIMULATED_API_KEY, SIMULATED_SECRET
from binance_papi_async.simulator.calls.canned import CANNED
from binance_papi_async.simulator.doors.server import HOST, ExchangeServer
from binance_papi_async.simulator.doors.tls import SelfSigned, self_signed
from binance_papi_async.simulator.doors.transport import InProcessTransport
from binance_papi_async.simulator.exchange import Exchange
from binance_papi_async.simulator.faulting.faults import FAULTS, Delivery, Fault, FaultKind
from binance_papi_async.simulator.faulting.script import FaultScript
from binance_papi_async.simulator.held import HeldLoop, StuckError, held_clock, run_held
from binance_papi_async.simulator.world.book import Book
from binance_papi_async.simulator.world.fate import Fate
from binance_papi_async.simulator.world.orders import Draft, Order, OrderList, Trade
from binance_papi_async.simulator.world.truth import Arrival, Truth

if TYPE_CHECKING:
    from typing import Unpack

    from binance_papi_async.client import PapiClient
    from binance_papi_async.limits.limiter import Limiter
    from binance_papi_async.options import ClientOptions

__all__ = [
    "CANNED",
    "FAULTS",
    "SIMULATED_API_KEY",
    "SIMULATED_SECRET",
    "Arrival",
    "Book",
    "Delivery",
    "Draft",
    "Exchange",
    "ExchangeServer",
    "Fate",
    "Fault",
    "FaultKind",
    "FaultScript",
    "HeldLoop",
    "InProcessTransport",
    "Order",
    "OrderList",
    "SelfSigned",
    "Simulator",
    "StuckError",
    "Trade",
    "Truth",
    "held_clock",
    "run_held",
    "self_signed",
]


class Simulator(Exchange):
    """An exchange with its doors: enter it to serve it on the loopback.

    Without entering it, ``transport()`` and ``in_process_client()`` work all the same.
    ``clock`` is the exchange's clock, epoch seconds; by default this machine's, moved by
    ``clock_offset``. ``tls`` serves a self-signed certificate (extra ``crypto``) that ``client()``
    trusts. The limits default to the documented ones.
    """

    def __init__(  # noqa: PLR0913 - the rules of an exchange, and where it listens
        self,
        *,
        port: int = 0,
        tls: bool = False,
        clock_offset: float = 0.0,
        clock: Callable[[], float] | None = None,
        weight_limit: int = 6000,
        order_limit: int = 1200,
        interval: float = 60.0,
        ban_after: int = 5,
        seed: int = 0,
        keep: int | None = None,
        keepalive: float = 75.0,
    ) -> None:
        base = clock or time.time
        super().__init__(
            clock=(lambda: base() + clock_offset) if clock_offset else base,
            weight_limit=weight_limit,
            order_limit=order_limit,
            interval=interval,
            ban_after=ban_after,
            seed=seed,
            keep=keep,
        )
        self.certificates = self_signed() if tls else None
        """Both ends of TLS, None without."""
        self.server = ExchangeServer(
            self,
            port=port,
            ssl_context=self.certificates and self.certificates.server,
            keepalive=keepalive,
        )

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.server.stop()

    def __repr__(self) -> str:
        where = self.base_url if self.server.port else "without a server"
        orders = sum(len(book.open_orders()) for book in self.books.values())
        calls = self.truth.arrived
        return (
            f"<Simulator {where}: {orders} open order{'s' * (orders != 1)}, "
            f"{calls} call{'s' * (calls != 1)}>"
        )

    @property
    def exchange(self) -> Exchange:
        """The exchange itself."""
        return self

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"{'https' if self.certificates else 'http'}://{HOST}:{self.server.port}"

    @property
    def ssl(self) -> ssl.SSLContext | None:
        """What a client must trust, None without TLS."""
        return self.certificates and self.certificates.client

    def refuse_connections(self, count: int) -> None:
        """Close the next ``count`` connections to the server as soon as they come."""
        self.server.refuse_connections(count)

    def transport(self) -> InProcessTransport:
        """A transport to this exchange without a socket."""
        return InProcessTransport(self)

    def client(self, **options: Unpack[ClientOptions]) -> PapiClient:
        """A client of the account through the server, yet to be entered."""
        from binance_papi_async.client import PapiClient

        options.setdefault("base_url", self.base_url)
        options.setdefault("ssl", self.ssl)
        return PapiClient(self.key, **self._with_limits(options))

    def in_process_client(self, **options: Unpack[ClientOptions]) -> PapiClient:
        """A client of the account inside the process; its time is the running loop's."""
        from binance_papi_async.client import PapiClient
        from binance_papi_async.clock import Clock

        options.setdefault("transport", self.transport())
        if options.get("limiter") is None:
            options.setdefault("clock", Clock(asyncio.get_running_loop().time))
        return PapiClient(self.key, **self._with_limits(options))

    def _with_limits(self, options: ClientOptions) -> ClientOptions:
        """A limiter for this exchange's limits, where they are not the documented ones."""
        if options.get("limiter") is None and not self.limits.are_documented:
            options["limiter"] = self._limiter(options)
            options["clock"] = None
        return options

    def _limiter(self, options: ClientOptions) -> Limiter:
        from binance_papi_async.limits.limiter import Limiter

        return Limiter(
            weight=self.limits.weight.limit,
            orders=self.limits.orders.limit,
            interval=self.limits.weight.interval,
            clock=options.get("clock"),
        )
