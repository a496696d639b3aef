"""One kept-alive connection: a request out, its whole reply in, nothing behind it.

A channel carries one request at a time, and may carry another only after a whole reply
with nothing behind it. Whatever else happens, it closes, so a reply never reaches another caller.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from enum import Enum
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
from binance_papi_async.transport.framing import Framing
from binance_papi_async.transport.inflating import NOT_INFLATED, inflated
from binance_papi_async.transport.whole import whole_reply
from binance_papi_async.wire.message import Answer, Outgoing

BUFFER_BYTES: Final = 1 << 15
_SWITCHING_PROTOCOLS: Final = 101
_FIRST_FINAL_STATUS: Final = 200


class State(Enum):
    """What a channel is at."""

    IDLE = "idle"
    """May carry a request."""
    ASKED = "asked"
    """A request is out, and nothing of its reply has come."""
    READING = "reading"
    """A reply comes in pieces."""
    LAST = "reading its last reply"
    """And something came with it that does not belong to it, so nothing may come after it."""
    SPENT = "spent"
    """Carries nothing any more."""


# A member asked of its class costs ten times a name (measured: 65 ns and 6, on 3.11), several times a request.
_IDLE, _ASKED, _READING, _LAST, _SPENT = State


class Channel(BaseProtocol, asyncio.BufferedProtocol):
    """Takes an opened connection over from aiohttp, for its life.

    A reply that reaches another caller than the one who asked is worse than none: it says that an order
    is cancelled that is not. On a kept connection that takes no more than a reply that comes late,
    or a byte too many. So nothing is ever skipped or waited out: a channel that is not where it should be is spent.

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
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self._poll: select.poll | None = None
        self._state = _IDLE
        self._outgoing: Outgoing | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self.deadline = float("inf")
        """When the reply under way is given up, loop time."""
        self._framing = Framing()
        self._begun: tuple[Any, StreamReader] | None = None
        """Head and body of a reply that comes in pieces, when its head is whole."""

    def __repr__(self) -> str:
        request = "" if self._outgoing is None else f", {self._outgoing!r}"
        return f"<Channel: {self._state.value}{request}>"

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
        return self._state is _IDLE and transport is not None and not transport.is_closing()

    def request(self, data: bytes, outgoing: Outgoing, deadline: float) -> asyncio.Future[Answer]:
        """Write a request; its reply comes as the future's result until ``deadline`` (loop time)."""
        waiter = self._waiter = self._loop.create_future()
        self._outgoing = outgoing
        self._state = _ASKED
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
        self._fail(ConnectionLostError(f"{self._outgoing!r} was given up before it was answered"))

    def expire(self) -> None:
        """Its deadline has passed."""
        self._fail(ReplyTimeoutError(f"{self._outgoing!r} was not answered in time"))

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
        if self._state is _ASKED:
            answer = whole_reply(data, outgoing.max_reply_bytes)
            if answer is not None:
                self._rest(_IDLE)
                if not waiter.done():
                    waiter.set_result(answer)
                return
            self._state, self._framing = _READING, Framing()
        self._framing.add(data, has_head=self._begun is not None)
        self._read(data, outgoing.max_reply_bytes)

    def pause_reading(self) -> None:
        """A reply is never held back: its size is bounded, and nobody reads it piecemeal."""

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002 - aiohttp's signature
        """Nothing was held back."""

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is gone; a reply that ends with it is whole now."""
        super().connection_lost(exc)
        if self._waiter is not None:
            self._end(exc)
        self._state = _SPENT
        self._connection.close()
        self._forget(self)

    def _read(self, data: bytes, limit: int) -> None:
        """A piece of a reply."""
        try:
            messages, _, _ = self._replies.feed_data(data)
        except Exception as error:  # noqa: BLE001 - whatever the parser thinks of bytes, they are no reply
            self._fail(self._not_http(error))
            return
        for message, payload in messages:
            self._begin(message, payload)
        if self._begun is not None:
            self._look(*self._begun, limit)
        elif self._framing.has_endless_head:
            self._fail(ReplyDecodeError(f"the head of the reply to {self._outgoing!r} has no end"))

    def _begin(self, message: Any, payload: StreamReader) -> None:
        """The head of a reply."""
        if message.code < _FIRST_FINAL_STATUS and message.code != _SWITCHING_PROTOCOLS:
            self._state = _LAST  # a 100 nobody asked for; what follows it is ours
        elif self._begun is None:
            self._begun = message, payload
        else:
            self._state = _LAST  # a second reply, to nothing

    def _look(self, message: Any, payload: StreamReader, limit: int) -> None:
        """Whether the reply is whole, or has become too large."""
        error = payload.exception()
        if error is not None:
            self._fail(self._not_http(error))
        elif self._framing.is_too_large(payload.total_bytes, limit):
            self._fail(self._too_large(message, payload.read_nowait(-1), limit))
        elif payload.is_eof():
            self._finish(message, payload)

    def _finish(self, message: Any, payload: StreamReader) -> None:
        """Hand the reply over, and see whether anything came behind it."""
        waiter, outgoing = self._waiter, self._outgoing
        assert waiter is not None and outgoing is not None, "a reply answers a request"  # noqa: S101, PT018
        body, limit = payload.read_nowait(-1), outgoing.max_reply_bytes
        if message.compression is not None:
            try:
                body = inflated(body, message.compression, limit)
            except NOT_INFLATED as error:
                self._fail(self._not_http(error))
                return
            if len(body) > limit:
                self._fail(self._too_large(message, body, limit))
                return
        self._rest(_SPENT if self._is_last(message) else _IDLE)
        if not waiter.done():
            waiter.set_result(Answer(message.code, message.headers, body))

    def _is_last(self, message: Any) -> bool:
        """Whether nothing may come after this reply: it says so, or something came with it."""
        length = message.headers.get("Content-Length", "0")
        return (
            self._state is _LAST
            or message.should_close
            or message.upgrade
            or not self._framing.ends_with(length, is_chunked=message.chunked)
        )

    def _end(self, exc: BaseException | None) -> None:
        """The connection is gone, and with it the reply, unless that ends so."""
        try:
            self._replies.feed_eof()
        except Exception as error:  # noqa: BLE001 - a reply that was cut off, however the parser says it
            exc = exc or error
        if exc is None and self._begun is not None and self._begun[1].is_eof():
            self._finish(*self._begun)
            return
        reason = "" if exc is None else f": {type(exc).__name__}"
        self._fail(
            ConnectionLostError(
                f"the connection was lost before {self._outgoing!r} was answered{reason}"
            )
        )

    def _fail(self, error: PapiError) -> None:
        """End the connection at once; whoever waits for a reply is told why there is none."""
        waiter = self._waiter
        self._rest(_SPENT)
        if self.transport is not None:
            self.transport.abort()
        self._connection.close()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)

    def _rest(self, state: State) -> None:
        """Nobody waits any more."""
        self._state = state
        self._waiter = self._outgoing = self._begun = None
        self.deadline = float("inf")

    def _not_http(self, error: BaseException) -> ReplyDecodeError:
        return ReplyDecodeError(
            f"the answer to {self._outgoing!r} is not HTTP: {type(error).__name__}",
            status=None if self._begun is None else self._begun[0].code,
        )

    def _too_large(self, message: Any, body: bytes, limit: int) -> ReplyDecodeError:
        return ReplyDecodeError(
            f"the reply to {self._outgoing!r} is larger than {limit} bytes",
            status=message.code,
            body=body[:limit],
        )
