"""What the simulator demands and charges, held against the tables of the pages that are typed by hand."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import msgspec
import pytest

from binance_papi_async.simulator import Exchange
from binance_papi_async.simulator.admission.rules import rules_of
from tests.unit.endpoints.documented import DECLARED, REQUESTS, Declared
from tests.unit.simulator.conftest import Answered, Clock

Ask = Callable[..., "tuple[int, str]"]
each_row = pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.request)
KNOWN = {row.request: {name.rstrip("!") for name in row.parameters} for row in DECLARED}
MANDATORY = {
    row.request: {name.rstrip("!") for name in row.parameters if name.endswith("!")}
    for row in DECLARED
}


@pytest.fixture
def refused(exchange: Exchange, clock: Clock) -> Ask:
    """Code and text of the refusal of a call that says these names, each with a 1 behind it."""

    def send(row: Declared, *names: str) -> tuple[int, str]:
        sent: dict[str, object] = dict.fromkeys(names, 1)
        if row.security == "signed":
            sent |= {"timestamp": int(clock.now * 1000), "signature": "wrong"}
        headers = {"X-MBX-APIKEY": exchange.key.api_key}
        visit = exchange.receive(row.verb, f"{row.path}?{urlencode(sent)}", headers)
        answer = msgspec.json.decode(exchange.execute(visit).body)
        return answer.get("code", 0), answer.get("msg", "")

    return send


@each_row
def test_each_mandatory_parameter_is_asked_for(row: Declared, refused: Ask) -> None:
    """A call with everything but one of them is told which is missing."""
    for name in MANDATORY[row.request]:
        code, text = refused(row, *KNOWN[row.request] - {name})
        assert (code, f"'{name}'" in text) == (-1102, True)


@each_row
def test_nothing_but_the_documented_parameters_is_read(row: Declared, refused: Ask) -> None:
    """One more is one too many, and all the documented ones are not."""
    known = KNOWN[row.request]
    assert refused(row, *known)[0] not in (-1102, -1104)
    assert refused(row, *known, "nonsense")[0] == -1104


@each_row
def test_no_more_than_the_mandatory_parameters_is_asked_for(row: Declared, refused: Ask) -> None:
    """A call with those alone is not told by the gate that one is missing."""
    assert refused(row, *MANDATORY[row.request])[0] not in (-1102, -1104)


@each_row
def test_a_call_is_charged_as_documented(row: Declared, refused: Ask, exchange: Exchange) -> None:
    """With a symbol, and without one where that is dearer."""
    refused(row, *KNOWN[row.request] & {"symbol"})
    assert exchange.truth.max_window_weight() == row.weight
    if row.without_symbol is not None:
        refused(row)
        assert exchange.truth.max_window_weight() == row.weight + row.without_symbol


@pytest.mark.parametrize("path", ["allOrders", "userTrades"])
def test_asking_for_a_pair_costs_more(path: str, refused: Ask, exchange: Exchange) -> None:
    """40 instead of 20, as the pages of CM say."""
    (row,) = (row for row in DECLARED if row.path == f"/papi/v1/cm/{path}")
    refused(row, "pair")
    assert exchange.truth.max_window_weight() == 40


@pytest.mark.parametrize(
    ("request_", "name", "taken", "refused_"),
    [
        ("NewUmOrder", "type", "LIMIT", "STOP"),
        ("NewUmOrder", "newOrderRespType", "RESULT", "FULL"),
        ("NewUmOrder", "selfTradePreventionMode", "EXPIRE_BOTH", "NONE"),
        ("NewUmOrder", "timeInForce", "GTD", "DAY"),
        ("NewUmAlgoOrder", "type", "TRAILING_STOP_MARKET", "LIMIT"),
        ("NewUmAlgoOrder", "newOrderRespType", "ACK", "FULL"),
        ("NewUmAlgoOrder", "selfTradePreventionMode", "NONE", "SOME"),
        ("ModifyUmOrder", "priceMatch", "QUEUE_20", "NONE"),
        ("NewCmOrder", "type", "MARKET", "LIQUIDATION"),
        ("NewCmOrder", "timeInForce", "GTX", "GTD"),
        ("NewCmConditionalOrder", "timeInForce", "FOK", "GTD"),
        ("NewCmConditionalOrder", "strategyType", "STOP", "LIMIT"),
        ("NewMarginOrder", "newOrderRespType", "FULL", "ALL"),
        ("CmIncomeHistory", "incomeType", "COMMISSION", "API_REBATE"),
        ("UmIncomeHistory", "incomeType", "API_REBATE", "GIFT"),
        ("CollectAsset", "futureType", "OPTION", "MARGIN"),
    ],
)
def test_a_parameter_says_words_of_its_vocabulary(
    request_: str, name: str, taken: str, refused_: str
) -> None:
    """That of its endpoint, which may have fewer words than another's."""
    words = rules_of(REQUESTS[request_]).words[name]
    assert (taken in words, refused_ in words) == (True, False)


@pytest.mark.parametrize(
    ("path", "name", "least", "most"),
    [
        ("margin/allOrders", "limit", 1, 500),
        ("margin/myTrades", "limit", 1, 1000),
        ("margin/marginLoan", "size", 1, 100),
        ("um/allOrders", "limit", 1, 1000),
        ("um/forceOrders", "limit", 1, 100),
        ("cm/allOrders", "limit", 1, 100),
        ("cm/orderAmendment", "limit", 1, 100),
        ("cm/userTrades", "limit", 1, 1000),
        ("cm/income", "limit", 1, 1000),
    ],
)
def test_a_number_lies_within_its_bounds(
    ask: Callable[..., Answered], path: str, name: str, least: int, most: int
) -> None:
    """Both ends are taken, the next numbers are not."""
    others = {"symbol": "A"} if "limit" in name else {"asset": "A", "startTime": 1}
    codes = [
        isinstance(reply, dict) and reply.get("code")
        for number in (least - 1, least, most, most + 1)
        for reply in [ask("GET", path, **others, **{name: number}).json]
    ]
    assert [code == -1130 for code in codes] == [True, False, False, True]
