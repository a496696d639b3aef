"""The door on the loopback: a real server, so that real sockets fail in real ways.

It never logs a request: the address of a signed request holds its signature.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import struct
from http import HTTPStatus
from typing import Final

from aiohttp import web

from binance_papi_async.simulator.doors.door import Door
from binance_papi_async.simulator.exchange import Exchange
from binance_papi_async.simulator.faulting.faults import Delivery
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.wire.message import Answer

HOST: Final = "127.0.0.1"
BACKLOG: Final = 1024
FAREWELL: Final = 0.2
"""Seconds that calls under way have to end when the server stops."""
NOT_HTTP: Final = b"\x15\x03\x01 this is not HTTP\r\n\r\n"
_log = logging.getLogger(__name__)
STRAY: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
"""A reply nobody asked for: who takes it for the next one's is wrong."""
_LINGER_ZERO: Final = struct.pack("ii", 1, 0)
"""Makes the end of a connection a reset."""


class ExchangeServer(Door):
    """Serves an exchange on 127.0.0.1, plain or with TLS.

    ``port`` 0 takes a free one. ``keepalive`` is how many seconds an idle connection is kept.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        keepalive: float = 75.0,
    ) -> None:
        super().__init__(exchange)
        self._port = port
        self._ssl = ssl_context
        self._keepalive = keepalive
        self.accepted = 0
        """How many connections were accepted, refused ones included."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    async def start(self) -> None:
        """Listen."""
        self._stopping = asyncio.Event()
        silent = logging.getLogger("binance_papi_async.simulator.silent")
        silent.disabled = True  # aiohttp would log malformed requests, signature and all
        self._http = web.Server(
            self._respond,
            handler_cancellation=True,
            access_log=None,
            logger=silent,
            keepalive_timeout=self._keepalive,
        )
        self._socket = socket.create_server((HOST, self._port), backlog=BACKLOG)
        self._socket.setblocking(False)
        self._port = int(self._socket.getsockname()[1])
        self._accepting = self._spawn(self._accept())

    async def stop(self) -> None:
        """Stop within a second, whoever is still connected."""
        self._stopping.set()
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        self._socket.close()
        await self._http.shutdown(FAREWELL)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._socket)
            self.accepted += 1
            if self._is_refused():
                connection.close()
            else:
                _ = self._spawn(self._serve(connection))

    async def _serve(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(self._http, connection, ssl=self._ssl)
        except OSError:  # a handshake that failed is the client's affair
            connection.close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.text() if request.can_read_body else ""
        visit = self._exchange.receive(
            request.method, request.raw_path, request.headers, request.remote or HOST, body=body
        )
        try:
            answer = await self._answered(visit)
        except Exception:
            _log.exception("%r broke the simulated exchange", visit)
            raise
        return await self._deliver(request, visit, answer)

    async def _deliver(
        self, request: web.BaseRequest, visit: Visit, answer: Answer
    ) -> web.StreamResponse:
        response = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        transport = request.transport
        if visit.delivery is Delivery.WHOLE or transport is None:
            return response
        if visit.delivery is Delivery.STRAY:
            await response.prepare(request)
            await response.write_eof()
            transport.write(STRAY)
        elif visit.delivery is Delivery.SILENCE:
            await self._stopping.wait()
            transport.abort()
        elif visit.delivery is Delivery.RESET:
            _reset(transport)
        else:
            transport.write(_beginning(visit, answer))
            transport.close()
        return response


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()


def _beginning(visit: Visit, answer: Answer) -> bytes:
    """What still arrives of an answer before the connection ends."""
    if visit.delivery is Delivery.CLOSE:
        return b""
    if visit.delivery is Delivery.GARBAGE:
        return NOT_HTTP
    head = _head(answer)
    if visit.delivery is Delivery.CUT_HEAD:
        return head[: min(visit.cut, len(head) - 1)]
    return head + answer.body[: min(visit.cut, max(0, len(answer.body) - 1))]


def _head(answer: Answer) -> bytes:
    fields = {**answer.headers, "Content-Length": str(len(answer.body))}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii")
