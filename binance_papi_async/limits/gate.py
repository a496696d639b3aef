"""One client's entrance to a limiter: with tokens and a connection at hand, acquiring is a plain call."""

from __future__ import annotations

import asyncio

from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import NotSentError
from binance_papi_async.limits.lanes import LANES, Connections
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.pool import Permit, Waiting
from binance_papi_async.limits.shortage import Shortage


class Gate:
    """Where one client's requests get leave to be sent.

    A request that waits for weight and then for a connection would be signed, and charged to a minute,
    long before it leaves; its timestamp would grow old, and its weight land in another minute.
    One that waits for a connection first would hold it while others could use it.
    Here both are one wait: a permit is the weight, the orders and a connection, all or none.
    """

    def __init__(self, limiter: Limiter, connections: int) -> None:
        self._limiter = limiter
        self._pool = limiter.pool
        self._orders = limiter.orders
        self._connections = Connections(connections)

    def __repr__(self) -> str:
        if self.is_closed:
            return "<Gate: closed>"
        waiting = sum(map(self.waiting, LANES))
        return (
            f"<Gate: {self.free} of {self._connections.count} connections free, {waiting} waiting>"
        )

    @property
    def free(self) -> int:
        """Connections that no request is under way on."""
        return self._connections.free

    @property
    def is_closed(self) -> bool:
        """Whether nobody can enter any more."""
        return self._connections.is_closed

    def waiting(self, lane: Lane) -> int:
        """How many wait in this lane."""
        return self._pool.lanes.count(lane, self._connections)

    def acquire_nowait(self, weight: int, orders: int, lane: Lane) -> Permit | None:
        """A permit if one is free and nobody waits ahead or for a scout, else None.

        Raises ValueError for a call that could never be admitted.
        """
        pool, connections = self._pool, self._connections
        is_behind = pool.lanes.waiting > 0 and pool.lanes.is_ahead(lane)
        if pool.scouting.out is not None:
            is_behind = is_behind or pool.seconds_scouting() > 0
        if not is_behind and connections.has_one(lane):
            permit = pool.take(connections, weight, orders, lane, self._orders)
            if permit is not None:
                return permit
        if connections.is_closed:
            raise NotSentError("the client is closed")
        self._limiter.check(weight, orders, lane)
        return None

    async def acquire(
        self,
        weight: int,
        orders: int,
        lane: Lane,
        *,
        max_wait: float | None = None,
        within: float | None = None,
    ) -> Permit:
        """Wait for a permit: for weight and orders at most ``max_wait`` seconds, for everything ``within``.

        For ever if None: who has waited ``max_wait`` and lacks only a connection goes on waiting for that.
        Raises LimitedError when the time is over, BannedError if the exchange bans the IP for longer than that.
        """
        if (permit := self.acquire_nowait(weight, orders, lane)) is not None:
            return permit
        patience, pool = least(max_wait, within), self._pool
        if patience is not None and 0.0 < (closed := pool.seconds_closed()) >= patience:
            raise pool.refusal(Shortage("closed", closed, by_firewall=pool.is_blocked), patience)
        waiter = Waiting(self._connections, weight, orders, lane, self._orders)
        if patience is None:  # a timeout that never ends costs as much as one that does
            pool.join(waiter)
            return await self._granted(waiter, None)
        loop_time = asyncio.get_running_loop().time()
        waiter.patient_until = loop_time + patience
        pool.join(waiter)
        ends_at = None if within is None else loop_time + within
        try:
            if max_wait is not None and patience == max_wait:
                await self._patiently(waiter, max_wait)
            return await self._granted(waiter, ends_at)
        except TimeoutError:
            raise pool.refusal(pool.shortage(waiter), patience) from None

    def turn_away_orders(self, reason: str) -> None:
        """Tell whoever waits to place or to change an order that it will not be sent."""
        self._pool.turn_away_orders(self._connections, reason)

    def close(self) -> None:
        """Let nobody enter any more; whoever still waits is told."""
        self._connections.close()
        self._pool.leave(self._connections)

    async def _granted(self, waiter: Waiting, ends_at: float | None) -> Permit:
        try:
            if ends_at is None:
                return await waiter.future
            async with asyncio.timeout_at(ends_at):
                return await waiter.future
        except BaseException:
            self._pool.abandon(waiter)
            raise

    async def _patiently(self, waiter: Waiting, max_wait: float) -> None:
        """Wait so long; then end, unless only a connection is lacking."""
        try:
            if max_wait > 0 and not waiter.future.done():
                await asyncio.wait([waiter.future], timeout=max_wait)
            if not waiter.future.done():
                self._pool.outlast(waiter, max_wait)
        except BaseException:
            self._pool.abandon(waiter)
            raise


def least(one: float | None, other: float | None) -> float | None:
    """The shorter of two waits, of which None is for ever."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
