from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError, ValidationError, json, to_builtins

from binance_papi_async.endpoints.margin_orders import (
    AllMarginOrderLists,
    AllMarginOrders,
    CancelAllMarginOrders,
    CancelMarginOrder,
    CancelMarginOrderList,
    MarginOrders,
    MarginTrades,
    NewMarginOco,
    NewMarginOrder,
    OpenMarginOrderLists,
    OpenMarginOrders,
    QueryMarginOrder,
    QueryMarginOrderList,
)
from binance_papi_async.endpoints.margin_replies import (
    CanceledMarginOrder,
    CanceledMarginOrderList,
    Fill,
    MarginOrder,
    MarginOrderList,
    MarginTrade,
    NewMarginOcoReply,
    NewMarginOrderReply,
    OrderListMember,
)
from binance_papi_async.enums import (
    ContingencyType,
    ListOrderStatus,
    ListStatusType,
    OrderStatus,
    OrderType,
    SelfTradePreventionMode,
    Side,
    TimeInForce,
)
from binance_papi_async.request import ENDPOINTS, Lane, Request, Verb

RequestClass = type[Request[Any]]

# The exchange's examples, as documented in 2026; the first is that of 2026-01-15.
CANCELED: dict[str, Any] = {
    "symbol": "LTCBTC",
    "orderId": 28,
    "origClientOrderId": "myOrder1",
    "clientOrderId": "cancelMyOrder1",
    "price": "1.00000000",
    "origQty": "10.00000000",
    "executedQty": "8.00000000",
    "cummulativeQuoteQty": "8.00000000",
    "status": "CANCELED",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "SELL",
}
PLACED: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "clientOrderId": "6gCrw2kRUAF9CvJDGP16IP",
    "transactTime": 1507725176595,
    "price": "1.00000000",
    "origQty": "10.00000000",
    "executedQty": "10.00000000",
    "cummulativeQuoteQty": "10.00000000",
    "status": "FILLED",
    "timeInForce": "GTC",
    "type": "MARKET",
    "side": "SELL",
    "marginBuyBorrowAmount": "5",
    "marginBuyBorrowAsset": "BTC",
    "fills": [
        {
            "price": "4000.00000000",
            "qty": "1.00000000",
            "commission": "4.00000000",
            "commissionAsset": "USDT",
        }
    ],
}
ORDER: dict[str, Any] = {
    "clientOrderId": "ZwfQzuDIGpceVhKW5DvCmO",
    "cummulativeQuoteQty": "0.00000000",
    "executedQty": "0.00000000",
    "icebergQty": "0.00000000",
    "isWorking": True,
    "orderId": 213205622,
    "origQty": "0.30000000",
    "price": "0.00493630",
    "side": "SELL",
    "status": "NEW",
    "stopPrice": "0.00000000",
    "symbol": "BNBBTC",
    "time": 1562133008725,
    "timeInForce": "GTC",
    "type": "LIMIT",
    "updateTime": 1562133008725,
    "accountId": 152950866,
    "selfTradePreventionMode": "EXPIRE_TAKER",
    "preventedMatchId": "None",
    "preventedQuantity": "None",
}
OPEN: dict[str, Any] = {
    **ORDER,
    "clientOrderId": "qhcZw71gAkCCTv0t0k8LUK",
    "orderId": 211842552,
    "price": "0.00475010",
    "time": 1562040170089,
    "updateTime": 1562040170089,
}
OLD: dict[str, Any] = {
    **ORDER,
    "clientOrderId": "D2KDy4DIeS56PvkM13f8cP",
    "isWorking": False,
    "orderId": 41295,
    "origQty": "5.31000000",
    "price": "0.22500000",
    "status": "CANCELED",
    "stopPrice": "0.18000000",
    "time": 1565769338806,
    "type": "TAKE_PROFIT_LIMIT",
    "updateTime": 1565769342148,
}
TRADE: dict[str, Any] = {
    "commission": "0.00006000",
    "commissionAsset": "BTC",
    "id": 34,
    "isBestMatch": True,
    "isBuyer": False,
    "isMaker": False,
    "orderId": 39324,
    "price": "0.02000000",
    "qty": "3.00000000",
    "symbol": "BNBBTC",
    "time": 1561973357171,
}
NEW_OCO: dict[str, Any] = {
    "orderListId": 0,
    "contingencyType": "OCO",
    "listStatusType": "EXEC_STARTED",
    "listOrderStatus": "EXECUTING",
    "listClientOrderId": "JYVpp3F0f5CAG15DhtrqLp",
    "transactionTime": 1563417480525,
    "symbol": "LTCBTC",
    "marginBuyBorrowAmount": "5",
    "marginBuyBorrowAsset": "BTC",
    "orders": [{"symbol": "LTCBTC", "orderId": 2, "clientOrderId": "Kk7sqHb9J6mJWTMDVW7Vos"}],
    "orderReports": [
        {
            "symbol": "LTCBTC",
            "orderId": 2,
            "orderListId": 0,
            "clientOrderId": "Kk7sqHb9J6mJWTMDVW7Vos",
            "transactTime": 1563417480525,
            "price": "0.000000",
            "origQty": "0.624363",
            "executedQty": "0.000000",
            "cummulativeQuoteQty": "0.000000",
            "status": "NEW",
            "timeInForce": "GTC",
            "type": "STOP_LOSS",
            "side": "BUY",
            "stopPrice": "0.960664",
        }
    ],
}
CANCELED_OCO: dict[str, Any] = {
    "orderListId": 0,
    "contingencyType": "OCO",
    "listStatusType": "ALL_DONE",
    "listOrderStatus": "ALL_DONE",
    "listClientOrderId": "C3wyj4WVEktd7u9aVBRXcN",
    "transactionTime": 1574040868128,
    "symbol": "LTCBTC",
    "orders": [{"symbol": "LTCBTC", "orderId": 2, "clientOrderId": "pO9ufTiFGg3nw2fOdgeOXa"}],
    "orderReports": [
        {
            "symbol": "LTCBTC",
            "origClientOrderId": "pO9ufTiFGg3nw2fOdgeOXa",
            "orderId": 2,
            "orderListId": 0,
            "clientOrderId": "unfWT8ig8i0uj6lPuYLez6",
            "price": "1.00000000",
            "origQty": "10.00000000",
            "executedQty": "0.00000000",
            "cummulativeQuoteQty": "0.00000000",
            "status": "CANCELED",
            "timeInForce": "GTC",
            "type": "STOP_LOSS_LIMIT",
            "side": "SELL",
            "stopPrice": "1.00000000",
        }
    ],
}
LIST: dict[str, Any] = {
    "orderListId": 27,
    "contingencyType": "OCO",
    "listStatusType": "EXEC_STARTED",
    "listOrderStatus": "EXECUTING",
    "listClientOrderId": "h2USkA5YQpaXHPIrkd96xE",
    "transactionTime": 1565245656253,
    "symbol": "LTCBTC",
    "orders": [{"symbol": "LTCBTC", "orderId": 4, "clientOrderId": "qD1gy3kc3Gx0rihm9Y3xwS"}],
}
# Documented as one item that holds the fields of both kinds; live answers hold an order or a list.
CANCELED_LONE: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "origClientOrderId": "E6APeyTJvkMvLMYMqu1KQ4",
    "orderId": 11,
    "orderListId": -1,
    "clientOrderId": "pXLV6Hz6mprAcVYpVMTGgx",
    "price": "0.089853",
    "origQty": "0.178622",
    "executedQty": "0.000000",
    "cummulativeQuoteQty": "0.000000",
    "status": "CANCELED",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
}
CANCELED_LIST: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "orderListId": 1929,
    "contingencyType": "OCO",
    "listStatusType": "ALL_DONE",
    "listOrderStatus": "ALL_DONE",
    "listClientOrderId": "2inzWQdDvZLHbbAmAozX2N",
    "transactionTime": 1585230948299,
    "orders": [{"symbol": "BTCUSDT", "orderId": 20, "clientOrderId": "CwOOIPHSmYywx6jZX77TdL"}],
    "orderReports": [
        {
            "symbol": "BTCUSDT",
            "origClientOrderId": "CwOOIPHSmYywx6jZX77TdL",
            "orderId": 20,
            "orderListId": 1929,
            "clientOrderId": "pXLV6Hz6mprAcVYpVMTGgx",
            "price": "0.668611",
            "origQty": "0.690354",
            "executedQty": "0.000000",
            "cummulativeQuoteQty": "0.000000",
            "status": "CANCELED",
            "timeInForce": "GTC",
            "type": "STOP_LOSS_LIMIT",
            "side": "BUY",
            "stopPrice": "0.378131",
            "icebergQty": "0.017083",
        }
    ],
}

