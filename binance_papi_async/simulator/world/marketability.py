"""Whether an order would trade or fire at once, by the last price: the only price this market knows.

While a test has set none, nothing takes and nothing fires.
Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from binance_papi_async.enums import OrderType, Side, StrategyType
from binance_papi_async.simulator.world.orders import Draft

_FIRES_ON_A_RISE: Final = frozenset(
    {
        (Side.BUY, OrderType.STOP_LOSS),
        (Side.BUY, OrderType.STOP_LOSS_LIMIT),
        (Side.SELL, OrderType.TAKE_PROFIT),
        (Side.SELL, OrderType.TAKE_PROFIT_LIMIT),
        (Side.BUY, StrategyType.STOP),
        (Side.BUY, StrategyType.STOP_MARKET),
        (Side.SELL, StrategyType.TAKE_PROFIT),
        (Side.SELL, StrategyType.TAKE_PROFIT_MARKET),
    }
)
"""A buy that stops and a sale that takes a profit wait for a price above, the others for one below."""


def would_take(order: Draft, last: Decimal | None) -> bool:
    """Whether a LIMIT order's price reaches the last price, so that somebody is on the other side."""
    if last is None:
        return False
    return order.price >= last if order.side == Side.BUY else order.price <= last


def would_fire(
    side: Side, kind: OrderType | StrategyType, trigger: Decimal, last: Decimal | None
) -> bool:
    """Whether a trigger price has been reached before the order is placed."""
    if last is None or not trigger:
        return False
    return last >= trigger if (side, kind) in _FIRES_ON_A_RISE else last <= trigger
