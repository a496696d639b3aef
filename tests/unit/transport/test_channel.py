"""What a channel is at, seen from outside; what it does on the wire is in ``tests/contract``."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from binance_papi_async.errors import ConnectionLostError
from binance_papi_async.transport.channel import Channel
from binance_papi_async.wire.message import Answer, Outgoing

pytestmark = pytest.mark.asyncio

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Wire(asyncio.Transport):
    """A connection that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_aborted = False

    def write(self, data: Any) -> None:
        """Keep it."""
        self.written += data

    def is_closing(self) -> bool:
        """Whether it was aborted."""
        return self.is_aborted

    def abort(self) -> None:
        """End."""
        self.is_aborted = True


def channel_on(wire: Wire) -> Channel:
    """A channel that has taken a connection over."""
    connection: Any = SimpleNamespace(close=lambda: None)
    channel = Channel(connection, asyncio.get_running_loop(), lambda _: None)
    channel.connection_made(wire)
    return channel


def ask(channel: Channel) -> asyncio.Future[Answer]:
    """A request whose query nobody may see."""
    outgoing = Outgoing("GET", "/papi/v1/ping?signature=c8db", api_key="key", max_reply_bytes=9)
    return channel.request(b"GET", outgoing, float("inf"))


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([], "asked, <Outgoing GET /papi/v1/ping>"),
        ([REPLY], "idle"),
        ([REPLY[:9]], "reading, <Outgoing GET /papi/v1/ping>"),
        ([REPLY[:9], REPLY[9:]], "idle"),
        ([CONTINUE], "reading its last reply, <Outgoing GET /papi/v1/ping>"),
        ([CONTINUE, REPLY], "spent"),
        ([b"nonsense\r\n\r\n"], "spent"),
    ],
)
async def test_a_channel_shows_what_it_is_at(pieces: list[bytes], shown: str) -> None:
    """With the request it carries; and only idle can it carry another."""
    channel = channel_on(Wire())
    assert repr(channel) == "<Channel: idle>"
    waiter = ask(channel)
    for piece in pieces:
        channel.data_received(piece)
    assert repr(channel) == f"<Channel: {shown}>"
    assert channel.can_carry == (shown == "idle")
    assert waiter.cancel() or waiter.exception() or waiter.result().body == b"{}"


async def test_a_closed_channel_is_spent_and_its_wire_aborted() -> None:
    """Whoever waited is told."""
    wire = Wire()
    channel = channel_on(wire)
    waiter = ask(channel)
    channel.close()
    assert repr(channel) == "<Channel: spent>"
    assert wire.is_aborted
    with pytest.raises(ConnectionLostError, match="given up"):
        await waiter


async def test_bytes_that_nobody_asked_for_spend_a_channel() -> None:
    """They would be taken for the next reply."""
    channel = channel_on(Wire())
    channel.data_received(REPLY)
    assert repr(channel) == "<Channel: spent>"


async def test_a_reply_in_pieces_does_not_outlive_its_request() -> None:
    """When the next request is lost, it is not answered by what came before."""
    channel = channel_on(Wire())
    first = ask(channel)
    channel.data_received(REPLY[:9])
    channel.data_received(REPLY[9:])
    assert (await first).body == b"{}"
    second = ask(channel)
    channel.connection_lost(None)
    with pytest.raises(ConnectionLostError):
        await second
