"""Cancelling a call at a chosen one of its awaits, by driving it by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, Literal, TypeAlias, TypeVar

R = TypeVar("R")
Moment: TypeAlias = Literal["waiting", "answered"]
MOMENTS: tuple[Moment, ...] = ("waiting", "answered")


class Cut:
    """Cancels the task that runs a coroutine at its ``step``-th suspension.

    ``waiting``: what it waits for has not come. ``answered``: it has, and the task has not resumed yet.
    """

    def __init__(self, step: int, moment: Moment) -> None:
        self._step = step
        self._moment = moment
        self.is_made = False

    @coroutine
    def drive(self, call: Coroutine[Any, Any, R]) -> Generator[Any, Any, R]:
        """Run a call, cut short."""
        proceed: Callable[[], Any] = partial(call.send, None)
        suspensions = 0
        while True:
            try:
                awaited = proceed()
            except StopIteration as stop:
                result: R = stop.value
                return result
            if suspensions == self._step and not self.is_made:
                self._cut(awaited)
            suspensions += 1
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 - handed on to the call
                proceed = partial(call.throw, error)
            else:
                proceed = partial(call.send, value)

    def _cut(self, awaited: asyncio.Future[Any] | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.is_made = True
        if self._moment == "waiting" or awaited is None:  # a bare turn of the loop has no result
            task.cancel()
        else:  # called before the task's own callback, which is added when this is yielded
            awaited.add_done_callback(lambda _: task.cancel())


async def is_cut(call: Coroutine[Any, Any, Any], step: int, moment: Moment) -> bool:
    """Run a call and cancel it there; whether it had so many suspensions."""
    cut = Cut(step, moment)

    async def driven() -> None:
        await cut.drive(call)

    task = asyncio.get_running_loop().create_task(driven())
    await asyncio.wait([task])
    if not cut.is_made:
        task.result()
        return False
    assert task.cancelled(), "a cancelled call went on as if nothing had happened"
    return True
