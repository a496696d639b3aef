"""One request on its way: admitted, signed, sent once, accounted for, read."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

from binance_papi_async.endpoints.general import QueryServerTime, ServerTime
from binance_papi_async.errors import (
    PapiError,
    RateLimitedError,
    RefusedError,
    TimestampError,
    UnknownOutcomeError,
)
from binance_papi_async.limits.gate import Gate, Permit
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.request import Lane, Request
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import Key

R = TypeVar("R")

_MILLISECOND: Final = 0.001
"""A server time is cut to whole milliseconds."""
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
        self._synchronising = asyncio.Lock()
        self._synchronised_at = float("-inf")
        self.is_open = False

    async def send(
        self,
        request: Request[R],
        *,
        timeout: float,  # noqa: ASYNC109 - bounds the network part only
        max_wait: float | None,
        recv_window: int,
        lane: Lane,
    ) -> R:
        """Admit and carry; a timestamp called wrong is corrected, and the request sent once more."""
        began = self.clock.now()
        try:
            permit = self.admit_nowait(request, lane) or await self.admit(request, lane, max_wait)
            return await self.carry(request, permit, timeout=timeout, recv_window=recv_window)
        except TimestampError as error:
            if error.code != _TIMESTAMP_CODE:
                raise
            refused = error
        try:
            async with asyncio.timeout(timeout):
                await self.synchronise_since(began)
        except (PapiError, TimeoutError):
            raise refused from None
        permit = await self.admit(request, lane, max_wait)
        return await self.carry(request, permit, timeout=timeout, recv_window=recv_window)

    def admit_nowait(self, request: Request[R], lane: Lane) -> Permit | None:
        """Leave to send at once, None if there is something to wait for."""
        if not self.is_open:
            raise RuntimeError("enter the client first: async with PapiClient(...) as papi")
        try:
            return self._gate.acquire_nowait(request.weight, request.endpoint.orders, lane)
        except PapiError as error:
            error.request = request
            raise

    async def admit(self, request: Request[R], lane: Lane, max_wait: float | None) -> Permit:
        """Leave to send, after waiting for it ``max_wait`` seconds at most."""
        try:
            return await self._gate.acquire(
                request.weight, request.endpoint.orders, lane, max_wait=max_wait
            )
        except PapiError as error:
            error.request = request
            raise

    async def carry(
        self,
        request: Request[R],
        permit: Permit,
        *,
        timeout: float,  # noqa: ASYNC109 - bounds the network part only
        recv_window: int,
    ) -> R:
        """Sign, send once, and read. The permit is settled, however it ends."""
        outgoing = None
        try:
            outgoing = self._prepare(request, recv_window)
            sent = self.clock.now()
            answer = await self._transport.send(outgoing, timeout=timeout)
        except BaseException as error:
            if outgoing is not None and outgoing.has_left:
                permit.keep()
            else:
                permit.give_back()
            if isinstance(error, PapiError):
                error.request = request
            raise
        return self._read(request, answer, permit, sent)

    async def synchronise(self) -> None:
        """Learn the exchange's time anew, from its own word and from the date of its answers. Weight 2.

        The first of two questions opens a connection, so the second knows better.
        """
        self.clock.forget()
        request = QueryServerTime()
        for _ in range(2):
            try:
                permit = await self.admit(request, "cancel", None)
                await self.carry(
                    request, permit, timeout=self.timeout, recv_window=self.recv_window
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

    def _prepare(self, request: Request[R], recv_window: int) -> Outgoing:
        outgoing = codec.prepare(
            request, self._key, timestamp_ms=self.clock.timestamp_ms(), recv_window=recv_window
        )
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
            if isinstance(error, RateLimitedError):
                self._obey(error, permit)  # before the permit lets anybody else go
            raise
        finally:
            orders = codec.used_orders(headers) if permit.orders else None
            permit.settle(codec.used_weight(headers), orders)
        if isinstance(reply, ServerTime):
            time = reply.server_time / 1000
            self.clock.learn(time, time + _MILLISECOND, sent=sent, received=received)
        return reply

    def _obey(self, error: RateLimitedError, permit: Permit) -> None:
        """Close the pool as a 429 asks, or for the length of a ban."""
        if error.is_ban:
            self._limiter.ban(error.until, error.retry_after)
        elif error.code == _TOO_MANY_ORDERS and permit.orders is not None:
            self._limiter.close_orders_for(error.retry_after)
        else:
            self._limiter.close_for(error.retry_after)
