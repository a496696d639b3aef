"""A live order is read by the request that cancels it, as a reply is."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

import pytest

from binance_papi_async.cancelling.decision import Decision
from binance_papi_async.deciding.steps import Sent
from binance_papi_async.declaring.reading import reader
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.endpoints.cm_conditional import CancelCmConditionalOrder
from binance_papi_async.endpoints.cm_order_replies import NewCmConditionalOrderReply
from binance_papi_async.endpoints.cm_orders import CancelCmOrder
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.endpoints.um_algo import CancelUmAlgoOrder
from binance_papi_async.endpoints.um_algo_replies import NewUmAlgoOrderReply
from binance_papi_async.endpoints.um_orders import CancelUmOrder
from binance_papi_async.errors import UnknownOutcomeError
from binance_papi_async.outcome import AlreadyClosed, Canceled, Evidence, Triggered
from binance_papi_async.stream.account_events import PRODUCTS
from binance_papi_async.stream.live_order import CANCELS
from binance_papi_async.stream.state import Listing, Orders
from tests.unit.stream.telling import (
    algo,
    algo_row,
    conditional,
    conditional_row,
    report,
    row,
    update,
)

CASES: list[tuple[str, str, list[Any], Any, list[Hashable]]] = [
    # product, symbol, how it was placed and cancelled, the row of that, what names it
    (
        "margin",
        "LTCBTC",
        [
            report(1, "NEW", 100, O=100),
            report(1, "CANCELED", 300, O=100, c="of-the-cancel", C="mine-1"),
        ],
        row("margin", 1, "CANCELED", 300, time=100),
        [("LTCBTC", 1), ("LTCBTC", "mine-1")],
    ),
    (
        "um",
        "BTCUSDT",
        [update(1, "NEW", 100), update(1, "CANCELED", 300)],
        row("um", 1, "CANCELED", 300, time=100),
        [("BTCUSDT", 1), ("BTCUSDT", "mine-1")],
    ),
    (
        "cm",
        "BTCUSD_PERP",
        [
            update(1, "NEW", 100, symbol="BTCUSD_PERP", product="CM"),
            update(1, "CANCELED", 300, symbol="BTCUSD_PERP", product="CM"),
        ],
        row("cm", 1, "CANCELED", 300, time=100),
        [("BTCUSD_PERP", 1), ("BTCUSD_PERP", "mine-1")],
    ),
    (
        "um algo",
        "BTCUSDT",
        [algo(1, "NEW", 100), algo(1, "CANCELED", 300)],
        None,
        [1, "mine-1"],
    ),
    (
        "cm conditional",
        "BTCUSD_PERP",
        [conditional(1, "NEW", 100, T=100), conditional(1, "CANCELED", 300, T=100)],
        None,
        [("BTCUSD_PERP", 1), ("BTCUSD_PERP", "mine-1")],
    ),
]
each_product = pytest.mark.parametrize(
    ("product", "symbol", "events", "row", "keys"), CASES, ids=[case[0] for case in CASES]
)


def live(product: Any, symbol: str, *news: Any) -> Any:
    """An order after that news."""
    orders = Orders()
    for each in news:
        orders.learn(each)
    return orders.get(product, symbol, 1)


@each_product
def test_its_cancel_reads_it(
    product: Any, symbol: str, events: list[Any], row: Any, keys: list[Hashable]
) -> None:
    """What became of it, what names it, when it was placed and when it changed last."""
    cancel = CANCELS[product]
    for order in (live(product, symbol, *events), row and live(product, symbol, row)):
        if order is not None:
            assert cancel.fate(order) == "canceled"
            assert list(cancel.keys_of(order)) == keys
            assert cancel.placed_at_ms(order) == 100
            assert cancel.changed_at_ms(order) == 300
    assert cancel.fate(live(product, symbol, events[0])) == "open"


@each_product
def test_one_that_is_gone_is_neither_open_nor_canceled(
    product: Any, symbol: str, events: list[Any], row: Any, keys: list[Hashable]
) -> None:
    """Nobody has told how it ended, so it settles nothing."""
    orders = Orders()
    orders.learn(events[0])
    orders.learn_list([], Listing(product, None, 5000, 5100))
    assert CANCELS[product].fate(orders.get(product, symbol, 1)) == "unclear"


def test_every_product_that_can_be_cancelled_has_its_cancel() -> None:
    """Conditional orders of UM were retired in April 2026."""
    assert set(PRODUCTS) - set(CANCELS) == {"um conditional"}
    um = live(
        "um conditional", "BTCUSDT", conditional(1, "TRIGGERED", 100, product="UM", s="BTCUSDT")
    )
    assert (um.strategy_status, um.is_open) == ("TRIGGERED", False)


BY_CLIENT_ID: dict[str, CancelRequest[Any, Any]] = {
    "margin": CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="mine-1"),
    "um": CancelUmOrder(symbol="BTCUSDT", orig_client_order_id="mine-1"),
    "cm": CancelCmOrder(symbol="BTCUSD_PERP", orig_client_order_id="mine-1"),
    "um algo": CancelUmAlgoOrder(client_algo_id="mine-1"),
    "cm conditional": CancelCmConditionalOrder(
        symbol="BTCUSD_PERP", new_client_strategy_id="mine-1"
    ),
}


@each_product
def test_it_settles_a_lost_cancel_by_client_id(
    product: Any, symbol: str, events: list[Any], row: Any, keys: list[Hashable]
) -> None:
    """Placed before the DELETE left, changed since: ours."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID[product])
    decision.leaves(0.0)
    decision.failed(UnknownOutcomeError("the reply was lost"))
    order = live(product, symbol, *events)
    outcome = decision.seen(order, Sent(0.2, 0.2), Evidence.QUERY)
    assert isinstance(outcome, Canceled)
    assert outcome.order is order


