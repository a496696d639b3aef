from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, to_builtins

from binance_papi_async.endpoints.margin_loans import (
    BorrowMargin,
    MarginForceOrders,
    MarginInterestHistory,
    MarginLoanRecords,
    MarginLoans,
    MarginRepayRecords,
    QueryMaxBorrowable,
    QueryMaxWithdraw,
    RepayMargin,
    RepayMarginDebt,
)
from binance_papi_async.request import ENDPOINTS, Request, Verb

RequestClass = type[Request[Any]]
EXAMPLES: dict[str, Any] = json.decode(
    Path(__file__).with_name("examples").joinpath("account.json").read_bytes()
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


RECORDS = "asset! txId startTime endTime current size archived"
# Verb, path, weight, orders, lane, and the exchange's parameters, ``!`` behind the mandatory ones.
DECLARED: dict[RequestClass, tuple[Verb, str, int, int, str, str]] = {
    BorrowMargin: ("POST", "/papi/v1/marginLoan", 100, 0, "read", "asset! amount!"),
    RepayMargin: ("POST", "/papi/v1/repayLoan", 100, 0, "read", "asset! amount!"),
    RepayMarginDebt: (
        *("POST", "/papi/v1/margin/repay-debt", 3000, 0, "read"),
        "asset! amount specifyRepayAssets",
    ),
    MarginLoanRecords: ("GET", "/papi/v1/margin/marginLoan", 10, 0, "read", RECORDS),
    MarginRepayRecords: ("GET", "/papi/v1/margin/repayLoan", 10, 0, "read", RECORDS),
    MarginInterestHistory: (
        *("GET", "/papi/v1/margin/marginInterestHistory", 1, 0, "read"),
        "asset startTime endTime current size archived",
    ),
    MarginForceOrders: (
        *("GET", "/papi/v1/margin/forceOrders", 1, 0, "read"),
        "startTime endTime current size",
    ),
    QueryMaxBorrowable: ("GET", "/papi/v1/margin/maxBorrowable", 5, 0, "read", "asset!"),
    QueryMaxWithdraw: ("GET", "/papi/v1/margin/maxWithdraw", 5, 0, "read", "asset!"),
}
each_class = pytest.mark.parametrize("request_class", DECLARED, ids=lambda each: each.__name__)
each_records = pytest.mark.parametrize("request_class", [MarginLoanRecords, MarginRepayRecords])


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


def test_the_loans_are_part_of_margin() -> None:
    """What ``papi.margin`` gets from here."""
    assert MarginLoans.borrow.request is BorrowMargin
    assert MarginLoans.repay.request is RepayMargin
    assert MarginLoans.repay_debt.request is RepayMarginDebt
    assert MarginLoans.loan_records.request is MarginLoanRecords
    assert MarginLoans.repay_records.request is MarginRepayRecords
    assert MarginLoans.interest_history.request is MarginInterestHistory
    assert MarginLoans.force_orders.request is MarginForceOrders
    assert MarginLoans.max_borrowable.request is QueryMaxBorrowable
    assert MarginLoans.max_withdraw.request is QueryMaxWithdraw


# Rules between parameters.


@each_records
def test_records_are_named_by_number_or_by_time(request_class: RequestClass) -> None:
    """One must be given, zero included; with both, the number wins."""
    for neither in ({}, {"end_time": 1}):
        with pytest.raises(
            ValueError, match=r"^name the records by tx_id or by start_time, one of the two$"
        ):
            request_class(asset="BNB", **neither)
    assert request_class(asset="BNB", tx_id=0).query() == "asset=BNB&txId=0"
    assert request_class(asset="BNB", start_time=0).query() == "startTime=0&asset=BNB"
    both = request_class(asset="BNB", start_time=0, tx_id=0)
    assert both.query() == "startTime=0&asset=BNB&txId=0"


@pytest.mark.parametrize("request_class", [MarginInterestHistory, MarginForceOrders])
def test_a_page_is_what_the_exchange_allows(request_class: RequestClass) -> None:
    """Pages count from 1 and hold up to 100 rows."""
    assert request_class(current=1, size=100).query() == "current=1&size=100"
    with pytest.raises(ValueError, match=r"^current must be at least 1, not 0$"):
        request_class(current=0)
    with pytest.raises(ValueError, match=r"^size must be at least 1, not 0$"):
        request_class(size=0)
    with pytest.raises(ValueError, match=r"^size must be at most 100, not 101$"):
        request_class(size=101)


@pytest.mark.parametrize(
    "request_class",
    [MarginLoanRecords, MarginRepayRecords, MarginInterestHistory, MarginForceOrders],
)
def test_a_time_range_begins_before_it_ends(request_class: RequestClass) -> None:
    """Or when it ends, both ends included."""
    asset = {} if request_class is MarginForceOrders else {"asset": "BNB"}
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        request_class(**asset, start_time=2, end_time=1)
    assert "startTime=1&endTime=1" in request_class(**asset, start_time=1, end_time=1).query()


def test_what_to_repay_with_is_a_list_of_assets() -> None:
    """Comma between, percent-encoded."""
    debt = RepayMarginDebt(asset="BNB", amount=Decimal("0.10"), specify_repay_assets="USDT,BTC")
    assert debt.query() == "asset=BNB&amount=0.10&specifyRepayAssets=USDT%2CBTC"
    assert RepayMarginDebt(asset="BNB").query() == "asset=BNB"


def test_the_archive_is_asked_for_in_words() -> None:
    """``true`` and ``false``."""
    assert MarginInterestHistory(archived=True).query() == "archived=true"
    assert MarginInterestHistory(archived=False).query() == "archived=false"


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


def test_interest_may_not_say_what_was_borrowed() -> None:
    """Then ``raw_asset`` is None."""
    example = EXAMPLES["MarginInterestHistory"]
    (row,) = example["rows"]
    rest = {name: value for name, value in row.items() if name != "rawAsset"}
    reply = _read(MarginInterestHistory, {**example, "rows": [rest]})
    assert reply.rows[0].raw_asset is None
    assert (reply.total, reply.rows[0].tx_id) == (1, 1352286576452864800)


def test_no_limit_is_none() -> None:
    """As is anything else that may be missing."""
    assert _read(QueryMaxBorrowable, {"amount": "1"}).borrow_limit is None
    assert (
        _read(RepayMarginDebt, {"amount": "1", "asset": "BNB", "success": True}).update_time is None
    )


@pytest.mark.parametrize(
    ("request_class", "name"),
    [
        (MarginLoanRecords, "status"),
        (MarginRepayRecords, "status"),
        (MarginInterestHistory, "type"),
        (MarginForceOrders, "side"),
        (MarginForceOrders, "timeInForce"),
    ],
)
def test_a_new_word_does_no_harm(request_class: RequestClass, name: str) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    example = EXAMPLES[request_class.__name__]
    rows = [{**row, name: "TOMORROW"} for row in example["rows"]]
    reply = _read(request_class, {**example, "rows": rows})
    assert json.decode(json.encode(reply))["rows"][0][name] == "TOMORROW"
