from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec import DecodeError, ValidationError, json, to_builtins

from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.cm_order_replies import CanceledCmOrder, CmOrder
from binance_papi_async.endpoints.cm_orders import (
    AllCmOrders,
    CancelAllCmOrders,
    CancelCmOrder,
    CmForceOrders,
    CmOrderAmendments,
    CmTrades,
    ModifyCmOrder,
    NewCmOrder,
    OpenCmOrders,
    QueryCmOrder,
    QueryOpenCmOrder,
)
from binance_papi_async.enums import OrderStatus, Side
from binance_papi_async.futures_enums import FuturesOrderType, FuturesTimeInForce, PositionSide
from binance_papi_async.request import ENDPOINTS, Request, Verb

RequestClass = type[Request[Any]]
EXAMPLES: dict[str, Any] = json.decode(
    Path(__file__).with_name("examples").joinpath("cm.json").read_bytes()
)


def _read(request_class: RequestClass, example: Any) -> Any:
    return request_class.endpoint.decode(json.encode(example))


def _by_value(said: Any) -> Any:
    """What was said: numbers by their value, quoted or not; what was not said left out."""
    if isinstance(said, list):
        return [_by_value(each) for each in said]
    if isinstance(said, dict):
        return {name: _by_value(each) for name, each in said.items() if each is not None}
    try:
        return said if isinstance(said, bool) else Decimal(str(said))
    except InvalidOperation:
        return said


def _with_news(said: Any) -> Any:
    """The same answer with a field of tomorrow in every object."""
    if isinstance(said, list):
        return [_with_news(each) for each in said]
    if isinstance(said, dict):
        return {"new": {"a": [1, None]}, **{name: _with_news(each) for name, each in said.items()}}
    return said


OPEN_ORDER = EXAMPLES["QueryOpenCmOrder"]  # a list of one, read as the one
EXAMPLES["QueryOpenCmOrder"] = OPEN_ORDER[0]

ONE = "symbol! orderId origClientOrderId"
# Verb, path, weight, orders, lane, and the exchange's parameters, ``!`` behind the mandatory ones.
# The page calls the price of a change mandatory, but has priceMatch stand in for it.
DECLARED: dict[RequestClass, tuple[Verb, str, int, int, str, str]] = {
    NewCmOrder: (
        *("POST", "/papi/v1/cm/order", 1, 1, "order"),
        """symbol! side! type! positionSide timeInForce quantity reduceOnly price priceMatch
        newClientOrderId newOrderRespType""",
    ),
    ModifyCmOrder: (
        *("PUT", "/papi/v1/cm/order", 1, 1, "order"),
        "symbol! side! quantity! price orderId origClientOrderId priceMatch modifyId",
    ),
    CancelCmOrder: ("DELETE", "/papi/v1/cm/order", 1, 0, "cancel", ONE),
    CancelAllCmOrders: ("DELETE", "/papi/v1/cm/allOpenOrders", 1, 0, "cancel", "symbol!"),
    QueryCmOrder: ("GET", "/papi/v1/cm/order", 1, 0, "read", ONE),
    QueryOpenCmOrder: ("GET", "/papi/v1/cm/openOrder", 1, 0, "read", ONE),
    OpenCmOrders: ("GET", "/papi/v1/cm/openOrders", 1, 0, "read", "symbol pair"),
    AllCmOrders: (
        *("GET", "/papi/v1/cm/allOrders", 20, 0, "read"),
        "symbol pair orderId startTime endTime limit",
    ),
    CmOrderAmendments: (
        *("GET", "/papi/v1/cm/orderAmendment", 1, 0, "read"),
        "symbol! orderId origClientOrderId startTime endTime limit",
    ),
    CmTrades: (
        *("GET", "/papi/v1/cm/userTrades", 20, 0, "read"),
        "symbol pair startTime endTime fromId limit",
    ),
    CmForceOrders: (
        *("GET", "/papi/v1/cm/forceOrders", 20, 0, "read"),
        "symbol autoCloseType startTime endTime limit",
    ),
}
each_class = pytest.mark.parametrize("request_class", DECLARED, ids=lambda each: each.__name__)


@each_class
def test_an_endpoint_is_declared_as_documented(request_class: RequestClass) -> None:
    """Verb, path, weight, orders, lane, security, and the exchange's parameters."""
    verb, path, weight, orders, lane, names = DECLARED[request_class]
    declared = request_class.endpoint
    assert ENDPOINTS[verb, path] is request_class
    assert (declared.verb, declared.path, declared.security) == (verb, path, "signed")
    assert (declared.weight, declared.orders, declared.lane) == (weight, orders, lane)
    every = declared.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


