"""The terms on which the requests of one call go: by which way, in which lane, until when."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol

from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import PapiError, TimestampError
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.timekeeper import ATTEMPT_SHARE

LEAST_TIMEOUT: Final = 0.05
"""Seconds: what is given up before a round trip is over was sent in vain."""
END_WEIGHT: Final = 1000
"""Request weight that one call may spend on reading how orders ended that are closed for certain."""


class Asker(Protocol):
    """Whoever answers what became of an order: the resolver."""

    def ask(self, question: Any) -> asyncio.Future[Any]:
        """The order as it is now, or what a list tells of it."""
        ...


class Terms:
    """What all requests of one call share."""

    __slots__ = (
        "_loop",
        "_purse",
        "carrier",
        "ends_at",
        "is_bulk",
        "lane",
        "recv_window",
        "resolver",
    )

    def __init__(  # noqa: PLR0913 - the terms of one call
        self,
        carrier: Carrier,
        resolver: Asker,
        ends_at: float,
        *,
        lane: Lane = "cancel",
        is_bulk: bool = False,
        purse: list[int] | None = None,
        recv_window: int | None = None,
    ) -> None:
        self.carrier = carrier
        self.resolver = resolver
        self.ends_at = ends_at
        """Loop time."""
        self.lane: Lane = lane
        self.is_bulk = is_bulk
        self.recv_window = recv_window
        """In ms; the client's if None."""
        self._purse = [END_WEIGHT] if purse is None else purse
        self._loop = asyncio.get_running_loop()

    def until(self, ends_at: float, purse: list[int]) -> Terms:
        """The same with another deadline, loop time, and another purse, which many may share."""
        return Terms(
            self.carrier,
            self.resolver,
            ends_at,
            lane=self.lane,
            is_bulk=self.is_bulk,
            purse=purse,
            recv_window=self.recv_window,
        )

    def take_end_weight(self, weight: int) -> bool:
        """Take that from what the call may spend on reading how orders ended, if so much is left."""
        if weight > self._purse[0]:
            return False
        self._purse[0] -= weight
        return True

    def time_left(self) -> float:
        """Seconds until the deadline."""
        return self.ends_at - self._loop.time()

    def attempt_timeout(self) -> float:
        """Seconds that an attempt beginning now may take, so that a silent exchange leaves time to ask."""
        share, timeout = (self.ends_at - self._loop.time()) * ATTEMPT_SHARE, self.carrier.timeout
        if timeout <= share:  # nearly always, and min() and max() cost more than all the rest here
            return timeout
        return min(timeout, max(share, LEAST_TIMEOUT))

    async def correct_clock(self, error: TimestampError) -> None:
        """Learn the exchange's time anew in the time left, unless somebody has since that was signed."""
        try:
            async with asyncio.timeout(self.time_left()):
                await self.carrier.timekeeper.synchronise_since(error.signed_at)
        except (PapiError, TimeoutError):
            pass  # the next attempt says what is wrong
