from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
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
    NewClientId,
    NewClientId32,
    Parameter,
    Quantity,
    Remembered,
    Symbol,
    TimestampMs,
    Words,
    milliseconds,
    parameters,
    text_of_string,
)
from binance_papi_async.enums import Side, WorkingType


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
    amount: Quantity | None = None
    working: Annotated[WorkingType, Words("CONTRACT_PRICE")] | None = None
    new_id: NewClientId | None = None
    order_name: NewClientId32 | None = None


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
        ("working", "working", WorkingType, False),
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
    assert BY_NAME["client_id"].bounds == Meta(min_length=1)
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
        ("quantity", 10**19, "1" + "0" * 19),
        ("quantity", Decimal("1E-20"), "0." + "0" * 19 + "1"),
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
        ("price", Decimal("-0.1"), "price must not be below zero, not -0.1"),
        ("price", Decimal("-0"), "price must not be below zero, not -0"),
        ("price", -1, "price must not be below zero, not -1"),
        ("amount", Decimal(0), "amount must be above 0, not 0"),
        ("amount", 0, "amount must be above 0, not 0"),
        ("quantity", 10**20, "quantity has over 20 digits before the point"),
        ("quantity", Decimal("1E+20"), "quantity has over 20 digits before the point"),
        ("side", "sell", "side must be BUY or SELL, not sell"),
        ("side", Side("SIDE&WAYS"), "side must be BUY or SELL, not SIDE&WAYS"),
        ("working", "MARK_PRICE", "working must be CONTRACT_PRICE, not MARK_PRICE"),
    ],
)
def test_a_value_out_of_bounds_is_refused(name: str, value: object, message: str) -> None:
    """ValueError with the parameter, the bound and the value."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
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


SYMBOLS = ["LTCBTC", "1000SATSUSDT", "BTCUSD_PERP", "BTCUSDT_230630", "\u5e01\u5b89USDT", "\uff11"]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_is_of_any_script(symbol: str) -> None:
    """Derivatives have symbols that are not ASCII since 2025-10."""
    for _ in range(2):  # looked at, and then remembered
        BY_NAME["symbol"].check(symbol)


@pytest.mark.parametrize(
    "symbol",
    ["ltcbtc", "LTC/BTC", "LTC-BTC", "LTC BTC", "LTCBTC\n", " LTCBTC", "LTC&BTC", "A\u3000B"],
)
def test_a_symbol_is_written_as_the_exchange_writes_it(symbol: str) -> None:
    """In capitals, without what separates its two halves elsewhere; -1121 otherwise."""
    with pytest.raises(
        ValueError, match=r"^symbol must be capitals, digits and _, like "
    ) as caught:
        BY_NAME["symbol"].check(symbol)
    assert str(caught.value) == (
        f"symbol must be capitals, digits and _, like LTCBTC or BTCUSD_PERP, not {symbol!r}"
    )


@pytest.mark.parametrize(("name", "longest"), [("new_id", 36), ("order_name", 32)])
def test_a_new_id_is_of_the_documented_alphabet(name: str, longest: int) -> None:
    """-4015 otherwise; an id that is known already may be anything."""
    parameter = BY_NAME[name]
    for fine in ("a", "Z9.:/_-", "x" * longest):
        parameter.check(fine)
    for wrong in ("a b", "\u00e9", "a&b", "a\n", "#"):
        with pytest.raises(ValueError, match="must be letters, digits and") as caught:
            parameter.check(wrong)
        assert str(caught.value) == f"{name} must be letters, digits and . : / _ -, not {wrong!r}"
        BY_NAME["client_id"].check(wrong)
    with pytest.raises(ValueError, match=f"^{name} must be at most {longest} characters long$"):
        parameter.check("x" * (longest + 1))


def test_a_float_in_disguise_is_refused_with_the_way_out() -> None:
    """``Decimal(0.1)`` has 55 digits behind the point: -1100."""
    with pytest.raises(ValueError, match="55 digits") as caught:
        BY_NAME["quantity"].check(Decimal(0.1))  # noqa: RUF032 - the slip this is about
    assert str(caught.value) == (
        "quantity has 55 digits behind the point, at most 20 can be sent: "
        'write Decimal("0.1"), for Decimal(0.1) is not exactly a tenth'
    )


@pytest.mark.parametrize("seconds", [10**9, 1_700_000_000, 10**11 - 1])
def test_a_time_in_seconds_is_refused_with_the_way_out(seconds: int) -> None:
    """It would be taken for a day in 1970."""
    with pytest.raises(ValueError, match="looks like seconds") as caught:
        BY_NAME["start_time"].check(seconds)
    assert str(caught.value) == (
        f"start_time={seconds} looks like seconds: times are in ms, so {seconds}000, "
        "or a datetime with a time zone"
    )


@pytest.mark.parametrize("time", [0, 1, 10**9 - 1, 10**11, 1_700_000_000_000])
def test_a_time_in_milliseconds_is_taken(time: int) -> None:
    """The very beginning included."""
    BY_NAME["start_time"].check(time)


def test_a_datetime_is_milliseconds_of_whatever_time_zone() -> None:
    """To the millisecond, cut as the exchange cuts them."""
    moment = datetime(2023, 11, 14, 22, 13, 20, 1999, tzinfo=UTC)
    assert milliseconds("start_time", moment) == 1_700_000_000_001
    there = moment.astimezone(timezone(timedelta(hours=9)))
    assert milliseconds("start_time", there) == 1_700_000_000_001


def test_a_naive_datetime_is_refused_with_the_way_out() -> None:
    """Whose clock it shows, nobody knows."""
    with pytest.raises(ValueError, match="no time zone") as caught:
        milliseconds("end_time", datetime(2023, 11, 14))  # noqa: DTZ001 - the slip this is about
    assert str(caught.value) == (
        "end_time has no time zone: datetime.now(UTC) has one, and .astimezone() gives a local time one"
    )


def test_not_too_many_values_are_remembered() -> None:
    """Who asks for thousands of symbols pays a look for each again, no memory without end."""
    found = Remembered()
    for number in range(5000):
        found.remember(number)
    assert 0 < len(found) <= 4096
