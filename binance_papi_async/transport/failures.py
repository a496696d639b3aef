"""aiohttp's errors of opening a connection, as ours."""

from __future__ import annotations

import os
from socket import gaierror
from ssl import SSLError
from typing import Final

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
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


def connect_error(error: BaseException, base_url: str) -> ConnectError:
    """Why no connection to the exchange could be opened, without the request and without a password."""
    return ConnectError(f"no connection to {base_url.partition('//')[2]}: {_reason(error)}")


def _reason(error: BaseException) -> str:
    match error:
        case ClientHttpProxyError():
            return f"the proxy answered {error.status}"
        case ClientProxyConnectionError():
            return f"nor to the proxy {error.host}:{error.port}: {_said(error.os_error)}"
        case ClientConnectorCertificateError():  # without `os_error` before 3.13
            return str(error.certificate_error)
        case ClientConnectorError():
            return _said(error.os_error)
        case TimeoutError():
            return "it was not open in time"
        case ClientError():
            return type(error).__name__
        case _:
            return str(error) or type(error).__name__


def _said(error: OSError) -> str:
    """What the system says; asyncio puts words of its own in the place of "Connection refused"."""
    if error.errno and not isinstance(error, SSLError | gaierror):
        return os.strerror(error.errno)
    return error.strerror or str(error)
