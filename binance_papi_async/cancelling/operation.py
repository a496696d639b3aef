"""One decision, carried out: the DELETEs, the pauses, the questions, until an outcome or the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from math import inf, isfinite
from typing import Any

from binance_papi_async.cancelling.decision import UNFINISHED, Ask, Decision, How, Send, Sent, Step
from binance_papi_async.cancelling.resolver import UNTOLD, Question, Screened
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import (
    PapiError,
    TimestampError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import Canceled, Evidence, Outcome
from binance_papi_async.sending.carrier import MILLISECOND
from binance_papi_async.wire.message import Outgoing


class Operation:
    """Cancels one order, alone or as one of those that a cancel of all is to close."""

    weight = 0
    """Request weight spent."""
    is_abandoned = False
    """Whether nobody waits for the outcome any more."""
    _outgoing: Outgoing | None = None
    """The DELETE under way."""
    _cost = 0
    """What that is charged here; one that many share is charged elsewhere."""
    _has_left = False
    _waiting: asyncio.Future[Any] | None = None
    """What a question is waiting for."""
    _news: tuple[Any, Evidence] | None = None
    """The order closed, as it was seen elsewhere."""

    _left_at = float("-inf")
    """When the DELETE under way left, while there is nothing to decide yet."""
    _made: Decision[Any] | None = None

    def __init__(self, request: CancelRequest[Any, Any], terms: Terms) -> None:
        self.request = request
        self.terms = terms

    @property
    def decision(self) -> Decision[Any]:
        """Made when there is something to decide: nearly every cancel is simply answered."""
        if self._made is None:
            self._made = Decision(self.request)
            self._made.left_at = self._left_at
        return self._made

    @decision.setter
    def decision(self, decision: Decision[Any]) -> None:
        self._made = decision

    @property
    def name(self) -> Hashable:
        """Of the thing it cancels, among those of every product."""
        return (type(self.request), self.request.key)

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
        terms, made = self.terms, self._made
        request = self.request if made is None else made.named
        time_left = terms.time_left()
        if time_left <= 0:
            return self.decision.at_deadline()
        try:
            order = await terms.carrier.attempt(
                request, terms.lane, None, self._leaving, within=time_left
            )
        except PapiError as error:
            self.came_back()
            step = self.decision.failed(error)
            if isinstance(error, TimestampError):
                await terms.correct_clock(error)
            return step
        self._outgoing = None
        self.weight += request.weight
        if made is None and request.said(order) == "canceled":
            return Canceled(request, order, Evidence.REPLY)
        return self.decision.answered(order)

    async def finish(self, step: Step[Any]) -> Outcome[Any]:
        """Whatever it takes from that step on."""
        while isinstance(step, UNFINISHED):
            if self.terms.time_left() <= step.after:
                return self.decision.at_deadline()
            if step.after and self._news is None:
                self._waiting = asyncio.get_running_loop().create_future()
                await asyncio.wait([self._waiting], timeout=step.after)
            if (outcome := self.known()) is not None:
                return outcome
            step = await (self.send() if isinstance(step, Send) else self.ask(step.how))
        return step

    async def ask(self, how: How) -> Step[Any]:
        """Read what became of the order, unless that is told meanwhile."""
        terms, decision = self.terms, self.decision
        began = terms.carrier.clock.now()
        question = Question(decision.named, how, terms, decision.shown, self._spend)
        self._waiting = terms.resolver.ask(question)
        try:
            found = await self._waiting
        except UnknownOrderError as error:
            return decision.missing(error, began - decision.left_at)
        except PapiError as error:
            return decision.unread(error, how)
        finally:
            self._waiting = None
        if (outcome := self.known()) is not None:
            return outcome
        if found is None:  # woken by news that told nothing
            return Ask(how=how)
        if found is UNTOLD:
            return decision.untold()
        if not isinstance(found, Screened):
            return decision.read(found, self._sent(), began - decision.left_at)
        if found.state is not None:
            return decision.still_open(found.state, self._sent())
        return decision.absent(found.asked_at - decision.left_at)

    def tell(self, state: Any, evidence: Evidence) -> None:
        """The order was seen elsewhere: if that shows it closed, it is the end of a doubt, also of one that comes."""
        if self.decision.seen(state, self._sent(), evidence) is None:
            return
        self._news = (state, evidence)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def leaves(self, outgoing: Outgoing, now: float, cost: int) -> None:
        """A DELETE is about to leave that may close the order, and is charged so much here."""
        self._outgoing, self._cost = outgoing, cost
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
        self._outgoing, self._cost = outgoing, self.request.weight
        if self._made is None:
            self._left_at = now
        else:
            self._made.leaves(now)
        return self.terms.attempt_timeout(self.terms.time_left())

    def known(self) -> Outcome[Any] | None:
        """What news tells of how the order ended; news that turns out to be of another order is dropped."""
        if self._news is None:
            return None
        state, evidence = self._news
        outcome = self.decision.seen(state, self._sent(), evidence)
        if outcome is None:
            self._news = None
        return outcome

    def _sent(self) -> Sent:
        """When the order may have been closed by us at the earliest, and our DELETE left at the latest."""
        clock = self.terms.carrier.clock
        time, uncertainty = clock.reading()
        ahead, off = time - clock.now(), uncertainty + MILLISECOND
        first = self.decision.first_left_at
        latest = first + ahead + off if isfinite(first) else inf
        return Sent(self.decision.left_at + ahead - off, latest)

    def _spend(self, weight: int) -> None:
        self.weight += weight
