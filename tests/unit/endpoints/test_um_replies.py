from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import ValidationError, json, to_builtins

from binance_papi_async.calls import Call
from binance_papi_async.endpoints.bases import Acknowledgement
from binance_papi_async.endpoints.um import Um
from binance_papi_async.enums import OrderStatus, Side
from binance_papi_async.futures_enums import (
    AlgoStatus,
    FuturesOrderType,
    FuturesTimeInForce,
    IncomeType,
    MarginType,
    PositionSide,
    PriceMatch,
    StrategyType,
    WorkingType,
)
from binance_papi_async.request import ENDPOINTS, Request

RequestClass = type[Request[Any]]

# The documented examples, one per request class, as of the autumn of 2026.
EXAMPLES: dict[str, Any] = json.decode(
    (Path(__file__).parent / "examples" / "um.json").read_bytes()
)
CLASSES: dict[str, RequestClass] = {
    request_class.__name__: request_class
    for (_, path), request_class in ENDPOINTS.items()
    if "/um/" in path
}
ENUMS = {
    *("side", "status", "type", "origType", "timeInForce", "positionSide", "priceMatch"),
    *("algoType", "algoStatus", "orderType", "workingType", "marginType", "incomeType"),
    "selfTradePreventionMode",
}

each_example = pytest.mark.parametrize("name", EXAMPLES)


def _read(name: str, example: Any) -> Any:
    return CLASSES[name].endpoint.decode(json.encode(example))


def _item(name: str) -> dict[str, Any]:
    """The example, or its first row."""
    example = EXAMPLES[name]
    first: dict[str, Any] = example[0] if isinstance(example, list) else example
    return first


def _like(name: str, item: dict[str, Any]) -> Any:
    return [item] if isinstance(EXAMPLES[name], list) else item


def _lost(documented: Any, written: Any, where: str = "") -> list[str]:
    """Where a reply, written again, does not say what the exchange said."""
    if isinstance(documented, dict) and isinstance(written, dict):
        return [
            lost
            for name, value in documented.items()
            for lost in _lost(value, written.get(name, "absent"), f"{where}.{name}")
        ]
    if isinstance(documented, list) and isinstance(written, list):
        pairs = enumerate(zip(documented, written, strict=True))
        return [lost for place, (a, b) in pairs for lost in _lost(a, b, f"{where}[{place}]")]
    return [] if _is_same(documented, written) else [f"{where}: {documented!r} is {written!r}"]


def _is_same(documented: Any, written: Any) -> bool:
    if isinstance(written, Decimal):
        return Decimal(str(documented)) == written
    if written is None:
        return bool(documented == "")
    same: bool = documented == written
    return same and type(documented) is type(written)


def test_a_loss_would_be_seen() -> None:
    """The comparison itself tells numbers, blanks, and what is missing."""
    assert _lost({"a": ["1.0", "", 2]}, {"a": [Decimal(1), None, 2], "b": 3}) == []
    assert _lost({"a": {"b": 1}}, {"a": {}}) == [".a.b: 1 is 'absent'"]
    assert _lost([True, "x"], [1, None]) == ["[0]: True is 1", "[1]: 'x' is None"]


def test_the_family_is_um() -> None:
    """Every UM endpoint is a method of ``papi.um``, and every method is one."""
    calls = {name: call for name, call in vars(Um).items() if isinstance(call, Call)}
    requests = [call.request for call in calls.values()]
    assert len(requests) == len(set(requests)) == 39
    assert set(requests) == set(CLASSES.values())
    assert Um.__doc__ == "``papi.um``"


def test_every_reply_has_an_example() -> None:
    """No endpoint of the family is missing from the examples."""
    assert set(EXAMPLES) == set(CLASSES)


@each_example
def test_reading_an_example_loses_nothing(name: str) -> None:
    """Written again, a reply holds every documented field with the value that came."""
    reply = _read(name, EXAMPLES[name])
    assert _lost(EXAMPLES[name], to_builtins(reply, builtin_types=[Decimal])) == []


def _with_news(value: Any) -> Any:
    """The same answer with a field of tomorrow in every object but the one whose keys are symbols."""
    if isinstance(value, list):
        return [_with_news(each) for each in value]
    if isinstance(value, dict):
        is_map = "ACCOUNT" in value
        news = {} if is_map else {"new": {"a": [1, None]}}
        return {**news, **{name: _with_news(each) for name, each in value.items()}}
    return value


@each_example
def test_a_new_field_does_no_harm(name: str) -> None:
    """The exchange may add fields anywhere; the reply stays the same."""
    assert _read(name, _with_news(EXAMPLES[name])) == _read(name, EXAMPLES[name])


def _with_new_words(value: Any) -> Any:
    """The same answer with a word of tomorrow in every vocabulary."""
    if isinstance(value, list):
        return [_with_new_words(each) for each in value]
    if isinstance(value, dict):
        return {
            name: "TOMORROW" if name in ENUMS and isinstance(each, str) else _with_new_words(each)
            for name, each in value.items()
        }
    return value


@each_example
def test_a_new_word_does_no_harm(name: str) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    told = _with_new_words(EXAMPLES[name])
    assert _lost(told, to_builtins(_read(name, told), builtin_types=[Decimal])) == []


