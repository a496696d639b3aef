"""UM algo orders: they wait for a price, and then place an order.

Pure declarations; part of ``papi.um``.
Source: the Portfolio Margin trade pages as of 2026-10-23; they replace the conditional orders of UM.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any, Final, TypeVar

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import WEEK_MS, Pages, by_id
from binance_papi_async.declaring.parameters import ClientId, NewClientId, Symbol
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
    one_of,
    takes,
)
from binance_papi_async.endpoints.um_algo_replies import (
    CanceledUmAlgoOrder,
    NewUmAlgoOrderReply,
    UmAlgoOrder,
)
from binance_papi_async.endpoints.um_orders import CancelUmOrder, UmOrderTerms
from binance_papi_async.enums import (
    AlgoStatus,
    AlgoType,
    PositionSide,
    Side,
    StrategyType,
    WorkingType,
)

R_co = TypeVar("R_co", covariant=True)
LEAST_CALLBACK_RATE: Final = Decimal("0.1")
MOST_CALLBACK_RATE: Final = Decimal(20)
"""10 until 2026-10-23."""
_CANNOT_CLOSE: Final = ((Side.BUY, PositionSide.LONG), (Side.SELL, PositionSide.SHORT))


_FATES: Final[dict[str | None, Fate]] = {
    AlgoStatus.NEW: "open",
    AlgoStatus.TRIGGERING: "pending",
    AlgoStatus.TRIGGERED: "triggered",
    AlgoStatus.CANCELED: "canceled",
    AlgoStatus.FINISHED: "closed",
    AlgoStatus.REJECTED: "closed",
    AlgoStatus.EXPIRED: "closed",
}


class UmAlgoRef(Request[R_co]):
    """Names one algo order, by the exchange's id or by the client's."""

    algo_id: int | None = None
    client_algo_id: ClientId | None = None

    def __post_init__(self) -> None:
        one_of("algo order", algo_id=self.algo_id, client_algo_id=self.client_algo_id)
        super().__post_init__()


@endpoint(
    "POST",
    "/papi/v1/um/algo/order",
    page="trade#new-um-algo-order",
    weight=1,
    orders=1,
)
class NewUmAlgoOrder(UmOrderTerms[NewUmAlgoOrderReply, UmAlgoOrder]):
    """Place a UM order that waits for its trigger. Weight 1, one order (assumed: the page is silent)."""

    id_field = "client_algo_id"

    algo_type: AlgoType
    """``CONDITIONAL``."""
    type: StrategyType
    trigger_price: Decimal | None = None
    working_type: WorkingType | None = None
    """Which price triggers; default ``CONTRACT_PRICE``."""
    close_position: bool | None = None
    """Close the whole position, ``STOP_MARKET`` and ``TAKE_PROFIT_MARKET`` only.
    Excludes ``quantity`` and ``reduce_only``; in hedge mode not with BUY on LONG or SELL on SHORT."""
    price_protect: bool | None = None
    """Default false."""
    activate_price: Decimal | None = None
    """``TRAILING_STOP_MARKET`` only; the latest price when left out."""
    callback_rate: Decimal | None = None
    """``TRAILING_STOP_MARKET`` only; in percent, 0.1 to 20."""
    client_algo_id: NewClientId | None = None
    """Unique among open orders; made up by the exchange when left out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        what = f"a {self.type} order"
        if self.type != StrategyType.TRAILING_STOP_MARKET:
            takes(what, self, "activate_price", "callback_rate")
        if self.type not in (StrategyType.STOP, StrategyType.TAKE_PROFIT):
            takes(what, self, "price_match")
        if self.close_position:
            self._check_closing()
        rate = self.callback_rate
        if rate is not None and not LEAST_CALLBACK_RATE <= rate <= MOST_CALLBACK_RATE:
            raise ValueError(
                f"callback_rate needs to be from {LEAST_CALLBACK_RATE} to {MOST_CALLBACK_RATE} "
                f"percent, not {rate}"
            )

    def to_cancel(self) -> CancelUmAlgoOrder:
        """Weight 1; a read 1."""
        return CancelUmAlgoOrder(client_algo_id=self.client_id)

    def _check_closing(self) -> None:
        if self.type not in (StrategyType.STOP_MARKET, StrategyType.TAKE_PROFIT_MARKET):
            takes(f"a {self.type} order", self, "close_position")
        if (self.side, self.position_side) in _CANNOT_CLOSE:
            raise ValueError(f"{self.side} opens {self.position_side}: it takes no close_position")
        if self.quantity is not None:
            raise ValueError("give the size as close_position or as quantity, not both")
        if self.reduce_only is not None:
            raise ValueError("close_position reduces anyway: give it or reduce_only, not both")


