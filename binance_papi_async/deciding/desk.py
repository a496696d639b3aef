"""Where one client's decisions are at hand: who sees them through, waits for them, and goes on when a caller goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final, TypeVar

from binance_papi_async.deciding.batch import Batch, Kind, Source
from binance_papi_async.deciding.ledger import Ledger
from binance_papi_async.deciding.operation import Operation
from binance_papi_async.deciding.resolver import Resolver
from binance_papi_async.deciding.steps import Ask
from binance_papi_async.deciding.terms import END_WEIGHT, Terms
from binance_papi_async.deciding.turns import Turns
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import NotSentError
from binance_papi_async.limits.lanes import LANES
from binance_papi_async.outcome import NotSent
from binance_papi_async.sending.carrier import Carrier

T = TypeVar("T")

LOOK_EVERY: Final = 0.05
"""Seconds between looks at what is under way still: a task may become idle without an end."""
CLOSED: Final = "the client was closed before this could be sent"
ONE_DEADLINE: Final = 10.0
"""Seconds for one request unless told otherwise."""
MANY_DEADLINE: Final = 60.0
"""Seconds for many: the exchange's minute turns once within them."""


class Desk:
    """Sees requests through to their outcomes, and goes on when a caller goes away."""

    def __init__(self, carrier: Carrier, max_connections: int) -> None:
        self._carrier = carrier
        self._max_workers = max_connections
        self._resolver = Resolver(carrier)
        self.ledger = Ledger()
        self._turns: dict[Lane, Turns] = {lane: Turns(max_connections) for lane in LANES}
        """By lane, so that a cancel never waits behind orders that wait."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle: set[asyncio.Task[Any]] = set()
        """Those that wait for a source that has nothing more to send yet: nobody waits for them."""
        self.is_closed = False

    def terms(
        self,
        deadline: float | None,
        lane: Lane,
        *,
        is_bulk: bool = False,
        recv_window: int | None = None,
    ) -> Terms:
        """Until that many seconds from now."""
        if deadline is None:
            deadline = MANY_DEADLINE if is_bulk else ONE_DEADLINE
        elif not deadline > 0:
            raise ValueError(f"deadline must be above zero seconds, not {deadline}")
        ends_at = asyncio.get_running_loop().time() + deadline
        return Terms(
            self._carrier,
            self._resolver,
            ends_at,
            lane=lane,
            is_bulk=is_bulk,
            recv_window=recv_window,
        )

    async def see_through(self, operation: Operation, *, urgent: bool = False) -> Any:
        """The outcome of one request; it goes on without its caller if anything has left."""
        turns = self._turns[operation.terms.lane]
        has_turn = not urgent and turns.take_nowait()
        if not has_turn and not urgent:
            has_turn = await turns.take(operation.terms.ends_at)
            if not has_turn:
                return self._untaken(operation)
        self.ledger.begin(operation)
        task = self.spawn(self._run(operation, has_turn=has_turn))
        task.add_done_callback(lambda _: self.ledger.drop(operation))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if _was_closed_under(task):
                return operation.give_up()
            operation.is_abandoned = True
            operation.calm()
            if task.done() and not task.cancelled() and task.exception() is None:
                self.ledger.keep([task.result()])
            elif not operation.has_left:
                task.cancel()
            raise

    async def see_all_through(
        self, source: Source, kind: Kind, terms: Terms, on_outcome: Callable[[Any], None] | None
    ) -> tuple[list[Any], int]:
        """The outcome of every request the source names, in its order, and the weight they took."""
        batch = self._batch(source, kind, terms, on_outcome)
        try:
            await batch.wait()
        except BaseException:
            self.ledger.keep(batch.landed())
            raise
        return batch.landed(), batch.weight

    async def as_completed(
        self, source: Source, kind: Kind, terms: Callable[[], Terms]
    ) -> AsyncIterator[Any]:
        """The same, each outcome as it lands; the deadline counts from when the first is asked for."""
        landed: asyncio.Queue[Any] = asyncio.Queue()
        batch = self._batch(source, kind, terms(), landed.put_nowait)
        batch.finished.add_done_callback(lambda _: landed.put_nowait(None))
        try:
            while (outcome := await landed.get()) is not None:
                yield outcome
            await batch.wait()
        finally:
            batch.abandon()
            self.ledger.keep(filter(None, (landed.get_nowait() for _ in range(landed.qsize()))))

    async def settle(self, timeout: float) -> tuple[list[Any], int]:  # noqa: ASYNC109 - a bound of its own
        """Wait for what is under way, and ask again about what is unresolved: outcomes, and the weight it took."""
        weight = await self._see_all_to_its_end(timeout)
        return self.ledger.collect(), weight

    async def _see_all_to_its_end(self, timeout: float) -> int:  # noqa: ASYNC109 - as above
        """The same; the outcomes are for whoever asks for them next."""
        ends_at = asyncio.get_running_loop().time() + timeout
        weight = await self._ask_again_about_all(ends_at)
        while under_way := [each for each in self._tasks - self._idle if not each.done()]:
            time_left = ends_at - asyncio.get_running_loop().time()
            if time_left <= 0:
                break
            await asyncio.wait(
                under_way, timeout=min(time_left, LOOK_EVERY), return_when=asyncio.FIRST_COMPLETED
            )
        return weight + await self._ask_again_about_all(ends_at)

    async def close(self, patience: float) -> None:
        """Settle, within that many seconds, and let go of the rest."""
        if self.ledger.operations or self.ledger.unresolved:
            await self._see_all_to_its_end(patience)
        self.is_closed = True
        self.ledger.give_up()
        for turns in self._turns.values():
            turns.close()
        self._resolver.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that closing waits for."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _untaken(self, operation: Operation) -> Any:
        """Its turn never came."""
        if self.is_closed:
            return NotSent(operation.request, NotSentError(CLOSED))
        return operation.decision.at_deadline()

    async def _run(self, operation: Operation, *, has_turn: bool) -> Any:
        try:
            step = await operation.send()
        finally:
            if has_turn:
                self._turns[operation.terms.lane].pass_on()  # a doubt holds up nobody
        outcome = await operation.finish(step)
        self.ledger.end(operation, outcome)
        if operation.is_abandoned:
            self.ledger.keep([outcome])
        return outcome

    def _batch(
        self, source: Source, kind: Kind, terms: Terms, on_outcome: Callable[[Any], None] | None
    ) -> Batch:
        return Batch(
            source,
            kind,
            terms,
            self.ledger,
            on_outcome=on_outcome,
            spawn=self.spawn,
            idle=self._idle,
            max_workers=self._max_workers,
        )

    async def _ask_again_about_all(self, ends_at: float) -> int:
        """Of everything unresolved that nobody asks about already; the weight it took."""
        doubts = [] if self.is_closed else self.ledger.take_doubts()
        before = sum(operation.weight for operation in doubts)
        purse = [END_WEIGHT]
        asks = [self.spawn(self._ask_again(each, ends_at, purse)) for each in doubts]
        try:
            await asyncio.gather(*asks, return_exceptions=True)
        finally:
            for operation in doubts:
                self.ledger.drop(operation)
        for ask in asks:
            if not ask.cancelled():  # by closing
                ask.result()
        return sum(operation.weight for operation in doubts) - before

    async def _ask_again(self, operation: Operation, ends_at: float, purse: list[int]) -> None:
        operation.terms = operation.terms.until(ends_at, purse)
        operation.calm()
        self.ledger.end_asking(operation, await operation.finish(Ask()))


def _was_closed_under(task: asyncio.Task[Any]) -> bool:
    """Whether it was closing that cancelled a task, and nobody its caller: who is told, not cancelled."""
    caller = asyncio.current_task()
    return task.cancelled() and caller is not None and not caller.cancelling()
