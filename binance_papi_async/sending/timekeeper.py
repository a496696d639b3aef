"""Asking the exchange for its time: as a client opens, after a timestamp called wrong, and when it is in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints.general import Ping, QueryServerTime
from binance_papi_async.errors import (
    ConnectError,
    PapiError,
    RefusedError,
    ServerError,
    UnavailableError,
    UnknownOutcomeError,
)

PAUSES: Final = (0.1, 0.2, 0.4, 0.8)
"""Seconds before the exchange is asked for its time again, when a client opens."""
ATTEMPT_SHARE: Final = 0.4
"""Share of the time left that one attempt may take: a silent exchange must leave time to ask again."""
ASKED_AGAIN: Final = (ConnectError, UnavailableError, UnknownOutcomeError)
"""Why it is asked again: nobody has answered."""
MOST_ASKED: Final = 4
"""How often the exchange is asked for its time at once: two answers must agree, and one of the others may lie."""
RELEARNING: Final = 1.0
"""Seconds that a request waits for the exchange's time to be learned anew before it leaves with what is known."""
RELEARNING_PAUSE: Final = 5.0
"""Seconds before that is tried again, if it was in vain: meanwhile the exchange says itself what is too old."""


class Timekeeper:
    """Asks for the exchange's time; the clock learns from the answers as from any others.

    ``ask`` sends a question, given the seconds it may take, and raises what a request raises.
    """

    def __init__(
        self, clock: Clock, ask: Callable[[Request[Any], float], Awaitable[None]], timeout: float
    ) -> None:
        self._clock = clock
        self._ask = ask
        self._timeout = timeout
        self._synchronising = asyncio.Lock()
        self._synchronised_at = self._in_vain_at = float("-inf")

    async def synchronise_at_last(self) -> None:
        """Learn the exchange's time, asking again if a connection or a reply is lost, within ``timeout``."""
        ends_at = self._clock.now() + self._timeout
        for pause in PAUSES:
            left = ends_at - self._clock.now()
            try:
                return await self.synchronise(left * ATTEMPT_SHARE)
            except ASKED_AGAIN:
                if ends_at - self._clock.now() <= pause:
                    raise
            await asyncio.sleep(pause)
        return await self.synchronise(ends_at - self._clock.now())

    async def synchronise(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - of each question
        """Learn the exchange's time anew, from its own word or from the date of its answers. Weight 2 to 4.

        The first question opens a connection, so the second knows better;
        another is asked while they do not agree, or agree on little.
        """
        self._clock.forget()
        question: Request[Any] = QueryServerTime()
        for asked in range(1, MOST_ASKED + 1):
            is_lost = False
            try:
                await self._ask(question, timeout or self._timeout)
            except (RefusedError, UnknownOutcomeError) as error:
                is_lost = not isinstance(error, RefusedError | ServerError)
                if not self._clock.is_synchronised and (is_lost or isinstance(question, Ping)):
                    raise
                question = Ping()  # the time call is undocumented; every answer has a date
            if asked > 1 and (is_lost or self._clock.is_sure):
                break
        self._synchronised_at = self._clock.now()

    async def synchronise_since(self, began: float) -> None:
        """Synchronise, unless somebody else has since that reading of the clock."""
        async with self._synchronising:
            if self._synchronised_at < began:
                await self.synchronise()

    async def relearn(self, max_wait: float | None) -> None:
        """Learn the time that is in doubt, once for all who are about to sign; give up soon, as they have to leave."""
        patience = RELEARNING if max_wait is None else min(RELEARNING, max_wait)
        if patience <= 0:
            return
        try:
            async with asyncio.timeout(patience), self._synchronising:
                was_in_vain = self._clock.now() - self._in_vain_at < RELEARNING_PAUSE
                if was_in_vain or not self._clock.must_relearn():
                    return
                await self.synchronise()
        except (PapiError, TimeoutError):
            pass  # a timestamp that is wrong for that is refused, and corrected then
        if self._clock.must_relearn():
            self._in_vain_at = self._clock.now()
