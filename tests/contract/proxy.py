"""A proxy on the loopback that opens tunnels, and does nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HERE = "127.0.0.1"


class Proxy:
    """Keeps the head of every ``CONNECT``; says ``answer``, or nothing if that is empty."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.answer = b"HTTP/1.1 200 Connection established\r\n\r\n"
        self.open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HERE}:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Open one tunnel, to its end."""
        self.open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            writer.write(self.answer)
            if b" 200 " in self.answer:
                port = int(head.split()[1].rpartition(b":")[2])
                far_reader, far_writer = await asyncio.open_connection(HERE, port)
                await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))
            elif not self.answer:
                await reader.read()
        writer.close()
        self.open.discard(writer)


async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """From one end of a tunnel to the other."""
    with contextlib.suppress(OSError):
        while piece := await source.read(1 << 16):
            sink.write(piece)
            await sink.drain()
    sink.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Proxy]:
    """A proxy while it listens."""
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, HERE, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for writer in list(proxy.open):
            writer.transport.abort()
        async with asyncio.timeout(5):
            while proxy.open:  # noqa: ASYNC110 - what the kernel does sets no event
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
