"""Leaves nothing open on some symbols, and proves it by a read that shows none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Struct

from binance_papi_async.cancelling.clearing import AskEach, CancelAll, Clearing, Look, Move, Over
from binance_papi_async.cancelling.decision import Ask, Step
from binance_papi_async.cancelling.ledger import Ledger
from binance_papi_async.cancelling.operation import Operation
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.declaring.request import CancelAllRequest
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, MarginOrder
from binance_papi_async.errors import NotSentError, PapiError, TimestampError
from binance_papi_async.outcome import AlreadyClosed, Canceled, NotSent, Outcome, Outcomes, Unknown
from binance_papi_async.wire.message import Outgoing

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
NOW: Final = Ask(how="state")


class CancelAllReport(Struct, frozen=True, kw_only=True):
    """What became of every order that was seen, and what is still open."""

    outcomes: Outcomes[CanceledMarginOrder | MarginOrder]
    """One for every order seen open."""
    remaining: tuple[MarginOrder, ...]
    """Orders that the last read of their symbol showed open, and that no answer has closed since."""
    unproven: dict[str, PapiError]
    """Symbols without a read that shows none open, and what stood in the way."""

    def __repr__(self) -> str:
        remaining = f"{len(self.remaining)} remaining; " if self.remaining else ""
        proven = "proven" if self.is_proven else " ".join(["unproven", *self.unproven])
        return f"<CancelAllReport: {self.outcomes!r}; {remaining}{proven}>"

    @property
    def is_proven(self) -> bool:
        """Whether, for every symbol, a read after the last cancel showed no open order."""
        return not self.remaining and not self.unproven


class CancelEverything:
    """Clears symbol by symbol, all at the same time."""

    def __init__(
        self,
        requests: Iterable[CancelAllRequest[Any, Any]],
        terms: Terms,
        ledger: Ledger,
        spawn: Spawn,
    ) -> None:
        self._tasks = {
            clearer: spawn(clearer.run())
            for clearer in (Clearer(each, terms, ledger, spawn) for each in dict.fromkeys(requests))
        }

    async def wait(self) -> CancelAllReport:
        """Until every symbol is proven empty, or time is up."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        for task in self._tasks.values():
            if not task.cancelled():
                task.exception()  # of several, one is raised, and none is left unlooked at
        for task in self._tasks.values():
            task.result()
        return self.report()

    def report(self) -> CancelAllReport:
        """What is known by now."""
        outcomes = [outcome for each in self._tasks for outcome in each.outcomes()]
        return CancelAllReport(
            outcomes=Outcomes(outcomes, weight=sum(each.weight for each in self._tasks)),
            remaining=tuple(order for each in self._tasks for order in each.clearing.remaining),
            unproven={
                each.clearing.request.symbol: each.clearing.error
                for each in self._tasks
                if each.clearing.error is not None
            },
        )

    def abandon(self) -> None:
        """The caller is gone: cancel no more, and wait for what is out."""
        for clearer, task in self._tasks.items():
            if task.done():
                clearer.keep()
            elif clearer.abandon():
                task.cancel()


