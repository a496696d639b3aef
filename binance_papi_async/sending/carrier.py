"""One request on its way: admitted, signed, sent once, accounted for, read."""

from __future__ import annotations

import asyncio
from asyncio import _get_running_loop as running_loop
from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

from binance_papi_async.declaring.request import Lane, Request
from binance_papi_async.endpoints.general import QueryServerTime, ServerTime
from binance_papi_async.errors import (
    BlockedError,
    NotSentError,
    PapiError,
    RateLimitedError,
    TimestampError,
)
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter, Permit
from binance_papi_async.sending.home import Home
from binance_papi_async.sending.loose import Loose, Lost
from binance_papi_async.sending.timekeeper import Timekeeper
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import Key

R = TypeVar("R")
Leaving: TypeAlias = Callable[[Outgoing, float], float]
"""Told what is about to leave and when, by the local clock; says how many seconds its reply may take."""

MILLISECOND: Final = 0.001
"""A server time is cut to whole milliseconds."""
_OK: Final = 200
_TIMESTAMP_CODE: Final = -1021
_TOO_MANY_ORDERS: Final = -1015


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
        self.timekeeper = Timekeeper(self.clock, self._ask, timeout)
        self.home = Home()
        self.loose = Loose()
        self.halted: str | None = None
        """Why no order is placed or changed any more."""

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
                await self.timekeeper.synchronise_since(refused.signed_at)
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

        ``is_decided`` if somebody finds out what becomes of it; else it is one of the loose.
        """
        permit = self.admit_nowait(request, lane)
        if permit is None or self._must_relearn(request):
            permit = await self._admit_at_last(request, lane, max_wait, permit)
        outgoing = self._prepare(request, permit, recv_window)
        sent = self.clock.now()
        loose = None if is_decided or not request.endpoint.is_change else self.loose
        try:
            if loose is not None:
                loose.begin(request, outgoing)
            if callable(timeout):
                timeout = timeout(outgoing, sent)
            outgoing.answer = await self._transport.send(outgoing, timeout=timeout)
            reply = self._read(request, outgoing.answer, permit, sent)
        except BaseException as error:
            if outgoing.answer is None:
                _end(permit, outgoing)
            if isinstance(error, PapiError):
                error.request = request
            if loose is not None:
                loose.fail(outgoing, Lost(sent, recv_window or self.recv_window, error))
            raise
        if loose is not None:
            loose.end(outgoing, reply)
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

    def _must_relearn(self, request: Request[R]) -> bool:
        """Whether it is to be signed with a time that is in doubt."""
        return request.endpoint.security == "signed" and self.clock.must_relearn()

    async def _admit_at_last(
        self, request: Request[R], lane: Lane, max_wait: float | None, permit: Permit | None
    ) -> Permit:
        """Leave to send, after a wait for it, and for the exchange's time if that is in doubt.

        With another time the minute may be another one, too: then leave is asked for anew.
        """
        began = self.clock.now()
        if permit is None:
            permit = await self.admit(request, lane, max_wait)
            if not self._must_relearn(request):
                return permit
        permit.give_back()
        left = _left(max_wait, self.clock.now() - began)
        await self.timekeeper.relearn(left)
        left = _left(max_wait, self.clock.now() - began)
        return self.admit_nowait(request, lane) or await self.admit(request, lane, left)

    async def _ask(self, request: Request[Any], timeout: float) -> None:  # noqa: ASYNC109 - bounds the network part only
        """Ask for the time, ahead of everything but urgent cancels: nothing can be signed without it."""
        await self.attempt(request, "cancel", None, timeout)

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
        weight = codec.used_weight(headers)
        # Only the exchange counts weight: a page from in front of it has a clock of its own.
        # And a reply that is the time says it better than its date; both would be two votes of one answer.
        tells_time = request.endpoint is QueryServerTime.endpoint and answer.status == _OK
        if weight is not None and not tells_time:
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
            permit.settle(weight, orders)
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


def _left(max_wait: float | None, waited: float) -> float | None:
    """What is left of a wait."""
    return None if max_wait is None else max(0.0, max_wait - waited)


def _end(permit: Permit, outgoing: Outgoing) -> None:
    """It was not answered."""
    if outgoing.has_left:
        permit.keep()
    else:
        permit.give_back()
