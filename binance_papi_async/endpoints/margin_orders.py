"""Margin orders: placing, cancelling, reading, alone and in lists.

Pure declarations; part of ``papi.margin``.
Source: the Portfolio Margin trade pages; ``DELETE /papi/v1/margin/order`` as of 2026-01-15, the rest 2026-10-23.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Annotated, Any, Final

from msgspec import Raw, Struct, json
from msgspec.structs import replace

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.orders import PlaceRequest
from binance_papi_async.declaring.paging import DAY_MS, Pages, by_id
from binance_papi_async.declaring.parameters import ClientId, NewClientId, Quantity, Symbol, Words
from binance_papi_async.declaring.reading import IncompleteList, reader, rows, unreadable
from binance_papi_async.declaring.request import (
    CancelAllRequest,
    CancelRequest,
    Fate,
    Request,
    endpoint,
)
from binance_papi_async.endpoints.bases import (
    FATES,
    CancelOrder,
    OrderRef,
    TimeRange,
    UpTo500,
    UpTo1000,
    needs,
    one_of,
    takes,
)
from binance_papi_async.endpoints.margin_replies import (
    CanceledMarginOrder,
    CanceledMarginOrderList,
    EndedMarginOrderList,
    MarginOrder,
    MarginOrderList,
    MarginTrade,
    NewMarginOcoReply,
    NewMarginOrderReply,
)
from binance_papi_async.enums import (
    ListOrderStatus,
    OrderType,
    ResponseType,
    SelfTradePreventionMode,
    Side,
    SideEffectType,
    TimeInForce,
)

_LIMIT_NEEDS: Final = ("time_in_force", "quantity", "price")
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    OrderType.LIMIT: _LIMIT_NEEDS,
    OrderType.MARKET: (),
    OrderType.STOP_LOSS: ("quantity", "stop_price"),
    OrderType.STOP_LOSS_LIMIT: (*_LIMIT_NEEDS, "stop_price"),
    OrderType.TAKE_PROFIT: ("quantity", "stop_price"),
    OrderType.TAKE_PROFIT_LIMIT: (*_LIMIT_NEEDS, "stop_price"),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
}
"""The rule of spot and of classic margin: the page has none, but -1102 for what is missing."""
_STOPS_TAKE_NOT: Final = ("quote_order_qty", "iceberg_qty", "time_in_force")
_TAKES_NOT: Final[dict[str, tuple[str, ...]]] = {
    OrderType.LIMIT: ("quote_order_qty", "stop_price"),
    OrderType.MARKET: ("stop_price", "iceberg_qty", "time_in_force"),
    OrderType.STOP_LOSS: _STOPS_TAKE_NOT,
    OrderType.STOP_LOSS_LIMIT: ("quote_order_qty",),
    OrderType.TAKE_PROFIT: _STOPS_TAKE_NOT,
    OrderType.TAKE_PROFIT_LIMIT: ("quote_order_qty",),
    OrderType.LIMIT_MAKER: ("quote_order_qty", "stop_price", "iceberg_qty"),
}
"""What the page says is for other types."""


@endpoint("POST", "/papi/v1/margin/order", page="trade#new-margin-order", weight=1, orders=1)
class NewMarginOrder(PlaceRequest[NewMarginOrderReply, MarginOrder]):
    """Place a margin order. Weight 1, one order."""

    id_field = "new_client_order_id"

    symbol: Symbol
    side: Side
    type: OrderType
    quantity: Quantity | None = None
    """In the base asset. ``MARKET`` takes this or ``quote_order_qty``."""
    quote_order_qty: Quantity | None = None
    """In the quote asset, ``MARKET`` only."""
    price: Decimal | None = None
    stop_price: Decimal | None = None
    """For ``STOP_LOSS``, ``STOP_LOSS_LIMIT``, ``TAKE_PROFIT`` and ``TAKE_PROFIT_LIMIT``."""
    new_client_order_id: NewClientId | None = None
    """Unique among open orders; made up by the exchange when left out."""
    new_order_resp_type: ResponseType | None = None
    """``MARKET`` and ``LIMIT`` default to ``FULL``, the others to ``ACK``."""
    iceberg_qty: Decimal | None = None
    side_effect_type: SideEffectType | None = None
    """Default ``NO_SIDE_EFFECT``."""
    time_in_force: TimeInForce | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    auto_repay_at_cancel: bool | None = None
    """Repay the loan of a borrowing order when it is cancelled; default true."""

    def __post_init__(self) -> None:
        if self.quantity is not None and self.quote_order_qty is not None:
            raise ValueError("give the size as quantity or as quote_order_qty, not both")
        super().__post_init__()
        what = f"a {self.type} order"
        needs(what, self, *_NEEDS[self.type])
        takes(what, self, *_TAKES_NOT[self.type])
        if self.quantity is None and self.quote_order_qty is None:
            raise ValueError("give the size as quantity or as quote_order_qty, one of the two")

    def to_cancel(self) -> CancelMarginOrder:
        """Weight 2; a read 10."""
        return CancelMarginOrder(symbol=self.symbol, orig_client_order_id=self.client_id)


@endpoint("GET", "/papi/v1/margin/order", page="trade#query-margin-account-order", weight=10)
class QueryMarginOrder(OrderRef[MarginOrder]):
    """Read one margin order, open or not. Weight 10."""


@endpoint(
    "GET", "/papi/v1/margin/openOrders", page="trade#query-current-margin-open-order", weight=5
)
class OpenMarginOrders(Request[list[MarginOrder]]):
    """Read the open margin orders of a symbol, oldest first. Weight 5."""

    symbol: Symbol


@endpoint("DELETE", "/papi/v1/margin/order", page="trade#cancel-margin-account-order", weight=2)
class CancelMarginOrder(CancelOrder[CanceledMarginOrder, MarginOrder]):
    """Cancel one open margin order. Weight 2."""

    new_client_order_id: NewClientId | None = None
    """Names this cancel; comes back as ``client_order_id``. Made up by the exchange when left out."""

    def state(self) -> QueryMarginOrder:
        """Weight 10."""
        return QueryMarginOrder(
            symbol=self.symbol,
            order_id=self.order_id,
            orig_client_order_id=self.orig_client_order_id,
        )

    def open_states(self) -> OpenMarginOrders:
        """Weight 5."""
        return OpenMarginOrders(symbol=self.symbol)

    def ends(self) -> AllMarginOrders:
        """Weight 100, for 500 orders."""
        return AllMarginOrders(symbol=self.symbol, order_id=self.order_id, limit=500)


class _HasOrders(Struct):
    orders: Raw = Raw()


_has_orders = json.Decoder(_HasOrders).decode
_read_order = reader(CanceledMarginOrder)
_read_list = reader(CanceledMarginOrderList)


def _read_canceled(row: bytes | Raw) -> CanceledMarginOrder | CanceledMarginOrderList:
    """Tell orders from order lists: only a list carries ``orders``."""
    reply: CanceledMarginOrder | CanceledMarginOrderList
    reply = (_read_list if bytes(_has_orders(row).orders) else _read_order)(row)
    return reply


@endpoint(
    "DELETE",
    "/papi/v1/margin/allOpenOrders",
    page="trade#cancel-margin-account-all-open-orders-on-asymbol",
    weight=5,
    decode=rows(_read_canceled, "CancelAllMarginOrders"),
)
class CancelAllMarginOrders(
    CancelAllRequest[list[CanceledMarginOrder | CanceledMarginOrderList], MarginOrder]
):
    """Cancel every open margin order of a symbol, order lists too. Weight 5."""

    product = "margin"

    def open_states(self) -> OpenMarginOrders:
        """Weight 5."""
        return OpenMarginOrders(symbol=self.symbol)

    def single(self, state: Any) -> CancelMarginOrder:
        """Weight 2."""
        return CancelMarginOrder(symbol=self.symbol, order_id=state.order_id)

    @staticmethod
    def named(reply: Any) -> list[Any]:
        """Orders, those of lists included; incomplete if some of it cannot be read."""
        orders: list[Any] = []
        lists = [each for each in reply if isinstance(each, CanceledMarginOrderList)]
        for each in reply:
            orders += (
                (each.order_reports or ()) if isinstance(each, CanceledMarginOrderList) else [each]
            )
        lacking = [
            rows for rows in (reply, *(each.order_reports for each in lists)) if unreadable(rows)
        ]
        return IncompleteList(orders, (b"",)) if lacking else orders


@endpoint(
    "GET", "/papi/v1/margin/allOrders", page="trade#query-all-margin-account-orders", weight=100
)
class AllMarginOrders(TimeRange[list[MarginOrder]]):
    """Read margin orders of a symbol, whatever became of them. Weight 100."""

    symbol: Symbol
    order_id: int | None = None
    """Orders from this id on; the newest when left out."""
    limit: UpTo500 | None = None
    """Default 500."""


@endpoint(
    "GET", "/papi/v1/margin/myTrades", page="trade#margin-account-trade-list", weight=5, max_days=1
)
class MarginTrades(TimeRange[list[MarginTrade]]):
    """Read the account's margin trades of a symbol; a time range spans under 24 hours. Weight 5."""

    symbol: Symbol
    order_id: int | None = None
    from_id: int | None = None
    """Trades from this id on; the newest when left out."""
    limit: UpTo1000 | None = None
    """Default 500."""


