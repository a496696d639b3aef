from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_papi_async.filters import Direction, Filters, Grid, Worth

D = Decimal
SPOT: list[dict[str, Any]] = [
    {
        "filterType": "PRICE_FILTER",
        "minPrice": "0.015",
        "maxPrice": "1000.00",
        "tickSize": "0.01000000",
    },
    {
        "filterType": "LOT_SIZE",
        "minQty": "0.00100000",
        "maxQty": "9000.00",
        "stepSize": "0.00100000",
    },
    {
        "filterType": "MARKET_LOT_SIZE",
        "minQty": "0.00000000",
        "maxQty": "50.5",
        "stepSize": "0.00000000",
    },
    {
        "filterType": "NOTIONAL",
        "minNotional": "5.00000000",
        "applyMinToMarket": True,
        "maxNotional": "9000.00000000",
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    },
    {"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": "5"},
    {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
]
UM: list[dict[str, Any]] = [
    {"filterType": "PRICE_FILTER", "minPrice": "0.111", "maxPrice": "1000", "tickSize": "0.1"},
    {"filterType": "LOT_SIZE", "minQty": "0.05", "maxQty": "100", "stepSize": "0.1"},
    {"filterType": "MARKET_LOT_SIZE", "minQty": "0.05", "maxQty": "10", "stepSize": "0.2"},
    {"filterType": "MIN_NOTIONAL", "notional": "5.0"},
]
CM: list[dict[str, Any]] = [
    {"filterType": "PRICE_FILTER", "minPrice": "0.1", "maxPrice": "1000000", "tickSize": "0.1"},
    {"filterType": "LOT_SIZE", "minQty": "1", "maxQty": "100000", "stepSize": "1"},
]
spot, um, cm = (
    Filters.of(SPOT, product="margin"),
    Filters.of(UM, product="um"),
    Filters.of(CM, product="cm"),
)


@pytest.mark.parametrize(
    ("filters", "price", "down", "up"),
    [
        (spot, "0.10", "0.1", "0.1"),
        (spot, "0.1", "0.1", "0.1"),
        (spot, "0.109", "0.1", "0.11"),
        (spot, "0.1000000000000000000000000000000001", "0.1", "0.11"),
        (spot, "100", "100", "100"),
        (um, "0.111", "0.111", "0.111"),
        (um, "0.3", "0.211", "0.311"),
        (um, "100.211", "100.211", "100.211"),
        (cm, "27123.45", "27123.4", "27123.5"),
        (Filters(), "1.23456", "1.23456", "1.23456"),
    ],
)
def test_a_price_goes_to_the_next_tick(filters: Filters, price: str, down: str, up: str) -> None:
    """Counted from zero for margin, from the least price for UM and CM; without a filter it stays."""
    assert filters.fit_price(D(price), direction="down") == D(down)
    assert filters.fit_price(D(price), direction="up") == D(up)


@pytest.mark.parametrize(
    ("price", "direction", "message"),
    [
        ("0.004", "down", "price 0 is too small for PRICE_FILTER: the least that fits is 0.02"),
        ("0.004", "up", "price 0.01 is too small for PRICE_FILTER: the least that fits is 0.02"),
        ("-3", "down", "price -3 is too small for PRICE_FILTER: the least that fits is 0.02"),
        (
            "1000.001",
            "up",
            "price 1000.01 is too large for PRICE_FILTER: the most that fits is 1000",
        ),
    ],
)
def test_a_price_outside_is_refused(price: str, direction: Direction, message: str) -> None:
    """And never moved against its direction, or further than to the next tick."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        spot.fit_price(D(price), direction=direction)


def test_the_bounds_themselves_fit() -> None:
    """The most may lie between two steps; then the step below it is the most."""
    assert um.fit_price(D("0.111"), direction="up") == D("0.111")
    assert spot.fit_price(D(1000), direction="up") == 1000
    assert spot.fit_quantity(D(9000), direction="down") == 9000
    with pytest.raises(ValueError, match=r"the most that fits is 999\.911$"):
        um.fit_price(D(1000), direction="up")


@pytest.mark.parametrize(
    ("filters", "quantity", "down", "up"),
    [
        (spot, "1.0005", "1", "1.001"),
        (spot, "0.001", "0.001", "0.001"),
        (um, "0.3", "0.25", "0.35"),
        (cm, "7.9", "7", "8"),
        (cm, "100", "100", "100"),
    ],
)
def test_a_quantity_goes_to_the_next_step(
    filters: Filters, quantity: str, down: str, up: str
) -> None:
    """As prices do."""
    assert filters.fit_quantity(D(quantity), direction="down") == D(down)
    assert filters.fit_quantity(D(quantity), direction="up") == D(up)


def test_nothing_is_left_of_too_small_a_quantity() -> None:
    """An order of none is none, whatever the filters say; with none it may be as small as one likes."""
    with pytest.raises(ValueError, match=r"quantity 0 is too small for LOT_SIZE.* 0\.001$"):
        spot.fit_quantity(D("0.0009"), direction="down")
    grid = Grid(name="LOT_SIZE", step=D("0.5"))
    with pytest.raises(ValueError, match=r"the least that fits is 0\.5$"):
        Filters(quantity=grid).fit_quantity(D("0.4"), direction="down")
    with pytest.raises(ValueError, match="quantity 0 is too small"):
        Filters().fit_quantity(D(0), direction="up")


def test_a_market_order_has_rules_of_its_own() -> None:
    """Its own steps where there are any, else those of LOT_SIZE; and the bounds of both."""
    assert spot.fit_quantity(D("50.4999"), direction="up", is_market=True) == D("50.5")
    with pytest.raises(ValueError, match=r"too large for MARKET_LOT_SIZE.* is 50\.5$"):
        spot.fit_quantity(D("50.501"), direction="down", is_market=True)
    assert um.fit_quantity(D("0.4"), direction="down", is_market=True) == D("0.25")
    assert um.fit_quantity(D("0.4"), direction="up", is_market=True) == D("0.45")
    odd = Filters(
        quantity=Grid(name="LOT_SIZE", step=D(2)), market_quantity=Grid(name="M", step=D(3))
    )
    assert odd.fit_quantity(D(7), direction="down", is_market=True) == 6
    with pytest.raises(
        ValueError, match="quantity 9 is between two steps of LOT_SIZE: 8 and 10 fit"
    ):
        odd.fit_quantity(D(9), direction="down", is_market=True)


@pytest.mark.parametrize(
    ("filters", "quantity", "price", "message"),
    [
        (
            spot,
            "0.04",
            "100",
            (
                "quantity 0.04 at a price of 100 is worth 4, less than the 5.00000000 of NOTIONAL: "
                "at that price the least that fits is 0.05"
            ),
        ),
        (
            spot,
            "100",
            "90.5",
            (
                "quantity 100 at a price of 90.5 is worth 9050, more than the 9000.00000000 of NOTIONAL: "
                "at that price the most that fits is 99.447"
            ),
        ),
        (
            um,
            "0.05",
            "30",
            (
                "quantity 0.05 at a price of 30 is worth 1.5, less than the 5.0 of MIN_NOTIONAL: "
                "at that price the least that fits is 0.25"
            ),
        ),
    ],
)
def test_what_an_order_is_worth(filters: Filters, quantity: str, price: str, message: str) -> None:
    """With a price the notional is checked, and the error says which quantity would do, on a step."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        filters.fit_quantity(D(quantity), direction="down", price=D(price))
    assert filters.fit_quantity(D(quantity), direction="down") == D(quantity)
    fits = D(message.rpartition(" ")[2])
    assert filters.fit_quantity(fits, direction="down", price=D(price)) == fits


@pytest.mark.parametrize(
    ("filter_", "is_refused"),
    [
        ({"filterType": "NOTIONAL", "minNotional": "5", "applyMinToMarket": False}, False),
        ({"filterType": "NOTIONAL", "minNotional": "5", "applyMinToMarket": True}, True),
        ({"filterType": "MIN_NOTIONAL", "minNotional": "5", "applyToMarket": False}, False),
        ({"filterType": "MIN_NOTIONAL", "minNotional": "5", "applyToMarket": True}, True),
        ({"filterType": "MIN_NOTIONAL", "notional": "5"}, True),
        ({"filterType": "MIN_NOTIONAL", "notional": "0"}, False),
    ],
)
def test_whether_a_market_order_must_be_worth_that_much(
    filter_: dict[str, Any], *, is_refused: bool
) -> None:
    """As the filter says; UM's says nothing, and holds for all."""
    filters = Filters.of([filter_], product="margin")
    assert filters.fit_quantity(D(5), direction="up", price=D(1), is_market=True) == 5
    if not is_refused:
        assert filters.fit_quantity(D(4), direction="up", price=D(1), is_market=True) == 4
    else:
        with pytest.raises(ValueError, match="NOTIONAL"):
            filters.fit_quantity(D(4), direction="up", price=D(1), is_market=True)


def test_too_much_may_be_allowed_of_market_orders() -> None:
    """``applyMaxToMarket`` of the filter above is false; of other orders just as much as it says."""
    assert spot.fit_quantity(D(100), direction="up", price=D(90)) == 100
    assert spot.fit_quantity(D(50), direction="up", price=D(200), is_market=True) == 50
    most = {"filterType": "NOTIONAL", "minNotional": "1", "maxNotional": "10"}
    with pytest.raises(ValueError, match="more than the 10 of NOTIONAL"):
        Filters.of([most], product="margin").fit_quantity(
            D(50), direction="up", price=D(200), is_market=True
        )


def test_filters_may_be_given_by_hand() -> None:
    """By whoever knows them, without exchange information."""
    mine = Filters(price=Grid(name="tick", step=D("0.5")), worth=(Worth(name="mine", least=D(10)),))
    assert mine.fit_price(D("1.7"), direction="down") == D("1.5")
    with pytest.raises(ValueError, match="10 of mine: at that price the least that fits is 5"):
        mine.fit_quantity(D(4), direction="down", price=D(2))


unchecked: Any = spot
kind_of_filters: Any = Filters


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: unchecked.fit_price(0.1, direction="up"),
            TypeError,
            r"price must be .*Decimal\('0.1'\)",
        ),
        (lambda: unchecked.fit_price(1, direction="up"), TypeError, r"write Decimal\('1'\)"),
        (
            lambda: unchecked.fit_quantity(0.1, direction="up"),
            TypeError,
            "quantity must be a Decimal",
        ),
        (
            lambda: unchecked.fit_quantity(D(1), direction="up", price=9.0),
            TypeError,
            "price must be a Decimal",
        ),
        (
            lambda: unchecked.fit_quantity(D(1), direction="up", price=D(0)),
            ValueError,
            "above zero",
        ),
        (lambda: unchecked.fit_price(D(1), direction="near"), ValueError, "up"),
        (
            lambda: unchecked.fit_price(D("NaN"), direction="up"),
            ValueError,
            "price NaN is no number",
        ),
        (lambda: unchecked.fit_price(D("Infinity"), direction="up"), ValueError, "no number"),
        (lambda: unchecked.fit_price(D("1E20"), direction="up"), ValueError, "no number"),
        (lambda: unchecked.fit_price(D("1E-41"), direction="up"), ValueError, "no number"),
        (lambda: kind_of_filters.of([], product="spot"), ValueError, "product is"),
        (
            lambda: kind_of_filters.of([{"filterType": "LOT_SIZE", "stepSize": "1"}], product="um"),
            ValueError,
            "LOT_SIZE has no minQty",
        ),
        (
            lambda: kind_of_filters.of(
                [{"filterType": "MIN_NOTIONAL", "notional": 5.0}], product="um"
            ),
            TypeError,
            "notional of MIN_NOTIONAL is 5.0: hand it in as the exchange writes it",
        ),
    ],
)
def test_what_cannot_be_fitted(call: Any, kind: type[Exception], message: str) -> None:
    """The error says what to hand in instead."""
    with pytest.raises(kind, match=message):
        call()


