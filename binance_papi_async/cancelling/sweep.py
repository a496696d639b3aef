"""Empties one symbol of its open margin orders, round by round: read, cancel the cheaper way, read again.

A lost cancel of all leaves every order that was open then in doubt, until a read shows that it has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Final, TypeAlias, TypeVar

from binance_papi_async.cancelling.decision import BACK_OFF, MAX_REFUSALS, READ_LAG, is_final
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.declaring.request import Request
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
from binance_papi_async.errors import (
    NotSentError,
    PapiError,
    RefusedError,
    TimestampError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Evidence,
    NotSent,
    Outcome,
    Outcomes,
    Refused,
    Unknown,
)
from binance_papi_async.wire.message import Outgoing

R = TypeVar("R")

SINGLES_AT_MOST: Final = 2
"""Two single cancels weigh 4, three weigh 6, a cancel of all 5."""
LEAST_DEADLINE: Final = 0.001
"""Seconds; ``cancel_many`` refuses zero."""

CancelMany: TypeAlias = Callable[[list[CancelMarginOrder], float], Awaitable[Outcomes[Any]]]
"""Cancels orders one by one, within so many seconds."""


class Sweep:
    """Empties one symbol."""

    def __init__(self, symbol: str, terms: Terms, cancel_many: CancelMany) -> None:
        self.symbol = symbol
        self.error: PapiError | None = None
        """Why there is no read that shows nothing open."""
        self.weight = 0
        self._terms = terms
        self._cancel_many = cancel_many
        self._open: list[MarginOrder] = []
        """What the last read showed."""
        self._outcomes: dict[int, Outcome[Any]] = {}
        """What became of each order seen, as far as is known."""
        self._singly: set[int] = set()
        """Orders whose cancels are under way one by one: the ledger knows what becomes of them."""
        self._outgoing: Outgoing | None = None
        """The cancel of all under way."""
        self._is_abandoned = False
        self._refusals = 0
        self._now = terms.carrier.clock.now
        self._began = self._asked_at = self._doubted_at = self._now()
        """When all this began, when the last list was asked for, and when a cancel of all was lost."""
        self._passed_over: set[int] = set()
        """Open orders that a cancel of all did not name."""

    @property
    def remaining(self) -> list[MarginOrder]:
        """Orders that the last read showed open and that no answer has closed since."""
        return [order for order in self._open if not self._is_closed(order.order_id)]

    @property
    def in_doubt(self) -> list[CancelMarginOrder]:
        """Orders that a cancel of all may have closed."""
        names = [name for name, known in self._outcomes.items() if isinstance(known, Unknown)]
        if self._is_out:
            names += [order.order_id for order in self.remaining]
        return [self._cancel_of(name) for name in dict.fromkeys(names)]

    def outcomes(self) -> list[Outcome[Any]]:
        """One for every order seen, but those under way one by one: the ledger has them."""
        return [self._told(name) for name in self._outcomes if name not in self._singly]

    async def run(self) -> None:
        """Read; while orders are open, cancel them and read again."""
        self.error = UnknownOutcomeError(f"the open orders of {self.symbol} were never read")
        before: set[int] = set()
        for attempt in count():
            pause = BACK_OFF[min(attempt, len(BACK_OFF) - 1)]
            try:
                if await self._look():
                    return
                remaining = {order.order_id for order in self.remaining}
                if remaining & before:  # in spite of a cancel that was answered
                    await self._pause(pause)
                before = remaining
                if self._time_left() > 0:
                    await self._cancel()
            except PapiError as error:
                before = set()
                self._note_error(error)
                if self._is_final(error):
                    return
                if not self._is_abandoned:
                    await self._pause(pause)
            if self._is_abandoned or self._time_left() <= 0:
                break
        self._end_unproven()

    def abandon(self) -> bool:
        """The caller is gone: cancel nothing more; whether a cancel is out and must be waited for."""
        self._is_abandoned = True
        return self._is_out

    def give_up(self) -> None:
        """The client is closed: what is out is in doubt, and nothing is proven."""
        if self._is_out:
            self._doubt(UnknownOutcomeError("the client was closed before the reply to this came"))
        self.error = self.error or UnknownOutcomeError(
            f"the client was closed before a read could show that {self.symbol} has no open order"
        )

    def _end_unproven(self) -> None:
        """Time is up: say so, unless orders that remain say it or an error did."""
        if self.error is None and not self.remaining:
            self.error = UnknownOutcomeError(
                f"the deadline passed before a read could show that {self.symbol} has no open order"
            )

    async def _look(self) -> bool:
        """Read; whether nothing is open, and it is known what became of everything seen.

        Only a read that can have seen what was placed before all this began says so.
        """
        self._asked_at = self._now()
        self._open = await self._send(OpenMarginOrders(symbol=self.symbol))
        for order in self._open:
            self._see(order.order_id)
        self.error = None
        is_known = await self._conclude()
        if is_known and not self._open:
            too_soon = self._began + READ_LAG - self._asked_at
            if too_soon > 0:
                await self._pause(too_soon)
            return too_soon <= 0
        if not self.remaining:
            raise UnknownOutcomeError(f"reads of {self.symbol} do not show yet what was closed")
        return False

    def _see(self, order_id: int) -> None:
        """An order is open: for the first time, or again after it had seemed to be gone."""
        known, request = self._outcomes.get(order_id), self._cancel_of(order_id)
        if known is None:
            error = NotSentError("the deadline passed before this could be sent")
            self._outcomes[order_id] = NotSent(request, error)
        elif isinstance(known, Canceled) and known.evidence is Evidence.OPEN_ORDERS:
            again = UnknownOutcomeError("a read shows it open after another did not")
            self._outcomes[order_id] = Unknown(request, again)

    async def _conclude(self) -> bool:
        """Orders seen before and no longer open have ended: how, a query tells if no cancel was lost.

        Returns whether that is known of all of them.
        """
        is_open = {order.order_id for order in self._open}
        gone = [
            order_id
            for order_id in self._outcomes
            if order_id not in is_open and not self._is_closed(order_id)
        ]
        for order_id in gone:
            self._outcomes[order_id] = await self._ended(order_id)
        return all(self._is_closed(order_id) for order_id in gone)

    async def _ended(self, order_id: int) -> Outcome[Any]:
        known = self._outcomes[order_id]
        request = self._cancel_of(order_id)
        if isinstance(known, Unknown):
            if self._asked_at - self._doubted_at < READ_LAG:
                return known  # another read may have seen it that did not lag behind
            return Canceled(request, None, Evidence.OPEN_ORDERS)
        try:
            state = await self._send(QueryMarginOrder(symbol=self.symbol, order_id=order_id))
        except UnknownOrderError:
            return known  # a read from before it was placed; the next one knows more
        return known if request.fate(state) == "open" else AlreadyClosed(request, state)

    async def _cancel(self) -> None:
        remaining = self.remaining
        if len(remaining) <= SINGLES_AT_MOST:
            await self._cancel_singly(remaining)
            return
        for gone in _orders_of(await self._cancel_all()):
            request = self._cancel_of(gone.order_id)
            self._outcomes[gone.order_id] = Canceled(request, gone, Evidence.REPLY)
        self._passed_over |= {order.order_id for order in self.remaining}

    async def _cancel_singly(self, orders: list[MarginOrder]) -> None:
        singles = [self._cancel_of(order.order_id) for order in orders]
        self._singly = {order.order_id for order in orders}
        outcomes = await self._cancel_many(singles, max(self._time_left(), LEAST_DEADLINE))
        self._singly.clear()
        self.weight += outcomes.weight
        for order, outcome in zip(orders, outcomes, strict=True):
            self._learn(order.order_id, outcome)
        for outcome in outcomes:
            if isinstance(outcome, Refused | NotSent | Unknown):
                raise outcome.error

    async def _cancel_all(self) -> list[CanceledMarginOrder | CanceledMarginOrderList]:
        """One DELETE; whatever it leaves in doubt is noted before an error is raised."""
        terms, request = self._terms, CancelAllMarginOrders(symbol=self.symbol)
        carrier, time_left = terms.carrier, terms.time_left()
        permit = carrier.admit_nowait(request, "cancel") or await carrier.admit(
            request, "cancel", time_left
        )
        signed_at = carrier.clock.now()
        outgoing = self._outgoing = carrier.prepare(request, permit)
        try:
            return await carrier.carry(request, outgoing, permit, self._attempt_timeout())
        except UnknownOutcomeError as error:
            self._doubt(error)
            raise
        except RefusedError as error:
            self._refuse(error)
            if isinstance(error, TimestampError) and not self._is_abandoned:
                self._outgoing = None
                await terms.correct_clock(signed_at)
            raise
        finally:
            self._outgoing = None
            if outgoing.has_left:
                self.weight += request.weight

    def _note_error(self, error: PapiError) -> None:
        self.error = error
        if isinstance(error, NotSentError):
            for order in self._open:
                self._learn(order.order_id, NotSent(self._cancel_of(order.order_id), error))

    def _is_final(self, error: PapiError) -> bool:
        """Whether asking the same again would be answered the same; a machine in front is outlasted."""
        if isinstance(error, UnknownOrderError):
            return False  # nothing was open: what the last read showed is over
        if isinstance(error, RefusedError) and error.code is None:
            self._refusals += 1
            return self._refusals > MAX_REFUSALS
        return is_final(error)

    def _doubt(self, error: UnknownOutcomeError) -> None:
        self._doubted_at = self._now()
        for order in self._open:
            self._learn(order.order_id, Unknown(self._cancel_of(order.order_id), error))

    def _refuse(self, error: RefusedError) -> None:
        for order in self._open:
            self._learn(order.order_id, Refused(self._cancel_of(order.order_id), error))

    def _told(self, order_id: int) -> Outcome[Any]:
        """What is known of an order; of one that a cancel of all passed over, not that nothing was sent."""
        known = self._outcomes[order_id]
        if isinstance(known, NotSent) and order_id in self._passed_over:
            error = UnknownOutcomeError("the cancel of all was answered, and did not name it")
            return Unknown(known.request, error)
        return known

    def _learn(self, order_id: int, outcome: Outcome[Any]) -> None:
        """Doubt is removed by what is known for certain only, and a refusal tells more than silence."""
        known = self._outcomes[order_id]
        if isinstance(known, Unknown) and isinstance(outcome, AlreadyClosed):
            request, order = self._cancel_of(order_id), outcome.order
            # By our cancel of all, as far as anybody can tell.
            if request.fate(order) == "canceled":
                outcome = Canceled(request, order, Evidence.QUERY)
        if isinstance(outcome, NotSent) and not isinstance(known, NotSent):
            return
        if isinstance(outcome, NotSent | Refused) and isinstance(known, Unknown):
            return
        if not self._is_closed(order_id):
            self._outcomes[order_id] = outcome

    def _is_closed(self, order_id: int) -> bool:
        return isinstance(self._outcomes[order_id], Canceled | AlreadyClosed)

    async def _send(self, request: Request[R]) -> R:
        reply, _ = await self._terms.carrier.read(
            request,
            timeout=self._attempt_timeout(),
            max_wait=max(self._time_left(), 0.0),
            spend=self._spend,
        )
        return reply

    def _spend(self, weight: int) -> None:
        self.weight += weight

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, min(seconds, self._time_left())))

    @property
    def _is_out(self) -> bool:
        """Whether a cancel of all has left and is not answered."""
        return self._outgoing is not None and self._outgoing.has_left

    def _cancel_of(self, order_id: int) -> CancelMarginOrder:
        return CancelMarginOrder(symbol=self.symbol, order_id=order_id)

    def _attempt_timeout(self) -> float:
        return self._terms.attempt_timeout(self._time_left())

    def _time_left(self) -> float:
        return self._terms.time_left()


def _orders_of(
    canceled: list[CanceledMarginOrder | CanceledMarginOrderList],
) -> list[CanceledMarginOrder]:
    """Orders, those of lists included."""
    orders: list[CanceledMarginOrder] = []
    for each in canceled:
        orders += each.order_reports if isinstance(each, CanceledMarginOrderList) else [each]
    return orders
