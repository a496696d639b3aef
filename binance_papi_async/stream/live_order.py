"""An order as it is known to stand, made of the last event, reply or row of a list that told of it.

Fields have the names of the replies, so that ``fate``, ``keys_of``, ``placed_at_ms`` and ``changed_at_ms``
of the request that cancels such an order read it: ``CANCELS`` says which request that is.
None is what nobody has told. Numbers are ``Decimal``, times milliseconds since 1970 UTC.

Pure: nothing here reads a clock or a socket.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.endpoints.cm_conditional import CancelCmConditionalOrder
from binance_papi_async.endpoints.cm_orders import CancelCmOrder
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.endpoints.um_algo import CancelUmAlgoOrder
from binance_papi_async.endpoints.um_orders import CancelUmOrder
from binance_papi_async.enums import (
    AlgoStatus,
    FuturesOrderType,
    OrderStatus,
    OrderType,
    PositionSide,
    Side,
    StrategyStatus,
    StrategyType,
)
from binance_papi_async.stream.account_events import Product
from binance_papi_async.stream.standing import Key, Told

Source: TypeAlias = Literal["event", "reply", "list"]
"""What told of an order last: an event of the stream, the reply to a request about it, a list of open orders."""

CANCELS: Final[dict[Product, type[CancelRequest[Any, Any]]]] = {
    "margin": CancelMarginOrder,
    "um": CancelUmOrder,
    "cm": CancelCmOrder,
    "um algo": CancelUmAlgoOrder,
    "cm conditional": CancelCmConditionalOrder,
}
"""What cancels an order of each product, and reads a live one; conditional orders of UM have none any more."""


class Live(Struct, frozen=True, kw_only=True):
    """What is known of every order."""

    product: Product
    symbol: str
    is_open: bool
    """As far as is known: the exchange may know better by now."""
    source: Source
    side: Side | None = None
    price: Decimal | None = None
    update_time: int | None = None
    position_side: PositionSide | None = None


class LiveOrder(Live, frozen=True, kw_only=True):
    """An order of margin, UM or CM."""

    order_id: int
    client_order_id: str | None = None
    """What it was placed under."""
    status: OrderStatus | None
    """None if it is gone from the open ones, and nobody has told how it ended."""
    type: OrderType | FuturesOrderType | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    time: int | None = None
    """When it was placed. A futures event does not say so, but for that of the placing itself."""


class LiveAlgoOrder(Live, frozen=True, kw_only=True):
    """An algo order of UM; open while it waits for its trigger."""

    algo_id: int
    client_algo_id: str | None = None
    algo_status: AlgoStatus | None
    """None if it is gone from the open ones, and nobody has told how it ended."""
    order_type: StrategyType | None = None
    quantity: Decimal | None = None
    trigger_price: Decimal | None = None
    actual_order_id: str | int | None = None
    """The order it placed; empty before."""
    create_time: int | None = None


class LiveConditionalOrder(Live, frozen=True, kw_only=True):
    """A conditional order of CM; open while it waits for its trigger."""

    strategy_id: int
    new_client_strategy_id: str | None = None
    strategy_status: StrategyStatus | None
    """None if it is gone from the open ones, and nobody has told how it ended."""
    strategy_type: StrategyType | None = None
    orig_qty: Decimal | None = None
    stop_price: Decimal | None = None
    order_id: int | None = None
    """The order that the trigger placed."""
    book_time: int | None = None


AnyLiveOrder: TypeAlias = LiveOrder | LiveAlgoOrder | LiveConditionalOrder
"""An order of any product."""


class Known:
    """What is kept of an order: the news itself, and what it does not say but earlier news did."""

    __slots__ = (
        *("as_of_ms", "client_id", "gone_ms", "is_open", "is_shut", "news"),
        *("placed_ms", "rank", "source", "status"),
    )

    def __init__(self, news: Any, told: Told, source: Source, as_of_ms: int) -> None:
        _, self.rank, self.status, self.client_id, self.placed_ms = told
        self.news: Any = news
        self.source: Source = source
        self.as_of_ms = as_of_ms
        """The latest moment that news of it spoke of."""
        self.gone_ms: int | None = None
        """When a list was answered that did not show it, and had to; None if none did."""
        self.is_open = self.is_shut = False
        """Whether it is counted among the open ones, or among the closed and gone ones; neither while in doubt."""

    def take(self, news: Any, told: Told, source: Source) -> None:
        """This is how it stands."""
        self.news, self.source = news, source
        _, self.rank, self.status, client_id, placed_ms = told
        if client_id:
            self.client_id = client_id
        if placed_ms is not None:
            self.placed_ms = placed_ms

    @property
    def is_gone(self) -> bool:
        """Closed, and nobody has told how."""
        return self.gone_ms is not None

    def live(self, key: Key) -> AnyLiveOrder:
        """As a value to hand out."""
        return _MADE.get(key[0], _order)(self, key)


def _order(known: Known, key: Key) -> LiveOrder:
    product, symbol, order_id = key
    order: Any = getattr(known.news, "order", known.news)
    return LiveOrder(
        product=product,
        symbol=symbol,
        order_id=order_id,
        client_order_id=known.client_id,
        status=None if known.is_gone else order.status,
        side=order.side,
        type=order.type,
        price=order.price,
        orig_qty=order.orig_qty,
        executed_qty=order.executed_qty,
        position_side=getattr(order, "position_side", None),
        time=known.placed_ms,
        update_time=known.rank[2] or None,
        is_open=known.is_open,
        source=known.source,
    )


def _algo_order(known: Known, key: Key) -> LiveAlgoOrder:
    product, symbol, algo_id = key
    order: Any = getattr(known.news, "order", known.news)
    return LiveAlgoOrder(
        product=product,
        symbol=symbol,
        algo_id=algo_id,
        client_algo_id=known.client_id,
        algo_status=None if known.is_gone else order.algo_status,
        side=order.side,
        order_type=order.order_type,
        price=order.price,
        quantity=order.quantity,
        trigger_price=order.trigger_price,
        actual_order_id=order.actual_order_id,
        position_side=order.position_side,
        create_time=known.placed_ms,
        update_time=known.rank[2] or None,
        is_open=known.is_open,
        source=known.source,
    )


def _conditional_order(known: Known, key: Key) -> LiveConditionalOrder:
    product, symbol, strategy_id = key
    order: Any = getattr(known.news, "order", known.news)
    return LiveConditionalOrder(
        product=product,
        symbol=symbol,
        strategy_id=strategy_id,
        new_client_strategy_id=known.client_id,
        strategy_status=None if known.is_gone else order.strategy_status,
        side=order.side,
        strategy_type=order.strategy_type,
        price=order.price,
        orig_qty=order.orig_qty,
        stop_price=order.stop_price,
        order_id=order.order_id,
        position_side=order.position_side,
        book_time=known.placed_ms,
        update_time=known.rank[2] or None,
        is_open=known.is_open,
        source=known.source,
    )


_MADE: Final[dict[Product, Callable[[Known, Key], AnyLiveOrder]]] = {
    "um algo": _algo_order,
    "cm conditional": _conditional_order,
    "um conditional": _conditional_order,
}
