"""What both doors do alike: refuse connections, and carry calls out in their time.

What has arrived is carried out, also when the client leaves meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from binance_papi_async.simulator.exchange import Exchange
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.wire.message import Answer

T = TypeVar("T")


class Door:
    """A way into an exchange. A subclass says how calls come in, and how answers go out."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._refusing = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    def refuse_connections(self, count: int) -> None:
        """Turn away the next ``count`` that come, before anything is read."""
        self._refusing = count

    def _is_refused(self) -> bool:
        """Whether the one who comes now is turned away."""
        if self._refusing <= 0:
            return False
        self._refusing -= 1
        return True

    async def _answered(self, visit: Visit) -> Answer:
        """The answer, when the time has come to hand it over."""
        answer = await self._carried_out(visit)
        await asyncio.sleep(visit.delay_after)
        return answer

    async def _carried_out(self, visit: Visit) -> Answer:
        if not visit.delay:
            return self._exchange.execute(visit)
        return await asyncio.shield(self._spawn(self._execute_later(visit)))

    async def _execute_later(self, visit: Visit) -> Answer:
        await asyncio.sleep(visit.delay)
        return self._exchange.execute(visit)

    def _spawn(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
