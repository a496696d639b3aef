"""One kept-alive connection: a request out, its whole reply in, nothing behind it.

A channel carries one request at a time, and may carry another only after a whole reply
with nothing behind it. Whatever else happens, it closes, so a reply never reaches another caller.
"""

from __future__ import annotations

import asyncio
import select
import zlib
from collections.abc import Callable
from typing import Any, Final

from binance_papi_async.errors import (
    ConnectionLostError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
)
from binance_papi_async.transport.aiohttp_internals import (
    BaseProtocol,
    Connection,
    StreamReader,
    response_parser,
)
from binance_papi_async.transport.whole import whole_reply
from binance_papi_async.wire.message import Answer, Outgoing

BUFFER_BYTES: Final = 1 << 15
_SWITCHING_PROTOCOLS: Final = 101
_FIRST_FINAL_STATUS: Final = 200
_HEAD_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
_MAX_HEAD_BYTES: Final = 1 << 16
"""aiohttp bounds a line of the head; how many lines, only since 3.13."""
_MAX_FRAMING: Final = 8
"""Bytes on the wire per byte of a body: the smallest chunks take six."""
_WINDOW_BITS: Final = {"gzip": 31, "deflate": 15}
_RAW_DEFLATE: Final = -15
_ZLIB_METHOD: Final = 8


