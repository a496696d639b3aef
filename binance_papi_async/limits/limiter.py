"""The token buckets of one IP and one account, and the lanes of those who wait for them.

Knows nothing of the clients that share it but their ``Connections``; a client enters by its ``Gate``.
"""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import Struct

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import BannedError, NotSentError
from binance_papi_async.limits.bucket import Bucket, Charge
from binance_papi_async.limits.lanes import LANES, URGENT, Connections, Lack, Lanes, Waiter

BLOCKS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds that nothing is sent after the first, second, ... refusal of the whole IP in a row; a choice of ours:
the page of the exchange names no time after which its firewall lets an IP through again."""
HEADROOM: Final = 0.02
"""Share of the weight that is never planned for: what others behind the IP use is only known afterwards,
and one request too many closes the pool for the rest of the minute."""


class Limits(Struct, frozen=True, kw_only=True):
    """What is known of the limits at one moment."""

    weight_used: int
    """Of this IP in the exchange's present minute: the exchange's own count and what is under way."""
    weight_limit: int
    cancel_reserve: int
    """Weight that only cancels and their resolution may use."""
    orders_used: int
    """Of this account in the exchange's present minute."""
    orders_limit: int
    blocked_until: float | None
    """When sending resumes after a 429, a firewall's 403 or a ban, epoch seconds by the exchange's clock; None if open."""
    is_banned: bool
    waiting: dict[Lane, int]
    """Requests waiting in each lane."""


class Permit:
    """Leave to send one request. Say once how it ended: ``give_back``, ``keep`` or ``settle``."""

    __slots__ = ("_limiter", "connections", "orders", "weight")

    def __init__(
        self, limiter: Limiter, connections: Connections, weight: Charge, orders: Charge | None
    ) -> None:
        self._limiter = limiter
        self.connections = connections
        self.weight = weight
        self.orders = orders

    def give_back(self) -> None:
        """Nothing left this process: the budget is free again."""
        self._limiter.give_back(self)

    def settle(self, weight: int | None, orders: int | None) -> None:
        """It was answered, and these are the exchange's counts, None where the answer has none."""
        self._limiter.settle(self, weight, orders)

    def keep(self) -> None:
        """It may have left, and no answer came: it stays charged."""
        self._limiter.settle(self, None, None)


class Waiting(Waiter):
    """A waiter that is told."""

    __slots__ = ("future",)

    def __init__(self, connections: Connections, weight: int, orders: int, lane: Lane) -> None:
        super().__init__(connections, weight, orders, lane)
        self.future: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()

    def fail(self, error: NotSentError) -> None:
        """It is over, without a permit."""
        if not self.future.done():
            self.future.set_exception(error)