EXAMPLES: dict[RequestClass, Any] = {
    NewMarginOrder: PLACED,
    CancelMarginOrder: CANCELED,
    CancelAllMarginOrders: [CANCELED_LONE, CANCELED_LIST],
    QueryMarginOrder: ORDER,
    OpenMarginOrders: [OPEN],
    AllMarginOrders: [OLD],
    MarginTrades: [TRADE],
    NewMarginOco: NEW_OCO,
    CancelMarginOrderList: CANCELED_OCO,
    QueryMarginOrderList: LIST,
    AllMarginOrderLists: [LIST],
    OpenMarginOrderLists: [LIST],
}

each_example = pytest.mark.parametrize(
    ("request_class", "example"),
    EXAMPLES.items(),
    ids=[request_class.__name__ for request_class in EXAMPLES],
)


def _read(request_class: RequestClass, example: Any) -> Any:
    return request_class.endpoint.decode(json.encode(example))


# Declarations.


@pytest.mark.parametrize(
    ("request_class", "verb", "path", "weight", "orders", "lane"),
    [
        (NewMarginOrder, "POST", "/papi/v1/margin/order", 1, 1, "order"),
        (CancelMarginOrder, "DELETE", "/papi/v1/margin/order", 2, 0, "cancel"),
        (CancelAllMarginOrders, "DELETE", "/papi/v1/margin/allOpenOrders", 5, 0, "cancel"),
        (QueryMarginOrder, "GET", "/papi/v1/margin/order", 10, 0, "read"),
        (OpenMarginOrders, "GET", "/papi/v1/margin/openOrders", 5, 0, "read"),
        (AllMarginOrders, "GET", "/papi/v1/margin/allOrders", 100, 0, "read"),
        (MarginTrades, "GET", "/papi/v1/margin/myTrades", 5, 0, "read"),
        (NewMarginOco, "POST", "/papi/v1/margin/order/oco", 1, 2, "order"),
        (CancelMarginOrderList, "DELETE", "/papi/v1/margin/orderList", 2, 0, "cancel"),
        (QueryMarginOrderList, "GET", "/papi/v1/margin/orderList", 5, 0, "read"),
        (AllMarginOrderLists, "GET", "/papi/v1/margin/allOrderList", 100, 0, "read"),
        (OpenMarginOrderLists, "GET", "/papi/v1/margin/openOrderList", 5, 0, "read"),
    ],
)
def test_an_endpoint_is_declared_as_documented(  # noqa: PLR0913, PLR0917 - one column per fact
    request_class: RequestClass, verb: Verb, path: str, weight: int, orders: int, lane: Lane
) -> None:
    """Verb, path, weight, orders and lane; all of them are signed."""
    declared = request_class.endpoint
    assert ENDPOINTS[verb, path] is request_class
    assert (declared.verb, declared.path, declared.security) == (verb, path, "signed")
    assert (declared.weight, declared.orders, declared.lane) == (weight, orders, lane)


