"""One request on its way: admitted, signed, sent once, accounted for, read."""

from __future__ import annotations

import asyncio
from asyncio import _get_running_loop as running_loop
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from binance_papi_async.declaring.request import Lane, Request
from binance_papi_async.endpoints.general import QueryServerTime, ServerTime
from binance_papi_async.errors import (
    BlockedError,
    ConnectError,
    NotSentError,
    PapiError,
    RateLimitedError,
    RefusedError,
    TimestampError,
    UnavailableError,
    UnknownOutcomeError,
)
from binance_papi_async.journal import Journal
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter, Permit
from binance_papi_async.outcome import Done, NotSent, Refused
from binance_papi_async.sending.home import Home
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import Key

R = TypeVar("R")
Leaving: TypeAlias = Callable[[Outgoing, float], float]
"""Told what is about to leave and when, by the local clock; says how many seconds its reply may take."""

MILLISECOND: Final = 0.001
"""A server time is cut to whole milliseconds."""
_TIMESTAMP_CODE: Final = -1021
_TOO_MANY_ORDERS: Final = -1015
PAUSES: Final = (0.1, 0.2, 0.4, 0.8)
"""Seconds before the exchange is asked for its time again, when a client opens."""
ATTEMPT_SHARE: Final = 0.4
"""Share of the time left that one attempt may take: a silent exchange must leave time to ask again."""
ASKED_AGAIN: Final = (ConnectError, UnavailableError, UnknownOutcomeError)
"""Why it is asked again: nobody has answered."""


class Lost(NamedTuple):
    """How the reply to a request was lost that changes something and was only sent."""

    left_at: float
    """By the local clock."""
    recv_window: int
    """It was sent with that, in ms: so much later it may still arrive."""
    error: BaseException
    number: int | None
    """In the journal."""


