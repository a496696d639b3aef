"""Cancelling one, many, all; and what becomes of it when callers go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, Final, TypeVar

from binance_papi_async.cancelling.batch import Batch, Source, cancels_nothing
from binance_papi_async.cancelling.clearer import Clearer, report_of
from binance_papi_async.cancelling.decision import Ask, Decision
from binance_papi_async.cancelling.ledger import Ledger
from binance_papi_async.cancelling.operation import Operation
from binance_papi_async.cancelling.resolver import Resolver
from binance_papi_async.cancelling.terms import END_WEIGHT, Terms
from binance_papi_async.cancelling.turns import Turns
from binance_papi_async.declaring.request import CancelAllRequest, CancelRequest, Lane
from binance_papi_async.errors import NotSentError
from binance_papi_async.outcome import CancelAllReport, NotSent, Outcome, Outcomes, Unknown
from binance_papi_async.sending.carrier import Carrier

T = TypeVar("T")

CLOSED: Final = "the client was closed before this could be sent"
ONE_DEADLINE: Final = 10.0
"""Seconds for one cancel unless told otherwise."""
MANY_DEADLINE: Final = 60.0
"""Seconds for many: the exchange's minute turns once within them."""


class Canceler:
    """Cancels, and goes on when a caller goes away."""

    def __init__(self, carrier: Carrier, max_connections: int) -> None:
        self._carrier = carrier
        self._max_workers = max_connections
        self._resolver = Resolver(carrier)
        self._ledger = Ledger()
        self._turns = Turns(max_connections)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @property
    def in_flight(self) -> tuple[CancelRequest[Any, Any], ...]:
        """Requests that have left and whose outcome is not known yet."""
        return self._ledger.in_flight

    @property
    def unresolved(self) -> tuple[Unknown, ...]:
        """What nobody knew at its deadline."""
        return self._ledger.unresolved

    async def cancel(
        self, request: CancelRequest[Any, Any], *, deadline: float | None, urgent: bool
    ) -> Outcome[Any]:
        """One order."""
        if not isinstance(request, CancelRequest):  # pyright: ignore[reportUnnecessaryIsInstance] - without a checker
            raise TypeError(cancels_nothing(request))
        terms = self._terms(_ends_at(deadline, ONE_DEADLINE), lane="urgent" if urgent else "cancel")
        has_turn = not urgent and self._turns.take_nowait()
        if not has_turn and not urgent:
            has_turn = await self._turns.take(terms.ends_at)
            if not has_turn:
                return self._untaken(request)
        operation = self._ledger.begin(request, terms)
        task = self._spawn(self._run(operation, has_turn=has_turn))
        task.add_done_callback(lambda _: self._ledger.drop(operation))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if _was_closed_under(task):
                return operation.give_up()
            operation.is_abandoned = True
            if task.done() and not task.cancelled() and task.exception() is None:
                self._ledger.keep([task.result()])
            elif not operation.has_left:
                task.cancel()
            raise

    async def cancel_many(
        self,
        source: Source,
        *,
        deadline: float | None,
        on_outcome: Callable[[Outcome[Any]], None] | None,
    ) -> Outcomes[Any]:
        """Every order the source names."""
        batch = self._batch(source, deadline, on_outcome)
        try:
            await batch.wait()
        except BaseException:
            self._ledger.keep(batch.landed())
            raise
        return Outcomes(batch.landed(), weight=batch.weight)

    async def cancel_as_completed(
        self, source: Source, *, deadline: float | None
    ) -> AsyncIterator[Outcome[Any]]:
        """Every order the source names, each as it lands."""
        landed: asyncio.Queue[Outcome[Any] | None] = asyncio.Queue()
        batch = self._batch(source, deadline, landed.put_nowait)
        batch.finished.add_done_callback(lambda _: landed.put_nowait(None))
        try:
            while (outcome := await landed.get()) is not None:
                yield outcome
            await batch.wait()
        finally:
            batch.abandon()
            self._ledger.keep(filter(None, (landed.get_nowait() for _ in range(landed.qsize()))))

    async def cancel_all(
        self, requests: Iterable[CancelAllRequest[Any, Any]], *, deadline: float | None
    ) -> CancelAllReport[Any]:
        """Everything open that such requests cancel."""
        terms = self._terms(_ends_at(deadline, MANY_DEADLINE), is_bulk=True)
        clearers = [
            Clearer(each, terms, self._ledger, self._spawn) for each in dict.fromkeys(requests)
        ]
        tasks = [self._spawn(each.run()) for each in clearers]
        try:
            ends = await asyncio.shield(asyncio.gather(*tasks, return_exceptions=True))
        except asyncio.CancelledError:
            for clearer, task in zip(clearers, tasks, strict=True):
                clearer.abandon(task)
            raise
        for end in ends:
            if isinstance(end, Exception):
                raise end
        return report_of(clearers)

    async def settle(self, timeout: float) -> Outcomes[Any]:  # noqa: ASYNC109 - a bound of its own
        """Wait for what is under way, and ask again about what is unresolved."""
        ends_at = asyncio.get_running_loop().time() + timeout
        weight = await self._ask_again_about_all(ends_at)
        while under_way := [task for task in self._tasks if not task.done()]:
            time_left = ends_at - asyncio.get_running_loop().time()
            if time_left <= 0:
                break
            await asyncio.wait(under_way, timeout=time_left)
        weight += await self._ask_again_about_all(ends_at)
        return Outcomes(self._ledger.collect(), weight=weight)

    async def close(self, patience: float) -> None:
        """Settle, within that many seconds, and let go of the rest."""
        if self._ledger.operations or self._ledger.unresolved:
            await self.settle(patience)
        self._is_closed = True
        self._ledger.give_up()
        self._turns.close()
        self._resolver.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _untaken(self, request: CancelRequest[Any, Any]) -> Outcome[Any]:
        """Its turn never came."""
        if self._is_closed:
            return NotSent(request, NotSentError(CLOSED))
        return Decision(request).at_deadline()

    async def _run(self, operation: Operation, *, has_turn: bool) -> Outcome[Any]:
        try:
            step = await operation.send()
        finally:
            if has_turn:
                self._turns.pass_on()  # a doubt holds up nobody
        outcome = await operation.finish(step)
        self._ledger.end(operation, outcome)
        if operation.is_abandoned:
            self._ledger.keep([outcome])
        return outcome

    def _batch(
        self,
        source: Source,
        deadline: float | None,
        on_outcome: Callable[[Outcome[Any]], None] | None,
    ) -> Batch:
        return Batch(
            source,
            self._terms(_ends_at(deadline, MANY_DEADLINE), is_bulk=True),
            self._ledger,
            on_outcome=on_outcome,
            spawn=self._spawn,
            max_workers=self._max_workers,
        )

    async def _ask_again_about_all(self, ends_at: float) -> int:
        """Of everything unresolved that nobody asks about already; the weight it took."""
        doubts = [] if self._is_closed else self._ledger.take_doubts()
        before = sum(operation.weight for operation in doubts)
        purse = [END_WEIGHT]
        asks = [self._spawn(self._ask_again(each, ends_at, purse)) for each in doubts]
        try:
            await asyncio.gather(*asks, return_exceptions=True)
        finally:
            for operation in doubts:
                self._ledger.drop(operation)
        for ask in asks:
            if not ask.cancelled():  # by closing
                ask.result()
        return sum(operation.weight for operation in doubts) - before

    async def _ask_again(self, operation: Operation, ends_at: float, purse: list[int]) -> None:
        operation.terms = operation.terms.until(ends_at, purse)
        self._ledger.end_asking(operation, await operation.finish(Ask()))

    def _terms(self, ends_at: float, *, lane: Lane = "cancel", is_bulk: bool = False) -> Terms:
        return Terms(self._carrier, self._resolver, ends_at, lane=lane, is_bulk=is_bulk)

    def _spawn(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _was_closed_under(task: asyncio.Task[Any]) -> bool:
    """Whether it was closing that cancelled a task, and nobody its caller: who is told, not cancelled."""
    caller = asyncio.current_task()
    return task.cancelled() and caller is not None and not caller.cancelling()


def _ends_at(deadline: float | None, default: float) -> float:
    if deadline is not None and not deadline > 0:
        raise ValueError(f"deadline must be above zero seconds, not {deadline}")
    return asyncio.get_running_loop().time() + (default if deadline is None else deadline)
