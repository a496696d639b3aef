"""What all clients behind one IP share: its request weight, the lanes, and what closes them.

Knows nothing of the clients but their ``Connections`` and the order windows of their accounts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from math import inf
from typing import Final

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import NotSentError
from binance_papi_async.limits.bucket import Bucket, Charge
from binance_papi_async.limits.closing import Closing
from binance_papi_async.limits.lanes import URGENT, Connections, Lack, Lanes, Waiter
from binance_papi_async.limits.ledger import Strange
from binance_papi_async.limits.orders import OrderCharge, OrderWindows
from binance_papi_async.limits.scout import Scouting
from binance_papi_async.limits.shortage import Shortage

_STRANGE: Final[Mapping[Strange, str]] = {
    "absurd": "cannot be",
    "fell": "fell within a window, or was wrong before",
}
_log = logging.getLogger("binance_papi_async")


class Permit:
    """Leave to send one request. Say once how it ended: ``give_back``, ``keep`` or ``settle``."""

    __slots__ = ("_pool", "connections", "orders", "weight")

    def __init__(
        self, pool: Pool, connections: Connections, weight: Charge, orders: OrderCharge | None
    ) -> None:
        self._pool = pool
        self.connections = connections
        self.weight = weight
        self.orders = orders

    def give_back(self) -> None:
        """Nothing left this process: the budget is free again."""
        self._pool.give_back(self)

    def settle(self, weight: int | None, orders: Mapping[float, int] | None = None) -> None:
        """It was answered, and these are the exchange's counts, of orders by the seconds of the window.

        None where the answer has none; below zero is one that cannot be read.
        """
        self._pool.settle(self, weight, orders)

    def keep(self) -> None:
        """It may have left, and no answer came: it stays charged."""
        self._pool.settle(self, None, None)


class Waiting(Waiter):
    """A waiter that is told."""

    __slots__ = ("account", "future", "patient_until")

    def __init__(
        self, connections: Connections, weight: int, orders: int, lane: Lane, account: OrderWindows
    ) -> None:
        super().__init__(connections, weight, orders, lane)
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Permit] = loop.create_future()
        self.account = account
        self.patient_until = inf
        """Until when it waits for weight and orders, by the loop's clock; a connection it may await for longer."""

    def fail(self, error: NotSentError) -> None:
        """It is over, without a permit."""
        if not self.future.done():
            self.future.set_exception(error)


