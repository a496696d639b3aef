"""Rules that many requests share, and what a caller is told who breaks one."""

from __future__ import annotations

from typing import Any

import pytest

from binance_papi_async import (
    AllCmConditionalOrders,
    AllCmOrders,
    AllMarginOrderLists,
    AllMarginOrders,
    AllUmAlgoOrders,
    AllUmOrders,
    CancelCmConditionalOrder,
    CancelCmOrder,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelUmAlgoOrder,
    CancelUmOrder,
    CmForceOrders,
    CmIncomeHistory,
    CmOrderAmendments,
    CmTrades,
    MarginForceOrders,
    MarginInterestHistory,
    MarginLoanRecords,
    MarginRepayRecords,
    MarginTrades,
    ModifyCmOrder,
    ModifyUmOrder,
    NegativeBalanceInterestHistory,
    NewMarginOco,
    NewMarginOrder,
    NewUmOrder,
    OpenUmOrders,
    QueryCmConditionalOrder,
    QueryCmOrder,
    QueryMarginOrder,
    QueryMarginOrderList,
    QueryOpenCmConditionalOrder,
    QueryOpenCmOrder,
    QueryOpenUmOrder,
    QueryUmAlgoOrder,
    QueryUmOrder,
    UmForceOrders,
    UmIncomeHistory,
    UmOrderAmendments,
    UmTrades,
)
from tests.unit.endpoints.documented import REQUESTS, RequestClass, without

SYMBOL = {"symbol": "LTCBTC"}
CHANGE = {**SYMBOL, "side": "BUY", "quantity": 1, "price": 1}
CHANGED = {**SYMBOL, "order_id": 1}
RECORDS = {"asset": "BNB", "tx_id": 1}

# What is named by one of two ids: what else its request needs, what it is called, and the ids.
ORDER = ("order", "order_id", "orig_client_order_id")
ALGO_ORDER = ("algo order", "algo_id", "client_algo_id")
CONDITIONAL_ORDER = ("conditional order", "strategy_id", "new_client_strategy_id")
NAMED: list[tuple[RequestClass, dict[str, Any], tuple[str, str, str]]] = [
    (CancelMarginOrder, SYMBOL, ORDER),
    (QueryMarginOrder, SYMBOL, ORDER),
    (CancelMarginOrderList, SYMBOL, ("list", "order_list_id", "list_client_order_id")),
    (QueryMarginOrderList, {}, ("list", "order_list_id", "orig_client_order_id")),
    (ModifyUmOrder, CHANGE, ORDER),
    (CancelUmOrder, SYMBOL, ORDER),
    (QueryUmOrder, SYMBOL, ORDER),
    (QueryOpenUmOrder, SYMBOL, ORDER),
    (UmOrderAmendments, SYMBOL, ORDER),
    (CancelUmAlgoOrder, {}, ALGO_ORDER),
    (QueryUmAlgoOrder, {}, ALGO_ORDER),
    (ModifyCmOrder, CHANGE, ORDER),
    (CancelCmOrder, SYMBOL, ORDER),
    (QueryCmOrder, SYMBOL, ORDER),
    (QueryOpenCmOrder, SYMBOL, ORDER),
    (CmOrderAmendments, SYMBOL, ORDER),
    (CancelCmConditionalOrder, SYMBOL, CONDITIONAL_ORDER),
    (QueryCmConditionalOrder, SYMBOL, CONDITIONAL_ORDER),
    (QueryOpenCmConditionalOrder, SYMBOL, CONDITIONAL_ORDER),
]

# What a request for a history needs beside its bounds.
NEEDED: dict[RequestClass, dict[str, Any]] = {
    **dict.fromkeys([AllMarginOrders, AllUmOrders, AllUmAlgoOrders, AllCmOrders], SYMBOL),
    **dict.fromkeys([MarginTrades, UmTrades, CmTrades], SYMBOL),
    **dict.fromkeys([UmOrderAmendments, CmOrderAmendments], CHANGED),
    **dict.fromkeys([MarginLoanRecords, MarginRepayRecords], RECORDS),
}
# How many rows a history has at the most, and what the parameter is called.
MOST: dict[RequestClass, tuple[str, int]] = {
    AllMarginOrders: ("limit", 500),
    MarginTrades: ("limit", 1000),
    AllMarginOrderLists: ("limit", 500),
    MarginLoanRecords: ("size", 100),
    MarginRepayRecords: ("size", 100),
    MarginInterestHistory: ("size", 100),
    MarginForceOrders: ("size", 100),
    AllUmOrders: ("limit", 1000),
    UmOrderAmendments: ("limit", 1000),
    UmForceOrders: ("limit", 100),
    UmTrades: ("limit", 1000),
    AllUmAlgoOrders: ("limit", 1000),
    UmIncomeHistory: ("limit", 1000),
    AllCmOrders: ("limit", 100),
    CmOrderAmendments: ("limit", 100),
    CmForceOrders: ("limit", 100),
    CmTrades: ("limit", 1000),
    AllCmConditionalOrders: ("limit", 1000),
    CmIncomeHistory: ("limit", 1000),
    NegativeBalanceInterestHistory: ("size", 100),
}


