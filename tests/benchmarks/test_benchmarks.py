"""The benchmark runs, and compares only like with like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from binance_papi_async.cli.benchmark.arena import TurnError
from binance_papi_async.cli.benchmark.contestants import OWN, Cancel, Contestant, Target
from binance_papi_async.cli.benchmark.load import Measure
from tests.benchmarks.__main__ import measures
from tests.benchmarks.acceptance import verdicts
from tests.benchmarks.report import chart, tables
from tests.benchmarks.turns import stand_in, take_turn

FEW: Final = [Measure("load", 2, 20), Measure("burst", 2, 20), Measure("wire", 1, 5)]


@asynccontextmanager
async def idle(target: Target) -> AsyncGenerator[Cancel, None]:
    """Cancels nothing, very fast."""
    yield lambda order_id: asyncio.sleep(0, order_id)


def test_own_contestants_do_the_work_that_is_timed() -> None:
    """The stand-in sees every signed cancel of the floor, of ours on both transports, and of aiohttp."""
    with stand_in() as stand:
        turns = [take_turn(stand, each, "tls", FEW) for each in OWN if each.loop == "asyncio"]
    assert [len(turn.figures) for turn in turns] == [len(FEW)] * 4
    assert all(verdict.startswith("not measured") for verdict in verdicts(turns))
    assert chart(turns).startswith("<svg ")
    assert "| ours |" in "".join(tables(turns))


def test_a_contestant_that_sends_nothing_is_not_compared() -> None:
    """Unlike work is an error, not a record."""
    idle = Contestant("idle", "tests.benchmarks.test_benchmarks:idle")
    with stand_in() as stand, pytest.raises(TurnError, match="saw 0 signed cancels, not 5"):
        take_turn(stand, idle, "plain", [Measure("burst", 5, 5)])


def test_every_kind_of_measure_is_taken() -> None:
    """Nothing that the issue asks for is forgotten."""
    assert {each.kind for each in measures(100)} == {"load", "burst", "wire", "memory"}
    assert [each.in_flight for each in measures(100) if each.kind == "load"] == [1, 50, 500]
