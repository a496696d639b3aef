from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError

from binance_papi_async.endpoints.margin_orders import (
    AllMarginOrderLists,
    AllMarginOrders,
    CancelAllMarginOrders,
    CancelMarginOrder,
    CancelMarginOrderList,
    MarginTrades,
    NewMarginOco,
    NewMarginOrder,
    OpenMarginOrderLists,
    QueryMarginOrder,
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
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read, without

# Rules between parameters.


def test_a_size_is_given_once() -> None:
    """In the base asset or in the quote asset, and not left out."""
    order: dict[str, Any] = {"symbol": "LTCBTC", "side": Side.BUY, "type": OrderType.MARKET}
    message = "^give the size as quantity or as quote_order_qty, not both$"
    with pytest.raises(ValueError, match=message):
        NewMarginOrder(**order, quantity=Decimal(0), quote_order_qty=Decimal(0))
    assert NewMarginOrder(**order, quantity=Decimal(1)).quote_order_qty is None
    assert NewMarginOrder(**order, quote_order_qty=Decimal(1)).quantity is None
    with pytest.raises(ValueError, match=r"one of the two$"):
        NewMarginOrder(**order)


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


# Replies.

CANCELED = EXAMPLES[CancelMarginOrder]
PLACED = EXAMPLES[NewMarginOrder]
ORDER = EXAMPLES[QueryMarginOrder]
LISTS = EXAMPLES[OpenMarginOrderLists]
# Documented as one item that holds the fields of both kinds; live answers hold an order or a list.
CANCELED_LONE, CANCELED_LIST = EXAMPLES[CancelAllMarginOrders]


def test_the_documented_cancel_is_read_in_full() -> None:
    """Every field of the exchange's example of DELETE /papi/v1/margin/order, and nothing made up."""
    assert read(CancelMarginOrder, CANCELED) == CanceledMarginOrder(
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
    reply = read(CancelMarginOrder, live)
    assert reply.self_trade_prevention_mode is SelfTradePreventionMode.EXPIRE_MAKER


def test_a_placed_order_is_read_in_full() -> None:
    """With ``FULL``: what was borrowed, and each fill."""
    reply = read(NewMarginOrder, PLACED)
    assert isinstance(reply, NewMarginOrderReply)
    assert (reply.order_id, reply.status, reply.type) == (28, OrderStatus.FILLED, OrderType.MARKET)
    assert (reply.margin_buy_borrow_amount, reply.margin_buy_borrow_asset) == (Decimal(5), "BTC")
    assert reply.fills == [
        Fill(price=Decimal(4000), qty=Decimal(1), commission=Decimal(4), commission_asset="USDT")
    ]


def test_an_acknowledged_order_says_only_who_it_is() -> None:
    """With ``ACK``: four fields, and None for all that is not said."""
    acknowledged = {name: PLACED[name] for name in list(PLACED)[:4]}
    reply = read(NewMarginOrder, acknowledged)
    assert reply == NewMarginOrderReply(
        symbol="BTCUSDT",
        order_id=28,
        client_order_id="6gCrw2kRUAF9CvJDGP16IP",
        transact_time=1507725176595,
    )
    assert (reply.status, reply.price, reply.fills) == (None, None, [])


def test_an_order_is_read_in_full() -> None:
    """Times in milliseconds, flags, and the text ``None`` where the example holds it."""
    reply = read(QueryMarginOrder, ORDER)
    assert isinstance(reply, MarginOrder)
    assert (reply.time, reply.update_time, reply.is_working) == (1562133008725, 1562133008725, True)
    assert (reply.prevented_match_id, reply.prevented_quantity) == ("None", "None")
    assert not reply.status.is_closed


@pytest.mark.parametrize("match_id", ["None", 7, None])
def test_a_prevented_match_may_have_a_number(match_id: str | int | None) -> None:
    """Text in the example, a number where there was such a match."""
    reply = read(QueryMarginOrder, {**ORDER, "preventedMatchId": match_id})
    assert reply.prevented_match_id == match_id


def test_an_old_order_may_have_no_quote_amount() -> None:
    """Below zero: the exchange no longer knows."""
    (old,) = EXAMPLES[AllMarginOrders]
    (reply,) = read(AllMarginOrders, [{**old, "cummulativeQuoteQty": "-1.00000000"}])
    assert reply.cummulative_quote_qty < 0


def test_a_trade_is_read_in_full() -> None:
    """Price, size and commission as they were."""
    assert read(MarginTrades, EXAMPLES[MarginTrades]) == [
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
    reply = read(NewMarginOco, EXAMPLES[NewMarginOco])
    assert isinstance(reply, NewMarginOcoReply)
    assert [each.order_id for each in reply.orders] == [2]
    assert [each.stop_price for each in reply.order_reports] == [Decimal("0.960664")]
    assert reply.margin_buy_borrow_amount == Decimal(5)


def test_a_canceled_list_brings_its_canceled_orders_along() -> None:
    """Each report is what the cancel of a single order replies."""
    reply = read(CancelMarginOrderList, EXAMPLES[CancelMarginOrderList])
    assert isinstance(reply, CanceledMarginOrderList)
    (report,) = reply.order_reports
    assert isinstance(report, CanceledMarginOrder)
    assert (report.order_list_id, report.status) == (0, OrderStatus.CANCELED)


@pytest.mark.parametrize("request_class", [AllMarginOrderLists, OpenMarginOrderLists])
def test_lists_are_read_in_full(request_class: RequestClass) -> None:
    """A list without reports."""
    assert read(request_class, LISTS) == [
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
    replies = read(CancelAllMarginOrders, items)
    expected = [
        CanceledMarginOrderList if "orders" in item else CanceledMarginOrder for item in items
    ]
    assert [type(reply) for reply in replies] == expected
    assert [reply.order_list_id for reply in replies] == [item["orderListId"] for item in items]


def test_the_documented_mixture_of_both_kinds_is_a_list() -> None:
    """The example of the page holds both kinds in one item; what has ``orders`` is read as a list."""
    (reply,) = read(CancelAllMarginOrders, [{**CANCELED_LIST, **CANCELED_LONE}])
    assert isinstance(reply, CanceledMarginOrderList)
    assert reply.order_list_id == -1
    assert reply.order_reports[0].order_id == 20


@pytest.mark.parametrize(
    "body", [b"{}", b"[1]", b"[{}]", b'[{"orders":1}]', b"[null]", b"[", b'{"code":-2011}']
)
def test_an_answer_to_canceling_all_without_a_readable_item_is_none(body: bytes) -> None:
    """It must not pass for an empty one."""
    with pytest.raises(DecodeError):
        CancelAllMarginOrders.endpoint.decode(body)


def test_a_bad_item_of_canceling_all_is_told_and_loses_no_other() -> None:
    """What has no id of the exchange is kept without one: the clearing sees that the reply is not whole."""
    nameless = {**without(CANCELED_LONE, "orderId")}
    reply = read(CancelAllMarginOrders, [CANCELED_LONE, {}, CANCELED_LIST, nameless])
    assert [type(each) for each in reply] == [
        CanceledMarginOrder,
        CanceledMarginOrderList,
        CanceledMarginOrder,
    ]
    assert reply.unreadable == (b"{}",)
    named: Any = CancelAllMarginOrders.named(reply)
    assert [each.order_id for each in named] == [11, 20, None]
    assert named.unreadable


def test_a_reply_is_frozen() -> None:
    """What the exchange said cannot be changed."""
    reply = read(CancelMarginOrder, CANCELED)
    with pytest.raises(AttributeError):
        reply.price = Decimal(2)
    assert hash(reply) == hash(read(CancelMarginOrder, CANCELED))
