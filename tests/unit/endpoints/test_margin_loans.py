from __future__ import annotations

from decimal import Decimal

import pytest

from binance_papi_async.endpoints.margin_loans import (
    MarginInterestHistory,
    MarginLoanRecords,
    MarginRepayRecords,
    QueryMaxBorrowable,
    RepayMarginDebt,
)
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read, without

# Rules between parameters.


@pytest.mark.parametrize("request_class", [MarginLoanRecords, MarginRepayRecords])
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


def test_interest_may_not_say_what_was_borrowed() -> None:
    """Then ``raw_asset`` is None."""
    example = EXAMPLES[MarginInterestHistory]
    (row,) = example["rows"]
    reply = read(MarginInterestHistory, {**example, "rows": [without(row, "rawAsset")]})
    assert reply.rows[0].raw_asset is None
    assert (reply.total, reply.rows[0].tx_id) == (1, 1352286576452864800)


def test_no_limit_is_none() -> None:
    """As is anything else that may be missing."""
    assert read(QueryMaxBorrowable, {"amount": "1"}).borrow_limit is None
    assert (
        read(RepayMarginDebt, {"amount": "1", "asset": "BNB", "success": True}).update_time is None
    )
