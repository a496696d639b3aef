"""A reply holds what its page promises, or it is none; what need not be there is None then."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import ValidationError, to_builtins

from tests.unit.endpoints.documented import EXAMPLES, REQUESTS, RequestClass, read, without

MARGIN_ORDER = """icebergQty isWorking stopPrice time updateTime accountId selfTradePreventionMode
preventedMatchId preventedQuantity"""
ALGO_ORDER = """positionSide timeInForce quantity triggerPrice price selfTradePreventionMode
workingType priceMatch priceProtect reduceOnly triggerTime goodTillDate closePosition"""
PLACED_ALGO_ORDER = f"{ALGO_ORDER} actualOrderId actualPrice"
CONDITIONAL_ORDER = "activatePrice priceRate"
FILE = "url s3Link notified expirationTimestamp isExpired"
POSITION = "entryPrice markPrice unRealizedProfit liquidationPrice leverage updateTime"
BOOKING = "info tranId tradeId"

# Of each example, or of its first row: which fields a server may leave out. All others are promised.
OPTIONAL: dict[str, str] = {
    "NewMarginOrder": """price origQty executedQty cummulativeQuoteQty status timeInForce type side
        marginBuyBorrowAmount marginBuyBorrowAsset fills""",
    "CancelAllMarginOrders": "orderListId",
    "QueryMarginOrder": MARGIN_ORDER,
    "OpenMarginOrders": MARGIN_ORDER,
    "AllMarginOrders": MARGIN_ORDER,
    "MarginTrades": "isBestMatch",
    "NewMarginOco": "marginBuyBorrowAmount marginBuyBorrowAsset orderReports",
    "CancelMarginOrderList": "orderReports",
    "RepayMarginDebt": "specifyRepayAssets updateTime",
    "QueryMaxBorrowable": "borrowLimit",
    "ModifyUmOrder": "modifyId",
    "CancelAllUmOrders": "msg",
    "NewUmAlgoOrder": f"{ALGO_ORDER} activatePrice callbackRate",
    "CancelAllUmAlgoOrders": "msg",
    "QueryUmAlgoOrder": PLACED_ALGO_ORDER,
    "OpenUmAlgoOrders": ALGO_ORDER,
    "AllUmAlgoOrders": PLACED_ALGO_ORDER,
    "QueryUmAccountConfig": """feeTier canDeposit canWithdraw dualSidePosition updateTime
        multiAssetsMargin tradeGroupId""",
    "QueryUmSymbolConfig": "marginType isAutoAddMargin leverage maxNotionalValue",
    "QueryUmPositionRisk": f"{POSITION} maxNotionalValue notional",
    "SetUmPositionMode": "msg",
    "SetUmLeverage": "maxNotionalValue",
    "QueryUmLeverageBrackets": "notionalCoef",
    "QueryUmTradingStatus": "updateTime",
    "SetUmFeeBurn": "msg",
    "SignUmTradfiContract": "msg",
    "UmIncomeHistory": f"{BOOKING} symbol",
    "QueryUmIncomeDownloadId": "avgCostTimestampOfLast30d",
    "QueryUmOrderDownloadId": "avgCostTimestampOfLast30d",
    "QueryUmTradeDownloadId": "avgCostTimestampOfLast30d",
    "QueryUmIncomeDownloadLink": FILE,
    "QueryUmOrderDownloadLink": FILE,
    "QueryUmTradeDownloadLink": FILE,
    "ModifyCmOrder": "modifyId",
    "CancelAllCmOrders": "msg",
    "NewCmConditionalOrder": f"{CONDITIONAL_ORDER} pair workingType priceProtect",
    "CancelCmConditionalOrder": f"{CONDITIONAL_ORDER} workingType priceProtect",
    "CancelAllCmConditionalOrders": "msg",
    "QueryCmConditionalOrder": f"""{CONDITIONAL_ORDER} orderId status triggerTime type workingType
        priceProtect priceMatch""",
    "QueryOpenCmConditionalOrder": CONDITIONAL_ORDER,
    "OpenCmConditionalOrders": CONDITIONAL_ORDER,
    "AllCmConditionalOrders": f"{CONDITIONAL_ORDER} orderId status triggerTime type",
    "QueryCmPositionRisk": f"{POSITION} maxQty notionalValue",
    "CmIncomeHistory": BOOKING,
    "SetCmLeverage": "maxQty",
    "SetCmPositionMode": "msg",
    "QueryAccount": "virtualMaxWithdrawAmount totalAvailableBalance totalMarginOpenLoss",
    "QueryBalances": "crossMarginAsset umUnrealizedPNL cmUnrealizedPNL negativeBalance",
}


def _row(request_class: RequestClass) -> dict[str, Any]:
    """The example, or its first row."""
    example = EXAMPLES[request_class]
    first: dict[str, Any] = example[0] if isinstance(example, list) else example
    return first


def _read_row(request_class: RequestClass, row: dict[str, Any]) -> Any:
    """What is read of an answer like the example, but with this row in it."""
    is_list = isinstance(EXAMPLES[request_class], list)
    reply = read(request_class, [row] if is_list else row)
    return reply[0] if isinstance(reply, list) else reply


def _optional(request_class: RequestClass) -> list[str]:
    return OPTIONAL.get(request_class.__name__, "").split()


def _promised(request_class: RequestClass) -> list[str]:
    return list(without(_row(request_class), *_optional(request_class)))


@pytest.mark.parametrize("request_class", EXAMPLES)
def test_what_is_promised_is_enough(request_class: RequestClass) -> None:
    """With the promised fields alone a reply is read; the others are None, or empty if lists."""
    row = _row(request_class)
    written = to_builtins(_read_row(request_class, without(row, *_optional(request_class))))
    assert set(row) <= set(written)
    said = {name for name, value in written.items() if value not in (None, [])}
    assert said == set(_promised(request_class))


@pytest.mark.parametrize(
    ("request_class", "name"), [(each, name) for each in EXAMPLES for name in _optional(each)]
)
def test_what_may_be_missing_is_none_then(request_class: RequestClass, name: str) -> None:
    """Each by itself; a list is empty then."""
    row = _row(request_class)
    written = to_builtins(_read_row(request_class, without(row, name)))
    assert written[name] == ([] if isinstance(row[name], list) else None)


@pytest.mark.parametrize(
    ("request_class", "name"), [(each, name) for each in EXAMPLES for name in _promised(each)]
)
def test_a_reply_without_a_promised_field_is_not_read(
    request_class: RequestClass, name: str
) -> None:
    """What the page promises must be there, or the reply is none."""
    with pytest.raises(ValidationError, match=f"missing required field `{name}`"):
        _read_row(request_class, without(_row(request_class), name))


@pytest.mark.parametrize("name", OPTIONAL)
def test_only_documented_fields_are_optional(name: str) -> None:
    """Every row of the table is of a request, and of fields in its example."""
    assert set(OPTIONAL[name].split()) <= set(_row(REQUESTS[name]))
