"""The way to the exchange that a client takes of itself."""

from __future__ import annotations

from ssl import SSLContext

from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.fallback import session_instead

_missing: Exception | None = None
try:
    from binance_papi_async.transport.direct import DirectTransport
except (ImportError, AttributeError) as error:  # an aiohttp that has moved what direct leans on
    _missing = error


def own_transport(base_url: str, ssl: SSLContext | None = None) -> Transport:
    """The direct lane; a session, with a warning, where this aiohttp has not what that needs."""
    if _missing is not None:
        return session_instead(base_url, ssl, _missing)
    return DirectTransport(base_url, ssl=ssl)