@pytest.mark.parametrize(
    ("request_class", "names"),
    [
        (
            NewMarginOrder,
            """symbol! side! type! quantity quoteOrderQty price stopPrice newClientOrderId
            newOrderRespType icebergQty sideEffectType timeInForce selfTradePreventionMode
            autoRepayAtCancel""",
        ),
        (CancelMarginOrder, "symbol! orderId origClientOrderId newClientOrderId"),
        (CancelAllMarginOrders, "symbol!"),
        (QueryMarginOrder, "symbol! orderId origClientOrderId"),
        (OpenMarginOrders, "symbol!"),
        (AllMarginOrders, "symbol! orderId startTime endTime limit"),
        (MarginTrades, "symbol! orderId startTime endTime fromId limit"),
        (
            NewMarginOco,
            """symbol! side! quantity! price! stopPrice! listClientOrderId limitClientOrderId
            limitIcebergQty stopClientOrderId stopLimitPrice stopIcebergQty stopLimitTimeInForce
            newOrderRespType sideEffectType""",
        ),
        (CancelMarginOrderList, "symbol! orderListId listClientOrderId newClientOrderId"),
        (QueryMarginOrderList, "orderListId origClientOrderId"),
        (AllMarginOrderLists, "fromId startTime endTime limit"),
        (OpenMarginOrderLists, ""),
    ],
)
def test_an_endpoint_takes_the_documented_parameters(
    request_class: RequestClass, names: str
) -> None:
    """The exchange's names, ``!`` behind the mandatory ones."""
    every = request_class.endpoint.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


