from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec import DecodeError, structs

from binance_papi_async.declaring.parameters import Parameter
from binance_papi_async.declaring.request import (
    ENDPOINTS,
    ORDER_REPLY_BYTES,
    READ_REPLY_BYTES,
    Lane,
    Request,
    Security,
    Verb,
    endpoint,
)
from binance_papi_async.endpoints.acknowledgements import Empty
from binance_papi_async.endpoints.general import Ping, QueryServerTime, ServerTime
from binance_papi_async.endpoints.margin_orders import (
    CancelAllMarginOrders,
    CancelMarginOrder,
    NewMarginOrder,
    OpenMarginOrders,
    QueryMarginOrder,
)
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, MarginOrder
from binance_papi_async.enums import OrderType, Side, TimeInForce

CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)


@pytest.fixture(autouse=True)
def no_endpoint_stays() -> Iterator[None]:
    """The table of endpoints is as it was when the test ends."""
    before = dict(ENDPOINTS)
    yield
    ENDPOINTS.clear()
    ENDPOINTS.update(before)


def test_equal_requests_are_one_key() -> None:
    """A request is a value: equal ones hash alike, different ones differ."""
    twin = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    assert {CANCEL: "found"}[twin] == "found"
    assert CancelMarginOrder(symbol="LTCBTC", order_id=29) != CANCEL
    another: Request[Any] = QueryMarginOrder(symbol="LTCBTC", order_id=28)
    assert another != CANCEL


def test_a_word_and_its_member_make_the_same_request() -> None:
    """``side="BUY"`` is ``side=Side.BUY``."""
    size = Decimal(1)
    by_word = NewMarginOrder(symbol="LTCBTC", side="BUY", type="MARKET", quantity=size)  # type: ignore[arg-type]
    by_member = NewMarginOrder(symbol="LTCBTC", side=Side.BUY, type=OrderType.MARKET, quantity=size)
    assert by_word == by_member
    assert hash(by_word) == hash(by_member)


def test_a_request_is_frozen() -> None:
    """What was checked cannot be changed afterwards."""
    with pytest.raises(AttributeError):
        CANCEL.order_id = 29  # type: ignore[misc]


def test_a_changed_copy_is_checked_again() -> None:
    """``msgspec.structs.replace`` makes a new request, by the same rules."""
    assert structs.replace(CANCEL, order_id=29).order_id == 29
    with pytest.raises(TypeError, match="order_id must be of type int, not str"):
        structs.replace(CANCEL, order_id="29")


def test_a_request_can_be_copied_and_pickled() -> None:
    """Copies are equal."""
    twins = [copy.copy(CANCEL), copy.deepcopy(CANCEL), pickle.loads(pickle.dumps(CANCEL))]  # noqa: S301 - our own
    assert twins == [CANCEL] * 3


def test_a_request_takes_its_parameters_by_name() -> None:
    """Positions would be easy to confuse."""
    with pytest.raises(TypeError, match="positional"):
        CancelMarginOrder("LTCBTC", 28)  # type: ignore[call-arg]


def test_a_request_takes_no_parameter_it_does_not_have() -> None:
    """A misspelt name is refused."""
    with pytest.raises(TypeError, match="order_Id"):
        CancelMarginOrder(symbol="LTCBTC", order_Id=28)  # type: ignore[call-arg]


def test_a_required_parameter_is_required() -> None:
    """Neither left out nor None."""
    with pytest.raises(TypeError, match="symbol"):
        OpenMarginOrders()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^symbol is required$"):
        OpenMarginOrders(symbol=None)  # type: ignore[arg-type]


def test_a_request_is_checked_when_it_is_made() -> None:
    """What the exchange would refuse costs no weight."""
    with pytest.raises(ValueError, match=r"^symbol must not be empty$"):
        OpenMarginOrders(symbol="")


def test_a_request_shows_its_parameters() -> None:
    """The repr is what was asked, which holds nothing secret."""
    assert repr(OpenMarginOrders(symbol="LTCBTC")) == "OpenMarginOrders(symbol='LTCBTC')"


def test_a_query_leaves_out_what_is_none() -> None:
    """Declaration order, the exchange's names; nothing at all without parameters."""
    assert CANCEL.query() == "symbol=LTCBTC&orderId=28"
    assert Ping().query() == ""
    order = NewMarginOrder(
        auto_repay_at_cancel=False,
        price=Decimal("1E-8"),
        quantity=Decimal("10.00"),
        type=OrderType.LIMIT,
        side=Side.SELL,
        symbol="LTCBTC",
        time_in_force=TimeInForce.GTC,
    )
    assert order.query() == (
        "symbol=LTCBTC&side=SELL&type=LIMIT&quantity=10.00&price=0.00000001&timeInForce=GTC"
        "&autoRepayAtCancel=false"
    )


def test_a_request_weighs_what_its_endpoint_does() -> None:
    """Unless it depends on a parameter, the declared weight is charged."""
    assert CANCEL.weight == CANCEL.endpoint.weight == 2


def _declare(path: str) -> type[Request[Empty]]:
    @endpoint("GET", path)
    class Declared(Request[Empty]):
        """One of two."""

    return Declared


