"""One request on its way: admitted, signed, sent once, accounted for, read."""

from __future__ import annotations

import asyncio
from asyncio import _get_running_loop as running_loop
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from binance_papi_async.clock import MILLISECOND
from binance_papi_async.declaring.request import Lane, Request
from binance_papi_async.endpoints.general import QueryServerTime, ServerTime
from binance_papi_async.errors import (
    BlockedError,
    NotSentError,
    PapiError,
    RateLimitedError,
    TimestampError,
)
from binance_papi_async.limits.gate import Gate, least
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.pool import Permit
from binance_papi_async.sending.home import Home
from binance_papi_async.sending.loose import Loose, Lost
from binance_papi_async.sending.timekeeper import RELEARNING, Timekeeper
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import Key

R = TypeVar("R")
Leaving: TypeAlias = Callable[[Outgoing, float], float]
"""Told what is about to leave and when, by the local clock; says how many seconds its reply may take."""

PATIENCE: Final = 61.0
"""Seconds that a question for the time waits to be sent: what a minute has spent is back by then, a ban is not over."""
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
        self.loose = Loose(self.clock)
        self.halted: str | None = None
        """Why no order is placed or changed any more."""

    def __repr__(self) -> str:
        state = "open" if self.home.is_open else "not open"
        return f"<Carrier: {state}, recv_window {self.recv_window} ms, timeout {self.timeout} s>"

    async def send(  # noqa: PLR0913 - how urgent, and four bounds
        self,
        request: Request[R],
        *,
        timeout: float | Leaving,  # noqa: ASYNC109 - bounds the network part only
        max_wait: float | None,
        recv_window: int,
        lane: Lane,
        within: float | None = None,
    ) -> R:
        """Attempt it; a timestamp called wrong is corrected, and the request sent once more.

        It waits at most ``max_wait`` seconds for weight and orders, and at most ``within`` for a connection as well.
        """
        try:
            return await self.attempt(request, lane, max_wait, timeout, recv_window, within=within)
        except TimestampError as error:
            if error.code != _TIMESTAMP_CODE:
                raise
            refused = error
        try:
            patience = self.timeout if callable(timeout) else timeout
            async with asyncio.timeout(
                min(patience, RELEARNING) if request.endpoint.orders else patience
            ):
                await self.timekeeper.synchronise_since(refused.signed_at)
        except (PapiError, TimeoutError):
            raise refused from None
        try:
            return await self.attempt(request, lane, max_wait, timeout, recv_window, within=within)
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

        ``max_wait`` seconds bound the whole wait, also for a connection; ``spend`` is told the weight of all that was sent.
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
                max_wait=None,
                recv_window=self.recv_window,
                lane="resolve",
                within=max_wait,
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
        within: float | None = None,
        is_decided: bool = False,
    ) -> R:
        """Admit, sign, send once, and read the answer. The permit is settled, however it ends.

        ``is_decided`` if somebody finds out what becomes of it; else it is one of the loose.
        """
        permit = self.admit_nowait(request, lane)
        if permit is None or self._must_relearn(request):
            permit = await self._admit_at_last(request, lane, max_wait, within, permit)
        outgoing = self._prepare(request, permit, recv_window)
        sent = self.clock.now()
        loose = None if is_decided or not request.endpoint.is_change else self.loose
        try:
            if loose is not None:
                loose.begin(request, outgoing, recv_window or self.recv_window)
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
            if self.halted is not None:
                self._check_halted(request)
            return self._gate.acquire_nowait(request.weight, request.endpoint.orders, lane)
        except PapiError as error:
            error.request = request
            raise

    async def admit(
        self,
        request: Request[R],
        lane: Lane,
        max_wait: float | None,
        within: float | None = None,
    ) -> Permit:
        """Leave to send, after waiting ``max_wait`` seconds at most for weight and orders, ``within`` for everything."""
        try:
            permit = await self._gate.acquire(
                request.weight, request.endpoint.orders, lane, max_wait=max_wait, within=within
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
        self,
        request: Request[R],
        lane: Lane,
        max_wait: float | None,
        within: float | None,
        permit: Permit | None,
    ) -> Permit:
        """Leave to send, after a wait for it, and for the exchange's time if that is in doubt.

        With another time the minute may be another one, too: then leave is asked for anew.
        """
        began = self.clock.now()
        if permit is None:
            permit = await self.admit(request, lane, max_wait, within)
            if not self._must_relearn(request):
                return permit
        permit.give_back()
        waited = self.clock.now() - began
        # Who will not wait for weight at all still needs the time: a second at most.
        await self.timekeeper.relearn(least(_left(max_wait or None, waited), _left(within, waited)))
        if (again := self.admit_nowait(request, lane)) is not None:
            return again
        waited = self.clock.now() - began
        return await self.admit(request, lane, _left(max_wait, waited), _left(within, waited))

    async def _ask(self, request: Request[Any], timeout: float) -> None:  # noqa: ASYNC109 - bounds the network part only
        """Ask for the time, ahead of everything but urgent cancels: nothing can be signed without it."""
        await self.attempt(request, "cancel", None, timeout, within=PATIENCE)

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
            self._learn_error(error, permit, headers)  # before the permit lets anybody else go
            if isinstance(error, TimestampError):
                error.signed_at = sent
            raise
        finally:
            orders = None
            if permit.orders is not None:
                orders = codec.used_orders(headers)
                self._limiter.notice(orders)
            permit.settle(weight, orders)
        if self._limiter.pool.is_blocked:
            self._limiter.pool.let_through()
        if isinstance(reply, ServerTime):
            time = reply.server_time / 1000
            self.clock.learn(time, time + MILLISECOND, sent=sent, received=received)
        return reply

    def _learn_error(self, error: PapiError, permit: Permit, headers: Mapping[str, str]) -> None:
        """What an answer that is an error says about sending at all."""
        if isinstance(error, BlockedError):
            if error.is_passing:
                self._limiter.pool.block()
            return
        self._limiter.pool.let_through()
        if isinstance(error, RateLimitedError):
            self._obey(error, permit, headers)

    def _obey(self, error: RateLimitedError, permit: Permit, headers: Mapping[str, str]) -> None:
        """Close the pool as a 429 asks, or for the length of a ban."""
        if error.is_ban:
            self._limiter.pool.ban(error.until, error.retry_after)
        elif error.code == _TOO_MANY_ORDERS and permit.orders is not None:
            self._limiter.close_orders_for(
                error.retry_after,
                window=error.window,
                limit=error.limit,
                counts=codec.used_orders(headers),
            )
        else:
            self._limiter.pool.close_for(error.retry_after)


def _left(max_wait: float | None, waited: float) -> float | None:
    """What is left of a wait."""
    return None if max_wait is None else max(0.0, max_wait - waited)


def _end(permit: Permit, outgoing: Outgoing) -> None:
    """It was not answered."""
    if outgoing.has_left:
        permit.keep()
    else:
        permit.give_back()