class Carrier:
    """Carries requests to the exchange, and what their answers say to the clock and the limiter."""

    def __init__(  # noqa: PLR0913 - what a request needs on its way
        self,
        key: Key | None,
        limiter: Limiter,
        gate: Gate,
        transport: Transport,
        *,
        recv_window: int,
        timeout: float,
        max_reply_bytes: int | None,
    ) -> None:
        self.clock = limiter.clock
        self.timeout = timeout
        self.recv_window = recv_window
        self._key = key
        self._limiter = limiter
        self._gate = gate
        self._transport = transport
        self._max_reply_bytes = max_reply_bytes
        self._synchronising = asyncio.Lock()
        self._synchronised_at = float("-inf")
        self.home = Home()
        self.loose: dict[Outgoing, Request[Any]] = {}
        """Requests that change something, are under way, and are sent only: nobody finds out what becomes of them."""
        self.halted: str | None = None
        """Why no order is placed or changed any more."""
        self.on_lost: Callable[[Request[Any], Lost], None] = _forget
        """Told of one of those that left, and how its reply was lost."""
        self.journal: Journal | None = None
        """Where what is about to leave is written first."""

    def __repr__(self) -> str:
        state = "open" if self.home.is_open else "not open"
        return f"<Carrier: {state}, recv_window {self.recv_window} ms, timeout {self.timeout} s>"

    async def send(
        self,
        request: Request[R],
        *,
        timeout: float | Leaving,  # noqa: ASYNC109 - bounds the network part only
        max_wait: float | None,
        recv_window: int,
        lane: Lane,
    ) -> R:
        """Attempt it; a timestamp called wrong is corrected, and the request sent once more."""
        try:
            return await self.attempt(request, lane, max_wait, timeout, recv_window)
        except TimestampError as error:
            if error.code != _TIMESTAMP_CODE:
                raise
            refused = error
        try:
            async with asyncio.timeout(self.timeout if callable(timeout) else timeout):
                await self.synchronise_since(refused.signed_at)
        except (PapiError, TimeoutError):
            raise refused from None
        try:
            return await self.attempt(request, lane, max_wait, timeout, recv_window)
        except NotSentError:
            raise refused from None  # the first has left, and was refused

    async def read(
        self,
        request: Request[R],
        *,
        timeout: float,  # noqa: ASYNC109 - bounds the network part only
        max_wait: float,
        spend: Callable[[int], None],
    ) -> tuple[R, float]:
        """Resolve a doubt: the reply, and when it was asked for, after a wait for weight that may be long.

        ``spend`` is told the weight of all that was sent.
        """
        left: list[Outgoing] = []
        asked_at = 0.0

        def leaving(outgoing: Outgoing, now: float) -> float:
            nonlocal asked_at
            left.append(outgoing)
            asked_at = now
            return timeout

        try:
            reply = await self.send(
                request,
                timeout=leaving,
                max_wait=max_wait,
                recv_window=self.recv_window,
                lane="resolve",
            )
        finally:
            spend(request.weight * sum(each.has_left for each in left))
        return reply, asked_at

    async def attempt(  # noqa: PLR0913 - as one request has terms
        self,
        request: Request[R],
        lane: Lane,
        max_wait: float | None,
        timeout: float | Leaving,  # noqa: ASYNC109 - bounds the network part only
        recv_window: int | None = None,
        *,
        is_decided: bool = False,
    ) -> R:
        """Admit, sign, send once, and read the answer. The permit is settled, however it ends.

        ``is_decided`` if somebody finds out what becomes of it; else ``on_lost`` is told when nobody knows.
        """
        permit = self.admit_nowait(request, lane) or await self.admit(request, lane, max_wait)
        outgoing = self._prepare(request, permit, recv_window)
        sent = self.clock.now()
        is_loose = not is_decided and request.endpoint.is_change
        number = None
        try:
            if is_loose:
                number = self._begin_loose(request, outgoing)
            if callable(timeout):
                timeout = timeout(outgoing, sent)
            outgoing.answer = await self._transport.send(outgoing, timeout=timeout)
            reply = self._read(request, outgoing.answer, permit, sent)
        except BaseException as error:
            if outgoing.answer is None:
                if outgoing.has_left:
                    permit.keep()
                else:
                    permit.give_back()
            if isinstance(error, PapiError):
                error.request = request
            if is_loose:
                lost = Lost(sent, recv_window or self.recv_window, error, number)
                self._end_loose(request, outgoing, lost)
            raise
        finally:
            if is_loose:
                self.loose.pop(outgoing)
        if number is not None:
            self._record(number, Done(request, reply))
        return reply

    def admit_nowait(self, request: Request[R], lane: Lane) -> Permit | None:
        """Leave to send at once, None if there is something to wait for."""
        if running_loop() is not self.home.loop:
            raise self.home.objection()
        try:
            self._check_halted(request)
            return self._gate.acquire_nowait(request.weight, request.endpoint.orders, lane)
        except PapiError as error:
            error.request = request
            raise

    async def admit(self, request: Request[R], lane: Lane, max_wait: float | None) -> Permit:
        """Leave to send, after waiting for it ``max_wait`` seconds at most."""
        try:
            permit = await self._gate.acquire(
                request.weight, request.endpoint.orders, lane, max_wait=max_wait
            )
            try:
                self._check_halted(request)  # since it was granted
            except NotSentError:
                permit.give_back()
                raise
        except PapiError as error:
            error.request = request
            raise
        return permit

    def _check_halted(self, request: Request[Any]) -> None:
        if self.halted is not None and request.endpoint.orders:
            raise NotSentError(self.halted)

    def halt(self, reason: str | None) -> None:
        """Place and change no order from now on, and tell those that wait to be sent; None: go on."""
        self.halted = reason
        if reason is not None:
            self._gate.turn_away_orders(reason)

    async def synchronise_at_last(self) -> None:
        """Learn the exchange's time, asking again if a connection or a reply is lost, within ``timeout``."""
        ends_at = self.clock.now() + self.timeout
        for pause in PAUSES:
            left = ends_at - self.clock.now()
            try:
                return await self.synchronise(left * ATTEMPT_SHARE)
            except ASKED_AGAIN:
                if ends_at - self.clock.now() <= pause:
                    raise
            await asyncio.sleep(pause)
        return await self.synchronise(ends_at - self.clock.now())

    async def synchronise(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - of each question
        """Learn the exchange's time anew, from its own word and from the date of its answers. Weight 2.

        The first of two questions opens a connection, so the second knows better.
        """
        self.clock.forget()
        request = QueryServerTime()
        for _ in range(2):
            try:
                await self.attempt(request, "cancel", None, timeout or self.timeout)
            except (RefusedError, UnknownOutcomeError):
                # The time call is undocumented; whatever answers in its place carries a date.
                if not self.clock.is_synchronised:
                    raise
        self._synchronised_at = self.clock.now()

    async def synchronise_since(self, began: float) -> None:
        """Synchronise, unless somebody else has since that reading of the clock."""
        async with self._synchronising:
            if self._synchronised_at < began:
                await self.synchronise()

    def write(self, request: Request[Any]) -> int | None:
        """Its number in the journal, if there is one. Raises JournalError for what must not leave unwritten: all but cancels."""
        if self.journal is None:
            return None
        if request.endpoint.verb == "DELETE":
            return self.journal.begin_at_any_rate(request)
        return self.journal.begin(request)

    def _begin_loose(self, request: Request[Any], outgoing: Outgoing) -> int | None:
        """It is only sent: its number in the journal, if there is one. Raises JournalError if it cannot be written."""
        self.loose[outgoing] = request
        return self.write(request)

    def _end_loose(self, request: Request[Any], outgoing: Outgoing, lost: Lost) -> None:
        """It was only sent, and ended so."""
        if outgoing.has_left and not isinstance(lost.error, RefusedError):
            self.on_lost(request, lost)
        elif lost.number is not None:
            self._record(lost.number, _ended(request, lost.error))

    def _record(self, number: int, outcome: Done[Any] | Refused | NotSent) -> None:
        if self.journal is not None:
            self.journal.end(number, outcome)

    def _prepare(self, request: Request[R], permit: Permit, recv_window: int | None) -> Outgoing:
        """The request signed for this moment; the permit is given back if that cannot be."""
        try:
            outgoing = codec.prepare(
                request,
                self._key,
                timestamp_ms=self.clock.timestamp_ms(),
                recv_window=recv_window or self.recv_window,
            )
        except BaseException:
            permit.give_back()
            raise
        if self._max_reply_bytes is not None:
            outgoing.max_reply_bytes = self._max_reply_bytes
        return outgoing

    def _read(self, request: Request[R], answer: Answer, permit: Permit, sent: float) -> R:
        """The typed reply, or the error it is; the clock and the limiter learn from either."""
        headers, received = answer.headers, self.clock.now()
        date = codec.date(headers)
        if date is not None:
            self.clock.learn_date(date, sent=sent, received=received)
        try:
            reply = codec.read(request, answer)
        except PapiError as error:
            if isinstance(error, BlockedError):
                if error.is_passing:
                    self._limiter.block()
            else:
                self._limiter.let_through()
            if isinstance(error, RateLimitedError):
                self._obey(error, permit)  # before the permit lets anybody else go
            elif isinstance(error, TimestampError):
                error.signed_at = sent
            raise
        finally:
            orders = codec.used_orders(headers) if permit.orders else None
            permit.settle(codec.used_weight(headers), orders)
        if self._limiter.is_blocked:
            self._limiter.let_through()
        if isinstance(reply, ServerTime):
            time = reply.server_time / 1000
            self.clock.learn(time, time + MILLISECOND, sent=sent, received=received)
        return reply

    def _obey(self, error: RateLimitedError, permit: Permit) -> None:
        """Close the pool as a 429 asks, or for the length of a ban."""
        if error.is_ban:
            self._limiter.ban(error.until, error.retry_after)
        elif error.code == _TOO_MANY_ORDERS and permit.orders is not None:
            self._limiter.close_orders_for(error.retry_after)
        else:
            self._limiter.close_for(error.retry_after)


def _forget(_request: Request[Any], _lost: Lost) -> None:
    """Nobody wants to know."""


def _ended(request: Request[Any], error: BaseException) -> Refused | NotSent:
    """What became of a request that was refused, or did not leave."""
    if isinstance(error, RefusedError):
        return Refused(request, error)
    not_sent = error if isinstance(error, NotSentError) else NotSentError("nobody waits for it")
    return NotSent(request, not_sent)
