"""What is read of a message of the user data stream: as documented, as seen elsewhere, and damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.enums import ExecutionType, FuturesProduct, OrderStatus
from binance_papi_async.stream.account_events import (
    PRODUCTS,
    ListenKeyExpired,
    RiskLevelChange,
    UnknownEvent,
)
from binance_papi_async.stream.events import Event, identity, read_event
from binance_papi_async.stream.futures_events import (
    AccountUpdate,
    FuturesOrderUpdate,
    OrderTradeUpdate,
)
from binance_papi_async.stream.margin_events import ExecutionReport, LiabilityChange
from binance_papi_async.stream.trigger_events import AlgoUpdate, ConditionalOrderUpdate
from tests.unit.stream.examples import (
    ACCOUNT_UPDATE,
    ALGO_UPDATE,
    CONDITIONAL,
    EXAMPLES,
    EXECUTION_REPORT,
    LIABILITY_CHANGE,
    LISTEN_KEY_EXPIRED,
    OPEN_ORDER_LOSS,
    ORDER_TRADE_UPDATE,
    PROMISED,
    RISK_LEVEL_CHANGE,
)

KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
"""A listen key as the documents show one."""
COVERED_BY = {
    EXECUTION_REPORT: ("margin",),
    ORDER_TRADE_UPDATE: ("um",),
    ALGO_UPDATE: ("um algo",),
    CONDITIONAL: ("um conditional",),
}
"""Whose orders each example is about; of the others, nobody's."""


def changed(body: bytes, path: str, value: Any = ...) -> bytes:
    """A message with another value at ``o.z``; without that field if no value is given."""
    message = json.loads(body)
    *parents, name = path.split(".")
    inside = message
    for parent in parents:
        inside = inside[parent]
    if value is ...:
        inside.pop(name, None)
    else:
        inside[name] = value
    return json.dumps(message).encode()


def paths(body: bytes) -> Iterator[str]:
    """Every field of a message, and those of its object."""
    for name, value in json.loads(body).items():
        if name != "e":
            yield name
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in value)


def report(**fields: Any) -> ExecutionReport:
    """The documented margin event with other values, read."""
    body = EXECUTION_REPORT
    for name, value in fields.items():
        body = changed(body, name, value)
    event = read_event(body)
    assert isinstance(event, ExecutionReport)
    return event


def order_update(**fields: Any) -> FuturesOrderUpdate:
    """The order of the documented futures event with other values, read."""
    body = ORDER_TRADE_UPDATE
    for name, value in fields.items():
        body = changed(body, f"o.{name}", value)
    event = read_event(body)
    assert isinstance(event, OrderTradeUpdate)
    return event.order


FIELDS = [(body, path) for body in EXAMPLES for path in paths(body)]
each_example = pytest.mark.parametrize(
    "body", EXAMPLES, ids=lambda body: type(EXAMPLES[body]).__name__
)
each_field = pytest.mark.parametrize(
    ("body", "path"),
    FIELDS,
    ids=[f"{type(EXAMPLES[body]).__name__}-{path}" for body, path in FIELDS],
)


@each_example
def test_the_documented_example_is_read(body: bytes) -> None:
    """Every field of it, under its name, as its type."""
    assert read_event(body) == EXAMPLES[body]


def test_there_are_twelve_events() -> None:
    """As many as the documents have."""
    assert len({type(event) for event in EXAMPLES.values()}) == 12


@each_example
def test_a_new_field_changes_nothing(body: bytes) -> None:
    """The exchange adds fields without notice."""
    assert read_event(changed(body, "zz", {"a": [1]})) == EXAMPLES[body]


@each_example
def test_an_envelope_is_opened(body: bytes) -> None:
    """Combined streams wrap each event; what names the stream there is the listen key."""
    envelope = b'{"stream":"%b","data":%b}' % (KEY.encode(), body)
    event = read_event(envelope, KEY)
    assert event == EXAMPLES[body]
    assert KEY not in repr(event)


@each_example
@pytest.mark.parametrize("spell", [str.upper, str.lower])
def test_a_name_is_read_in_another_spelling(body: bytes, spell: Any) -> None:
    """``RISK_LEVEL_CHANGE`` is documented, ``riskLevelChange`` is sent."""
    name = "_".join(spell(json.loads(body)["e"]))
    assert read_event(changed(body, "e", name)) == EXAMPLES[body]


def test_the_documented_spelling_of_the_risk_level_is_read() -> None:
    """It is the title of its page."""
    event = read_event(changed(RISK_LEVEL_CHANGE, "e", "RISK_LEVEL_CHANGE"))
    assert isinstance(event, RiskLevelChange)
    assert (event.level, event.uni_mmr) == ("MARGIN_CALL", Decimal("1.99999999"))


