"""One client's entrance to a limiter: with tokens and a connection at hand, acquiring is a plain call."""

from __future__ import annotations

import asyncio

from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import LimitedError, NotSentError
from binance_papi_async.limits.lanes import LANES, Connections
from binance_papi_async.limits.limiter import Limiter, Permit, Waiting


class Gate:
    """Where one client's requests get leave to be sent.

    A request that waits for weight and then for a connection would be signed, and charged to a minute,
    long before it leaves; its timestamp would grow old, and its weight land in another minute.
    One that waits for a connection first would hold it while others could use it.
    Here both are one wait: a permit is the weight, the orders and a connection, all or none.
    """

    def __init__(self, limiter: Limiter, connections: int) -> None:
        self._limiter = limiter
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
        return self._limiter.lanes.count(lane, self._connections)

    def acquire_nowait(self, weight: int, orders: int, lane: Lane) -> Permit | None:
        """A permit if one is free and nobody waits ahead, else None.

        Raises BannedError during a ban, and ValueError for a call that could never be admitted.
        """
        limiter, connections = self._limiter, self._connections
        is_behind = limiter.lanes.waiting > 0 and limiter.lanes.is_ahead(lane)
        if not is_behind and connections.has_one(lane):
            permit = limiter.take(connections, weight, orders, lane)
            if permit is not None:
                return permit
        if connections.is_closed:
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
        if max_wait is not None and max_wait <= self._limiter.seconds_closed():
            raise self._limited(max_wait)
        waiter = self._limiter.join(self._connections, weight, orders, lane)
        if max_wait is None:  # a timeout that never ends costs as much as one that does
            return await self._granted(waiter)
        try:
            async with asyncio.timeout(max_wait):
                return await self._granted(waiter)
        except TimeoutError:
            raise self._limited(max_wait) from None

    def turn_away_orders(self, reason: str) -> None:
        """Tell whoever waits to place or to change an order that it will not be sent."""
        self._limiter.turn_away_orders(self._connections, reason)

    def close(self) -> None:
        """Let nobody enter any more; whoever still waits is told."""
        self._connections.close()
        self._limiter.leave(self._connections)

    async def _granted(self, waiter: Waiting) -> Permit:
        try:
            return await waiter.future
        except BaseException:
            self._limiter.abandon(waiter)
            raise

    def _limited(self, max_wait: float) -> LimitedError:
        closed, turn = self._limiter.seconds_closed(), self._limiter.seconds_to_turn()
        why = (
            "a firewall refused this IP"
            if self._limiter.is_blocked
            else "the exchange answered 429"
        )
        reason = (
            f"{why}, and nothing is sent for another {closed:.1f} s: "
            f"wait longer than {max_wait:.1f} s"
            if closed
            else f"no weight or connection was free within {max_wait:.1f} s; "
            f"the exchange's next minute begins in {turn:.1f} s"
        )
        return LimitedError(reason, retry_after=max(closed, turn))