steps = st.decimals("0.00000001", "1000", places=8)
values = st.decimals("-100000", "100000", places=12)
origins = st.decimals("0", "10", places=8)


@given(value=values, step=steps, origin=origins, direction=st.sampled_from(["up", "down"]))
@example(value=D(-7), step=D(2), origin=D("0.5"), direction="down")
@example(value=D(-7), step=D(2), origin=D("0.5"), direction="up")
def test_the_next_step(
    value: Decimal, step: Decimal, origin: Decimal, direction: Direction
) -> None:
    """It is a step, in that direction, less than one away; what is one stays; and the digits are plain."""
    fitting = Grid(name="any", step=step, origin=origin).stepped(value, direction)
    assert (fitting - origin) % step == 0
    assert 0 <= (fitting - value if direction == "up" else value - fitting) < step
    assert Grid(name="any", step=step, origin=origin).stepped(fitting, direction) == fitting
    assert fitting.as_tuple().exponent in range(-8, 1)
    assert fitting == 0 or "." not in f"{fitting:f}" or not f"{fitting:f}".endswith("0")


@given(
    quantity=st.decimals("0.001", "9000", places=9),
    price=st.decimals("0.02", "1000", places=2),
    direction=st.sampled_from(["up", "down"]),
)
def test_what_is_fitted_stays(quantity: Decimal, price: Decimal, direction: Direction) -> None:
    """Fitted twice is fitted once, and an error names a quantity that fits or is out of bounds."""
    try:
        found = spot.fit_quantity(quantity, direction=direction, price=price)
    except ValueError as error:
        said = D(str(error).rpartition(" ")[2])
        assert spot.fit_quantity(said, direction="up", price=price) == said
    else:
        assert spot.fit_quantity(found, direction="up", price=price) == found
        assert spot.fit_quantity(found, direction="down", price=price) == found
        assert 5 <= found * price <= 9000
