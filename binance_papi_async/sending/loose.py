"""Requests that change something and are only sent: nobody finds out by himself what became of them.

They stand in the journal as all others do, and whoever keeps the doubts is told of those whose reply is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

from binance_papi_async.clock import Clock, Left
from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import NotSentError, RefusedError
from binance_papi_async.journal import Journal
from binance_papi_async.outcome import Done, NotSent, Refused
from binance_papi_async.wire.message import Outgoing


class Lost(NamedTuple):
    """How the reply was lost to a request that was only sent."""

    left_at: float
    """By the local clock."""
    recv_window: int
    """It was sent with that, in ms: so much later it may still arrive."""
    error: BaseException
    number: int | None = None
    """In the journal."""
    earliest: float = -inf
    """When it left by the exchange's clock, epoch seconds, as it was known then; so is ``latest``."""
    latest: float = inf


class Loose:
    """Those of one client that are under way."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way: dict[Outgoing, tuple[Request[Any], int | None, Left]] = {}
        """With their numbers in the journal, and when they left."""
        self._all_ended: asyncio.Future[None] | None = None
        """What closing waits for."""
        self.on_lost: Callable[[Request[Any], Lost], None] = _forget
        """Told of one that left, and how its reply was lost."""
        self.journal: Journal | None = None

    @property
    def under_way(self) -> list[Request[Any]]:
        """Those that have left, or are about to."""
        return [each for each, *_ in self._under_way.values()]

    @property
    def in_flight(self) -> list[Request[Any]]:
        """Those that have left."""
        return [each for outgoing, (each, *_) in self._under_way.items() if outgoing.has_left]

    def write(self, request: Request[Any], recv_window: int) -> int | None:
        """Its number in the journal, if there is one. Raises JournalError for what must not leave unwritten: all but cancels."""
        if self.journal is None:
            return None
        if request.endpoint.verb == "DELETE":
            return self.journal.begin_at_any_rate(request, recv_window=recv_window)
        return self.journal.begin(request, recv_window=recv_window)

    def begin(self, request: Request[Any], outgoing: Outgoing, recv_window: int) -> None:
        """It is about to leave, with that in ms. Raises JournalError as ``write``."""
        left = self._clock.left(self._clock.now())
        self._under_way[outgoing] = (request, self.write(request, recv_window), left)

    async def let_end(self, patience: float) -> None:
        """Wait until those under way have heard that the transport is closed, so many seconds at most."""
        if not self._under_way:
            return
        self._all_ended = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._all_ended], timeout=patience)

    def end(self, outgoing: Outgoing, reply: object) -> None:
        """It was answered so."""
        request, number, _ = self._take_out(outgoing)
        if number is not None and self.journal is not None:
            self.journal.end(number, Done(request, reply))

    def fail(self, outgoing: Outgoing, lost: Lost) -> None:
        """It ended so; nothing if it was not begun."""
        if outgoing not in self._under_way:
            return
        request, number, (_, earliest, latest) = self._take_out(outgoing)
        if outgoing.has_left and not isinstance(lost.error, RefusedError):
            self.on_lost(request, lost._replace(number=number, earliest=earliest, latest=latest))
        elif number is not None and self.journal is not None:
            self.journal.end(number, _ended(request, lost.error))

    def _take_out(self, outgoing: Outgoing) -> tuple[Request[Any], int | None, Left]:
        taken = self._under_way.pop(outgoing)
        if self._all_ended is not None and not self._under_way and not self._all_ended.done():
            self._all_ended.set_result(None)
        return taken


def _forget(_request: Request[Any], _lost: Lost) -> None:
    """Nobody wants to know."""


def _ended(request: Request[Any], error: BaseException) -> Refused | NotSent:
    """What became of a request that was refused, or did not leave."""
    if isinstance(error, RefusedError):
        return Refused(request, error)
    not_sent = error if isinstance(error, NotSentError) else NotSentError("nobody waits for it")
    return NotSent(request, not_sent)
