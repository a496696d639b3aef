"""Everything of aiohttp that the direct lane leans on and aiohttp does not promise to keep.

Checked on aiohttp 3.12.0 and 3.14.5; the contract suite tells when a version breaks it.
``check`` tries it all in memory before a client relies on it.
"""

from __future__ import annotations

import asyncio
from ssl import SSLContext
from typing import Any, Final

from aiohttp import ClientPayloadError, ClientRequest, ClientTimeout, TCPConnector
from aiohttp.base_protocol import BaseProtocol
from aiohttp.connector import Connection
from aiohttp.http_parser import HttpResponseParser
from aiohttp.streams import StreamReader
from yarl import URL

from binance_papi_async.transport.route import Proxy

__all__ = [
    "BaseProtocol",
    "Connection",
    "StreamReader",
    "check",
    "connect",
    "connector",
    "response_parser",
]

BUFFER_BYTES: Final = 1 << 26
"""Beyond this a reader would pause its connection; every reply limit is below it."""


def connector(ssl: SSLContext | None, local_addr: tuple[str, int] | None) -> TCPConnector:
    """Aiohttp's connector, for its resolver and its cache, happy eyeballs and TLS; the pool is ours."""
    return TCPConnector(limit=0, force_close=True, ssl=ssl or True, local_addr=local_addr)


async def connect(
    source: TCPConnector,
    base_url: str,
    timeout: float,  # noqa: ASYNC109 - aiohttp's own bound
    proxy: Proxy | None,
) -> Connection:
    """Open one connection, through a tunnel if there is a proxy; raises what aiohttp raises."""
    request = ClientRequest(
        "GET",
        URL(base_url),
        loop=asyncio.get_running_loop(),
        proxy=URL(proxy.url) if proxy else None,
        proxy_headers=dict(proxy.headers) if proxy else None,
    )
    return await source.connect(request, [], ClientTimeout(total=None, connect=timeout))


def response_parser(protocol: BaseProtocol, loop: asyncio.AbstractEventLoop) -> Any:
    """Aiohttp's parser of replies, in C where that is built; one serves a connection for its life.

    It leaves bodies compressed: only since 3.13.3 does it bound what they grow to.
    """
    return HttpResponseParser(
        protocol,
        loop,
        BUFFER_BYTES,
        payload_exception=ClientPayloadError,
        response_with_body=True,
        read_until_eof=True,
        auto_decompress=False,
    )


def check() -> None:
    """Raise whatever goes wrong if this aiohttp is not as it was when the direct lane was written."""
    loop = asyncio.get_running_loop()
    parser = response_parser(BaseProtocol(loop), loop)
    for body in (b"{}", b"[]"):
        messages, _, _ = parser.feed_data(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body)
        ((message, payload),) = messages
        if (message.code, payload.is_eof(), payload.read_nowait(-1)) != (200, True, body):
            raise RuntimeError("aiohttp's parser no longer serves two replies in turn")
    ClientRequest("GET", URL("http://127.0.0.1"), loop=loop)
    _ = (Connection.close, Connection.transport, Connection.protocol, TCPConnector.connect)