class Clearer:
    """Does what a clearing says, until nothing is open, or time is up."""

    def __init__(
        self, request: CancelAllRequest[Any, Any], terms: Terms, ledger: Ledger, spawn: Spawn
    ) -> None:
        self.clearing = Clearing(request, terms.carrier.clock.now())
        self._request = request
        self._terms = terms
        self._ledger = ledger
        self._spawn = spawn
        self._operations: dict[Hashable, Operation] = {}
        """One for each order seen; in the ledger until it is known what became of it."""
        self._singly: dict[Hashable, asyncio.Future[Step[Any]]] = {}
        """Orders canceled or read one by one at the moment."""
        self._spent = 0
        self._is_abandoned = False

    @property
    def weight(self) -> int:
        """Request weight spent."""
        return self._spent + sum(each.weight for each in self._operations.values())

    def outcomes(self) -> list[Outcome[Any]]:
        """One for every order seen."""
        return [self.clearing.outcome(key) for key in self.clearing.decisions]

    async def run(self) -> None:
        """One move after the other. However it ends, what is in doubt is in the ledger."""
        reason = "the client was closed"
        try:
            while not isinstance(move := self.clearing.next(), Over):
                if self._terms.time_left() <= move.after:
                    break
                await asyncio.sleep(move.after)
                if self._is_abandoned:
                    break
                await self._make(move)
                self._note()
            reason = "the deadline passed"
        finally:
            self._end(reason)

    def abandon(self) -> bool:
        """The caller is gone, drop what has not left; whether nothing is out that must be waited for."""
        self._is_abandoned = True
        for key, task in self._singly.items():
            if not self._operations[key].is_out:
                task.cancel()
        return not self._singly and not any(each.is_out for each in self._operations.values())

    def keep(self) -> None:
        """What is known goes to whoever asks later."""
        self._ledger.keep(each for each in self.outcomes() if not isinstance(each, NotSent))

    async def _make(self, move: Move) -> None:
        if isinstance(move, Look):
            await self._look()
        elif isinstance(move, CancelAll):
            await self._cancel_all()
        elif isinstance(move, AskEach):
            asking = {key: self._operations[key].ask(NOW) for key in self.clearing.to_be_read()}
            self.clearing.told(await self._each(asking), was_sent=False)
        else:
            sending = {key: self._operations[key].send() for key in self.clearing.to_be_sent()}
            self.clearing.told(await self._each(sending), was_sent=True)

    async def _look(self) -> None:
        terms = self._terms
        try:
            states, asked_at = await terms.carrier.read(
                self._request.open_states(),
                timeout=terms.attempt_timeout(terms.time_left()),
                max_wait=max(terms.time_left(), 0.0),
                spend=self._spend,
            )
        except PapiError as error:
            self.clearing.unread(error)
        else:
            self.clearing.listed(states, asked_at)

    async def _cancel_all(self) -> None:
        """One DELETE that closes many."""
        terms = self._terms
        riding = [self._operations[key] for key in self.clearing.to_be_sent()]

        def leaving(outgoing: Outgoing, now: float) -> float:
            for operation in riding:
                operation.rides(outgoing, now)
            return terms.attempt_timeout(terms.time_left())

        try:
            reply = await terms.carrier.attempt(
                self._request, terms.lane, terms.time_left(), leaving
            )
        except PapiError as error:
            if not isinstance(error, NotSentError):
                self._spend(self._request.weight)
            for operation in riding:
                operation.came_back()
            self.clearing.failed(error)
            if isinstance(error, TimestampError) and not self._is_abandoned:
                await terms.correct_clock(error)
            return
        self._spend(self._request.weight)
        for operation in riding:
            operation.came_back()
        self.clearing.answered(reply)

    async def _each(
        self, under_way: Mapping[Hashable, Coroutine[Any, Any, Step[Any]]]
    ) -> dict[Hashable, Step[Any]]:
        """What comes of each, but of those that are abandoned."""
        self._singly = {key: asyncio.ensure_future(each) for key, each in under_way.items()}
        ended = await asyncio.gather(*self._singly.values(), return_exceptions=True)
        self._singly = {}
        for step in ended:
            if isinstance(step, BaseException) and not isinstance(step, asyncio.CancelledError):
                raise step
        steps = zip(under_way, ended, strict=True)
        return {key: step for key, step in steps if not isinstance(step, BaseException)}

    def _note(self) -> None:
        """Into the ledger with orders seen now, out of it with what is known."""
        for key, decision in self.clearing.decisions.items():
            step, operation = self.clearing.step(key), self._operations.get(key)
            if isinstance(step, Canceled | AlreadyClosed):
                if operation is not None:
                    self._ledger.end(operation, step)
            elif operation is None:
                self._operations[key] = self._ledger.begin(decision, self._terms)

    def _end(self, reason: str) -> None:
        """Nothing more is cleared; what is in doubt without a caller is found out order by order."""
        for key, operation in self._operations.items():
            if operation.is_out:
                operation.give_up()
            outcome = self.clearing.outcome(key)
            is_doubt = self._is_abandoned and isinstance(outcome, Unknown)
            if is_doubt and self._ledger.is_under_way(operation):
                self._spawn(self._finish(operation, self.clearing.step(key)))
            else:
                self._ledger.end(operation, outcome)
        self.clearing.end(reason)
        if self._is_abandoned:
            self.keep()

    async def _finish(self, operation: Operation, step: Step[Any]) -> None:
        outcome = await operation.finish(step)
        self._ledger.end(operation, outcome)
        self._ledger.keep([outcome])

    def _spend(self, weight: int) -> None:
        self._spent += weight
