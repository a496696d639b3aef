"""The floor: the least that any client in Python could do for a cancel.

A bare asyncio protocol, no HTTP library, nothing that makes it safe to use:
it signs, writes, cuts the body off the answer and decodes it into the same typed reply.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from msgspec import json

from binance_papi_async.cli.benchmark.contestants import CONNECTIONS, Cancel, Target
from binance_papi_async.cli.benchmark.stand_in import API_KEY, SECRET, SYMBOL
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder

_decode = json.Decoder(CanceledMarginOrder).decode
_TAIL = (
    f" HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nX-MBX-APIKEY: {API_KEY}\r\n\r\n"
)


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.waiter: asyncio.Future[bytes] | None = None
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        body = data.find(b"\r\n\r\n") + 4
        at = data.find(b"Content-Length: ") + 16
        if body == 3 or len(data) < body + int(data[at : data.index(b"\r", at)]):  # noqa: PLR2004
            self._received = data
            return
        self._received = b""
        waiter = self.waiter
        assert waiter is not None  # noqa: S101 - for the checker
        waiter.set_result(data[body:])


class _Pool:
    """Opens a connection when none is idle; at the limit, callers wait in turn."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.base_url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._ssl = ssl.create_default_context(cafile=target.ca_file) if target.ca_file else None
        self._loop = asyncio.get_running_loop()
        self._idle: list[_Connection] = []
        self._waiting: deque[asyncio.Future[_Connection]] = deque()
        self.connections: list[_Connection] = []
        self._left = CONNECTIONS
        self._mac = hmac.new(SECRET.encode(), digestmod=hashlib.sha256)

    async def cancel(self, order_id: int) -> CanceledMarginOrder:
        connection = self._idle.pop() if self._idle else await self._connection()
        query = f"symbol={SYMBOL}&orderId={order_id}&recvWindow=5000&timestamp={time.time_ns() // 10**6}"
        mac = self._mac.copy()
        mac.update(query.encode())
        waiter = connection.waiter = self._loop.create_future()
        connection.transport.write(
            f"DELETE /papi/v1/margin/order?{query}&signature={mac.hexdigest()}{_TAIL}".encode()
        )
        body = await waiter
        if self._waiting:
            self._waiting.popleft().set_result(connection)
        else:
            self._idle.append(connection)
        return _decode(body)

    async def _connection(self) -> _Connection:
        if self._left:
            self._left -= 1
            _, connection = await self._loop.create_connection(
                _Connection, self._host, self._port, ssl=self._ssl
            )
            self.connections.append(connection)
            return connection
        waiter: asyncio.Future[_Connection] = self._loop.create_future()
        self._waiting.append(waiter)
        return await waiter


@asynccontextmanager
async def floor(target: Target) -> AsyncGenerator[Cancel, None]:
    """Cancels over bare protocols."""
    pool = _Pool(target)
    try:
        yield pool.cancel
    finally:
        for connection in pool.connections:
            connection.transport.abort()
