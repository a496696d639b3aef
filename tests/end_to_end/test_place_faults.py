"""What ``send`` says about an order that was to be placed or changed, under every fault, beside what rests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pytest

from binance_papi_async import (
    ModifyCmOrder,
    ModifyUmOrder,
    NewCmConditionalOrder,
    NewCmOrder,
    NewMarginOco,
    NewMarginOrder,
    NewUmAlgoOrder,
    NewUmOrder,
    NotSentError,
    PapiClient,
    PapiError,
    Placed,
    RefusedError,
    Request,
    UnknownOutcomeError,
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
from binance_papi_async.simulator import (
    FAULTS,
    Fault,
    FaultKind,
    Simulator,
    held_clock,
    run_held,
)

ONE: Final = Decimal(1)
GTC: Final = FuturesTimeInForce.GTC
PLACES: Final[dict[str, Request[Any]]] = {
    "margin": NewMarginOrder(
        symbol="LTCBTC",
        side=Side.SELL,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=ONE,
        price=ONE,
        new_client_order_id="mine",
    ),
    "margin_list": NewMarginOco(
        symbol="LTCBTC",
        side=Side.SELL,
        quantity=ONE,
        price=Decimal(3),
        stop_price=ONE,
        list_client_order_id="mine",
    ),
    "um": NewUmOrder(
        symbol="BTCUSDT",
        side=Side.SELL,
        type=FuturesOrderType.LIMIT,
        time_in_force=GTC,
        quantity=ONE,
        price=ONE,
        new_client_order_id="mine",
    ),
    "cm": NewCmOrder(
        symbol="BTCUSD_PERP",
        side=Side.SELL,
        type=FuturesOrderType.LIMIT,
        time_in_force=GTC,
        quantity=ONE,
        price=ONE,
        new_client_order_id="mine",
    ),
    "um_algo": NewUmAlgoOrder(
        symbol="BTCUSDT",
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP_MARKET,
        quantity=ONE,
        trigger_price=ONE,
        client_algo_id="mine",
    ),
    "cm_conditional": NewCmConditionalOrder(
        symbol="BTCUSD_PERP",
        side=Side.SELL,
        strategy_type=StrategyType.STOP_MARKET,
        quantity=ONE,
        stop_price=ONE,
        new_client_strategy_id="mine",
    ),
}
CHANGES: Final[dict[Any, Callable[[], Request[Any]]]] = {
    "um": lambda: ModifyUmOrder(
        symbol="BTCUSDT",
        side=Side.SELL,
        quantity=ONE,
        price=Decimal(2),
        orig_client_order_id="mine",
    ),
    "cm": lambda: ModifyCmOrder(
        symbol="BTCUSD_PERP",
        side=Side.SELL,
        quantity=ONE,
        price=Decimal(2),
        orig_client_order_id="mine",
    ),
}


def name_of(fault: Fault) -> str:
    """Kind and point."""
    return fault.name


async def told(papi: PapiClient, request: Request[Any]) -> bool | None:
    """What ``send`` says: it was carried out, it was not, or nobody knows."""
    try:
        await papi.send(request, timeout=1.0)
    except (NotSentError, RefusedError):
        return False
    except UnknownOutcomeError:
        return None
    return True


def must_be(fault: Fault) -> bool | None:
    """From the facts of the fault alone: what may be said of the call it strikes."""
    if fault.answer is not None and fault.answer.is_executed is False:
        return False
    is_readable = fault.kind in (FaultKind.DELAY, FaultKind.OTHER_ORDER_200) or (
        fault.kind is FaultKind.STRAY and fault.point == "after"
    )
    return True if is_readable else None


def sent_times(fault: Fault) -> int:
    """Once; a timestamp the exchange calls wrong is corrected and sent again, as it was not carried out."""
    return 2 if fault.kind is FaultKind.TIMESTAMP else 1


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
@pytest.mark.parametrize("kind", PLACES)
def test_what_send_says_of_a_placement(kind: str, fault: Fault) -> None:
    """No error lies about what rests; and it was sent once, whatever happened to it."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            exchange.faults.inject(fault, method="POST", times=sent_times(fault))
            said = await told(papi, PLACES[kind])
            await asyncio.sleep(2)
        rests = [fate.is_open for fate in exchange.fates("mine") if fate.kind == kind]
        is_carried_out = fault.point == "after" or fault.kind is FaultKind.DELAY
        assert rests == [True] * is_carried_out
        assert exchange.truth.placements("mine") == is_carried_out
        assert len(exchange.truth.arrivals("POST", client_order_id="mine")) == sent_times(fault)
        if fault.kind is FaultKind.OTHER_ORDER_200:  # `send` hands on what it is told
            return
        assert said is must_be(fault)
        assert said in (None, is_carried_out)

    run_held(main)


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
@pytest.mark.parametrize("product", CHANGES)
def test_what_send_says_of_a_change(product: Any, fault: Fault) -> None:
    """The same of a PUT: the order rests as it was, or as it was to be."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        request = CHANGES[product]()
        symbol: str = request.symbol  # type: ignore[attr-defined]
        (order_id,) = exchange.rest(symbol, product=product, client_order_ids=["mine"])
        async with exchange.in_process_client() as papi:
            exchange.faults.inject(fault, method="PUT", times=sent_times(fault))
            said = await told(papi, request)
            await asyncio.sleep(2)
        (fate,) = exchange.fates("mine")
        is_carried_out = fault.point == "after" or fault.kind is FaultKind.DELAY
        assert (fate.is_open, fate.price) == (True, 2 if is_carried_out else 1)
        assert exchange.truth.amendments(order_id) == is_carried_out
        assert len(exchange.truth.arrivals("PUT")) == sent_times(fault)
        if fault.kind is not FaultKind.OTHER_ORDER_200:
            assert said is must_be(fault)

    run_held(main)


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_reply_about_another_order_is_no_proof(kind: str, point: Any) -> None:
    """``place`` looks the order up by its own id, and says what is."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            exchange.faults.inject(Fault(FaultKind.OTHER_ORDER_200, point), method="POST")
            request: Any = PLACES[kind]
            outcome = await papi.place(request, deadline=20.0)
        assert isinstance(outcome, Placed) is bool(exchange.fates("mine")) is (point == "after")

    run_held(main)


@pytest.mark.parametrize(
    "kind", [FaultKind.CLOSE, FaultKind.RESET, FaultKind.CUT_BODY, FaultKind.GARBAGE]
)
@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.asyncio
async def test_a_placement_and_a_change_through_a_real_server(kind: FaultKind, point: Any) -> None:
    """Sockets fail for a POST and a PUT as for any other verb: nobody knows, and it was sent once."""
    async with Simulator(clock=time.time) as exchange, exchange.client() as papi:
        exchange.rest("BTCUSDT", product="um", client_order_ids=["mine"])
        for method, request in (("POST", PLACES["margin"]), ("PUT", CHANGES["um"]())):
            exchange.faults.inject(Fault(kind, point), method=method)
            with pytest.raises(PapiError) as caught:
                await papi.send(request)
            assert isinstance(caught.value, UnknownOutcomeError)
            assert len(exchange.truth.arrivals(method)) == 1
        placed = {fate.kind: fate for fate in exchange.fates("mine")}
        assert ("margin" in placed) is (point == "after")
        assert placed["um"].price == (2 if point == "after" else 1)
