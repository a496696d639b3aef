"""What every cancel knows of the thing it cancels: its name, how to read it, and how it ended."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from binance_papi_async import (
    ENDPOINTS,
    CancelCmConditionalOrder,
    CancelCmOrder,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelRequest,
    CancelUmAlgoOrder,
    CancelUmOrder,
)
from binance_papi_async.declaring.reading import IncompleteList

BY_ID: list[tuple[CancelRequest[Any, Any], dict[str, Any]]] = [
    (CancelMarginOrder(symbol="A", order_id=0), {"symbol": "A", "order_id": 0}),
    (CancelUmOrder(symbol="A", order_id=1), {"symbol": "A", "order_id": 1}),
    (CancelCmOrder(symbol="A", order_id=1), {"symbol": "A", "order_id": 1}),
    (CancelMarginOrderList(symbol="A", order_list_id=0), {"order_list_id": 0}),
    (CancelUmAlgoOrder(algo_id=0), {"algo_id": 0}),
    (CancelCmConditionalOrder(symbol="A", strategy_id=1), {"symbol": "A", "strategy_id": 1}),
]
BY_NAME: list[tuple[CancelRequest[Any, Any], dict[str, Any]]] = [
    (
        CancelMarginOrder(symbol="A", orig_client_order_id="x"),
        {"symbol": "A", "client_order_id": "x"},
    ),
    (CancelUmOrder(symbol="A", orig_client_order_id="x"), {"symbol": "A", "client_order_id": "x"}),
    (CancelCmOrder(symbol="A", orig_client_order_id="x"), {"symbol": "A", "client_order_id": "x"}),
    (
        CancelMarginOrderList(symbol="A", list_client_order_id="x"),
        {"list_client_order_id": "x"},
    ),
    (CancelUmAlgoOrder(client_algo_id="x"), {"client_algo_id": "x"}),
    (
        CancelCmConditionalOrder(symbol="A", new_client_strategy_id="x"),
        {"symbol": "A", "new_client_strategy_id": "x"},
    ),
]
IDS = ("order_id", "client_order_id", "order_list_id", "list_client_order_id", "algo_id",
       "client_algo_id", "strategy_id", "new_client_strategy_id", "symbol")  # fmt: skip


def state(**facts: Any) -> Any:
    """A reply with these facts, and nothing of use in the others."""
    return SimpleNamespace(**{**dict.fromkeys(IDS, "?"), **facts})


@pytest.mark.parametrize(("request_", "facts"), [*BY_ID, *BY_NAME])
def test_a_cancel_finds_its_order_among_others(
    request_: CancelRequest[Any, Any], facts: dict[str, Any]
) -> None:
    """Its key is one of those that name the order, and of no other."""
    assert request_.key in request_.keys_of(state(**facts))
    assert request_.key not in request_.keys_of(state(symbol="B"))


@pytest.mark.parametrize(("request_", "facts"), [*BY_ID, *BY_NAME])
def test_a_cancel_knows_which_requests_read_its_order(
    request_: CancelRequest[Any, Any], facts: dict[str, Any]
) -> None:
    """Reads, of the same product, that name the same thing."""
    product = request_.endpoint.path.split("/")[3]
    for read in (request_.state(), request_.open_states()):
        assert read.endpoint.verb == "GET"
        assert read.endpoint.path.split("/")[3] == product
    named = {value for value in facts.values() if value != "A"}
    assert named <= {getattr(request_.state(), each) for each in request_.state().__struct_fields__}


@pytest.mark.parametrize(
    ("request_", "field", "fates"),
    [
        (
            each,
            "status",
            {
                "NEW": "open",
                "PARTIALLY_FILLED": "open",
                "CANCELED": "canceled",
                "FILLED": "closed",
                "PENDING_CANCEL": "pending",
                "WEIRD": "unclear",
            },
        )
        for each in (BY_ID[0][0], BY_ID[1][0], BY_ID[2][0])
    ]
    + [
        (BY_ID[3][0], "list_order_status", {"EXECUTING": "open", "ALL_DONE": "ended"}),
        (
            BY_ID[4][0],
            "algo_status",
            {
                "NEW": "open",
                "CANCELED": "canceled",
                "TRIGGERING": "pending",
                "TRIGGERED": "triggered",
                "FINISHED": "closed",
                "WEIRD": "unclear",
            },
        ),
        (
            BY_ID[5][0],
            "strategy_status",
            {
                "NEW": "open",
                "CANCELED": "canceled",
                "TRIGGERED": "triggered",
                "FINISHED": "closed",
                "WEIRD": "unclear",
            },
        ),
    ],
)
def test_a_cancel_reads_how_its_order_ended(
    request_: CancelRequest[Any, Any], field: str, fates: dict[str, str]
) -> None:
    """Open, cancelled, closed otherwise, or closed and how is not told."""
    read = {word: request_.fate(SimpleNamespace(**{field: word})) for word in fates}
    assert read == fates
    times = SimpleNamespace(
        update_time=7,
        transaction_time=7,
        time=5,
        create_time=5,
        book_time=5,
        list_order_status="EXECUTING",
    )
    assert request_.changed_at_ms(times) == 7
    assert request_.placed_at_ms(times) == (7 if field == "list_order_status" else 5)


@pytest.mark.parametrize(("request_", "facts"), [*BY_ID, *BY_NAME])
def test_a_cancel_goes_by_the_exchange_s_id_once_that_is_known(
    request_: CancelRequest[Any, Any], facts: dict[str, Any]
) -> None:
    """A client id may name another order later, an id of the exchange may not."""
    assert request_.is_reusable is any("client" in name for name in facts)
    shown = SimpleNamespace(**dict.fromkeys(IDS, 77))
    named = request_.by_id(shown)
    assert type(named) is type(request_)
    assert not named.is_reusable
    assert (named is request_) is not request_.is_reusable
    unknown = SimpleNamespace(**dict.fromkeys(IDS))
    if isinstance(request_, CancelMarginOrder | CancelMarginOrderList):
        assert request_.by_id(unknown) is request_


@pytest.mark.parametrize(("request_", "facts"), BY_ID)
def test_the_reads_of_many_at_once(
    request_: CancelRequest[Any, Any], facts: dict[str, Any]
) -> None:
    """Of orders: from the oldest on. The others have none, or parts of their own."""
    many = request_.ends()
    if "order_id" in facts:
        assert many is not None
        assert many.endpoint.path.endswith("/allOrders")
        assert f"orderId={facts['order_id']}" in many.query()
    else:
        assert many is None


def test_what_a_trigger_placed() -> None:
    """Named by the exchange once it is told; text, blank or 0 before."""
    algo, conditional = BY_ID[4][0], BY_ID[5][0]
    placed = {
        told: algo.placed_by(SimpleNamespace(symbol="BTCUSDT", actual_order_id=told))
        for told in ("", None, "0", 0, "abc", "123", 123)
    }
    assert set(placed.values()) == {None, CancelUmOrder(symbol="BTCUSDT", order_id=123)}
    assert [told for told, each in placed.items() if each is not None] == ["123", 123]
    assert conditional.placed_by(SimpleNamespace(symbol="A", order_id=None)) is None
    assert BY_ID[0][0].placed_by(state()) is None


def test_every_cancel_of_one_thing_is_among_them() -> None:
    """A new one would be tested too."""
    cancels = {each for each in ENDPOINTS.values() if issubclass(each, CancelRequest)}
    assert cancels == {type(request_) for request_, _ in BY_ID}


def test_a_list_whose_orders_cannot_all_be_read() -> None:
    """It is not said how it ended."""
    rows = IncompleteList([SimpleNamespace(status="CANCELED")], (b"{}",))
    done = SimpleNamespace(list_order_status="ALL_DONE", order_reports=rows)
    assert CancelMarginOrderList.fate(done) == "unclear"
