from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, to_builtins

from binance_papi_async.endpoints.bases import Acknowledgement
from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.cm_conditional import (
    AllCmConditionalOrders,
    CancelAllCmConditionalOrders,
    CancelCmConditionalOrder,
    NewCmConditionalOrder,
    OpenCmConditionalOrders,
    QueryCmConditionalOrder,
    QueryOpenCmConditionalOrder,
)
from binance_papi_async.endpoints.cm_orders import CancelAllCmOrders
from binance_papi_async.enums import Side
from binance_papi_async.futures_enums import StrategyStatus, StrategyType
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


# Verb, path, weight, orders, lane, and the exchange's parameters, ``!`` behind the mandatory ones.
DECLARED: dict[RequestClass, tuple[Verb, str, int, int, str, str]] = {
    NewCmConditionalOrder: (
        *("POST", "/papi/v1/cm/conditional/order", 1, 1, "order"),
        """symbol! side! strategyType! positionSide timeInForce quantity reduceOnly price
        workingType priceProtect newClientStrategyId stopPrice activationPrice callbackRate""",
    ),
    CancelCmConditionalOrder: (
        *("DELETE", "/papi/v1/cm/conditional/order", 1, 0, "cancel"),
        "symbol! strategyId newClientStrategyId",
    ),
    CancelAllCmConditionalOrders: (
        *("DELETE", "/papi/v1/cm/conditional/allOpenOrders", 1, 0, "cancel"),
        "symbol!",
    ),
    QueryCmConditionalOrder: (
        *("GET", "/papi/v1/cm/conditional/orderHistory", 1, 0, "read"),
        "symbol! strategyId newClientStrategyId",
    ),
    QueryOpenCmConditionalOrder: (
        *("GET", "/papi/v1/cm/conditional/openOrder", 1, 0, "read"),
        "symbol! strategyId newClientStrategyId",
    ),
    OpenCmConditionalOrders: (
        *("GET", "/papi/v1/cm/conditional/openOrders", 1, 0, "read"),
        "symbol",
    ),
    AllCmConditionalOrders: (
        *("GET", "/papi/v1/cm/conditional/allOrders", 1, 0, "read"),
        "symbol strategyId startTime endTime limit",
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


@pytest.mark.parametrize("request_class", [OpenCmConditionalOrders, AllCmConditionalOrders])
def test_a_weight_depends_on_how_much_is_asked(request_class: RequestClass) -> None:
    """One symbol, or all of them."""
    assert request_class(symbol="BTCUSD_PERP").weight == 1
    assert request_class().weight == 40


def test_the_family_is_cm() -> None:
    """``papi.cm`` and the requests behind its methods."""
    assert Cm.new_conditional_order.request is NewCmConditionalOrder
    assert Cm.cancel_conditional_order.request is CancelCmConditionalOrder
    assert Cm.cancel_all_conditional_orders.request is CancelAllCmConditionalOrders
    assert Cm.conditional_order.request is QueryCmConditionalOrder
    assert Cm.open_conditional_order.request is QueryOpenCmConditionalOrder
    assert Cm.open_conditional_orders.request is OpenCmConditionalOrders
    assert Cm.all_conditional_orders.request is AllCmConditionalOrders


# Rules between parameters.

TRAILING: dict[str, Any] = {
    "symbol": "BTCUSD_PERP",
    "side": Side.SELL,
    "strategy_type": StrategyType.TRAILING_STOP_MARKET,
}
NEEDED = {
    "STOP": {"quantity": 1, "price": 2, "stop_price": 3},
    "TAKE_PROFIT": {"quantity": 1, "price": 2, "stop_price": 3},
    "STOP_MARKET": {"stop_price": 3},
    "TAKE_PROFIT_MARKET": {"stop_price": 3},
    "TRAILING_STOP_MARKET": {"callback_rate": 1},
}


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, name) for kind, names in NEEDED.items() for name in names]
)
def test_a_kind_of_order_needs_its_parameters(kind: str, missing: str) -> None:
    """The mandatory ones of each kind, as documented."""
    whole: dict[str, Any] = {**TRAILING, "strategy_type": kind, **NEEDED[kind]}
    assert f"strategyType={kind}" in NewCmConditionalOrder(**whole).query()
    with pytest.raises(ValueError, match=f"^a {kind} order needs {missing} beside it$"):
        NewCmConditionalOrder(**{**whole, missing: None})


def test_a_kind_of_tomorrow_needs_what_the_exchange_says() -> None:
    """Nothing is asked for that is not known."""
    order = NewCmConditionalOrder(**{**TRAILING, "strategy_type": "NEW"})
    assert order.query() == "symbol=BTCUSD_PERP&side=SELL&strategyType=NEW"