@each_class
def test_a_request_says_what_it_costs(request_class: RequestClass) -> None:
    """The first paragraph of its docstring names the weight, and the orders if there are any."""
    *_, weight, orders, _, _ = DECLARED[request_class]
    summary = (request_class.__doc__ or "").partition("\n")[0]
    assert re.search(rf"\bWeight {weight}\b", summary)
    assert ("one order" in summary) is bool(orders)


@pytest.mark.parametrize(
    ("request_class", "arguments", "weight"),
    [
        (OpenCmOrders, {"symbol": "BTCUSD_PERP"}, 1),
        (OpenCmOrders, {"symbol": "BTCUSD_PERP", "pair": "BTCUSD"}, 1),
        (OpenCmOrders, {"pair": "BTCUSD"}, 40),
        (AllCmOrders, {"symbol": "BTCUSD_PERP"}, 20),
        (AllCmOrders, {"pair": "BTCUSD"}, 40),
        (AllCmOrders, {"symbol": "BTCUSD_PERP", "pair": "BTCUSD"}, 40),
        (CmTrades, {"symbol": "BTCUSD_PERP"}, 20),
        (CmTrades, {"pair": "BTCUSD"}, 40),
        (CmForceOrders, {"symbol": "BTCUSD_PERP"}, 20),
        (CmForceOrders, {}, 50),
    ],
)
def test_a_weight_depends_on_how_much_is_asked(
    request_class: RequestClass, arguments: dict[str, str], weight: int
) -> None:
    """A symbol is cheap, more than one is not; where both are named, the dearer is assumed."""
    assert request_class(**arguments).weight == weight


def test_the_family_is_cm() -> None:
    """``papi.cm`` and the requests behind its methods."""
    assert Cm.new_order.request is NewCmOrder
    assert Cm.modify_order.request is ModifyCmOrder
    assert Cm.cancel_order.request is CancelCmOrder
    assert Cm.cancel_all_orders.request is CancelAllCmOrders
    assert Cm.order.request is QueryCmOrder
    assert Cm.open_order.request is QueryOpenCmOrder
    assert Cm.open_orders.request is OpenCmOrders
    assert Cm.all_orders.request is AllCmOrders
    assert Cm.order_amendments.request is CmOrderAmendments
    assert Cm.trades.request is CmTrades
    assert Cm.force_orders.request is CmForceOrders


LIMIT: dict[str, Any] = {
    "symbol": "BTCUSD_PERP",
    "side": Side.BUY,
    "type": FuturesOrderType.LIMIT,
    "time_in_force": FuturesTimeInForce.GTC,
    "quantity": Decimal(1),
    "price": Decimal(30000),
}
CHANGE: dict[str, Any] = {"side": Side.BUY, "quantity": Decimal(1), "price": Decimal(30000)}


def _without(arguments: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name not in names}


def test_an_order_is_sent_as_it_was_given() -> None:
    """The exchange's names, switches as words."""
    order = NewCmOrder(**LIMIT, position_side=PositionSide.LONG, reduce_only=True)
    assert order.query() == (
        "symbol=BTCUSD_PERP&side=BUY&type=LIMIT&positionSide=LONG&timeInForce=GTC&quantity=1"
        "&reduceOnly=true&price=30000"
    )


@pytest.mark.parametrize(
    ("kind", "name"), [("LIMIT", "time_in_force"), ("LIMIT", "quantity"), ("MARKET", "quantity")]
)
def test_a_kind_of_order_needs_its_parameters(kind: str, name: str) -> None:
    """The mandatory ones of each kind, as documented."""
    with pytest.raises(ValueError, match=f"^a {kind} order needs {name} beside it$"):
        NewCmOrder(**{**_without(LIMIT, name), "type": kind})


def test_a_market_order_needs_no_price() -> None:
    """Nor a time in force; and the kinds of tomorrow may need anything."""
    market = _without(LIMIT, "price", "time_in_force")
    assert NewCmOrder(**{**market, "type": "MARKET"}).price is None
    assert NewCmOrder(**{**_without(market, "quantity"), "type": "NEW"}).quantity is None
    with pytest.raises(ValueError, match="not both"):  # of the two prices, whatever the kind
        NewCmOrder(**{**LIMIT, "type": "MARKET", "price_match": "QUEUE"})