@each_field
@pytest.mark.parametrize("damage", [..., None, [[]]], ids=["dropped", "null", "list"])
def test_a_damaged_field_is_none_or_ends_the_coverage(body: bytes, path: str, damage: Any) -> None:
    """What an event can do without is None; without what it cannot, it says whose orders it was about."""
    event = read_event(changed(body, path, damage))
    if path not in PROMISED[body]:
        assert type(event) is type(EXAMPLES[body])
        return
    assert isinstance(event, UnknownEvent)
    assert event.name == json.loads(body)["e"]
    assert event.error
    told = COVERED_BY.get(body, ())
    assert event.uncovers == (_of_both(told) if path == "fs" else told)


def _of_both(told: tuple[str, ...]) -> tuple[str, ...]:
    """Without ``fs`` nobody knows whether it was UM or CM; algo orders are of UM only."""
    if told in {("um",), ("um conditional",)}:
        return told[0], told[0].replace("um", "cm")
    return told


@each_field
def test_a_field_of_another_type_never_raises(body: bytes, path: str) -> None:
    """Whatever stands there, the reader goes on, and an order event that is lost is told."""
    others: tuple[Any, ...] = ("a word", "", "NaN", 17, -1.5, True, [], [{}], {"x": 1})
    for other in others:
        event = read_event(changed(body, path, other))
        if isinstance(event, UnknownEvent):
            assert event.error
            assert path in PROMISED[body]
            assert bool(event.uncovers) is (body in COVERED_BY)


def test_numbers_in_quotes_and_out_of_them_are_numbers() -> None:
    """Fields are retyped without notice."""
    event = report(i="4293153", T="1499405658657", q=1.5, t="-1", c=17)
    assert (event.order_id, event.transaction_time, event.trade_id) == (4293153, 1499405658657, -1)
    assert (event.orig_qty, event.client_order_id) == (Decimal("1.5"), "17")


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_an_executed_quantity_that_is_no_number_is_not_believed(number: str) -> None:
    """It could be compared with none, or would win over all."""
    for body, path in ((EXECUTION_REPORT, "z"), (ORDER_TRADE_UPDATE, "o.z")):
        event = read_event(changed(body, path, number))
        assert isinstance(event, UnknownEvent)
        assert event.uncovers == COVERED_BY[body]


def test_a_margin_cancel_names_the_order_by_its_other_id() -> None:
    """``c`` is the id of the cancel then, ``C`` the order's."""
    event = report(x="CANCELED", X="CANCELED", c="of the cancel", C="of the order")
    assert event.own_client_order_id == "of the order"
    assert event.client_order_id == "of the cancel"


@pytest.mark.parametrize("blank", ["", None, ...])
def test_any_other_margin_event_names_the_order_by_its_first_id(blank: Any) -> None:
    """``C`` is empty, null or not there."""
    assert report(C=blank).own_client_order_id == "mUvoqJxFIILMdfAW5iGSOW"


def test_fields_that_differ_by_case_only_are_kept_apart() -> None:
    """C and C, o and O, t and T, n and N, and so on."""
    event = report(o="MARKET", O=17, t=5, T=6, n="0.1", N="BNB", v=1, V="EXPIRE_BOTH", l="1", L="2")
    assert (event.type, event.time) == ("MARKET", 17)
    assert (event.trade_id, event.transaction_time) == (5, 6)
    assert (event.commission, event.commission_asset) == (Decimal("0.1"), "BNB")
    assert (event.prevented_match_id, event.self_trade_prevention_mode) == (1, "EXPIRE_BOTH")
    assert (event.last_executed_qty, event.last_executed_price) == (Decimal(1), Decimal(2))


@pytest.mark.parametrize("reason", ["LIQUIDATED", 7])
def test_the_fields_of_2026_are_read(reason: Any) -> None:
    """Why an order expired may be text or a number."""
    event = report(Cs="BTCUSDT", pl="1.5", pL="2.5", pY="3.75", eR=reason)
    assert event.counter_symbol == "BTCUSDT"
    assert event.prevented_execution_qty == Decimal("1.5")
    assert event.prevented_execution_price == Decimal("2.5")
    assert event.prevented_execution_quote_qty == Decimal("3.75")
    assert event.expiry_reason == reason


def test_a_futures_event_has_two_ids_and_two_times() -> None:
    """The alias of the account is text, the id of the order a number; the engine's time stands outside."""
    body = changed(changed(ORDER_TRADE_UPDATE, "i", "SfsR"), "o.T", 1)
    event = read_event(changed(body, "fs", "CM"))
    assert isinstance(event, OrderTradeUpdate)
    assert (event.product, event.account_alias) == (FuturesProduct.CM, "SfsR")
    assert event.order.order_id == 8886774
    assert (event.transaction_time, event.order.order_trade_time) == (1568879465650, 1)


