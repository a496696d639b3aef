"""Leaves no open margin order on some symbols, and proves it by a read that shows none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import Any, Final, TypeAlias, TypeVar

from msgspec import Struct

from binance_papi_async.cancelling.decision import BACK_OFF, is_final
from binance_papi_async.cancelling.operation import ATTEMPT_SHARE, LEAST_TIMEOUT, MILLISECOND
from binance_papi_async.carrier import Carrier
from binance_papi_async.endpoints.margin_orders import (
    CancelAllMarginOrders,
    CancelMarginOrder,
    OpenMarginOrders,
    QueryMarginOrder,
)
from binance_papi_async.endpoints.margin_replies import (
    CanceledMarginOrder,
    CanceledMarginOrderList,
    MarginOrder,
)
from binance_papi_async.errors import PapiError, UnknownOrderError, UnknownOutcomeError
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Evidence,
    Outcome,
    Outcomes,
    Unknown,
)
from binance_papi_async.request import Lane, Request

R = TypeVar("R")

SINGLES_AT_MOST: Final = 2
"""Two single cancels weigh 4, three weigh 6, a cancel of all 5."""

CancelMany: TypeAlias = Callable[[list[CancelMarginOrder], float], Awaitable[Outcomes[Any]]]
"""Cancels orders one by one, within so many seconds."""


class CancelAllReport(Struct, frozen=True, kw_only=True):
    """What became of every order that was seen, and what is still open."""

    outcomes: Outcomes[CanceledMarginOrder | MarginOrder]
    """One for every order seen open."""
    remaining: tuple[MarginOrder, ...]
    """Orders that the last read of their symbol showed open."""
    unproven: dict[str, PapiError]
    """Symbols without a read that shows none open, and what stood in the way."""

    @property
    def is_proven(self) -> bool:
        """Whether, for every symbol, a read after the last cancel showed no open order."""
        return not self.remaining and not self.unproven


class CancelEverything:
    """Reads, cancels the cheaper way, reads again, symbol by symbol at the same time."""

    def __init__(self, carrier: Carrier, cancel_many: CancelMany, *, ends_at: float) -> None:
        self._carrier = carrier
        self._cancel_many = cancel_many
        self._ends_at = ends_at

    async def run(self, symbols: Iterable[str]) -> CancelAllReport:
        """Until every symbol is proven empty, or time is up."""
        if isinstance(symbols, str):
            raise TypeError(f"symbols is a list of symbols: [{symbols!r}]")
        sweeps = [
            _Sweep(symbol, self._carrier, self._cancel_many, self._ends_at)
            for symbol in dict.fromkeys(symbols)
        ]
        await asyncio.gather(*(sweep.run() for sweep in sweeps))
        return CancelAllReport(
            outcomes=Outcomes(
                (outcome for sweep in sweeps for outcome in sweep.all_outcomes()),
                weight=sum(sweep.weight for sweep in sweeps),
            ),
            remaining=tuple(order for sweep in sweeps for order in sweep.open),
            unproven={sweep.symbol: sweep.error for sweep in sweeps if sweep.error is not None},
        )


class _Sweep:
    """Empties one symbol."""

    def __init__(
        self, symbol: str, carrier: Carrier, cancel_many: CancelMany, ends_at: float
    ) -> None:
        self.symbol = symbol
        self.open: list[MarginOrder] = []
        """What the last read showed."""
        self.error: PapiError | None = None
        """Why there is no read that shows nothing open."""
        self.weight = 0
        self._carrier = carrier
        self._cancel_many = cancel_many
        self._ends_at = ends_at
        self._outcomes: dict[int, Outcome[Any] | None] = {}
        self._answered: set[int] = set()
        """Orders that were open when a cancel of all was answered without naming them."""
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Read; while orders are open, cancel them and read again."""
        self.error = UnknownOutcomeError(f"the open orders of {self.symbol} were never read")
        for attempt in count():
            try:
                self.open = await self._send(OpenMarginOrders(symbol=self.symbol))
                await self._conclude()
                if not self.open:
                    self.error = None
                    return
                self.error = None  # what remains is named order by order
                await self._cancel()
            except PapiError as error:
                self.error = error
                if is_final(error):
                    return
                await self._pause(attempt)
            if self._time_left() <= 0:
                return

    def all_outcomes(self) -> list[Outcome[Any]]:
        """One for every order seen, oldest first."""
        why = self.error or UnknownOutcomeError("still open at the deadline")
        return [
            outcome or Unknown(self._cancel_of(order_id), why)
            for order_id, outcome in self._outcomes.items()
        ]

    async def _conclude(self) -> None:
        """Orders seen before and no longer open have ended; how, the cancel's reply or a query tells."""
        is_open = {order.order_id for order in self.open}
        for order_id, outcome in self._outcomes.items():
            if outcome is None and order_id not in is_open:
                self._outcomes[order_id] = await self._ended(order_id)
        for order_id in is_open:
            self._outcomes[order_id] = None

    async def _ended(self, order_id: int) -> Outcome[Any]:
        request = self._cancel_of(order_id)
        if order_id not in self._answered:
            return Canceled(request, None, Evidence.OPEN_ORDERS)
        state = await self._send(QueryMarginOrder(symbol=self.symbol, order_id=order_id))
        return AlreadyClosed(request, state)

    async def _cancel(self) -> None:
        if len(self.open) <= SINGLES_AT_MOST:
            singles = [self._cancel_of(order.order_id) for order in self.open]
            outcomes = await self._cancel_many(singles, max(self._time_left(), MILLISECOND))
            self.weight += outcomes.weight
            for order, outcome in zip(self.open, outcomes, strict=True):
                self._outcomes[order.order_id] = None if isinstance(outcome, Unknown) else outcome
            return
        try:
            canceled = await self._send(CancelAllMarginOrders(symbol=self.symbol))
        except UnknownOrderError:
            canceled = []  # nothing was open any more
        for gone in _orders_of(canceled):
            request = self._cancel_of(gone.order_id)
            self._outcomes[gone.order_id] = Canceled(request, gone, Evidence.REPLY)
        self._answered.update(order.order_id for order in self.open)

    async def _send(self, request: Request[R]) -> R:
        timeout = min(self._carrier.timeout, max(self._time_left() * ATTEMPT_SHARE, LEAST_TIMEOUT))
        self.weight += request.weight
        lane: Lane = "cancel" if request.endpoint.verb == "DELETE" else "resolve"
        return await self._carrier.send(
            request,
            timeout=timeout,
            max_wait=max(self._time_left(), 0.0),
            recv_window=self._carrier.recv_window,
            lane=lane,
        )

    async def _pause(self, attempt: int) -> None:
        pause = BACK_OFF[min(attempt, len(BACK_OFF) - 1)]
        await asyncio.sleep(max(0.0, min(pause, self._time_left())))

    def _cancel_of(self, order_id: int) -> CancelMarginOrder:
        return CancelMarginOrder(symbol=self.symbol, order_id=order_id)

    def _time_left(self) -> float:
        return self._ends_at - self._loop.time()


def _orders_of(
    canceled: list[CanceledMarginOrder | CanceledMarginOrderList],
) -> list[CanceledMarginOrder]:
    """Orders, those of lists included."""
    orders: list[CanceledMarginOrder] = []
    for each in canceled:
        orders += each.order_reports if isinstance(each, CanceledMarginOrderList) else [each]
    return orders
