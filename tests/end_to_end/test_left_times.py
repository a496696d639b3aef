"""When a request left is known as it leaves: neither a suspend nor a step of a clock makes our own order another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    Clock,
    NewMarginOrder,
    PapiClient,
    Placed,
)
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.errors import ReplyTimeoutError
from binance_papi_async.simulator import Fault, FaultKind, Simulator, run_held
from binance_papi_async.simulator.held import HELD_EPOCH

SYMBOL = "LTCBTC"
READ = "/papi/v1/margin/order"
MINE = pytest.mark.parametrize("client_id", [None, "mine"])
"""An id of ours names one order only; one of the caller's may have named an earlier one."""


class Machine:
    """Where the client runs, and by how much the exchange's clock has come away from the local one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.slept = self.stepped = 0.0

    def exchange_time(self) -> float:
        """It does not sleep, but may be set."""
        return HELD_EPOCH + self._loop.time() + self.slept + self.stepped

    def clock(self) -> Clock:
        """The client's: its monotonic clock stands still while the machine sleeps."""
        return Clock(self._loop.time, lambda: self._loop.time() + self.slept)


def order(client_id: str | None = None) -> NewMarginOrder:
    """One that rests."""
    return NewMarginOrder(
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal("0.02"),
        time_in_force=TimeInForce.GTC,
        new_client_order_id=client_id,
    )


def sleeps(machine: Machine) -> None:
    """For half a minute."""
    machine.slept = 30.0


def steps_ahead(machine: Machine) -> None:
    """The exchange's clock."""
    machine.stepped = 4.0


def steps_back(machine: Machine) -> None:
    """The exchange's clock."""
    machine.stepped = -4.0


Disturb = Callable[[Machine], None]
ALL = pytest.mark.parametrize("disturb", [sleeps, steps_ahead, steps_back])


async def notice(papi: PapiClient) -> None:
    """So many answers that a step is believed."""
    for _ in range(8):
        await papi.general.ping()


@MINE
@ALL
def test_an_order_that_rests_is_placed_whatever_the_clocks_did_meanwhile(
    disturb: Disturb, client_id: str | None
) -> None:
    """It was not placed before its own POST left, whatever that time is called today."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        exchange.deposit("LTC", 1000)
        client = exchange.in_process_client(clock=machine.clock(), recv_window=10_000)
        async with client as papi:
            exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="POST")
            exchange.faults.inject(
                Fault(FaultKind.CLOSE, "before"), method="GET", path=READ, times=2
            )
            placing = asyncio.create_task(papi.place(order(client_id), deadline=30.0))
            await asyncio.sleep(0.05)
            disturb(machine)
            await notice(papi)
            outcome = await placing
            assert isinstance(outcome, Placed), outcome
            assert len(exchange.book.open_orders()) == 1

    run_held(main)


@ALL
def test_a_cancel_that_worked_is_ours_whatever_the_clocks_did_meanwhile(disturb: Disturb) -> None:
    """The order changed after the DELETE left."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        (order_id,) = exchange.rest(SYMBOL)
        await asyncio.sleep(60)
        async with exchange.in_process_client(clock=machine.clock(), recv_window=10_000) as papi:
            exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="DELETE")
            exchange.faults.inject(Fault(FaultKind.CLOSE, "before"), method="GET", times=2)
            request = CancelMarginOrder(symbol=SYMBOL, order_id=order_id)
            canceling = asyncio.create_task(papi.cancel(request, deadline=30.0))
            await asyncio.sleep(0.05)
            disturb(machine)
            await asyncio.sleep(1.0)  # until nothing is lost any more
            await notice(papi)
            assert isinstance(await canceling, Canceled)

    run_held(main)


@ALL
def test_an_order_that_was_only_sent_is_found_whatever_the_clocks_did_meanwhile(
    disturb: Disturb,
) -> None:
    """When it left is kept until its reply is given up."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        exchange.deposit("LTC", 1000)
        client = exchange.in_process_client(clock=machine.clock(), recv_window=10_000)
        async with client as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="POST")
            sending = asyncio.create_task(papi.send(order("mine"), timeout=5.0))
            await asyncio.sleep(0.05)
            disturb(machine)
            await notice(papi)
            with pytest.raises(ReplyTimeoutError):
                await sending
            (outcome,) = await papi.settle(20.0)
            assert isinstance(outcome, Placed), outcome

    run_held(main)
