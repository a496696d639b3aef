from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, to_builtins

from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.cm_account import (
    CmIncomeHistory,
    QueryCmAccount,
    QueryCmAdlQuantile,
    QueryCmCommissionRate,
    QueryCmLeverageBrackets,
    QueryCmPositionMode,
    QueryCmPositionRisk,
    SetCmLeverage,
    SetCmPositionMode,
)
from binance_papi_async.endpoints.cm_account_replies import CmAdlRanks
from binance_papi_async.request import ENDPOINTS, Request, Verb

RequestClass = type[Request[Any]]
EXAMPLES: dict[str, Any] = json.decode(
    Path(__file__).with_name("examples").joinpath("cm.json").read_bytes()
)


def _read(request_class: RequestClass, example: Any) -> Any:
    return request_class.endpoint.decode(json.encode(example))


def _by_value(said: Any) -> Any:
    """What was said: numbers by their value, quoted or not; what was not said left out."""
    if isinstance(said, list):
        return [_by_value(each) for each in said]
    if isinstance(said, dict):
        return {name: _by_value(each) for name, each in said.items() if each is not None}
    try:
        return said if isinstance(said, bool) else Decimal(str(said))
    except InvalidOperation:
        return said


def _with_news(said: Any) -> Any:
    """The same answer with a field of tomorrow in every object."""
    if isinstance(said, list):
        return [_with_news(each) for each in said]
    if isinstance(said, dict):
        return {"new": {"a": [1, None]}, **{name: _with_news(each) for name, each in said.items()}}
    return said


# Verb, path, weight, orders, lane, and the exchange's parameters, ``!`` behind the mandatory ones.
DECLARED: dict[RequestClass, tuple[Verb, str, int, int, str, str]] = {
    QueryCmAccount: ("GET", "/papi/v1/cm/account", 5, 0, "read", ""),
    QueryCmPositionRisk: ("GET", "/papi/v1/cm/positionRisk", 1, 0, "read", "marginAsset pair"),
    QueryCmAdlQuantile: ("GET", "/papi/v1/cm/adlQuantile", 5, 0, "read", "symbol"),
    QueryCmCommissionRate: ("GET", "/papi/v1/cm/commissionRate", 20, 0, "read", "symbol!"),
    CmIncomeHistory: (
        *("GET", "/papi/v1/cm/income", 30, 0, "read"),
        "symbol incomeType startTime endTime limit",
    ),
    QueryCmLeverageBrackets: ("GET", "/papi/v1/cm/leverageBracket", 1, 0, "read", "symbol"),
    SetCmLeverage: ("POST", "/papi/v1/cm/leverage", 1, 0, "read", "symbol! leverage!"),
    QueryCmPositionMode: ("GET", "/papi/v1/cm/positionSide/dual", 30, 0, "read", ""),
    SetCmPositionMode: (
        *("POST", "/papi/v1/cm/positionSide/dual", 1, 0, "read"),
        "dualSidePosition!",
    ),
}
each_class = pytest.mark.parametrize("request_class", DECLARED, ids=lambda each: each.__name__)


@each_class
def test_an_endpoint_is_declared_as_documented(request_class: RequestClass) -> None:
    """Verb, path, weight, orders, lane, security, and the exchange's parameters."""
    verb, path, weight, orders, lane, names = DECLARED[request_class]
    declared = request_class.endpoint
    assert ENDPOINTS[verb, path] is request_class
    assert (declared.verb, declared.path, declared.security) == (verb, path, "signed")
    assert (declared.weight, declared.orders, declared.lane) == (weight, orders, lane)
    every = declared.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


@each_class
def test_a_request_says_what_it_costs(request_class: RequestClass) -> None:
    """The first paragraph of its docstring names the weight, and the orders if there are any."""
    *_, weight, orders, _, _ = DECLARED[request_class]
    summary = (request_class.__doc__ or "").partition("\n")[0]
    assert re.search(rf"\bWeight {weight}\b", summary)
    assert ("one order" in summary) is bool(orders)


def test_the_family_is_cm() -> None:
    """``papi.cm`` and the requests behind its methods."""
    assert Cm.account.request is QueryCmAccount
    assert Cm.position_risk.request is QueryCmPositionRisk
    assert Cm.adl_quantile.request is QueryCmAdlQuantile
    assert Cm.commission_rate.request is QueryCmCommissionRate
    assert Cm.income.request is CmIncomeHistory
    assert Cm.leverage_brackets.request is QueryCmLeverageBrackets
    assert Cm.set_leverage.request is SetCmLeverage
    assert Cm.position_mode.request is QueryCmPositionMode
    assert Cm.set_position_mode.request is SetCmPositionMode


