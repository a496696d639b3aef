"""What the exchange replies about UM algo orders.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A type of order has what it needs, and the rest is missing or an empty text. Either is None here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from msgspec import Struct

from binance_papi_async.declaring.reading import Text
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


class UmAlgoOrderState(Struct, frozen=True, rename="camel", kw_only=True):
    """What replies about a UM algo order say; None is what they leave out."""

    algo_id: int | None
    client_algo_id: Text | None
    algo_type: AlgoType | None = None
    order_type: StrategyType | None = None
    symbol: Text | None
    side: Side | None = None
    algo_status: AlgoStatus | None
    create_time: int | None = None
    update_time: int | None = None
    position_side: PositionSide | None = None
    time_in_force: FuturesTimeInForce | None = None
    quantity: Decimal | None = None
    trigger_price: Decimal | None = None
    price: Decimal | None = None
    actual_order_id: Text | int | None = None
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


class NewUmAlgoOrderReply(UmAlgoOrderState, frozen=True, rename="camel", kw_only=True):
    """A placed UM algo order; named by one id at least."""

    named_by: ClassVar = ("algo_id", "client_algo_id")


class UmAlgoOrder(UmAlgoOrderState, frozen=True, rename="camel", kw_only=True):
    """A UM algo order as the exchange last saw it. What names it and its status are always there."""

    algo_id: int
    client_algo_id: str
    symbol: Text
    algo_status: AlgoStatus


class CanceledUmAlgoOrder(Struct, frozen=True):
    """Whether an algo order was canceled."""

    complete: bool
