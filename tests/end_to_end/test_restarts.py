"""What the next process may conclude from a line of a journal: how old it is at least, and at most. On a held clock."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    NewMarginOrder,
    NotPlaced,
    Placed,
    Unknown,
)
from binance_papi_async.declaring.request import Request
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.errors import ConnectError, ReplyTimeoutError
from binance_papi_async.journal import Journal
from binance_papi_async.journal.line import sealed
from binance_papi_async.outcome import Outcomes
from binance_papi_async.simulator import Fault, FaultKind, Simulator, held_clock, run_held
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire.message import Answer, Outgoing

SYMBOL = "LTCBTC"


class Far:
    """A transport whose requests take their time to arrive, once they have left."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.seconds = 0.0

    async def open(self) -> None:
        """As the inner one."""
        await self._inner.open()

    async def close(self) -> None:
        """As the inner one."""
        await self._inner.close()

    async def warm_up(self, connections: int) -> None:
        """As the inner one."""
        await self._inner.warm_up(connections)

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol has it
        """As the inner one, but late."""
        outgoing.has_left = True
        await asyncio.sleep(self.seconds)
        return await self._inner.send(outgoing, timeout=timeout)


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


def funded() -> Simulator:
    """An exchange where that can be sold, on the clock of the loop."""
    exchange = Simulator(clock=held_clock())
    exchange.deposit("LTC", 1000)
    return exchange


def left_behind(path: Path) -> Path:
    """The file as a process leaves it that is killed now."""
    copy = path.with_name(f"{path.name}.left")
    shutil.copy(path, copy)
    return copy


async def settled(exchange: Simulator, path: Path, seconds: float) -> Outcomes[Any]:
    """What the next process finds out."""
    async with exchange.in_process_client(journal=path) as papi:
        assert len(papi.unresolved) == 1
        return await papi.settle(seconds)


async def let_go(call: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A call of which the request has left."""
    task = asyncio.create_task(call)
    await asyncio.sleep(0.01)
    return task


@pytest.mark.parametrize(
    ("recv_window", "arrives_after"), [(5000, 4.9), (60_000, 20.0), (60_000, 59.0)]
)
def test_what_may_still_arrive_is_not_called_not_placed(
    tmp_path: Path, recv_window: int, arrives_after: float
) -> None:
    """The window counts that it was sent with, whatever the next process sends with; and so does its least age."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        far = Far(exchange.transport())
        client = exchange.in_process_client(
            journal=path, recv_window=recv_window, transport=far, timeout=100
        )
        async with client as papi:
            far.seconds = arrives_after
            placing = await let_go(papi.place(order(), deadline=300))
            copy = left_behind(path)
            await asyncio.sleep(1.0)
            outcomes = await settled(exchange, copy, 100.0)
            assert not outcomes.counts.get("not_placed"), outcomes
            far.seconds = 0.0
            assert isinstance(await placing, Placed)
            assert len(exchange.book.open_orders()) == 1

    run_held(main)


def test_an_order_placed_before_its_lost_cancel_is_not_called_later(tmp_path: Path) -> None:
    """Half a second before: it is the one that was to be cancelled, and is open."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        async with exchange.in_process_client(journal=path) as papi:
            await papi.place(order("q1"))
            await asyncio.sleep(0.5)
            exchange.faults.inject(Fault(FaultKind.SILENCE, "before"), method="DELETE")
            request = CancelMarginOrder(symbol=SYMBOL, orig_client_order_id="q1")
            _under_way = await let_go(papi.cancel(request, deadline=100))
            (outcome,) = await settled(exchange, left_behind(path), 8.0)
            assert isinstance(outcome, Canceled)
            assert exchange.book.open_orders() == []

    run_held(main)


def test_an_earlier_order_under_the_same_id_is_not_the_one_that_was_lost(tmp_path: Path) -> None:
    """A second before: the line says how sure its time is."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        async with exchange.in_process_client(journal=path) as papi:
            first = await papi.place(order("q1"))
            assert isinstance(first, Placed)
            assert first.order.order_id is not None
            exchange.fill(first.order.order_id)
            await asyncio.sleep(1.0)
            exchange.faults.inject(Fault(FaultKind.SILENCE, "before"), method="POST")
            _under_way = await let_go(papi.place(order("q1"), deadline=100))
            (outcome,) = await settled(exchange, left_behind(path), 20.0)
            assert isinstance(outcome, NotPlaced)

    run_held(main)


@pytest.mark.parametrize("wrong", [10.0, -10.0])
def test_a_journal_that_is_handed_in_is_told_the_exchanges_time(
    tmp_path: Path, wrong: float
) -> None:
    """The machine's clock is ten seconds off, and matters to nothing."""

    async def main() -> None:
        held, path = held_clock(), tmp_path / "journal"
        exchange = Simulator(clock=held)
        exchange.deposit("LTC", 1000)

        def of(path: Path) -> Journal:
            return Journal(path, timestamp_ms=lambda: int((held() + wrong) * 1000))

        async with exchange.in_process_client(journal=of(path)) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="POST")
            _under_way = await let_go(papi.place(order("mine"), deadline=100))
            copy = left_behind(path)
            told = json.decode(copy.read_bytes().splitlines()[1])
            assert told["time"] == pytest.approx(held() * 1000, abs=100)
            assert told["off"] < 1000
            assert told["recvWindow"] == 5000
            await asyncio.sleep(20.0)
            async with exchange.in_process_client(journal=of(copy)) as after:
                (outcome,) = await after.settle(30.0)
                assert isinstance(outcome, Placed)

    run_held(main)