def test_an_amendment_stays_new() -> None:
    """What happened is one thing, how the order stands another; the caller's tag is text or a number."""
    order = order_update(x="AMENDMENT", M="17")
    assert (order.execution_type, order.status) == (ExecutionType.AMENDMENT, OrderStatus.NEW)
    assert order.modify_id == "17"
    assert order_update(M=17).modify_id == 17


def test_commission_may_be_missing_of_a_futures_event() -> None:
    """``n`` and ``N`` are not there when there was none."""
    order = order_update(n=..., N=...)
    assert (order.commission, order.commission_asset) == (None, None)


@pytest.mark.parametrize("word", ["autoclose-1", "adl_autoclose", "settlement_autoclose-2"])
def test_orders_of_the_exchange_itself_are_read(word: str) -> None:
    """Liquidations, auto-deleveraging and settlements name themselves."""
    assert order_update(c=word).client_order_id == word


def test_unknown_words_are_kept() -> None:
    """A status invented yesterday is readable, and a cancel spelled with two Ls is a cancel."""
    assert order_update(X="NEW_ADL").status == "NEW_ADL"
    assert order_update(X="CANCELLED").status is OrderStatus.CANCELED


def test_a_funding_fee_of_a_crossed_position_has_no_positions() -> None:
    """``P`` is not there, and since August 2026 ``S`` may be."""
    body = changed(changed(ACCOUNT_UPDATE, "a.P"), "a.m", "FUNDING_FEE")
    event = read_event(changed(body, "a.S", "BTCUSDT"))
    assert isinstance(event, AccountUpdate)
    assert (event.change.reason, event.change.symbol) == ("FUNDING_FEE", "BTCUSDT")
    assert event.change.positions == []


def test_an_algo_order_stands_under_either_name() -> None:
    """``ao`` here, ``o`` on USD-M futures."""
    renamed = ALGO_UPDATE.replace(b'"ao":', b'"o":')
    assert renamed != ALGO_UPDATE
    assert read_event(renamed) == EXAMPLES[ALGO_UPDATE]


def test_the_order_an_algo_order_placed_is_text() -> None:
    """Empty before; a number is read as well."""
    for value in ("881", 881):
        event = read_event(changed(ALGO_UPDATE, "ao.ai", value))
        assert isinstance(event, AlgoUpdate)
        assert event.order.actual_order_id == "881"


def test_a_conditional_order_need_not_have_placed_one() -> None:
    """``i`` is there once triggered only."""
    event = read_event(changed(CONDITIONAL, "so.i"))
    assert isinstance(event, ConditionalOrderUpdate)
    assert (event.order.strategy_id, event.order.order_id) == (176057039, None)


def test_a_transaction_id_keeps_its_last_digits() -> None:
    """It is above 2^53, and no time."""
    event = read_event(LIABILITY_CHANGE)
    assert isinstance(event, LiabilityChange)
    assert event.transaction_id == 1352286576452864727


@pytest.mark.parametrize(("named", "is_ours"), [(KEY, True), ("another", False), (..., None)])
def test_an_expiry_says_whether_it_is_of_our_key(named: Any, is_ours: bool | None) -> None:  # noqa: FBT001
    """Never which key that is: whoever has it reads the account."""
    event = read_event(changed(LISTEN_KEY_EXPIRED, "listenKey", named), KEY)
    assert event == ListenKeyExpired(event_time=1576653824250, is_ours=is_ours)


def test_an_expiry_read_without_a_key_does_not_say_whose() -> None:
    """There is nothing to compare with."""
    event = read_event(changed(LISTEN_KEY_EXPIRED, "listenKey", KEY))
    assert event == ListenKeyExpired(event_time=1576653824250, is_ours=None)


