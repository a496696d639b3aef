"""What the exchange replies about UM algo orders.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
Only what names an order and its state is sure to be there: a type of order has what it needs,
and the rest is missing or an empty text. Either is None here.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from binance_papi_async.enums import (
    AlgoStatus,
    AlgoType,
    FuturesTimeInForce,
    PositionSide,
    PriceMatch,
    SelfTradePreventionMode,
    Side,
    StrategyType,
    WorkingType,
)


class UmAlgoOrder(Struct, frozen=True, rename="camel", kw_only=True):
    """A UM algo order as the exchange last saw it."""

    algo_id: int
    client_algo_id: str
    algo_type: AlgoType
    order_type: StrategyType
    symbol: str
    side: Side
    algo_status: AlgoStatus
    create_time: int
    update_time: int
    position_side: PositionSide | None = None
    time_in_force: FuturesTimeInForce | None = None
    quantity: Decimal | None = None
    trigger_price: Decimal | None = None
    price: Decimal | None = None
    actual_order_id: str | int | None = None
    """The order it placed, text in the documented example; not in replies about open algo orders."""
    actual_price: Decimal | None = None
    """Average price of the order it placed, 0 before; not in replies about open algo orders."""
    activate_price: Decimal | None = None
    """Trailing stops only; in the reply to a placed one."""
    callback_rate: Decimal | None = None
    """In percent. Trailing stops only; in the reply to a placed one."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    working_type: WorkingType | None = None
    price_match: PriceMatch | None = None
    close_position: bool | None = None
    price_protect: bool | None = None
    reduce_only: bool | None = None
    trigger_time: int | None = None
    """0 before it is triggered."""
    good_till_date: int | None = None
    """0 unless the time in force is ``GTD``."""


class CanceledUmAlgoOrder(Struct, frozen=True):
    """Whether an algo order was canceled."""

    complete: bool
