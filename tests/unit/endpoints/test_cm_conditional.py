from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.endpoints.cm_conditional import (
    CancelCmConditionalOrder,
    NewCmConditionalOrder,
)
from binance_papi_async.enums import Side, StrategyStatus, StrategyType
from tests.unit.endpoints.documented import EXAMPLES, read

# Rules between parameters.

TRAILING: dict[str, Any] = {
    "symbol": "BTCUSD_PERP",
    "side": Side.SELL,
    "strategy_type": StrategyType.TRAILING_STOP_MARKET,
}
NEEDED = {
    "STOP": {"quantity": 1, "price": 2, "stop_price": 3},
    "TAKE_PROFIT": {"quantity": 1, "price": 2, "stop_price": 3},
    "STOP_MARKET": {"stop_price": 3},
    "TAKE_PROFIT_MARKET": {"stop_price": 3},
    "TRAILING_STOP_MARKET": {"callback_rate": 1},
}


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, name) for kind, names in NEEDED.items() for name in names]
)
def test_a_kind_of_order_needs_its_parameters(kind: str, missing: str) -> None:
    """The mandatory ones of each kind, as documented."""
    whole: dict[str, Any] = {**TRAILING, "strategy_type": kind, **NEEDED[kind]}
    assert f"strategyType={kind}" in NewCmConditionalOrder(**whole).query()
    with pytest.raises(ValueError, match=f"^a {kind} order needs {missing} beside it$"):
        NewCmConditionalOrder(**{**whole, missing: None})


def test_a_kind_that_is_not_documented_is_not_sent() -> None:
    """What is read may be new; what is sent is one of the page's words."""
    with pytest.raises(
        ValueError, match=r"^strategy_type must be STOP, .* or TRAILING_STOP_MARKET, not NEW$"
    ):
        NewCmConditionalOrder(**{**TRAILING, "strategy_type": "NEW"})


@pytest.mark.parametrize("rate", ["0.09", "5.01", "0"])
def test_a_callback_rate_is_what_the_exchange_allows(rate: str) -> None:
    """From 0.1 to 5 percent."""
    for allowed in (Decimal("0.1"), Decimal(5), 1):
        order = NewCmConditionalOrder(**TRAILING, callback_rate=allowed)  # type: ignore[arg-type]
        assert order.query().endswith(f"&callbackRate={allowed}")
    with pytest.raises(ValueError, match=f"^callback_rate needs to be from 0.1 to 5, not {rate}$"):
        NewCmConditionalOrder(**TRAILING, callback_rate=Decimal(rate))


def test_a_callback_rate_is_a_number() -> None:
    """What is none is refused as such."""
    with pytest.raises(ValueError, match=r"^callback_rate must be a number, not NaN$"):
        NewCmConditionalOrder(**TRAILING, callback_rate=Decimal("NaN"))


def test_switches_are_sent_as_words() -> None:
    """``true`` and ``false``."""
    order = NewCmConditionalOrder(
        **TRAILING, callback_rate=Decimal(1), reduce_only=True, price_protect=False
    )
    assert "&reduceOnly=true&priceProtect=false" in order.query()


def test_a_client_id_is_no_longer_than_the_exchange_allows() -> None:
    """36 characters."""
    whole: dict[str, Any] = {**TRAILING, "callback_rate": Decimal(1)}
    longest = NewCmConditionalOrder(**whole, new_client_strategy_id="x" * 36)
    assert longest.new_client_strategy_id == "x" * 36
    with pytest.raises(ValueError, match=r"^new_client_strategy_id must be at most 36 characters"):
        NewCmConditionalOrder(**whole, new_client_strategy_id="x" * 37)


# Replies.


def test_a_canceled_order_says_so() -> None:
    """Its id and its status."""
    reply = read(CancelCmConditionalOrder, EXAMPLES[CancelCmConditionalOrder])
    assert (reply.strategy_id, reply.strategy_status) == (123445, StrategyStatus.CANCELED)
    assert (reply.new_client_strategy_id, reply.price_rate) == ("myOrder1", Decimal("0.3"))
