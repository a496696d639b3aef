"""One decision, carried out: the attempts, the pauses, the questions, until an outcome or the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from math import inf, isfinite
from typing import Any, Final

from binance_papi_async.clock import MILLISECOND, Left
from binance_papi_async.deciding.resolver import UNTOLD, Question, Screened
from binance_papi_async.deciding.steps import (
    AT_ANY_TIME,
    UNFINISHED,
    Ask,
    Deciding,
    How,
    Send,
    Sent,
    Step,
)
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.errors import (
    PapiError,
    TimestampError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import Evidence, Unknown
from binance_papi_async.wire.message import Outgoing

_NEVER: Final = Left(-inf, -inf, inf)


class Operation:
    """Sees one request that changes something through; what kind it is, a subclass says."""

    is_decidable = True
    """Whether a read can tell what became of it."""
    __slots__ = (
        "_cost",
        "_has_left",
        "_left",
        "_made",
        "_news",
        "_number",
        "_outgoing",
        "_waiting",
        "is_abandoned",
        "request",
        "terms",
        "weight",
    )

    def __init__(self, request: Any, terms: Terms) -> None:
        self.request = request
        self.terms = terms
        self.weight = 0
        """Request weight spent."""
        self.is_abandoned = False
        """Whether nobody waits for the outcome any more."""
        self._made: Deciding[Any] | None = None
        self._outgoing: Outgoing | None = None
        """The attempt under way."""
        self._cost = 0
        """What that is charged here; one that many share is charged elsewhere."""
        self._left = _NEVER
        """When the attempt under way left, while there is nothing to decide yet."""
        self._has_left = False
        self._number: int | None = None
        """Of its record in the journal, while that is open."""
        self._waiting: asyncio.Future[Any] | None = None
        """What a question is waiting for."""
        self._news: tuple[Any, Evidence] | None = None
        """The order, as it was seen elsewhere, where that is an outcome."""

    @property
    def named(self) -> CancelRequest[Any, Any]:
        """The cancel that names the order this is about."""
        raise NotImplementedError

    def decide(self) -> Deciding[Any]:
        """What decides about it."""
        raise NotImplementedError

    def plainly(self, request: Any, reply: Any) -> Any:
        """The outcome, if the reply to the first attempt is all there is to say; nearly always."""
        raise NotImplementedError

    @property
    def doubt(self) -> Hashable:
        """Names a doubt: by the order, but under a client id each is one of its own, since the order may be another."""
        return id(self) if self.named.is_reusable else self.name

    def time_to_send(self) -> float:
        """Seconds within which an attempt may leave."""
        return self.terms.time_left()

    @property
    def decision(self) -> Deciding[Any]:
        """Made when there is something to decide: nearly every request is simply answered."""
        if self._made is None:
            self._made = self.decide()
            self._made.leaves(*self._left)
        return self._made

    @decision.setter
    def decision(self, decision: Deciding[Any]) -> None:
        self._made = decision

    @property
    def name(self) -> Hashable:
        """Of the order it is about, among those of every product."""
        named = self.named
        return (type(named), named.key)

    @property
    def has_left(self) -> bool:
        """Whether an attempt may have left this process."""
        return self._has_left or self.is_out

    @property
    def is_out(self) -> bool:
        """Whether one has and is not answered."""
        return self._outgoing is not None and self._outgoing.has_left

    @property
    def is_leaving(self) -> bool:
        """Whether an attempt is under way, which has left or is about to."""
        return self._outgoing is not None

    async def send(self) -> Step[Any]:
        """One attempt, and what follows from it: an outcome, almost always."""
        terms, made = self.terms, self._made
        request: Request[Any] = self.request if made is None else made.to_send
        time_left = self.time_to_send()
        if time_left <= 0:
            return self.decision.at_deadline()
        try:
            reply = await terms.carrier.attempt(
                request,
                terms.lane,
                None,
                self._leaving,
                terms.recv_window,
                within=time_left,
                is_decided=True,
            )
        except PapiError as error:
            self.came_back()
            step = self.decision.failed(error)
            if isinstance(error, TimestampError):
                await terms.correct_clock(error)
            return step
        self._outgoing = None
        self.weight += request.weight
        if made is None and (outcome := self.plainly(request, reply)) is not None:
            return outcome
        self._has_left = True
        return self.decision.answered(reply)

    async def finish(self, step: Step[Any]) -> Any:
        """Whatever it takes from that step on; the outcome."""
        while isinstance(step, UNFINISHED):
            is_send = isinstance(step, Send)
            time_left = self.time_to_send() if is_send else self.terms.time_left()
            if time_left <= step.after:
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
        age = found.asked_at - decision.left_at
        if found.state is not None:
            return decision.still_open(found.state, self._sent(), age)
        return decision.absent(age)

    def tell(self, state: Any, evidence: Evidence) -> None:
        """The order was seen elsewhere: if that is an outcome, it is the end of a doubt, also of one that comes."""
        if self.decision.seen(state, self._sent(), evidence) is None:
            return
        self._news = (state, evidence)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def leaves(self, outgoing: Outgoing, now: float, cost: int) -> None:
        """An attempt is about to leave that may change the order, and is charged so much here."""
        self._write()
        self._outgoing, self._cost = outgoing, cost
        self.decision.leaves(*self.terms.carrier.clock.left(now))

    def calm(self) -> None:
        """Nobody waits for it as it was asked for: from now on it is found out what became of it, and nothing new is sent."""

    def recall(self, number: int | None) -> None:
        """It is in the journal already."""
        self._number = number

    def record(self, outcome: Any) -> None:
        """Write into the journal what became of it, if it stands there."""
        journal = self.terms.carrier.loose.journal
        if self._number is not None and journal is not None:
            journal.end(self._number, outcome)
            if not isinstance(outcome, Unknown):
                self._number = None

    @property
    def is_recorded(self) -> bool:
        """Whether it stands open in the journal."""
        return self._number is not None

    def forget(self) -> None:
        """Write into the journal that somebody knows by other means what became of it, if it stands there."""
        journal, number = self.terms.carrier.loose.journal, self._number
        if number is not None and journal is not None:
            journal.forget(number)
            self._number = None

    def came_back(self) -> None:
        """The attempt under way has ended: note what it cost, and whether it may have left."""
        if self.is_out:
            self._has_left = True
            self.weight += self._cost
        self._outgoing = None

    def give_up(self) -> Any:
        """Whatever is known now: the client is closed."""
        if self.is_out:
            self.came_back()
            self.decision.failed(
                UnknownOutcomeError("the client was closed before the reply to this came")
            )
        return self.decision.at_deadline()

    def _leaving(self, outgoing: Outgoing, now: float) -> float:
        """The attempt is about to leave; how long its reply may take."""
        if self.terms.carrier.loose.journal is not None:
            self._write()
        self._outgoing, self._cost = outgoing, self.request.weight
        left = self.terms.carrier.clock.left(now)
        if self._made is None:
            self._left = left
        else:
            self._made.leaves(*left)
        return self.terms.attempt_timeout()

    def _write(self) -> None:
        """What is about to leave into the journal; raises JournalError if that cannot be, and then nothing leaves."""
        if self._number is None:
            carrier = self.terms.carrier
            recv_window = self.terms.recv_window or carrier.recv_window
            self._number = carrier.loose.write(self.request, recv_window)

    def known(self) -> Any:
        """The outcome that news tells, None if it tells none; news that turns out to be of another order is dropped."""
        if self._news is None:
            return None
        state, evidence = self._news
        outcome = self.decision.seen(state, self._sent(), evidence)
        if outcome is None:
            self._news = None
        return outcome

    def _sent(self) -> Sent:
        """When the order may have been changed by us at the earliest, and our first attempt left at the latest."""
        decision = self.decision
        return Sent(
            self._doubted(decision.told_apart, decision.told_apart_at).earliest,
            self._doubted(decision.first_left, decision.first_left_at).latest,
        )

    def _doubted(self, then: Sent, left_at: float) -> Sent:
        """What was known as it left, doubted as far as what is known of the clocks now says otherwise.

        A suspend since then, or a step of the exchange's clock, makes today's account wrong;
        one shortly before, of which nobody knew yet, that of then.
        """
        if not isfinite(left_at):
            return AT_ANY_TIME
        clock = self.terms.carrier.clock
        time, uncertainty = clock.reading()
        left, off = left_at + time - clock.now(), uncertainty + MILLISECOND
        return then.doubted(Sent(left - off, left + off))

    def _spend(self, weight: int) -> None:
        self.weight += weight


class Undecided(Operation):
    """What no read can decide: a loan, a transfer, a setting. It stays a doubt until somebody else has looked."""

    is_decidable = False
    __slots__ = ()

    @property
    def name(self) -> Hashable:
        """Its own."""
        return (type(self), id(self))

    @property
    def doubt(self) -> Hashable:
        """Its own."""
        return id(self)
