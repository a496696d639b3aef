from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Annotated
from urllib.parse import unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from binance_papi_async.declaring.parameters import (
    ClientId,
    Parameter,
    Symbol,
    TimestampMs,
    parameters,
    text_of_string,
)
from binance_papi_async.enums import Side


class Everything(Struct, rename="camel", kw_only=True):
    """One parameter of each kind."""

    symbol: Symbol
    side: Side
    quantity: Decimal
    order_id: int
    is_isolated: bool
    plain_text: str
    client_id: ClientId | None = None
    code: Annotated[str, Meta(min_length=1, max_length=3)] | None = None
    start_time: TimestampMs | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] | None = None
    price: Decimal | None = None


BY_NAME: dict[str, Parameter] = {each.name: each for each in parameters(Everything)}


@pytest.mark.parametrize(
    ("name", "wire_name", "kind", "is_required"),
    [
        ("symbol", "symbol", str, True),
        ("side", "side", Side, True),
        ("quantity", "quantity", Decimal, True),
        ("order_id", "orderId", int, True),
        ("is_isolated", "isIsolated", bool, True),
        ("plain_text", "plainText", str, True),
        ("client_id", "clientId", str, False),
        ("code", "code", str, False),
        ("start_time", "startTime", int, False),
        ("limit", "limit", int, False),
        ("price", "price", Decimal, False),
    ],
)
def test_a_parameter_is_read_from_its_annotation(
    name: str, wire_name: str, kind: type, *, is_required: bool
) -> None:
    """Name, the exchange's name, type, and whether it may be left out."""
    parameter = BY_NAME[name]
    assert (parameter.wire_name, parameter.type) == (wire_name, kind)
    assert parameter.is_required is is_required


def test_parameters_stand_in_declaration_order() -> None:
    """The order of the class is the order of the query."""
    assert [each.name for each in parameters(Everything)] == list(Everything.__struct_fields__)


def test_bounds_are_those_of_the_annotation() -> None:
    """``Meta`` is found beneath ``| None``, and None where there is none."""
    assert BY_NAME["limit"].bounds == Meta(ge=1, le=500)
    assert BY_NAME["symbol"].bounds == Meta(min_length=1)
    assert BY_NAME["price"].bounds is None


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("symbol", "LTCBTC", "LTCBTC"),
        ("symbol", "\uff11", "%EF%BC%91"),
        ("client_id", "a&b=c+d/e f%", "a%26b%3Dc%2Bd%2Fe%20f%25"),
        ("client_id", Side.BUY, "BUY"),
        ("plain_text", "", ""),
        ("side", Side.SELL, "SELL"),
        ("side", "SELL", "SELL"),
        ("side", Side("SIDE&WAYS"), "SIDE%26WAYS"),
        ("order_id", 28, "28"),
        ("order_id", -1, "-1"),
        ("start_time", 0, "0"),
        ("limit", 1, "1"),
        ("limit", 500, "500"),
        ("code", "abc", "abc"),
        ("is_isolated", True, "true"),
        ("is_isolated", False, "false"),
        ("quantity", Decimal("1E-8"), "0.00000001"),
        ("quantity", Decimal("1E+3"), "1000"),
        ("quantity", Decimal("10.00"), "10.00"),
        ("quantity", Decimal("0E-8"), "0.00000000"),
        ("quantity", 3, "3"),
        ("quantity", 10**30, "1" + "0" * 30),
    ],
)
def test_a_value_is_accepted_and_written(name: str, value: object, text: str) -> None:
    """What may be given, and the text the exchange reads."""
    BY_NAME[name].check(value)
    assert BY_NAME[name].text(value) == text


class Digit(IntEnum):
    """A kind of int."""

    ONE = 1


def test_a_subclass_is_of_the_type() -> None:
    """What derives from the type is written like it."""
    BY_NAME["order_id"].check(Digit.ONE)
    assert BY_NAME["order_id"].text(Digit.ONE) == "1"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("symbol", 1, "symbol must be of type str, not int"),
        ("symbol", b"LTCBTC", "symbol must be of type str, not bytes"),
        ("side", 1, "side must be of type Side, not int"),
        ("order_id", "28", "order_id must be of type int, not str"),
        ("order_id", True, "order_id must be of type int, not bool"),
        ("order_id", 28.0, "order_id must be of type int, not float"),
        ("limit", "5", "limit must be of type int, not str"),
        ("is_isolated", 1, "is_isolated must be of type bool, not int"),
        ("is_isolated", "true", "is_isolated must be of type bool, not str"),
        ("quantity", "0.1", 'quantity must be a Decimal, not a str: pass Decimal("0.1")'),
        ("quantity", True, "quantity must be of type Decimal, not bool"),
        ("client_id", Decimal(1), "client_id must be of type str, not Decimal"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: object, message: str) -> None:
    """TypeError with the parameter, the type it takes and the type that was given."""
    with pytest.raises(TypeError) as caught:
        BY_NAME[name].check(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [0.1, 1e-8, float("nan")])
def test_a_float_is_refused_with_the_way_out(value: float) -> None:
    """Money is no float; the message holds what to write instead."""
    with pytest.raises(TypeError) as caught:
        BY_NAME["quantity"].check(value)
    assert str(caught.value) == (
        f"quantity={value} is a float, which cannot hold most decimal fractions exactly: "
        f'pass Decimal("{value}")'
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("symbol", "", "symbol must not be empty"),
        ("client_id", "", "client_id must not be empty"),
        ("code", "", "code must not be empty"),
        ("code", "abcd", "code must be at most 3 characters long"),
        ("side", "", "side must not be empty"),
        ("limit", 0, "limit must be at least 1, not 0"),
        ("limit", 501, "limit must be at most 500, not 501"),
        ("start_time", -1, "start_time must be at least 0, not -1"),
        ("quantity", Decimal("NaN"), "quantity must be a number, not NaN"),
        ("quantity", Decimal("sNaN"), "quantity must be a number, not sNaN"),
        ("quantity", Decimal("Infinity"), "quantity must be a number, not Infinity"),
        ("price", Decimal("-Infinity"), "price must be a number, not -Infinity"),
    ],
)
def test_a_value_out_of_bounds_is_refused(name: str, value: object, message: str) -> None:
    """ValueError with the parameter, the bound and the value."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        BY_NAME[name].check(value)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_is_written_in_plain_digits(value: Decimal) -> None:
    """The exchange does not read 1E-8: no exponent, and not a digit lost."""
    text = BY_NAME["quantity"].text(value)
    assert Decimal(text) == value
    assert set(text) <= set("-0123456789.")


@settings(deadline=None)
@given(st.integers())
def test_a_whole_number_is_written_in_digits(value: int) -> None:
    """An int is itself, as an id and as an amount."""
    assert int(BY_NAME["order_id"].text(value)) == int(BY_NAME["quantity"].text(value)) == value


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_is_percent_encoded(value: str) -> None:
    """Text reads back as it was, and holds nothing that means something in a query."""
    text = text_of_string(value)
    assert unquote_plus(text) == value
    assert text.isascii()
    assert not set(text) & set("&=+/ #?\n")


def test_text_that_is_no_unicode_is_refused() -> None:
    """A lone surrogate cannot be sent."""
    with pytest.raises(ValueError, match="symbol"):
        BY_NAME["symbol"].check("\ud800")