def test_the_family_is_margin() -> None:
    """``papi.margin`` and the requests behind its methods."""
    margin = MarginOrders
    assert margin.new_order.request is NewMarginOrder
    assert margin.cancel_order.request is CancelMarginOrder
    assert margin.cancel_all_orders.request is CancelAllMarginOrders
    assert margin.order.request is QueryMarginOrder
    assert margin.open_orders.request is OpenMarginOrders
    assert margin.all_orders.request is AllMarginOrders
    assert margin.trades.request is MarginTrades
    assert margin.new_oco.request is NewMarginOco
    assert margin.cancel_order_list.request is CancelMarginOrderList
    assert margin.order_list.request is QueryMarginOrderList
    assert margin.all_order_lists.request is AllMarginOrderLists
    assert margin.open_order_lists.request is OpenMarginOrderLists


# Rules between parameters.


@pytest.mark.parametrize("request_class", [CancelMarginOrder, QueryMarginOrder])
@pytest.mark.parametrize(
    ("ids", "how"),
    [
        ({}, "one of the two"),
        ({"order_id": None, "orig_client_order_id": None}, "one of the two"),
        ({"order_id": 28, "orig_client_order_id": "myOrder1"}, "not both"),
        ({"order_id": 0, "orig_client_order_id": "myOrder1"}, "not both"),
    ],
)
def test_an_order_is_named_by_one_id(
    request_class: RequestClass, ids: dict[str, Any], how: str
) -> None:
    """Neither id and both ids are refused, each with its own way out."""
    message = f"^name the order by order_id or by orig_client_order_id, {how}$"
    with pytest.raises(ValueError, match=message):
        request_class(symbol="LTCBTC", **ids)


@pytest.mark.parametrize("request_class", [CancelMarginOrder, QueryMarginOrder])
@pytest.mark.parametrize(
    ("ids", "query"),
    [
        ({"order_id": 28}, "orderId=28"),
        ({"order_id": 0}, "orderId=0"),
        ({"orig_client_order_id": "myOrder1"}, "origClientOrderId=myOrder1"),
    ],
)
def test_either_id_names_an_order(
    request_class: RequestClass, ids: dict[str, Any], query: str
) -> None:
    """The exchange's id or the client's."""
    assert request_class(symbol="LTCBTC", **ids).query() == f"symbol=LTCBTC&{query}"


