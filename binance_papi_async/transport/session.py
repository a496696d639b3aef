"""Requests through an aiohttp ``ClientSession``: one of our own, or one that is handed in.

A session that is handed in is used as it is, with its proxies, traces, middlewares and mocks,
and is never closed here.

aiohttp's session resends GET, PUT and DELETE once by itself when a kept-alive connection drops,
also when the exchange has carried the request out already (``ClientSession._request``, 3.12 to 3.14).
Here a client middleware turns such a drop into our own error, which the session does not resend on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from ssl import SSLContext
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from binance_papi_async.errors import (
    ConnectionLostError,
    NotSentError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
)
from binance_papi_async.transport.base import USER_AGENT
from binance_papi_async.transport.failures import NOT_SENT, connect_error
from binance_papi_async.wire.message import Answer, Outgoing

CONNECT_SHARE: Final = 0.9
"""Share of a timeout that opening a connection may take: beyond it no reply would come in time,
and giving up then is still provably before anything left."""

NEWS_TURNS: Final = 3
"""Turns of the loop in which it sees what waits in a socket: one to poll, one to read; uvloop takes one more."""


class SessionTransport:
    """Carries requests through an aiohttp session."""

    def __init__(
        self,
        base_url: str,
        *,
        session: ClientSession | None = None,
        max_connections: int = 100,
        ssl: SSLContext | None = None,
    ) -> None:
        self._base_url = base_url
        self._session = session
        self._owns_session = session is None
        self._max_connections = max_connections
        self._ssl = ssl
        self._middlewares: Sequence[ClientMiddlewareType] = ()
        self._unread: set[ClientResponse] = set()

    async def open(self) -> None:
        """Make the session, unless one was handed in."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._max_connections, ssl=self._ssl or True),
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None),
            )
        # Middlewares given with a request replace the session's, so those are named again.
        own: Sequence[ClientMiddlewareType] = getattr(self._session, "_middlewares", ())
        self._middlewares = (_without_resend, *own)

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - bounds the network part only
        """Put the request on the wire once, and return the whole answer."""
        await _look_up(self._open_session())
        self._open_session()  # it may have been closed meanwhile
        # A session does not tell when bytes leave, so they may have, unless it says it could not connect.
        outgoing.has_left = True
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(outgoing, timeout)
        except (PapiError, ClientError, OSError) as error:
            if isinstance(error, NOT_SENT):
                outgoing.has_left = False
            failure = _failure(error, outgoing, timeout)
        # Raised out here, with nothing chained: what aiohttp raises, and the frames it came through,
        # hold the address, and the address holds the signature.
        raise failure

    def _open_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            raise NotSentError("the client, or the session handed to it, is closed")
        return self._session

    async def warm_up(self, connections: int) -> None:
        """Not possible through a session; a request opens its connection."""

    async def close(self) -> None:
        """Close the session, unless it was handed in."""
        if self._owns_session and self._session is not None:
            session, self._session = self._session, None
            for response in list(self._unread):
                response.close()  # aiohttp would leave whoever reads it waiting
            await session.close()

    async def _exchange(self, outgoing: Outgoing, timeout: float) -> Answer:  # noqa: ASYNC109
        if self._session is None:  # closed while the loop looked up
            raise ConnectionLostError("the client was closed")
        connect = timeout * CONNECT_SHARE
        async with self._session.request(
            outgoing.method,
            URL(self._base_url + outgoing.target, encoded=True),
            headers=_headers(outgoing),
            allow_redirects=False,
            timeout=ClientTimeout(total=None, connect=connect),
            middlewares=self._middlewares,
        ) as response:
            self._unread.add(response)
            try:
                body = await _body(response, outgoing.max_reply_bytes)
            finally:
                self._unread.discard(response)
            return Answer(response.status, response.headers, body)


async def _look_up(session: ClientSession) -> None:
    """Let the loop see which idle connections have ended, and end those where something came unasked.

    aiohttp does neither: it would take such bytes for the next reply (``BaseConnector._get``, 3.12 to 3.14).
    """
    for _ in range(NEWS_TURNS):
        await asyncio.sleep(0)
    pool: Mapping[object, Iterable[tuple[Any, float]]] = getattr(session.connector, "_conns", {})
    for idle in pool.values():
        for protocol, _ in idle:
            if protocol.should_close:
                protocol.close()


async def _without_resend(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Turn a dropped connection into our error, so that the session does not send again."""
    try:
        return await handler(request)
    except NOT_SENT:
        raise
    except (ServerDisconnectedError, ClientOSError) as error:
        raise ConnectionLostError(type(error).__name__) from error


async def _body(response: ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            response.close()
            raise ReplyDecodeError(
                f"the reply is larger than {limit} bytes",
                status=response.status,
                body=bytes(body[:limit]),
            )
    return bytes(body)


def _headers(outgoing: Outgoing) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    if outgoing.api_key is not None:
        headers["X-MBX-APIKEY"] = outgoing.api_key
    return headers


def _failure(error: Exception, outgoing: Outgoing, timeout: float) -> PapiError:
    """Our error for one of aiohttp's, without the address it may hold."""
    if isinstance(error, NOT_SENT):
        return connect_error(error)
    if isinstance(error, ReplyDecodeError):
        return error.with_traceback(None)
    if isinstance(error, TimeoutError):
        return ReplyTimeoutError(f"{outgoing!r} was not answered within {timeout} s")
    if isinstance(error, ClientResponseError):
        return ReplyDecodeError(f"the answer to {outgoing!r} is not HTTP", status=error.status)
    reason = str(error) if isinstance(error, ConnectionLostError) else type(error).__name__
    return ConnectionLostError(
        f"the connection was lost before {outgoing!r} was answered: {reason}"
    )
