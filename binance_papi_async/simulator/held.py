"""A held clock: minutes of trading in milliseconds.

A strategy waits: for a minute to turn, for a back-off, for an answer that takes its time.
On ``HeldLoop`` nobody waits: whenever nothing is left to run, its clock jumps to the next timer.
Together with the in-process transport, which needs no socket, a test of ten minutes' trading takes
as long as its computing, and goes the same way every time.

Sockets and threads are not held: while a timer is set, time jumps past what they are about to do.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")
HELD_EPOCH: Final = 1_700_000_000.0
"""What ``held_clock`` shows when a held loop starts, epoch seconds."""
PATIENCE: Final = 5.0
"""Real seconds a held loop waits for a thread or a socket when no timer is set."""


class StuckError(RuntimeError):
    """Every task waits, and no timer will wake any: the program under test would hang."""


class _HeldSelector(selectors.DefaultSelector):
    """Looks for ready sockets without waiting, and lets time jump instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if timeout is not None:
            self.now += timeout
            return events
        events = super().select(PATIENCE)
        if not events:
            raise StuckError("nothing is left to happen: every task waits, and no timer is set")
        return events


class HeldLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while there is work, and jumps when there is none."""

    def __init__(self) -> None:
        self._held = _HeldSelector()
        super().__init__(self._held)

    def time(self) -> float:
        """Seconds since the loop was made, by its own clock."""
        return self._held.now


def held_clock() -> Callable[[], float]:
    """A clock for ``Exchange`` that follows the running loop, held or not, from ``HELD_EPOCH`` on."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    return lambda: HELD_EPOCH + loop.time() - start


def run_held(main: Callable[[], Coroutine[Any, Any, T]] | Coroutine[Any, Any, T]) -> T:
    """Run a coroutine, or what an async function makes, on a ``HeldLoop``; its result."""
    with asyncio.Runner(loop_factory=HeldLoop) as runner:
        return runner.run(main() if callable(main) else main)
