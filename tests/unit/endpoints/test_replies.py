"""What the pages show is read without loss, and what they may add one day does no harm."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from msgspec import ValidationError, to_builtins

from binance_papi_async import (
    CancelCmOrder,
    CancelUmOrder,
    ModifyCmOrder,
    ModifyUmOrder,
    NewCmOrder,
    NewUmOrder,
    QueryUmAlgoOrder,
    QueryUmOrder,
    QueryUmSymbolConfig,
    UmIncomeHistory,
    UmTrades,
)
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.enums import (
    AlgoStatus,
    FuturesOrderType,
    FuturesTimeInForce,
    IncomeType,
    MarginType,
    OrderStatus,
    PositionSide,
    PriceMatch,
    Side,
    StrategyType,
    WorkingType,
)
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read

each_example = pytest.mark.parametrize(
    ("request_class", "example"), EXAMPLES.items(), ids=[each.__name__ for each in EXAMPLES]
)
ABSENT = "absent"
VOCABULARIES = {
    *("side", "status", "type", "origType", "timeInForce", "positionSide", "priceMatch"),
    *("algoType", "algoStatus", "orderType", "strategyType", "strategyStatus", "workingType"),
    *("contingencyType", "listStatusType", "listOrderStatus", "selfTradePreventionMode"),
    *("marginType", "incomeType", "accountStatus"),
}


def _losses(said: Any, written: Any, where: str = "") -> list[str]:
    """Where a reply, written again, does not say what the exchange said, or says more."""
    if isinstance(said, list) and isinstance(written, dict):
        (said,) = said  # one order, shown in a list
    if isinstance(said, dict) and isinstance(written, dict):
        names = {**said, **written}
        told = [
            (f"{where}.{each}", said.get(each, ABSENT), written.get(each, ABSENT)) for each in names
        ]
    elif isinstance(said, list) and isinstance(written, list):
        pairs = zip(said, written, strict=True)
        told = [(f"{where}[{place}]", *pair) for place, pair in enumerate(pairs)]
    else:
        return [] if _is_same(where, said, written) else [f"{where}: {said!r} is {written!r}"]
    return [loss for place, old, new in told for loss in _losses(old, new, place)]


def _is_same(where: str, said: Any, written: Any) -> bool:
    if isinstance(written, Decimal):
        digits = format(written, "f")
        return said == digits if isinstance(said, str) else Decimal(str(said)) == written
    if said == ABSENT:
        return written is None or written == []
    if written is None:
        return bool(said == "")
    if where.endswith(".code"):
        return str(said) == str(written)  # a number or its text
    if isinstance(said, str) and re.fullmatch(r"-?\d+(\.\d+)?", said):
        return said == written and where.endswith("Id")  # every other number is a Decimal
    is_exact = not isinstance(written, float)
    return is_exact and type(said) is type(written) and bool(said == written)


def _read_and_written(request_class: RequestClass, example: Any) -> Any:
    return to_builtins(read(request_class, example), builtin_types=[Decimal])


@pytest.mark.parametrize(
    ("said", "written", "losses"),
    [
        ({"a": ["1.0", "", 2]}, {"a": [Decimal("1.0"), None, 2], "b": None, "c": []}, []),
        ({"price": "1.0"}, {"price": Decimal(1)}, [".price: '1.0' is Decimal('1')"]),
        ({"price": "10"}, {"price": "10"}, [".price: '10' is '10'"]),
        ({"price": 0.1}, {"price": Decimal("0.1")}, []),
        ({"price": 0.1}, {"price": 0.1}, [".price: 0.1 is 0.1"]),
        ({"price": 0.1}, {"price": Decimal("0.2")}, [".price: 0.1 is Decimal('0.2')"]),
        ({"tranId": "10", "code": "200"}, {"tranId": "10", "code": 200}, []),
        ({"a": {"b": 1}}, {"a": {}}, [".a.b: 1 is 'absent'"]),
        ({"a": ""}, {}, [".a: '' is 'absent'"]),
        ({}, {"b": 3}, [".b: 'absent' is 3"]),
        ([True, "x"], [1, None], ["[0]: True is 1", "[1]: 'x' is None"]),
        ([{"a": 1}], {"a": 2}, [".a: 1 is 2"]),
    ],
)
def test_a_loss_would_be_seen(said: Any, written: Any, losses: list[str]) -> None:
    """The comparison itself tells numbers, digits, blanks, and what is missing or made up."""
    assert _losses(said, written) == losses


@each_example
def test_reading_an_example_loses_nothing(request_class: RequestClass, example: Any) -> None:
    """Written again, a reply holds every documented field with the very digits that came."""
    assert _losses(example, _read_and_written(request_class, example)) == []


def _with_news(said: Any) -> Any:
    """The same answer with a field of tomorrow in every object but the one whose keys are symbols."""
    if isinstance(said, list):
        return [_with_news(each) for each in said]
    if isinstance(said, dict):
        news = {} if "ACCOUNT" in said else {"new": {"a": [1, None]}}
        return {**news, **{name: _with_news(each) for name, each in said.items()}}
    return said


@each_example
def test_a_new_field_does_no_harm(request_class: RequestClass, example: Any) -> None:
    """The exchange may add fields anywhere; the reply stays the same."""
    assert read(request_class, _with_news(example)) == read(request_class, example)


def _with_new_words(said: Any) -> Any:
    """The same answer with a word of tomorrow in every vocabulary."""
    if isinstance(said, list):
        return [_with_new_words(each) for each in said]
    if isinstance(said, dict):
        return {
            name: "TOMORROW" if name in VOCABULARIES else _with_new_words(each)
            for name, each in said.items()
        }
    return said


@each_example
def test_a_new_word_does_no_harm(request_class: RequestClass, example: Any) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    told = _with_new_words(example)
    assert _losses(told, _read_and_written(request_class, told)) == []


@pytest.mark.parametrize(
    ("request_class", "field", "word"),
    [
        (CancelUmOrder, "status", OrderStatus.CANCELED),
        (CancelUmOrder, "type", FuturesOrderType.LIMIT),
        (NewUmOrder, "time_in_force", FuturesTimeInForce.GTD),
        (QueryUmOrder, "price_match", PriceMatch.NONE),
        (QueryUmOrder, "position_side", PositionSide.SHORT),
        (UmTrades, "side", Side.SELL),
        (QueryUmAlgoOrder, "algo_status", AlgoStatus.CANCELED),
        (QueryUmAlgoOrder, "order_type", StrategyType.TAKE_PROFIT),
        (QueryUmAlgoOrder, "working_type", WorkingType.CONTRACT_PRICE),
        (QueryUmSymbolConfig, "margin_type", MarginType.CROSSED),
        (UmIncomeHistory, "income_type", IncomeType.TRANSFER),
    ],
)
def test_a_word_is_a_member_of_its_vocabulary(
    request_class: RequestClass, field: str, word: object
) -> None:
    """The very member, so that ``is`` works."""
    reply = read(request_class, EXAMPLES[request_class])
    assert getattr(reply[0] if isinstance(reply, list) else reply, field) is word


@pytest.mark.parametrize("code", [-1000, "-1000", 50017])
@pytest.mark.parametrize("request_class", EXAMPLES)
def test_an_error_body_is_no_reply(request_class: RequestClass, code: object) -> None:
    """Not with status 200 either, which machines in front of the exchange have put on it."""
    with pytest.raises(ValidationError):
        read(request_class, {"code": code, "msg": "an error"})


@pytest.mark.parametrize("code", [200, "200"])
@pytest.mark.parametrize(
    "request_class", [each for each in EXAMPLES if each.endpoint.reply is Acknowledgement]
)
def test_a_word_that_it_is_done_is_read(request_class: RequestClass, code: object) -> None:
    """The code comes as a number, and has come as text."""
    assert read(request_class, {"code": code, "msg": "done"}) == Acknowledgement(200, "done")


@pytest.mark.parametrize(
    ("request_class", "name"),
    [
        *((each, "avgPrice") for each in (NewUmOrder, ModifyUmOrder, CancelUmOrder)),
        *((each, "cumQuote") for each in (NewUmOrder, ModifyUmOrder, CancelUmOrder)),
        *((each, "avgPrice") for each in (NewCmOrder, ModifyCmOrder, CancelCmOrder)),
        *((each, "cumBase") for each in (NewCmOrder, ModifyCmOrder, CancelCmOrder)),
    ],
)
def test_servers_may_still_say_what_is_no_longer_documented(
    request_class: RequestClass, name: str
) -> None:
    """Two fields left the pages in August 2026."""
    told = {**EXAMPLES[request_class], name: "30000.50"}
    assert _losses(told, _read_and_written(request_class, told)) == []
