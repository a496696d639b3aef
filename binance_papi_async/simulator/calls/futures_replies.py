"""The JSON the exchange answers about UM and CM orders: fields of its documented examples.

Amounts are written as they were sent, what is computed with eight places.
``avgPrice``, ``cumQuote`` and ``cumBase`` are off the pages of placing and cancelling, and not answered there.
Pure.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import structs

from binance_papi_async.enums import AlgoStatus, OrderStatus, Side, StrategyType
from binance_papi_async.simulator.calls.notation import Json, decimal_text, milliseconds, plain
from binance_papi_async.simulator.world.futures import Futures
from binance_papi_async.simulator.world.instruments import coin_of, contract_usd, pair_of
from binance_papi_async.simulator.world.orders import ZERO, Amendment, Order, Trade
from binance_papi_async.simulator.world.triggers import Waiting


def as_placed(order: Order) -> Order:
    """An order as it was before anything filled: what an ``ACK`` shows."""
    return structs.replace(order, status=OrderStatus.NEW, executed=ZERO, executed_quote=ZERO)


def average_price(market: Futures, order: Order) -> Decimal:
    """Of what has filled, 0 if nothing has."""
    if not order.executed:
        return ZERO
    if market.product == "um":
        return order.executed_quote / order.executed
    return order.executed * contract_usd(order.symbol) / order.executed_quote


def _state(order: Order) -> Json:
    return {
        "clientOrderId": order.client_order_id,
        "executedQty": plain(order.executed),
        "orderId": order.order_id,
        "origQty": plain(order.quantity),
        "price": plain(order.price),
        "reduceOnly": order.reduce_only,
        "side": order.side,
        "positionSide": order.position_side,
        "status": order.status,
        "symbol": order.symbol,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "updateTime": milliseconds(order.changed_at),
    }


def _of_product(market: Futures, order: Order) -> Json:
    if market.product == "cm":
        return {"pair": pair_of(order.symbol)}
    return {
        "selfTradePreventionMode": order.self_trade_prevention_mode,
        "goodTillDate": order.good_till_date,
        "priceMatch": order.price_match,
    }


def changed(market: Futures, order: Order) -> Json:
    """An order as placing or cancelling left it."""
    return _state(order) | {"cumQty": plain(order.executed)} | _of_product(market, order)


def modified(market: Futures, order: Order, modify_id: int | None) -> Json:
    """An order as its modification left it."""
    report = changed(market, order) | {"origType": order.orig_type or order.type}
    return report if modify_id is None else report | {"modifyId": modify_id}


def queried(market: Futures, order: Order) -> Json:
    """An order as the reads show it."""
    worth = "cumQuote" if market.product == "um" else "cumBase"
    return (
        _state(order)
        | {
            "avgPrice": decimal_text(average_price(market, order)),
            worth: decimal_text(order.executed_quote),
            "origType": order.orig_type or order.type,
            "time": milliseconds(order.placed_at),
        }
        | _of_product(market, order)
    )


def amendment(market: Futures, order: Order, number: int, made: Amendment) -> Json:
    """The ``number``-th modification of an order."""
    (price_before, price), (quantity_before, quantity) = made.prices, made.quantities
    what: Json = {
        "price": {"before": plain(price_before), "after": plain(price)},
        "origQty": {"before": plain(quantity_before), "after": plain(quantity)},
        "count": number,
    }
    if made.modify_id is not None:
        what["modifyId"] = made.modify_id
    report: Json = {
        "amendmentId": made.amendment_id,
        "symbol": order.symbol,
        "pair": pair_of(order.symbol),
        "orderId": order.order_id,
        "clientOrderId": order.client_order_id,
        "time": milliseconds(made.time),
        "amendment": what,
    }
    return report if market.product == "cm" else report | {"priceMatch": order.price_match}


def trade_of(market: Futures, trade: Trade) -> Json:
    """A fill. No fees: a simulator's choice."""
    asset = market.asset_of(trade.symbol)
    report: Json = {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "side": trade.side,
        "price": plain(trade.price),
        "qty": plain(trade.quantity),
        "realizedPnl": decimal_text(trade.realized_pnl),
        "commission": decimal_text(ZERO),
        "commissionAsset": asset,
        "time": milliseconds(trade.time),
        "buyer": trade.side == Side.BUY,
        "maker": trade.is_maker,
        "positionSide": trade.position_side,
    }
    if market.product == "um":
        return report | {"quoteQty": decimal_text(trade.worth)}
    return report | {
        "pair": pair_of(trade.symbol),
        "marginAsset": coin_of(trade.symbol),
        "baseQty": decimal_text(trade.worth),
    }


