"""The JSON the exchange answers about margin orders: fields and spelling of its documented examples.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from binance_papi_async.enums import OrderType
from binance_papi_async.simulator.calls.notation import Json, decimal_text, milliseconds
from binance_papi_async.simulator.world.orders import STOP_TYPES, Order, OrderList, Trade

ACCOUNT_ID: Final = 152950866
"""The account of the documented examples."""


def _amounts(order: Order) -> Json:
    return {
        "price": decimal_text(order.price),
        "origQty": decimal_text(order.quantity),
        "executedQty": decimal_text(order.executed),
        "cummulativeQuoteQty": decimal_text(order.executed_quote),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "side": order.side,
    }


def canceled(order: Order, cancel_id: str) -> Json:
    """A cancelled order, the twelve fields of the documented page."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "origClientOrderId": order.client_order_id,
        "clientOrderId": cancel_id,
        **_amounts(order),
    }


def canceled_in_list(order: Order, cancel_id: str) -> Json:
    """A cancelled order as ``allOpenOrders`` and order lists report it."""
    report = canceled(order, cancel_id) | {"orderListId": order.order_list_id}
    if order.type in STOP_TYPES:
        report["stopPrice"] = decimal_text(order.stop_price)
    if order.iceberg_quantity:
        report["icebergQty"] = decimal_text(order.iceberg_quantity)
    return report


def queried(order: Order) -> Json:
    """An order as the reads show it. A stop order is not working until it fills: our choice."""
    return {
        "clientOrderId": order.client_order_id,
        "cummulativeQuoteQty": decimal_text(order.executed_quote),
        "executedQty": decimal_text(order.executed),
        "icebergQty": decimal_text(order.iceberg_quantity),
        "isWorking": order.type not in STOP_TYPES or order.executed > 0,
        "orderId": order.order_id,
        "origQty": decimal_text(order.quantity),
        "price": decimal_text(order.price),
        "side": order.side,
        "status": order.status,
        "stopPrice": decimal_text(order.stop_price),
        "symbol": order.symbol,
        "time": milliseconds(order.placed_at),
        "timeInForce": order.time_in_force,
        "type": order.type,
        "updateTime": milliseconds(order.changed_at),
        "accountId": ACCOUNT_ID,
        "selfTradePreventionMode": order.self_trade_prevention_mode,
        "preventedMatchId": "None",
        "preventedQuantity": "None",
    }


def acknowledged(order: Order) -> Json:
    """A placed order, ``ACK``."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "clientOrderId": order.client_order_id,
        "transactTime": milliseconds(order.placed_at),
    }


def placed(order: Order) -> Json:
    """A placed order, ``RESULT``."""
    return acknowledged(order) | _amounts(order)


def placed_in_full(order: Order, trades: Sequence[Trade]) -> Json:
    """A placed order with its fills, ``FULL``."""
    return placed(order) | {
        "fills": [
            {
                "price": decimal_text(trade.price),
                "qty": decimal_text(trade.quantity),
                "commission": decimal_text(Decimal(0)),
                "commissionAsset": "BNB",
            }
            for trade in trades
        ]
    }


def placed_in_list(order: Order) -> Json:
    """An order of a placed list."""
    report = placed(order) | {"orderListId": order.order_list_id}
    if order.type is not OrderType.LIMIT_MAKER:
        report["stopPrice"] = decimal_text(order.stop_price)
    return report


def order_list(found: OrderList, members: Sequence[Order]) -> Json:
    """An order list; it executes until none of its orders is open."""
    is_open = any(order.is_open for order in members)
    changed_at = max((order.changed_at for order in members), default=found.placed_at)
    return {
        "orderListId": found.order_list_id,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED" if is_open else "ALL_DONE",
        "listOrderStatus": "EXECUTING" if is_open else "ALL_DONE",
        "listClientOrderId": found.client_id,
        "transactionTime": milliseconds(changed_at),
        "symbol": found.symbol,
        "orders": [
            {
                "symbol": order.symbol,
                "orderId": order.order_id,
                "clientOrderId": order.client_order_id,
            }
            for order in members
        ],
    }


def canceled_list(found: OrderList, members: Sequence[Order], cancel_id: str) -> Json:
    """A cancelled order list with its orders."""
    reports = [canceled_in_list(order, cancel_id) for order in members]
    return order_list(found, members) | {"orderReports": reports}


def trade_of(trade: Trade) -> Json:
    """A fill as ``myTrades`` shows it."""
    return {
        "commission": decimal_text(Decimal(0)),
        "commissionAsset": "BNB",
        "id": trade.trade_id,
        "isBestMatch": True,
        "isBuyer": trade.side == "BUY",
        "isMaker": trade.is_maker,
        "orderId": trade.order_id,
        "price": decimal_text(trade.price),
        "qty": decimal_text(trade.quantity),
        "symbol": trade.symbol,
        "time": milliseconds(trade.time),
    }
