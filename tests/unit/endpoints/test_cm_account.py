from __future__ import annotations

from decimal import Decimal

import pytest

from binance_papi_async.endpoints.cm_account import (
    CmIncomeHistory,
    QueryCmAdlQuantile,
    QueryCmLeverageBrackets,
    SetCmLeverage,
    SetCmPositionMode,
)
from binance_papi_async.endpoints.cm_account_replies import CmAdlRanks
from tests.unit.endpoints.documented import EXAMPLES, read

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


# Replies.


def test_places_in_the_queue_may_be_missing() -> None:
    """One-way mode needs ``BOTH`` alone, hedge mode the others."""
    (reply,) = read(QueryCmAdlQuantile, [{"symbol": "B", "adlQuantile": {"BOTH": 4}}])
    assert reply.adl_quantile == CmAdlRanks(both=4)


@pytest.mark.parametrize("number", [9689322392, "9689322392"])
def test_a_transaction_is_a_number_or_its_text(number: object) -> None:
    """Documented as text, but answered as a number before."""
    (example,) = EXAMPLES[CmIncomeHistory]
    (reply,) = read(CmIncomeHistory, [{**example, "tranId": number, "tradeId": number}])
    assert (reply.tran_id, reply.trade_id) == (number, number)


def test_a_blank_text_stays_blank() -> None:
    """What is booked to the account is of no symbol and no trade."""
    (reply,) = read(CmIncomeHistory, EXAMPLES[CmIncomeHistory])
    assert (reply.symbol, reply.trade_id) == ("", "")


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
