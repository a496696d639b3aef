"""What one piece of news says of an order: which one, how it stands, and when that was so.

An event, a reply or a row of a list comes late, twice, or not at all. Which of two is the truth is told by
comparing their ranks, from left to right, the larger wins:

1. how far it has come: a closed order is never open again;
2. what has executed, which never shrinks; taken from the total (``z``), never summed from single fills;
3. the engine's time, which never runs back.

The largest of many is the same in whichever order they come: that is why nothing late can win.
How an order stands is its status (``X``), not what has just happened to it (``x``).

Pure: nothing here reads a clock or a socket.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from binance_papi_async.deciding.steps import READ_LAG
from binance_papi_async.endpoints.cm_order_replies import (
    CanceledCmConditionalOrder,
    CanceledCmOrder,
    CmConditionalOrder,
    CmOrder,
    ModifiedCmOrder,
    NewCmConditionalOrderReply,
    NewCmOrderReply,
)
from binance_papi_async.endpoints.margin_replies import (
    CanceledMarginOrder,
    MarginOrder,
    NewMarginOrderReply,
)
from binance_papi_async.endpoints.um_algo_replies import NewUmAlgoOrderReply, UmAlgoOrder
from binance_papi_async.endpoints.um_order_replies import (
    CanceledUmOrder,
    ModifiedUmOrder,
    NewUmOrderReply,
    UmOrder,
)
from binance_papi_async.enums import (
    CLOSED_STATUSES,
    AlgoStatus,
    ExecutionType,
    OrderStatus,
    StrategyStatus,
)
from binance_papi_async.stream.account_events import Product
from binance_papi_async.stream.futures_events import OrderTradeUpdate
from binance_papi_async.stream.margin_events import ExecutionReport
from binance_papi_async.stream.trigger_events import AlgoUpdate, ConditionalOrderUpdate

Key: TypeAlias = tuple[Product, str, int]
"""What names an order: two symbols may have the same id, and so may two products."""
Rank: TypeAlias = tuple[int, Decimal, int]
"""How far it has come, what has executed, when it last changed (ms since 1970; 0 if nobody says)."""

WAITS, TRIGGERS, HAS_TRIGGERED, IS_OVER = range(4)
"""How far an order has come. One without a trigger is open, which is the first, or over."""

Read: TypeAlias = "Callable[[Any], Told | None]"
LAG_MS: Final = int(READ_LAG * 1000)

_NONE: Final = Decimal(0)
_NEW: Final = ExecutionType.NEW
_ORDERS: Final[dict[str, Product]] = {"UM": "um", "CM": "cm"}
_ALGO: Final[dict[str, Product]] = {"UM": "um algo"}
_CONDITIONAL: Final[dict[str, Product]] = {"UM": "um conditional", "CM": "cm conditional"}
_COME: Final[dict[str, int]] = {
    AlgoStatus.TRIGGERING: TRIGGERS,
    AlgoStatus.TRIGGERED: HAS_TRIGGERED,
    AlgoStatus.FINISHED: IS_OVER,
    AlgoStatus.CANCELED: IS_OVER,
    AlgoStatus.REJECTED: IS_OVER,
    AlgoStatus.EXPIRED: IS_OVER,
}
"""Of algo and conditional orders; a word never heard of still waits, as far as anybody knows."""


Told: TypeAlias = tuple[Key, Rank, str, str | None, int | None]
"""What a piece of news says of one order: which, its rank and status, its client id, when it was placed.