@endpoint(
    "POST", "/papi/v1/margin/order/oco", page="trade#margin-account-new-oco", weight=1, orders=2
)
class NewMarginOco(PlaceRequest[NewMarginOcoReply, MarginOrderList]):
    """Place a limit and a stop order of which one cancels the other. Weight 1, two orders."""

    id_field = "list_client_order_id"

    symbol: Symbol
    side: Side
    quantity: Quantity
    """The same for both."""
    price: Decimal
    """Of the limit order. SELL: above the last price, BUY: below."""
    stop_price: Decimal
    """SELL: below the last price, BUY: above."""
    list_client_order_id: NewClientId | None = None
    limit_client_order_id: NewClientId | None = None
    limit_iceberg_qty: Decimal | None = None
    stop_client_order_id: NewClientId | None = None
    stop_limit_price: Decimal | None = None
    """Makes the stop a stop-limit; then ``stop_limit_time_in_force`` is mandatory."""
    stop_iceberg_qty: Decimal | None = None
    stop_limit_time_in_force: TimeInForce | None = None
    new_order_resp_type: Annotated[ResponseType, Words("ACK", "RESULT")] | None = None
    side_effect_type: (
        Annotated[SideEffectType, Words("NO_SIDE_EFFECT", "MARGIN_BUY", "AUTO_REPAY")] | None
    ) = None

    def __post_init__(self) -> None:
        if self.stop_limit_price is not None and self.stop_limit_time_in_force is None:
            raise ValueError("stop_limit_price needs stop_limit_time_in_force beside it")
        super().__post_init__()
        is_sale = self.side == Side.SELL
        if self.price == self.stop_price or (self.price > self.stop_price) is not is_sale:
            raise ValueError(
                f"to {self.side}, price needs to be {'above' if is_sale else 'below'} stop_price: "
                "the last price lies between them"
            )

    def to_cancel(self) -> CancelMarginOrderList:
        """Weight 2; a read 5."""
        return CancelMarginOrderList(symbol=self.symbol, list_client_order_id=self.client_id)