ORDER = """symbol orderId clientOrderId price origQty executedQty status timeInForce type side
positionSide reduceOnly updateTime"""
CHANGE = f"{ORDER} cumQty selfTradePreventionMode goodTillDate priceMatch"
WHOLE = f"""{ORDER} avgPrice cumQuote origType time selfTradePreventionMode goodTillDate
priceMatch"""
ALGO = """algoId clientAlgoId algoType orderType symbol side algoStatus createTime updateTime"""
MANDATORY = {
    "NewUmOrder": CHANGE,
    "ModifyUmOrder": f"{CHANGE} origType",
    "CancelUmOrder": CHANGE,
    "CancelAllUmOrders": "code",
    "QueryUmOrder": WHOLE,
    "QueryOpenUmOrder": WHOLE,
    "OpenUmOrders": WHOLE,
    "AllUmOrders": WHOLE,
    "UmOrderAmendments": """amendmentId symbol pair orderId clientOrderId time amendment
    priceMatch""",
    "UmForceOrders": f"{ORDER} avgPrice cumQuote origType time",
    "UmTrades": """symbol id orderId side price qty realizedPnl quoteQty commission
    commissionAsset time buyer maker positionSide""",
    "NewUmAlgoOrder": ALGO,
    "CancelUmAlgoOrder": "complete",
    "CancelAllUmAlgoOrders": "code",
    "QueryUmAlgoOrder": ALGO,
    "OpenUmAlgoOrders": ALGO,
    "AllUmAlgoOrders": ALGO,
    "QueryUmAccount": "assets positions",
    "QueryUmAccountV2": "assets positions",
    "QueryUmAccountConfig": "canTrade",
    "QueryUmSymbolConfig": "symbol",
    "QueryUmPositionRisk": "symbol positionSide positionAmt",
    "QueryUmAdlQuantile": "symbol adlQuantile",
    "QueryUmPositionMode": "dualSidePosition",
    "SetUmPositionMode": "code",
    "SetUmLeverage": "symbol leverage",
    "QueryUmLeverageBrackets": "symbol brackets",
    "QueryUmCommissionRate": "symbol makerCommissionRate takerCommissionRate",
    "QueryUmTradingStatus": "indicators",
    "QueryUmFeeBurn": "feeBurn",
    "SetUmFeeBurn": "code",
    "SignUmTradfiContract": "code",
    "UmIncomeHistory": "incomeType income asset time",
    "QueryUmIncomeDownloadId": "downloadId",
    "QueryUmIncomeDownloadLink": "downloadId status",
    "QueryUmOrderDownloadId": "downloadId",
    "QueryUmOrderDownloadLink": "downloadId status",
    "QueryUmTradeDownloadId": "downloadId",
    "QueryUmTradeDownloadLink": "downloadId status",
}


@each_example
def test_what_may_be_missing_is_none_then(name: str) -> None:
    """With the mandatory fields alone a reply is read, and the others are None."""
    item, mandatory = _item(name), MANDATORY[name].split()
    reply = _read(name, _like(name, {each: item[each] for each in mandatory}))
    written = to_builtins(reply[0] if isinstance(reply, list) else reply)
    assert set(mandatory) <= set(item) <= set(written)
    assert {each for each, value in written.items() if value is not None} == set(mandatory)


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in EXAMPLES for field in MANDATORY[name].split()]
)
def test_a_reply_without_a_mandatory_field_is_not_read(name: str, field: str) -> None:
    """What the page promises must be there, or the reply is none."""
    rest = {each: value for each, value in _item(name).items() if each != field}
    with pytest.raises(ValidationError, match=f"missing required field `{field}`"):
        _read(name, _like(name, rest))


@pytest.mark.parametrize("name", ["NewUmOrder", "CancelUmOrder", "ModifyUmOrder"])
def test_servers_may_still_say_what_is_no_longer_documented(name: str) -> None:
    """Two fields left the pages in August 2026."""
    reply = _read(name, {**EXAMPLES[name], "avgPrice": "0.50000", "cumQuote": "7"})
    assert (reply.avg_price, reply.cum_quote) == (Decimal("0.5"), Decimal(7))
    reply = _read(name, EXAMPLES[name])
    assert (reply.avg_price, reply.cum_quote) == (None, None)


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if CLASSES[name].endpoint.reply is Acknowledgement]
)
@pytest.mark.parametrize("code", [200, "200"])
def test_a_word_that_it_is_done_is_read(name: str, code: int | str) -> None:
    """The code comes as a number, and has come as text."""
    assert _read(name, {"code": code, "msg": "success"}) == Acknowledgement(code=200, msg="success")


@pytest.mark.parametrize(
    ("name", "field", "word"),
    [
        ("CancelUmOrder", "status", OrderStatus.CANCELED),
        ("CancelUmOrder", "type", FuturesOrderType.LIMIT),
        ("NewUmOrder", "time_in_force", FuturesTimeInForce.GTD),
        ("QueryUmOrder", "price_match", PriceMatch.NONE),
        ("QueryUmOrder", "position_side", PositionSide.SHORT),
        ("UmTrades", "side", Side.SELL),
        ("QueryUmAlgoOrder", "algo_status", AlgoStatus.CANCELED),
        ("QueryUmAlgoOrder", "order_type", StrategyType.TAKE_PROFIT),
        ("QueryUmAlgoOrder", "working_type", WorkingType.CONTRACT_PRICE),
        ("QueryUmSymbolConfig", "margin_type", MarginType.CROSSED),
        ("UmIncomeHistory", "income_type", IncomeType.TRANSFER),
    ],
)
def test_a_word_is_a_member_of_its_vocabulary(name: str, field: str, word: object) -> None:
    """The very member, so that ``is`` works."""
    reply = _read(name, EXAMPLES[name])
    assert getattr(reply[0] if isinstance(reply, list) else reply, field) is word
