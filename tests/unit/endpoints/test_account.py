from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec import DecodeError, ValidationError, json, to_builtins

from binance_papi_async.account_enums import AccountStatus, FutureType, TransferSide
from binance_papi_async.endpoints.account import (
    Account,
    CollectAllAssets,
    CollectAsset,
    NegativeBalanceExchangeRecords,
    NegativeBalanceInterestHistory,
    QueryAccount,
    QueryAutoRepayFutures,
    QueryBalances,
    RepayFuturesNegativeBalance,
    SetAutoRepayFutures,
    TransferBnb,
)
from binance_papi_async.request import ENDPOINTS, Request, Verb

RequestClass = type[Request[Any]]
EXAMPLES: dict[str, Any] = json.decode(
    Path(__file__).with_name("examples").joinpath("account.json").read_bytes()
)


def _read(request_class: RequestClass, example: Any) -> Any:
    return request_class.endpoint.decode(json.encode(example))


def _by_value(said: Any) -> Any:
    """What was said: numbers by their value, quoted or not; what is blank or missing left out."""
    if isinstance(said, list):
        return [_by_value(each) for each in said]
    if isinstance(said, dict):
        return {name: _by_value(each) for name, each in said.items() if each not in (None, "")}
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
    QueryAccount: ("GET", "/papi/v1/account", 20, 0, "read", ""),
    QueryBalances: ("GET", "/papi/v1/balance", 20, 0, "read", "asset"),
    CollectAsset: (
        *("POST", "/papi/v1/asset-collection", 30, 0, "read"),
        "asset! amount futureType",
    ),
    CollectAllAssets: ("POST", "/papi/v1/auto-collection", 750, 0, "read", ""),
    TransferBnb: ("POST", "/papi/v1/bnb-transfer", 750, 0, "read", "amount! transferSide!"),
    NegativeBalanceInterestHistory: (
        *("GET", "/papi/v1/portfolio/interest-history", 50, 0, "read"),
        "asset startTime endTime size",
    ),
    NegativeBalanceExchangeRecords: (
        *("GET", "/papi/v1/portfolio/negative-balance-exchange-record", 100, 0, "read"),
        "startTime! endTime!",
    ),
    RepayFuturesNegativeBalance: (
        *("POST", "/papi/v1/repay-futures-negative-balance", 750, 0, "read"),
        "",
    ),
    QueryAutoRepayFutures: ("GET", "/papi/v1/repay-futures-switch", 30, 0, "read", ""),
    SetAutoRepayFutures: (
        *("POST", "/papi/v1/repay-futures-switch", 750, 0, "read"),
        "autoRepay!",
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


def test_the_family_is_account() -> None:
    """``papi.account`` and the requests behind its methods."""
    assert Account.account.request is QueryAccount
    assert Account.balances.request is QueryBalances
    assert Account.collect_asset.request is CollectAsset
    assert Account.collect_all_assets.request is CollectAllAssets
    assert Account.transfer_bnb.request is TransferBnb
    interest = Account.negative_balance_interest_history
    assert interest.request is NegativeBalanceInterestHistory
    exchanges = Account.negative_balance_exchange_records
    assert exchanges.request is NegativeBalanceExchangeRecords
    assert Account.repay_futures_negative_balance.request is RepayFuturesNegativeBalance
    assert Account.auto_repay_futures.request is QueryAutoRepayFutures
    assert Account.set_auto_repay_futures.request is SetAutoRepayFutures


# Rules between parameters.


def test_an_amount_is_collected_from_one_wallet() -> None:
    """Both are given or neither."""
    whole = CollectAsset(asset="USDT", amount=Decimal("1.50"), future_type=FutureType.UM)
    assert whole.query() == "asset=USDT&amount=1.50&futureType=UM"
    assert CollectAsset(asset="USDT").query() == "asset=USDT"
    with pytest.raises(ValueError, match=r"^amount needs future_type beside it$"):
        CollectAsset(asset="USDT", amount=Decimal(0))
    with pytest.raises(ValueError, match=r"^future_type needs amount beside it$"):
        CollectAsset(asset="USDT", future_type=FutureType.CM)


@pytest.mark.parametrize(
    "request_class", [NegativeBalanceInterestHistory, NegativeBalanceExchangeRecords]
)
def test_a_time_range_begins_before_it_ends(request_class: RequestClass) -> None:
    """Or when it ends, both ends included."""
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        request_class(start_time=2, end_time=1)
    assert request_class(start_time=1, end_time=1).query() == "startTime=1&endTime=1"


def test_a_size_is_what_the_exchange_allows() -> None:
    """Up to 100."""
    assert NegativeBalanceInterestHistory(size=100).query() == "size=100"
    with pytest.raises(ValueError, match=r"^size must be at most 100, not 101$"):
        NegativeBalanceInterestHistory(size=101)


def test_transfers_and_switches_are_sent_as_words() -> None:
    """The exchange's."""
    bnb = TransferBnb(amount=Decimal("0.10"), transfer_side=TransferSide.FROM_UM)
    assert bnb.query() == "amount=0.10&transferSide=FROM_UM"
    assert SetAutoRepayFutures(auto_repay=False).query() == "autoRepay=false"


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


def _without_blanks(said: Any) -> Any:
    """What was said, without what was left blank."""
    if isinstance(said, list):
        return [_without_blanks(each) for each in said]
    return {name: each for name, each in said.items() if each != ""}


@pytest.mark.parametrize("request_class", [QueryAccount, QueryBalances])
def test_a_blank_number_is_none(request_class: RequestClass) -> None:
    """The documented examples hold some; without them the reply is the same."""
    example = EXAMPLES[request_class.__name__]
    assert _read(request_class, _without_blanks(example)) == _read(request_class, example)


def test_the_account_is_read_in_full() -> None:
    """The names that camel case would miss, too."""
    reply = _read(QueryAccount, EXAMPLES["QueryAccount"])
    assert (reply.uni_mmr, reply.account_status) == (Decimal("5167.92171923"), AccountStatus.NORMAL)
    assert (reply.total_available_balance, reply.total_margin_open_loss) == (None, None)
    whole = {**EXAMPLES["QueryAccount"], "totalAvailableBalance": "7.50"}
    assert _read(QueryAccount, whole).total_available_balance == Decimal("7.50")


def test_a_balance_comes_alone_or_in_a_list() -> None:
    """Documented both ways; either is a list, and ``crossMarginAsset`` may be missing."""
    (example,) = EXAMPLES["QueryBalances"]
    alone = {name: value for name, value in example.items() if name != "crossMarginAsset"}
    (reply,) = _read(QueryBalances, alone)
    assert (reply.asset, reply.cross_margin_asset) == ("USDT", None)
    assert (reply.um_unrealized_pnl, reply.cm_unrealized_pnl) == (Decimal("23.72469206"), None)
    assert _read(QueryBalances, [alone]) == [reply]
    assert _read(QueryBalances, []) == []


@pytest.mark.parametrize("request_class", [QueryAccount, QueryBalances])
@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"null", b"[1]", b'"x"'])
def test_what_is_no_account_is_not_read(request_class: RequestClass, body: bytes) -> None:
    """Nothing is made up."""
    with pytest.raises(DecodeError):
        request_class.endpoint.decode(body)


