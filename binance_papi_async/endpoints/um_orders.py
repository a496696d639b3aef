"""UM orders: placing, changing, cancelling, reading.

Pure declarations; part of ``papi.um``.
Source: the Portfolio Margin trade pages as of 2026-10-23.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.orders import PlaceRequest
from binance_papi_async.declaring.paging import WEEK_MS, Pages, by_id, by_time
from binance_papi_async.declaring.parameters import Moment, NewClientId32, Quantity, Symbol, Words
from binance_papi_async.declaring.request import CancelAllRequest, Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.endpoints.bases import (
    CancelOrder,
    OrderRef,
    TimeRange,
    UpTo1000,
    one_of,
)
from binance_papi_async.endpoints.futures_bases import (
    FuturesForceOrders,
    ModifyFuturesOrder,
    OrderChanges,
    PlacedResponse,
    PlacedType,
    SentPriceMatch,
    check_hedge,
    check_placed,
)
from binance_papi_async.endpoints.um_order_replies import (
    CanceledUmOrder,
    ModifiedUmOrder,
    NewUmOrderReply,
    UmForceOrder,
    UmOrder,
    UmOrderAmendment,
    UmTrade,
)
from binance_papi_async.enums import (
    FuturesTimeInForce,
    PositionSide,
    SelfTradePreventionMode,
    Side,
)

R_co = TypeVar("R_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)
GoodTillDate = Annotated[int | datetime, Moment(le=253402300798999)]
"""Milliseconds since 1970 UTC, or a datetime with a time zone, before the year 10000."""


ALGO_ORDERS: Final = (
    "stop, take-profit and trailing orders of UM are algo orders: CancelUmAlgoOrder(algo_id=...)"
)


class UmOrderTerms(PlaceRequest[R_co, S_co]):
    """What a new UM order says, whether it is placed now or waits for its trigger."""

    symbol: Symbol
    side: Side
    position_side: PositionSide | None = None
    """Hedge mode: ``LONG`` or ``SHORT``, mandatory. One-way mode: ``BOTH``, the default."""
    time_in_force: FuturesTimeInForce | None = None
    quantity: Quantity | None = None
    price: Decimal | None = None
    price_match: SentPriceMatch | None = None
    """Takes the price from the book, instead of ``price``."""
    reduce_only: bool | None = None
    """Default false; one-way mode only."""
    new_order_resp_type: PlacedResponse | None = None
    """``ACK``, the default, or ``RESULT``, which answers with the final state."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    """Acts with ``GTC``, ``IOC`` and ``GTD`` only."""
    good_till_date: GoodTillDate | None = None
    """Mandatory with ``GTD``: over ten minutes from now, to the second."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.price is not None and self.price_match is not None:
            one_of("price", price=self.price, price_match=self.price_match)
        if self.time_in_force == FuturesTimeInForce.GTD and self.good_till_date is None:
            raise ValueError("time_in_force GTD needs good_till_date beside it")
        check_hedge(self)


