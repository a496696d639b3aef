"""How the exchange answers the calls about margin orders.

Mandatory parameters by order type are spot's and classic margin's rule; PAPI's page has none.
Pure.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final

from binance_papi_async.enums import (
    OrderType,
    ResponseType,
    Side,
    TimeInForce,
)
from binance_papi_async.simulator.calls import margin_replies as replies
from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.funds import fund_margin
from binance_papi_async.simulator.calls.notation import Json
from binance_papi_async.simulator.calls.paging import check_day, page
from binance_papi_async.simulator.refusal import (
    Refusal,
    mandatory,
    not_wanted,
    one_of,
    unknown_to_cancel,
    unknown_to_query,
)
from binance_papi_async.simulator.world.marketability import would_fire, would_take
from binance_papi_async.simulator.world.orders import (
    LIMIT_TYPES,
    NO_LIST,
    STOP_TYPES,
    ZERO,
    Draft,
    Order,
)

_SATOSHI: Final = Decimal("0.00000001")
_LIMIT_NEEDS = ("timeInForce", "quantity", "price")
_NEEDED: Final[dict[OrderType, tuple[str, ...]]] = {
    OrderType.LIMIT: _LIMIT_NEEDS,
    OrderType.MARKET: (),
    OrderType.STOP_LOSS: ("quantity", "stopPrice"),
    OrderType.STOP_LOSS_LIMIT: (*_LIMIT_NEEDS, "stopPrice"),
    OrderType.TAKE_PROFIT: ("quantity", "stopPrice"),
    OrderType.TAKE_PROFIT_LIMIT: (*_LIMIT_NEEDS, "stopPrice"),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
}
_TAKEN_BY: Final[dict[str, frozenset[OrderType]]] = {
    "price": LIMIT_TYPES | {OrderType.LIMIT_MAKER},
    "stopPrice": STOP_TYPES,
    "icebergQty": LIMIT_TYPES,
    "timeInForce": LIMIT_TYPES,
    "quoteOrderQty": frozenset({OrderType.MARKET}),
}
"""Which types take a parameter that not all of them take."""


def new_order(call: Call) -> object:
    """Place an order."""
    kind = OrderType(call.parameters["type"])
    _check_composition(call, kind)
    draft = _draft(call, kind)
    call.book.check_client_ids([draft])
    _check_market(call, draft)
    lent = fund_margin(call, [draft])
    order = call.book.place(draft)
    call.account.truth.record_placements(order.client_order_id)
    full = kind in (OrderType.LIMIT, OrderType.MARKET)
    default = ResponseType.FULL if full else ResponseType.ACK
    response = call.word("newOrderRespType", ResponseType) or default
    if response is ResponseType.ACK:
        return replies.acknowledged(order)
    if response is ResponseType.RESULT:
        return replies.placed(order) | lent
    return replies.placed_in_full(order, call.book.trades_of(order.order_id)) | lent


def _check_market(call: Call, draft: Draft) -> None:
    """What the last price forbids; texts of spot."""
    last = call.book.last_prices.get(draft.symbol)
    if draft.type is OrderType.LIMIT_MAKER and would_take(draft, last):
        raise Refusal(-2010, "Order would immediately match and take.")
    if draft.type in STOP_TYPES and would_fire(draft.side, draft.type, draft.stop_price, last):
        raise Refusal(-2010, "Order would trigger immediately.")


def _check_composition(call: Call, kind: OrderType) -> None:
    for name in _NEEDED[kind]:
        if call.text(name) is None:
            raise mandatory(name)
    for name, kinds in _TAKEN_BY.items():
        if kind not in kinds and call.text(name) is not None:
            raise not_wanted(name)
    if kind is OrderType.MARKET:
        sizes = [call.text("quantity"), call.text("quoteOrderQty")]
        if sizes.count(None) == 2:  # noqa: PLR2004 - both
            raise one_of("quantity", "quoteOrderQty")
        if None not in sizes:
            raise not_wanted("quoteOrderQty")
    check_positive(call, "quantity", "quoteOrderQty", "price", "stopPrice")


def check_positive(call: Call, *names: str) -> None:
    """-1013 for a zero where an amount is wanted."""
    for name in names:
        if call.decimal(name) == 0:
            what = "price" if "price" in name.lower() else "quantity"
            raise Refusal(-1013, f"Invalid {what}.")


def _draft(call: Call, kind: OrderType) -> Draft:
    return Draft(
        symbol=call.parameters["symbol"],
        client_order_id=call.client_id("newClientOrderId"),
        side=Side(call.parameters["side"]),
        type=kind,
        quantity=_quantity(call),
        price=call.decimal("price") or ZERO,
        stop_price=call.decimal("stopPrice") or ZERO,
        iceberg_quantity=call.decimal("icebergQty") or ZERO,
        time_in_force=call.word("timeInForce", TimeInForce) or TimeInForce.GTC,
        self_trade_prevention_mode=call.text("selfTradePreventionMode") or "EXPIRE_MAKER",
    )


def _quantity(call: Call) -> Decimal:
    quantity, quote = call.decimal("quantity"), call.decimal("quoteOrderQty")
    if quantity is not None:
        return quantity
    price = call.book.last_price(call.parameters["symbol"])
    return ((quote or ZERO) / price).quantize(_SATOSHI, ROUND_DOWN)


def cancel_order(call: Call) -> object:
    """Cancel one order; one of a list takes the list with it.

    Not documented: the answer about an order of a list (here that order alone), and what both ids
    at once do (here ``orderId`` wins if they name the same order, else -2011).
    """
    order = _named(call)
    if order is None or not order.is_open:
        raise unknown_to_cancel()
    return replies.canceled(_cancel(call, order)[0], call.client_id("newClientOrderId"))


def _named(call: Call) -> Order | None:
    order_id, client_id = call.number("orderId"), call.text("origClientOrderId")
    if order_id is None and client_id is None:
        raise one_of("origClientOrderId", "orderId")
    return call.book.find(call.parameters["symbol"], order_id, client_id, as_of=call.as_of)


def _cancel(call: Call, order: Order) -> list[Order]:
    canceled = call.book.cancel(order.order_id)
    for each in canceled:
        call.account.truth.record_cancel(each.order_id)
    return canceled


def cancel_all_orders(call: Call) -> object:
    """Cancel every open order of a symbol, lists too.

    With nothing open it answers -2011, as spot does; PAPI's page does not say.
    """
    open_orders = call.book.open_orders(call.parameters["symbol"])
    if not open_orders:
        raise unknown_to_cancel()
    cancel_id = call.account.made_up_id()
    answer: list[object] = []
    for order in open_orders:
        if order.order_list_id == NO_LIST:
            answer.append(replies.canceled_in_list(_cancel(call, order)[0], cancel_id))
        elif call.book.is_open(order.order_id):
            answer.append(cancel_whole_list(call, order.order_list_id, cancel_id))
    return answer


def cancel_whole_list(call: Call, list_id: int, cancel_id: str) -> Json:
    """Cancel the open orders of a list that has some."""
    found = call.book.order_list(list_id)
    first = next(order for order in call.book.members(found) if order.is_open)
    _cancel(call, first)
    return replies.canceled_list(found, call.book.members(found), cancel_id)


def query_order(call: Call) -> object:
    """Read one order, open or not."""
    order = _named(call)
    if order is None:
        raise unknown_to_query()
    return replies.queried(order)


def open_orders(call: Call) -> object:
    """Read the open orders of a symbol."""
    found = call.book.open_orders(call.parameters["symbol"], as_of=call.as_of)
    return [replies.queried(order) for order in found]


def all_orders(call: Call) -> object:
    """Read orders of a symbol, whatever became of them: from an id on, else the newest."""
    found = call.book.orders(call.parameters["symbol"], as_of=call.as_of)
    first = call.number("orderId")
    if first is not None:
        found = sorted((o for o in found if o.order_id >= first), key=lambda o: o.order_id)
    found = page(call, found, time_of=lambda o: o.placed_at, is_forward=first is not None)
    return [replies.queried(order) for order in found]


def my_trades(call: Call) -> object:
    """Read fills of a symbol: from an id on, else the newest."""
    check_day(call)
    found = call.book.trades(call.parameters["symbol"], as_of=call.as_of)
    order_id, first = call.number("orderId"), call.number("fromId")
    if order_id is not None:
        found = [trade for trade in found if trade.order_id == order_id]
    if first is not None:
        found = [trade for trade in found if trade.trade_id >= first]
    found = page(call, found, time_of=lambda trade: trade.time, is_forward=first is not None)
    return [replies.trade_of(trade) for trade in found]


_ORDER: Final = "/papi/v1/margin/order"

ROUTES: Final[Routes] = {
    ("POST", _ORDER): new_order,
    ("DELETE", _ORDER): cancel_order,
    ("GET", _ORDER): query_order,
    ("DELETE", "/papi/v1/margin/allOpenOrders"): cancel_all_orders,
    ("GET", "/papi/v1/margin/openOrders"): open_orders,
    ("GET", "/papi/v1/margin/allOrders"): all_orders,
    ("GET", "/papi/v1/margin/myTrades"): my_trades,
}