@pytest.mark.parametrize("name", ["serverShutdown", "listStatus", "PM_PRO_ACCOUNT_UPDATE"])
def test_an_unknown_name_is_told_as_it_came(name: str) -> None:
    """It is about no order that we know of, so nothing is less covered."""
    body = b'{"e":"%b","E":1}' % name.encode()
    assert read_event(body) == UnknownEvent(name, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\x00",
        b"[]",
        b"17",
        b"null",
        b"{}",
        b'{"e":null}',
        b'{"e":["NEW"]}',
        b'{"E":1,"s":"ETHBTC"}',
        b'{"data":17}',
        b'{"data":{}}',
        b'{"data":{"data":{"e":"listenKeyExpired"}}}',
        b'{"e":"executionReport"',
        b"[" * 100_000,
        b'{"e":' * 100_000,
        b'{"data":' * 900 + b"1" + b"}" * 900,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_names_no_event_may_have_been_about_any_order(body: bytes) -> None:
    """Nobody knows what was lost."""
    event = read_event(body)
    assert isinstance(event, UnknownEvent)
    assert (event.name, event.uncovers) == ("", PRODUCTS)
    assert event.raw == body[:4096]


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(EXAMPLES)), st.integers(0, 900))
def test_no_bytes_raise(noise: bytes, body: bytes, at: int) -> None:
    """Whatever is overwritten in whichever event."""
    read_event(body[:at] + noise + body[at + len(noise) :], KEY)


def test_bad_utf_8_in_a_text_is_no_text() -> None:
    """Aiohttp hands over unchecked bytes."""
    event = read_event(EXECUTION_REPORT.replace(b'"ETHBTC"', b'"ETH\xff"'))
    assert isinstance(event, UnknownEvent)
    assert event.uncovers == ("margin",)


def test_half_a_character_is_no_text() -> None:
    r"""JSON can spell half of one as ``\\ud800``; it cannot be encoded again."""
    event = read_event(rb'{"e":"\ud800","E":1}')
    assert isinstance(event, UnknownEvent)


def test_the_listen_key_stands_in_nothing_that_is_told() -> None:
    """Not in what could not be read, not in why, wherever in the message it stood; cut or not."""
    for body in (
        b'{"e":"somethingNew","listenKey":"%b"}' % KEY.encode(),
        b'{"e":"somethingNew","key":"%b"}' % KEY.encode(),
        b'{"e":"%b"}' % KEY.encode(),
        b'{"stream": "%b", "data": {"e":"executionReport","X":7}}' % KEY.encode(),
        b'{"stream":"%b","data":{"e":"executionReport","x":"%b"}}' % (KEY.encode(), KEY.encode()),
        b'"' + b"x" * 4050 + KEY.encode() + b'"',
    ):
        event = read_event(body, KEY)
        assert isinstance(event, UnknownEvent)
        assert KEY[:32] not in repr(event)


def test_a_listen_key_that_is_not_ours_is_blanked_where_it_is_named() -> None:
    """Of another process on the same account, or of this one before."""
    event = read_event(b'{"e":"somethingNew","listenKey" : "%b"}' % KEY.encode())
    assert isinstance(event, UnknownEvent)
    assert event.raw == b'{"e":"somethingNew","listenKey" : "..."}'


def told_again(event: bytes) -> Event:
    """The same, as another socket tells it."""
    return read_event(changed(event, "E", 99))


@each_example
def test_the_same_event_of_another_socket_is_the_same(body: bytes) -> None:
    """It need not have been sent at the same moment."""
    assert identity(read_event(body)) == identity(told_again(body))
    assert len({identity(read_event(each)) for each in EXAMPLES}) == 12


@pytest.mark.parametrize(
    ("body", "path", "other"),
    [
        *((EXECUTION_REPORT, path, other) for path, other in [("s", "LTCBTC"), ("i", 1), ("T", 1)]),
        *((EXECUTION_REPORT, path, other) for path, other in [("x", "TRADE"), ("X", "FILLED")]),
        *((EXECUTION_REPORT, path, other) for path, other in [("t", 1), ("z", "1")]),
        *((EXECUTION_REPORT, path, other) for path, other in [("q", "2"), ("p", "2")]),
        *((ORDER_TRADE_UPDATE, path, other) for path, other in [("fs", "CM"), ("T", 1)]),
        *((ORDER_TRADE_UPDATE, path, other) for path, other in [("o.i", 1), ("o.q", "7")]),
        *((ALGO_UPDATE, path, other) for path, other in [("ao.aid", 1), ("ao.X", "NEW"), ("T", 1)]),
        *((CONDITIONAL, path, other) for path, other in [("so.si", 1), ("so.os", "EXPIRED")]),
        (CONDITIONAL, "so.ut", 1),
        (OPEN_ORDER_LOSS, "O", []),
        (LIABILITY_CHANGE, "T", 1),
    ],
    ids=str,
)
def test_another_event_is_another(body: bytes, path: str, other: Any) -> None:
    """Two symbols may have the same order id, one order two events in a millisecond."""
    assert identity(read_event(body)) != identity(read_event(changed(body, path, other)))


def test_unknown_events_are_told_apart_by_what_came() -> None:
    """Nobody knows what else would."""
    first, second = (read_event(b'{"e":"listStatus","g":%d}' % number) for number in (1, 2))
    assert identity(first) == identity(first) != identity(second)
