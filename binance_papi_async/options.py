"""What a client can be told, and what it refuses to be told.

Checked before anything is opened or sent.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from ssl import SSLContext
from typing import TYPE_CHECKING, Final, ParamSpec, TypedDict
from urllib.parse import urlsplit

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane, unknown_name
from binance_papi_async.journal import Journal
from binance_papi_async.limits.lanes import LANES
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.choice import own_transport
from binance_papi_async.transport.route import Proxy, Route, proxy_of_environment
from binance_papi_async.transport.session import SessionTransport
from binance_papi_async.wire.signing import HmacKey, Key, load_key

if TYPE_CHECKING:
    from aiohttp import ClientSession

BASE_URL: Final = "https://papi.binance.com"
_BASE_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[\w.-]+|\[[0-9a-f:.]+\])(?P<port>(?::\d{1,5})?)/?",
    re.ASCII | re.IGNORECASE,
)
_LAST_PORT: Final = 65535
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class ClientOptions(TypedDict, total=False):
    """The options of ``PapiClient``, for ``from_env``."""

    base_url: str
    recv_window: int
    timeout: float
    max_connections: int
    max_reply_bytes: int | None
    keep_warm: int
    keep_warm_weight: int
    limiter: Limiter | None
    learn_limits: bool
    session: ClientSession | None
    transport: Transport | None
    clock: Clock | None
    ssl: SSLContext | None
    proxy: str | None
    trust_env: bool
    local_addr: tuple[str, int] | None
    max_wait: float | Mapping[Lane, float] | None
    client_id_prefix: str
    journal: str | os.PathLike[str] | Journal | None


P = ParamSpec("P")
_KEYS_ELSEWHERE: Final = frozenset(
    {"api_key", "apikey", "apiKey", "api_secret", "apiSecret", "secret"}
)
"""How other clients call what a key is made of."""


def explained(init: Callable[P, None]) -> Callable[P, None]:
    """A constructor that says the way out to who calls it as another client is called."""
    names = [*inspect.signature(init).parameters][1:]

    @wraps(init)
    def explain(*args: P.args, **options: P.kwargs) -> None:
        if len(args) > 2 or not _KEYS_ELSEWHERE.isdisjoint(options):  # noqa: PLR2004 - self and key
            raise TypeError(_ONE_KEY)
        if (unknown := unknown_name(options, names)) is not None:
            raise TypeError(f"PapiClient has {unknown}")
        init(*args, **options)

    return explain


_ONE_KEY: Final = (
    "PapiClient takes one key: PapiClient(HmacKey(api_key, secret)), or PapiClient.from_env()"
)


def checked_key(key: Key | None) -> Key | None:
    """Something that signs, or None."""
    if key is None or hasattr(key, "sign"):
        return key
    raise TypeError(f"{_ONE_KEY}; not {type(key).__name__}")


def scheme_hint(base_url: str) -> str:
    """What to look at when whatever answers http hangs up."""
    is_plain = base_url.startswith("http://")
    return "; does that port speak https? base_url begins with http://" if is_plain else ""


def key_from_env(environ: Mapping[str, str]) -> Key:
    """The key that the variables of ``PapiClient.from_env`` name."""
    api_key = environ.get("BINANCE_API_KEY")
    secret = environ.get("BINANCE_API_SECRET")
    file = environ.get("BINANCE_PRIVATE_KEY_FILE")
    if not api_key:
        raise ValueError(
            "BINANCE_API_KEY is not set in the environment; "
            "set it with BINANCE_API_SECRET or BINANCE_PRIVATE_KEY_FILE"
        )
    if secret and file:
        raise ValueError("set BINANCE_API_SECRET or BINANCE_PRIVATE_KEY_FILE, not both")
    if secret:
        return HmacKey(api_key, secret)
    if file:
        return load_key(api_key, file, environ.get("BINANCE_PRIVATE_KEY_PASSWORD"))
    raise ValueError(
        "neither BINANCE_API_SECRET nor BINANCE_PRIVATE_KEY_FILE is set in the environment"
    )


def chosen_limiter(limiter: Limiter | None, clock: Clock | None) -> Limiter:
    """The limiter a client uses, and its clock with it."""
    if limiter is None:
        return Limiter(clock=clock)
    if clock is not None and clock is not limiter.clock:
        raise ValueError("the limiter has a clock of its own: give the clock to Limiter(clock=...)")
    return limiter


def chosen_transport(
    base_url: str, session: ClientSession | None, ssl: SSLContext | None, route: Route
) -> Transport:
    """Through the session that was handed in, or the direct lane."""
    if session is not None:
        return SessionTransport(base_url, session=session, ssl=ssl)
    return own_transport(base_url, ssl, route)


def chosen_route(
    base_url: str,
    session: ClientSession | None,
    proxy: str | None,
    local_addr: tuple[str, int] | None,
    environ: Mapping[str, str] | None,
) -> Route:
    """By which way connections go out; ``environ`` if it is trusted to name the proxy."""
    if session is not None and (proxy, local_addr, environ) != (None, None, None):
        raise ValueError(
            "a session has proxy, trust_env and local_addr of its own: give them to it"
        )
    parts = urlsplit(base_url)
    if proxy is not None:
        if parts.scheme != "https":
            raise ValueError("a proxy opens tunnels for https only: leave it out for this machine")
        return Route(Proxy(proxy), local_addr)
    if environ is None or parts.scheme != "https" or parts.hostname is None:
        return Route(None, local_addr)
    return Route(proxy_of_environment(parts.hostname, environ), local_addr)


def opened_journal(
    journal: str | os.PathLike[str] | Journal, key: Key | None, clock: Clock
) -> Journal:
    """The journal that was handed in, or the one of that path; it bears a mark of the key, so as to be no other account's.

    Either is told the exchange's time: what is read there is held against that.
    """
    if not isinstance(journal, Journal):
        mark = "" if key is None else sha256(key.api_key.encode()).hexdigest()[:12]
        journal = Journal(journal, account=mark)
    journal.follow(clock.stamp)
    return journal


def checked_base_url(base_url: str) -> str:
    """Scheme, host and port; https unless it is this machine."""
    found = _BASE_URL.fullmatch(base_url)
    if found is None or not _is_port(found["port"]):
        raise ValueError(
            f"base_url must be like {BASE_URL}: scheme, host and port, and nothing else"
        )
    scheme = found["scheme"].lower()
    if scheme == "http" and found["host"].strip("[]").lower() not in _LOOPBACK:
        raise ValueError(
            "base_url must begin with https://: http would show the key to the network"
        )
    return f"{scheme}://{found['host']}{found['port']}"


def _is_port(text: str) -> bool:
    return not text or 0 < int(text[1:]) <= _LAST_PORT


def checked_timeout(timeout: float) -> float:
    """Seconds, above zero."""
    if not timeout > 0:
        raise ValueError(f"timeout must be above zero seconds, not {timeout}")
    return timeout


def checked_lane(lane: Lane) -> Lane:
    """A lane there is."""
    if lane not in LANES:
        raise ValueError(f"{lane!r} is no lane: {', '.join(LANES)}")
    return lane
