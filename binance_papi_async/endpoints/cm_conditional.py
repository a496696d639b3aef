"""CM conditional orders: orders that wait for a price before they are placed.

Pure declarations; part of ``papi.cm``.
Source: the Portfolio Margin trade pages as of 2026-10-23. Quantities are contracts.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any, Final, TypeVar

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.orders import PlaceRequest
from binance_papi_async.declaring.paging import WEEK_MS, Pages, by_time
from binance_papi_async.declaring.parameters import ClientId, NewClientId, Quantity, Symbol
from binance_papi_async.declaring.request import (
    CancelAllRequest,
    CancelRequest,
    Fate,
    Request,
    endpoint,
)
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.endpoints.bases import (
    TimeRange,
    UpTo1000,
    needs,
    one_of,
    takes,
)
from binance_papi_async.endpoints.cm_order_replies import (
    CanceledCmConditionalOrder,
    CmConditionalOrder,
    NewCmConditionalOrderReply,
)
from binance_papi_async.endpoints.cm_orders import CancelCmOrder
from binance_papi_async.endpoints.futures_bases import TimeInForceWithoutDate, check_hedge
from binance_papi_async.enums import (
    PositionSide,
    Side,
    StrategyStatus,
    StrategyType,
    WorkingType,
)

R_co = TypeVar("R_co", covariant=True)

_NEEDS: Final[dict[StrategyType, tuple[str, ...]]] = {
    StrategyType.STOP: ("quantity", "price", "stop_price"),
    StrategyType.TAKE_PROFIT: ("quantity", "price", "stop_price"),
    StrategyType.STOP_MARKET: ("stop_price",),
    StrategyType.TAKE_PROFIT_MARKET: ("stop_price",),
    StrategyType.TRAILING_STOP_MARKET: ("callback_rate",),
}
_LEAST_RATE, _MOST_RATE = Decimal("0.1"), Decimal(5)


_FATES: Final[dict[str | None, Fate]] = {
    StrategyStatus.NEW: "open",
    StrategyStatus.TRIGGERED: "triggered",
    StrategyStatus.CANCELED: "canceled",
    StrategyStatus.FINISHED: "closed",
    StrategyStatus.EXPIRED: "closed",
}


class StrategyRef(Request[R_co]):
    """Names one conditional order of a symbol, by the exchange's id or by the client's."""

    symbol: Symbol
    strategy_id: int | None = None
    new_client_strategy_id: ClientId | None = None
    """The id it was placed under."""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of(
            "conditional order",
            strategy_id=self.strategy_id,
            new_client_strategy_id=self.new_client_strategy_id,
        )


@endpoint(
    "POST",
    "/papi/v1/cm/conditional/order",
    page="trade#new-cm-conditional-order",
    weight=1,
    orders=1,
)
class NewCmConditionalOrder(PlaceRequest[NewCmConditionalOrderReply, CmConditionalOrder]):
    """Place a CM conditional order. Weight 1, one order."""

    id_field = "new_client_strategy_id"

    symbol: Symbol
    side: Side
    strategy_type: StrategyType
    """``STOP`` and ``TAKE_PROFIT`` need ``quantity``, ``price`` and ``stop_price``.

    Their ``_MARKET`` kinds need ``stop_price``, a trailing stop needs ``callback_rate``.
    """
    position_side: PositionSide | None = None
    """Default ``BOTH``; mandatory in hedge mode, ``LONG`` or ``SHORT``."""
    time_in_force: TimeInForceWithoutDate | None = None
    """For ``STOP`` and ``TAKE_PROFIT``; default ``GTC``."""
    quantity: Quantity | None = None
    """In contracts."""
    reduce_only: bool | None = None
    """Default false; not in hedge mode."""
    price: Decimal | None = None
    working_type: WorkingType | None = None
    """The price that triggers; default ``CONTRACT_PRICE``."""
    price_protect: bool | None = None
    """Default false; not for trailing stops."""
    new_client_strategy_id: NewClientId | None = None
    """Unique among open orders; made up by the exchange when left out."""
    stop_price: Decimal | None = None
    """What the price must reach; not for trailing stops."""
    activation_price: Decimal | None = None
    """Where a trailing stop starts to trail; default the mark price."""
    callback_rate: Decimal | None = None
    """How far a trailing stop trails, in percent: from 0.1 to 5."""

    def __post_init__(self) -> None:
        super().__post_init__()
        what = f"a {self.strategy_type} order"
        needs(what, self, *_NEEDS[self.strategy_type])
        if self.strategy_type != StrategyType.TRAILING_STOP_MARKET:
            takes(what, self, "activation_price", "callback_rate")
        check_hedge(self)
        rate = self.callback_rate
        if rate is not None and not _LEAST_RATE <= rate <= _MOST_RATE:
            raise ValueError(f"callback_rate needs to be from 0.1 to 5, not {rate}")

    def to_cancel(self) -> CancelCmConditionalOrder:
        """Weight 1; a read 1."""
        return CancelCmConditionalOrder(symbol=self.symbol, new_client_strategy_id=self.client_id)


@endpoint(
    "DELETE", "/papi/v1/cm/conditional/order", page="trade#cancel-cm-conditional-order", weight=1
)
class CancelCmConditionalOrder(
    StrategyRef[CanceledCmConditionalOrder],
    CancelRequest[CanceledCmConditionalOrder, CmConditionalOrder],
):
    """Cancel one open CM conditional order. Weight 1."""

    @property
    def key(self) -> Hashable:
        """Its symbol, and the exchange's id or the client's."""
        if self.strategy_id is not None:
            return (self.symbol, self.strategy_id)
        return (self.symbol, self.new_client_strategy_id)

    def state(self) -> QueryCmConditionalOrder:
        """Weight 1. It answers "unknown" for one that still waits, which the open ones then show."""
        return QueryCmConditionalOrder(
            symbol=self.symbol,
            strategy_id=self.strategy_id,
            new_client_strategy_id=self.new_client_strategy_id,
        )

    def open_states(self) -> OpenCmConditionalOrders:
        """Weight 1."""
        return OpenCmConditionalOrders(symbol=self.symbol)

    @property
    def is_reusable(self) -> bool:
        """A client id is unique among open orders only."""
        return self.strategy_id is None

    def by_id(self, state: Any) -> CancelCmConditionalOrder:
        """By the exchange's id."""
        if self.strategy_id is not None:
            return self
        return CancelCmConditionalOrder(symbol=self.symbol, strategy_id=state.strategy_id)

    def placed_by(self, state: Any) -> CancelCmOrder | None:
        """Named by ``orderId``, where that is told."""
        if not state.order_id:
            return None
        return CancelCmOrder(symbol=state.symbol, order_id=state.order_id)

    @staticmethod
    def placed_at_ms(state: Any) -> int | None:
        """Its booking."""
        placed: int | None = state.book_time
        return placed

    @staticmethod
    def keys_of(state: Any) -> tuple[Hashable, ...]:
        """Both ids of a conditional order."""
        return (state.symbol, state.strategy_id), (state.symbol, state.new_client_strategy_id)

    @staticmethod
    def fate(state: Any) -> Fate:
        """By its status; only a new one still waits for its trigger."""
        return _FATES.get(state.strategy_status, "unclear")

    @staticmethod
    def changed_at_ms(state: Any) -> int | None:
        """Its update time."""
        changed: int | None = state.update_time
        return changed


