"""CM orders: placing, changing, cancelling, reading. CM futures are margined in the coin itself.

Pure declarations; part of ``papi.cm``.
Source: the Portfolio Margin trade pages as of 2026-10-23. Quantities are contracts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import ValidationError

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.orders import PlaceRequest
from binance_papi_async.declaring.paging import DAY_MS, WEEK_MS, Pages, by_id, by_time
from binance_papi_async.declaring.parameters import NewClientId32, Quantity, Symbol
from binance_papi_async.declaring.reading import one_or_many, unreadable
from binance_papi_async.declaring.request import CancelAllRequest, Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.endpoints.bases import (
    CancelOrder,
    OrderRef,
    TimeRange,
    UpTo100,
    UpTo1000,
    one_of,
)
from binance_papi_async.endpoints.cm_order_replies import (
    CanceledCmOrder,
    CmOrder,
    CmOrderAmendment,
    CmTrade,
    ModifiedCmOrder,
    NewCmOrderReply,
)
from binance_papi_async.endpoints.futures_bases import (
    FuturesForceOrders,
    ModifyFuturesOrder,
    OrderChanges,
    PlacedResponse,
    PlacedType,
    SentPriceMatch,
    TimeInForceWithoutDate,
    check_hedge,
    check_placed,
)
from binance_papi_async.enums import PositionSide, Side


@endpoint("POST", "/papi/v1/cm/order", page="trade#new-cm-order", weight=1, orders=1)
class NewCmOrder(PlaceRequest[NewCmOrderReply, CmOrder]):
    """Place a CM order. Weight 1, one order."""

    id_field = "new_client_order_id"
    id_length = 32

    symbol: Symbol
    side: Side
    type: PlacedType
    """``LIMIT`` needs ``time_in_force``, ``quantity`` and a price; ``MARKET`` needs ``quantity``."""
    position_side: PositionSide | None = None
    """Default ``BOTH``; mandatory in hedge mode, ``LONG`` or ``SHORT``."""
    time_in_force: TimeInForceWithoutDate | None = None
    quantity: Quantity | None = None
    """In contracts."""
    reduce_only: bool | None = None
    """Default false; not in hedge mode."""
    price: Decimal | None = None
    price_match: SentPriceMatch | None = None
    """Takes the price from the book, instead of ``price``."""
    new_client_order_id: NewClientId32 | None = None
    """Unique among open orders; made up by the exchange when left out."""
    new_order_resp_type: PlacedResponse | None = None
    """``ACK``, the default, or ``RESULT``, which answers with the final state."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.price is not None and self.price_match is not None:
            one_of("price", price=self.price, price_match=self.price_match)
        check_placed(self)
        check_hedge(self)

    def to_cancel(self) -> CancelCmOrder:
        """Weight 1; a read 1."""
        return CancelCmOrder(symbol=self.symbol, orig_client_order_id=self.client_id)


@endpoint("PUT", "/papi/v1/cm/order", page="trade#modify-cm-order", weight=1, orders=1)
class ModifyCmOrder(ModifyFuturesOrder[ModifiedCmOrder, CmOrder]):
    """Change size and price of an open CM limit order, which loses its place. Weight 1, one order.

    A refused change leaves the order as it was.
    A size no larger than what has filled cancels it, and so does a ``GTX`` price that would take.
    """

    def to_cancel(self) -> CancelCmOrder:
        """Weight 1; a read 1."""
        return CancelCmOrder(
            symbol=self.symbol,
            order_id=self.order_id,
            orig_client_order_id=self.orig_client_order_id,
        )


@endpoint("DELETE", "/papi/v1/cm/order", page="trade#cancel-cm-order", weight=1)
class CancelCmOrder(CancelOrder[CanceledCmOrder, CmOrder]):
    """Cancel one open CM order. Weight 1."""

    elsewhere = (
        "stop, take-profit and trailing orders of CM are conditional orders: "
        "CancelCmConditionalOrder(symbol=..., strategy_id=...)"
    )

    def state(self) -> QueryCmOrder:
        """Weight 1."""
        return QueryCmOrder(
            symbol=self.symbol,
            order_id=self.order_id,
            orig_client_order_id=self.orig_client_order_id,
        )

    def open_states(self) -> OpenCmOrders:
        """Weight 1."""
        return OpenCmOrders(symbol=self.symbol)

    def ends(self) -> AllCmOrders:
        """Weight 20, for 100 orders."""
        return AllCmOrders(symbol=self.symbol, order_id=self.order_id, limit=100)


@endpoint(
    "DELETE",
    "/papi/v1/cm/allOpenOrders",
    page="trade#cancel-all-cm-open-orders",
    weight=1,
)
class CancelAllCmOrders(CancelAllRequest[Acknowledgement, CmOrder]):
    """Cancel every open CM limit order of a symbol; the answer names none of them. Weight 1."""

    product = "cm"

    def open_states(self) -> OpenCmOrders:
        """Weight 1."""
        return OpenCmOrders(symbol=self.symbol)

    def single(self, state: Any) -> CancelCmOrder:
        """Weight 1."""
        return CancelCmOrder(symbol=self.symbol, order_id=state.order_id)


@endpoint("GET", "/papi/v1/cm/order", page="trade#query-cm-order", weight=1)
class QueryCmOrder(OrderRef[CmOrder]):
    """Read one CM order, open or not. Weight 1.

    Cancelled and expired orders without fills are forgotten after 3 days.
    """


