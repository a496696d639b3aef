"""The cancelling layer against UM and CM orders, algo and conditional orders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    CancelAllCmConditionalOrders,
    CancelAllCmOrders,
    CancelAllUmAlgoOrders,
    CancelAllUmOrders,
    PapiClient,
    Triggered,
    UnknownOrderError,
)
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.endpoints.cm_conditional import CancelCmConditionalOrder
from binance_papi_async.endpoints.cm_orders import CancelCmOrder
from binance_papi_async.endpoints.um_algo import CancelUmAlgoOrder
from binance_papi_async.endpoints.um_orders import CancelUmOrder
from binance_papi_async.enums import AlgoType, FuturesTimeInForce, Side, StrategyType
from binance_papi_async.outcome import AlreadyClosed, Canceled
from binance_papi_async.simulator import Fault, FaultKind, Simulator, held_clock, run_held

UM, CM = "BTCUSDT", "BTCUSD_PERP"


async def rest_um(exchange: Simulator, _: PapiClient, count: int) -> list[int]:
    """UM orders."""
    return exchange.rest(UM, count, product="um")


async def rest_cm(exchange: Simulator, _: PapiClient, count: int) -> list[int]:
    """CM orders."""
    return exchange.rest(CM, count, product="cm")


async def rest_algo(_: Simulator, papi: PapiClient, count: int) -> list[int]:
    """UM algo orders."""
    placed = [
        await papi.um.new_algo_order(
            symbol=UM,
            side=Side.SELL,
            algo_type=AlgoType.CONDITIONAL,
            type=StrategyType.STOP_MARKET,
            quantity=Decimal(1),
            trigger_price=Decimal(1),
        )
        for _ in range(count)
    ]
    return [each.algo_id for each in placed if each.algo_id is not None]


async def rest_conditional(_: Simulator, papi: PapiClient, count: int) -> list[int]:
    """CM conditional orders."""
    placed = [
        await papi.cm.new_conditional_order(
            symbol=CM,
            side=Side.SELL,
            strategy_type=StrategyType.STOP_MARKET,
            quantity=Decimal(1),
            stop_price=Decimal(1),
        )
        for _ in range(count)
    ]
    return [each.strategy_id for each in placed if each.strategy_id is not None]


Request = CancelRequest[Any, Any]
KINDS: list[Any] = [
    pytest.param(rest_um, lambda n: CancelUmOrder(symbol=UM, order_id=n), id="um"),
    pytest.param(rest_cm, lambda n: CancelCmOrder(symbol=CM, order_id=n), id="cm"),
    pytest.param(rest_algo, lambda n: CancelUmAlgoOrder(algo_id=n), id="um algo"),
    pytest.param(
        rest_conditional,
        lambda n: CancelCmConditionalOrder(symbol=CM, strategy_id=n),
        id="cm conditional",
    ),
]


@pytest.mark.parametrize(("rest", "cancel"), KINDS)
@pytest.mark.parametrize("point", ["before", "after"])
def test_a_lost_reply_is_resolved(
    rest: Callable[..., Any], cancel: Callable[[int], Request], point: Any
) -> None:
    """Whether the cancel was carried out or not, the order ends cancelled, once, and is reported so."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            (number,) = await rest(exchange, papi, 1)
            exchange.faults.inject(Fault(FaultKind.CLOSE, point), method="DELETE", order_id=number)
            outcome = await papi.cancel(cancel(number))
            assert isinstance(outcome, Canceled), outcome
            assert exchange.truth.executions(number) == 1

    run_held(main)


