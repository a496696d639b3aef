"""Is the exchange there, what time is it, and what are the limits.

Pure declarations; ``papi.general`` is the table at the end.
"""

from __future__ import annotations

from msgspec import Struct

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Empty


class ServerTime(Struct, frozen=True, rename="camel"):
    """The exchange's clock."""

    server_time: int
    """Milliseconds since 1970 UTC."""


class RateLimit(Struct, frozen=True, rename="camel"):
    """One limit of the account: the limit itself, not how much of it is used."""

    rate_limit_type: str
    """``ORDERS``."""
    interval: str
    """``MINUTE``, ``SECOND`` or ``DAY``."""
    interval_num: int
    """How many of ``interval`` the limit spans."""
    limit: int


@endpoint("GET", "/papi/v1/ping", page="market-data#test-connectivity", security="open")
class Ping(Request[Empty]):
    """Ask whether the exchange answers. Weight 1."""


@endpoint("GET", "/papi/v1/time", page="market-data", security="open")
class QueryServerTime(Request[ServerTime]):
    """Read the exchange's clock. Weight 1 (assumed).

    Not documented for Portfolio Margin, but answered when last looked at (2026-07-23).
    The client falls back on the ``Date`` header of whatever answers in its place.
    """


@endpoint("GET", "/papi/v1/rateLimit/order", page="account#query-user-rate-limit")
class QueryOrderRateLimits(Request[list[RateLimit]]):
    """Read the account's order limits; documented answer: one, 1,200 a minute. Weight 1."""


class General(Namespace):
    """``papi.general``"""

    ping = Call(Ping)
    time = Call(QueryServerTime)
    order_rate_limits = Call(QueryOrderRateLimits)
