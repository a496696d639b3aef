"""One request on its way: admitted, signed, sent once, accounted for, read."""

from __future__ import annotations

import asyncio
from asyncio import _get_running_loop as running_loop
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from binance_papi_async.declaring.request import Lane, Request
from binance_papi_async.endpoints.general import QueryServerTime, ServerTime
from binance_papi_async.errors import (
    BlockedError,
    ConnectError,
    PapiError,
    RateLimitedError,
    RefusedError,
    TimestampError,
    UnavailableError,
    UnknownOutcomeError,
)
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.pool import Permit
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
PATIENCE: Final = 61.0
"""Seconds that a question for the time waits to be sent: what a minute has spent is back by then, a ban is not over."""
ATTEMPT_SHARE: Final = 0.4
"""Share of the time left that one attempt may take: a silent exchange must leave time to ask again."""
ASKED_AGAIN: Final = (ConnectError, UnavailableError, UnknownOutcomeError)
"""Why it is asked again: nobody has answered."""


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
            async with asyncio.timeout(self.timeout if callable(timeout) else timeout):
                await self.synchronise_since(refused.signed_at)
        except (PapiError, TimeoutError):
            raise refused from None
        return await self.attempt(request, lane, max_wait, timeout, recv_window, within=within)

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

    async def attempt(  # noqa: PLR0913 - what, how urgent, and three bounds
        self,
        request: Request[R],
        lane: Lane,
        max_wait: float | None,
        timeout: float | Leaving,  # noqa: ASYNC109 - bounds the network part only
        recv_window: int | None = None,
        *,
        within: float | None = None,
    ) -> R:
        """Admit, sign, send once, and read the answer. The permit is settled, however it ends."""
        permit = self.admit_nowait(request, lane) or await self.admit(
            request, lane, max_wait, within
        )
        outgoing = self._prepare(request, permit, recv_window)
        sent = self.clock.now()
        if callable(timeout):
            timeout = timeout(outgoing, sent)
        try:
            answer = await self._transport.send(outgoing, timeout=timeout)
        except BaseException as error:
            if outgoing.has_left:
                permit.keep()
            else:
                permit.give_back()
            if isinstance(error, PapiError):
                error.request = request
            raise
        outgoing.answer = answer
        return self._read(request, answer, permit, sent)

    def admit_nowait(self, request: Request[R], lane: Lane) -> Permit | None:
        """Leave to send at once, None if there is something to wait for."""
        if running_loop() is not self.home.loop:
            raise self.home.objection()
        try:
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
            return await self._gate.acquire(
                request.weight, request.endpoint.orders, lane, max_wait=max_wait, within=within
            )
        except PapiError as error:
            error.request = request
            raise

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
                await self.attempt(
                    request, "cancel", None, timeout or self.timeout, within=PATIENCE
                )
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
            error.request = request
            if isinstance(error, BlockedError):
                if error.is_passing:
                    self._limiter.pool.block()
            else:
                self._limiter.pool.let_through()
            if isinstance(error, RateLimitedError):
                self._obey(error, permit, headers)  # before the permit lets anybody else go
            elif isinstance(error, TimestampError):
                error.signed_at = sent
            raise
        finally:
            orders = None
            if permit.orders is not None:
                orders = codec.used_orders(headers)
                self._limiter.notice(orders)
            permit.settle(codec.used_weight(headers), orders)
        self._limiter.pool.let_through()
        if isinstance(reply, ServerTime):
            time = reply.server_time / 1000
            self.clock.learn(time, time + MILLISECOND, sent=sent, received=received)
        return reply

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
