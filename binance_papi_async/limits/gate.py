"""One client's entrance to a limiter: its lanes, and its connections.

Waiting for a connection and waiting for weight are one wait,
so that a request is signed, and charged to a minute, only when it can leave at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final

from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import LimitedError, NotSentError

if TYPE_CHECKING:
    from binance_papi_async.limits.bucket import Charge
    from binance_papi_async.limits.limiter import Limiter

LANES: Final[tuple[Lane, ...]] = ("urgent", "cancel", "resolve", "order", "read")
"""Who goes first when weight or connections are scarce."""
URGENT: Final[frozenset[Lane]] = frozenset({"urgent", "cancel", "resolve"})
"""The lanes that may use the reserve."""
RESERVED_CONNECTIONS: Final = 0.1
"""Share of a client's connections that only urgent lanes may use: slow reads never hold them all."""

_arrivals = count()


class Permit:
    """Leave to send one request. Say once how it ended: ``give_back``, ``keep`` or ``settle``."""

    __slots__ = ("_gate", "orders", "weight")

    def __init__(self, gate: Gate, weight: Charge, orders: Charge | None) -> None:
        self._gate = gate
        self.weight = weight
        self.orders = orders

    def give_back(self) -> None:
        """Nothing left this process: the budget is free again."""
        self._gate.limiter.give_back(self)
        self._gate.free_connection()

    def settle(self, weight: int | None, orders: int | None) -> None:
        """It was answered, and these are the exchange's counts, None where the answer has none."""
        self._gate.limiter.settle(self, weight, orders)
        self._gate.free_connection()

    def keep(self) -> None:
        """It may have left, and no answer came: it stays charged."""
        self.settle(None, None)


class Waiter:
    """A request waiting in a lane."""

    __slots__ = ("arrived", "future", "gate", "lane", "orders", "weight")

    def __init__(self, gate: Gate, weight: int, orders: int, lane: Lane) -> None:
        self.gate = gate
        self.weight = weight
        self.orders = orders
        self.lane: Lane = lane
        self.arrived = next(_arrivals)
        self.future: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()


class Gate:
    """Lanes of waiting requests, and the connections they leave by."""

    def __init__(self, limiter: Limiter, connections: int) -> None:
        if connections < 1:
            raise ValueError(f"a client needs at least one connection, not {connections}")
        self.limiter = limiter
        self._free = connections
        self._reserved = min(connections - 1, max(1, round(connections * RESERVED_CONNECTIONS)))
        self._lanes: dict[Lane, OrderedDict[int, Waiter]] = {lane: OrderedDict() for lane in LANES}
        self.is_closed = False

    def acquire_nowait(self, weight: int, orders: int, lane: Lane) -> Permit | None:
        """A permit if one is free and nobody waits ahead, else None.

        Raises BannedError during a ban, and ValueError for a call that could never be admitted.
        """
        limiter = self.limiter
        is_behind = limiter.waiting > 0 and limiter.is_ahead(lane)
        if not is_behind and self._has_connection(lane):
            permit = limiter.try_take(self, weight, orders, lane)
            if permit is not None:
                self._free -= 1
                return permit
        if self.is_closed:
            raise NotSentError("the client is closed")
        limiter.check(weight, orders, lane)
        return None

    async def acquire(
        self, weight: int, orders: int, lane: Lane, *, max_wait: float | None = None
    ) -> Permit:
        """Wait for a permit, at most ``max_wait`` seconds, for ever if None.

        Raises LimitedError when that is over, BannedError when the exchange bans the IP meanwhile.
        """
        if (permit := self.acquire_nowait(weight, orders, lane)) is not None:
            return permit
        if max_wait is not None and max_wait <= self.limiter.seconds_closed():
            raise self._limited(max_wait)
        waiter = self._join(weight, orders, lane)
        if max_wait is None:  # a timeout that never ends costs as much as one that does
            return await self._granted(waiter)
        try:
            async with asyncio.timeout(max_wait):
                return await self._granted(waiter)
        except TimeoutError:
            raise self._limited(max_wait) from None

    async def _granted(self, waiter: Waiter) -> Permit:
        try:
            return await waiter.future
        except BaseException:
            self._abandon(waiter)
            raise

    def waiting(self, lane: Lane) -> int:
        """How many wait in this lane."""
        return len(self._lanes[lane])

    def first(self, lane: Lane) -> Waiter | None:
        """Who goes next in this lane, if there is a connection to leave by."""
        queue = self._lanes[lane]
        return next(iter(queue.values())) if queue and self._has_connection(lane) else None

    def admit(self, waiter: Waiter, permit: Permit) -> None:
        """Let a waiter go."""
        self._remove(waiter)
        if waiter.future.done():  # cancelled in this very turn of the loop
            self.limiter.give_back(permit)
            return
        self._free -= 1
        waiter.future.set_result(permit)

    def free_connection(self) -> None:
        """A request is over, however it ended."""
        if self.is_closed:
            return
        self._free += 1
        if self.limiter.waiting:
            self.limiter.wake()

    def fail_waiting(self, error: Callable[[], NotSentError]) -> None:
        """Tell everybody who waits that it is over."""
        for queue in self._lanes.values():
            while queue:
                waiter = next(iter(queue.values()))
                self._remove(waiter)
                if not waiter.future.done():
                    waiter.future.set_exception(error())

    def close(self) -> None:
        """Leave the limiter; whoever still waits is told."""
        self.is_closed = True
        self._free = 0
        self.fail_waiting(lambda: NotSentError("the client was closed before this could be sent"))
        self.limiter.leave(self)
        if self.limiter.waiting:
            self.limiter.wake()

    def _has_connection(self, lane: Lane) -> bool:
        return self._free > (0 if lane in URGENT else self._reserved)

    def _join(self, weight: int, orders: int, lane: Lane) -> Waiter:
        waiter = Waiter(self, weight, orders, lane)
        self._lanes[lane][waiter.arrived] = waiter
        self.limiter.waiting += 1
        self.limiter.wake()
        return waiter

    def _abandon(self, waiter: Waiter) -> None:
        """The wait ended without a permit, or with one that nobody is left to use."""
        future = waiter.future
        if future.done() and not future.cancelled():
            if future.exception() is None:
                future.result().give_back()
            return
        if waiter.arrived in self._lanes[waiter.lane]:
            self._remove(waiter)
        self.limiter.wake()

    def _remove(self, waiter: Waiter) -> None:
        del self._lanes[waiter.lane][waiter.arrived]
        self.limiter.waiting -= 1

    def _limited(self, max_wait: float) -> LimitedError:
        closed, turn = self.limiter.seconds_closed(), self.limiter.seconds_to_turn()
        reason = (
            f"the exchange answered 429, and nothing is sent for another {closed:.1f} s: "
            f"wait longer than {max_wait:.1f} s"
            if closed
            else f"no weight or connection was free within {max_wait:.1f} s; "
            f"the exchange's next minute begins in {turn:.1f} s"
        )
        return LimitedError(reason, retry_after=max(closed, turn))
