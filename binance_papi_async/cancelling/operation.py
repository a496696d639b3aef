"""One decision, carried out: the DELETEs, the pauses, the questions, until an outcome or the deadline."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from binance_papi_async.cancelling.decision import UNFINISHED, Ask, Decision, Send, Step
from binance_papi_async.cancelling.resolver import ABSENT, LISTED, Resolver
from binance_papi_async.carrier import Carrier
from binance_papi_async.errors import (
    NotSentError,
    PapiError,
    TimestampError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import Canceled, Evidence, Outcome
from binance_papi_async.request import CancelRequest, Lane

LEAST_TIMEOUT: Final = 0.05
MILLISECOND: Final = 0.001
"""The exchange cuts its times to milliseconds."""
ATTEMPT_SHARE: Final = 0.4
"""Share of the time left that one attempt may take: a silent exchange must leave time to ask."""


class Operation:
    """Cancels one order."""

    __slots__ = (
        "_carrier",
        "_ends_at",
        "_is_bulk",
        "_is_out",
        "_lane",
        "_loop",
        "_made",
        "_resolver",
        "_sent_at",
        "has_left",
        "request",
        "weight",
    )

    def __init__(  # noqa: PLR0913 - what an operation needs on its way
        self,
        request: CancelRequest[Any, Any],
        carrier: Carrier,
        resolver: Resolver,
        *,
        ends_at: float,
        lane: Lane = "cancel",
        is_bulk: bool = False,
    ) -> None:
        self.request = request
        self.has_left = False
        """Whether a DELETE may have left this process."""
        self._is_out = False
        """Whether one is on its way now."""
        self.weight = 0
        """Request weight spent."""
        self._carrier = carrier
        self._resolver = resolver
        self._ends_at = ends_at
        self._lane: Lane = lane
        self._is_bulk = is_bulk
        self._made: Decision[Any] | None = None
        self._sent_at = 0.0
        self._loop = asyncio.get_running_loop()

    @property
    def _decision(self) -> Decision[Any]:
        """Made when there is something to decide: nearly every cancel is simply answered."""
        if self._made is None:
            self._made = Decision(self.request)
        return self._made

    async def begin(self) -> Step[Any]:
        """The first DELETE, and what follows from it: an outcome, almost always."""
        if self._time_left() <= 0:
            return self._decision.at_deadline()
        return await self._send()

    async def finish(self, step: Step[Any]) -> Outcome[Any]:
        """Whatever it takes from that step on."""
        while isinstance(step, UNFINISHED):
            if self._time_left() <= step.after:
                return self._decision.at_deadline()
            if step.after:
                await asyncio.sleep(step.after)
            step = await (self._send() if isinstance(step, Send) else self._ask(step))
        return step

    def extend(self, ends_at: float) -> None:
        """Give it another deadline, loop time."""
        self._ends_at = ends_at

    def doubt(self, error: PapiError) -> None:
        """A cancel of everything that may have closed this too was lost."""
        self.has_left = True
        self._decision.failed(error)

    def give_up(self) -> Outcome[Any]:
        """Whatever is known now: the client is closed."""
        if self._is_out:
            self._decision.failed(
                UnknownOutcomeError("the client was closed before the reply to this came")
            )
        return self._decision.at_deadline()

    async def _send(self) -> Step[Any]:
        carrier, began = self._carrier, self._carrier.clock.now()
        had_left = self.has_left
        try:
            permit = carrier.admit_nowait(self.request, self._lane)
            if permit is None:
                permit = await carrier.admit(self.request, self._lane, self._time_left())
        except PapiError as error:
            return self._decision.failed(error)
        self._depart()
        try:
            order = await carrier.carry(
                self.request,
                permit,
                timeout=self._attempt_timeout(),
                recv_window=carrier.recv_window,
            )
        except NotSentError as error:
            self.weight -= self.request.weight
            self.has_left = had_left
            return self._decision.failed(error)
        except TimestampError as error:
            self._is_out = False
            await correct_clock(carrier, began, self._time_left())
            return self._decision.failed(error)
        except PapiError as error:
            return self._decision.failed(error)
        finally:
            self._is_out = False
        return Canceled(self.request, order, Evidence.REPLY)

    async def _ask(self, ask: Ask) -> Step[Any]:
        decision = self._decision
        try:
            found = await self._resolver.ask(
                self.request,
                ask.how,
                is_bulk=self._is_bulk,
                timeout=self._attempt_timeout(),
                time_left=self._time_left(),
                spend=self._spend,
            )
        except UnknownOrderError as error:
            return decision.missing(error)
        except PapiError as error:
            return decision.unread(error, ask.how)
        if found is LISTED:
            return decision.still_open()
        if found is ABSENT:
            return decision.absent()
        return decision.read(found, self._sent_at)

    def _depart(self) -> None:
        """A DELETE is about to leave."""
        self.weight += self.request.weight
        self.has_left = self._is_out = True
        # What was refused before is not what closed the order.
        if self._made is None or not self._made.is_in_doubt:
            time, uncertainty = self._carrier.clock.reading()
            self._sent_at = time - uncertainty - MILLISECOND

    def _spend(self, weight: int) -> None:
        self.weight += weight

    def _time_left(self) -> float:
        return self._ends_at - self._loop.time()

    def _attempt_timeout(self) -> float:
        return attempt_timeout(self._carrier, self._time_left())


def attempt_timeout(carrier: Carrier, time_left: float) -> float:
    """Seconds that one attempt may take, so that a silent exchange leaves time to ask."""
    return min(carrier.timeout, max(time_left * ATTEMPT_SHARE, LEAST_TIMEOUT))


async def correct_clock(carrier: Carrier, began: float, time_left: float) -> None:
    """Learn the exchange's time anew unless somebody has since, within the time left."""
    try:
        async with asyncio.timeout(time_left):
            await carrier.synchronise_since(began)
    except (PapiError, TimeoutError):
        pass  # the next attempt says what is wrong
