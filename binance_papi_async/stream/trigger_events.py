"""What the stream tells about orders that wait for a trigger: algo orders of UM, conditional orders of CM.

Frozen, and open to fields the exchange adds later; fields have the names of the replies.
Numbers are ``Decimal``, times milliseconds since 1970 UTC.
What names an order and says how it stands is always there; any other field is None where it is left out.
Source: the Portfolio Margin user data stream pages as of 2026-05-28, the official connector 16.1.0.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from binance_papi_async.enums import (
    AlgoStatus,
    AlgoType,
    FuturesProduct,
    FuturesTimeInForce,
    PositionSide,
    PriceMatch,
    SelfTradePreventionMode,
    Side,
    StrategyStatus,
    StrategyType,
    WorkingType,
)


class ConditionalOrder(Struct, frozen=True, kw_only=True):
    """A conditional order."""

    symbol: str = field(name="s")
    strategy_id: int = field(name="si")
    new_client_strategy_id: str = field(name="c")
    strategy_status: StrategyStatus = field(name="os")
    strategy_type: StrategyType | None = field(name="st", default=None)
    side: Side | None = field(name="S", default=None)
    position_side: PositionSide | None = field(name="ps", default=None)
    time_in_force: FuturesTimeInForce | None = field(name="f", default=None)
    orig_qty: Decimal | None = field(name="q", default=None)
    price: Decimal | None = field(name="p", default=None)
    stop_price: Decimal | None = field(name="sp", default=None)
    """Says nothing about a trailing stop."""
    activate_price: Decimal | None = field(name="AP", default=None)
    """Of a trailing stop, as is ``price_rate``."""
    price_rate: Decimal | None = field(name="cr", default=None)
    """The callback rate in percent."""
    book_time: int | None = field(name="T", default=None)
    """When it was placed."""
    update_time: int = field(name="ut")
    order_id: int | None = field(name="i", default=None)
    """The order that the trigger placed."""
    working_type: WorkingType | None = field(name="wt", default=None)
    reduce_only: bool | None = field(name="R", default=None)
    close_position: bool | None = field(name="cp", default=None)
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    good_till_date: int | None = field(name="gtd", default=None)
    """0 unless the time in force is ``GTD``."""


class ConditionalOrderUpdate(
    Struct, frozen=True, kw_only=True, tag_field="e", tag="CONDITIONAL_ORDER_TRADE_UPDATE"
):
    """A conditional order has changed: of CM, of UM until April 2026."""

    product: FuturesProduct = field(name="fs")
    event_time: int = field(name="E")
    transaction_time: int | None = field(name="T", default=None)
    order: ConditionalOrder = field(name="so")


class AlgoOrder(Struct, frozen=True, kw_only=True):
    """An algo order."""

    symbol: str = field(name="s")
    algo_id: int = field(name="aid")
    client_algo_id: str = field(name="caid")
    algo_status: AlgoStatus = field(name="X")
    algo_type: AlgoType | None = field(name="at", default=None)
    order_type: StrategyType | None = field(name="o", default=None)
    side: Side | None = field(name="S", default=None)
    position_side: PositionSide | None = field(name="ps", default=None)
    time_in_force: FuturesTimeInForce | None = field(name="f", default=None)
    quantity: Decimal | None = field(name="q", default=None)
    price: Decimal | None = field(name="p", default=None)
    trigger_price: Decimal | None = field(name="tp", default=None)
    trigger_time: int | None = field(name="tt", default=None)
    """0 before it is triggered."""
    actual_order_id: str | None = field(name="ai", default=None)
    """The order it placed; empty before."""
    actual_price: Decimal | None = field(name="ap", default=None)
    """Average price of the order it placed."""
    actual_qty: Decimal | None = field(name="aq", default=None)
    """What that order has filled."""
    actual_type: str | None = field(name="act", default=None)
    """Type of that order; ``0`` in the example of one that placed none."""
    working_type: WorkingType | None = field(name="wt", default=None)
    price_match: PriceMatch | None = field(name="pm", default=None)
    close_position: bool | None = field(name="cp", default=None)
    price_protect: bool | None = field(name="pP", default=None)
    reduce_only: bool | None = field(name="R", default=None)
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    good_till_date: int | None = field(name="gtd", default=None)
    """0 unless the time in force is ``GTD``."""
    reject_reason: str | None = field(name="rm", default=None)
    """Why it failed."""
    is_activated: bool | None = field(name="ia", default=None)
    """Of a trailing stop; since August 2026."""


class AlgoUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="ALGO_UPDATE"):
    """A UM algo order has changed. No payload of Portfolio Margin was at hand: names are the connector's."""

    product: FuturesProduct = field(name="fs")
    event_time: int = field(name="E")
    transaction_time: int = field(name="T")
    order: AlgoOrder = field(name="ao")
    """Under ``o`` on USD-M futures; either is read."""
