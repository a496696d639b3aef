"""What a live exchange answers, typed by hand; nothing here imports the package.

Shapes after the pages of autumn 2026 and after live replies people have shown, ids and prices made up.
Where live replies say more than the pages, so do these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

CANCELS: Final[dict[str, bytes]] = {
    "margin order": b"""{"symbol": "ADAUSDT", "orderId": 7001, "origClientOrderId": "ours-1",
        "clientOrderId": "cxl-9", "price": "0.4100", "origQty": "250.0", "executedQty": "12.5",
        "cummulativeQuoteQty": "5.1250", "status": "CANCELED", "timeInForce": "GTC", "type": "LIMIT",
        "side": "BUY", "selfTradePreventionMode": "EXPIRE_MAKER"}""",
    "margin list": b"""{"orderListId": 310, "contingencyType": "OCO", "listStatusType": "ALL_DONE",
        "listOrderStatus": "ALL_DONE", "listClientOrderId": "ours-1", "transactionTime": 1726000000123,
        "symbol": "ADAUSDT",
        "orders": [{"symbol": "ADAUSDT", "orderId": 7001, "clientOrderId": "leg-a"},
                   {"symbol": "ADAUSDT", "orderId": 7002, "clientOrderId": "leg-b"}],
        "orderReports": [
            {"symbol": "ADAUSDT", "origClientOrderId": "leg-a", "orderId": 7001, "orderListId": 310,
             "clientOrderId": "cxl-9", "price": "0.5", "origQty": "9", "executedQty": "0",
             "cummulativeQuoteQty": "0", "status": "CANCELED", "timeInForce": "GTC",
             "type": "STOP_LOSS_LIMIT", "side": "SELL", "stopPrice": "0.31"},
            {"symbol": "ADAUSDT", "origClientOrderId": "leg-b", "orderId": 7002, "orderListId": 310,
             "clientOrderId": "cxl-9", "price": "0.9", "origQty": "9", "executedQty": "0",
             "cummulativeQuoteQty": "0", "status": "CANCELED", "timeInForce": "GTC",
             "type": "LIMIT_MAKER", "side": "SELL"}]}""",
    "um order": b"""{"orderId": 8389765519993980000, "symbol": "XRPUSDT", "status": "CANCELED",
        "clientOrderId": "ours-1", "price": "0.5512", "avgPrice": "0.00", "origQty": "40",
        "executedQty": "0", "cumQty": "0", "cumQuote": "0", "timeInForce": "GTX", "type": "LIMIT",
        "reduceOnly": true, "side": "SELL", "positionSide": "LONG", "updateTime": 1726000000456,
        "selfTradePreventionMode": "NONE", "goodTillDate": 0, "priceMatch": "NONE"}""",
    "um order of 2024": b"""{"orderId": 8389765519993980000, "symbol": "XRPUSDT",
        "status": "CANCELED", "clientOrderId": "ours-1", "price": "0.5512", "avgPrice": "0.00",
        "origQty": "40", "executedQty": "0", "cumQty": "0", "cumQuote": "0", "timeInForce": "GTC",
        "type": "LIMIT", "reduceOnly": false, "side": "SELL", "positionSide": "BOTH",
        "updateTime": 1709000000456}""",
    "um algo order": b'{"complete": true}',
    "cm order": b"""{"orderId": 555123, "symbol": "LTCUSD_PERP", "pair": "LTCUSD",
        "status": "CANCELED", "clientOrderId": "ours-1", "price": "71.2", "avgPrice": "0.00",
        "origQty": "3", "executedQty": "1", "cumQty": "1", "cumBase": "0.1404", "timeInForce": "GTC",
        "type": "LIMIT", "reduceOnly": false, "side": "BUY", "positionSide": "BOTH",
        "updateTime": 1726000000789}""",
    "cm conditional order": b"""{"newClientStrategyId": "ours-1", "strategyId": 4410,
        "strategyStatus": "CANCELED", "strategyType": "STOP_MARKET", "origQty": "2", "price": "0",
        "reduceOnly": true, "side": "SELL", "positionSide": "BOTH", "stopPrice": "66.1",
        "symbol": "LTCUSD_PERP", "timeInForce": "GTC", "bookTime": 1726000000001,
        "updateTime": 1726000000002, "workingType": "MARK_PRICE", "priceProtect": false}""",
}
PLACED: Final[dict[str, bytes]] = {
    "margin order": b"""{"symbol": "ADAUSDT", "orderId": 7003, "clientOrderId": "new-1",
        "transactTime": 1726000001000, "price": "0.4", "origQty": "30", "executedQty": "30",
        "cummulativeQuoteQty": "12", "status": "FILLED", "timeInForce": "GTC", "type": "LIMIT",
        "side": "BUY", "marginBuyBorrowAmount": "12", "marginBuyBorrowAsset": "USDT",
        "fills": [{"price": "0.4", "qty": "30", "commission": "0.03", "commissionAsset": "ADA"}]}""",
    "margin list": b"""{"orderListId": 311, "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED", "listOrderStatus": "EXECUTING",
        "listClientOrderId": "new-1", "transactionTime": 1726000001001, "symbol": "ADAUSDT",
        "orders": [{"symbol": "ADAUSDT", "orderId": 7004, "clientOrderId": "leg-c"}],
        "orderReports": [{"symbol": "ADAUSDT", "orderId": 7004, "orderListId": 311,
            "clientOrderId": "leg-c", "transactTime": 1726000001001, "price": "0", "origQty": "5",
            "executedQty": "0", "cummulativeQuoteQty": "0", "status": "NEW", "timeInForce": "GTC",
            "type": "STOP_LOSS", "side": "SELL", "stopPrice": "0.3"}]}""",
    "um order": b"""{"orderId": 8389765519993980001, "symbol": "XRPUSDT", "status": "NEW",
        "clientOrderId": "new-1", "price": "0.55", "avgPrice": "0.00", "origQty": "40",
        "executedQty": "0", "cumQty": "0", "cumQuote": "0", "timeInForce": "GTC", "type": "LIMIT",
        "reduceOnly": false, "side": "BUY", "positionSide": "BOTH", "updateTime": 1726000001002,
        "selfTradePreventionMode": "NONE", "goodTillDate": 0, "priceMatch": "NONE"}""",
    "um change": b"""{"orderId": 8389765519993980001, "symbol": "XRPUSDT", "status": "NEW",
        "clientOrderId": "new-1", "modifyId": 5, "price": "0.56", "origQty": "41",
        "executedQty": "0", "cumQty": "0", "timeInForce": "GTC", "type": "LIMIT",
        "reduceOnly": false, "side": "BUY", "positionSide": "BOTH", "origType": "LIMIT",
        "selfTradePreventionMode": "NONE", "goodTillDate": 0, "updateTime": 1726000001003,
        "priceMatch": "NONE"}""",
    "um algo order": b"""{"algoId": 90210, "clientAlgoId": "new-1", "algoType": "CONDITIONAL",
        "orderType": "STOP_MARKET", "symbol": "XRPUSDT", "side": "SELL", "positionSide": "BOTH",
        "timeInForce": "GTC", "quantity": "40", "algoStatus": "NEW", "triggerPrice": "0.41",
        "price": "0", "selfTradePreventionMode": "NONE", "workingType": "MARK_PRICE",
        "priceMatch": "NONE", "closePosition": false, "priceProtect": false, "reduceOnly": true,
        "activatePrice": "", "callbackRate": "", "createTime": 1726000001004,
        "updateTime": 1726000001004, "triggerTime": 0, "goodTillDate": 0}""",
    "cm order": b"""{"orderId": 555124, "symbol": "LTCUSD_PERP", "pair": "LTCUSD", "status": "NEW",
        "clientOrderId": "new-1", "price": "70", "origQty": "3", "executedQty": "0",
        "cumQty": "0", "timeInForce": "GTC", "type": "LIMIT", "reduceOnly": false, "side": "BUY",
        "positionSide": "BOTH", "updateTime": 1726000001005}""",
    "cm change": b"""{"orderId": 555124, "symbol": "LTCUSD_PERP", "pair": "LTCUSD",
        "status": "NEW", "clientOrderId": "new-1", "modifyId": 6, "price": "69", "origQty": "3",
        "executedQty": "0", "cumQty": "0", "timeInForce": "GTC", "type": "LIMIT",
        "reduceOnly": false, "side": "BUY", "positionSide": "BOTH", "origType": "LIMIT",
        "updateTime": 1726000001006}""",
    "cm conditional order": b"""{"newClientStrategyId": "new-1", "strategyId": 4411,
        "strategyStatus": "NEW", "strategyType": "STOP_MARKET", "origQty": "2", "price": "0",
        "reduceOnly": true, "side": "SELL", "positionSide": "BOTH", "stopPrice": "66.1",
        "symbol": "LTCUSD_PERP", "pair": "LTCUSD", "timeInForce": "GTC",
        "bookTime": 1726000001007, "updateTime": 1726000001007, "workingType": "MARK_PRICE",
        "priceProtect": false}""",
}
READS: Final[dict[str, bytes]] = {
    "margin order": b"""{"symbol": "ADAUSDT", "orderId": 7001, "clientOrderId": "ours-1",
        "price": "0.41", "origQty": "250", "executedQty": "12.5", "cummulativeQuoteQty": "5.1",
        "status": "NEW", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY", "stopPrice": "0",
        "icebergQty": "0", "time": 1726000000000, "updateTime": 1726000000001, "isWorking": true,
        "accountId": 42, "selfTradePreventionMode": "EXPIRE_MAKER", "preventedMatchId": null,
        "preventedQuantity": null}""",
    "margin list": b"""{"orderListId": 310, "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED", "listOrderStatus": "EXECUTING",
        "listClientOrderId": "ours-1", "transactionTime": 1726000000003, "symbol": "ADAUSDT",
        "orders": [{"symbol": "ADAUSDT", "orderId": 7001, "clientOrderId": "leg-a"}]}""",
    "um order": b"""{"orderId": 8389765519993980000, "symbol": "XRPUSDT", "status": "NEW",
        "clientOrderId": "ours-1", "price": "0.5512", "avgPrice": "0", "origQty": "40",
        "executedQty": "0", "cumQuote": "0", "timeInForce": "GTC", "type": "LIMIT",
        "origType": "LIMIT", "reduceOnly": false, "side": "SELL", "positionSide": "BOTH",
        "time": 1709000000000, "updateTime": 1709000000001}""",
    "um algo order": b"""{"algoId": 90209, "clientAlgoId": "ours-1", "algoType": "CONDITIONAL",
        "orderType": "STOP", "symbol": "XRPUSDT", "side": "SELL", "algoStatus": "NEW",
        "positionSide": "BOTH", "quantity": "40", "actualOrderId": "", "actualPrice": "0",
        "triggerPrice": "0.41", "price": "0.4", "createTime": 1726000000004,
        "updateTime": 1726000000004, "triggerTime": 0}""",
    "cm order": b"""{"orderId": 555123, "symbol": "LTCUSD_PERP", "pair": "LTCUSD",
        "status": "NEW", "clientOrderId": "ours-1", "price": "71.2", "avgPrice": "0",
        "origQty": "3", "executedQty": "1", "cumBase": "0.14", "timeInForce": "GTC",
        "type": "LIMIT", "origType": "LIMIT", "reduceOnly": false, "side": "BUY",
        "positionSide": "BOTH", "time": 1726000000005, "updateTime": 1726000000006}""",
    "cm conditional order": b"""{"newClientStrategyId": "ours-1", "strategyId": 4410,
        "strategyStatus": "NEW", "strategyType": "STOP_MARKET", "origQty": "2", "price": "0",
        "reduceOnly": true, "side": "SELL", "positionSide": "BOTH", "stopPrice": "66.1",
        "symbol": "LTCUSD_PERP", "timeInForce": "GTC", "bookTime": 1726000000007,
        "updateTime": 1726000000008}""",
}
OTHERS: Final[dict[str, bytes]] = {
    "margin trade": b"""{"id": 91, "symbol": "ADAUSDT", "orderId": 7001, "price": "0.4",
        "qty": "5", "quoteQty": "2.0", "commission": "0.002", "commissionAsset": "BNB",
        "time": 1726000000009, "isBuyer": true, "isMaker": true, "isBestMatch": true}""",
    "um trade": b"""{"id": 92, "symbol": "XRPUSDT", "orderId": 8389765519993980000, "side": "SELL",
        "price": "0.55", "qty": "40", "realizedPnl": "0.1", "marginAsset": "USDT",
        "quoteQty": "22", "commission": "0.004", "commissionAsset": "USDT",
        "time": 1726000000010, "positionSide": "BOTH", "buyer": false, "maker": true}""",
    "um position": b"""{"symbol": "XRPUSDT", "positionAmt": "-40", "entryPrice": "0.55",
        "breakEvenPrice": "0.5489", "markPrice": "0.56", "unRealizedProfit": "-0.4",
        "liquidationPrice": "3.1", "leverage": "0", "maxNotionalValue": "50000",
        "positionSide": "BOTH", "notional": "-22.4", "updateTime": 1726000000011}""",
    "cm position": b"""{"symbol": "LTCUSD_PERP", "positionAmt": "1", "entryPrice": "71.2",
        "breakEvenPrice": "71.3", "markPrice": "70", "unRealizedProfit": "-0.002",
        "liquidationPrice": "10", "leverage": "20", "maxQty": "1000", "positionSide": "BOTH",
        "notionalValue": "0.14", "updateTime": 1726000000012}""",
    "um income": b"""{"symbol": "XRPUSDT", "incomeType": "COMMISSION", "income": "-0.004",
        "asset": "USDT", "time": 1726000000013, "info": "", "tranId": 9689322392000000001,
        "tradeId": "92"}""",
    "balance": b"""{"asset": "USDT", "totalWalletBalance": "100", "crossMarginAsset": "60",
        "crossMarginBorrowed": "0", "crossMarginFree": "60", "crossMarginInterest": "0",
        "crossMarginLocked": "0", "umWalletBalance": "40", "umUnrealizedPNL": "-0.4",
        "cmWalletBalance": "0", "cmUnrealizedPNL": "", "updateTime": 0, "negativeBalance": "0"}""",
}

Names = dict[str, str]
DECIDING: Final[Names] = {
    "orderId": "id",
    "orderListId": "id",
    "algoId": "id",
    "strategyId": "id",
    "origClientOrderId": "client id",
    "clientOrderId": "client id",
    "listClientOrderId": "client id",
    "clientAlgoId": "client id",
    "newClientStrategyId": "client id",
    "symbol": "symbol",
    "status": "status",
    "listOrderStatus": "status",
    "algoStatus": "status",
    "strategyStatus": "status",
    "complete": "status",
}
"""Which fields name an order or say its state."""


class Damage(NamedTuple):
    """A reply with one field spoiled."""

    name: str
    """The field."""
    how: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.name} {self.how}"


def damages(body: bytes) -> Iterator[Damage]:
    """Each field dropped, null, blank, retyped, and replaced by what makes no sense."""
    whole: dict[str, Any] = json.loads(body)
    for name, value in whole.items():
        rest = {each: said for each, said in whole.items() if each != name}
        yield Damage(name, "dropped", json.dumps(rest).encode())
        for how, said in _spoiled(value):
            yield Damage(name, how, json.dumps({**whole, name: said}).encode())


def _spoiled(value: object) -> Iterator[tuple[str, object]]:
    yield "null", None
    yield "blank", ""
    yield "nonsense", {"no": ["sense"]}
    if isinstance(value, int):
        yield "in quotes", json.dumps(value)
    elif isinstance(value, str):
        yield "a bare number", _number(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 17
