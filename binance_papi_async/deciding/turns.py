"""Lets a few begin at a time: a thousand callers that all begin at once hold up the loop until the last has."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """So many turns; who finds none waits for one, first come first served.

    Whoever is granted one passes it on, once.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[bool]] = deque()

    def take_nowait(self) -> bool:
        """A turn, if one is free."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def take(self, ends_at: float) -> bool:
        """Wait for a turn, until that loop time at the latest; whether there was one."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_at(ends_at, _end, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.pass_on()
            raise
        finally:
            timer.cancel()

    def pass_on(self) -> None:
        """Whoever waits longest may begin."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1

    def close(self) -> None:
        """Nobody gets another: whoever waits is told."""
        for turn in self._waiting:
            _end(turn)


def _end(turn: asyncio.Future[bool]) -> None:
    if not turn.done():
        turn.set_result(False)
