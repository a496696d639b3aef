"""Parameters that requests of UM and of CM share.

Pure declarations.
Source: the Portfolio Margin trade and account pages as of 2026-10-23, which say the same for both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeVar

from msgspec import Meta

from binance_papi_async.declaring.parameters import ClientId, Symbol
from binance_papi_async.endpoints.bases import OrderRef, TimeRange, UpTo100, UpTo1000, one_of
from binance_papi_async.enums import AutoCloseType, IncomeType, PriceMatch, Side

R_co = TypeVar("R_co", covariant=True)
ClientId32 = Annotated[str, Meta(min_length=1, max_length=32)]
"""A client id of a new order: letters, digits and ``. : / _ -``, at most 32 of them."""


class ModifyFuturesOrder(OrderRef[R_co]):
    """Changes price and quantity of one open ``LIMIT`` order."""

    side: Side
    """Of the order: a modification cannot turn it."""
    quantity: Decimal
    """The new total, what has filled included; of CM in contracts."""
    price: Decimal | None = None
    """The page calls it mandatory, but has ``price_match`` stand in for it."""
    price_match: PriceMatch | None = None
    """Takes the price from the book, instead of ``price``."""
    modify_id: int | None = None
    """A tag of the caller's choice; comes back, need not be unique."""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("price", price=self.price, price_match=self.price_match)


class OrderChanges(TimeRange[R_co]):
    """Names one order of a symbol, whose changes are asked for."""

    symbol: Symbol
    order_id: int | None = None
    orig_client_order_id: ClientId | None = None

    def __post_init__(self) -> None:
        one_of("order", order_id=self.order_id, orig_client_order_id=self.orig_client_order_id)
        super().__post_init__()


class FuturesForceOrders(TimeRange[R_co]):
    """Reads the orders by which the exchange closed positions, of a symbol or of all."""

    symbol: Symbol | None = None
    auto_close_type: AutoCloseType | None = None
    """Both kinds when left out."""
    limit: UpTo100 | None = None
    """Default 50."""


class FuturesIncomeHistory(TimeRange[R_co]):
    """Reads what changed the balances."""

    symbol: Symbol | None = None
    income_type: IncomeType | None = None
    """Every kind when left out."""
    limit: UpTo1000 | None = None
    """Default 100."""
