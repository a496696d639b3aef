"""What the stream tells about UM and CM: orders, balances and positions, settings.

Frozen, and open to fields the exchange adds later.
Numbers are ``Decimal``, times milliseconds since 1970 UTC; quantities and position sizes of CM are contracts.
What names an order, says how it stands and what a fill is booked by is always there; any other field
is None where the exchange leaves it out.
What every order sends is left out of garbage collection (``gc=False``): nothing in it can refer back to it.
Source: the Portfolio Margin user data stream pages as of 2026-05-28, the official connector 16.1.0.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from binance_papi_async.enums import (
    ExecutionType,
    FuturesOrderType,
    FuturesProduct,
    FuturesTimeInForce,
    OrderStatus,
    PositionSide,
    SelfTradePreventionMode,
    Side,
    UpdateReason,
)
from binance_papi_async.stream.margin_events import no_number


class FuturesOrderUpdate(Struct, frozen=True, kw_only=True, gc=False):
    """A futures order, and what has just happened to it."""

    symbol: str = field(name="s")
    client_order_id: str = field(name="c")
    """Always the order's own.

    Orders of the exchange itself: ``autoclose-...`` (liquidation), ``adl_autoclose`` (auto-deleveraging),
    ``settlement_autoclose-...`` (delisting or delivery).
    """
    order_id: int = field(name="i")
    side: Side = field(name="S")
    position_side: PositionSide | None = field(name="ps", default=None)
    type: FuturesOrderType | None = field(name="o", default=None)
    time_in_force: FuturesTimeInForce | None = field(name="f", default=None)
    execution_type: ExecutionType = field(name="x")
    status: OrderStatus = field(name="X")
    price: Decimal = field(name="p")
    orig_qty: Decimal = field(name="q")
    executed_qty: Decimal = field(name="z")
    """All fills so far."""
    avg_price: Decimal | None = field(name="ap", default=None)
    last_executed_qty: Decimal = field(name="l")
    """This fill; 0 without one."""
    last_executed_price: Decimal = field(name="L")
    commission: Decimal | None = field(name="n", default=None)
    commission_asset: str | None = field(name="N", default=None)
    realized_profit: Decimal | None = field(name="rp", default=None)
    trade_id: int = field(name="t")
    """0 without a trade."""
    order_trade_time: int | None = field(name="T", default=None)
    """Of the order or the trade; ``transaction_time`` of the event is the engine's."""
    is_maker: bool | None = field(name="m", default=None)
    reduce_only: bool | None = field(name="R", default=None)
    stop_price: Decimal | None = field(name="sp", default=None)
    """To be ignored, says the page."""
    bids_notional: Decimal | None = field(name="b", default=None)
    asks_notional: Decimal | None = field(name="a", default=None)
    modify_id: str | int | None = field(name="M", default=None)
    """The caller's tag of an ``AMENDMENT``; since July 2026."""
    strategy_type: str | None = field(name="st", default=None)
    """Of a triggered conditional order only, as is ``strategy_id``; ``C_TAKE_PROFIT`` in the documented example."""
    strategy_id: int | None = field(name="si", default=None)
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    good_till_date: int | None = field(name="gtd", default=None)
    """0 unless the time in force is ``GTD``."""

    def __post_init__(self) -> None:
        if not self.executed_qty.is_finite():
            raise no_number(self.executed_qty)


class OrderTradeUpdate(
    Struct, frozen=True, kw_only=True, gc=False, tag_field="e", tag="ORDER_TRADE_UPDATE"
):
    """A UM or CM order has changed."""

    product: FuturesProduct = field(name="fs")
    event_time: int = field(name="E")
    transaction_time: int = field(name="T")
    account_alias: str | None = field(name="i", default=None)
    """CM only; empty for UM."""
    order: FuturesOrderUpdate = field(name="o")


class ChangedBalance(Struct, frozen=True, kw_only=True):
    """A balance after it changed."""

    asset: str = field(name="a")
    wallet_balance: Decimal = field(name="wb")
    cross_wallet_balance: Decimal | None = field(name="cw", default=None)
    balance_change: Decimal | None = field(name="bc", default=None)
    """Other than profit and commission."""


class ChangedPosition(Struct, frozen=True, kw_only=True):
    """A position after it changed."""

    symbol: str = field(name="s")
    position_side: PositionSide = field(name="ps")
    position_amt: Decimal = field(name="pa")
    """Below zero when short."""
    entry_price: Decimal | None = field(name="ep", default=None)
    break_even_price: Decimal | None = field(name="bep", default=None)
    accumulated_realized: Decimal | None = field(name="cr", default=None)
    """So far, before fees."""
    unrealized_profit: Decimal | None = field(name="up", default=None)


class AccountChange(Struct, frozen=True, kw_only=True):
    """What changed, and why."""

    reason: UpdateReason | None = field(name="m", default=None)
    balances: list[ChangedBalance] = field(name="B", default=[])
    positions: list[ChangedPosition] = field(name="P", default=[])
    """None for a ``FUNDING_FEE`` of a crossed position."""
    symbol: str | None = field(name="S", default=None)
    """What a ``FUNDING_FEE`` belongs to; since August 2026."""


class AccountUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="ACCOUNT_UPDATE"):
    """UM or CM balances and positions have changed: told every 50 ms at most, not for orders without fills."""

    product: FuturesProduct = field(name="fs")
    event_time: int = field(name="E")
    transaction_time: int = field(name="T")
    account_alias: str | None = field(name="i", default=None)
    """CM only."""
    change: AccountChange = field(name="a")


class ChangedLeverage(Struct, frozen=True, kw_only=True):
    """The leverage of a contract."""

    symbol: str = field(name="s")
    leverage: int = field(name="l")


class AccountConfigUpdate(
    Struct, frozen=True, kw_only=True, tag_field="e", tag="ACCOUNT_CONFIG_UPDATE"
):
    """The leverage of a UM or CM contract has changed."""

    product: FuturesProduct = field(name="fs")
    event_time: int = field(name="E")
    transaction_time: int | None = field(name="T", default=None)
    setting: ChangedLeverage = field(name="ac")