@pytest.mark.parametrize("request_class", [NewCmOrder, ModifyCmOrder])
def test_a_price_is_given_or_matched(request_class: RequestClass) -> None:
    """The exchange takes ``price`` or ``price_match``."""
    change = {**CHANGE, "symbol": "BTCUSD_PERP", "order_id": 1}
    whole = LIMIT if request_class is NewCmOrder else change
    message = "^name the price by price or by price_match, "
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(**whole, price_match="QUEUE")
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class(**_without(whole, "price"))
    assert (
        "priceMatch=QUEUE" in request_class(**_without(whole, "price"), price_match="QUEUE").query()
    )


@pytest.mark.parametrize(
    "request_class",
    [CancelCmOrder, QueryCmOrder, QueryOpenCmOrder, ModifyCmOrder, CmOrderAmendments],
)
def test_an_order_is_named_by_one_id(request_class: RequestClass) -> None:
    """By the exchange's id or the client's."""
    rest = {"symbol": "BTCUSD_PERP", **(CHANGE if request_class is ModifyCmOrder else {})}
    message = "^name the order by order_id or by orig_client_order_id, "
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class(**rest)
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(**rest, order_id=0, orig_client_order_id="mine")
    assert "orderId=0" in request_class(**rest, order_id=0).query()
    assert "origClientOrderId=mine" in request_class(**rest, orig_client_order_id="mine").query()


@pytest.mark.parametrize("name", [{"order_id": 0}, {"orig_client_order_id": "mine"}])
def test_a_cancel_knows_what_reads_its_order(name: dict[str, Any]) -> None:
    """The order itself, by the same id, and the open orders of its symbol."""
    cancel = CancelCmOrder(symbol="B", **name)
    assert cancel.state() == QueryCmOrder(symbol="B", **name)
    assert cancel.open_states() == OpenCmOrders(symbol="B")
    (state,) = EXAMPLES["AllCmOrders"]
    read = _read(QueryCmOrder, {**state, "symbol": "B", "orderId": 0, "clientOrderId": "mine"})
    assert cancel.key in cancel.keys_of(read)
    assert (cancel.fate(read), cancel.changed_at_ms(read)) == ("open", 1579276756075)


def test_orders_and_trades_are_of_a_symbol_or_of_a_pair() -> None:
    """One must be named; orders take both, trades do not."""
    with pytest.raises(ValueError, match=r"^name the orders by symbol or by pair, one of the two$"):
        AllCmOrders()
    assert AllCmOrders(symbol="B", pair="BTCUSD").query() == "symbol=B&pair=BTCUSD"
    with pytest.raises(ValueError, match="by symbol or by pair, one of the two"):
        CmTrades()
    with pytest.raises(ValueError, match="by symbol or by pair, not both"):
        CmTrades(symbol="B", pair="BTCUSD")


@pytest.mark.parametrize(
    "other",
    [
        {"pair": "BTCUSD"},
        {"symbol": "BTCUSD_PERP", "start_time": 0},
        {"symbol": "BTCUSD_PERP", "end_time": 0},
    ],
)
def test_trades_are_paged_in_one_way(other: dict[str, Any]) -> None:
    """By id, or by time."""
    with pytest.raises(
        ValueError, match=r"^page by from_id or by pair, start_time and end_time, not both$"
    ):
        CmTrades(**other, from_id=0)
    assert CmTrades(**other).from_id is None
    assert CmTrades(symbol="BTCUSD_PERP", from_id=0).query() == "symbol=BTCUSD_PERP&fromId=0"


def _named(request_class: RequestClass) -> dict[str, Any]:
    return {"symbol": "B", **({"order_id": 1} if request_class is CmOrderAmendments else {})}


@pytest.mark.parametrize("request_class", [AllCmOrders, CmOrderAmendments, CmTrades, CmForceOrders])
def test_a_time_range_begins_before_it_ends(request_class: RequestClass) -> None:
    """Or when it ends, both ends included."""
    rest = _named(request_class)
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        request_class(**rest, start_time=2, end_time=1)
    assert "startTime=1&endTime=1" in request_class(**rest, start_time=1, end_time=1).query()


@pytest.mark.parametrize(
    ("request_class", "most"),
    [(AllCmOrders, 100), (CmOrderAmendments, 100), (CmTrades, 1000), (CmForceOrders, 100)],
)
def test_a_limit_is_what_the_exchange_allows(request_class: RequestClass, most: int) -> None:
    """From one to the documented maximum."""
    rest = _named(request_class)
    assert request_class(**rest, limit=1).query().endswith("&limit=1")
    assert request_class(**rest, limit=most).query().endswith(f"&limit={most}")
    with pytest.raises(ValueError, match=r"^limit must be at least 1, not 0$"):
        request_class(**rest, limit=0)
    with pytest.raises(ValueError, match=f"^limit must be at most {most}, not {most + 1}$"):
        request_class(**rest, limit=most + 1)


