"""A client with a journal: what a process leaves in doubt, the next one settles, however the first one died."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

import pytest

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    NewMarginOrder,
    NotSent,
    Placed,
    Unknown,
)
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.errors import JournalError
from binance_papi_async.journal import Journal
from binance_papi_async.simulator import Fault, FaultKind, Simulator

pytestmark = pytest.mark.asyncio
SYMBOL: Final = "LTCBTC"
KILLS: Final = 100 if os.environ.get("PAPI_SOAK") else 5
CHILD: Final = """
import asyncio, sys
from decimal import Decimal

from binance_papi_async import HmacKey, NewMarginOrder, PapiClient
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.simulator import SIMULATED_API_KEY, SIMULATED_SECRET

async def main(base_url, path):
    key = HmacKey(SIMULATED_API_KEY, SIMULATED_SECRET)
    orders = (
        NewMarginOrder(
            symbol="LTCBTC",
            side=Side.BUY,
            type=OrderType.LIMIT,
            quantity=Decimal(1),
            price=Decimal("0.01"),
            time_in_force=TimeInForce.GTC,
        )
        for _ in range(200)
    )
    async with PapiClient(key, base_url=base_url, journal=path, max_connections=20) as papi:
        print("open", flush=True)
        await papi.place_many(orders)
    print("done", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def order() -> NewMarginOrder:
    """One that rests."""
    return NewMarginOrder(
        symbol=SYMBOL,
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal("0.01"),
        time_in_force=TimeInForce.GTC,
    )


async def killed(exchange: Simulator, path: Path, after: float) -> None:
    """A process places two hundred orders, and is killed so many seconds after it began."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, exchange.base_url, str(path)), stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"open\n"
    await asyncio.sleep(after)
    if child.returncode is None:
        child.send_signal(signal.SIGKILL)
    await child.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed so there")
@pytest.mark.parametrize("seed", range(KILLS))
async def test_a_killed_process_forgets_no_order(tmp_path: Path, seed: int) -> None:
    """Every order that rests is one the file calls placed, or one that the next client finds to be."""
    path = tmp_path / "engine.journal"
    async with Simulator() as exchange:
        await killed(exchange, path, Random(seed).uniform(0.0, 0.1))
        known = {
            line.split('"clientOrderId":"')[1].split('"')[0]
            for line in path.read_text().splitlines()
            if '"outcome":"placed"' in line
        }
        async with exchange.client(journal=path) as papi:
            doubts = len(papi.unresolved)
            settled = await papi.settle(9.0)
            assert papi.unresolved == ()
        found = {str(each.request.client_id) for each in settled if isinstance(each, Placed)}
        resting = {each.client_order_id for each in exchange.book.open_orders(SYMBOL)}
        assert resting == known | found
        print(f"{len(known)} known, {doubts} in doubt, {len(found)} of those placed")  # noqa: T201 - asked for by -s
        assert len(settled) == doubts
    with Journal(path, account=_mark(path)) as journal:
        assert journal.unresolved == ()


def _mark(path: Path) -> str:
    return path.read_text().split('"account":"')[1].split('"')[0]


async def test_what_closing_could_not_settle_is_settled_by_the_next_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A send whose caller went away, and a place that nobody knows of, stand open in the file."""
    monkeypatch.setattr("binance_papi_async.client.CLOSING_PATIENCE", 0.1)
    path = tmp_path / "engine.journal"
    async with Simulator() as exchange:
        async with exchange.client(journal=path) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), times=None)
            sending = asyncio.create_task(papi.send(order()))
            placed = await papi.place(order(), deadline=0.2)
            assert isinstance(placed, Unknown)
            sending.cancel()
            await asyncio.wait([sending])
            assert len(papi.unresolved) == 2
        exchange.faults.clear()
        async with exchange.client(journal=path) as papi:
            assert len(papi.unresolved) == 2
            settled = await papi.settle(9.0)
            assert settled.counts["placed"] == 2
            resting = {each.client_order_id for each in exchange.book.open_orders(SYMBOL)}
            assert {
                each.request.client_id for each in settled if isinstance(each, Placed)
            } == resting
        async with exchange.client(journal=path) as papi:
            assert papi.unresolved == ()


async def test_nothing_but_cancels_leaves_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is gone: an order stays here and says why; a cancel leaves, for the way out needs no disk."""
    path = tmp_path / "engine.journal"
    async with Simulator() as exchange, exchange.client(journal=path) as papi:
        (order_id,) = exchange.rest(SYMBOL, 1)
        path.unlink()
        placed = await papi.place(order())
        assert isinstance(placed, NotSent)
        assert isinstance(placed.error, JournalError)
        with pytest.raises(JournalError, match="cannot be written"):
            await papi.send(order())
        assert len(exchange.book.open_orders(SYMBOL)) == 1
        canceled = await papi.cancel(CancelMarginOrder(symbol=SYMBOL, order_id=order_id))
        assert isinstance(canceled, Canceled)
    assert caplog.text.count("cancels leave all the same") == 1


async def test_two_clients_cannot_have_one_file(tmp_path: Path) -> None:
    """The second one does not open, and says the way out; the first goes on."""
    path = tmp_path / "engine.journal"
    async with Simulator() as exchange, exchange.client(journal=path) as papi:
        with pytest.raises(JournalError, match="another"):
            await exchange.client(journal=path).open()
        assert isinstance(await papi.place(order()), Placed)


async def test_another_keys_journal_is_refused(tmp_path: Path) -> None:
    """Its orders would be looked for in the wrong account."""
    path = tmp_path / "engine.journal"
    Journal(path, account="somebody else").close()
    async with Simulator() as exchange:
        with pytest.raises(JournalError, match="account"):
            await exchange.client(journal=path).open()
