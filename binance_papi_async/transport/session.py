"""Requests through an aiohttp ``ClientSession``: one of our own, or one that is handed in.

A session that is handed in is used as it is, with its proxies, traces, middlewares and mocks,
and is never closed here. What it does of its own cannot change the truth: answers of any status are answers,
and what its hooks raise is one of our errors.

aiohttp's session resends GET, PUT and DELETE once by itself when a kept-alive connection drops,
also when the exchange has carried the request out already (``ClientSession._request``, 3.12 to 3.14).
Here a client middleware turns such a drop into our own error, which the session does not resend on;
another, behind those of the session, lets each request pass once.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterable, Mapping, Sequence
from ssl import SSLContext
from typing import Any, Final, TypeGuard

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
    Fingerprint,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from binance_papi_async.errors import (
    ConnectError,
    ConnectionLostError,
    NotSentError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
    UnknownOutcomeError,
)
from binance_papi_async.transport.base import TOO_LATE, USER_AGENT
from binance_papi_async.transport.failures import NOT_SENT, connect_error
from binance_papi_async.transport.route import STRAIGHT, Route
from binance_papi_async.transport.trust import checked_ssl
from binance_papi_async.wire.message import Answer, Outgoing, without_signature

CONNECT_SHARE: Final = 0.9
"""Share of a timeout that opening a connection may take: beyond it no reply would come in time,
and giving up then is still provably before anything left."""

NEWS_TURNS: Final = 3
"""Turns of the loop in which it sees what waits in a socket: one to poll, one to read; uvloop takes one more."""
_TOLD_TO_WAIT: Final = (418, 429)


class SessionTransport:
    """Carries requests through an aiohttp session."""

    def __init__(
        self,
        base_url: str,
        *,
        session: ClientSession | None = None,
        max_connections: int = 100,
        ssl: SSLContext | None = None,
        route: Route = STRAIGHT,
    ) -> None:
        self._base_url = base_url
        if session is not None and ssl is None and base_url.startswith("https:"):
            _check_trust(session)
        self._session = session
        self._owns_session = session is None
        self._max_connections = max_connections
        self._ssl = ssl
        self._route = route
        self._middlewares: Sequence[ClientMiddlewareType] = ()
        self._unread: set[ClientResponse] = set()

    async def open(self) -> None:
        """Make the session, unless one was handed in."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=self._max_connections, local_addr=self._route.local_addr
                ),
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None),
            )
        # Middlewares given with a request replace the session's, so those are named again.
        self._middlewares = getattr(self._session, "_middlewares", ())

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - bounds the network part only
        """Put the request on the wire once, and return the whole answer."""
        await _look_up(self._open_session())
        self._open_session()  # it may have been closed meanwhile
        if outgoing.leave_by < asyncio.get_running_loop().time():
            raise ConnectError(TOO_LATE)
        passage = _Passage(outgoing)
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(outgoing, timeout, passage)
        except (PapiError, ClientError, OSError) as error:
            if isinstance(error, NOT_SENT):
                outgoing.has_left = False
            if _asks_to_wait(error, outgoing):
                return Answer(error.status, error.headers or {}, b"")
            failure = self._failure(error, outgoing, timeout)
        except Exception as error:
            if self._owns_session:
                raise
            passage.ends()
            failure = _foreign(error, outgoing)
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

    def _failure(self, error: Exception, outgoing: Outgoing, timeout: float) -> PapiError:
        """Our error for one of aiohttp's, without the address it may hold."""
        if isinstance(error, NOT_SENT):
            return connect_error(error, self._base_url)
        if isinstance(error, PapiError) and not isinstance(error, ConnectionLostError):
            return error.with_traceback(None)
        if not outgoing.has_left:
            return _foreign(error, outgoing)
        if isinstance(error, TimeoutError):
            return ReplyTimeoutError(f"{outgoing!r} was not answered within {timeout:.3g} s")
        if isinstance(error, ClientResponseError):
            return ReplyDecodeError(f"the answer to {outgoing!r} is not HTTP", status=error.status)
        reason = str(error) if isinstance(error, ConnectionLostError) else type(error).__name__
        return ConnectionLostError(
            f"the connection was lost before {outgoing!r} was answered: {reason}"
        )

    async def _exchange(
        self,
        outgoing: Outgoing,
        timeout: float,  # noqa: ASYNC109
        passage: _Passage,
    ) -> Answer:
        if self._session is None:  # closed while the loop looked up
            raise ConnectionLostError("the client was closed")
        time_left = outgoing.leave_by - asyncio.get_running_loop().time()
        connect, proxy = min(timeout * CONNECT_SHARE, max(time_left, 0.001)), self._route.proxy
        async with self._session.request(
            outgoing.method,
            URL(self._base_url + outgoing.target, encoded=True),
            headers=_headers(outgoing),
            allow_redirects=False,
            raise_for_status=False,
            auto_decompress=True,
            timeout=ClientTimeout(total=None, connect=connect),
            middlewares=(passage.begin, *self._middlewares, passage.go),
            ssl=self._ssl or True,
            proxy=None if proxy is None else proxy.url,
            proxy_headers=None if proxy is None else proxy.headers,
        ) as response:
            self._unread.add(response)
            try:
                body = await _body(response, outgoing.max_reply_bytes)
            finally:
                self._unread.discard(response)
            return Answer(response.status, response.headers, body)


