"""Many cancels at once, fed from one source, each to its own outcome.

The first leave before the last request is taken from the source.
As many are under way as there are connections; whoever falls into doubt is resolved beside the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Hashable,
    Iterable,
    Iterator,
)
from typing import Any, TypeAlias

from binance_papi_async.cancelling.decision import UNFINISHED, Step
from binance_papi_async.cancelling.operation import Operation
from binance_papi_async.outcome import Outcome
from binance_papi_async.request import CancelRequest

Request: TypeAlias = CancelRequest[Any, Any]
Source: TypeAlias = Iterable[Request] | AsyncIterable[Request]


def name_of(request: Request) -> Hashable:
    """Names the thing a request cancels, among those of every product."""
    return (type(request), request.key)


class _Order:
    """One order of a batch, and every place in the source that named it."""

    __slots__ = ("outcome", "places")

    def __init__(self, place: int) -> None:
        self.places = [place]
        self.outcome: Outcome[Any] | None = None


class Batch:
    """Cancels whatever a source names; ``land`` is called with place and outcome.

    Once it is abandoned nobody waits for these: ``keep`` is called with the outcome instead.
    """

    def __init__(  # noqa: PLR0913 - the canceler's side of a batch
        self,
        source: Source,
        *,
        operate: Callable[[Request], Operation],
        end: Callable[[Operation, Outcome[Any]], None],
        drop: Callable[[Operation], None],
        land: Callable[[int, Outcome[Any]], None],
        keep: Callable[[Outcome[Any]], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        max_workers: int,
    ) -> None:
        self._items: Iterator[Request] | None = None
        self._async_items: AsyncIterator[Request] | None = None
        if isinstance(source, AsyncIterable):
            self._async_items = aiter(source)
        else:
            self._items = iter(source)
        self._operate = operate
        self._end = end
        self._drop = drop
        self._land = land
        self._keep = keep
        self._create_task = spawn
        self._max_workers = max_workers
        self._orders: dict[Hashable, _Order] = {}
        self._taken = 0
        self._tasks: dict[asyncio.Task[None], Operation | None] = {}
        self._workers = 0
        self._taking = asyncio.Lock()
        self._is_drained = False
        self._is_abandoned = False
        self._error: Exception | None = None
        self._finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.weight = 0
        """Request weight spent by operations that have ended."""
        self._hire()

    async def wait(self) -> None:
        """Until every request has its outcome; then raise what the source or ``land`` raised, if they did."""
        try:
            await asyncio.shield(self._finished)
        except asyncio.CancelledError:
            self.abandon()
            raise
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """The caller is gone: take no more, drop what has not left, and let what has left finish."""
        self._is_drained = self._is_abandoned = True
        for task, operation in self._tasks.items():
            if operation is None or not operation.has_left:
                task.cancel()

    def _hire(self) -> None:
        """One more worker, counted before it begins: more than there are connections would only queue."""
        self._workers += 1
        self._spawn(self._work())

    async def _work(self) -> None:
        """Cancel one order after the other, until the source has no more."""
        try:
            while (order := await self._next()) is not None:
                request, place = order
                if self._workers < self._max_workers:
                    self._hire()
                await self._cancel(request, place)
        finally:
            self._workers -= 1

    async def _next(self) -> tuple[Request, _Order] | None:
        """The next request that names an order for the first time."""
        while not self._is_drained:
            try:
                # A plain iterable waits for nothing; of an async one, only one worker waits.
                request = (
                    await self._wait_for_one() if self._items is None else next(self._items, None)
                )
            except Exception as error:  # noqa: BLE001 - the source's; what is under way comes first
                self._fail(error)
                break
            if request is None:
                self._is_drained = True
                break
            place, self._taken = self._taken, self._taken + 1
            name = name_of(request)
            order = self._orders.get(name)
            if order is None:
                order = self._orders[name] = _Order(place)
                return request, order
            order.places.append(place)
            if order.outcome is not None:
                self._announce(place, order.outcome)
        return None

    async def _wait_for_one(self) -> Request | None:
        async with self._taking:
            return None if self._async_items is None else await anext(self._async_items, None)

    async def _cancel(self, request: Request, order: _Order) -> None:
        operation = self._operate(request)
        task = asyncio.current_task()
        assert task is not None, "workers are tasks"  # noqa: S101 - for the checkers
        self._tasks[task] = operation
        try:
            step = await operation.begin()
        except asyncio.CancelledError:
            self._give_up(operation, order)
            raise
        self._tasks[task] = None
        if isinstance(step, UNFINISHED):
            self._spawn(self._finish(operation, order, step), operation)
        else:
            self._settle(operation, order, step)

    async def _finish(self, operation: Operation, order: _Order, step: Step[Any]) -> None:
        try:
            outcome = await operation.finish(step)
        except asyncio.CancelledError:
            self._give_up(operation, order)
            raise
        self._settle(operation, order, outcome)

    def _give_up(self, operation: Operation, order: _Order) -> None:
        if not self._is_abandoned:
            self._settle(operation, order, operation.give_up())

    def _settle(self, operation: Operation, order: _Order, outcome: Outcome[Any]) -> None:
        self.weight += operation.weight
        self._end(operation, outcome)
        order.outcome = outcome
        if self._is_abandoned:
            self._keep(outcome)
            return
        for place in order.places:
            self._announce(place, outcome)

    def _announce(self, place: int, outcome: Outcome[Any]) -> None:
        try:
            self._land(place, outcome)
        except Exception as error:  # noqa: BLE001 - the caller's callback; the other orders come first
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._is_drained = True
        self._error = self._error or error

    def _spawn(
        self, coroutine: Coroutine[Any, Any, None], operation: Operation | None = None
    ) -> None:
        task = self._create_task(coroutine)
        self._tasks[task] = operation
        task.add_done_callback(self._end_task)

    def _end_task(self, task: asyncio.Task[None]) -> None:
        operation = self._tasks.pop(task)
        if operation is not None:
            self._drop(operation)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._fail(error)
        if not self._tasks and not self._finished.done():
            self._finished.set_result(None)