def waiting_status(market: Futures, waiting: Waiting) -> AlgoStatus:
    """``FINISHED`` once the order it placed is closed."""
    placed = None if waiting.order_id is None else market.book.order(waiting.order_id)
    return waiting.status if placed is None or placed.is_open else AlgoStatus.FINISHED


def algo_order(market: Futures, waiting: Waiting, *, is_history: bool = False) -> Json:
    """A UM algo order; what it placed is told in histories only."""
    draft = waiting.order
    report: Json = {
        "algoId": waiting.waiting_id,
        "clientAlgoId": waiting.client_id,
        "algoType": "CONDITIONAL",
        "orderType": waiting.kind,
        "symbol": draft.symbol,
        "side": draft.side,
        "positionSide": draft.position_side,
        "timeInForce": draft.time_in_force,
        "quantity": plain(draft.quantity),
        "algoStatus": waiting_status(market, waiting),
        "triggerPrice": plain(waiting.trigger_price),
        "price": plain(draft.price),
        "selfTradePreventionMode": draft.self_trade_prevention_mode,
        "workingType": waiting.working_type,
        "priceMatch": draft.price_match,
        "closePosition": waiting.close_position,
        "priceProtect": waiting.price_protect,
        "reduceOnly": draft.reduce_only,
        "createTime": milliseconds(waiting.placed_at),
        "updateTime": milliseconds(waiting.changed_at),
        "triggerTime": milliseconds(waiting.triggered_at),
        "goodTillDate": draft.good_till_date,
    }
    if not is_history:
        return report
    placed = None if waiting.order_id is None else market.book.order(waiting.order_id)
    return report | {
        "actualOrderId": "" if placed is None else str(placed.order_id),
        "actualPrice": decimal_text(ZERO if placed is None else average_price(market, placed)),
    }


def placed_algo_order(market: Futures, waiting: Waiting) -> Json:
    """A UM algo order in the answer to placing it."""
    return algo_order(market, waiting) | {
        "activatePrice": _or_blank(waiting.activate_price),
        "callbackRate": _or_blank(waiting.callback_rate),
    }


def _or_blank(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def conditional_order(market: Futures, waiting: Waiting) -> Json:
    """A CM conditional order, with what it placed if it has."""
    draft = waiting.order
    report: Json = {
        "newClientStrategyId": waiting.client_id,
        "strategyId": waiting.waiting_id,
        "strategyStatus": waiting_status(market, waiting),
        "strategyType": waiting.kind,
        "origQty": plain(draft.quantity),
        "price": plain(draft.price),
        "reduceOnly": draft.reduce_only,
        "side": draft.side,
        "positionSide": draft.position_side,
        "stopPrice": plain(waiting.trigger_price),
        "symbol": draft.symbol,
        "timeInForce": draft.time_in_force,
        "bookTime": milliseconds(waiting.placed_at),
        "updateTime": milliseconds(waiting.changed_at),
        "workingType": waiting.working_type,
        "priceProtect": waiting.price_protect,
        "priceMatch": draft.price_match,
    }
    if waiting.kind is StrategyType.TRAILING_STOP_MARKET:
        report["activatePrice"] = plain(waiting.activate_price or ZERO)
        report["priceRate"] = plain(waiting.callback_rate or ZERO)
    placed = None if waiting.order_id is None else market.book.order(waiting.order_id)
    if placed is None:
        return report
    return report | {
        "orderId": placed.order_id,
        "status": placed.status,
        "type": placed.type,
        "triggerTime": milliseconds(waiting.triggered_at),
    }