@endpoint("DELETE", "/papi/v1/um/algo/order", page="trade#cancel-um-algo-order", weight=1)
class CancelUmAlgoOrder(
    UmAlgoRef[CanceledUmAlgoOrder], CancelRequest[CanceledUmAlgoOrder, UmAlgoOrder]
):
    """Cancel one open UM algo order. Weight 1."""

    @property
    def key(self) -> Hashable:
        """The exchange's id or the client's."""
        return self.algo_id if self.algo_id is not None else self.client_algo_id

    def state(self) -> QueryUmAlgoOrder:
        """Weight 1."""
        return QueryUmAlgoOrder(algo_id=self.algo_id, client_algo_id=self.client_algo_id)

    def open_states(self) -> OpenUmAlgoOrders:
        """Weight 40: a cancel names no symbol."""
        return OpenUmAlgoOrders()

    @property
    def is_reusable(self) -> bool:
        """A client id is unique among open orders only."""
        return self.algo_id is None

    def by_id(self, state: Any) -> CancelUmAlgoOrder:
        """By the exchange's id."""
        return CancelUmAlgoOrder(algo_id=state.algo_id) if self.algo_id is None else self

    def said(self, reply: Any) -> Fate | None:  # noqa: ARG002 - whatever it says
        """It names no order: only a read tells."""
        return None

    def placed_by(self, state: Any) -> CancelUmOrder | None:
        """Named by ``actualOrderId``, once that is told."""
        order_id = str(state.actual_order_id or "")
        if not order_id.isdecimal() or not int(order_id):
            return None
        return CancelUmOrder(symbol=state.symbol, order_id=int(order_id))

    @staticmethod
    def placed_at_ms(state: Any) -> int | None:
        """Its creation."""
        placed: int | None = state.create_time
        return placed

    @staticmethod
    def keys_of(state: Any) -> tuple[Hashable, ...]:
        """Both ids of an algo order."""
        return state.algo_id, state.client_algo_id

    @staticmethod
    def fate(state: Any) -> Fate:
        """By its status; only a new one still waits for its trigger."""
        return _FATES.get(state.algo_status, "unclear")

    @staticmethod
    def changed_at_ms(state: Any) -> int | None:
        """Its update time."""
        changed: int | None = state.update_time
        return changed


@endpoint(
    "DELETE",
    "/papi/v1/um/algo/allOpenOrders",
    page="trade#cancel-all-um-algo-open-orders",
    weight=1,
)
class CancelAllUmAlgoOrders(CancelAllRequest[Acknowledgement, UmAlgoOrder]):
    """Cancel every open UM algo order of a symbol; the reply does not say which. Weight 1."""

    product = "um algo"

    def open_states(self) -> OpenUmAlgoOrders:
        """Weight 1."""
        return OpenUmAlgoOrders(symbol=self.symbol)

    def single(self, state: Any) -> CancelUmAlgoOrder:
        """Weight 1."""
        return CancelUmAlgoOrder(algo_id=state.algo_id)


@endpoint(
    "GET",
    "/papi/v1/um/algo/algoOrder",
    page="trade#query-current-um-open-algo-order",
    weight=1,
)
class QueryUmAlgoOrder(UmAlgoRef[UmAlgoOrder]):
    """Read one UM algo order, open or not. Weight 1.

    The exchange forgets an order after 90 days, one without fills 3 days after it was canceled or expired.
    """


@endpoint(
    "GET",
    "/papi/v1/um/algo/openAlgoOrders",
    page="trade#query-all-current-um-open-algo-orders",
    weight=1,
)
class OpenUmAlgoOrders(Request[list[UmAlgoOrder]]):
    """Read the open UM algo orders of a symbol, or of all. Weight 1 with a symbol, 40 without."""

    algo_type: AlgoType | None = None
    symbol: Symbol | None = None
    algo_id: int | None = None

    @property
    def weight(self) -> int:
        """1 with a symbol, 40 without."""
        return self.endpoint.weight if self.symbol is not None else 40


@endpoint(
    "GET",
    "/papi/v1/um/algo/allAlgoOrders",
    page="trade#query-um-algo-order-history",
    weight=5,
    max_days=7,
)
class AllUmAlgoOrders(TimeRange[list[UmAlgoOrder]]):
    """Read UM algo orders of a symbol, whatever became of them. Weight 5.

    A time range spans under 7 days; without one, the last 7 days.
    """

    symbol: Symbol
    algo_id: int | None = None
    """Orders from this id on."""
    limit: UpTo1000 | None = None
    """Default 500."""


class UmAlgoOrders(Namespace):
    """Algo orders of ``papi.um``"""

    new_algo_order = Call(NewUmAlgoOrder)
    cancel_algo_order = Call(CancelUmAlgoOrder)
    cancel_all_algo_orders = Call(CancelAllUmAlgoOrders)
    algo_order = Call(QueryUmAlgoOrder)
    open_algo_orders = Call(OpenUmAlgoOrders)
    all_algo_orders = Call(AllUmAlgoOrders)

    # By id alone the exchange may still look back 7 days only: what starts by time goes on by time.
    iter_all_algo_orders = Pages(
        AllUmAlgoOrders,
        by_id(
            "algo_id",
            "algo_id",
            "create_time",
            window_ms=WEEK_MS,
            default_ms=WEEK_MS,
            goes_on_by_id=False,
        ),
    )
