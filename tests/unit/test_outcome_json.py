"""Outcomes as JSON, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import json

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelUmAlgoOrder,
    CancelUmOrder,
    Closed,
    LimitedError,
    Modified,
    ModifyCmOrder,
    ModifyUmOrder,
    NewCmConditionalOrder,
    NewCmOrder,
    NewMarginOco,
    NewMarginOrder,
    NewUmAlgoOrder,
    NewUmOrder,
    NotModified,
    NotPlaced,
    NotSent,
    OpenMarginOrders,
    OrderType,
    Outcomes,
    Placed,
    PlaceOutcomes,
    QueryCmConditionalOrder,
    QueryCmOrder,
    QueryMarginOrder,
    QueryMarginOrderList,
    QueryUmAlgoOrder,
    QueryUmOrder,
    RateLimitedError,
    Refused,
    ReplyTimeoutError,
    Side,
    Triggered,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.enums import AlgoType, FuturesOrderType, FuturesTimeInForce, StrategyType
from binance_papi_async.errors import AuthenticationError, error_from_builtins, error_to_builtins
from binance_papi_async.outcome import Done, Evidence
from binance_papi_async.outcome_json import KINDS, decode, encode
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read

CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)
CANCELED: Canceled[Any] = Canceled(
    CANCEL, read(CancelMarginOrder, EXAMPLES[CancelMarginOrder]), Evidence.REPLY
)
CLOSED: AlreadyClosed[Any] = AlreadyClosed(
    CANCEL, read(QueryMarginOrder, EXAMPLES[QueryMarginOrder])
)
GONE = Closed(CANCEL)
LIST = CancelMarginOrderList(symbol="LTCBTC", order_list_id=1)
LEGS: AlreadyClosed[Any] = AlreadyClosed(
    LIST,
    LIST.with_parts(
        read(QueryMarginOrderList, EXAMPLES[QueryMarginOrderList]),
        [read(QueryMarginOrder, EXAMPLES[QueryMarginOrder])],
    ),
)
ALGO = CancelUmAlgoOrder(algo_id=7)
TRIGGERED: Triggered[Any] = Triggered(
    ALGO,
    read(QueryUmAlgoOrder, EXAMPLES[QueryUmAlgoOrder]),
    CancelUmOrder(symbol="BTCUSDT", order_id=9),
)
UNTOLD: Triggered[Any] = Triggered(ALGO, read(QueryUmAlgoOrder, EXAMPLES[QueryUmAlgoOrder]), None)
REFUSED = Refused(
    CANCEL, UnknownOrderError("said no", status=400, code=-2011, message="Unknown order sent.")
)
NOT_SENT = NotSent(CANCEL, LimitedError("no weight", retry_after=2.5))
UNKNOWN = Unknown(CANCEL, ReplyTimeoutError("silence"))


@pytest.mark.parametrize("outcome", [CANCELED, CLOSED, GONE, LEGS, TRIGGERED, UNTOLD])
def test_an_outcome_comes_back_as_it_was(outcome: Any) -> None:
    """Request, order and evidence."""
    assert decode(encode(outcome)) == outcome


@pytest.mark.parametrize(
    "outcome", [REFUSED, NOT_SENT, UNKNOWN, Closed(CANCEL, ReplyTimeoutError("silence"))]
)
def test_a_failure_comes_back_with_its_error(outcome: Any) -> None:
    """Its class, its text and its evidence; an exception equals itself alone."""
    again = decode(encode(outcome))
    assert type(again) is type(outcome)
    assert again.request == CANCEL == again.error.request
    assert type(again.error) is type(outcome.error)
    assert error_to_builtins(again.error) == error_to_builtins(outcome.error)


def test_every_object_says_what_it_is() -> None:
    """The whole line, so that others can read it."""
    assert json.decode(encode(REFUSED)) == {
        "outcome": "refused",
        "request": {
            "endpoint": "DELETE /papi/v1/margin/order",
            "symbol": "LTCBTC",
            "orderId": 28,
        },
        "error": {
            "branch": "refused",
            "kind": "UnknownOrderError",
            "text": "said no",
            "status": 400,
            "code": -2011,
            "message": "Unknown order sent.",
        },
    }
    assert json.decode(encode(CANCELED))["order_type"] == "CanceledMarginOrder"


def test_a_batch_comes_back_in_order_with_its_weight() -> None:
    """``Outcomes`` too."""
    outcomes: Outcomes[Any] = Outcomes([CANCELED, REFUSED, GONE], weight=9)
    again = decode(encode(outcomes))
    assert isinstance(again, Outcomes)
    assert (again.weight, again.counts) == (9, outcomes.counts)
    assert (again[0], again[2]) == (CANCELED, GONE)


@pytest.mark.parametrize("request_class", EXAMPLES, ids=lambda each: each.__name__)
def test_whatever_was_replied_comes_back(request_class: RequestClass) -> None:
    """The example of every page, as what a call of any kind was answered with."""
    reply = read(request_class, EXAMPLES[request_class])
    if issubclass(request_class, CancelRequest):
        outcome: Any = Canceled(_named(request_class), reply, Evidence.REPLY)
        assert decode(encode(outcome)) == outcome
    line = json.decode(encode(Done(OpenMarginOrders(symbol="LTCBTC"), reply)))
    assert request_class.endpoint.decode(json.encode(line["reply"])) == reply


def test_a_call_of_any_kind_comes_back() -> None:
    """What ``send_all`` answers with."""
    reply = read(OpenMarginOrders, EXAMPLES[OpenMarginOrders])
    done = Done(OpenMarginOrders(symbol="LTCBTC"), reply)
    assert decode(encode(done)) == done


def _named(request_class: RequestClass) -> Any:
    names = {each.name for each in request_class.endpoint.parameters}
    given = {"symbol": "LTCBTC", "order_id": 1, "order_list_id": 1, "algo_id": 1, "strategy_id": 1}
    return request_class(**{name: value for name, value in given.items() if name in names})


def test_what_was_not_encoded_here_is_refused() -> None:
    """With what is missing; an error of another's making is no PapiError."""
    with pytest.raises(ValueError, match=r"^this is no outcome as encode\(\) writes it: KeyError"):
        decode(b"{}")
    for other in (b'{"outcomes":3,"weight":1}', b'{"outcome":"closed","request":"x"}'):
        with pytest.raises(ValueError, match=r"^this is no outcome as encode\(\) writes it: "):
            decode(other)
    with pytest.raises(ValueError, match=r"^'KeyError' is no kind of PapiError$"):
        error_from_builtins({"kind": "KeyError", "text": ""})
    with pytest.raises(ValueError, match="truncated"):
        decode(b"{")


