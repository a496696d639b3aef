"""How the exchange answers the calls about margin order lists.

Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from binance_papi_async.enums import OrderType, ResponseType, Side, TimeInForce
from binance_papi_async.simulator.calls import margin_replies as replies
from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.funds import fund_margin
from binance_papi_async.simulator.calls.margin_orders import cancel_whole_list, check_positive
from binance_papi_async.simulator.calls.paging import page
from binance_papi_async.simulator.refusal import (
    Refusal,
    mandatory,
    one_of,
    unknown_to_cancel,
    unknown_to_query,
)
from binance_papi_async.simulator.world.orders import ZERO, Draft, OrderList


def new_oco(call: Call) -> object:
    """Place a limit and a stop order of which one ends the other."""
    _check_oco(call)
    stop, limit = _stop_leg(call), _limit_leg(call)
    list_id = call.client_id("listClientOrderId")
    call.book.check_client_ids([stop, limit], list_client_id=list_id)
    lent = fund_margin(call, [stop, limit])
    found = call.book.place_list([stop, limit], list_id)
    members = call.book.members(found)
    names = (order.client_order_id for order in members)
    call.account.truth.record_placements(list_id, *names)
    is_ack = call.word("newOrderRespType", ResponseType) is ResponseType.ACK
    reports = [
        replies.acknowledged(order) | {"orderListId": order.order_list_id}
        if is_ack
        else replies.placed_in_list(order)
        for order in members
    ]
    return replies.order_list(found, members) | lent | {"orderReports": reports}


def _check_oco(call: Call) -> None:
    if call.text("stopLimitPrice") is not None and call.text("stopLimitTimeInForce") is None:
        raise mandatory("stopLimitTimeInForce")
    check_positive(call, "quantity", "price", "stopPrice", "stopLimitPrice")
    if not _has_right_prices(call):
        raise Refusal(-2010, "The relationship of the prices for the orders is not correct.")


def _has_right_prices(call: Call) -> bool:
    """SELL: price > last > stopPrice; BUY: price < last < stopPrice (documented).

    While no last price is set, only the two are compared.
    """
    price, stop = Decimal(call.parameters["price"]), Decimal(call.parameters["stopPrice"])
    last = call.book.last_prices.get(call.parameters["symbol"])
    high, low = (price, stop) if call.parameters["side"] == Side.SELL else (stop, price)
    return high > low if last is None else high > last > low


def _stop_leg(call: Call) -> Draft:
    price = call.decimal("stopLimitPrice")
    return Draft(
        symbol=call.parameters["symbol"],
        client_order_id=call.client_id("stopClientOrderId"),
        side=Side(call.parameters["side"]),
        type=OrderType.STOP_LOSS if price is None else OrderType.STOP_LOSS_LIMIT,
        quantity=Decimal(call.parameters["quantity"]),
        price=price or ZERO,
        stop_price=Decimal(call.parameters["stopPrice"]),
        iceberg_quantity=call.decimal("stopIcebergQty") or ZERO,
        time_in_force=call.word("stopLimitTimeInForce", TimeInForce) or TimeInForce.GTC,
    )


def _limit_leg(call: Call) -> Draft:
    return Draft(
        symbol=call.parameters["symbol"],
        client_order_id=call.client_id("limitClientOrderId"),
        side=Side(call.parameters["side"]),
        type=OrderType.LIMIT_MAKER,
        quantity=Decimal(call.parameters["quantity"]),
        price=Decimal(call.parameters["price"]),
        iceberg_quantity=call.decimal("limitIcebergQty") or ZERO,
    )


def cancel_order_list(call: Call) -> object:
    """Cancel a list, all its orders at once."""
    found = _named(call, "listClientOrderId")
    if (
        found is None
        or found.symbol != call.parameters["symbol"]
        or not any(order.is_open for order in call.book.members(found))
    ):
        raise unknown_to_cancel()
    return cancel_whole_list(call, found.order_list_id, call.client_id("newClientOrderId"))


def _named(call: Call, client_id_name: str) -> OrderList | None:
    """The list a caller names by id or by client id, the newest that has it."""
    list_id, client_id = call.number("orderListId"), call.text(client_id_name)
    if list_id is None and client_id is None:
        raise one_of("orderListId", client_id_name)
    if client_id is None:
        among = call.book.order_lists(as_of=call.as_of)
    else:
        among = call.book.lists_under(client_id, as_of=call.as_of)
    found = (each for each in reversed(among) if list_id in (None, each.order_list_id))
    return next(found, None)


def query_order_list(call: Call) -> object:
    """Read one list, open or not."""
    found = _named(call, "origClientOrderId")
    if found is None:
        raise unknown_to_query("Order list")
    return replies.order_list(found, call.book.members(found, as_of=call.as_of))


def all_order_lists(call: Call) -> object:
    """Read lists of all symbols, whatever became of them."""
    first = call.number("fromId")
    if first is not None and (call.text("startTime") or call.text("endTime")):
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    found = call.book.order_lists(as_of=call.as_of)
    if first is not None:
        found = [each for each in found if each.order_list_id >= first]
    found = page(call, found, time_of=lambda each: each.placed_at, is_forward=first is not None)
    return [replies.order_list(each, call.book.members(each, as_of=call.as_of)) for each in found]


def open_order_lists(call: Call) -> object:
    """Read the open lists of all symbols."""
    found = (
        (each, call.book.members(each, as_of=call.as_of))
        for each in call.book.order_lists(as_of=call.as_of)
    )
    return [
        replies.order_list(each, members)
        for each, members in found
        if any(order.is_open for order in members)
    ]


_LIST: Final = "/papi/v1/margin/orderList"

ROUTES: Final[Routes] = {
    ("POST", "/papi/v1/margin/order/oco"): new_oco,
    ("DELETE", _LIST): cancel_order_list,
    ("GET", _LIST): query_order_list,
    ("GET", "/papi/v1/margin/allOrderList"): all_order_lists,
    ("GET", "/papi/v1/margin/openOrderList"): open_order_lists,
}