def _takes(request_class: RequestClass, *names: str) -> bool:
    return any(each.name in names for each in request_class.endpoint.parameters)


each_named = pytest.mark.parametrize(("request_class", "rest", "ids"), NAMED)
each_history = pytest.mark.parametrize(
    "request_class", [each for each in REQUESTS.values() if _takes(each, "start_time")]
)
each_length = pytest.mark.parametrize(
    ("request_class", "name", "most"), [(each, *bound) for each, bound in MOST.items()]
)


@each_named
def test_neither_id_names_nothing(
    request_class: RequestClass, rest: dict[str, Any], ids: tuple[str, str, str]
) -> None:
    """Left out or None, the caller is told both ways to name it."""
    what, theirs, mine = ids
    for neither in ({}, {theirs: None, mine: None}):
        with pytest.raises(
            ValueError, match=f"^name the {what} by {theirs} or by {mine}, one of the two$"
        ):
            request_class(**rest, **neither)


@each_named
def test_both_ids_are_one_too_many(
    request_class: RequestClass, rest: dict[str, Any], ids: tuple[str, str, str]
) -> None:
    """Zero is an id as any other."""
    what, theirs, mine = ids
    for number in (0, 28):
        with pytest.raises(
            ValueError, match=f"^name the {what} by {theirs} or by {mine}, not both$"
        ):
            request_class(**rest, **{theirs: number, mine: "myOrder1"})


@each_named
def test_either_id_is_enough(
    request_class: RequestClass, rest: dict[str, Any], ids: tuple[str, str, str]
) -> None:
    """The exchange's id, zero included, or the client's."""
    _, theirs, mine = ids
    wire = {each.name: each.wire_name for each in request_class.endpoint.parameters}
    for name, value in ((theirs, 28), (theirs, 0), (mine, "myOrder1")):
        given = {**rest, name: value}
        pairs = request_class(**given).query().split("&")
        assert sorted(pairs) == sorted(f"{wire[each]}={given[each]}" for each in given)


@each_named
def test_an_empty_id_names_nothing(
    request_class: RequestClass, rest: dict[str, Any], ids: tuple[str, str, str]
) -> None:
    """It is refused before it costs weight."""
    *_, mine = ids
    with pytest.raises(ValueError, match=f"^{mine} must not be empty$"):
        request_class(**rest, **{mine: ""})


@pytest.mark.parametrize(
    ("request_class", "rest"),
    [
        *(
            (each, {**without(rest, "symbol"), ids[1]: 1})
            for each, rest, ids in NAMED
            if "symbol" in rest
        ),
        *((each, {}) for each, rest in NEEDED.items() if rest == SYMBOL),
        (NewMarginOrder, {"side": "BUY", "type": "LIMIT"}),
        (NewMarginOco, {"side": "BUY", "quantity": 1, "price": 1, "stop_price": 1}),
        (NewUmOrder, {"side": "BUY", "type": "MARKET", "quantity": 1}),
        (UmTrades, {"from_id": 1}),
        (OpenUmOrders, {}),
    ],
)
def test_parameters_are_checked_beside_the_rules_between_them(
    request_class: RequestClass, rest: dict[str, Any]
) -> None:
    """A rule between parameters does not replace those of each."""
    with pytest.raises(ValueError, match=r"^symbol must not be empty$"):
        request_class(symbol="", **rest)


@each_history
def test_a_time_range_begins_before_it_ends(request_class: RequestClass) -> None:
    """Or when it ends: the same millisecond will do."""
    rest = NEEDED.get(request_class, {})
    query = request_class(**rest, start_time=2, end_time=2).query()
    assert "startTime=2&endTime=2" in query
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        request_class(**rest, start_time=2, end_time=1)


@each_length
def test_a_length_is_what_the_exchange_allows(
    request_class: RequestClass, name: str, most: int
) -> None:
    """From one row to the documented maximum."""
    rest = NEEDED.get(request_class, {})
    for allowed in (1, most):
        assert f"{name}={allowed}" in request_class(**rest, **{name: allowed}).query().split("&")
    with pytest.raises(ValueError, match=f"^{name} must be at least 1, not 0$"):
        request_class(**rest, **{name: 0})
    with pytest.raises(ValueError, match=f"^{name} must be at most {most}, not {most + 1}$"):
        request_class(**rest, **{name: most + 1})


@pytest.mark.parametrize(
    "request_class", [each for each in REQUESTS.values() if _takes(each, "current")]
)
def test_pages_count_from_one(request_class: RequestClass) -> None:
    """There is no page zero."""
    rest = NEEDED.get(request_class, {})
    assert "current=1" in request_class(**rest, current=1).query().split("&")
    with pytest.raises(ValueError, match=r"^current must be at least 1, not 0$"):
        request_class(**rest, current=0)


def test_every_length_is_bounded() -> None:
    """No request that takes one is missing from the table."""
    assert {each for each in REQUESTS.values() if _takes(each, "limit", "size")} == set(MOST)