class Channel(BaseProtocol, asyncio.BufferedProtocol):
    """Takes an opened connection over from aiohttp, for its life.

    Buffered, because asyncio otherwise allocates 256 KiB for every read,
    which the C library may map and unmap each time (measured: 18 us a reply).
    """

    def __init__(
        self,
        connection: Connection,
        loop: asyncio.AbstractEventLoop,
        forget: Callable[[Channel], None],
    ) -> None:
        super().__init__(loop)
        self._connection = connection
        self._replies = response_parser(self, loop)
        self._forget = forget
        self._outgoing: Outgoing | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self.deadline = float("inf")
        """When the reply under way is given up, loop time."""
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self._message: Any = None
        self._payload: StreamReader | None = None
        self._head = b""
        self._received = 0
        self._poll: select.poll | None = None
        self._is_clean = True
        """Whether nothing came that does not belong to a reply."""

    def take_over(self) -> bool:
        """Become the protocol of the connection; False if that has ended already."""
        before, transport = self._connection.protocol, self._connection.transport
        if before is None or before.should_close or transport is None or transport.is_closing():
            self._connection.close()
            return False
        transport.set_protocol(self)
        self.connection_made(transport)
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        return True

    @property
    def can_carry(self) -> bool:
        """Whether another request may go on this connection."""
        transport = self.transport
        return (
            self._waiter is None
            and self._is_clean
            and transport is not None
            and not transport.is_closing()
        )

    def request(self, data: bytes, outgoing: Outgoing, deadline: float) -> asyncio.Future[Answer]:
        """Write a request; its reply comes as the future's result until ``deadline`` (loop time)."""
        waiter = self._waiter = self._loop.create_future()
        self._outgoing = outgoing
        self._message = self._payload = None
        self._head, self._received = b"", 0
        self.deadline = deadline
        outgoing.has_left = True
        assert self.transport is not None, "ask can_carry first"  # noqa: S101
        self.transport.write(data)
        return waiter

    def has_news(self) -> bool:
        """Whether something waits in the socket that the loop has not seen yet: mostly, its end."""
        if self._poll is not None:
            return bool(self._poll.poll(0))
        assert self.transport is not None, "ask can_carry first"  # noqa: S101
        socket = self.transport.get_extra_info("socket")
        return bool(select.select([socket.fileno()], [], [], 0)[0])

    def close(self) -> None:
        """End the connection at once; a reply still waited for is lost."""
        self._is_clean = False
        transport = self.transport
        if transport is not None:
            transport.abort()
        self._connection.close()
        self._fail(ConnectionLostError(f"{self._outgoing!r} was given up before it was answered"))

    def expire(self) -> None:
        """Its deadline has passed."""
        self._fail(ReplyTimeoutError(f"{self._outgoing!r} was not answered in time"))
        self.close()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Where the loop puts what it reads."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """The loop has read so much."""
        self.data_received(bytes(self._buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Bytes of a reply, split anywhere."""
        waiter, outgoing = self._waiter, self._outgoing
        if waiter is None or outgoing is None:
            self.close()  # nobody asked for this
            return
        if not self._received:
            answer = whole_reply(data, outgoing.max_reply_bytes)
            if answer is not None:
                self._rest()
                if not waiter.done():
                    waiter.set_result(answer)
                return
        self._received += len(data)
        try:
            messages, _, _ = self._replies.feed_data(data)
        except Exception as error:  # noqa: BLE001 - whatever the parser thinks of bytes, they are no reply
            self._fail(self._not_http(error))
            self.close()
            return
        if self._message is None:
            self._head += data
        for message, payload in messages:
            self._begin(message, payload)
        self._look(data)

    def pause_reading(self) -> None:
        """A reply is never held back: its size is bounded, and nobody reads it piecemeal."""

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002 - aiohttp's signature
        """Nothing was held back."""

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is gone; a reply that ends with it is whole now."""
        super().connection_lost(exc)
        self._is_clean = False
        if self._waiter is not None:
            self._end(exc)
        self._connection.close()
        self._forget(self)

    def _begin(self, message: Any, payload: StreamReader) -> None:
        """The head of a reply."""
        if message.code < _FIRST_FINAL_STATUS and message.code != _SWITCHING_PROTOCOLS:
            self._is_clean = False  # a 100 nobody asked for; what follows it is ours
        elif self._message is None:
            self._message, self._payload = message, payload
        else:
            self._is_clean = False  # a second reply, to nothing

    def _look(self, data: bytes) -> None:
        """Whether the reply is whole, or has become too large."""
        payload, outgoing = self._payload, self._outgoing
        if outgoing is None:
            return
        if payload is None:
            if len(self._head) > _MAX_HEAD_BYTES:
                self._fail(ReplyDecodeError(f"the head of the reply to {outgoing!r} has no end"))
                self.close()
            return
        error = payload.exception()
        if error is not None:
            self._fail(self._not_http(error))
            self.close()
        elif self._is_too_large(payload, outgoing.max_reply_bytes):
            self._fail(self._too_large(payload.read_nowait(-1), outgoing.max_reply_bytes))
            self.close()
        elif payload.is_eof():
            self._finish(payload, data)

    def _finish(self, payload: StreamReader, data: bytes) -> None:
        """Hand the reply over, and see whether anything came behind it."""
        message, waiter = self._message, self._waiter
        if message.should_close or message.upgrade or not self._ends_with(message, data):
            self._is_clean = False
        body = payload.read_nowait(-1)
        if message.compression is not None:
            inflated = self._inflated(body, message.compression)
            if isinstance(inflated, ReplyDecodeError):
                self._is_clean = False
                self._fail(inflated)
                return
            body = inflated
        self._rest()
        if waiter is not None and not waiter.done():
            waiter.set_result(Answer(message.code, message.headers, body))

    def _inflated(self, body: bytes, encoding: str) -> bytes | ReplyDecodeError:
        """A compressed body, never more of it than may be; or what is wrong with it."""
        assert self._outgoing is not None, "a reply answers a request"  # noqa: S101
        limit = self._outgoing.max_reply_bytes
        bits = _WINDOW_BITS.get(encoding)
        if bits is None:
            return self._not_http(ValueError(encoding))
        if encoding == "deflate" and body and body[0] & 0xF != _ZLIB_METHOD:
            bits = _RAW_DEFLATE  # what many servers mean by it
        inflating = zlib.decompressobj(bits)
        try:
            inflated = inflating.decompress(body, limit + 1)
        except zlib.error as error:
            return self._not_http(error)
        if len(inflated) > limit:
            return self._too_large(inflated, limit)
        if body and (not inflating.eof or inflating.unused_data):
            return self._not_http(EOFError())
        return inflated

    def _ends_with(self, message: Any, data: bytes) -> bool:
        """Whether the bytes received end where the reply does: the parser keeps silent about a few more."""
        if message.chunked:
            return data.endswith(_LAST_CHUNK[-len(data) :])
        length = message.headers.get("Content-Length", "0")
        head = self._head.find(_HEAD_END) + len(_HEAD_END)
        return length.isdigit() and self._received == head + int(length)

    def _end(self, exc: BaseException | None) -> None:
        try:
            self._replies.feed_eof()
        except Exception as error:  # noqa: BLE001 - a reply that was cut off, however the parser says it
            exc = exc or error
        payload = self._payload
        if exc is None and payload is not None and payload.is_eof():
            self._finish(payload, b"")
        else:
            reason = "" if exc is None else f": {type(exc).__name__}"
            self._fail(
                ConnectionLostError(
                    f"the connection was lost before {self._outgoing!r} was answered{reason}"
                )
            )

    def _fail(self, error: PapiError) -> None:
        waiter = self._waiter
        self._rest()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)

    def _rest(self) -> None:
        """Nobody waits any more."""
        self._waiter = self._outgoing = None
        self.deadline = float("inf")

    def _not_http(self, error: BaseException) -> ReplyDecodeError:
        status = None if self._message is None else self._message.code
        return ReplyDecodeError(
            f"the answer to {self._outgoing!r} is not HTTP: {type(error).__name__}", status=status
        )

    def _is_too_large(self, payload: StreamReader, limit: int) -> bool:
        return (
            payload.total_bytes > limit or self._received > _MAX_HEAD_BYTES + _MAX_FRAMING * limit
        )

    def _too_large(self, body: bytes, limit: int) -> ReplyDecodeError:
        return ReplyDecodeError(
            f"the reply to {self._outgoing!r} is larger than {limit} bytes",
            status=self._message.code,
            body=body[:limit],
        )