@pytest.mark.parametrize(
    ("request_class", "symbol", "other"),
    [
        (CancelMarginOrderList, {"symbol": "LTCBTC"}, "list_client_order_id"),
        (QueryMarginOrderList, {}, "orig_client_order_id"),
    ],
)
def test_a_list_is_named_by_one_id(
    request_class: RequestClass, symbol: dict[str, str], other: str
) -> None:
    """Neither id and both ids are refused; either will do, zero included."""
    message = f"^name the list by order_list_id or by {other}, "
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class(**symbol)
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(**symbol, order_list_id=0, **{other: "myList"})
    assert request_class(**symbol, order_list_id=0).query().endswith("orderListId=0")
    assert request_class(**symbol, **{other: "myList"}).query().endswith("ClientOrderId=myList")


@pytest.mark.parametrize("request_class", [CancelMarginOrder, QueryMarginOrder])
def test_an_empty_client_id_is_refused(request_class: RequestClass) -> None:
    """An empty id names nothing: not that of the order, not that of the cancel."""
    with pytest.raises(ValueError, match=r"^orig_client_order_id must not be empty$"):
        request_class(symbol="LTCBTC", orig_client_order_id="")


def test_a_size_is_given_once() -> None:
    """In the base asset, in the quote asset, or by neither, which the exchange judges."""
    order: dict[str, Any] = {"symbol": "LTCBTC", "side": Side.BUY, "type": OrderType.MARKET}
    message = "^give the size as quantity or as quote_order_qty, not both$"
    with pytest.raises(ValueError, match=message):
        NewMarginOrder(**order, quantity=Decimal(0), quote_order_qty=Decimal(0))
    assert NewMarginOrder(**order, quantity=Decimal(1)).quote_order_qty is None
    assert NewMarginOrder(**order, quote_order_qty=Decimal(1)).quantity is None
    assert NewMarginOrder(**order).quantity is None


def test_a_stop_limit_price_needs_its_time_in_force() -> None:
    """The exchange asks for both or for the second alone."""
    oco: dict[str, Any] = {
        "symbol": "LTCBTC",
        "side": Side.SELL,
        "quantity": Decimal(1),
        "price": Decimal(3),
        "stop_price": Decimal(2),
    }
    message = "^stop_limit_price needs stop_limit_time_in_force beside it$"
    with pytest.raises(ValueError, match=message):
        NewMarginOco(**oco, stop_limit_price=Decimal(1))
    rests: dict[str, Any] = {"stop_limit_time_in_force": TimeInForce.GTC}
    whole = NewMarginOco(**oco, stop_limit_price=Decimal(1), **rests)
    assert whole.query().endswith("&stopPrice=2&stopLimitPrice=1&stopLimitTimeInForce=GTC")
    assert NewMarginOco(**oco, **rests).stop_limit_price is None
    assert NewMarginOco(**oco).stop_limit_price is None


@pytest.mark.parametrize("times", [{"start_time": 1}, {"end_time": 2}, {"start_time": 0}])
def test_lists_are_paged_in_one_way(times: dict[str, int]) -> None:
    """By id or by time."""
    with pytest.raises(
        ValueError, match=r"^page by from_id or by start_time and end_time, not both$"
    ):
        AllMarginOrderLists(from_id=0, **times)
    assert AllMarginOrderLists(**times).from_id is None
    assert AllMarginOrderLists(from_id=0).query() == "fromId=0"


@pytest.mark.parametrize(
    ("request_class", "arguments"),
    [
        (NewMarginOrder, {"side": "BUY", "type": "LIMIT"}),
        (CancelMarginOrder, {"order_id": 1}),
        (QueryMarginOrder, {"order_id": 1}),
        (NewMarginOco, {"side": "BUY", "quantity": 1, "price": 1, "stop_price": 1}),
        (CancelMarginOrderList, {"order_list_id": 1}),
    ],
)
def test_parameters_are_checked_beside_the_rules_between_them(
    request_class: RequestClass, arguments: dict[str, Any]
) -> None:
    """A rule between parameters does not replace those of each."""
    with pytest.raises(ValueError, match=r"^symbol must not be empty$"):
        request_class(symbol="", **arguments)