class Pool:
    """The request weight of one IP, and who waits for it."""

    def __init__(self, weight: Bucket, clock: Clock) -> None:
        self.clock = clock
        self.weight = weight
        self.lanes: Lanes[Waiting] = Lanes()
        """Who waits, of all clients."""
        self.scouting = Scouting()
        """Who goes first when a window turns after a silence, while all others wait."""
        self._closing = Closing()
        self._late: dict[tuple[Connections, Lane], dict[Waiting, None]] = {}
        """Whose patience is over, but who lacked no more than a connection then."""
        self._timer: asyncio.TimerHandle | None = None
        self._look_at = inf
        """When whoever lacks tokens should look again, by the exchange's clock."""
        self._told: set[str] = set()

    def take(
        self,
        connections: Connections,
        weight: int,
        orders: int,
        lane: Lane,
        account: OrderWindows,
    ) -> Permit | None:
        """A connection, which must be there, and tokens of every bucket; or nothing."""
        now, uncertainty = self.clock.reading()
        charge = self.weight.take(weight, now, uncertainty, is_urgent=lane in URGENT)
        if charge is None:
            return None
        order_charge = None
        if orders:
            order_charge = account.take(orders, now, uncertainty)
            if order_charge is None:
                self.weight.give_back(charge)
                return None
        connections.free -= 1
        return Permit(self, connections, charge, order_charge)

    def give_back(self, permit: Permit) -> None:
        """The request provably never left."""
        self.weight.give_back(permit.weight)
        if permit.orders is not None:
            permit.orders.give_back()
        self._come_back(permit)

    def settle(
        self, permit: Permit, weight: int | None, orders: Mapping[float, int] | None
    ) -> None:
        """The request left, and these are the exchange's counts, None where it said none."""
        now, uncertainty = self.clock.reading()
        if weight is None:
            self.weight.keep(permit.weight, now, uncertainty)
        else:
            self.scouting.heard_at = self.clock.now()
            if strange := self.weight.report(permit.weight, weight, now, uncertainty):
                self._tell("used weight", strange, str(weight))
        if permit.orders is not None and (
            strange := permit.orders.settle(orders or {}, now, uncertainty)
        ):
            self._tell("orders", strange, str(orders))
        self._come_back(permit)

    def join(self, waiter: Waiting) -> None:
        """Wait in a lane; the future is told. ``abandon`` it if the wait ends otherwise."""
        self.lanes.join(waiter)
        self.wake()

    def outlast(self, waiter: Waiting, waited: float) -> None:
        """Its patience is over: it goes on waiting for a connection, until anything else is lacking.

        Raises what is told to whoever lacks something else already.
        """
        shortage = self.shortage(waiter)
        if shortage.lacking != "connection":
            raise self.refusal(shortage, waited)
        self._late.setdefault((waiter.connections, waiter.lane), {})[waiter] = None

    def abandon(self, waiter: Waiting) -> None:
        """The wait ended without a permit, or with one that nobody is left to use."""
        future = waiter.future
        self._forget(waiter)
        if future.done() and not future.cancelled():
            if future.exception() is None:
                future.result().give_back()
            return
        self.lanes.leave(waiter)
        self.wake()

    def turn_away_orders(self, connections: Connections, reason: str) -> None:
        """A client places no more: whoever of it waits with an order is told."""
        for waiter in self.lanes.dismiss(
            lambda waiter: waiter.connections is connections and waiter.orders > 0
        ):
            waiter.fail(NotSentError(reason))
            self._forget(waiter)
        self.wake()

    def leave(self, connections: Connections) -> None:
        """A client is closed: whoever of it still waits is told, and others move up."""
        for waiter in self.lanes.dismiss(lambda waiter: waiter.connections is connections):
            waiter.fail(NotSentError("the client was closed before this could be sent"))
            self._forget(waiter)
        if self.lanes.waiting:
            self.wake()
        elif self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close_for(self, seconds: float | None) -> None:
        """The exchange answered 429: nobody sends for that long, nor in this minute."""
        now, uncertainty = self.clock.reading()
        next_turn = self.weight.next_turn(now, uncertainty)
        self.weight.overrun(self._closing.overrun(seconds, now, next_turn))

    def ban(self, until: float | None, seconds: float | None) -> None:
        """The exchange answered 418: nobody sends until the ban ends, and who would not wait so long is told.

        ``until`` is its end in epoch seconds, ``seconds`` how long it lasts. The later counts; if that is over
        already, or not said, the shortest ban there is.
        """
        now, _ = self.clock.reading()
        end = self._closing.ban(until, seconds, now)
        self.weight.close(end)
        opens_at = asyncio.get_running_loop().time() + end - now
        for waiter in self.lanes.dismiss(lambda waiter: waiter.patient_until < opens_at):
            waiter.fail(self._closing.error(now))
            self._forget(waiter)

    def block(self) -> None:
        """A machine in front of the exchange refused this IP: nobody sends for a while, longer each time in a row."""
        now, _ = self.clock.reading()
        if now < self.weight.closed_until:
            return  # others of the same burst
        self.weight.close(self._closing.block(now))
        self.wake()

    def let_through(self) -> None:
        """The exchange itself answered: no machine in front of it refuses this IP."""
        self._closing.let_through()

    @property
    def is_blocked(self) -> bool:
        """Whether the last answer was such a refusal."""
        return self._closing.is_blocked

    @property
    def is_banned(self) -> bool:
        """Whether the exchange refuses everything for a while."""
        return self._closing.is_banned(self.clock.exchange_time())

    def seconds_closed(self) -> float:
        """How much longer nobody may send; 0 when open."""
        return max(0.0, self.weight.closed_until - self.clock.exchange_time())

    def seconds_scouting(self) -> float:
        """How much longer everybody waits for the answer of the one that went first; 0 if nobody does."""
        if self.scouting.out is None:
            return 0.0
        return self.scouting.seconds_left(self.clock.now())

    def shortage(self, waiter: Waiting) -> Shortage:
        """What a waiter lacks that has not been let go."""
        now, uncertainty = self.clock.reading()
        if now < self.weight.closed_until:
            left = self.weight.closed_until - now
            return Shortage("closed", left, by_firewall=self.is_blocked)
        window = waiter.account.lacking(waiter.orders, now, uncertainty) if waiter.orders else None
        if window is not None:
            opens_at = waiter.account.opens_at(window, now, uncertainty)
            return Shortage("orders", opens_at - now, window)
        if self._has_weight(waiter, now, uncertainty):
            if scouting := self.seconds_scouting():
                return Shortage("weight", scouting, behind_scout=True)
            if not waiter.connections.has_one(waiter.lane):
                return Shortage("connection")
        # Its own, or that of those who go first.
        return Shortage("weight", self.weight.next_turn(now, uncertainty) - now)

    def refusal(self, shortage: Shortage, waited: float) -> NotSentError:
        """What is told to whoever would wait only so many seconds."""
        if shortage.lacking == "closed" and self.is_banned:
            return self._closing.error(self.clock.exchange_time())
        return shortage.error(waited)

    def wake(self) -> None:
        """Admit whoever can go now, and look again when that may change by itself."""
        if not self._is_held_back():
            self._let_go(self._admit)

    def _come_back(self, permit: Permit) -> None:
        """A request is over, however it ended. Its client may be closed: others may wait for it all the same."""
        if permit is self.scouting.out:
            self.scouting.end()
        connections = permit.connections
        if not connections.is_closed:
            connections.free += 1
        if self.lanes.waiting:
            self.wake()

    def _let_go(self, admit: Callable[[Waiting], Lack]) -> None:
        self._look_at = inf
        if self.lanes.admit(admit) == "nothing" or self._is_held_back():
            return
        self._end_late()
        if self.lanes.waiting:
            self._set_timer(self._look_at - self.clock.exchange_time())

    def _is_held_back(self) -> bool:
        """Whether everybody waits for the scout; who does is let go in time, whatever becomes of it."""
        left = self.seconds_scouting()
        if left and self.lanes.waiting:
            self._set_timer(left)
        return left > 0

    def _set_timer(self, seconds: float) -> None:
        """Look again after so many seconds, or sooner if that was to be."""
        loop = asyncio.get_running_loop()
        at = loop.time() + max(seconds, 0.0)
        if self._timer is not None:
            if self._timer.when() <= at:
                return  # it looks again then
            self._timer.cancel()
        self._timer = loop.call_at(at, self._look_again)

    def _look_again(self) -> None:
        """A window has turned, or so it seems: what leaves after a long silence is not sent all at once."""
        self._timer = None
        if self.scouting.who_may_go(self.clock.now()) == "one":
            self._let_go(self._admit_scout)
        else:
            self.wake()

    def _admit_scout(self, waiter: Waiting) -> Lack:
        """Let the first one go, and nobody else before its answer, or half a second, if it is long in coming."""
        if self.seconds_scouting():
            return "weight"
        lack = self._admit(waiter)
        if lack == "nothing" and not waiter.future.cancelled():
            self.scouting.send(waiter.future.result(), self.clock.now())
        return lack

    def _admit(self, waiter: Waiting) -> Lack:
        """Let a waiter go, or tell why it cannot."""
        if waiter.future.done():  # cancelled in this very turn of the loop
            return "nothing"
        account = waiter.account
        permit = self.take(waiter.connections, waiter.weight, waiter.orders, waiter.lane, account)
        if permit is not None:
            waiter.future.set_result(permit)
            self._forget(waiter)
            return "nothing"
        now, uncertainty = self.clock.reading()
        window = account.lacking(waiter.orders, now, uncertainty) if waiter.orders else None
        if window is None or not self._has_weight(waiter, now, uncertainty):
            self._look_at = min(self._look_at, self.weight.ready_at(now, uncertainty))
            return "weight"
        self._look_at = min(self._look_at, account.ready_at(window, now, uncertainty))
        return "orders"

    def _has_weight(self, waiter: Waiting, now: float, uncertainty: float) -> bool:
        is_urgent = waiter.lane in URGENT
        return self.weight.has(waiter.weight, now, uncertainty, is_urgent=is_urgent)

    def _end_late(self) -> None:
        """Whoever could not go although a connection is there lacks tokens: the impatient end."""
        over = [key for key in self._late if key[0].has_one(key[1])]
        for key in over:
            for waiter in self._late.pop(key):
                self.lanes.leave(waiter)
                waiter.fail(self.refusal(self.shortage(waiter), 0.0))

    def _forget(self, waiter: Waiting) -> None:
        """It is late no more."""
        if not self._late:
            return
        key = (waiter.connections, waiter.lane)
        late = self._late.get(key)
        if late is not None and late.pop(waiter, waiter) is None and not late:
            del self._late[key]

    def _tell(self, what: str, strange: Strange, count: str) -> None:
        """Warn, once of each kind."""
        if (kind := f"{what} {strange}") in self._told:
            return
        self._told.add(kind)
        _log.warning(
            "the exchange's count of %s, %s, %s: not believed; this is said once",
            what,
            count,
            _STRANGE[strange],
        )

    def tell(self, kind: str, message: str, *values: object) -> None:
        """Warn of something else, once of each kind."""
        if kind not in self._told:
            self._told.add(kind)
            _log.warning(message, *values)