@endpoint(
    "DELETE",
    "/papi/v1/cm/conditional/allOpenOrders",
    page="trade#cancel-all-cm-open-conditional-orders",
    weight=1,
)
class CancelAllCmConditionalOrders(CancelAllRequest[Acknowledgement, CmConditionalOrder]):
    """Cancel every open CM conditional order of a symbol; the answer names none of them. Weight 1."""

    product = "cm conditional"

    def open_states(self) -> OpenCmConditionalOrders:
        """Weight 1."""
        return OpenCmConditionalOrders(symbol=self.symbol)

    def single(self, state: Any) -> CancelCmConditionalOrder:
        """Weight 1."""
        return CancelCmConditionalOrder(symbol=self.symbol, strategy_id=state.strategy_id)


@endpoint(
    "GET",
    "/papi/v1/cm/conditional/orderHistory",
    page="trade#query-cm-conditional-order-history",
    weight=1,
)
class QueryCmConditionalOrder(StrategyRef[CmConditionalOrder]):
    """Read one CM conditional order that waits no longer. Weight 1.

    One that still waits is read with ``QueryOpenCmConditionalOrder``.
    Cancelled and expired orders without fills are forgotten after 7 days.
    """


@endpoint(
    "GET",
    "/papi/v1/cm/conditional/openOrder",
    page="trade#query-current-cm-open-conditional-order",
    weight=1,
)
class QueryOpenCmConditionalOrder(StrategyRef[CmConditionalOrder]):
    """Read one CM conditional order while it waits. Weight 1.

    Once triggered, cancelled or expired, the exchange answers that there is none.
    """


@endpoint(
    "GET",
    "/papi/v1/cm/conditional/openOrders",
    page="trade#query-all-current-cm-open-conditional-orders",
    weight=1,
)
class OpenCmConditionalOrders(Request[list[CmConditionalOrder]]):
    """Read the CM conditional orders that wait. Weight 1 for a symbol, 40 without."""

    symbol: Symbol | None = None

    @property
    def weight(self) -> int:
        """1 for a symbol, 40 without."""
        return self.endpoint.weight if self.symbol is not None else 40


@endpoint(
    "GET",
    "/papi/v1/cm/conditional/allOrders",
    page="trade#query-all-cm-conditional-orders",
    weight=1,
    max_days=7,
)
class AllCmConditionalOrders(TimeRange[list[CmConditionalOrder]]):
    """Read CM conditional orders, whatever became of them. Weight 1 for a symbol, 40 without.

    A time range spans under 7 days; the last 7 when left out.
    Cancelled and expired orders without fills are forgotten after 7 days.
    """

    symbol: Symbol | None = None
    strategy_id: int | None = None
    limit: UpTo1000 | None = None
    """Default 500."""

    @property
    def weight(self) -> int:
        """1 for a symbol, 40 without."""
        return self.endpoint.weight if self.symbol is not None else 40


class CmConditionalOrders(Namespace):
    """Conditional orders of ``papi.cm``"""

    new_conditional_order = Call(NewCmConditionalOrder)
    cancel_conditional_order = Call(CancelCmConditionalOrder)
    cancel_all_conditional_orders = Call(CancelAllCmConditionalOrders)
    conditional_order = Call(QueryCmConditionalOrder)
    open_conditional_order = Call(QueryOpenCmConditionalOrder)
    open_conditional_orders = Call(OpenCmConditionalOrders)
    all_conditional_orders = Call(AllCmConditionalOrders)

    iter_all_conditional_orders = Pages(
        AllCmConditionalOrders,
        by_time("book_time", "strategy_id", window_ms=WEEK_MS, default_ms=WEEK_MS),
    )
