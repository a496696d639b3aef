from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError, ValidationError, json

from binance_papi_async.endpoints.account import (
    CollectAsset,
    NegativeBalanceExchangeRecords,
    QueryAccount,
    QueryBalances,
    SetAutoRepayFutures,
    TransferBnb,
)
from binance_papi_async.enums import AccountStatus, FutureType, TransferSide
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read, without

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


def test_transfers_and_switches_are_sent_as_words() -> None:
    """The exchange's."""
    bnb = TransferBnb(amount=Decimal("0.10"), transfer_side=TransferSide.FROM_UM)
    assert bnb.query() == "amount=0.10&transferSide=FROM_UM"
    assert SetAutoRepayFutures(auto_repay=False).query() == "autoRepay=false"


# Replies.


def _without_blanks(said: Any) -> Any:
    """What was said, without what was left blank."""
    if isinstance(said, list):
        return [_without_blanks(each) for each in said]
    return {name: each for name, each in said.items() if each != ""}


@pytest.mark.parametrize("request_class", [QueryAccount, QueryBalances])
def test_a_blank_number_is_none(request_class: RequestClass) -> None:
    """The documented examples hold some; without them the reply is the same."""
    example = EXAMPLES[request_class]
    assert read(request_class, _without_blanks(example)) == read(request_class, example)


def test_the_account_is_read_in_full() -> None:
    """The names that camel case would miss, too."""
    reply = read(QueryAccount, EXAMPLES[QueryAccount])
    assert (reply.uni_mmr, reply.account_status) == (Decimal("5167.92171923"), AccountStatus.NORMAL)
    assert (reply.total_available_balance, reply.total_margin_open_loss) == (None, None)
    whole = {**EXAMPLES[QueryAccount], "totalAvailableBalance": "7.50"}
    assert read(QueryAccount, whole).total_available_balance == Decimal("7.50")


def test_a_balance_comes_alone_or_in_a_list() -> None:
    """Documented both ways; either is a list, and ``crossMarginAsset`` may be missing."""
    (example,) = EXAMPLES[QueryBalances]
    alone = without(example, "crossMarginAsset")
    (reply,) = read(QueryBalances, alone)
    assert (reply.asset, reply.cross_margin_asset) == ("USDT", None)
    assert (reply.um_unrealized_pnl, reply.cm_unrealized_pnl) == (Decimal("23.72469206"), None)
    assert read(QueryBalances, [alone]) == [reply]
    assert read(QueryBalances, []) == []


@pytest.mark.parametrize("request_class", [QueryAccount, QueryBalances])
@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"null", b"[1]", b'"x"'])
def test_what_is_no_account_is_not_read(request_class: RequestClass, body: bytes) -> None:
    """Nothing is made up."""
    with pytest.raises(DecodeError):
        request_class.endpoint.decode(body)


def test_a_blank_name_is_not_read() -> None:
    """Only numbers may be blank."""
    (example,) = EXAMPLES[QueryBalances]
    with pytest.raises(ValidationError, match="missing required field `asset`"):
        read(QueryBalances, {**example, "asset": ""})


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
    body = json.encode({**EXAMPLES[QueryAccount], "updateTime": 0})
    reply = QueryAccount.endpoint.decode(body.replace(b'"5167.92171923"', bare))
    assert (reply.uni_mmr, reply.update_time) == (Decimal(bare.decode()), 0)
    body = json.encode(EXAMPLES[QueryBalances]).replace(b'"122607.35137903"', bare)
    (balance,) = QueryBalances.endpoint.decode(body)
    assert balance.total_wallet_balance == Decimal(bare.decode())
