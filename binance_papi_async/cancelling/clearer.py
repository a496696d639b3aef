"""Leaves nothing open on some symbols, and proves it by a read that shows none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from typing import Any, TypeAlias

from binance_papi_async.cancelling.clearing import Clearing, What
from binance_papi_async.cancelling.operation import Cancellation
from binance_papi_async.deciding.ledger import OVER, Ledger
from binance_papi_async.deciding.steps import Step
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.request import CancelAllRequest
from binance_papi_async.errors import PapiError, TimestampError
from binance_papi_async.outcome import (
    CancelAllReport,
    Closed,
    NotSent,
    Outcomes,
    Unknown,
)
from binance_papi_async.wire.message import Outgoing

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


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
        self._operations: dict[Hashable, Cancellation] = {}
        """One for each order seen; in the ledger until it is known what became of it."""
        self._singly: dict[Hashable, asyncio.Future[Step[Any]]] = {}
        """Orders canceled or read one by one at the moment."""
        self._spent = 0
        self._is_abandoned = False

    @property
    def weight(self) -> int:
        """Request weight spent."""
        return self._spent + sum(each.weight for each in self._operations.values())

    async def run(self) -> None:
        """One move after the other. However it ends, what is in doubt is in the ledger."""
        reason = "the client was closed"
        try:
            while (move := self.clearing.next()).what != "stop":
                if self._terms.time_left() <= move.after:
                    break
                await asyncio.sleep(move.after)
                if self._is_abandoned:
                    break
                await self._make(move.what)
                self._note()
            reason = "the deadline passed"
        finally:
            self._end(reason)

    def abandon(self, task: asyncio.Task[None]) -> None:
        """The caller is gone: drop what has not left, wait for what has, and keep what is known."""
        self._is_abandoned = True
        if task.done():
            self._keep()
        for key, each in self._singly.items():
            if not self._operations[key].is_out:
                each.cancel()
        if not self._singly and not any(each.is_out for each in self._operations.values()):
            task.cancel()

    async def _make(self, what: What) -> None:
        if what == "look":
            await self._look()
        elif what == "cancel all":
            await self._cancel_all()
        elif what == "cancel each":
            sending = {key: self._operations[key].send() for key in self.clearing.to_be_sent()}
            self.clearing.told(await self._each(sending), was_sent=True)
        else:
            asks = self.clearing.to_be_read()
            asking = {key: self._operations[key].ask(ask.how) for key, ask in asks.items()}
            self.clearing.told(await self._each(asking), was_sent=False)

    async def _look(self) -> None:
        terms = self._terms
        try:
            states, asked_at = await terms.carrier.read(
                self._request.open_states(),
                timeout=terms.attempt_timeout(),
                max_wait=max(terms.time_left(), 0.0),
                spend=self._spend,
            )
        except PapiError as error:
            self.clearing.hindered(error)
        else:
            self.clearing.listed(states, asked_at)

    async def _cancel_all(self) -> None:
        """One DELETE that closes many."""
        terms = self._terms
        riding = [self._operations[key] for key in self.clearing.to_be_sent()]

        def leaving(outgoing: Outgoing, now: float) -> float:
            for operation in riding:
                operation.leaves(outgoing, now, 0)
            return terms.attempt_timeout()

        try:
            reply = await terms.carrier.attempt(
                self._request,
                terms.lane,
                None,
                leaving,
                within=terms.time_left(),
                is_decided=True,
            )
        except PapiError as error:
            self._came_back(riding)
            self.clearing.failed(error)
            if isinstance(error, TimestampError) and not self._is_abandoned:
                await terms.correct_clock(error)
        else:
            self._came_back(riding)
            self.clearing.answered(reply)

    def _came_back(self, riding: list[Cancellation]) -> None:
        """It is charged once, if it left."""
        if any(each.is_out for each in riding):
            self._spend(self._request.weight)
        for operation in riding:
            operation.came_back()

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
            step, operation = self.clearing.steps[key], self._operations.get(key)
            if isinstance(step, OVER):
                if operation is not None:
                    self._ledger.end(operation, step)
            elif operation is None:
                operation = self._operations[key] = Cancellation(decision.request, self._terms)
                operation.decision = decision
                self._ledger.begin(operation)

    def _end(self, reason: str) -> None:
        """Nothing more is cleared; what is in doubt without a caller is found out order by order."""
        for key, operation in self._operations.items():
            if operation.is_out:
                operation.give_up()
            outcome = self.clearing.outcome(key)
            is_doubt = self._is_abandoned and isinstance(outcome, Unknown | Closed)
            if is_doubt and self._ledger.is_under_way(operation):
                _ = self._spawn(self._finish(operation, self.clearing.steps[key]))
            else:
                self._ledger.end(operation, outcome)
        self.clearing.end(reason)
        if self._is_abandoned:
            self._keep()

    def _keep(self) -> None:
        outcomes = map(self.clearing.outcome, self.clearing.decisions)
        self._ledger.keep(each for each in outcomes if not isinstance(each, NotSent))

    async def _finish(self, operation: Cancellation, step: Step[Any]) -> None:
        outcome = await operation.finish(step)
        self._ledger.end(operation, outcome)
        self._ledger.keep([outcome])

    def _spend(self, weight: int) -> None:
        self._spent += weight


def report_of(clearers: Iterable[Clearer]) -> CancelAllReport[Any]:
    """What is known by now."""
    clearings = [each.clearing for each in clearers]
    outcomes = [each.outcome(key) for each in clearings for key in each.decisions]
    return CancelAllReport(
        places=tuple(each.request.place for each in clearings),
        outcomes=Outcomes(outcomes, weight=sum(each.weight for each in clearers)),
        remaining=tuple(order for each in clearings for order in each.remaining),
        unproven={each.request.place: each.error for each in clearings if each.error is not None},
    )
