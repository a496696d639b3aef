"""Parameters that requests of UM and of CM share.

Pure declarations.
Source: the Portfolio Margin trade and account pages as of 2026-10-23, which say the same for both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from binance_papi_async.declaring.orders import ModifyRequest
from binance_papi_async.declaring.parameters import ClientId, Quantity, Symbol, Words
from binance_papi_async.endpoints.bases import (
    OrderRef,
    TimeRange,
    UpTo100,
    UpTo1000,
    needs,
    one_of,
    takes,
)
from binance_papi_async.enums import (
    AutoCloseType,
    FuturesOrderType,
    FuturesTimeInForce,
    IncomeType,
    PositionSide,
    PriceMatch,
    ResponseType,
    Side,
)

R_co = TypeVar("R_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)
SentPriceMatch = Annotated[
    PriceMatch,
    Words(
        *("OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20"),
        *("QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20"),
    ),
]
"""``NONE`` is replied only."""
PlacedType = Annotated[FuturesOrderType, Words("LIMIT", "MARKET")]
"""What waits for a trigger is placed elsewhere, and ``LIQUIDATION`` by the exchange alone."""
PlacedResponse = Annotated[ResponseType, Words("ACK", "RESULT")]
TimeInForceWithoutDate = Annotated[FuturesTimeInForce, Words("GTC", "IOC", "FOK", "GTX")]


def check_hedge(request: Any) -> None:
    """Raise ValueError for ``reduce_only`` in hedge mode, where the page says it is not taken."""
    if request.position_side is not None and request.position_side != PositionSide.BOTH:
        takes(f"position_side {request.position_side}", request, "reduce_only")


def check_placed(request: Any) -> None:
    """Raise ValueError unless an order has what its type needs."""
    if request.type == FuturesOrderType.LIMIT:
        one_of("price", price=request.price, price_match=request.price_match)
        needs("a LIMIT order", request, "time_in_force", "quantity")
    else:
        needs("a MARKET order", request, "quantity")
        takes("a MARKET order", request, "price_match")


class ModifyFuturesOrder(OrderRef[R_co], ModifyRequest[R_co, S_co]):
    """Changes price and quantity of one open ``LIMIT`` order."""

    side: Side
    """Of the order: a modification cannot turn it."""
    quantity: Quantity
    """The new total, what has filled included; of CM in contracts."""
    price: Decimal | None = None
    """The page calls it mandatory, but has ``price_match`` stand in for it."""
    price_match: SentPriceMatch | None = None
    """Takes the price from the book, instead of ``price``."""
    modify_id: int | None = None
    """A tag of the caller's choice; comes back, need not be unique."""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("price", price=self.price, price_match=self.price_match)

    def is_done(self, state: Any) -> bool | None:
        """By price and total quantity; what a price taken from the book came to, nobody can tell."""
        if state.orig_qty is not None and state.orig_qty != self.quantity:
            return False
        if None in (state.orig_qty, state.price, self.price):
            return None
        return bool(state.price == self.price)


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