@pytest.mark.parametrize(
    ("request_class", "most"),
    [(AllMarginOrders, 500), (MarginTrades, 1000), (AllMarginOrderLists, 500)],
)
def test_a_limit_is_what_the_exchange_allows(request_class: RequestClass, most: int) -> None:
    """From one to the documented maximum."""
    symbol = {} if request_class is AllMarginOrderLists else {"symbol": "LTCBTC"}
    assert request_class(**symbol, limit=1).query().endswith("limit=1")
    assert request_class(**symbol, limit=most).query().endswith(f"limit={most}")
    with pytest.raises(ValueError, match=r"^limit must be at least 1, not 0$"):
        request_class(**symbol, limit=0)
    with pytest.raises(ValueError, match=f"^limit must be at most {most}, not {most + 1}$"):
        request_class(**symbol, limit=most + 1)


# Replies.


def test_the_documented_cancel_is_read_in_full() -> None:
    """Every field of the exchange's example of DELETE /papi/v1/margin/order, and nothing made up."""
    assert _read(CancelMarginOrder, CANCELED) == CanceledMarginOrder(
        symbol="LTCBTC",
        order_id=28,
        orig_client_order_id="myOrder1",
        client_order_id="cancelMyOrder1",
        price=Decimal("1.00000000"),
        orig_qty=Decimal("10.00000000"),
        executed_qty=Decimal("8.00000000"),
        cummulative_quote_qty=Decimal("8.00000000"),
        status=OrderStatus.CANCELED,
        time_in_force=TimeInForce.GTC,
        type=OrderType.LIMIT,
        side=Side.SELL,
        order_list_id=None,
        stop_price=None,
        iceberg_qty=None,
        self_trade_prevention_mode=None,
    )


def test_a_live_cancel_may_say_more() -> None:
    """``selfTradePreventionMode`` is on no page, but in live answers."""
    live = {**CANCELED, "selfTradePreventionMode": "EXPIRE_MAKER", "new": {"a": [1]}}
    reply = _read(CancelMarginOrder, live)
    assert reply.self_trade_prevention_mode is SelfTradePreventionMode.EXPIRE_MAKER


def test_a_placed_order_is_read_in_full() -> None:
    """With ``FULL``: what was borrowed, and each fill."""
    reply = _read(NewMarginOrder, PLACED)
    assert isinstance(reply, NewMarginOrderReply)
    assert (reply.order_id, reply.status, reply.type) == (28, OrderStatus.FILLED, OrderType.MARKET)
    assert (reply.margin_buy_borrow_amount, reply.margin_buy_borrow_asset) == (Decimal(5), "BTC")
    assert reply.fills == [
        Fill(price=Decimal(4000), qty=Decimal(1), commission=Decimal(4), commission_asset="USDT")
    ]


def test_an_acknowledged_order_says_only_who_it_is() -> None:
    """With ``ACK``: four fields, and None for all that is not said."""
    acknowledged = {name: PLACED[name] for name in list(PLACED)[:4]}
    reply = _read(NewMarginOrder, acknowledged)
    assert reply == NewMarginOrderReply(
        symbol="BTCUSDT",
        order_id=28,
        client_order_id="6gCrw2kRUAF9CvJDGP16IP",
        transact_time=1507725176595,
    )
    assert (reply.status, reply.price, reply.fills) == (None, None, [])


def test_an_order_is_read_in_full() -> None:
    """Times in milliseconds, flags, and the text ``None`` where the example holds it."""
    reply = _read(QueryMarginOrder, ORDER)
    assert isinstance(reply, MarginOrder)
    assert (reply.time, reply.update_time, reply.is_working) == (1562133008725, 1562133008725, True)
    assert (reply.prevented_match_id, reply.prevented_quantity) == ("None", "None")
    assert not reply.status.is_closed