@endpoint("GET", "/papi/v1/margin/orderList", page="trade#query-margin-accounts-oco", weight=5)
class QueryMarginOrderList(Request[MarginOrderList]):
    """Read one order list, open or not. Weight 5."""

    order_list_id: int | None = None
    orig_client_order_id: ClientId | None = None
    """The list's client id."""

    def __post_init__(self) -> None:
        one_of(
            "list", order_list_id=self.order_list_id, orig_client_order_id=self.orig_client_order_id
        )
        super().__post_init__()


@endpoint(
    "GET", "/papi/v1/margin/openOrderList", page="trade#query-margin-accounts-open-oco", weight=5
)
class OpenMarginOrderLists(Request[list[MarginOrderList]]):
    """Read the open order lists of all symbols. Weight 5."""


@endpoint(
    "DELETE", "/papi/v1/margin/orderList", page="trade#cancel-margin-account-oco-orders", weight=2
)
class CancelMarginOrderList(CancelRequest[CanceledMarginOrderList, MarginOrderList]):
    """Cancel an order list, all its orders at once. Weight 2."""

    symbol: Symbol
    order_list_id: int | None = None
    list_client_order_id: ClientId | None = None
    new_client_order_id: NewClientId | None = None
    """Names this cancel; made up by the exchange when left out."""

    def __post_init__(self) -> None:
        one_of(
            "list", order_list_id=self.order_list_id, list_client_order_id=self.list_client_order_id
        )
        super().__post_init__()

    @property
    def key(self) -> Hashable:
        """The exchange's id or the client's."""
        if self.order_list_id is not None:
            return self.order_list_id
        return self.list_client_order_id

    def state(self) -> QueryMarginOrderList:
        """Weight 5."""
        return QueryMarginOrderList(
            order_list_id=self.order_list_id, orig_client_order_id=self.list_client_order_id
        )

    def open_states(self) -> OpenMarginOrderLists:
        """Weight 5, for all symbols at once."""
        return OpenMarginOrderLists()

    @property
    def is_reusable(self) -> bool:
        """A client id may name a later list."""
        return self.order_list_id is None

    def by_id(self, state: Any) -> CancelMarginOrderList:
        """By the exchange's id."""
        if self.order_list_id is not None or state.order_list_id is None:
            return self
        return replace(self, order_list_id=state.order_list_id, list_client_order_id=None)

    @staticmethod
    def placed_at_ms(state: Any) -> int | None:
        """A list that is executing changed last when it was placed."""
        if state.list_order_status == ListOrderStatus.EXECUTING:
            placed: int | None = state.transaction_time
            return placed
        times = [leg.time for leg in getattr(state, "legs", ())]
        return None if not times or None in times else min(times)

    def parts(self, state: Any) -> list[Request[Any]]:
        """Weight 10 for each of its orders."""
        if unreadable(state.orders):
            return []  # the rest does not tell how it ended
        return [
            QueryMarginOrder(symbol=each.symbol, order_id=each.order_id)
            for each in state.orders or ()
        ]

    def with_parts(self, state: Any, parts: list[Any]) -> EndedMarginOrderList:
        """The list with its orders."""
        fields = {name: getattr(state, name) for name in state.__struct_fields__}
        return EndedMarginOrderList(**fields, legs=parts)

    @staticmethod
    def keys_of(state: Any) -> tuple[Hashable, ...]:
        """Both ids of a list."""
        return state.order_list_id, state.list_client_order_id

    @staticmethod
    def fate(state: Any) -> Fate:
        """A list that is done may have been cancelled or filled: its orders tell, not the list."""
        if state.list_order_status == ListOrderStatus.EXECUTING:
            return "open"
        orders = getattr(state, "legs", None) or getattr(state, "order_reports", None) or ()
        fates = {FATES.get(order.status, "unclear") for order in orders}
        if unreadable(orders) or 0 < len(orders) < len(getattr(state, "orders", None) or ()):
            return "unclear"
        if fates == {"canceled"}:
            return "canceled"
        if not fates:
            return "ended"
        return "closed" if fates <= {"canceled", "closed"} else "unclear"

    @staticmethod
    def changed_at_ms(state: Any) -> int | None:
        """When the list last changed."""
        changed: int | None = state.transaction_time
        return changed


