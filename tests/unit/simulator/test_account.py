from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import CANNED, Exchange

Ask = Callable[..., Any]


def test_a_listen_key_lives_an_hour(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Created once, kept by PUT, void after an hour or a DELETE; a signature is welcome, not needed."""
    bare = exchange.receive("PUT", "/papi/v1/listenKey", {"X-MBX-APIKEY": exchange.key.api_key})
    assert exchange.execute(bare).status == 400
    key = ask("POST", "listenKey").json["listenKey"]
    assert len(key) == 64
    clock.now += 3599
    assert ask("PUT", "listenKey").json == {}
    clock.now += 3599
    assert ask("POST", "listenKey").json["listenKey"] == key
    clock.now += 3600
    assert ask("PUT", "listenKey").json["code"] == -1125
    assert ask("POST", "listenKey").json["listenKey"] != key
    assert ask("DELETE", "listenKey").json == {}
    assert ask("DELETE", "listenKey").json["code"] == -1125


@pytest.mark.parametrize(
    ("verb", "path", "parameters", "code"),
    [
        ("POST", "asset-collection", {"asset": "BNB"}, -1130),
        ("POST", "asset-collection", {"asset": "BTC", "amount": 1}, -1102),
        ("POST", "asset-collection", {"asset": "BTC", "futureType": "UM"}, -1102),
        ("POST", "asset-collection", {"asset": "BTC", "amount": 0, "futureType": "UM"}, -1130),
        ("POST", "asset-collection", {"asset": "BTC", "amount": 1, "futureType": "OPTION"}, -1130),
        ("POST", "asset-collection", {"asset": "btc"}, -1100),
        ("POST", "bnb-transfer", {"amount": 1, "transferSide": "UP"}, -1130),
        ("POST", "repayLoan", {"asset": "BTC", "amount": 1}, -3015),
        ("POST", "marginLoan", {"asset": "BTC", "amount": 0}, -1130),
        ("GET", "margin/marginLoan", {"asset": "BTC"}, -1102),
        ("GET", "margin/marginLoan", {"asset": "BTC", "startTime": 0, "size": 101}, -1130),
        ("GET", "margin/repayLoan", {"asset": "A", "startTime": 0, "endTime": 1 << 40}, -1127),
        ("POST", "um/feeBurn", {"feeBurn": "on"}, -1100),
        ("GET", "um/income", {"incomeType": "LUCK"}, -1130),
        ("GET", "cm/income", {"incomeType": "API_REBATE"}, -1130),
        ("GET", "cm/forceOrders", {"autoCloseType": "LUCK"}, -1130),
        ("GET", "um/commissionRate", {}, -1102),
        ("GET", "um/forceOrders", {"limit": 101}, -1130),
    ],
)
def test_parameters_are_checked(
    ask: Ask, verb: str, path: str, parameters: dict[str, Any], code: int
) -> None:
    """Also where the answer is canned."""
    assert ask(verb, path, **parameters).json["code"] == code


def test_loan_records_come_newest_first(ask: Ask, clock: Any) -> None:
    """In pages, inside the range, of one asset."""
    start = int(clock.now * 1000)
    for amount in (1, 2, 3):
        ask("POST", "marginLoan", asset="BTC", amount=amount)
        clock.now += 1
    ask("POST", "marginLoan", asset="ETH", amount=9)

    def principals(**parameters: object) -> list[float]:
        page = ask("GET", "margin/marginLoan", asset="BTC", **parameters).json
        return [page["total"], *(float(row["principal"]) for row in page["rows"])]

    assert principals(startTime=start) == [3, 3, 2, 1]
    assert principals(startTime=start, size=2, current=2) == [3, 1]
    assert principals(startTime=start + 1, endTime=start + 1000) == [1, 2]
    assert principals(txId=100_000_002) == [1, 2]


def test_an_oco_locks_once(exchange: Exchange, ask: Ask) -> None:
    """Only one of its orders can fill, so the larger lock counts."""
    oco = {"symbol": "BTCUSDT", "quantity": 2}
    ask("POST", "margin/order/oco", **oco, side="SELL", price=3, stopPrice=1)
    ask("POST", "margin/order/oco", **oco, side="BUY", price=1, stopPrice=3)
    found = {row["asset"]: float(row["crossMarginLocked"]) for row in ask("GET", "balance").json}
    assert found == {"BTC": 2, "USDT": 6}


@pytest.mark.parametrize(
    ("symbol", "assets"),
    [("BTCUSDT", {"BTC", "USDT"}), ("ETHBTC", {"ETH", "BTC"}), ("ODD", {"ODD", "USDT"})],
)
def test_a_symbol_is_taken_apart(exchange: Exchange, symbol: str, assets: set[str]) -> None:
    """By the quote assets it may end with; without one it is against USDT."""
    exchange.fill(exchange.rest(symbol)[0])
    assert set(exchange.wallet.assets()) == assets


def test_a_setting_is_remembered(ask: Ask) -> None:
    """What is switched off is shown off."""
    ask("POST", "um/feeBurn", feeBurn="false")
    ask("POST", "repay-futures-switch", autoRepay="false")
    assert ask("GET", "um/feeBurn").json == {"feeBurn": False}
    assert ask("GET", "repay-futures-switch").json == {"autoRepay": False}


def test_a_canned_answer_echoes_what_was_asked(ask: Ask) -> None:
    """The symbol, the asset or the download id, and nothing else."""
    (row,) = ask("GET", "um/adlQuantile", symbol="SOLUSDT").json
    assert row["symbol"] == "SOLUSDT"
    page = ask("GET", "margin/marginInterestHistory", asset="SOL").json
    assert page["rows"][0]["asset"] == "SOL"
    assert ask("GET", "um/income/asyn/id", downloadId="5").json["downloadId"] == "5"
    assert ask("GET", "um/apiTradingStatus").json == CANNED["GET", "/papi/v1/um/apiTradingStatus"]