def test_a_blank_name_is_not_read() -> None:
    """Only numbers may be blank."""
    (example,) = EXAMPLES["QueryBalances"]
    with pytest.raises(ValidationError, match="missing required field `asset`"):
        _read(QueryBalances, {**example, "asset": ""})


@pytest.mark.parametrize("numbers", [b"1.10264488,5", b'"1.10264488","5"'])
def test_an_exchanged_balance_is_exact(numbers: bytes) -> None:
    """Bare or quoted."""
    balance, threshold = numbers.split(b",")
    details = b'{"asset":"ETH","negativeBalance":%b,"negativeMaxThreshold":%b}'
    rows = b'{"total":1,"rows":[{"startTime":1,"endTime":2,"details":[' + details + b"]}]}"
    reply = NegativeBalanceExchangeRecords.endpoint.decode(rows % (balance, threshold))
    (detail,) = reply.rows[0].details
    assert (detail.negative_balance, detail.negative_max_threshold) == (
        Decimal("1.10264488"),
        Decimal(5),
    )


def test_bare_numbers_of_the_account_are_exact() -> None:
    """Should the exchange ever drop the quotes: more digits than a float has, and zero is no blank."""
    bare = b"5167.92171923456789012345"
    body = json.encode({**EXAMPLES["QueryAccount"], "updateTime": 0})
    reply = QueryAccount.endpoint.decode(body.replace(b'"5167.92171923"', bare))
    assert (reply.uni_mmr, reply.update_time) == (Decimal(bare.decode()), 0)
    body = json.encode(EXAMPLES["QueryBalances"]).replace(b'"122607.35137903"', bare)
    (balance,) = QueryBalances.endpoint.decode(body)
    assert balance.total_wallet_balance == Decimal(bare.decode())


def test_a_new_word_does_no_harm() -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    example = {**EXAMPLES["QueryAccount"], "accountStatus": "TOMORROW"}
    assert _read(QueryAccount, example).account_status == "TOMORROW"