def _check_trust(session: ClientSession) -> None:
    """Raise ValueError if a session handed in would show a key to whoever answers."""
    ssl = getattr(session.connector, "_ssl", True)
    if ssl is not True and not isinstance(ssl, Fingerprint):
        checked_ssl(ssl)


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


def _asks_to_wait(error: Exception, outgoing: Outgoing) -> TypeGuard[ClientResponseError]:
    """Whether a hook of the session raised for a 429 or 418 of the exchange, which must not go unseen."""
    return (
        outgoing.has_left
        and isinstance(error, ClientResponseError)
        and error.status in _TOLD_TO_WAIT
    )


class _Passage:
    """One request on its way through a session: how far it has come, and that it leaves once.

    A session does not tell when bytes leave. So they may have from the first, until ``begin`` shows
    that the session runs our middlewares, which a mock does not; then only ``go`` lets them.
    """

    __slots__ = ("_has_begun", "_outgoing")

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._has_begun = False
        outgoing.has_left = True

    async def begin(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """The first of all middlewares: turn a dropped connection into our error, which is not resent on."""
        if not self._has_begun:
            self._has_begun, self._outgoing.has_left = True, False
        try:
            return await handler(request)
        except NOT_SENT:
            raise
        except (ServerDisconnectedError, ClientOSError) as error:
            raise ConnectionLostError(type(error).__name__) from error

    async def go(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """The last of them: a middleware that sends again would turn a cancel that worked into a refusal."""
        outgoing = self._outgoing
        if outgoing.has_left:
            raise UnknownOutcomeError(f"the session tried to send {outgoing!r} a second time")
        outgoing.has_left = True
        try:
            return await handler(request)
        except NOT_SENT:
            outgoing.has_left = False
            raise

    def ends(self) -> None:
        """What is not aiohttp's was raised: if before any middleware, by a hook that runs before them."""
        if not self._has_begun:
            self._outgoing.has_left = False


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


def _foreign(error: Exception, outgoing: Outgoing) -> PapiError:
    """Our error for whatever a hook of the session raised, with its place, and without its traceback."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    what = (
        f"{type(error).__name__} was raised in the session that was handed in, "
        f"{place.filename}:{place.lineno}: {without_signature(str(error))}"
    )
    if not outgoing.has_left:
        return NotSentError(f"{outgoing!r} was not sent: {what}")
    return UnknownOutcomeError(f"{outgoing!r} may have been carried out: {what}")
