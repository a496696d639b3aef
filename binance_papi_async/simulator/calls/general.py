"""How the exchange answers the calls about itself. Pure."""

from __future__ import annotations

from typing import Final

from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.notation import milliseconds


def ping(_: Call) -> object:
    """It is there."""
    return {}


def server_time(call: Call) -> object:
    """The exchange's clock. Not documented under /papi, but answered (seen 2026-07-23)."""
    return {"serverTime": milliseconds(call.now)}


def order_rate_limits(call: Call) -> object:
    """The account's limits (not their use)."""
    return [
        {
            "rateLimitType": "ORDERS",
            "interval": window.span[0],
            "intervalNum": window.span[1],
            "limit": window.limit,
        }
        for window in call.account.order_limits
    ]


ROUTES: Final[Routes] = {
    ("GET", "/papi/v1/ping"): ping,
    ("GET", "/papi/v1/time"): server_time,
    ("GET", "/papi/v1/rateLimit/order"): order_rate_limits,
}
