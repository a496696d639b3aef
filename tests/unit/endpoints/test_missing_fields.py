"""A reply holds what its page promises, or it is none; what need not be there is None then."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import ValidationError, to_builtins

from tests.unit.endpoints.documented import EXAMPLES, REQUESTS, RequestClass, read, without

FILE = "url s3Link notified expirationTimestamp isExpired"
POSITION = "entryPrice markPrice unRealizedProfit liquidationPrice leverage updateTime"
BOOKING = "info tranId tradeId"

# Replies about orders, by what names the order. Each reply to a change needs one of the ids.
ORDER = "orderId clientOrderId"
CHANGES: dict[str, str] = {
    "NewMarginOrder": ORDER,
    "CancelMarginOrder": "orderId origClientOrderId",
    "CancelAllMarginOrders": "orderId origClientOrderId",
    "NewMarginOco": "orderListId listClientOrderId",
    "CancelMarginOrderList": "orderListId listClientOrderId",
    "NewUmOrder": ORDER,
    "ModifyUmOrder": ORDER,
    "CancelUmOrder": ORDER,
    "NewUmAlgoOrder": "algoId clientAlgoId",
    "NewCmOrder": ORDER,
    "ModifyCmOrder": ORDER,
    "CancelCmOrder": ORDER,
    "NewCmConditionalOrder": "strategyId newClientStrategyId",
    "CancelCmConditionalOrder": "strategyId newClientStrategyId",
}
# A read promises what names the order and says its state.
STATE = "symbol orderId clientOrderId status"
LIST = "symbol orderListId listClientOrderId listOrderStatus"
ALGO = "symbol algoId clientAlgoId algoStatus"
STRATEGY = "symbol strategyId newClientStrategyId strategyStatus"
READS: dict[str, str] = {
    **dict.fromkeys(["QueryMarginOrder", "OpenMarginOrders", "AllMarginOrders"], STATE),
    **dict.fromkeys(["QueryMarginOrderList", "OpenMarginOrderLists", "AllMarginOrderLists"], LIST),
    **dict.fromkeys(["QueryUmOrder", "QueryOpenUmOrder", "OpenUmOrders", "AllUmOrders"], STATE),
    **dict.fromkeys(["QueryCmOrder", "QueryOpenCmOrder", "OpenCmOrders", "AllCmOrders"], STATE),
    **dict.fromkeys(["UmForceOrders", "CmForceOrders"], STATE),
    **dict.fromkeys(["QueryUmAlgoOrder", "OpenUmAlgoOrders", "AllUmAlgoOrders"], ALGO),
    **dict.fromkeys(["QueryCmConditionalOrder", "QueryOpenCmConditionalOrder"], STRATEGY),
    **dict.fromkeys(["OpenCmConditionalOrders", "AllCmConditionalOrders"], STRATEGY),
}
# Of each other example, or of its first row: which fields a server may leave out. All others are promised.
OPTIONAL: dict[str, str] = {
    "MarginTrades": "isBestMatch",
    "UmOrderAmendments": "pair priceMatch",
    "RepayMarginDebt": "specifyRepayAssets updateTime",
    "QueryMaxBorrowable": "borrowLimit",
    "CancelAllUmOrders": "msg",
    "CancelAllUmAlgoOrders": "msg",
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
    "CancelAllCmOrders": "msg",
    "CancelAllCmConditionalOrders": "msg",
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
    """Of a change: all but the first of the two ids."""
    name = request_class.__name__
    if name in CHANGES:
        return list(without(_row(request_class), CHANGES[name].split()[0]))
    if name in READS:
        return list(without(_row(request_class), *READS[name].split()))
    return OPTIONAL.get(name, "").split()


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
    ("request_class", "name"),
    [(each, name) for each in EXAMPLES if each.__name__ not in CHANGES for name in _promised(each)],
)
def test_a_reply_without_a_promised_field_is_not_read(
    request_class: RequestClass, name: str
) -> None:
    """What the page promises must be there, or the reply is none."""
    with pytest.raises(ValidationError, match=f"missing required field `{name}`"):
        _read_row(request_class, without(_row(request_class), name))


@pytest.mark.parametrize(("name", "ids"), CHANGES.items())
def test_a_change_is_named_by_one_id_at_least(name: str, ids: str) -> None:
    """By either; a reply without any is none, however much else it says."""
    request_class = REQUESTS[name]
    row = _row(request_class)
    for missing in ids.split():
        (kept,) = set(ids.split()) - {missing}
        alone = {kept: row[kept]}
        read_row = _read_row(request_class, without(row, missing))
        assert to_builtins(read_row)[missing] is None
        assert to_builtins(_read_row(request_class, alone))[kept] == row[kept]
    with pytest.raises(ValidationError, match=r"^Object has none of "):
        _read_row(request_class, without(row, *ids.split()))


@pytest.mark.parametrize("name", OPTIONAL)
def test_only_documented_fields_are_optional(name: str) -> None:
    """Every row of the table is of a request, and of fields in its example."""
    assert set(OPTIONAL[name].split()) <= set(_row(REQUESTS[name]))
