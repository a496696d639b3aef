"""How the exchange answers the calls about UM and CM orders.

Each handler serves both products. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final

from msgspec import structs

from binance_papi_async.enums import (
    FuturesTimeInForce,
    OrderStatus,
    OrderType,
    PositionSide,
    ResponseType,
    Side,
)
from binance_papi_async.simulator.calls import futures_replies as replies
from binance_papi_async.simulator.calls.call import (
    Call,
    Handler,
    Routes,
)
from binance_papi_async.simulator.calls.funds import check_futures
from binance_papi_async.simulator.calls.paging import page
from binance_papi_async.simulator.refusal import (
    Refusal,
    invalid,
    mandatory,
    not_wanted,
    one_of,
    unknown_to_cancel,
    unknown_to_query,
)
from binance_papi_async.simulator.world.futures import Futures, is_forgotten
from binance_papi_async.simulator.world.instruments import FuturesProduct, pair_of
from binance_papi_async.simulator.world.orders import ZERO, Draft, Order, Trade

ALL_CANCELED: Final = {"code": 200, "msg": "The operation of cancel all open order is done."}
MOST_AMENDMENTS: Final = 10_000
"""How often an order may be changed, by the futures' own pages; PAPI's say nothing."""
GTD_LEAST_MS: Final = 600_000
"""Documented: a good-till date lies over ten minutes ahead."""
_LIMIT_NEEDS: Final = ("timeInForce", "quantity")


def new_order(market: Futures, call: Call) -> object:
    """Place an order; ``ACK``, the default, shows it as it was before anything filled."""
    _check_composition(call)
    draft = _draft(market, call)
    market.book.check_client_ids([draft])
    check_futures(market, call, draft)
    order = market.place(draft)
    call.account.truth.record_placements(order.client_order_id)
    is_result = call.text("newOrderRespType") == ResponseType.RESULT
    return replies.changed(market, order if is_result else replies.as_placed(order))


def _check_composition(call: Call) -> None:
    is_limit = call.text("type") == OrderType.LIMIT
    for name in _LIMIT_NEEDS if is_limit else ("quantity",):
        if call.text(name) is None:
            raise mandatory(name)
    if is_limit:
        check_price(call)
    for name in () if is_limit else ("price", "priceMatch", "timeInForce"):
        if call.text(name) is not None:
            raise not_wanted(name)
    check_terms(call)


def check_price(call: Call) -> None:
    """A price or a price match, not both."""
    if call.text("price") is None and call.text("priceMatch") is None:
        raise mandatory("price")
    if call.text("price") is not None and call.text("priceMatch") is not None:
        raise not_wanted("priceMatch")


def check_terms(call: Call) -> None:
    """What holds for an order that is placed now, and for one that waits for its trigger."""
    for name in ("quantity", "price"):
        if call.decimal(name) == 0:
            raise Refusal(-4003 if name == "quantity" else -4001, f"{name.title()} less than zero.")
    if call.text("timeInForce") == FuturesTimeInForce.GTD:
        till = call.number("goodTillDate")
        if till is None:
            raise mandatory("goodTillDate")
        if till <= call.now * 1000 + GTD_LEAST_MS:
            raise invalid("goodTillDate")


def check_client_id(call: Call, name: str, longest: int) -> None:
    """Letters, digits and a few signs, so many at most; -4015, as it was seen live."""
    text = call.text(name) or "-"
    allowed = text.isascii() and all(sign.isalnum() or sign in ".:/_-" for sign in text)
    if not allowed or len(text) > longest:
        raise Refusal(
            -4015,
            f"Client order id is not valid, its length should not be more than {longest} chars.",
        )


def terms(market: Futures, call: Call, client_id_name: str) -> Draft:
    """The order a call describes, a LIMIT order; a price match takes the last price."""
    symbol = call.parameters["symbol"]
    matched = market.book.last_price(symbol) if call.text("priceMatch") else ZERO
    if market.is_hedged and call.text("reduceOnly") is not None:
        raise not_wanted("reduceOnly")
    return Draft(
        symbol=symbol,
        client_order_id=call.client_id(client_id_name),
        side=Side(call.parameters["side"]),
        position_side=call.word("positionSide", PositionSide) or PositionSide.BOTH,
        quantity=call.decimal("quantity") or ZERO,
        price=call.decimal("price") or matched,
        price_match=call.text("priceMatch") or "NONE",
        time_in_force=call.word("timeInForce", FuturesTimeInForce) or FuturesTimeInForce.GTC,
        reduce_only=call.flag("reduceOnly"),
        good_till_date=call.number("goodTillDate") or 0,
        self_trade_prevention_mode=call.text("selfTradePreventionMode") or "NONE",
    )


def _draft(market: Futures, call: Call) -> Draft:
    check_client_id(call, "newClientOrderId", 32)
    draft = terms(market, call, "newClientOrderId")
    return draft.of_type(OrderType(call.parameters["type"]))


def modify_order(market: Futures, call: Call) -> object:
    """Change price and quantity of an open LIMIT order.

    Documented: ``orderId`` wins over the client's id; no more than the quantity that has filled cancels
    the order, and so does the price of a GTX order that would take.
    Not documented: an unknown order is refused with -2013, a side that is not the order's with -1117.
    A change of nothing and too many changes are refused as the futures' own pages say.
    """
    order = _to_modify(market, call)
    if order is None or not order.is_open:
        raise unknown_to_query()
    check_price(call)
    check_terms(call)
    if call.text("side") != order.side:
        raise Refusal(-1117, "Invalid side.")
    price = call.decimal("price") or market.book.last_price(order.symbol)
    quantity, modify_id = Decimal(call.parameters["quantity"]), call.number("modifyId")
    _check_change(market, order, quantity, price)
    if _must_not_take(market, structs.replace(order, price=price)):
        return replies.modified(market, _cancel(market, call, order), modify_id)
    changed = market.book.modify(order.order_id, quantity, price, modify_id=modify_id)
    if changed.status is OrderStatus.CANCELED:
        call.account.truth.record_cancel(order.order_id)
    else:
        call.account.truth.record_amendment(order.order_id)
    return replies.modified(market, changed, modify_id)


def _to_modify(market: Futures, call: Call) -> Order | None:
    order_id = call.number("orderId")
    if order_id is None:
        return _named(market, call)
    return market.book.find(call.parameters["symbol"], order_id, None)


def _check_change(market: Futures, order: Order, quantity: Decimal, price: Decimal) -> None:
    same, too_many = (-5027, -5026) if market.product == "um" else (-4197, -4198)
    if (quantity, price) == (order.quantity, order.price):
        raise Refusal(same, "No need to modify the order.")
    if len(order.amendments) >= MOST_AMENDMENTS:
        raise Refusal(too_many, "Exceed maximum modify order limit.")


def _must_not_take(market: Futures, order: Order) -> bool:
    return order.time_in_force == FuturesTimeInForce.GTX and market.would_take(order)


def cancel_order(market: Futures, call: Call) -> object:
    """Cancel one order."""
    order = _named(market, call)
    if order is None or not order.is_open:
        raise unknown_to_cancel()
    return replies.changed(market, _cancel(market, call, order))


def _named(market: Futures, call: Call) -> Order | None:
    order_id, client_id = call.number("orderId"), call.text("origClientOrderId")
    if order_id is None and client_id is None:
        raise one_of("origClientOrderId", "orderId")
    return market.book.find(call.parameters["symbol"], order_id, client_id, as_of=call.as_of)


def _cancel(market: Futures, call: Call, order: Order) -> Order:
    call.account.truth.record_cancel(order.order_id)
    return market.book.cancel(order.order_id)[0]


def cancel_all_orders(market: Futures, call: Call) -> object:
    """Cancel every open order of a symbol; done all the same if none is open (our choice)."""
    for order in market.book.open_orders(call.parameters["symbol"]):
        _cancel(market, call, order)
    return ALL_CANCELED


def query_order(market: Futures, call: Call) -> object:
    """Read one order, open or not; -2013 once it is forgotten."""
    order = _named(market, call)
    if order is None or is_forgotten(order, call.now):
        raise unknown_to_query()
    return replies.queried(market, order)


def open_order(market: Futures, call: Call) -> object:
    """Read one open order; CM answers a list of one, as documented."""
    order = _named(market, call)
    if order is None or not order.is_open:
        raise unknown_to_query()
    found = replies.queried(market, order)
    return found if market.product == "um" else [found]


def open_orders(market: Futures, call: Call) -> object:
    """Read the open orders of a symbol, of a pair (CM), or of all."""
    found = market.book.open_orders(call.text("symbol"), as_of=call.as_of)
    pair = call.text("pair")
    return [replies.queried(market, o) for o in found if pair in (None, pair_of(o.symbol))]


def all_orders(market: Futures, call: Call) -> object:
    """Read orders of a symbol, or of a pair (CM), from an id on, else the newest."""
    found = [
        order
        for symbol in _symbols(market, call)
        for order in market.book.orders(symbol, as_of=call.as_of)
        if not is_forgotten(order, call.now) and order.order_id >= (call.number("orderId") or 0)
    ]
    listed: list[Order] = page(
        call,
        sorted(found, key=lambda order: order.order_id),
        time_of=lambda order: order.placed_at,
        is_forward=call.text("orderId") is not None,
        default_limit=500 if market.product == "um" else 50,
        default_days=7 if market.product == "um" else None,
    )
    return [replies.queried(market, order) for order in listed]


def _symbols(market: Futures, call: Call) -> list[str]:
    """The symbol a call names, or those of the pair it names."""
    symbol, pair = call.text("symbol"), call.text("pair")
    if symbol is not None:
        return [symbol]
    if pair is None:
        raise one_of("symbol", "pair")
    return [each for each in market.book.symbols() if pair_of(each) == pair]


def trades(market: Futures, call: Call) -> object:
    """Read fills of a symbol, or of a pair (CM), from an id on, else the newest."""
    first = call.number("fromId")
    if first is not None and {"pair", "startTime", "endTime"} & call.parameters.keys():
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    found = [
        trade
        for symbol in _symbols(market, call)
        for trade in market.book.trades(symbol, as_of=call.as_of)
        if trade.trade_id >= (first or 0)
    ]
    listed: list[Trade] = page(
        call,
        sorted(found, key=lambda trade: trade.trade_id),
        time_of=lambda trade: trade.time,
        is_forward=first is not None,
        default_limit=500 if market.product == "um" else 50,
        default_days=7 if market.product == "um" else 1,
    )
    return [replies.trade_of(market, trade) for trade in listed]


def amendments(market: Futures, call: Call) -> object:
    """Read the modifications of one order."""
    order = _named(market, call)
    if order is None:
        raise unknown_to_query()
    numbered = list(enumerate(order.amendments, start=1))
    found = page(
        call,
        numbered,
        time_of=lambda each: each[1].time,
        is_forward=False,
        default_limit=500 if market.product == "um" else 50,
    )
    return [replies.amendment(market, order, number, made) for number, made in found]


FuturesHandler = Callable[[Futures, Call], object]


def of(product: FuturesProduct, handler: FuturesHandler) -> Handler:
    """A handler for one product."""
    return partial(_serve, product, handler)


def _serve(product: FuturesProduct, handler: FuturesHandler, call: Call) -> object:
    return handler(call.account.futures[product], call)


def _routes(product: FuturesProduct) -> Routes:
    path = f"/papi/v1/{product}"
    handlers: dict[tuple[str, str], FuturesHandler] = {
        ("POST", f"{path}/order"): new_order,
        ("PUT", f"{path}/order"): modify_order,
        ("DELETE", f"{path}/order"): cancel_order,
        ("GET", f"{path}/order"): query_order,
        ("DELETE", f"{path}/allOpenOrders"): cancel_all_orders,
        ("GET", f"{path}/openOrder"): open_order,
        ("GET", f"{path}/openOrders"): open_orders,
        ("GET", f"{path}/allOrders"): all_orders,
        ("GET", f"{path}/userTrades"): trades,
        ("GET", f"{path}/orderAmendment"): amendments,
    }
    return {place: of(product, handler) for place, handler in handlers.items()}


ROUTES: Final[Routes] = _routes("um") | _routes("cm")
