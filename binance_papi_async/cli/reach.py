"""Which exchange a command asks, and the client that asks it."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from binance_papi_async.cli.exit_code import as_usage
from binance_papi_async.client import PapiClient
from binance_papi_async.errors import NotSentError, UnknownOutcomeError
from binance_papi_async.options import BASE_URL, ClientOptions

KEY_VARIABLES: Final = ("BINANCE_API_KEY", "BINANCE_API_SECRET", "BINANCE_PRIVATE_KEY_FILE")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The options of every command that asks an exchange."""

    base_url: str = BASE_URL
    """The exchange to ask."""
    ca_file: Path | None = None
    """A PEM file of certificates to trust besides the usual ones."""
    timeout: float = 10.0
    """Seconds to wait for a reply; and as long before it, for room in the limit, but for cancels."""
    trust_env: bool = False
    """Go through the proxy that HTTPS_PROXY names, unless NO_PROXY exempts the exchange."""
    json: bool = False
    """Write JSON, one object on each line."""

    def client(self) -> PapiClient:
        """A client with the key that the environment names; UsageError if it names none."""
        with as_usage():
            return PapiClient.from_env(**self._options())

    def keyless_client(self) -> PapiClient:
        """A client for the open calls."""
        with as_usage():
            return PapiClient(**self._options())

    def any_client(self) -> PapiClient:
        """A client with the environment's key if it names one."""
        return self.client() if has_key() else self.keyless_client()

    def _options(self) -> ClientOptions:
        return {
            "base_url": self.base_url,
            "timeout": self.timeout,
            "trust_env": self.trust_env,
            "ssl": None if self.ca_file is None else _trusting(self.ca_file),
        }


REAL: Final = Reach()
"""Binance."""


def has_key() -> bool:
    """Whether the environment names a key, be it in part."""
    return any(os.environ.get(name) for name in KEY_VARIABLES)


@asynccontextmanager
async def connected(papi: PapiClient) -> AsyncGenerator[PapiClient, None]:
    """Open a client; whatever goes wrong until then, what the user asks for was not sent."""
    try:
        await papi.open()
    except UnknownOutcomeError as error:
        raise NotSentError(f"nothing was asked but the exchange's time: {error}") from error
    try:
        yield papi
    finally:
        await papi.close()


def _trusting(ca_file: Path) -> ssl.SSLContext:
    context = ssl.create_default_context()
    with as_usage(f"--ca-file {ca_file} is no file of certificates"):
        context.load_verify_locations(ca_file)
    return context
