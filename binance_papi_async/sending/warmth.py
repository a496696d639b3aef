"""Keeps connections open while nothing happens, so that the next burst pays no round trip to open them.

A server drops a connection that is idle for too long. Pings at the same time each need one of their own,
so as many at once as connections are wanted touch them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PERIOD: Final = 25.0
"""Seconds between pings: below the 30 and 60 s after which servers and load balancers commonly drop."""
MINUTE: Final = 60.0


class Warmth:
    """Pings on every one of some connections, within a budget of weight."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[object]],
        connections: int,
        *,
        weight_per_minute: int,
    ) -> None:
        if connections < 1 or weight_per_minute < 1:
            raise ValueError("keep_warm and keep_warm_weight must be above zero")
        self._ping = ping
        self._connections = connections
        self._period = run_period(connections, weight_per_minute=weight_per_minute)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._period)
            pings = (self._ping() for _ in range(self._connections))
            # A ping that fails is no loss: its connection is closed, and the next opens another.
            await asyncio.gather(*pings, return_exceptions=True)


def run_period(connections: int, *, weight_per_minute: int) -> float:
    """Seconds between rounds of pings, which weigh 1 each."""
    return max(PERIOD, MINUTE * connections / weight_per_minute)
