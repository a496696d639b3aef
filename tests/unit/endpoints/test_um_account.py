from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec import json

from binance_papi_async.endpoints.um_account import (
    QueryUmAccount,
    QueryUmAccountV2,
    QueryUmLeverageBrackets,
    QueryUmTradingStatus,
    SetUmFeeBurn,
    SetUmLeverage,
    SetUmPositionMode,
)
from binance_papi_async.endpoints.um_history import (
    QueryUmIncomeDownloadLink,
    QueryUmOrderDownloadLink,
    QueryUmTradeDownloadLink,
    UmIncomeHistory,
)
from tests.unit.endpoints.documented import RequestClass

DOWNLOAD_LINKS = [QueryUmIncomeDownloadLink, QueryUmOrderDownloadLink, QueryUmTradeDownloadLink]


def test_modes_are_written_as_words() -> None:
    """``true`` and ``false``."""
    assert SetUmPositionMode(dual_side_position=True).query() == "dualSidePosition=true"
    assert SetUmFeeBurn(fee_burn=False).query() == "feeBurn=false"


def test_leverage_begins_at_one() -> None:
    """Where it ends, only the symbol's brackets know."""
    assert SetUmLeverage(symbol="BTCUSDT", leverage=125).query().endswith("leverage=125")
    assert SetUmLeverage(symbol="BTCUSDT", leverage=1).leverage == 1
    with pytest.raises(ValueError, match=r"^leverage must be at least 1, not 0$"):
        SetUmLeverage(symbol="BTCUSDT", leverage=0)


@pytest.mark.parametrize("request_class", DOWNLOAD_LINKS)
def test_a_file_is_named_by_the_id_it_was_given(request_class: RequestClass) -> None:
    """An empty one names nothing."""
    assert request_class(download_id="5469753892").query() == "downloadId=5469753892"
    with pytest.raises(ValueError, match=r"^download_id must not be empty$"):
        request_class(download_id="")


# Replies. The documented examples are read in test_replies.py.


@pytest.mark.parametrize("request_class", DOWNLOAD_LINKS)
@pytest.mark.parametrize("is_expired", [None, "None", True, False])
def test_a_file_that_is_ready_says_where(request_class: RequestClass, is_expired: object) -> None:
    """Missing values come as null or as the text ``None``."""
    ready = {
        "downloadId": "545923594199212032",
        "status": "completed",
        "url": "www.binance.com",
        "s3Link": None,
        "notified": True,
        "expirationTimestamp": 1645009771000,
        "isExpired": is_expired,
    }
    link = request_class.endpoint.decode(json.encode(ready))
    assert (link.status, link.url) == ("completed", "www.binance.com")
    assert (link.s3_link, link.is_expired) == (None, is_expired)
    assert link.expiration_timestamp == 1645009771000


@pytest.mark.parametrize("tran_id", [9689322392, "9689322392", None])
def test_a_booking_is_named_by_text_or_number(tran_id: object) -> None:
    """Older pages show a number."""
    row = {
        "incomeType": "TRANSFER",
        "income": "-0.37500000",
        "asset": "USDT",
        "time": 1570608000000,
        "tranId": tran_id,
    }
    (income,) = UmIncomeHistory.endpoint.decode(json.encode([row]))
    assert (income.tran_id, income.income) == (tran_id, Decimal("-0.375"))
    assert (income.symbol, income.info, income.trade_id) == (None, None, None)


def test_numbers_that_are_not_quoted_are_exact() -> None:
    """What is written as 0.0065 is 0.0065, not the nearest fraction of two."""
    bracket = (
        b'{"bracket":1,"initialLeverage":75,"notionalCap":10000,"notionalFloor":0,'
        b'"maintMarginRatio":0.0065,"cum":16.5}'
    )
    body = b'[{"symbol":"ETHUSDT","brackets":[' + bracket + b"]}]"
    (symbol,) = QueryUmLeverageBrackets.endpoint.decode(body)
    (read,) = symbol.brackets
    assert (read.maint_margin_ratio, read.cum) == (Decimal("0.0065"), Decimal("16.5"))
    assert symbol.notional_coef is None


def test_rules_are_found_by_symbol_and_for_the_account() -> None:
    """Any symbol is a key, and so is ``ACCOUNT``."""
    rule = {"indicator": "DR", "value": 0.99, "triggerValue": 1}
    body = json.encode({"indicators": {"ETHUSDT": [rule, rule], "ACCOUNT": []}})
    status = QueryUmTradingStatus.endpoint.decode(body)
    assert [each.value for each in status.indicators["ETHUSDT"]] == [Decimal("0.99")] * 2
    assert (status.indicators["ACCOUNT"], status.update_time) == ([], None)


@pytest.mark.parametrize("request_class", [QueryUmAccount, QueryUmAccountV2])
def test_an_account_needs_only_names_and_amounts(request_class: RequestClass) -> None:
    """The rest is None when the exchange leaves it out."""
    body = json.encode(
        {
            "assets": [{"asset": "USDT", "crossWalletBalance": "23.7"}],
            "positions": [{"symbol": "BTCUSDT", "positionSide": "LONG", "positionAmt": "-1"}],
        }
    )
    account = request_class.endpoint.decode(body)
    assert (account.assets[0].cross_wallet_balance, account.assets[0].cross_un_pnl) == (
        Decimal("23.7"),
        None,
    )
    assert (account.positions[0].position_amt, account.positions[0].update_time) == (-1, None)


@pytest.mark.parametrize("body", [b'{"leverage":21,"symbol":"X","maxNotionalValue":"INF"}'])
def test_a_position_may_be_unbounded(body: bytes) -> None:
    """The exchange has written INF."""
    assert SetUmLeverage.endpoint.decode(body).max_notional_value == Decimal("Infinity")