@each_product
def test_one_that_closed_before_the_cancel_left_is_no_proof_of_a_client_id(
    product: Any, symbol: str, events: list[Any], row: Any, keys: list[Hashable]
) -> None:
    """A later order may bear that id."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID[product])
    decision.leaves(0.0)
    decision.failed(UnknownOutcomeError("the reply was lost"))
    assert decision.seen(live(product, symbol, *events), Sent(9.0, 9.0), Evidence.QUERY) is None


def test_it_says_what_a_trigger_has_placed() -> None:
    """So that the order that lives on can be cancelled."""
    decision: Decision[Any] = Decision(CancelUmAlgoOrder(algo_id=1))
    order = live("um algo", "BTCUSDT", algo(1, "TRIGGERED", 300, ai="881"))
    outcome = decision.seen(order, Sent(0.2, 0.2), Evidence.QUERY)
    assert isinstance(outcome, Triggered)
    assert outcome.placed == CancelUmOrder(symbol="BTCUSDT", order_id=881)
    conditional_decision: Decision[Any] = Decision(
        CancelCmConditionalOrder(symbol="BTCUSD_PERP", strategy_id=1)
    )
    order = live("cm conditional", "BTCUSD_PERP", conditional(1, "TRIGGERED", 300, i=882))
    outcome = conditional_decision.seen(order, Sent(0.2, 0.2), Evidence.QUERY)
    assert isinstance(outcome, Triggered)
    assert outcome.placed == CancelCmOrder(symbol="BTCUSD_PERP", order_id=882)


def test_a_fill_is_no_cancel() -> None:
    """Closed, and not by us."""
    decision: Decision[Any] = Decision(CancelMarginOrder(symbol="LTCBTC", order_id=1))
    order = live("margin", "LTCBTC", report(1, "FILLED", 300, "10"))
    assert isinstance(decision.seen(order, Sent(0.2, 0.2), Evidence.QUERY), AlreadyClosed)


@pytest.mark.parametrize(
    ("product", "incomplete"),
    [
        ("um algo", {"algoId": None, "symbol": "BTCUSDT"}),
        ("cm conditional", {"strategyId": None, "symbol": "BTCUSD_PERP"}),
    ],
)
def test_a_reply_that_does_not_name_a_trigger_is_nothing(product: Any, incomplete: Any) -> None:
    """It may bear the client's id alone."""
    kind: Any = NewUmAlgoOrderReply if product == "um algo" else NewCmConditionalOrderReply
    said = {"clientAlgoId": "mine-1", "newClientStrategyId": "mine-1", **incomplete}
    orders = Orders()
    assert orders.learn(reader(kind)(json.dumps(said).encode())) == "nothing"


def test_rows_of_triggers_are_live_orders() -> None:
    """From a read, with what it says of when."""
    order = live("um algo", "BTCUSDT", algo_row(1, "NEW", 100))
    assert (order.algo_id, order.is_open, order.source, order.update_time) == (
        1,
        True,
        "reply",
        100,
    )
    order = live("cm conditional", "BTCUSD_PERP", conditional_row(1, "NEW", None))
    assert (order.strategy_id, order.is_open, order.update_time) == (1, True, None)