@endpoint(
    "GET", "/papi/v1/margin/allOrderList", page="trade#query-margin-accounts-all-oco", weight=100
)
class AllMarginOrderLists(TimeRange[list[MarginOrderList]]):
    """Read order lists of all symbols, whatever became of them. Weight 100."""

    from_id: int | None = None
    """Lists from this id on; excludes the times."""
    limit: UpTo500 | None = None
    """Default 500."""

    def __post_init__(self) -> None:
        if self.from_id is not None and (self.start_time is not None or self.end_time is not None):
            raise ValueError("page by from_id or by start_time and end_time, not both")
        super().__post_init__()


class MarginOrders(Namespace):
    """Orders of ``papi.margin``"""

    new_order = Call(NewMarginOrder)
    cancel_order = Call(CancelMarginOrder)
    cancel_all_orders = Call(CancelAllMarginOrders)
    order = Call(QueryMarginOrder)
    open_orders = Call(OpenMarginOrders)
    all_orders = Call(AllMarginOrders)
    trades = Call(MarginTrades)
    new_oco = Call(NewMarginOco)
    cancel_order_list = Call(CancelMarginOrderList)
    order_list = Call(QueryMarginOrderList)
    all_order_lists = Call(AllMarginOrderLists)
    open_order_lists = Call(OpenMarginOrderLists)

    iter_trades = Pages(MarginTrades, by_id("from_id", "id", "time", window_ms=DAY_MS))
    # No window documented for these two: they get the day of trades, to be refused by neither rule.
    iter_all_orders = Pages(
        AllMarginOrders, by_id("order_id", "order_id", "time", window_ms=DAY_MS)
    )
    # A list's time may be that of its last change, which does not follow the ids.
    iter_all_order_lists = Pages(
        AllMarginOrderLists,
        by_id(
            "from_id",
            "order_list_id",
            "transaction_time",
            window_ms=DAY_MS,
            goes_on_by_id=False,
        ),
    )