A plain tuple: one is made of every event.
"""


def _report(event: ExecutionReport) -> Told:
    is_closed = event.status in CLOSED_STATUSES
    return (
        ("margin", event.symbol, event.order_id),
        (IS_OVER if is_closed else WAITS, event.executed_qty, event.transaction_time),
        event.status,
        event.orig_client_order_id or event.client_order_id,
        event.time,
    )


def _update(event: OrderTradeUpdate) -> Told | None:
    order, changed_ms = event.order, event.transaction_time
    product = _ORDERS.get(event.product)
    if product is None:
        return None
    is_closed = order.status in CLOSED_STATUSES
    return (
        (product, order.symbol, order.order_id),
        (IS_OVER if is_closed else WAITS, order.executed_qty, changed_ms),
        order.status,
        order.client_order_id,
        changed_ms if order.execution_type is _NEW else None,
    )


def _algo_update(event: AlgoUpdate) -> Told | None:
    order, changed_ms = event.order, event.transaction_time
    product = _ALGO.get(event.product)
    if product is None:
        return None
    return (
        (product, order.symbol, order.algo_id),
        (_COME.get(order.algo_status, WAITS), _NONE, changed_ms),
        order.algo_status,
        order.client_algo_id,
        changed_ms if order.algo_status is AlgoStatus.NEW else None,
    )


def _conditional_update(event: ConditionalOrderUpdate) -> Told | None:
    product = _CONDITIONAL.get(event.product)
    return None if product is None else _strategy(product, event.order)


def _conditional_row(row: Any) -> Told | None:
    return _strategy("cm conditional", row)


def _strategy(product: Product, order: Any) -> Told | None:
    status: StrategyStatus | None = order.strategy_status
    if order.symbol is None or order.strategy_id is None or status is None:
        return None
    return (
        (product, order.symbol, order.strategy_id),
        (_COME.get(status, WAITS), _NONE, order.update_time or 0),
        status,
        order.new_client_strategy_id,
        order.book_time,
    )


def _algo_row(row: Any) -> Told | None:
    status: AlgoStatus | None = row.algo_status
    if row.symbol is None or row.algo_id is None or status is None:
        return None
    return (
        ("um algo", row.symbol, row.algo_id),
        (_COME.get(status, WAITS), _NONE, row.update_time or 0),
        status,
        row.client_algo_id,
        row.create_time,
    )


def _margin_row(row: MarginOrder) -> Told | None:
    return _order("margin", row, row.client_order_id, row.update_time, row.time)


def _margin_cancel(reply: CanceledMarginOrder) -> Told | None:
    return _order("margin", reply, reply.orig_client_order_id, None, None)


def _margin_placed(reply: NewMarginOrderReply) -> Told | None:
    return _order("margin", reply, reply.client_order_id, reply.transact_time, reply.transact_time)


def _futures_row(product: Product) -> Read:
    return lambda row: _order(product, row, row.client_order_id, row.update_time, row.time)


def _futures_change(product: Product) -> Read:
    return lambda row: _order(product, row, row.client_order_id, row.update_time, None)


def _futures_placed(product: Product) -> Read:
    def read(reply: Any) -> Told | None:
        placed_ms = reply.update_time if reply.status is OrderStatus.NEW else None
        return _order(product, reply, reply.client_order_id, reply.update_time, placed_ms)

    return read


def _order(
    product: Product,
    order: Any,
    client_id: str | None,
    changed_ms: int | None,
    placed_ms: int | None,
) -> Told | None:
    status: OrderStatus | None = order.status
    if order.symbol is None or order.order_id is None or status is None:
        return None
    executed: Decimal | None = order.executed_qty
    if executed is None or not executed.is_finite():
        executed = _NONE
    return (
        (product, order.symbol, order.order_id),
        (IS_OVER if status in CLOSED_STATUSES else WAITS, executed, changed_ms or 0),
        status,
        client_id,
        placed_ms,
    )


_EVENTS: Final[dict[type, Read]] = {
    ExecutionReport: _report,
    OrderTradeUpdate: _update,
    AlgoUpdate: _algo_update,
    ConditionalOrderUpdate: _conditional_update,
}
_CHANGES: Final[dict[type, Read]] = {
    NewMarginOrderReply: _margin_placed,
    CanceledMarginOrder: _margin_cancel,
    NewUmOrderReply: _futures_placed("um"),
    ModifiedUmOrder: _futures_change("um"),
    CanceledUmOrder: _futures_change("um"),
    NewCmOrderReply: _futures_placed("cm"),
    ModifiedCmOrder: _futures_change("cm"),
    CanceledCmOrder: _futures_change("cm"),
    NewUmAlgoOrderReply: _algo_row,
    NewCmConditionalOrderReply: _conditional_row,
    CanceledCmConditionalOrder: _conditional_row,
}
_READS: Final[dict[type, Read]] = {
    MarginOrder: _margin_row,
    UmOrder: _futures_row("um"),
    CmOrder: _futures_row("cm"),
    UmAlgoOrder: _algo_row,
    CmConditionalOrder: _conditional_row,
}
READERS: Final[dict[type, tuple[Read, int | None]]] = {
    **{kind: (read, None) for kind, read in _EVENTS.items()},
    **{kind: (read, 0) for kind, read in _CHANGES.items()},
    **{kind: (read, LAG_MS) for kind, read in _READS.items()},
}
"""What reads each kind of news, and by how much that may lag behind when it was asked for; an event is not asked for."""
