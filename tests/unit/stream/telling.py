"""News of orders, as short as a test can say it."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from binance_papi_async.declaring.reading import reader
from binance_papi_async.endpoints.cm_order_replies import CmConditionalOrder, CmOrder
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.endpoints.um_algo_replies import UmAlgoOrder
from binance_papi_async.endpoints.um_order_replies import UmOrder
from binance_papi_async.stream.events import read_event
from binance_papi_async.stream.futures_events import OrderTradeUpdate
from binance_papi_async.stream.margin_events import ExecutionReport
from binance_papi_async.stream.trigger_events import AlgoUpdate, ConditionalOrderUpdate

E = TypeVar("E")
HAPPENED = {"FILLED": "TRADE", "PARTIALLY_FILLED": "TRADE"}
"""What must have happened for an order to stand so, where that is not the same word."""


def _read(kind: type[E], message: dict[str, Any]) -> E:
    event = read_event(json.dumps(message).encode())
    assert isinstance(event, kind)
    return event


def _order(
    symbol: str, order_id: int, status: str, executed: str, said: dict[str, Any]
) -> dict[str, Any]:
    return {
        "s": symbol,
        "i": order_id,
        "c": f"mine-{order_id}",
        "S": "BUY",
        "x": HAPPENED.get(status, status),
        "X": status,
        "q": "10",
        "p": "5",
        "z": executed,
        "l": "0",
        "L": "0",
        "t": 0,
        **said,
    }


def report(
    order_id: int, status: str, at: int, executed: str = "0", symbol: str = "LTCBTC", **said: Any
) -> ExecutionReport:
    """Of a margin order."""
    order = _order(symbol, order_id, status, executed, said)
    return _read(ExecutionReport, {"e": "executionReport", "E": at + 1, "T": at, **order})


def update(  # noqa: PLR0913 - an order has as many facts
    order_id: int,
    status: str,
    at: int,
    executed: str = "0",
    *,
    symbol: str = "BTCUSDT",
    product: str = "UM",
    **said: Any,
) -> OrderTradeUpdate:
    """Of a UM or CM order."""
    order = _order(symbol, order_id, status, executed, said)
    head = {"e": "ORDER_TRADE_UPDATE", "E": at + 1, "T": at, "fs": product}
    return _read(OrderTradeUpdate, {**head, "o": order})


def algo(algo_id: int, status: str, at: int, product: str = "UM", **said: Any) -> AlgoUpdate:
    """Of an algo order."""
    order = {"s": "BTCUSDT", "aid": algo_id, "caid": f"mine-{algo_id}", "X": status, **said}
    head = {"e": "ALGO_UPDATE", "E": at + 1, "T": at, "fs": product}
    return _read(AlgoUpdate, {**head, "ao": order})


def conditional(
    strategy_id: int, status: str, at: int, product: str = "CM", **said: Any
) -> ConditionalOrderUpdate:
    """Of a conditional order."""
    order = {"s": "BTCUSD_PERP", "si": strategy_id, "c": f"mine-{strategy_id}", "os": status}
    head = {"e": "CONDITIONAL_ORDER_TRADE_UPDATE", "E": at + 1, "T": at, "fs": product}
    return _read(ConditionalOrderUpdate, {**head, "so": {**order, "ut": at, **said}})


ROWS: dict[str, Any] = {
    "margin": (MarginOrder, "LTCBTC"),
    "um": (UmOrder, "BTCUSDT"),
    "cm": (CmOrder, "BTCUSD_PERP"),
}


def row(  # noqa: PLR0913 - an order has as many facts
    product: str,
    order_id: int,
    status: str,
    at: int | None,
    executed: str | None = "0",
    *,
    symbol: str | None = None,
    **said: Any,
) -> Any:
    """What a read shows of an order."""
    kind, usual = ROWS[product]
    body = {
        "symbol": symbol or usual,
        "orderId": order_id,
        "clientOrderId": f"mine-{order_id}",
        "status": status,
        "executedQty": executed,
        "updateTime": at,
        **said,
    }
    return _decoded(kind, body)


def algo_row(algo_id: int, status: str, at: int | None) -> UmAlgoOrder:
    """What a read shows of an algo order."""
    body = {"algoId": algo_id, "clientAlgoId": f"mine-{algo_id}", "symbol": "BTCUSDT"}
    order: UmAlgoOrder = _decoded(UmAlgoOrder, {**body, "algoStatus": status, "updateTime": at})
    return order


def conditional_row(strategy_id: int, status: str, at: int | None) -> CmConditionalOrder:
    """What a read shows of a conditional order."""
    body = {"strategyId": strategy_id, "newClientStrategyId": f"mine-{strategy_id}"}
    rest = {"symbol": "BTCUSD_PERP", "strategyStatus": status, "updateTime": at}
    order: CmConditionalOrder = _decoded(CmConditionalOrder, {**body, **rest})
    return order


def _decoded(kind: Any, body: dict[str, Any]) -> Any:
    return reader(kind)(json.dumps(body).encode())
