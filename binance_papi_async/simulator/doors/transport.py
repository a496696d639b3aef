"""The door inside the process: calls to an ``Exchange`` without a socket.

Waiting is the running loop's, so on a ``HeldLoop`` it takes no time.
Every fault comes out as the error that a real connection would give.
"""

from __future__ import annotations

import asyncio
from typing import Final

from multidict import CIMultiDict

from binance_papi_async.errors import (
    ConnectError,
    ConnectionLostError,
    ReplyDecodeError,
    ReplyTimeoutError,
)
from binance_papi_async.simulator.doors.door import Door
from binance_papi_async.simulator.exchange import Exchange
from binance_papi_async.simulator.faulting.faults import Delivery
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.simulator.world.truth import HOME_IP
from binance_papi_async.wire.message import Answer, Outgoing

_LOST: Final = frozenset({Delivery.CLOSE, Delivery.RESET, Delivery.CUT_HEAD, Delivery.CUT_BODY})


class InProcessTransport(Door):
    """Carries requests to an exchange in the same process; a ``transport.base.Transport``.

    A refused connection fails a call with ConnectError, before anything leaves.
    """

    def __init__(self, exchange: Exchange, *, ip: str = HOME_IP) -> None:
        super().__init__(exchange)
        self._ip = ip
        self._is_closed = False

    async def open(self) -> None:
        """Nothing to get ready."""
        self._is_closed = False

    async def warm_up(self, connections: int) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Send nothing more; what has left is still carried out."""
        self._is_closed = True

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol says
        """Hand the request to the exchange once, and return the whole answer."""
        self._check_connection()
        outgoing.has_left = True
        headers = {} if outgoing.api_key is None else {"X-MBX-APIKEY": outgoing.api_key}
        visit = self._exchange.receive(outgoing.method, outgoing.target, headers, self._ip)
        try:
            async with asyncio.timeout(timeout):
                answer = await self._answered(visit)
                if visit.delivery is Delivery.SILENCE:
                    await asyncio.get_running_loop().create_future()
        except TimeoutError:
            raise ReplyTimeoutError(
                f"{outgoing!r} was not answered within {timeout:.3g} s"
            ) from None
        return _delivered(visit, answer, outgoing)

    def _check_connection(self) -> None:
        if self._is_closed:
            raise ConnectError("the transport is closed")
        if self._is_refused():
            raise ConnectError("the simulated exchange refuses connections")


def _delivered(visit: Visit, answer: Answer, outgoing: Outgoing) -> Answer:
    if visit.delivery in _LOST:
        raise ConnectionLostError(f"the connection ended before {outgoing!r} was answered in full")
    if visit.delivery is Delivery.GARBAGE:
        raise ReplyDecodeError(f"{outgoing!r} was answered with bytes that are not HTTP")
    if len(answer.body) > outgoing.max_reply_bytes:
        raise ReplyDecodeError(
            f"{outgoing!r} was answered with more than {outgoing.max_reply_bytes} bytes",
            status=answer.status,
            body=answer.body[: outgoing.max_reply_bytes],
        )
    return Answer(answer.status, CIMultiDict(answer.headers), answer.body)
