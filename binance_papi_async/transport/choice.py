"""The way to the exchange that a client takes of itself."""

from __future__ import annotations

from ssl import SSLContext

from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.fallback import session_instead
from binance_papi_async.transport.route import STRAIGHT, Route


def own_transport(
    base_url: str, ssl: SSLContext | None = None, route: Route = STRAIGHT
) -> Transport:
    """The direct lane; a session, with a warning, where this aiohttp has moved what that leans on."""
    try:
        from binance_papi_async.transport.direct import DirectTransport
    except (ImportError, AttributeError) as error:
        return session_instead(base_url, ssl, route, error)
    return DirectTransport(base_url, ssl=ssl, route=route)
