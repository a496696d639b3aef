"""Requests straight over aiohttp's connections: prepared bytes out, aiohttp's C parser in.

Three quarters of what a ``ClientSession`` spends on a request it spends around the connection, not on it.
Here aiohttp's connector opens a connection, a ``Channel`` takes it over for its life,
and a request is one write and one future.
"""

from __future__ import annotations

import asyncio
from ssl import SSLContext
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, TCPConnector

from binance_papi_async.errors import ConnectError, NotSentError
from binance_papi_async.transport import aiohttp_internals
from binance_papi_async.transport.base import TOO_LATE, USER_AGENT
from binance_papi_async.transport.channel import Channel
from binance_papi_async.transport.failures import connect_error
from binance_papi_async.transport.fallback import session_instead
from binance_papi_async.transport.route import STRAIGHT, Route
from binance_papi_async.transport.session import NEWS_TURNS, SessionTransport
from binance_papi_async.wire.message import Answer, Outgoing

WARM_UP_SECONDS: Final = 10.0
"""How long opening a connection ahead of need may take."""


class DirectTransport:
    """A pool of kept-alive channels to one exchange.

    It opens as many as requests are under way at once; the limiter's gate bounds those.
    With an aiohttp that it cannot lean on it warns, and everything goes through a session instead.
    """

    def __init__(
        self, base_url: str, *, ssl: SSLContext | None = None, route: Route = STRAIGHT
    ) -> None:
        self._base_url = base_url
        self._ssl = ssl
        self._route = route
        self._host = urlsplit(base_url).netloc
        self._heads: dict[tuple[str, str | None], str] = {}
        self._connector: TCPConnector | None = None
        self._instead: SessionTransport | None = None
        self._idle: list[Channel] = []
        self._channels: set[Channel] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._next_look = float("inf")

    async def open(self) -> None:
        """Check that this aiohttp is one we can lean on, and get ready."""
        self._loop = asyncio.get_running_loop()
        try:
            aiohttp_internals.check()
        except Exception as error:  # noqa: BLE001 - in whatever way it has changed
            self._instead = session_instead(self._base_url, self._ssl, self._route, error)
            await self._instead.open()
        else:
            self._connector = aiohttp_internals.connector(self._ssl, self._route.local_addr)

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - bounds the network part only
        """Put the request on the wire once, and return the whole answer."""
        if self._instead is not None:
            return await self._instead.send(outgoing, timeout=timeout)
        deadline = self._loop.time() + timeout
        channel = self._fresh_channel()
        if channel is None:
            channel = await self._other_channel(timeout, deadline)
            if outgoing.leave_by < self._loop.time():
                self._release(channel)
                raise ConnectError(TOO_LATE)
        try:
            if deadline < self._next_look:
                self._look_at(deadline)
            return await channel.request(self._bytes(outgoing), outgoing, deadline)
        finally:
            self._release(channel)

    async def warm_up(self, connections: int) -> None:
        """Open connections, TLS and all, until that many are idle; raises ConnectError if one cannot be."""
        opened: list[Channel] = []

        async def open_one() -> None:
            opened.append(await self._connect(WARM_UP_SECONDS))

        missing = 0 if self._instead is not None else connections - len(self._idle)
        try:
            failures = await asyncio.gather(
                *(open_one() for _ in range(missing)), return_exceptions=True
            )
            for failure in filter(None, failures):
                raise failure  # noqa: TRY301 - what was opened is closed below
        except BaseException:
            for channel in opened:
                channel.close()
            raise
        for channel in opened:
            self._release(channel)

    async def close(self) -> None:
        """Close every channel; whoever waits for a reply is told that it may have been carried out."""
        if self._instead is not None:
            await self._instead.close()
        connector, self._connector = self._connector, None
        if connector is None:
            return
        self._idle.clear()
        if self._looking is not None:
            self._looking.cancel()
        self._looking, self._next_look = None, float("inf")
        for channel in list(self._channels):
            channel.close()
        await connector.close()
        while self._channels:  # noqa: ASYNC110 - an aborted connection is gone within a few turns of the loop
            await asyncio.sleep(0)

    def _fresh_channel(self) -> Channel | None:
        """The channel used last, if nothing has happened on it since."""
        if self._idle:
            channel = self._idle[-1]
            if channel.can_carry and not channel.has_news():
                return self._idle.pop()
        return None

    async def _other_channel(self, timeout: float, deadline: float) -> Channel:  # noqa: ASYNC109
        """Another idle one that has not ended meanwhile, or a new one."""
        channel = await self._idle_channel() or await self._connect(timeout)
        if self._loop.time() < deadline:
            return channel
        self._release(channel)
        raise ConnectError("a connection was open only when the time for the reply was over")

    async def _idle_channel(self) -> Channel | None:
        """The channel used last that has not ended meanwhile."""
        while self._idle:
            channel = self._idle.pop()
            if channel.can_carry and (not channel.has_news() or await self._is_spared(channel)):
                return channel
            channel.close()
        return None

    def _look_at(self, deadline: float) -> None:
        """Look for replies that are overdue then.

        One timer for all: nearly every request is answered long before its deadline,
        and a timer of its own would be set in vain.
        """
        if self._looking is not None:
            self._looking.cancel()
        self._next_look = deadline
        self._looking = self._loop.call_at(deadline, self._look)

    def _look(self) -> None:
        self._looking, self._next_look = None, float("inf")
        now = self._loop.time()
        for channel in [each for each in self._channels if each.deadline <= now]:
            channel.expire()
        earliest = min((each.deadline for each in self._channels), default=float("inf"))
        if earliest < float("inf"):
            self._look_at(earliest)

    async def _is_spared(self, channel: Channel) -> bool:
        """Whether a channel can carry a request still when the loop has seen its news.

        With TLS that may be a session ticket, which is no reason to end it.
        """
        try:
            for _ in range(NEWS_TURNS):
                await asyncio.sleep(0)
        except BaseException:
            channel.close()
            raise
        return channel.can_carry and not channel.has_news()

    async def _connect(self, timeout: float) -> Channel:  # noqa: ASYNC109 - aiohttp's own bound
        if self._connector is None:
            raise NotSentError("the client is closed")
        try:
            connection = await aiohttp_internals.connect(
                self._connector, self._base_url, timeout, self._route.proxy
            )
        except (ClientError, OSError) as error:
            failure = connect_error(error, self._base_url)
        else:
            channel = Channel(connection, self._loop, self._forget)
            if channel.take_over():
                self._channels.add(channel)
                if self._is_open():
                    return channel
                channel.close()
            failure = ConnectError("the connection ended as soon as it was opened")
        raise failure

    def _is_open(self) -> bool:
        """Whether nobody has closed this transport meanwhile."""
        return self._connector is not None

    def _release(self, channel: Channel) -> None:
        """Keep a channel for the next request, if it can carry one."""
        if channel.can_carry and self._connector is not None:
            self._idle.append(channel)
        else:
            channel.close()

    def _forget(self, channel: Channel) -> None:
        """A connection is gone."""
        self._channels.discard(channel)
        if channel in self._idle:
            self._idle.remove(channel)

    def _bytes(self, outgoing: Outgoing) -> bytes:
        kind = (outgoing.method, outgoing.api_key)
        head = self._heads.get(kind)
        if head is None:
            head = self._heads[kind] = self._head(*kind)
        return f"{outgoing.method} {outgoing.target}{head}".encode("ascii")

    def _head(self, method: str, api_key: str | None) -> str:
        """What every request of this kind says after its target."""
        lines = [
            " HTTP/1.1",
            f"Host: {self._host}",
            "Accept: application/json",
            f"User-Agent: {USER_AGENT}",
        ]
        if api_key is not None:
            lines.append(f"X-MBX-APIKEY: {api_key}")
        if method in ("POST", "PUT"):
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "", ""])
