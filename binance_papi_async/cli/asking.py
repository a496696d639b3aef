"""The commands that ask an exchange."""

from __future__ import annotations

import time as local
from datetime import UTC, datetime

from msgspec import Struct

from binance_papi_async.cli.exit_code import ExitCode, as_usage
from binance_papi_async.cli.products import PRODUCTS, ProductName
from binance_papi_async.cli.reach import REAL, Reach, connected, has_key
from binance_papi_async.cli.render import plain, show, show_lines, show_table
from binance_papi_async.endpoints.general import Ping, QueryOrderRateLimits, RateLimit
from binance_papi_async.endpoints.margin_orders import OpenMarginOrders


class RoundTrip(Struct, rename="camel"):
    """What ``papi ping`` tells."""

    base_url: str
    round_trip_ms: float


class ExchangeTime(Struct, rename="camel"):
    """What ``papi time`` tells."""

    server_time: int
    offset_ms: float
    uncertainty_ms: float


class KnownLimits(Struct, rename="camel"):
    """What ``papi limits`` tells."""

    weight_used: int
    weight_limit: int
    order_limits: list[RateLimit] | None


async def orders(symbol: str, *, product: ProductName = "margin", reach: Reach = REAL) -> ExitCode:
    """List the open orders of a symbol, oldest first.

    :param symbol: The trading pair, like LTCBTC, BTCUSDT or BTCUSD_PERP.
    :param product: Whose orders, or which kind of them.
    """
    kind = PRODUCTS[product]
    with as_usage():
        OpenMarginOrders(symbol=symbol)  # not every kind asks for a symbol
        request = kind.open_orders(symbol)
    async with connected(reach.client()) as papi:
        found = await papi.send(request, max_wait=reach.timeout)
    of_symbol = [order for order in found if order.symbol == symbol]
    if reach.json:
        show_lines(of_symbol)
        return ExitCode.DONE
    heads, names = zip(*kind.columns(), strict=True)
    show_table(
        heads, ([plain(getattr(order, name, None)) for name in names] for order in of_symbol)
    )
    return ExitCode.DONE


async def ping(*, reach: Reach = REAL) -> ExitCode:
    """Time one round trip to the exchange, on a connection that is open already."""
    async with connected(reach.keyless_client()) as papi:
        began = local.perf_counter()
        await papi.send(Ping(), max_wait=reach.timeout)
        milliseconds = round((local.perf_counter() - began) * 1000, 3)
    show(
        RoundTrip(reach.base_url, milliseconds),
        {"exchange": reach.base_url, "round trip": f"{milliseconds:.1f} ms"},
        as_json=reach.json,
    )
    return ExitCode.DONE


async def time(*, reach: Reach = REAL) -> ExitCode:
    """Tell the exchange's time, and how far this machine's clock is off."""
    async with connected(reach.keyless_client()) as papi:
        now = papi.clock.exchange_time()
        offset = now - local.time()
        uncertainty = papi.clock.uncertainty()
    show(
        ExchangeTime(int(now * 1000), round(offset * 1000, 3), round(uncertainty * 1000, 3)),
        {
            "exchange's time": datetime.fromtimestamp(now, UTC).isoformat(" ", "milliseconds"),
            "ahead of this machine": f"{offset * 1000:+.1f} ms",
            "uncertainty": f"{uncertainty * 1000:.1f} ms",
        },
        as_json=reach.json,
    )
    return ExitCode.DONE


async def limits(*, reach: Reach = REAL) -> ExitCode:
    """Tell the weight this IP has used in this minute; with a key, the account's order limits too."""
    async with connected(reach.any_client()) as papi:
        order_limits = None
        if has_key():
            order_limits = await papi.send(QueryOrderRateLimits(), max_wait=reach.timeout)
        seen = papi.limits
    rows = {"weight used": f"{seen.weight_used:,} of {seen.weight_limit:,} a minute"}
    for limit in order_limits or ():
        span = f"{limit.interval_num} {limit.interval.lower()}"
        rows[f"{limit.rate_limit_type.lower()} allowed"] = f"{limit.limit:,} in {span}"
    show(KnownLimits(seen.weight_used, seen.weight_limit, order_limits), rows, as_json=reach.json)
    return ExitCode.DONE
