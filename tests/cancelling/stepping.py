"""A held loop that does one thing at a time, and cancels somebody between any two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from binance_papi_async.simulator import HeldLoop

T = TypeVar("T")


class SteppingLoop(HeldLoop):
    """Runs one callback a turn, and counts turns from ``arm`` on."""

    def __init__(self) -> None:
        super().__init__()
        self._victim: asyncio.Task[Any] | None = None
        self._left = 0
        self.is_struck = False
        """Whether the victim was cancelled before it was done."""

    def arm(self, victim: asyncio.Task[Any], turns: int) -> None:
        """Cancel the victim after so many turns."""
        self._victim, self._left = victim, turns

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined] # a deque, in every CPython
        rest = [ready.pop() for _ in range(len(ready) - 1)]
        victim = self._victim
        if victim is not None and not self.is_struck and not victim.done():
            if self._left == 0:
                self.is_struck = victim.cancel()
            self._left -= 1
        super()._run_once()  # type: ignore[misc] # the same
        ready.extendleft(rest)


def run_stepping(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on such a loop."""
    with asyncio.Runner(loop_factory=SteppingLoop) as runner:
        return runner.run(main())


def strike(victim: asyncio.Task[Any], turns: int) -> SteppingLoop:
    """Cancel the victim after so many turns of the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteppingLoop)
    loop.arm(victim, turns)
    return loop