PLACED_TERMS: dict[RequestClass, dict[str, Any]] = {
    NewMarginOrder: {
        "symbol": "LTCBTC",
        "side": Side.BUY,
        "type": OrderType.MARKET,
        "quantity": Decimal("0.10000000"),
        "new_client_order_id": "mine",
    },
    NewMarginOco: {
        "symbol": "LTCBTC",
        "side": Side.SELL,
        "quantity": Decimal(1),
        "price": Decimal("0.02"),
        "stop_price": Decimal("0.01"),
        "list_client_order_id": "mine",
    },
    NewUmOrder: {
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "type": FuturesOrderType.LIMIT,
        "time_in_force": FuturesTimeInForce.GTC,
        "quantity": Decimal(1),
        "price": Decimal(9000),
        "new_client_order_id": "mine",
    },
    NewCmOrder: {
        "symbol": "BTCUSD_PERP",
        "side": Side.BUY,
        "type": FuturesOrderType.MARKET,
        "quantity": Decimal(1),
        "new_client_order_id": "mine",
    },
    NewUmAlgoOrder: {
        "algo_type": AlgoType.CONDITIONAL,
        "symbol": "BTCUSDT",
        "side": Side.BUY,
        "type": StrategyType.STOP_MARKET,
        "trigger_price": Decimal(9000),
        "close_position": True,
        "client_algo_id": "mine",
    },
    NewCmConditionalOrder: {
        "symbol": "BTCUSD_PERP",
        "side": Side.BUY,
        "strategy_type": StrategyType.STOP_MARKET,
        "stop_price": Decimal(9000),
        "new_client_strategy_id": "mine",
    },
}
READ_BY: dict[RequestClass, RequestClass] = {
    NewMarginOrder: QueryMarginOrder,
    NewMarginOco: QueryMarginOrderList,
    NewUmOrder: QueryUmOrder,
    NewCmOrder: QueryCmOrder,
    NewUmAlgoOrder: QueryUmAlgoOrder,
    NewCmConditionalOrder: QueryCmConditionalOrder,
    ModifyUmOrder: QueryUmOrder,
    ModifyCmOrder: QueryCmOrder,
}
"""By hand: what reads an order of each kind."""


