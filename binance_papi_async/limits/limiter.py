"""Who may send now: the token buckets, shared by lanes of waiting requests.

With tokens and a connection at hand, acquiring is a plain call.
Otherwise a request waits in its lane, first come first served, and lanes go in the order of ``LANES``.
"""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from msgspec import Struct

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import BannedError
from binance_papi_async.limits.bucket import Bucket, Charge
from binance_papi_async.limits.gate import LANES, URGENT, Gate, Permit, Waiter

HEADROOM: Final = 0.02
"""Share of the weight that is never planned for: what others behind the IP use is only known afterwards,
and one request too many closes the pool for the rest of the minute."""
Lack = Literal["nothing", "orders", "weight"]
"""What keeps the first of a lane from going. Whoever lacks orders holds back no one else."""


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
    """When sending resumes after a 429 or a ban, epoch seconds by the exchange's clock; None if open."""
    is_banned: bool
    waiting: dict[Lane, int]
    """Requests waiting in each lane."""


class Limiter:
    """The request weight of one IP and the orders of one account, for all clients that share it.

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
        self._gates: list[Gate] = []
        self.waiting = 0
        """Requests waiting, in all lanes of all gates."""
        self._timer: asyncio.TimerHandle | None = None

    def gate(self, connections: int) -> Gate:
        """An entrance for a client that may have this many requests under way."""
        gate = Gate(self, connections)
        self._gates.append(gate)
        return gate

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
            waiting={lane: sum(gate.waiting(lane) for gate in self._gates) for lane in LANES},
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
        for gate in self._gates:
            gate.fail_waiting(self._banned)

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

    def try_take(self, gate: Gate, weight: int, orders: int, lane: Lane) -> Permit | None:
        """Tokens of both buckets, or of neither."""
        now, uncertainty = self.clock.reading()
        charge = self._weight.take(weight, now, uncertainty, is_urgent=lane in URGENT)
        if charge is None:
            return None
        if not orders:
            return Permit(gate, charge, None)
        order_charge = self._orders.take(orders, now, uncertainty)
        if order_charge is None:
            self._weight.give_back(charge)
            return None
        return Permit(gate, charge, order_charge)

    def give_back(self, permit: Permit) -> None:
        """The request provably never left."""
        self._weight.give_back(permit.weight)
        if permit.orders is not None:
            self._orders.give_back(permit.orders)

    def settle(self, permit: Permit, weight: int | None, orders: int | None) -> None:
        """The request left, and these are the exchange's counts, None where it said none."""
        now, uncertainty = self.clock.reading()
        _settle(self._weight, permit.weight, weight, now, uncertainty)
        if permit.orders is not None:
            _settle(self._orders, permit.orders, orders, now, uncertainty)

    def is_ahead(self, lane: Lane) -> bool:
        """Whether anybody waits in this lane or a higher one."""
        for name in LANES:
            if any(gate.waiting(name) for gate in self._gates):
                return True
            if name == lane:
                break
        return False

    def wake(self) -> None:
        """Admit whoever can go now; a lane that waits for weight holds back the lanes below."""
        lack: Lack = "nothing"
        for lane in LANES:
            if any(gate.waiting(lane) for gate in self._gates):
                lack = self._admit(lane) or lack
            if lack == "weight":
                break
        if lack != "nothing" and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(
                self.seconds_to_turn(), self._wake_at_turn
            )

    def leave(self, gate: Gate) -> None:
        """A client is closed."""
        if gate in self._gates:
            self._gates.remove(gate)
        if not self._gates and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self, bucket: Bucket, seconds: float | None) -> None:
        now, uncertainty = self.clock.reading()
        bucket.close(max(bucket.next_turn(now, uncertainty), now + (seconds or 0.0)))

    def _wake_at_turn(self) -> None:
        self._timer = None
        self.wake()

    def _admit(self, lane: Lane) -> Lack | None:
        """Admit from one lane; what whoever is left in it waits for, if it is tokens."""
        short_of_orders: set[Gate] = set()
        while (waiter := self._first(lane, short_of_orders)) is not None:
            permit = self.try_take(waiter.gate, waiter.weight, waiter.orders, lane)
            if permit is not None:
                waiter.gate.admit(waiter, permit)
            elif self._has_weight(waiter.weight, lane):
                short_of_orders.add(waiter.gate)
            else:
                return "weight"
        return "orders" if short_of_orders else None

    def _has_weight(self, weight: int, lane: Lane) -> bool:
        now, uncertainty = self.clock.reading()
        return self._weight.has(weight, now, uncertainty, is_urgent=lane in URGENT)

    def _first(self, lane: Lane, without: set[Gate]) -> Waiter | None:
        """Who came first in a lane, of those who have a connection to leave by."""
        if len(self._gates) == 1 and not without:
            return self._gates[0].first(lane)
        waiters = [gate.first(lane) for gate in self._gates if gate not in without]
        return min(
            (waiter for waiter in waiters if waiter is not None),
            key=lambda waiter: waiter.arrived,
            default=None,
        )

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