@pytest.mark.parametrize("rate", ["0.09", "5.01", "0", "-1"])
def test_a_callback_rate_is_what_the_exchange_allows(rate: str) -> None:
    """From 0.1 to 5 percent."""
    for allowed in (Decimal("0.1"), Decimal(5), 1):
        order = NewCmConditionalOrder(**TRAILING, callback_rate=allowed)  # type: ignore[arg-type]
        assert order.query().endswith(f"&callbackRate={allowed}")
    with pytest.raises(ValueError, match=f"^callback_rate needs to be from 0.1 to 5, not {rate}$"):
        NewCmConditionalOrder(**TRAILING, callback_rate=Decimal(rate))


def test_a_callback_rate_is_a_number() -> None:
    """What is none is refused as such."""
    with pytest.raises(ValueError, match=r"^callback_rate must be a number, not NaN$"):
        NewCmConditionalOrder(**TRAILING, callback_rate=Decimal("NaN"))


def test_switches_are_sent_as_words() -> None:
    """``true`` and ``false``."""
    order = NewCmConditionalOrder(
        **TRAILING, callback_rate=Decimal(1), reduce_only=True, price_protect=False
    )
    assert "&reduceOnly=true&priceProtect=false" in order.query()


@pytest.mark.parametrize(
    "request_class",
    [CancelCmConditionalOrder, QueryCmConditionalOrder, QueryOpenCmConditionalOrder],
)
def test_an_order_is_named_by_one_id(request_class: RequestClass) -> None:
    """By the exchange's id or the client's."""
    message = "^name the conditional order by strategy_id or by new_client_strategy_id, "
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class(symbol="BTCUSD_PERP")
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(symbol="BTCUSD_PERP", strategy_id=0, new_client_strategy_id="mine")
    assert request_class(symbol="B", strategy_id=0).query() == "symbol=B&strategyId=0"
    by_mine = request_class(symbol="B", new_client_strategy_id="mine")
    assert by_mine.query() == "symbol=B&newClientStrategyId=mine"


def test_a_history_is_bounded_as_documented() -> None:
    """In time and in length."""
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        AllCmConditionalOrders(start_time=2, end_time=1)
    assert AllCmConditionalOrders(limit=1000).limit == 1000
    with pytest.raises(ValueError, match=r"^limit must be at most 1000, not 1001$"):
        AllCmConditionalOrders(limit=1001)


def test_a_client_id_is_no_longer_than_the_exchange_allows() -> None:
    """36 characters."""
    whole: dict[str, Any] = {**TRAILING, "callback_rate": Decimal(1)}
    longest = NewCmConditionalOrder(**whole, new_client_strategy_id="x" * 36)
    assert longest.new_client_strategy_id == "x" * 36
    with pytest.raises(ValueError, match=r"^new_client_strategy_id must be at most 36 characters"):
        NewCmConditionalOrder(**whole, new_client_strategy_id="x" * 37)


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


@pytest.mark.parametrize("request_class", [CancelAllCmConditionalOrders, CancelAllCmOrders])
@pytest.mark.parametrize("code", [200, "200"])
def test_canceling_all_is_confirmed(request_class: RequestClass, code: object) -> None:
    """By a code, a number or its text, and a sentence."""
    reply = _read(request_class, {"code": code, "msg": "done"})
    assert reply == Acknowledgement(code=200, msg="done")


@pytest.mark.parametrize(
    ("request_class", "name"),
    [
        *((NewCmConditionalOrder, each) for each in ("pair", "workingType", "priceProtect")),
        *((CancelCmConditionalOrder, each) for each in ("activatePrice", "priceRate")),
        *((QueryCmConditionalOrder, each) for each in ("orderId", "status", "type")),
        *((QueryCmConditionalOrder, each) for each in ("triggerTime", "priceMatch")),
    ],
)
def test_what_may_be_missing_is_none_then(request_class: RequestClass, name: str) -> None:
    """What only some kinds have, or only triggered ones."""
    example = EXAMPLES[request_class.__name__]
    rest = {each: value for each, value in example.items() if each != name}
    assert to_builtins(_read(request_class, rest))[name] is None


@pytest.mark.parametrize(
    "field",
    [
        *("strategyStatus", "strategyType", "status", "timeInForce", "type", "side"),
        *("positionSide", "workingType", "priceMatch"),
    ],
)
def test_a_new_word_does_no_harm(field: str) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    example = {**EXAMPLES["QueryCmConditionalOrder"], field: "TOMORROW"}
    reply = _read(QueryCmConditionalOrder, example)
    assert json.decode(json.encode(reply))[field] == "TOMORROW"


def test_a_canceled_order_says_so() -> None:
    """Its id and its status."""
    reply = _read(CancelCmConditionalOrder, EXAMPLES["CancelCmConditionalOrder"])
    assert (reply.strategy_id, reply.strategy_status) == (123445, StrategyStatus.CANCELED)
    assert (reply.new_client_strategy_id, reply.price_rate) == ("myOrder1", Decimal("0.3"))