def test_an_endpoint_is_declared_once() -> None:
    """A second class for the same verb and path is a slip."""
    first = _declare("/test/v1/twice")
    with pytest.raises(TypeError, match=r"^GET /test/v1/twice is declared twice$"):
        _declare("/test/v1/twice")
    assert ENDPOINTS["GET", "/test/v1/twice"] is first


def test_another_verb_is_another_endpoint() -> None:
    """GET and DELETE of one path are two calls."""
    assert ENDPOINTS["GET", "/papi/v1/margin/order"] is QueryMarginOrder
    assert ENDPOINTS["DELETE", "/papi/v1/margin/order"] is CancelMarginOrder


def test_a_declared_class_may_be_declared_again() -> None:
    """Declaring the very same class twice does no harm."""
    first = _declare("/test/v1/again")
    assert endpoint("GET", "/test/v1/again", weight=3)(first) is first
    assert first.endpoint.weight == 3


@pytest.mark.parametrize(
    ("verb", "orders", "security", "lane"),
    [
        ("DELETE", 0, "signed", "cancel"),
        ("DELETE", 0, "keyed", "read"),
        ("POST", 1, "signed", "order"),
        ("POST", 0, "signed", "read"),
        ("PUT", 0, "keyed", "read"),
        ("GET", 0, "signed", "read"),
        ("GET", 0, "open", "read"),
    ],
)
def test_a_lane_follows_from_what_a_call_does(
    verb: Verb, orders: int, security: Security, lane: Lane
) -> None:
    """Signed deletions cancel, what is charged as an order orders, the rest reads."""

    @endpoint(verb, "/test/v1/lane", orders=orders, security=security)
    class Declared(Request[Empty]):
        """A call of that kind."""

    assert Declared.endpoint.lane == lane


def test_an_endpoint_knows_its_two_sides() -> None:
    """What the class says is said nowhere else."""
    declared = CancelMarginOrder.endpoint
    assert repr(declared) == "<DELETE /papi/v1/margin/order>"
    assert declared.request is CancelMarginOrder
    assert declared.reply is CanceledMarginOrder
    assert OpenMarginOrders.endpoint.reply == list[MarginOrder]
    assert QueryServerTime.endpoint.reply is ServerTime
    assert [each.name for each in declared.parameters] == list(CANCEL.__struct_fields__)


def test_an_endpoint_decodes_by_its_reply_type_unless_it_brings_a_decoder() -> None:
    """``decode`` is the declared function, or reads the reply's type."""
    assert QueryServerTime.endpoint.decode(b'{"serverTime":1}') == ServerTime(server_time=1)
    with pytest.raises(DecodeError):
        QueryServerTime.endpoint.decode(b"{}")
    assert CancelAllMarginOrders.endpoint.decode(b"[]") == []


def test_the_largest_reply_follows_from_the_verb() -> None:
    """Reads may be long, replies to changes are short."""
    assert QueryMarginOrder.endpoint.max_reply_bytes == READ_REPLY_BYTES == 16 * 1024 * 1024
    assert CancelMarginOrder.endpoint.max_reply_bytes == ORDER_REPLY_BYTES == 1024 * 1024


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


CROSS_FIELD_WORDS = (
    *(" not both", " one of the two", " needs ", " takes no ", " is after "),
    " must not lie more than ",
)
"""How rules between parameters begin their complaint."""


def _values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """What a parameter may hold."""
    bounds = parameter.bounds
    if parameter.is_moment:
        return st.integers(1_600_000_000_000, 1_600_000_600_000)
    if parameter.type is int:
        return st.integers(bounds and bounds.ge, bounds and bounds.le)  # type: ignore[arg-type]
    if parameter.type is Decimal:
        return st.decimals(Decimal("1e-9"), 10**12, places=9)
    if parameter.words:
        return st.sampled_from(parameter.words).map(parameter.type)
    if bounds is not None and bounds.pattern is not None:
        return st.from_regex(bounds.pattern)
    return {str: TEXT, bool: st.booleans()}[parameter.type]


def _given(request_class: type[Request[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of a request: what is required, and any of the rest."""
    every = request_class.endpoint.parameters
    return st.fixed_dictionaries(
        {each.name: _values(each) for each in every if each.is_required},
        optional={each.name: _values(each) for each in every if not each.is_required},
    )


def _read_back(parameter: Parameter, text: str) -> object:
    return text == "true" if parameter.type is bool else parameter.type(text)


@pytest.mark.parametrize("request_class", ENDPOINTS.values(), ids=lambda each: each.__name__)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(drawn=st.data())
def test_a_query_reads_back_as_what_was_given(
    request_class: type[Request[Any]], drawn: st.DataObject
) -> None:
    """For every request there is: the exchange can read exactly what the caller gave."""
    arguments = drawn.draw(_given(request_class))
    try:
        request = request_class(**arguments)
    except ValueError as error:
        if any(words in str(error) for words in CROSS_FIELD_WORDS):
            reject()  # an either-or rule, which the tests of the endpoints look at
        raise
    pairs = parse_qsl(request.query(), strict_parsing=bool(arguments), keep_blank_values=True)
    by_wire_name = {each.wire_name: each for each in request.endpoint.parameters}
    read = {by_wire_name[name].name: _read_back(by_wire_name[name], text) for name, text in pairs}
    assert len(pairs) == len(read)
    assert read == arguments