@pytest.mark.parametrize("request_class", PLACED_TERMS, ids=lambda each: each.__name__)
def test_a_placed_order_comes_back_as_it_was(request_class: RequestClass) -> None:
    """As the reply shows it, and as a read does; and a batch of both, with the one that never was."""
    request: Any = request_class(**PLACED_TERMS[request_class])
    query = READ_BY[request_class]
    by_reply: Placed[Any] = Placed(
        request, read(request_class, EXAMPLES[request_class]), Evidence.REPLY
    )
    by_query: Placed[Any] = Placed(request, read(query, EXAMPLES[query]), Evidence.QUERY)
    assert decode(encode(by_reply)) == by_reply
    assert decode(encode(by_query)) == by_query
    never = NotPlaced(request, ReplyTimeoutError("silence"))
    again = decode(encode(PlaceOutcomes([by_reply, never, by_query], weight=13)))
    assert isinstance(again, PlaceOutcomes)
    assert again.weight == 13
    assert again[0::2] == (by_reply, by_query)
    assert type(again[1]) is NotPlaced
    assert again[1].request == request == again[1].error.request
    assert error_to_builtins(again[1].error) == error_to_builtins(never.error)


@pytest.mark.parametrize("request_class", [ModifyUmOrder, ModifyCmOrder])
def test_a_changed_order_comes_back_as_it_was(request_class: RequestClass) -> None:
    """Changed by reply, found closed by a read, or as it was before."""
    change: Any = request_class(
        symbol="BTCUSDT",
        order_id=20072994037,
        side=Side.BUY,
        quantity=Decimal("1.0"),
        price=Decimal("30005.0"),
    )
    query = READ_BY[request_class]
    read_order = read(query, EXAMPLES[query])
    modified: Modified[Any] = Modified(
        change, read(request_class, EXAMPLES[request_class]), Evidence.REPLY
    )
    closed: AlreadyClosed[Any] = AlreadyClosed(change, read_order)
    assert decode(encode(modified)) == modified
    assert decode(encode(closed)) == closed
    same: NotModified[Any] = NotModified(change, read_order, ReplyTimeoutError("silence"))
    again = decode(encode(same))
    assert type(again) is NotModified
    assert (again.request, again.order) == (change, read_order)
    assert error_to_builtins(again.error) == error_to_builtins(same.error)


def test_a_place_says_what_it_is() -> None:
    """The words of the line, by hand."""
    request = NewMarginOrder(**PLACED_TERMS[NewMarginOrder])
    line = json.decode(encode(NotPlaced(request, ReplyTimeoutError("silence"))))
    assert line == {
        "outcome": "not_placed",
        "request": {
            "endpoint": "POST /papi/v1/margin/order",
            "symbol": "LTCBTC",
            "side": "BUY",
            "type": "MARKET",
            "quantity": "0.10000000",
            "newClientOrderId": "mine",
        },
        "error": {"branch": "unknown", "kind": "ReplyTimeoutError", "text": "silence"},
    }
    assert list(json.decode(encode(PlaceOutcomes[Any]([])))) == ["weight", "place_outcomes"]
    assert [*KINDS][4:8] == ["placed", "not_placed", "modified", "not_modified"]


def test_an_amount_comes_back_to_the_digit() -> None:
    """Text, not a float."""
    order = NewMarginOrder(
        symbol="LTCBTC", side=Side.BUY, type=OrderType.MARKET, quantity=Decimal("0.10000000")
    )
    again = decode(encode(Refused(order, AuthenticationError("no", status=401, code=-2015))))
    assert again.request.quantity.as_tuple() == Decimal("0.10000000").as_tuple()
    assert str(again.error).startswith("no; look at the API key (BINANCE_API_KEY)")
    assert str(again.error).count("look at") == 1


def test_a_limit_comes_back_with_its_wait() -> None:
    """Seconds, and the end of a ban."""
    error = RateLimitedError("wait", status=418, code=-1003, message="banned")
    error.until = 1700000000.0
    again = error_from_builtins(error_to_builtins(error))
    assert isinstance(again, RateLimitedError)
    assert (again.until, again.retry_after, again.is_ban) == (1700000000.0, None, True)