class Limiter:
    """The request weight of one IP and the orders of one account, for all clients that share it.

    The exchange answers 429 to whoever passes its limit in one of its minutes, and bans the IP that goes on.
    It counts everything that comes from an IP, so clients that each kept to the limit would pass it together;
    and a limit kept by counting alone is spent by reads when the cancel comes that cannot wait.
    So all clients of an IP take their tokens here, before anything is signed, and a share is kept for cancels.

    ``weight`` and ``orders`` are the exchange's limits for each ``interval`` seconds of its clock;
    ``cancel_reserve`` is the share of the weight that only cancels may use.
    Hand the same limiter to every client behind one IP: the exchange counts them together.
    """

    def __init__(
        self,
        *,
        weight: int = 6000,
        orders: int = 1200,
        interval: float = 60.0,
        cancel_reserve: float = 0.10,
        clock: Clock | None = None,
    ) -> None:
        if weight < 1 or orders < 1 or interval <= 0:
            raise ValueError("weight, orders and interval must be above zero")
        if not 0 <= cancel_reserve < 1:
            raise ValueError(f"cancel_reserve is a share from 0 to below 1, not {cancel_reserve}")
        self.clock = clock or Clock()
        self._weight = Bucket(
            weight,
            interval,
            headroom=int(weight * HEADROOM),
            reserve=round(weight * cancel_reserve),
        )
        self._orders = Bucket(orders, interval)
        self._banned_until = 0.0
        self.lanes: Lanes[Waiting] = Lanes()
        """Who waits, of all clients."""
        self._timer: asyncio.TimerHandle | None = None
        self._blocks = 0
        """How often in a row a machine in front of the exchange refused this IP."""

    def __repr__(self) -> str:
        now = self.snapshot()
        closed = "" if now.blocked_until is None else f"; closed until {now.blocked_until:.0f}"
        return (
            f"<Limiter: {now.weight_used} of {now.weight_limit} weight, "
            f"{now.orders_used} of {now.orders_limit} orders, {self.lanes.waiting} waiting{closed}>"
        )

    def snapshot(self) -> Limits:
        """What is known of the limits now."""
        now, uncertainty = self.clock.reading()
        is_open = now >= self._weight.closed_until
        return Limits(
            weight_used=self._weight.used(now, uncertainty),
            weight_limit=self._weight.limit,
            cancel_reserve=self._weight.reserve,
            orders_used=self._orders.used(now, uncertainty),
            orders_limit=self._orders.limit,
            blocked_until=None if is_open else self._weight.closed_until,
            is_banned=now < self._banned_until,
            waiting={lane: self.lanes.count(lane) for lane in LANES},
        )

    def close_for(self, seconds: float | None) -> None:
        """The exchange answered 429: nobody sends for that long, nor in this minute."""
        self._close(self._weight, seconds)

    def close_orders_for(self, seconds: float | None) -> None:
        """The exchange counted too many orders: nobody places one for that long; cancels go on."""
        self._close(self._orders, seconds)

    def ban(self, until: float | None, seconds: float | None) -> None:
        """The exchange answered 418: nobody sends until the ban ends, and whoever waits is told.

        ``until`` is its end in epoch seconds, ``seconds`` how long it lasts; whichever is known.
        """
        now, _ = self.clock.reading()
        end = until or now + (seconds or self._weight.interval)
        self._banned_until = max(self._banned_until, end)
        self._weight.close(self._banned_until)
        for waiter in self.lanes.dismiss():
            waiter.fail(self._banned())

    def block(self) -> None:
        """A machine in front of the exchange refused this IP: nobody sends for a while, longer each time in a row."""
        now, _ = self.clock.reading()
        if now < self._weight.closed_until:
            return  # others of the same burst
        self._weight.close(now + BLOCKS[min(self._blocks, len(BLOCKS) - 1)])
        self._blocks += 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def let_through(self) -> None:
        """The exchange itself answered: no machine in front of it refuses this IP."""
        self._blocks = 0

    @property
    def is_blocked(self) -> bool:
        """Whether the last answer was such a refusal."""
        return self._blocks > 0

    def seconds_closed(self) -> float:
        """How much longer nobody may send; 0 when open."""
        return max(0.0, self._weight.closed_until - self.clock.exchange_time())

    def seconds_to_turn(self) -> float:
        """Until the exchange's next minute has certainly begun."""
        now, uncertainty = self.clock.reading()
        return self._weight.next_turn(now, uncertainty) - now

    def check(self, weight: int, orders: int, lane: Lane) -> None:
        """Raise BannedError during a ban, ValueError for a call that could never be admitted."""
        if self._banned_until and self.clock.exchange_time() < self._banned_until:
            raise self._banned()
        bucket = self._weight
        limit = bucket.limit - bucket.headroom - (0 if lane in URGENT else bucket.reserve)
        if weight > limit or orders > self._orders.limit:
            raise ValueError(
                f"a call of weight {weight} and {orders} orders never fits into "
                f"{limit} weight and {self._orders.limit} orders"
            )

    def take(self, connections: Connections, weight: int, orders: int, lane: Lane) -> Permit | None:
        """A connection, which must be there, and tokens of both buckets; or nothing."""
        now, uncertainty = self.clock.reading()
        charge = self._weight.take(weight, now, uncertainty, is_urgent=lane in URGENT)
        if charge is None:
            return None
        order_charge = None
        if orders:
            order_charge = self._orders.take(orders, now, uncertainty)
            if order_charge is None:
                self._weight.give_back(charge)
                return None
        connections.free -= 1
        return Permit(self, connections, charge, order_charge)

    def give_back(self, permit: Permit) -> None:
        """The request provably never left."""
        self._weight.give_back(permit.weight)
        if permit.orders is not None:
            self._orders.give_back(permit.orders)
        self._free(permit.connections)

    def settle(self, permit: Permit, weight: int | None, orders: int | None) -> None:
        """The request left, and these are the exchange's counts, None where it said none."""
        now, uncertainty = self.clock.reading()
        _settle(self._weight, permit.weight, weight, now, uncertainty)
        if permit.orders is not None:
            _settle(self._orders, permit.orders, orders, now, uncertainty)
        self._free(permit.connections)

    def join(self, connections: Connections, weight: int, orders: int, lane: Lane) -> Waiting:
        """Wait in a lane; the future is told. ``abandon`` it if the wait ends otherwise."""
        waiter = Waiting(connections, weight, orders, lane)
        self.lanes.join(waiter)
        self._wake()
        return waiter

    def abandon(self, waiter: Waiting) -> None:
        """The wait ended without a permit, or with one that nobody is left to use."""
        future = waiter.future
        if future.done() and not future.cancelled():
            if future.exception() is None:
                future.result().give_back()
            return
        self.lanes.leave(waiter)
        self._wake()

    def turn_away_orders(self, connections: Connections, reason: str) -> None:
        """A client places no more: whoever of it waits with an order is told."""
        for waiter in self.lanes.dismiss(connections, only_orders=True):
            waiter.fail(NotSentError(reason))
        self._wake()

    def leave(self, connections: Connections) -> None:
        """A client is closed: whoever of it still waits is told, and others move up."""
        for waiter in self.lanes.dismiss(connections):
            waiter.fail(NotSentError("the client was closed before this could be sent"))
        if self.lanes.waiting:
            self._wake()
        elif self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self, bucket: Bucket, seconds: float | None) -> None:
        now, uncertainty = self.clock.reading()
        bucket.close(max(bucket.next_turn(now, uncertainty), now + (seconds or 0.0)))

    def _free(self, connections: Connections) -> None:
        """A request is over, however it ended."""
        if connections.is_closed:
            return
        connections.free += 1
        if self.lanes.waiting:
            self._wake()

    def _wake(self) -> None:
        """Admit whoever can go now, and again when the minute turns if tokens are lacking."""
        lack = self.lanes.admit(self._admit)
        if lack != "nothing" and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(
                self.seconds_closed() or self.seconds_to_turn(), self._wake_at_turn
            )

    def _wake_at_turn(self) -> None:
        self._timer = None
        self._wake()

    def _admit(self, waiter: Waiting) -> Lack:
        """Let a waiter go, or tell why it cannot."""
        if waiter.future.done():  # cancelled in this very turn of the loop
            return "nothing"
        permit = self.take(waiter.connections, waiter.weight, waiter.orders, waiter.lane)
        if permit is not None:
            waiter.future.set_result(permit)
            return "nothing"
        return "orders" if self._has_weight(waiter.weight, waiter.lane) else "weight"

    def _has_weight(self, weight: int, lane: Lane) -> bool:
        now, uncertainty = self.clock.reading()
        return self._weight.has(weight, now, uncertainty, is_urgent=lane in URGENT)

    def _banned(self) -> BannedError:
        left = self._banned_until - self.clock.exchange_time()
        return BannedError(
            f"the exchange banned this IP for another {left:.0f} s; sending sooner prolongs the ban",
            until=self._banned_until,
        )


def _settle(
    bucket: Bucket, charge: Charge, used: int | None, now: float, uncertainty: float
) -> None:
    if used is None:
        bucket.keep(charge, now, uncertainty)
    else:
        bucket.report(charge, used, now, uncertainty)
