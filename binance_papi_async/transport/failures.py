"""aiohttp's errors of opening a connection, as ours."""

from __future__ import annotations

from typing import Final

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientHttpProxyError,
    ConnectionTimeoutError,
    InvalidURL,
    ServerFingerprintMismatch,
)

from binance_papi_async.errors import ConnectError

NOT_SENT: Final = (
    ClientConnectorError,
    ClientHttpProxyError,
    ConnectionTimeoutError,
    InvalidURL,
    ServerFingerprintMismatch,
)
"""What aiohttp raises while it opens a connection, before a byte of the request is written."""


def connect_error(error: BaseException) -> ConnectError:
    """Why no connection could be opened, without the address asked for."""
    if isinstance(error, ClientConnectorCertificateError):  # without `os_error` before 3.13
        return ConnectError(
            f"no connection to {error.host}:{error.port}: {error.certificate_error}"
        )
    if isinstance(error, ClientConnectorError):
        reason = error.strerror or error.os_error
        return ConnectError(f"no connection to {error.host}:{error.port}: {reason}")
    return ConnectError(f"no connection could be opened: {type(error).__name__}")
