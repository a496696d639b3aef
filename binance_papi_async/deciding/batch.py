"""Many requests at once, fed from one source, each to its own outcome.

A task for every order would have a thousand signed and queued before the first reply is read,
and one lost reply would hold up whoever awaits them all; a few workers that each see an order through
would stand still while they ask about a doubt. So there are as many workers as connections, hired in few turns
of the loop; each takes an order from the source when it can send it, sends once, and leaves whatever is
not simply answered to a task beside. The first leave before the last request is taken from the source.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import (
    AsyncIterable,
    Callable,
    Collection,
    Coroutine,
    Hashable,
    Iterable,
)
from typing import Any, Final, NamedTuple, TypeAlias

from binance_papi_async.deciding.ledger import Ledger
from binance_papi_async.deciding.operation import Operation
from binance_papi_async.deciding.steps import UNFINISHED, Step
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.errors import (
    AuthenticationError,
    BlockedError,
    NotSentError,
    RefusedError,
)
from binance_papi_async.outcome import NotSent, Refused

Source: TypeAlias = Iterable[Any] | AsyncIterable[Any]

_END: Final = object()

HIRED_AT_ONCE: Final = 32
"""Workers that each one brings which takes a request: one by one, a hundred take a hundred turns of the loop to begin."""


class Kind(NamedTuple):
    """What the requests of a batch are."""

    operation: Callable[[Any, Terms], Operation]
    """Makes what sees one through; raises TypeError for what is none."""
    is_keyed: bool
    """Whether they have a key: of those with one key the first is sent, and answers the others too."""


class Batch:
    """Sees through whatever a source names, and keeps the outcomes in its order.

    Once it is abandoned nobody waits for these: they go into the ledger instead.
    """

    def __init__(  # noqa: PLR0913 - the desk's side of a batch
        self,
        source: Source,
        kind: Kind,
        terms: Terms,
        ledger: Ledger,
        *,
        on_outcome: Callable[[Any], object] | None,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        idle: set[asyncio.Task[Any]],
        max_workers: int,
    ) -> None:
        self._is_async = isinstance(source, AsyncIterable)
        self._items: Any = aiter(source) if isinstance(source, AsyncIterable) else iter(source)
        self._is_collection = isinstance(source, Collection) and not self._is_async
        """Whether the caller holds every request already."""
        self._terms = terms
        self._ledger = ledger
        self._operation, self._is_keyed = kind
        self._on_outcome = on_outcome
        self._create_task = spawn
        self._idle = idle
        size = max(1, len(source)) if isinstance(source, Collection) else max_workers
        self._max_workers = min(max_workers, size)
        self._places: defaultdict[type[Any], dict[Hashable, int]] = defaultdict(dict)
        """Where the source named each thing first."""
        self._repeats: dict[int, list[int]] = {}
        """Further places that named the same thing, by its first place."""
        self._tasks: dict[asyncio.Task[None], tuple[Operation, int] | None] = {}
        """With the operation that each has under way, and its place."""
        self._workers = 0
        self._taking = asyncio.Lock()
        self._is_drained = False
        self._is_abandoned = False
        self._error: Exception | None = None
        self._stop: RefusedError | None = None
        """What will be answered to every request alike: no more is sent."""
        loop = asyncio.get_running_loop()
        self._call_soon = loop.call_soon
        self.finished: asyncio.Future[None] = loop.create_future()
        """Done when every request has its outcome, or nobody waits for those any more."""
        self._outcomes: list[Any | None] = []
        """One for every request taken; None while it is not known."""
        self.weight = 0
        """Request weight spent by operations that have ended."""
        self._hire(1)

    async def wait(self) -> None:
        """Until every request has its outcome; then raise what the source or ``on_outcome`` raised, if they did."""
        try:
            await asyncio.shield(self.finished)
        except asyncio.CancelledError:
            self.abandon()
            raise
        if self._error is not None:
            raise self._error

    def landed(self) -> list[Any]:
        """The outcomes known so far, in the order of the source."""
        return [outcome for outcome in self._outcomes if outcome is not None]

    def abandon(self) -> None:
        """The caller is gone: take no more, drop what has not left, and let what has left finish."""
        self._is_drained = self._is_abandoned = True
        for task, under_way in self._tasks.items():
            if under_way is None or not under_way[0].has_left:
                task.cancel()
            else:
                under_way[0].calm()

    def _hire(self, workers: int) -> None:
        """More workers, counted before they begin: more than there are connections would only queue."""
        if self._is_drained:
            return
        for _ in range(min(workers, self._max_workers - self._workers)):
            self._workers += 1
            self._spawn(self._work())

    async def _work(self) -> None:
        """See one request through after the other, until the source has no more."""
        task = _this_task()
        try:
            while True:
                if self._is_async:
                    self._idle.add(task)
                    request = await self._next()
                    self._idle.discard(task)
                else:
                    request = self._next_nowait()
                if request is _END:
                    return
                operation = self._operation(request, self._terms)
                place = self._enter(request)
                if place is None:
                    continue
                if self._workers < self._max_workers:
                    self._call_soon(self._hire, HIRED_AT_ONCE)  # once this one has left
                self._ledger.begin(operation)
                self._tasks[task] = (operation, place)
                step = await operation.send()
                self._tasks[task] = None
                if isinstance(step, UNFINISHED):
                    self._spawn(self._finish(operation, place, step), (operation, place))
                else:
                    self._settle(operation, place, step)
        finally:
            self._idle.discard(task)
            self._workers -= 1

    def _next_nowait(self) -> Any:
        """The next item of a plain iterable, or its end."""
        if self._is_drained:
            return _END
        try:
            item = next(self._items, _END)
        except Exception as error:  # noqa: BLE001 - the source's; what is under way comes first
            self._fail(error)
            return _END
        if item is _END:
            self._is_drained = True
        return item

    async def _next(self) -> Any:
        """The next item of an async iterable, for which only one worker waits, until the deadline; or its end."""
        async with self._taking:
            if self._is_drained:
                return _END
            patience = asyncio.timeout(self._terms.time_left())
            try:
                async with patience:
                    item = await anext(self._items, _END)
            except Exception as error:  # noqa: BLE001 - as above
                if isinstance(error, TimeoutError) and patience.expired():
                    self._is_drained = True
                else:
                    self._fail(error)
                return _END
            if item is _END:
                self._is_drained = True
            return item

    def _enter(self, request: Any) -> int | None:
        """Its place among the outcomes; None if its thing was named before."""
        place = len(self._outcomes)
        self._outcomes.append(None)
        if not self._is_keyed:
            return place
        first = self._places[type(request)].setdefault(request.key, place)
        if first == place:
            return place
        outcome = self._outcomes[first]
        if outcome is None:
            self._repeats.setdefault(first, []).append(place)
        else:
            self._land(place, outcome)
        return None

    async def _finish(self, operation: Operation, place: int, step: Step[Any]) -> None:
        outcome = await operation.finish(step)
        self._tasks[_this_task()] = None
        self._settle(operation, place, outcome)

    def _settle(self, operation: Operation, place: int, outcome: Any) -> None:
        self.weight += operation.weight
        self._ledger.end(operation, outcome)
        if isinstance(outcome, Refused) and is_for_all(outcome.error) and self._stop is None:
            self._stop = outcome.error
            self._is_drained = True
        if self._is_abandoned:
            self._ledger.keep([outcome])
            return
        self._land(place, outcome)
        if self._repeats:
            for other in self._repeats.pop(place, ()):
                self._land(other, outcome)

    def _land(self, place: int, outcome: Any) -> None:
        self._outcomes[place] = outcome
        if self._on_outcome is None:
            return
        try:
            self._on_outcome(outcome)
        except Exception as error:  # noqa: BLE001 - the caller's callback; the other orders come first
            self._error = self._error or error

    def _fail(self, error: Exception) -> None:
        self._is_drained = True
        self._error = self._error or error

    def _spawn(
        self,
        coroutine: Coroutine[Any, Any, None],
        under_way: tuple[Operation, int] | None = None,
    ) -> None:
        task = self._create_task(coroutine)
        self._tasks.setdefault(task, under_way)  # an eager one has begun already
        task.add_done_callback(self._end_task)

    def _end_task(self, task: asyncio.Task[None]) -> None:
        under_way = self._tasks.pop(task)
        if under_way is not None:
            self._give_up(*under_way, is_closed=task.cancelled())
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._fail(error)
        if not self._tasks and not self.finished.done():
            self._end_untaken()
            self.finished.set_result(None)

    def _give_up(self, operation: Operation, place: int, *, is_closed: bool) -> None:
        """A task ended with this under way: abandoned, by an error, or because the client was closed."""
        if is_closed and not self._is_abandoned:
            self._settle(operation, place, operation.give_up())
        else:
            self._ledger.drop(operation)

    def _end_untaken(self) -> None:
        """What a source holds still is told that it was not sent: the client was closed, or all would be refused."""
        if self._stop is not None:
            self._is_drained = self._is_async
            reason = f"every request would be refused: {self._stop}"
        else:
            reason = "the client was closed before this could be sent"
        try:
            while (self._is_collection or self._stop) and (
                request := self._next_nowait()
            ) is not _END:
                self._operation(request, self._terms)  # or it is none at all
                place = self._enter(request)
                if place is not None:
                    error = NotSentError(reason)
                    error.__cause__ = self._stop
                    self._land(place, NotSent(request, error))
        except TypeError as error:
            self._fail(error)
        self._is_drained = True


def is_for_all(error: RefusedError) -> bool:
    """Whether it refuses not the request but who sends it, and waiting does not help."""
    if isinstance(error, BlockedError):
        return not error.is_passing
    return isinstance(error, AuthenticationError)


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None, "workers are tasks"  # noqa: S101 - for the checkers
    return task
