"""Endpoints that change nothing and know nothing: each answers the values of its documented example.

``CANNED`` lists them. Parameters are checked as documented, and the symbol, asset or download id
that was asked for is put in the answer's place for it. Nothing else in an answer means anything.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | float | None"
_DOWNLOAD_ID: Final[Json] = {
    "avgCostTimestampOfLast30d": 7241837,
    "downloadId": "546975389218332672",
}
_DOWNLOAD_LINK: Final[Json] = {
    "downloadId": "545923594199212032",
    "status": "processing",
    "url": "",
    "s3Link": "None",
    "notified": False,
    "expirationTimestamp": -1,
    "isExpired": "None",
}
_FORCE_ORDER: Final[Mapping[str, Json]] = {
    "timeInForce": "IOC",
    "type": "LIMIT",
    "reduceOnly": False,
    "side": "SELL",
    "positionSide": "BOTH",
    "origType": "LIMIT",
    "status": "FILLED",
}
_TRANSFER: Final[Mapping[str, Json]] = {
    "symbol": "",
    "incomeType": "TRANSFER",
    "income": "-0.37500000",
    "time": 1570608000000,
    "tranId": "9689322392",
    "tradeId": "",
}

CANNED: Final[Mapping[tuple[str, str], Json]] = {
    ("GET", "/papi/v1/margin/forceOrders"): {
        "rows": [
            {
                "avgPrice": "0.00388359",
                "executedQty": "31.39000000",
                "orderId": 180015097,
                "price": "0.00388110",
                "qty": "31.39000000",
                "side": "SELL",
                "symbol": "BNBBTC",
                "timeInForce": "GTC",
                "updatedTime": 1558941374745,
            }
        ],
        "total": 1,
    },
    ("GET", "/papi/v1/margin/marginInterestHistory"): {
        "rows": [
            {
                "txId": 1352286576452864800,
                "interestAccuredTime": 1672160400000,
                "asset": "USDT",
                "rawAsset": "USDT",
                "principal": "45.3313",
                "interest": "0.00024995",
                "interestRate": "0.00013233",
                "type": "ON_BORROW",
            }
        ],
        "total": 1,
    },
    ("GET", "/papi/v1/margin/maxBorrowable"): {"amount": "1.69248805", "borrowLimit": "60"},
    ("GET", "/papi/v1/portfolio/interest-history"): [
        {
            "asset": "USDT",
            "interest": "24.4440",
            "interestAccuredTime": 1670227200000,
            "interestRate": "0.0001164",
            "principal": "210000",
        }
    ],
    ("GET", "/papi/v1/portfolio/negative-balance-exchange-record"): {
        "total": 2,
        "rows": [
            {
                "startTime": 1736263046841,
                "endTime": 1736263248179,
                "details": [
                    {"asset": "ETH", "negativeBalance": 1.10264488, "negativeMaxThreshold": 5}
                ],
            }
        ],
    },
    ("GET", "/papi/v1/um/adlQuantile"): [
        {"symbol": "ETHUSDT", "adlQuantile": {"LONG": 3, "SHORT": 3, "BOTH": 0}}
    ],
    ("GET", "/papi/v1/um/apiTradingStatus"): {
        "indicators": {
            "BTCUSDT": [
                {
                    "isLocked": True,
                    "plannedRecoverTime": 1545741270000,
                    "indicator": "UFR",
                    "value": 0.05,
                    "triggerValue": 0.995,
                }
            ],
            "ACCOUNT": [
                {
                    "indicator": "TMV",
                    "value": 10,
                    "triggerValue": 1,
                    "plannedRecoverTime": 1644919865000,
                    "isLocked": True,
                }
            ],
        },
        "updateTime": 1644913304748,
    },
    ("GET", "/papi/v1/um/commissionRate"): {
        "symbol": "BTCUSDT",
        "makerCommissionRate": "0.0002",
        "takerCommissionRate": "0.0004",
    },
    ("GET", "/papi/v1/um/forceOrders"): [
        {
            **_FORCE_ORDER,
            "orderId": 6071832819,
            "symbol": "BTCUSDT",
            "clientOrderId": "autoclose-1596107620040000020",
            "price": "10871.09",
            "avgPrice": "10913.21000",
            "origQty": "0.001",
            "executedQty": "0.001",
            "cumQuote": "10.91321",
            "time": 1596107620044,
            "updateTime": 1596107620087,
        }
    ],
    ("GET", "/papi/v1/um/income"): [{**_TRANSFER, "asset": "USDT", "info": "TRANSFER"}],
    ("GET", "/papi/v1/um/income/asyn"): _DOWNLOAD_ID,
    ("GET", "/papi/v1/um/income/asyn/id"): _DOWNLOAD_LINK,
    ("GET", "/papi/v1/um/order/asyn"): _DOWNLOAD_ID,
    ("GET", "/papi/v1/um/order/asyn/id"): _DOWNLOAD_LINK,
    ("GET", "/papi/v1/um/trade/asyn"): _DOWNLOAD_ID,
    ("GET", "/papi/v1/um/trade/asyn/id"): _DOWNLOAD_LINK,
    ("GET", "/papi/v1/um/leverageBracket"): [
        {
            "symbol": "ETHUSDT",
            "notionalCoef": "4.0",
            "brackets": [
                {
                    "bracket": 1,
                    "initialLeverage": 75,
                    "notionalCap": 10000,
                    "notionalFloor": 0,
                    "maintMarginRatio": 0.0065,
                    "cum": 0,
                }
            ],
        }
    ],
    ("POST", "/papi/v1/um/stock/contract"): {"code": 200, "msg": "success"},
    ("GET", "/papi/v1/cm/adlQuantile"): [
        {
            "symbol": "BTCUSD_201225",
            "adlQuantile": {"LONG": 3, "SHORT": 3, "HEDGE": 0, "BOTH": 0},
        }
    ],
    ("GET", "/papi/v1/cm/commissionRate"): {
        "symbol": "BTCUSD_PERP",
        "makerCommissionRate": "0.00015",
        "takerCommissionRate": "0.00040",
    },
    ("GET", "/papi/v1/cm/forceOrders"): [
        {
            **_FORCE_ORDER,
            "orderId": 165123080,
            "symbol": "BTCUSD_200925",
            "pair": "BTCUSD",
            "clientOrderId": "autoclose-1596542005017000006",
            "price": "11326.9",
            "avgPrice": "11326.9",
            "origQty": "1",
            "executedQty": "1",
            "cumBase": "0.00882854",
            "time": 1596542005019,
            "updateTime": 1596542005050,
        }
    ],
    ("GET", "/papi/v1/cm/income"): [{**_TRANSFER, "asset": "BTC", "info": "WITHDRAW"}],
    ("GET", "/papi/v1/cm/leverageBracket"): [
        {
            "symbol": "BTCUSD_PERP",
            "brackets": [
                {
                    "bracket": 1,
                    "initialLeverage": 125,
                    "qtyCap": 50,
                    "qtyFloor": 0,
                    "maintMarginRatio": 0.004,
                    "cum": 0,
                }
            ],
        }
    ],
}
"""What each of them answers, by verb and path."""

ECHOED: Final = ("symbol", "asset", "downloadId")
"""Parameters that are put into an answer where it has a field of that name."""


def echoed(value: Json, parameters: Mapping[str, str]) -> Json:
    """An answer with the caller's symbol, asset or download id in it."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return value
    if not isinstance(value, Mapping):
        return [echoed(row, parameters) for row in value]
    return {
        name: parameters[name]
        if name in ECHOED and name in parameters
        else echoed(field, parameters)
        for name, field in value.items()
    }
