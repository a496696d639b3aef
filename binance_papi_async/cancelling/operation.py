"""One decision, carried out: the DELETEs, the pauses, the questions, until an outcome or the deadline."""

from __future__ import annotations

import asyncio
from typing import Any

from binance_papi_async.cancelling.decision import UNFINISHED, Ask, Decision, Step
from binance_papi_async.cancelling.resolver import Screened
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.errors import (
    PapiError,
    TimestampError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import Evidence, Outcome
from binance_papi_async.sending.carrier import MILLISECOND
from binance_papi_async.wire.message import Outgoing


class Operation:
    """Cancels one order, alone or as one of those that a cancel of all is to close."""

    __slots__ = (
        "_cost",
        "_has_left",
        "_news",
        "_outgoing",
        "_waiting",
        "decision",
        "request",
        "terms",
        "weight",
    )

    def __init__(self, decision: Decision[Any], terms: Terms) -> None:
        self.decision = decision
        self.request = decision.request
        self.terms = terms
        self.weight = 0
        """Request weight spent."""
        self._outgoing: Outgoing | None = None
        """The DELETE under way."""
        self._cost = 0
        """What that is charged here; one that many share is charged elsewhere."""
        self._has_left = False
        self._waiting: asyncio.Future[Any] | None = None
        """What a question is waiting for."""
        self._news: tuple[Any, Evidence] | None = None
        """The order closed, as it was seen elsewhere."""

    @property
    def has_left(self) -> bool:
        """Whether a DELETE may have left this process."""
        return self._has_left or self.is_out

    @property
    def is_out(self) -> bool:
        """Whether one has and is not answered."""
        return self._outgoing is not None and self._outgoing.has_left

    async def send(self) -> Step[Any]:
        """One DELETE, and what follows from it: an outcome, almost always."""
        terms, request = self.terms, self.request
        time_left = terms.time_left()
        if time_left <= 0:
            return self.decision.at_deadline()
        try:
            order = await terms.carrier.attempt(request, terms.lane, time_left, self._leaving)
        except PapiError as error:
            self.came_back()
            step = self.decision.failed(error)
            if isinstance(error, TimestampError):
                await terms.correct_clock(error)
            return step
        self._outgoing = None
        self.weight += request.weight
        return self.decision.answered(order)

    async def finish(self, step: Step[Any]) -> Outcome[Any]:
        """Whatever it takes from that step on."""
        while isinstance(step, UNFINISHED):
            if self.terms.time_left() <= step.after:
                return self.decision.at_deadline()
            if isinstance(step, Ask):
                step = await self.ask(step)
                continue
            if step.after:
                await asyncio.sleep(step.after)
            step = await self.send()
        return step

    async def ask(self, ask: Ask) -> Step[Any]:
        """Find out what became of the order, after the pause; whatever is told meanwhile ends both."""
        terms, decision = self.terms, self.decision
        if ask.after and self._news is None:
            await self._pause(ask.after)
        if (outcome := self.known()) is not None:
            return outcome
        time_left, began = terms.time_left(), terms.carrier.clock.now()
        self._waiting = terms.resolver.ask(
            self.request,
            ask.how,
            is_bulk=terms.is_bulk,
            timeout=terms.attempt_timeout(time_left),
            time_left=time_left,
            spend=self._spend,
        )
        try:
            found = await self._waiting
        except UnknownOrderError as error:
            return decision.missing(error, began - decision.left_at)
        except PapiError as error:
            return decision.unread(error, ask.how)
        finally:
            self._waiting = None
        if (outcome := self.known()) is not None:
            return outcome
        if not isinstance(found, Screened):
            return decision.read(found, self._sent_at())
        if found.is_open:
            return decision.still_open()
        return decision.absent(found.asked_at - decision.left_at)

    def tell(self, state: Any, evidence: Evidence) -> None:
        """The order was seen closed elsewhere: if there is a doubt, or if one comes, that is the end of it."""
        self._news = (state, evidence)
        _wake(self._waiting)

    def rides(self, outgoing: Outgoing, now: float) -> None:
        """A cancel of all that is about to leave may close this, too."""
        self._outgoing, self._cost = outgoing, 0
        self.decision.leaves(now)

    def came_back(self) -> None:
        """The DELETE under way has ended: note what it cost, and whether it may have left."""
        if self.is_out:
            self._has_left = True
            self.weight += self._cost
        self._outgoing = None

    def give_up(self) -> Outcome[Any]:
        """Whatever is known now: the client is closed."""
        if self.is_out:
            self.came_back()
            self.decision.failed(
                UnknownOutcomeError("the client was closed before the reply to this came")
            )
        return self.decision.at_deadline()

    def _leaving(self, outgoing: Outgoing, now: float) -> float:
        """The DELETE is about to leave; how long its reply may take."""
        terms = self.terms
        self._outgoing, self._cost = outgoing, self.request.weight
        self.decision.leaves(now)
        return terms.attempt_timeout(terms.time_left())

    def known(self) -> Outcome[Any] | None:
        """What news tells of how the order ended."""
        if self._news is None:
            return None
        state, evidence = self._news
        return self.decision.seen(state, self._sent_at(), evidence)

    async def _pause(self, seconds: float) -> None:
        """For so long, or until there is news."""
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        timer = loop.call_later(seconds, _wake, self._waiting)
        try:
            await self._waiting
        finally:
            self._waiting = None
            timer.cancel()

    def _sent_at(self) -> float:
        """When the order may have been closed by us at the earliest, by the exchange's clock."""
        clock = self.terms.carrier.clock
        time, uncertainty = clock.reading()
        return time - (clock.now() - self.decision.left_at) - uncertainty - MILLISECOND

    def _spend(self, weight: int) -> None:
        self.weight += weight


def _wake(waiting: asyncio.Future[Any] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
