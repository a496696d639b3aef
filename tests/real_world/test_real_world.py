"""A live exchange that loses, blanks or retypes a field takes no more than that field."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import asdict

from binance_papi_async import (
    AllMarginOrders,
    CancelCmConditionalOrder,
    CancelCmOrder,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelUmAlgoOrder,
    CancelUmOrder,
    CmTrades,
    Evidence,
    HmacKey,
    MarginTrades,
    ModifyCmOrder,
    ModifyUmOrder,
    NewCmConditionalOrder,
    NewCmOrder,
    NewMarginOco,
    NewMarginOrder,
    NewUmAlgoOrder,
    NewUmOrder,
    OpenCmConditionalOrders,
    OpenCmOrders,
    OpenMarginOrderLists,
    OpenMarginOrders,
    OpenUmAlgoOrders,
    OpenUmOrders,
    PapiClient,
    PapiError,
    QueryBalances,
    QueryCmPositionRisk,
    QueryUmPositionRisk,
    Request,
    UmIncomeHistory,
    UmTrades,
)
from binance_papi_async.enums import (
    AlgoType,
    FuturesOrderType,
    FuturesTimeInForce,
    OrderType,
    Side,
    StrategyType,
    TimeInForce,
)
from binance_papi_async.simulator import run_held
from binance_papi_async.wire.message import Answer, Outgoing
from tests.real_world.payloads import CANCELS, DECIDING, OTHERS, PLACED, READS, Damage, damages

ONE = Decimal(1)
UM_ID = 8389765519993980000


class StandIn:
    """Answers every signed call with one body, as a transport of the client."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.sent: list[str] = []

    async def open(self) -> None:
        """Nothing to open."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109, ARG002 - a transport's
        """The body, or the time for whoever asks for that."""
        outgoing.has_left = True
        if outgoing.path == "/papi/v1/time":
            return Answer(200, {}, b'{"serverTime":1726000000000}')
        self.sent.append(outgoing.method)
        return Answer(200, {}, self.body)

    async def warm_up(self, connections: int) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""


def sent(request: Request[Any], body: bytes) -> Any:
    """What a send makes of a body."""

    async def main() -> Any:
        async with PapiClient(HmacKey("k", "s"), transport=StandIn(body)) as papi:
            return await papi.send(request)

    return asyncio.run(main())


def canceled(request: Any, body: bytes) -> tuple[Any, list[str]]:
    """The outcome of a cancel whose every call is answered with a body, and what was sent."""

    async def main() -> tuple[Any, list[str]]:
        exchange = StandIn(body)
        async with PapiClient(HmacKey("k", "s"), transport=exchange) as papi:
            return await papi.cancel(request), exchange.sent

    return run_held(main)


CANCELING: dict[str, Request[Any]] = {
    "margin order": CancelMarginOrder(symbol="ADAUSDT", order_id=7001),
    "margin list": CancelMarginOrderList(symbol="ADAUSDT", order_list_id=310),
    "um order": CancelUmOrder(symbol="XRPUSDT", order_id=UM_ID),
    "um order of 2024": CancelUmOrder(symbol="XRPUSDT", order_id=UM_ID),
    "um algo order": CancelUmAlgoOrder(algo_id=90209),
    "cm order": CancelCmOrder(symbol="LTCUSD_PERP", order_id=555123),
    "cm conditional order": CancelCmConditionalOrder(symbol="LTCUSD_PERP", strategy_id=4410),
}
CHANGING: dict[str, Request[Any]] = {
    "margin order": NewMarginOrder(
        symbol="ADAUSDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=ONE,
        price=ONE,
        time_in_force=TimeInForce.GTC,
    ),
    "margin list": NewMarginOco(
        symbol="ADAUSDT", side=Side.BUY, quantity=ONE, price=ONE, stop_price=ONE * 2
    ),
    "um order": NewUmOrder(
        symbol="XRPUSDT",
        side=Side.BUY,
        type=FuturesOrderType.LIMIT,
        quantity=ONE,
        price=ONE,
        time_in_force=FuturesTimeInForce.GTC,
    ),
    "um change": ModifyUmOrder(
        symbol="XRPUSDT", side=Side.BUY, quantity=ONE, price=ONE, order_id=UM_ID + 1
    ),
    "um algo order": NewUmAlgoOrder(
        symbol="XRPUSDT",
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP_MARKET,
        quantity=ONE,
        trigger_price=ONE,
    ),
    "cm order": NewCmOrder(
        symbol="LTCUSD_PERP",
        side=Side.BUY,
        type=FuturesOrderType.LIMIT,
        quantity=ONE,
        price=ONE,
        time_in_force=FuturesTimeInForce.GTC,
    ),
    "cm change": ModifyCmOrder(
        symbol="LTCUSD_PERP", side=Side.BUY, quantity=ONE, price=ONE, order_id=555124
    ),
    "cm conditional order": NewCmConditionalOrder(
        symbol="LTCUSD_PERP",
        side=Side.SELL,
        strategy_type=StrategyType.STOP_MARKET,
        quantity=ONE,
        stop_price=ONE,
    ),
}
LISTING: dict[str, Request[Any]] = {
    "margin order": OpenMarginOrders(symbol="ADAUSDT"),
    "margin list": OpenMarginOrderLists(),
    "um order": OpenUmOrders(symbol="XRPUSDT"),
    "um algo order": OpenUmAlgoOrders(symbol="XRPUSDT"),
    "cm order": OpenCmOrders(symbol="LTCUSD_PERP"),
    "cm conditional order": OpenCmConditionalOrders(symbol="LTCUSD_PERP"),
    "margin trade": MarginTrades(symbol="ADAUSDT"),
    "um trade": UmTrades(symbol="XRPUSDT"),
    "um position": QueryUmPositionRisk(),
    "cm position": QueryCmPositionRisk(),
    "um income": UmIncomeHistory(),
    "balance": QueryBalances(),
}


def each(bodies: dict[str, bytes]) -> pytest.MarkDecorator:
    """A test for every body."""
    return pytest.mark.parametrize(("kind", "body"), bodies.items(), ids=list(bodies))


def rest_of(reply: Any, damage: Damage) -> dict[str, Any]:
    """Fields of a reply but the damaged one."""
    fields = type(reply).__struct_encode_fields__
    names = dict(zip(type(reply).__struct_fields__, fields, strict=True))
    return {name: value for name, value in asdict(reply).items() if names[name] != damage.name}


def of_damaged(reply: Any, damage: Damage) -> Any:
    """The damaged field."""
    fields = type(reply).__struct_encode_fields__
    names = dict(zip(fields, type(reply).__struct_fields__, strict=True))
    return getattr(reply, names[damage.name])


@each(CANCELS | {f"placing a {kind}": body for kind, body in PLACED.items()})
def test_a_reply_to_a_change_loses_one_field_at_most(kind: str, body: bytes) -> None:
    """Whatever is wrong with a field, everything else arrives as if nothing were."""
    request = CANCELING[kind] if kind in CANCELS else CHANGING[kind.removeprefix("placing a ")]
    whole = sent(request, body)
    for damage in damages(body):
        if damage.name == "complete" and damage.how != "in quotes":
            with pytest.raises(PapiError):
                sent(request, damage.body)
            continue
        reply = sent(request, damage.body)
        assert rest_of(reply, damage) == rest_of(whole, damage), damage
        if damage.how in {"dropped", "null", "blank", "nonsense"}:
            assert of_damaged(reply, damage) in (None, []), damage
        if damage.how == "in quotes":
            assert reply == whole, damage


@each(CANCELS)
def test_a_cancel_that_worked_is_told_as_such(kind: str, body: bytes) -> None:
    """With ids and status intact by the reply itself, and nothing is asked; otherwise there is an outcome, too."""
    for damage in damages(body):
        outcome, calls = canceled(CANCELING[kind], damage.body)
        is_doubt = damage.name in DECIDING and damage.how != "in quotes"
        # A list without its orders does not say how they ended; the cancel of an algo order names none.
        if is_doubt or damage.name in ("orderReports", "complete"):
            assert outcome.request == CANCELING[kind], damage
            assert is_doubt or "GET" in calls, damage
            continue
        assert isinstance(outcome, Canceled), damage
        assert outcome.evidence is Evidence.REPLY, damage
        assert calls == ["DELETE"], damage


@each(READS)
def test_a_bad_row_is_told_and_loses_no_other(kind: str, body: bytes) -> None:
    """It is read if it names the order and says its state; if not it is known that the list lacks it."""
    (whole,) = sent(LISTING[kind], b"[%b]" % body)
    for damage in damages(body):
        reply = sent(LISTING[kind], b"[%b,%b,%b]" % (body, damage.body, body))
        lost = getattr(reply, "unreadable", ())
        assert lost in ((), (damage.body,)), damage
        assert len(reply) + len(lost) == 3, damage
        assert reply[0] == reply[-1] == whole, damage
        if damage.name not in DECIDING or damage.how == "in quotes":
            assert rest_of(reply[1], damage) == rest_of(whole, damage), damage
            assert not lost, damage
        elif damage.how in {"dropped", "null", "nonsense"}:
            assert lost, damage


@each(OTHERS)
def test_rows_of_other_kinds_are_read_or_told(kind: str, body: bytes) -> None:
    """What decides nothing keeps its promises, and still no row takes another along."""
    (whole,) = sent(LISTING[kind], b"[%b]" % body)
    for damage in damages(body):
        reply = sent(LISTING[kind], b"[%b,%b]" % (body, damage.body))
        lost = getattr(reply, "unreadable", ())
        assert lost in ((), (damage.body,)), damage
        assert len(reply) + len(lost) == 2, damage
        assert reply[0] == whole, damage
        assert damage.how != "in quotes" or not lost, damage


@each(OTHERS)
def test_nothing_that_arrives_is_out_of_reach(kind: str, body: bytes) -> None:
    """What live rows hold is in a field of the reply."""
    assert LISTING[kind].endpoint.undeclared(b"[%b]" % body) == [{}]


def test_what_arrives_tomorrow_is_not_out_of_reach_either() -> None:
    """By name, as it came."""
    body = json.dumps({**json.loads(CANCELS["um order"]), "newThing": {"a": "1.50"}}).encode()
    assert CancelUmOrder.endpoint.undeclared(body) == {"newThing": {"a": "1.50"}}
    assert AllMarginOrders.endpoint.undeclared(b'[{"x":1},{}]') == [{"x": 1}, {}]
    assert CmTrades.endpoint.undeclared(b"[]") == []


def test_what_a_reply_says_beyond_its_fields_is_read_on_demand() -> None:
    """By the client, with the typed reply."""
    body = json.dumps({**json.loads(CANCELS["um order"]), "newThing": {"a": "1.50"}}).encode()

    async def main() -> Any:
        async with PapiClient(HmacKey("k", "s"), transport=StandIn(body)) as papi:
            return await papi.send_with_extra(CANCELING["um order"], timeout=3)

    reply, extra = asyncio.run(main())
    assert reply.order_id == UM_ID
    assert extra == {"newThing": {"a": "1.50"}}