def test_every_cm_example_is_read_by_some_class() -> None:
    """27 endpoints, 27 examples."""
    declared = {each.__name__ for (_, path), each in ENDPOINTS.items() if "/cm/" in path}
    assert declared == set(EXAMPLES)
    assert len(EXAMPLES) == 27


# Parameters.


def test_a_leverage_is_what_the_exchange_allows() -> None:
    """From 1 to 125."""
    for allowed in (1, 125):
        query = SetCmLeverage(symbol="BTCUSD_PERP", leverage=allowed).query()
        assert query == f"symbol=BTCUSD_PERP&leverage={allowed}"
    with pytest.raises(ValueError, match=r"^leverage must be at least 1, not 0$"):
        SetCmLeverage(symbol="BTCUSD_PERP", leverage=0)
    with pytest.raises(ValueError, match=r"^leverage must be at most 125, not 126$"):
        SetCmLeverage(symbol="BTCUSD_PERP", leverage=126)


@pytest.mark.parametrize(("switch", "word"), [(True, "true"), (False, "false")])
def test_the_mode_is_sent_as_a_word(switch: bool, word: str) -> None:  # noqa: FBT001 - the value itself
    """Off is said, not left out."""
    query = SetCmPositionMode(dual_side_position=switch).query()
    assert query == f"dualSidePosition={word}"


def test_a_history_is_bounded_as_documented() -> None:
    """In time and in length."""
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        CmIncomeHistory(start_time=2, end_time=1)
    assert CmIncomeHistory(limit=1000).limit == 1000
    with pytest.raises(ValueError, match=r"^limit must be at most 1000, not 1001$"):
        CmIncomeHistory(limit=1001)


# Replies.


@each_class
def test_reading_an_example_loses_nothing(request_class: RequestClass) -> None:
    """Written again, a reply holds every documented field with the value that came."""
    example = EXAMPLES[request_class.__name__]
    assert _by_value(to_builtins(_read(request_class, example))) == _by_value(example)


@each_class
def test_a_new_field_does_no_harm(request_class: RequestClass) -> None:
    """The exchange may add fields anywhere; the reply stays the same."""
    example = EXAMPLES[request_class.__name__]
    assert _read(request_class, _with_news(example)) == _read(request_class, example)


def test_places_in_the_queue_may_be_missing() -> None:
    """One-way mode needs ``BOTH`` alone, hedge mode the others."""
    (reply,) = _read(QueryCmAdlQuantile, [{"symbol": "B", "adlQuantile": {"BOTH": 4}}])
    assert reply.adl_quantile == CmAdlRanks(both=4)


@pytest.mark.parametrize("number", [9689322392, "9689322392"])
def test_a_transaction_is_a_number_or_its_text(number: object) -> None:
    """Documented as text, but answered as a number before."""
    (example,) = EXAMPLES["CmIncomeHistory"]
    (reply,) = _read(CmIncomeHistory, [{**example, "tranId": number, "tradeId": number}])
    assert (reply.tran_id, reply.trade_id) == (number, number)


@pytest.mark.parametrize(
    "text",
    [
        b'{"qtyCap":50,"qtyFloor":0,"maintMarginRatio":0.004,"cum":0.1,',
        b'{"qtyCap":"50","qtyFloor":"0","maintMarginRatio":"0.004","cum":"0.1",',
    ],
)
def test_numbers_of_a_bracket_are_exact(text: bytes) -> None:
    """Bare or quoted."""
    body = b'[{"symbol":"B","brackets":[' + text + b'"bracket":1,"initialLeverage":125}]}]'
    (reply,) = QueryCmLeverageBrackets.endpoint.decode(body)
    (bracket,) = reply.brackets
    assert (bracket.qty_cap, bracket.qty_floor) == (Decimal(50), Decimal(0))
    assert (bracket.maint_margin_ratio, bracket.cum) == (Decimal("0.004"), Decimal("0.1"))


@pytest.mark.parametrize("name", ["entryPrice", "unRealizedProfit", "liquidationPrice", "maxQty"])
def test_what_may_be_missing_is_none_then(name: str) -> None:
    """A position is read as long as it says whose and how large it is."""
    (example,) = EXAMPLES["QueryCmPositionRisk"]
    rest = {each: value for each, value in example.items() if each != name}
    (reply,) = _read(QueryCmPositionRisk, [rest])
    assert to_builtins(reply)[name] is None


@pytest.mark.parametrize(
    ("request_class", "name"),
    [(CmIncomeHistory, "incomeType"), (QueryCmPositionRisk, "positionSide")],
)
def test_a_new_word_does_no_harm(request_class: RequestClass, name: str) -> None:
    """The exchange may add words to its vocabularies; they can be read."""
    (example,) = EXAMPLES[request_class.__name__]
    (reply,) = _read(request_class, [{**example, name: "TOMORROW"}])
    assert json.decode(json.encode(reply))[name] == "TOMORROW"