def test_a_client_id_is_no_longer_than_the_exchange_allows() -> None:
    """32 characters."""
    assert "x" * 32 in NewCmOrder(**LIMIT, new_client_order_id="x" * 32).query()
    with pytest.raises(ValueError, match=r"^new_client_order_id must be at most 32 characters"):
        NewCmOrder(**LIMIT, new_client_order_id="x" * 33)


# Replies.


@each_class
def test_reading_an_example_loses_nothing(request_class: RequestClass) -> None:
    """Written again, a reply holds every documented field with the value that came."""
    example = EXAMPLES[request_class.__name__]
    assert _by_value(to_builtins(_read(request_class, example))) == _by_value(example)


@each_class
def test_a_new_field_does_no_harm(request_class: RequestClass) -> None:
    """The exchange may add fields anywhere; the reply stays the same."""
    example = EXAMPLES[request_class.__name__]
    assert _read(request_class, _with_news(example)) == _read(request_class, example)


def test_a_cancel_is_read_in_full() -> None:
    """Every field of the documented example, and nothing made up."""
    assert _read(CancelCmOrder, EXAMPLES["CancelCmOrder"]) == CanceledCmOrder(
        symbol="BTCUSD_200925",
        order_id=283194212,
        client_order_id="myOrder1",
        price=Decimal(0),
        orig_qty=Decimal(2),
        executed_qty=Decimal(0),
        cum_qty=Decimal(0),
        status=OrderStatus.CANCELED,
        time_in_force=FuturesTimeInForce.GTC,
        type=FuturesOrderType.LIMIT,
        side=Side.BUY,
        position_side=PositionSide.SHORT,
        reduce_only=False,
        pair="BTCUSD",
        update_time=1571110484038,
    )


@pytest.mark.parametrize("request_class", [NewCmOrder, ModifyCmOrder, CancelCmOrder])
def test_what_went_off_the_page_is_still_read(request_class: RequestClass) -> None:
    """Servers may still send the fields that were documented until summer 2026."""
    example = EXAMPLES[request_class.__name__]
    reply = _read(request_class, {**example, "avgPrice": "30000.5", "cumBase": "0.1"})
    assert (reply.avg_price, reply.cum_base) == (Decimal("30000.5"), Decimal("0.1"))


def test_an_untagged_change_has_no_tag() -> None:
    """``modifyId`` comes back only if it was sent."""
    example = _without(EXAMPLES["ModifyCmOrder"], "modifyId")
    assert _read(ModifyCmOrder, example).modify_id is None
    (change,) = EXAMPLES["CmOrderAmendments"]
    untagged = {**change, "amendment": _without(change["amendment"], "modifyId")}
    (reply,) = _read(CmOrderAmendments, [untagged])
    assert reply.amendment.modify_id is None
    assert reply.amendment.price.after == Decimal("30003.2")


def test_an_open_order_comes_alone_or_in_a_list() -> None:
    """Documented both ways; either is one order."""
    (example,) = OPEN_ORDER
    alone = _read(QueryOpenCmOrder, example)
    assert isinstance(alone, CmOrder)
    assert _read(QueryOpenCmOrder, [example]) == alone
    for several in (0, 2):
        with pytest.raises(ValidationError, match=f"^Expected one order, got {several}$"):
            _read(QueryOpenCmOrder, OPEN_ORDER * several)


@pytest.mark.parametrize("body", [b"[", b"{}", b"[{}]", b"null", b'{"code":-2013,"msg":"gone"}'])
def test_what_is_no_order_is_not_read(body: bytes) -> None:
    """Nothing is made up."""
    with pytest.raises(DecodeError):
        QueryOpenCmOrder.endpoint.decode(body)


@pytest.mark.parametrize(
    "field", ["status", "timeInForce", "type", "origType", "side", "positionSide"]
)
def test_a_new_word_does_no_harm(field: str) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    reply = _read(QueryCmOrder, {**EXAMPLES["QueryCmOrder"], field: "TOMORROW"})
    assert json.decode(json.encode(reply))[field] == "TOMORROW"


@pytest.mark.parametrize("name", ["symbol", "orderId", "clientOrderId", "status", "executedQty"])
@pytest.mark.parametrize("request_class", [NewCmOrder, ModifyCmOrder, CancelCmOrder, QueryCmOrder])
def test_a_reply_without_what_names_the_order_is_not_read(
    request_class: RequestClass, name: str
) -> None:
    """What the page promises must be there, or the reply is none."""
    with pytest.raises(ValidationError, match=f"missing required field `{name}`"):
        _read(request_class, _without(EXAMPLES[request_class.__name__], name))