@pytest.mark.parametrize("match_id", ["None", 7, None])
def test_a_prevented_match_may_have_a_number(match_id: str | int | None) -> None:
    """Text in the example, a number where there was such a match."""
    reply = _read(QueryMarginOrder, {**ORDER, "preventedMatchId": match_id})
    assert reply.prevented_match_id == match_id


def test_an_old_order_may_have_no_quote_amount() -> None:
    """Below zero: the exchange no longer knows."""
    reply = _read(AllMarginOrders, [{**OLD, "cummulativeQuoteQty": "-1.00000000"}])
    assert reply[0].cummulative_quote_qty < 0


def test_a_trade_is_read_in_full() -> None:
    """Price, size and commission as they were."""
    assert _read(MarginTrades, [TRADE]) == [
        MarginTrade(
            id=34,
            symbol="BNBBTC",
            order_id=39324,
            price=Decimal("0.02000000"),
            qty=Decimal("3.00000000"),
            commission=Decimal("0.00006000"),
            commission_asset="BTC",
            time=1561973357171,
            is_buyer=False,
            is_maker=False,
            is_best_match=True,
        )
    ]


def test_a_placed_list_brings_its_orders_along() -> None:
    """Who belongs to it, and a report of each."""
    reply = _read(NewMarginOco, NEW_OCO)
    assert isinstance(reply, NewMarginOcoReply)
    assert [each.order_id for each in reply.orders] == [2]
    assert [each.stop_price for each in reply.order_reports] == [Decimal("0.960664")]
    assert reply.margin_buy_borrow_amount == Decimal(5)


def test_a_canceled_list_brings_its_canceled_orders_along() -> None:
    """Each report is what the cancel of a single order replies."""
    reply = _read(CancelMarginOrderList, CANCELED_OCO)
    assert isinstance(reply, CanceledMarginOrderList)
    (report,) = reply.order_reports
    assert isinstance(report, CanceledMarginOrder)
    assert (report.order_list_id, report.status) == (0, OrderStatus.CANCELED)


@pytest.mark.parametrize("request_class", [AllMarginOrderLists, OpenMarginOrderLists])
def test_lists_are_read_in_full(request_class: RequestClass) -> None:
    """A list without reports."""
    assert _read(request_class, [LIST]) == [
        MarginOrderList(
            order_list_id=27,
            contingency_type=ContingencyType.OCO,
            list_status_type=ListStatusType.EXEC_STARTED,
            list_order_status=ListOrderStatus.EXECUTING,
            list_client_order_id="h2USkA5YQpaXHPIrkd96xE",
            transaction_time=1565245656253,
            symbol="LTCBTC",
            orders=[OrderListMember("LTCBTC", 4, "qD1gy3kc3Gx0rihm9Y3xwS")],
        )
    ]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [CANCELED_LONE],
        [CANCELED_LIST],
        [CANCELED_LIST, CANCELED_LONE, CANCELED_LIST, CANCELED_LONE],
    ],
    ids=["none", "order", "list", "mixed"],
)
def test_canceling_all_tells_orders_from_lists(items: list[dict[str, Any]]) -> None:
    """Orders and lists in any mixture, in the order of the answer."""
    replies = _read(CancelAllMarginOrders, items)
    expected = [
        CanceledMarginOrderList if "orders" in item else CanceledMarginOrder for item in items
    ]
    assert [type(reply) for reply in replies] == expected
    assert [reply.order_list_id for reply in replies] == [item["orderListId"] for item in items]


def test_the_documented_mixture_of_both_kinds_is_a_list() -> None:
    """The example of the page holds both kinds in one item; what has ``orders`` is read as a list."""
    (reply,) = _read(CancelAllMarginOrders, [{**CANCELED_LIST, **CANCELED_LONE}])
    assert isinstance(reply, CanceledMarginOrderList)
    assert reply.order_list_id == -1
    assert reply.order_reports[0].order_id == 20


