"""What the direct lane must reach, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from binance_papi_async.cli.benchmark.arena import Turn
from binance_papi_async.cli.benchmark.contestants import DIRECT, FLOOR
from binance_papi_async.cli.benchmark.standing import Place, ratio
from tests.benchmarks.peers import CCXT, PYTHON_BINANCE

RATE = Place("plain", "load", 50, "per_second")
TLS_RATE = Place("tls", "load", 50, "per_second")
CPU = Place("plain", "load", 50, "cpu_us")
ALONE = Place("plain", "load", 1, "p50_us")


class Goal(NamedTuple):
    """One ratio, and the side of the bound it must be on."""

    sentence: str
    name: str
    other: str
    place: Place
    bound: float
    is_floor: bool
    """Whether the ratio must be at least, not at most, the bound."""


GOALS = (
    Goal("cancels/s, 50 in flight", DIRECT, PYTHON_BINANCE, RATE, 3.5, is_floor=True),
    Goal("cancels/s, 50 in flight", DIRECT, CCXT, RATE, 4.5, is_floor=True),
    Goal("CPU per cancel, asyncio", DIRECT, FLOOR, CPU, 1.6, is_floor=False),
    Goal(
        "CPU per cancel, uvloop", f"{DIRECT}, uvloop", f"{FLOOR}, uvloop", CPU, 2.0, is_floor=False
    ),
    Goal("p50, 1 in flight", DIRECT, FLOOR, ALONE, 1.35, is_floor=False),
    Goal("cancels/s over TLS, 50 in flight", DIRECT, PYTHON_BINANCE, TLS_RATE, 2.5, is_floor=True),
)


def verdicts(turns: Sequence[Turn]) -> list[str]:
    """A line for each goal: PASS, FAIL, or not measured."""
    return [_verdict(goal, ratio(turns, goal.name, goal.other, goal.place)) for goal in GOALS]


def _verdict(goal: Goal, reached: float | None) -> str:
    sign = "at least" if goal.is_floor else "at most"
    wanted = f"{goal.sentence}: {sign} {goal.bound}x {goal.other}'s"
    if reached is None:
        return f"not measured  {wanted}"
    passes = reached >= goal.bound if goal.is_floor else reached <= goal.bound
    return f"{'PASS' if passes else 'FAIL'}  {wanted}: {reached:.2f}x"