@pytest.mark.parametrize(("rest", "cancel"), KINDS)
def test_many_with_every_other_reply_lost(
    rest: Callable[..., Any], cancel: Callable[[int], Request]
) -> None:
    """Each is cancelled once, whatever was lost on the way."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            numbers = await rest(exchange, papi, 40)
            exchange.faults.storm(1, 0.5, [Fault(FaultKind.CLOSE, "after")], method="DELETE")
            outcomes = await papi.cancel_many([cancel(number) for number in numbers])
            assert [type(outcome) for outcome in outcomes] == [Canceled] * 40
            assert [exchange.truth.executions(number) for number in numbers] == [1] * 40

    run_held(main)


ALL_OF: dict[str, Any] = {
    "um": (rest_um, CancelAllUmOrders(symbol=UM), "um/allOpenOrders"),
    "cm": (rest_cm, CancelAllCmOrders(symbol=CM), "cm/allOpenOrders"),
    "um algo": (rest_algo, CancelAllUmAlgoOrders(symbol=UM), "um/algo/allOpenOrders"),
    "cm conditional": (
        rest_conditional,
        CancelAllCmConditionalOrders(symbol=CM),
        "cm/conditional/allOpenOrders",
    ),
}


@pytest.mark.parametrize(
    "fault",
    [None, Fault(FaultKind.CLOSE, "before"), Fault(FaultKind.CLOSE, "after")],
    ids=["answered", "before", "after"],
)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("kind", ALL_OF)
def test_a_cancel_of_all_is_proven(kind: str, count: int, fault: Fault | None) -> None:
    """By declaration for every product: replies that name nothing are believed of a read only."""
    rest, request, path = ALL_OF[kind]

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            numbers = await rest(exchange, papi, count)
            if fault is not None:
                exchange.faults.inject(fault, method="DELETE")
            report = await papi.cancel_all(
                **{kind.replace(" ", "_"): [request.symbol]}, deadline=30
            )
            assert report.is_proven, report
            assert report.places == (f"{kind} {request.symbol}",)
            assert repr(report).startswith(f"<CancelAllReport of {kind} {request.symbol}: ")
            assert [type(each) for each in report.outcomes] == [Canceled] * count
            assert [exchange.truth.executions(number) for number in numbers] == [1] * count
            calls = {each.path for each in exchange.truth.arrivals("DELETE")}
            assert (f"/papi/v1/{path}" in calls) is (count > 1)
            assert (papi.in_flight, papi.unresolved) == ((), ())

    run_held(main)


def test_a_filled_order_is_reported_closed() -> None:
    """The cancel came too late, and says what the order had become."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            (number,) = exchange.rest(UM, product="um")
            exchange.fill(number)
            outcome = await papi.cancel(CancelUmOrder(symbol=UM, order_id=number))
            assert isinstance(outcome, AlreadyClosed)

    run_held(main)


@pytest.mark.parametrize(
    ("rest", "request_", "hint"),
    [
        (rest_algo, lambda n: CancelUmOrder(symbol=UM, order_id=n), "CancelUmAlgoOrder"),
        (
            rest_conditional,
            lambda n: CancelCmOrder(symbol=CM, order_id=n),
            "CancelCmConditionalOrder",
        ),
    ],
    ids=["um", "cm"],
)
def test_an_order_that_lives_elsewhere(
    rest: Callable[..., Any], request_: Callable[[int], Request], hint: str
) -> None:
    """A plain cancel does not find an algo or a conditional order, and says what does."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            (number,) = await rest(exchange, papi, 1)
            with pytest.raises(UnknownOrderError, match=hint):
                await papi.send(request_(number))

    run_held(main)


async def rest_stop_limit(_: Simulator, papi: PapiClient, __: int) -> list[int]:
    """An algo order whose LIMIT order rests once it is triggered."""
    placed = await papi.um.new_algo_order(
        symbol=UM,
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP,
        time_in_force=FuturesTimeInForce.GTC,
        quantity=Decimal(1),
        price=Decimal(2),
        trigger_price=Decimal(1),
    )
    assert placed.algo_id is not None
    return [placed.algo_id]


async def rest_conditional_stop(_: Simulator, papi: PapiClient, __: int) -> list[int]:
    """The same of CM."""
    placed = await papi.cm.new_conditional_order(
        symbol=CM,
        side=Side.SELL,
        strategy_type=StrategyType.STOP,
        time_in_force=FuturesTimeInForce.GTC,
        quantity=Decimal(1),
        price=Decimal(2),
        stop_price=Decimal(1),
    )
    assert placed.strategy_id is not None
    return [placed.strategy_id]


@pytest.mark.parametrize("fault", [None, Fault(FaultKind.CLOSE, "after")], ids=str)
@pytest.mark.parametrize(
    ("rest", "cancel"),
    [
        (rest_stop_limit, lambda n: CancelUmAlgoOrder(algo_id=n)),
        (rest_conditional_stop, lambda n: CancelCmConditionalOrder(symbol=CM, strategy_id=n)),
    ],
    ids=["um algo", "cm conditional"],
)
def test_a_triggered_order_lives_on(
    rest: Callable[..., Any], cancel: Callable[[int], Request], fault: Fault | None
) -> None:
    """It is neither cancelled nor closed, and the outcome names the order it placed."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            (number,) = await rest(exchange, papi, 1)
            await asyncio.sleep(5)
            waiting = exchange.trigger(number)
            if fault is not None:
                exchange.faults.inject(fault, method="DELETE")
            outcome = await papi.cancel(cancel(number))
            assert isinstance(outcome, Triggered), outcome
            assert outcome.placed is not None
            assert outcome.placed.order_id == waiting.order_id  # type: ignore[attr-defined]

    run_held(main)