@endpoint("POST", "/papi/v1/um/order", page="trade#new-um-order", weight=1, orders=1)
class NewUmOrder(UmOrderTerms[NewUmOrderReply, UmOrder]):
    """Place a UM order. Weight 1, one order."""

    id_field = "new_client_order_id"
    id_length = 32

    type: PlacedType
    """``LIMIT`` needs ``time_in_force``, ``quantity`` and a price; ``MARKET`` needs ``quantity``.
    What waits for a trigger is an algo order."""
    new_client_order_id: NewClientId32 | None = None
    """Unique among open orders; made up by the exchange when left out."""
    self_trade_prevention_mode: (
        Annotated[SelfTradePreventionMode, Words("EXPIRE_TAKER", "EXPIRE_BOTH", "EXPIRE_MAKER")]
        | None
    ) = None
    """Acts with ``GTC``, ``IOC`` and ``GTD`` only."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_placed(self)

    def to_cancel(self) -> CancelUmOrder:
        """Weight 1; a read 1."""
        return CancelUmOrder(symbol=self.symbol, orig_client_order_id=self.client_id)


@endpoint("PUT", "/papi/v1/um/order", page="trade#modify-um-order", weight=1, orders=1)
class ModifyUmOrder(ModifyFuturesOrder[ModifiedUmOrder, UmOrder]):
    """Change price and quantity of a ``LIMIT`` order, which goes to the back of its queue. Weight 1, one order.

    A refused change leaves the order as it is.
    A quantity that has filled already cancels the order; so does a price that takes, if it is ``GTX``.
    """

    def to_cancel(self) -> CancelUmOrder:
        """Weight 1; a read 1."""
        return CancelUmOrder(
            symbol=self.symbol,
            order_id=self.order_id,
            orig_client_order_id=self.orig_client_order_id,
        )


@endpoint("DELETE", "/papi/v1/um/order", page="trade#cancel-um-order", weight=1)
class CancelUmOrder(CancelOrder[CanceledUmOrder, UmOrder]):
    """Cancel one open UM order. Weight 1."""

    elsewhere = ALGO_ORDERS

    def state(self) -> QueryUmOrder:
        """Weight 1."""
        return QueryUmOrder(
            symbol=self.symbol,
            order_id=self.order_id,
            orig_client_order_id=self.orig_client_order_id,
        )

    def open_states(self) -> OpenUmOrders:
        """Weight 1."""
        return OpenUmOrders(symbol=self.symbol)

    def ends(self) -> AllUmOrders:
        """Weight 5, for 1000 orders."""
        return AllUmOrders(symbol=self.symbol, order_id=self.order_id, limit=1000)


@endpoint(
    "DELETE",
    "/papi/v1/um/allOpenOrders",
    page="trade#cancel-all-um-open-orders",
    weight=1,
)
class CancelAllUmOrders(CancelAllRequest[Acknowledgement, UmOrder]):
    """Cancel every open UM order of a symbol; the reply does not say which. Weight 1."""

    product = "um"

    def open_states(self) -> OpenUmOrders:
        """Weight 1."""
        return OpenUmOrders(symbol=self.symbol)

    def single(self, state: Any) -> CancelUmOrder:
        """Weight 1."""
        return CancelUmOrder(symbol=self.symbol, order_id=state.order_id)


@endpoint("GET", "/papi/v1/um/order", page="trade#query-um-order", weight=1)
class QueryUmOrder(OrderRef[UmOrder]):
    """Read one UM order, open or not. Weight 1.

    The exchange forgets an order without fills 3 days after it was canceled or expired.
    """


@endpoint("GET", "/papi/v1/um/openOrder", page="trade#query-current-um-open-order", weight=1)
class QueryOpenUmOrder(OrderRef[UmOrder]):
    """Read one open UM order; refused as unknown when it is not open. Weight 1."""


@endpoint("GET", "/papi/v1/um/openOrders", page="trade#query-all-current-um-open-orders", weight=1)
class OpenUmOrders(Request[list[UmOrder]]):
    """Read the open UM orders of a symbol, or of all. Weight 1 with a symbol, 40 without."""

    symbol: Symbol | None = None

    @property
    def weight(self) -> int:
        """1 with a symbol, 40 without."""
        return self.endpoint.weight if self.symbol is not None else 40


@endpoint("GET", "/papi/v1/um/allOrders", page="trade#query-all-um-orders", weight=5, max_days=7)
class AllUmOrders(TimeRange[list[UmOrder]]):
    """Read UM orders of a symbol, whatever became of them. Weight 5.

    A time range spans under 7 days; without one, the last 7 days.
    The exchange forgets an order without fills 3 days after it was canceled or expired.
    """

    symbol: Symbol
    order_id: int | None = None
    """Orders from this id on; the newest when left out."""
    limit: UpTo1000 | None = None
    """Default 500."""


@endpoint("GET", "/papi/v1/um/orderAmendment", page="trade#query-um-modify-order-history", weight=1)
class UmOrderAmendments(OrderChanges[list[UmOrderAmendment]]):
    """Read the modifications of one UM order. Weight 1."""

    limit: UpTo1000 | None = None
    """Default 500."""


@endpoint("GET", "/papi/v1/um/forceOrders", page="trade#query-users-um-force-orders", weight=20)
class UmForceOrders(FuturesForceOrders[list[UmForceOrder]]):
    """Read the orders by which the exchange closed UM positions. Weight 20 with a symbol, 50 without.

    The last 90 days; without ``start_time`` the 7 days before ``end_time``.
    """

    @property
    def weight(self) -> int:
        """20 with a symbol, 50 without."""
        return self.endpoint.weight if self.symbol is not None else 50


@endpoint("GET", "/papi/v1/um/userTrades", page="trade#um-account-trade-list", weight=5, max_days=7)
class UmTrades(TimeRange[list[UmTrade]]):
    """Read the account's UM trades of a symbol. Weight 5.

    A time range spans at most 7 days; without one, the last 7 days.
    """

    symbol: Symbol
    from_id: int | None = None
    """Trades from this id on; excludes the times."""
    limit: UpTo1000 | None = None
    """Default 500."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.from_id is not None and (self.start_time is not None or self.end_time is not None):
            raise ValueError("page by from_id or by start_time and end_time, not both")


class UmOrders(Namespace):
    """Orders of ``papi.um``"""

    new_order = Call(NewUmOrder)
    modify_order = Call(ModifyUmOrder)
    cancel_order = Call(CancelUmOrder)
    cancel_all_orders = Call(CancelAllUmOrders)
    order = Call(QueryUmOrder)
    open_order = Call(QueryOpenUmOrder)
    open_orders = Call(OpenUmOrders)
    all_orders = Call(AllUmOrders)
    order_amendments = Call(UmOrderAmendments)
    force_orders = Call(UmForceOrders)
    trades = Call(UmTrades)

    # By id alone the exchange may still look back 7 days only: what starts by time goes on by time.
    iter_all_orders = Pages(
        AllUmOrders,
        by_id(
            "order_id",
            "order_id",
            "time",
            window_ms=WEEK_MS,
            default_ms=WEEK_MS,
            goes_on_by_id=False,
        ),
    )
    iter_trades = Pages(
        UmTrades,
        by_id("from_id", "id", "time", window_ms=WEEK_MS, default_ms=WEEK_MS, goes_on_by_id=False),
    )
    iter_order_amendments = Pages(UmOrderAmendments, by_time("time", "amendment_id"))
    # No longest range is documented here, but a default: that is never too long.
    iter_force_orders = Pages(
        UmForceOrders,
        by_time("time", "order_id", window_ms=WEEK_MS, default_ms=WEEK_MS),
    )
