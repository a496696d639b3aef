"""One decision, carried out: the DELETEs, the pauses, the questions, until an outcome or the deadline."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from binance_papi_async.cancelling.decision import UNFINISHED, Ask, Decision, Send, Step
from binance_papi_async.cancelling.resolver import Screened
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

_NEVER: Final = float("-inf")


class Operation:
    """Cancels one order."""

    __slots__ = ("_has_left", "_left_at", "_made", "_outgoing", "request", "terms", "weight")

    def __init__(self, request: CancelRequest[Any, Any], terms: Terms) -> None:
        self.request = request
        self.terms = terms
        self.weight = 0
        """Request weight spent."""
        self._made: Decision[Any] | None = None
        self._outgoing: Outgoing | None = None
        """The DELETE under way."""
        self._has_left = False
        self._left_at = _NEVER
        """When the first DELETE that may have closed the order left, by the local clock."""

    @property
    def has_left(self) -> bool:
        """Whether a DELETE may have left this process."""
        return self._has_left or (self._outgoing is not None and self._outgoing.has_left)

    @property
    def _decision(self) -> Decision[Any]:
        """Made when there is something to decide: nearly every cancel is simply answered."""
        if self._made is None:
            self._made = Decision(self.request)
        return self._made

    async def send(self) -> Step[Any]:
        """One DELETE, and what follows from it: an outcome, almost always."""
        terms, request = self.terms, self.request
        carrier, time_left = terms.carrier, terms.time_left()
        if time_left <= 0:
            return self._decision.at_deadline()
        try:
            permit = carrier.admit_nowait(request, terms.lane)
            if permit is None:
                permit = await carrier.admit(request, terms.lane, time_left)
                time_left = terms.time_left()
        except PapiError as error:
            return self._decision.failed(error)
        signed_at = carrier.clock.now()
        outgoing = self._outgoing = carrier.prepare(request, permit)
        if self._made is None or not self._made.is_in_doubt:
            self._left_at = signed_at  # what was refused before closed nothing
        try:
            order = await carrier.carry(request, outgoing, permit, terms.attempt_timeout(time_left))
        except PapiError as error:
            self._note_failure(outgoing)
            step = self._decision.failed(error)
            if isinstance(error, TimestampError):
                await terms.correct_clock(signed_at)
            return step
        self._outgoing = None
        self.weight += request.weight
        return Canceled(request, order, Evidence.REPLY)

    async def finish(self, step: Step[Any]) -> Outcome[Any]:
        """Whatever it takes from that step on."""
        while isinstance(step, UNFINISHED):
            if self.terms.time_left() <= step.after:
                return self._decision.at_deadline()
            if step.after:
                await asyncio.sleep(step.after)
            step = await (self.send() if isinstance(step, Send) else self._ask(step))
        return step

    def doubt(self, error: PapiError) -> None:
        """A cancel of everything that may have closed this too was lost."""
        self._has_left = True
        self._left_at = self.terms.carrier.clock.now()
        self._decision.failed(error)

    def give_up(self) -> Outcome[Any]:
        """Whatever is known now: the client is closed."""
        outgoing = self._outgoing
        if outgoing is not None and outgoing.has_left:
            self._note_failure(outgoing)
            self._decision.failed(
                UnknownOutcomeError("the client was closed before the reply to this came")
            )
        return self._decision.at_deadline()

    async def _ask(self, ask: Ask) -> Step[Any]:
        terms, decision = self.terms, self._decision
        time_left, began = terms.time_left(), terms.carrier.clock.now()
        try:
            found = await terms.resolver.ask(
                self.request,
                ask.how,
                is_bulk=terms.is_bulk,
                timeout=terms.attempt_timeout(time_left),
                time_left=time_left,
                spend=self._spend,
            )
        except UnknownOrderError as error:
            return decision.missing(error, began - self._left_at)
        except PapiError as error:
            return decision.unread(error, ask.how)
        if not isinstance(found, Screened):
            return decision.read(found, self._sent_at())
        if found.is_open:
            return decision.still_open()
        return decision.absent(found.asked_at - self._left_at)

    def _note_failure(self, outgoing: Outgoing) -> None:
        """A DELETE failed; what it cost, and whether it may have left."""
        self._outgoing = None
        if outgoing.has_left:
            self._has_left = True
            self.weight += self.request.weight

    def _sent_at(self) -> float:
        """When the order may have been closed by us at the earliest, by the exchange's clock."""
        clock = self.terms.carrier.clock
        time, uncertainty = clock.reading()
        return time - (clock.now() - self._left_at) - uncertainty - MILLISECOND

    def _spend(self, weight: int) -> None:
        self.weight += weight
