"""By which way connections go out: straight, through a proxy, from an address of one's own.

A proxy is asked for a tunnel (``CONNECT``) and sees the name of the exchange and nothing else:
TLS is between this process and the exchange.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from binance_papi_async.wire.discreet import discreet

_PROXY: Final = re.compile(
    r"http://(?:(?P<user>[!-~]*)@)?(?P<host>[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?/?",
    re.ASCII | re.IGNORECASE,
)


class Proxy:
    """A proxy that opens tunnels; nothing it prints holds its password."""

    __slots__ = ("headers", "url")

    @discreet
    def __init__(self, url: str) -> None:
        found = _PROXY.fullmatch(url)
        if found is None:
            raise ValueError(
                "a proxy is like http://proxy.example:3128 or http://user:password@..."
            )
        user = found["user"]
        self.url = url if user is None else f"http://{url.rpartition('@')[2]}"
        """Without user and password."""
        _ = urlsplit(self.url).port  # raises ValueError beyond 65535
        self.headers = {} if user is None else {"Proxy-Authorization": _basic(user)}

    def __repr__(self) -> str:
        return f"<Proxy {self.url}>"


class Route(NamedTuple):
    """How connections go out."""

    proxy: Proxy | None = None
    local_addr: tuple[str, int] | None = None
    """Address and port (0: any) of this machine that they go out from."""


STRAIGHT: Final = Route()


def proxy_of_environment(host: str, environ: Mapping[str, str]) -> Proxy | None:
    """What ``HTTPS_PROXY`` names, unless ``NO_PROXY`` names the host; spelled in either case."""
    url = environ.get("https_proxy") or environ.get("HTTPS_PROXY")
    exempt = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not url or _is_exempt(host.lower(), exempt):
        return None
    return Proxy(url if "://" in url else f"http://{url}")


def _is_exempt(host: str, exempt: str) -> bool:
    names = [name.strip().lower().lstrip(".") for name in exempt.split(",")]
    return "*" in names or any(name and f".{host}".endswith(f".{name}") for name in names)


def _basic(user: str) -> str:
    name, _, password = user.partition(":")
    return f"Basic {b64encode(f'{unquote(name)}:{unquote(password)}'.encode()).decode('ascii')}"
