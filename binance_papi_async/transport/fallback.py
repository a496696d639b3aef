"""What carries requests when this aiohttp is not one that the direct lane can lean on."""

from __future__ import annotations

import warnings
from ssl import SSLContext

import aiohttp

from binance_papi_async.transport.route import Route
from binance_papi_async.transport.session import SessionTransport


def session_instead(
    base_url: str, ssl: SSLContext | None, route: Route, error: BaseException
) -> SessionTransport:
    """A session in place of the direct lane, and a RuntimeWarning that names the version.

    The client's gate bounds its connections.
    """
    warnings.warn(
        f"aiohttp {aiohttp.__version__} is not as binance_papi_async's direct lane knows it "
        f"({type(error).__name__}: {error}); requests go through aiohttp's ClientSession, which is slower",
        RuntimeWarning,
        stacklevel=2,
    )
    return SessionTransport(base_url, ssl=ssl, route=route, max_connections=0)
