"""Ids for orders that were given none: of the documented alphabet and length, and never the same twice."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from binance_papi_async import CancelMarginOrder, NewMarginOco, NewUmOrder
from binance_papi_async.enums import FuturesOrderType, FuturesTimeInForce, Side
from binance_papi_async.placing.client_ids import ClientIds

ORDER = NewUmOrder(
    symbol="BTCUSDT",
    side=Side.BUY,
    type=FuturesOrderType.LIMIT,
    quantity=Decimal(1),
    price=Decimal(1),
    time_in_force=FuturesTimeInForce.GTC,
)
DOCUMENTED = re.compile(r"[.A-Z:/a-z0-9_-]{1,32}")
"""Of UM and CM, the shorter of two limits: 32 signs, and 36 elsewhere (-4015)."""


def test_ids_are_as_documented_and_bear_the_prefix() -> None:
    """Also the ten-millionth under the longest prefix fits the shortest limit."""
    ids = ClientIds("desk:one/a.b")
    ids._numbers = iter([0, 61, 62, 3843, 3844, 10_000_000, 62**9 - 1])  # type: ignore[assignment]
    made = [ids.next() for _ in range(7)]
    assert all(DOCUMENTED.fullmatch(each) for each in made)
    assert all(each.startswith("desk:one/a.b") for each in made)
    assert [each[12 + 11 :] for each in made[:5]] == ["0", "z", "10", "zz", "100"]
    assert len(made[-1]) == 32


def test_no_two_are_the_same() -> None:
    """Neither of one client nor of two, nor of the same client after a restart."""
    first, second = ClientIds(), ClientIds()
    made = [each.next() for each in (first, second) for _ in range(5000)]
    assert len(set(made)) == 10_000
    assert all(each.startswith("papi-") for each in made)


@pytest.mark.parametrize("prefix", ["x" * 13, "a b", "ä", "a;", "a\n", "²"])
def test_a_prefix_that_would_be_refused_is_refused_here(prefix: str) -> None:
    """Its signs and its length are the exchange's rule, so it is said before anything is sent."""
    with pytest.raises(ValueError, match="client_id_prefix is at most 12"):
        ClientIds(prefix)


def test_an_empty_prefix_is_allowed() -> None:
    """What then tells a desk's own orders is up to the desk."""
    assert DOCUMENTED.fullmatch(ClientIds("").next())


def test_an_order_without_an_id_is_given_one() -> None:
    """Nothing else of it changes."""
    named = ClientIds().named(ORDER)
    assert named.client_id is not None
    assert replace(named, new_client_order_id=None) == ORDER


def test_an_id_of_the_callers_is_kept() -> None:
    """And so is anything that places nothing."""
    mine = ORDER.under("mine")
    ids = ClientIds()
    assert ids.named(mine) is mine
    cancel = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    assert ids.named(cancel) is cancel


def test_a_list_is_named_as_a_list() -> None:
    """Its two orders keep the ids the exchange makes up: the list's own reads them."""
    oco = NewMarginOco(
        symbol="LTCBTC",
        side=Side.SELL,
        quantity=Decimal(1),
        price=Decimal(2),
        stop_price=Decimal(1),
    )
    named = ClientIds().named(oco)
    assert named.list_client_order_id == named.client_id
    assert named.client_id is not None
    assert named.limit_client_order_id is None
