"""A server that says exactly the bytes it is told, split and cut exactly there.

A script is a tuple of steps for one request: bytes to say, seconds to wait, or one of the words below.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

HEAD_END = b"\r\n\r\n"
TURNS = 4
"""Turns of the loop after which both ends have seen what was written."""


class Do(Enum):
    """A step that is not bytes."""

    CLOSE = "end in good order"
    RESET = "end with a reset"
    TURN = "let the other side read what was said, before saying more"
    ENDLESS = "say the bytes of the step before again and again, until the other side leaves"


Step = bytes | float | Do
Script = tuple[Step, ...]


def reply(body: bytes = b"{}", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole reply by Content-Length."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, length, b"", body])


class Seen(NamedTuple):
    """A request as it arrived."""

    connection: int
    head: bytes

    @property
    def line(self) -> str:
        """Method, target and version."""
        return self.head.partition(b"\r\n")[0].decode("ascii")

    @property
    def fields(self) -> dict[str, str]:
        """Header fields, names in lower case."""
        lines = self.head.decode("ascii").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}

    @property
    def order_id(self) -> str:
        """What the target asks for."""
        found = re.search(r"orderId=(\w+)", self.line)
        return found[1] if found else ""


class Wire(asyncio.Protocol):
    """One connection, seen from the server."""

    def __init__(self, server: RawServer) -> None:
        self._server = server
        self._buffer = b""
        self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection, its TLS handshake done."""
        self.transport: Any = transport  # uvloop's is no asyncio.Transport
        self._server.wires.append(self)
        self.number = len(self._server.wires)
        self._server.open.add(self)
        if self._server.greeting:
            self._server.play(self, self._server.greeting)

    def data_received(self, data: bytes) -> None:
        """Bytes of requests, which have no bodies."""
        self._buffer += data
        while HEAD_END in self._buffer:
            head, _, self._buffer = self._buffer.partition(HEAD_END)
            self._server.arrived(self, Seen(self.number, head))

    def connection_lost(self, exc: BaseException | None) -> None:  # noqa: ARG002 - asyncio's
        """The connection is over."""
        self._server.open.discard(self)

    async def play(self, script: Script) -> None:
        """Do every step."""
        said = b""
        for step in script:
            if self.transport.is_closing():
                return
            if isinstance(step, bytes):
                said = step
                self.transport.write(step)
            elif step is Do.CLOSE:
                self.transport.close()
            elif step is Do.RESET:
                self.reset()
            elif step is Do.TURN:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
            elif step is Do.ENDLESS:
                await self._repeat(said)
            else:
                await asyncio.sleep(step)

    async def _repeat(self, said: bytes) -> None:
        while self in self._server.open and self._server.spent < self._server.patience:
            if self.transport.get_write_buffer_size() < 1 << 16:
                self._server.spent += len(said)
                self.transport.write(said)
            await asyncio.sleep(0)

    def reset(self) -> None:
        """End with a reset."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def end_unseen(self) -> None:
        """End at once in the kernel, which neither end's event loop gets to see before its next turn."""
        number = os.dup(self.transport.get_extra_info("socket").fileno())
        with socket.socket(fileno=number) as connection:
            connection.shutdown(socket.SHUT_RDWR)


class RawServer:
    """Plays scripts to a client, one per request in turn; then answers ``default``."""

    def __init__(self, *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self._host = host
        self._context = context
        self._scripts: deque[Script] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.default: Callable[[Seen], Script] = echo
        self.greeting: Script = ()
        """Played to a connection before it says anything."""
        self.patience = 1 << 27
        """Bytes after which ``ENDLESS`` ends."""
        self.spent = 0
        self.wires: list[Wire] = []
        self.open: set[Wire] = set()
        self.requests: list[Seen] = []

    @property
    def accepted(self) -> int:
        """How many connections there have been."""
        return len(self.wires)

    @property
    def base_url(self) -> str:
        """Where it listens."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._context else 'http'}://{host}:{self.port}"

    def answers(self, *scripts: Script) -> None:
        """Play these to the requests to come, one each."""
        self._scripts.extend(scripts)

    def arrived(self, wire: Wire, seen: Seen) -> None:
        """Play what is due."""
        self.requests.append(seen)
        self.play(wire, self._scripts.popleft() if self._scripts else self.default(seen))

    def play(self, wire: Wire, script: Script) -> None:
        """Play a script to a connection."""
        task = asyncio.get_running_loop().create_task(wire.play(script))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Wire(self), self._host, 0, ssl=self._context, backlog=512
        )
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection."""
        self._server.close()
        for wire in list(self.open):
            wire.transport.abort()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await eventually(lambda: not self.open)

    async def has_open(self, connections: int) -> bool:
        """Whether soon no more connections than these are open."""
        with contextlib.suppress(TimeoutError):
            await eventually(lambda: len(self.open) <= connections)
        return len(self.open) <= connections


def echo(seen: Seen) -> Script:
    """Answer with the order id asked for."""
    return (reply(b'{"orderId":"%s"}' % seen.order_id.encode()),)


async def eventually(condition: Callable[[], Any], seconds: float = 2.0) -> None:
    """Wait until it holds; TimeoutError if it never does."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what the kernel does sets no event
            await asyncio.sleep(0.001)