def test_an_old_line_that_names_no_window_may_arrive_for_a_minute(tmp_path: Path) -> None:
    """The most there is, and two seconds by which its clock may have been off, and one by which reads lag."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        Journal(path).close()
        line = {
            "n": 1,
            "time": int(held_clock()() * 1000),
            "left": {
                "endpoint": "POST /papi/v1/margin/order",
                "symbol": SYMBOL,
                "side": "SELL",
                "type": "MARKET",
                "quantity": "1",
                "newClientOrderId": "mine",
            },
        }
        path.write_bytes(path.read_bytes() + sealed(line))
        async with exchange.in_process_client(journal=Journal(path)) as papi:
            await asyncio.sleep(55.0)
            assert list(await papi.settle(5.0)) == []
            (doubt,) = papi.unresolved
            assert isinstance(doubt, Unknown)
            (outcome,) = await papi.settle(10.0)
            assert isinstance(outcome, NotPlaced)

    run_held(main)


def opened_anew(path: Path) -> tuple[Request[Any], ...]:
    """What stands open in the file, as the next one is told."""
    with Journal(left_behind(path), account=_mark(path)) as journal:
        return tuple(each.request for each in journal.unresolved)


def _mark(path: Path) -> str:
    return path.read_text().split('"account":"')[1].split('"')[0]


def kinds(path: Path) -> list[str]:
    """The outcomes that the file tells, in their order."""
    lines = [json.decode(line) for line in path.read_bytes().splitlines()]
    return [each["outcome"] for each in lines if "outcome" in each]


@pytest.mark.parametrize("doubts", [1, 3])
def test_a_cancel_that_resolves_anothers_doubt_ends_it_in_the_file_too(
    tmp_path: Path, doubts: int
) -> None:
    """And those of all others that were in the same doubt."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        (order_id,) = exchange.rest(SYMBOL)
        request = CancelMarginOrder(symbol=SYMBOL, order_id=order_id)
        async with exchange.in_process_client(journal=path) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), times=None)
            for _ in range(doubts):
                assert isinstance(await papi.cancel(request, deadline=1.0), Unknown)
            assert opened_anew(path) == (request,) * doubts
            exchange.faults.clear()
            assert isinstance(await papi.cancel(request), AlreadyClosed)
            assert papi.unresolved == ()
            assert opened_anew(path) == ()
        assert kinds(path) == ["unknown"] * doubts + ["already_closed"] * (doubts + 1)

    run_held(main)


def test_what_the_next_process_settles_ends_for_all_that_were_in_that_doubt(tmp_path: Path) -> None:
    """Two lines of one order are one doubt there."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        (order_id,) = exchange.rest(SYMBOL)
        request = CancelMarginOrder(symbol=SYMBOL, order_id=order_id)
        async with exchange.in_process_client(journal=path) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), times=None)
            for _ in range(2):
                await papi.cancel(request, deadline=1.0)
            copy = left_behind(path)
            exchange.faults.clear()
        assert len(await settled(exchange, copy, 5.0)) == 1
        assert opened_anew(copy) == ()

    run_held(main)


def test_what_somebody_knows_by_other_means_is_forgotten_by_the_file_too(tmp_path: Path) -> None:
    """It says so, and the next process is not told of it."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        async with exchange.in_process_client(journal=path) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), times=None)
            with pytest.raises(ReplyTimeoutError):
                await papi.send(order("mine"), timeout=0.5)
            (doubt,) = papi.unresolved
            assert opened_anew(path) == (doubt.request,)
            assert papi.forget(doubt.request)
            assert papi.unresolved == ()
            assert opened_anew(path) == ()
            assert kinds(path) == ["forgotten"]
            assert not papi.forget(doubt.request)

    run_held(main)


class Unconnected(Far):
    """A transport that is still connecting when it is closed, and then says so."""

    def __init__(self, inner: Transport) -> None:
        super().__init__(inner)
        self.connecting: list[asyncio.Future[None]] = []
        self.is_deaf = False
        """Whether it tells nobody that it was closed."""

    async def close(self) -> None:
        """Whoever waits is told that nothing left."""
        for each in self.connecting:
            if not self.is_deaf and not each.done():
                each.set_exception(ConnectError("closed while connecting"))
        await super().close()

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol has it
        """Never connects, once it is to place."""
        if outgoing.method == "POST":
            self.connecting.append(asyncio.get_running_loop().create_future())
            await self.connecting[-1]
        return await super().send(outgoing, timeout=timeout)


def test_what_closing_kept_from_leaving_ends_in_the_file(tmp_path: Path) -> None:
    """The callers are told ConnectError, and the next process of nothing."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        transport = Unconnected(exchange.transport())
        papi = exchange.in_process_client(journal=path, transport=transport)
        await papi.open()
        sending = [await let_go(papi.send(order())) for _ in range(2)]
        await papi.close()
        for each in sending:
            with pytest.raises(ConnectError):
                await each
        assert opened_anew(path) == ()
        assert kinds(path) == ["not_sent", "not_sent"]

    run_held(main)


def test_closing_does_not_wait_for_a_transport_that_tells_nobody(tmp_path: Path) -> None:
    """A second; and what it does not tell stays open in the file."""

    async def main() -> None:
        exchange, path = funded(), tmp_path / "journal"
        transport = Unconnected(exchange.transport())
        transport.is_deaf = True
        papi = exchange.in_process_client(journal=path, transport=transport)
        await papi.open()
        sending = await let_go(papi.send(order("mine")))
        began = asyncio.get_running_loop().time()
        await papi.close()
        assert asyncio.get_running_loop().time() - began == pytest.approx(1.0)
        assert len(opened_anew(path)) == 1
        sending.cancel()
        await asyncio.wait([sending])

    run_held(main)