_read_orders = one_or_many(CmOrder)


def _decode_one(body: bytes) -> CmOrder:
    orders: list[CmOrder] = _read_orders(body)
    count = len(orders) + len(unreadable(orders))
    if count != 1:
        raise ValidationError(f"Expected one order, got {count}")
    return orders[0]


@endpoint(
    "GET",
    "/papi/v1/cm/openOrder",
    page="trade#query-current-cm-open-order",
    weight=1,
    decode=_decode_one,
)
class QueryOpenCmOrder(OrderRef[CmOrder]):
    """Read one CM order while it is open; afterwards the exchange answers that there is none. Weight 1.

    The answer is documented as an order and as a list of one; both are read.
    """


@endpoint("GET", "/papi/v1/cm/openOrders", page="trade#query-all-current-cm-open-orders", weight=1)
class OpenCmOrders(Request[list[CmOrder]]):
    """Read the open CM orders. Weight 1 for a symbol, 40 without."""

    symbol: Symbol | None = None
    pair: Symbol | None = None
    """All contracts of a pair, such as ``BTCUSD``."""

    @property
    def weight(self) -> int:
        """1 for a symbol, 40 without."""
        return self.endpoint.weight if self.symbol is not None else 40


@endpoint("GET", "/papi/v1/cm/allOrders", page="trade#query-all-cm-orders", weight=20)
class AllCmOrders(TimeRange[list[CmOrder]]):
    """Read CM orders, whatever became of them. Weight 20 for a symbol, 40 for a pair.

    Cancelled and expired orders without fills are forgotten after 3 days.
    ``symbol`` is documented as mandatory and as optional beside ``pair``; here either will do.
    """

    symbol: Symbol | None = None
    pair: Symbol | None = None
    """All contracts of a pair, such as ``BTCUSD``."""
    order_id: int | None = None
    """Orders from this id on; the newest when left out."""
    limit: UpTo100 | None = None
    """Default 50."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.symbol is None and self.pair is None:
            one_of("orders", symbol=self.symbol, pair=self.pair)

    @property
    def weight(self) -> int:
        """20 for a symbol, 40 for a pair."""
        return self.endpoint.weight if self.pair is None else 40


@endpoint("GET", "/papi/v1/cm/orderAmendment", page="trade#query-cm-modify-order-history", weight=1)
class CmOrderAmendments(OrderChanges[list[CmOrderAmendment]]):
    """Read the changes of one CM order. Weight 1."""

    limit: UpTo100 | None = None
    """Default 50."""


@endpoint(
    "GET", "/papi/v1/cm/userTrades", page="trade#cm-account-trade-list", weight=20, max_days=1
)
class CmTrades(TimeRange[list[CmTrade]]):
    """Read the account's CM trades. Weight 20 for a symbol, 40 for a pair.

    A time range spans at most 24 hours; the last 24 when left out.
    """

    symbol: Symbol | None = None
    pair: Symbol | None = None
    """All contracts of a pair, such as ``BTCUSD``."""
    from_id: int | None = None
    """Trades from this id on; excludes ``pair`` and the times."""
    limit: UpTo1000 | None = None
    """Default 50."""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("trades", symbol=self.symbol, pair=self.pair)
        others = (self.pair, self.start_time, self.end_time)
        if self.from_id is not None and others != (None, None, None):
            raise ValueError("page by from_id or by pair, start_time and end_time, not both")

    @property
    def weight(self) -> int:
        """20 for a symbol, 40 for a pair."""
        return self.endpoint.weight if self.pair is None else 40


@endpoint("GET", "/papi/v1/cm/forceOrders", page="trade#query-users-cm-force-orders", weight=20)
class CmForceOrders(FuturesForceOrders[list[CmOrder]]):
    """Read orders by which the exchange closed CM positions. Weight 20 for a symbol, 50 without.

    Reaches back 90 days; without ``start_time`` only 7 days before ``end_time``.
    """

    @property
    def weight(self) -> int:
        """20 for a symbol, 50 without."""
        return self.endpoint.weight if self.symbol is not None else 50


class CmOrders(Namespace):
    """Orders of ``papi.cm``"""

    new_order = Call(NewCmOrder)
    modify_order = Call(ModifyCmOrder)
    cancel_order = Call(CancelCmOrder)
    cancel_all_orders = Call(CancelAllCmOrders)
    order = Call(QueryCmOrder)
    open_order = Call(QueryOpenCmOrder)
    open_orders = Call(OpenCmOrders)
    all_orders = Call(AllCmOrders)
    order_amendments = Call(CmOrderAmendments)
    trades = Call(CmTrades)
    force_orders = Call(CmForceOrders)

    # No window documented: it gets the week of UM orders, and goes on by time as they do.
    iter_all_orders = Pages(
        AllCmOrders,
        by_id("order_id", "order_id", "time", window_ms=WEEK_MS, goes_on_by_id=False),
    )
    # By id alone the exchange may still look back 24 hours only: what starts by time goes on by time.
    iter_trades = Pages(
        CmTrades,
        by_id("from_id", "id", "time", window_ms=DAY_MS, default_ms=DAY_MS, goes_on_by_id=False),
    )
    iter_order_amendments = Pages(CmOrderAmendments, by_time("time", "amendment_id"))
    # No longest range is documented, but a default: that is never too long.
    iter_force_orders = Pages(
        CmForceOrders, by_time("time", "order_id", window_ms=WEEK_MS, default_ms=WEEK_MS)
    )