@pytest.mark.parametrize(
    "body", [b"{}", b"[1]", b"[{}]", b'[{"orders":1}]', b"[null]", b"[", b'{"code":-2011}']
)
def test_a_broken_answer_to_canceling_all_is_not_half_read(body: bytes) -> None:
    """One unreadable item makes the whole unreadable."""
    with pytest.raises(DecodeError):
        CancelAllMarginOrders.endpoint.decode(body)


def _written(reply: Any) -> Any:
    """A reply as the exchange would write it: what was missing left out, amounts in plain digits."""
    return _as_answered(to_builtins(reply, builtin_types=[Decimal]))


def _as_answered(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_answered(each) for each in value]
    if isinstance(value, dict):
        return {name: _as_answered(each) for name, each in value.items() if each not in (None, [])}
    return format(value, "f") if isinstance(value, Decimal) else value


def test_every_reply_has_an_example() -> None:
    """No endpoint of the family is missing from the examples."""
    module = MarginOrders.__module__
    paths = {declared for declared, each in ENDPOINTS.items() if each.__module__ == module}
    assert {(each.endpoint.verb, each.endpoint.path) for each in EXAMPLES} == paths


@each_example
def test_reading_an_example_loses_nothing(request_class: RequestClass, example: Any) -> None:
    """Written again, a reply holds every documented field with the very digits that came."""
    assert _written(_read(request_class, example)) == example


def _with_news(value: Any) -> Any:
    """The same answer with a field of tomorrow in every object."""
    if isinstance(value, list):
        return [_with_news(each) for each in value]
    if isinstance(value, dict):
        return {"new": {"a": [1, None]}, **{name: _with_news(each) for name, each in value.items()}}
    return value


@each_example
def test_a_new_field_does_no_harm(request_class: RequestClass, example: Any) -> None:
    """The exchange may add fields anywhere; the reply stays the same."""
    assert _read(request_class, _with_news(example)) == _read(request_class, example)


@each_example
def test_a_new_word_does_no_harm(request_class: RequestClass, example: Any) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    text = json.encode(example).replace(b'"CANCELED"', b'"GONE"').replace(b'"OCO"', b'"OTO"')
    assert _written(request_class.endpoint.decode(text)) == json.decode(text)


OPTIONAL = {
    QueryMarginOrder: (
        *("stopPrice", "icebergQty", "time", "updateTime", "isWorking", "accountId"),
        *("selfTradePreventionMode", "preventedMatchId", "preventedQuantity"),
    ),
    NewMarginOrder: tuple(PLACED)[4:],
    NewMarginOco: ("marginBuyBorrowAmount", "marginBuyBorrowAsset", "orderReports"),
    CancelMarginOrderList: ("orderReports",),
}


@pytest.mark.parametrize(
    ("request_class", "name"),
    [(request_class, name) for request_class, names in OPTIONAL.items() for name in names],
)
def test_what_may_be_missing_is_none_then(request_class: RequestClass, name: str) -> None:
    """A reply without an optional field is read, and the field is None, or empty if it is a list."""
    example = dict(EXAMPLES[request_class])
    was = example.pop(name)
    written = to_builtins(_read(request_class, example))
    assert written[name] == ([] if isinstance(was, list) else None)


@pytest.mark.parametrize("name", CANCELED)
def test_a_cancel_without_a_documented_field_is_not_read(name: str) -> None:
    """What the page promises must be there, or the reply is none."""
    rest = {each: value for each, value in CANCELED.items() if each != name}
    with pytest.raises(ValidationError, match=f"missing required field `{name}`"):
        _read(CancelMarginOrder, rest)


def test_a_reply_is_frozen() -> None:
    """What the exchange said cannot be changed."""
    reply = _read(CancelMarginOrder, CANCELED)
    with pytest.raises(AttributeError):
        reply.price = Decimal(2)
    assert hash(reply) == hash(_read(CancelMarginOrder, CANCELED))
