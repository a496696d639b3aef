"""What the stream tells about the margin account.

Frozen, and open to fields the exchange adds later.
Numbers are ``Decimal``, times milliseconds since 1970 UTC.
What names an order, says how it stands and what a fill is booked by is always there; any other field
is None where the exchange leaves it out.
What every order sends is left out of garbage collection (``gc=False``): nothing in it can refer back to it.
Source: the Portfolio Margin user data stream pages as of 2026-05-28, the official connector 16.1.0.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, ValidationError, field

from binance_papi_async.enums import (
    ExecutionType,
    OrderStatus,
    OrderType,
    SelfTradePreventionMode,
    Side,
    TimeInForce,
)


class ExecutionReport(
    Struct, frozen=True, kw_only=True, gc=False, tag_field="e", tag="executionReport"
):
    """A margin order has changed."""

    event_time: int = field(name="E")
    symbol: str = field(name="s")
    client_order_id: str = field(name="c")
    """Of a cancel the id of the cancel, as in its reply: ``own_client_order_id`` is always the order's."""
    orig_client_order_id: str | None = field(name="C", default=None)
    """Of a cancel the id the order was placed under; otherwise empty or not there."""
    order_id: int = field(name="i")
    order_list_id: int | None = field(name="g", default=None)
    """-1 when not in a list."""
    side: Side = field(name="S")
    type: OrderType | None = field(name="o", default=None)
    time_in_force: TimeInForce | None = field(name="f", default=None)
    execution_type: ExecutionType = field(name="x")
    status: OrderStatus = field(name="X")
    price: Decimal = field(name="p")
    stop_price: Decimal | None = field(name="P", default=None)
    orig_qty: Decimal = field(name="q")
    executed_qty: Decimal = field(name="z")
    """All fills so far."""
    last_executed_qty: Decimal = field(name="l")
    """This fill; 0 without one."""
    last_executed_price: Decimal = field(name="L")
    cummulative_quote_qty: Decimal | None = field(name="Z", default=None)
    """Spelled as the exchange's replies spell it."""
    last_quote_qty: Decimal | None = field(name="Y", default=None)
    quote_order_qty: Decimal | None = field(name="Q", default=None)
    commission: Decimal | None = field(name="n", default=None)
    commission_asset: str | None = field(name="N", default=None)
    trade_id: int = field(name="t")
    """-1 without a trade."""
    transaction_time: int = field(name="T")
    time: int | None = field(name="O", default=None)
    """When the order was placed."""
    working_time: int | None = field(name="W", default=None)
    """When it reached the book."""
    is_working: bool | None = field(name="w", default=None)
    is_maker: bool | None = field(name="m", default=None)
    reject_reason: str | None = field(name="r", default=None)
    """``NONE`` when not rejected."""
    expiry_reason: str | int | None = field(name="eR", default=None)
    """Since April 2026."""
    iceberg_qty: Decimal | None = field(name="F", default=None)
    trailing_delta: int | None = field(name="d", default=None)
    trailing_time: int | None = field(name="D", default=None)
    """When trailing became active."""
    strategy_id: int | None = field(name="j", default=None)
    strategy_type: int | None = field(name="J", default=None)
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    prevented_match_id: int | None = field(name="v", default=None)
    prevented_qty: Decimal | None = field(name="A", default=None)
    last_prevented_qty: Decimal | None = field(name="B", default=None)
    trade_group_id: int | None = field(name="u", default=None)
    counter_order_id: int | None = field(name="U", default=None)
    counter_symbol: str | None = field(name="Cs", default=None)
    """Since April 2026, as are the next three."""
    prevented_execution_qty: Decimal | None = field(name="pl", default=None)
    prevented_execution_price: Decimal | None = field(name="pL", default=None)
    prevented_execution_quote_qty: Decimal | None = field(name="pY", default=None)

    def __post_init__(self) -> None:
        if not self.executed_qty.is_finite():
            raise no_number(self.executed_qty)

    @property
    def own_client_order_id(self) -> str:
        """The id the order was placed under."""
        return self.orig_client_order_id or self.client_order_id


def no_number(executed_qty: Decimal) -> ValidationError:
    """Such a quantity compares with none, or is larger than all."""
    return ValidationError(f"an executed quantity cannot be {executed_qty}")


class AssetLoss(Struct, frozen=True, kw_only=True):
    """What open orders lose in one asset."""

    asset: str = field(name="a")
    loss: Decimal = field(name="o")
    """Below zero."""


class OpenOrderLoss(Struct, frozen=True, kw_only=True, tag_field="e", tag="openOrderLoss"):
    """What open margin orders lose has changed."""

    event_time: int = field(name="E")
    losses: list[AssetLoss] = field(name="O", default=[])


class AssetBalance(Struct, frozen=True, kw_only=True):
    """What there is of an asset."""

    asset: str = field(name="a")
    free: Decimal = field(name="f")
    locked: Decimal = field(name="l")


class OutboundAccountPosition(
    Struct, frozen=True, kw_only=True, tag_field="e", tag="outboundAccountPosition"
):
    """Margin balances that a change may have touched."""

    event_time: int = field(name="E")
    last_update_time: int | None = field(name="u", default=None)
    update_id: int | None = field(name="U", default=None)
    balances: list[AssetBalance] = field(name="B", default=[])


class BalanceUpdate(Struct, frozen=True, kw_only=True, tag_field="e", tag="balanceUpdate"):
    """A deposit, a withdrawal or a transfer of the margin account."""

    event_time: int = field(name="E")
    asset: str = field(name="a")
    balance_delta: Decimal = field(name="d")
    update_id: int | None = field(name="U", default=None)
    clear_time: int | None = field(name="T", default=None)


class LiabilityChange(Struct, frozen=True, kw_only=True, tag_field="e", tag="liabilityChange"):
    """Something was borrowed, repaid, or charged as interest."""

    event_time: int = field(name="E")
    asset: str = field(name="a")
    type: str | None = field(name="t", default=None)
    """``BORROW`` in the documented example; the other words are not documented."""
    transaction_id: int | None = field(name="T", default=None)
    """Above 2^53: no time, and no float."""
    principal: Decimal | None = field(name="p", default=None)
    interest: Decimal | None = field(name="i", default=None)
    total_liability: Decimal = field(name="l")
