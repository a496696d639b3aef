"""What a transport promises: it carries one request, once.

Nothing here or below resends, follows a redirect, or reads a body without bound.
"""

from __future__ import annotations

from typing import Final, Protocol

from binance_papi_async.version import __version__
from binance_papi_async.wire.message import Answer, Outgoing

TOO_LATE: Final = "no connection was open in the time in which this may leave"
USER_AGENT: Final = f"binance-papi-async/{__version__}"


class Transport(Protocol):
    """A way to the exchange."""

    async def open(self) -> None:
        """Get ready; called once, inside the running loop."""
        ...

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - bounds the network part only
        """Put the request on the wire once, and return the whole answer.

        Sets ``outgoing.has_left`` before the first byte is handed to a socket.
        Raises ConnectError if no byte was written, ReplyTimeoutError after ``timeout`` seconds,
        ConnectionLostError if the connection ended first, ReplyDecodeError if the body is too large
        or not HTTP.
        """
        ...

    async def warm_up(self, connections: int) -> None:
        """Open connections before they are needed."""
        ...

    async def close(self) -> None:
        """Close what this transport opened; may be called twice, and before ``open``."""
        ...
