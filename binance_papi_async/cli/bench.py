"""``papi bench``: how fast this client cancels here, beside the least and beside plain aiohttp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from binance_papi_async.cli.exit_code import ExitCode, UsageError
from binance_papi_async.cli.render import note, progress, show_lines, show_table

if TYPE_CHECKING:
    from binance_papi_async.cli.benchmark.arena import Turn

IN_FLIGHT: Final = 50
HEAD: Final = ("client", "cancels/s", "CPU us", "of the floor's", "p50 ms", "p50 ms, 1 in flight")


class Speed(Struct, rename="camel"):
    """One line of ``papi bench``."""

    client: str
    cancels_per_second: float
    """50 in flight."""
    cpu_us: float
    """Of this process, per cancel."""
    cpu_of_floor: float
    p50_ms: float
    p50_alone_ms: float
    """One in flight."""


def bench(
    *, requests: int = 5000, rounds: int = 3, tls: bool = False, json: bool = False
) -> ExitCode:
    """Measure this client against the least that Python could do and against a plain aiohttp loop.

    A stand-in exchange answers from another core; nothing leaves this machine.

    :param requests: How many cancels in each measurement.
    :param rounds: How many rounds; medians are shown.
    :param tls: Speak HTTPS with the stand-in.
    :param json: Write JSON, one object on each line.
    """
    if requests < 1 or rounds < 1:
        raise UsageError("--requests and --rounds must be at least 1")
    turns = _turns_or_usage(requests, rounds, tls=tls)
    speeds = _speeds(turns, tls=tls)
    if json:
        show_lines(speeds)
    else:
        show_table(HEAD, map(_row, speeds))
    return ExitCode.DONE


def _turns_or_usage(requests: int, rounds: int, *, tls: bool) -> list[Turn]:
    """What a contestant stumbled over is the user's to mend: an extra, mostly."""
    from binance_papi_async.cli.benchmark.arena import TurnError

    try:
        return _turns(requests, rounds, tls=tls)
    except TurnError as error:
        raise UsageError(str(error)) from error


def _turns(requests: int, rounds: int, *, tls: bool) -> list[Turn]:
    from binance_papi_async.cli.benchmark.arena import Scheme, missing, stand_in, take_turn
    from binance_papi_async.cli.benchmark.contestants import OWN
    from binance_papi_async.cli.benchmark.load import Measure

    measures = [
        Measure("load", IN_FLIGHT, requests),
        Measure("load", 1, max(1, requests // 5)),
    ]
    present = [each for each in OWN if missing(each) is None]
    if len(present) < len(OWN):
        note('uvloop is not installed: pip install "binance-papi-async[speed]"')
    with stand_in() as stand, progress() as bar:
        task = bar.add_task("measuring", total=rounds * len(present))
        turns: list[Turn] = []
        scheme: Scheme = "tls" if tls else "plain"
        for number in range(rounds):
            for contestant in present:
                turns.append(take_turn(stand, contestant, scheme, measures, number=number))
                bar.advance(task)
    return turns


def _speeds(turns: Sequence[Turn], *, tls: bool) -> list[Speed]:
    from binance_papi_async.cli.benchmark.contestants import FLOOR
    from binance_papi_async.cli.benchmark.standing import Place, Quantity, middle, names, ratio

    def place(quantity: Quantity, in_flight: int = IN_FLIGHT) -> Place:
        return Place("tls" if tls else "plain", "load", in_flight, quantity)

    return [
        Speed(
            client=name,
            cancels_per_second=round(middle(turns, name, place("per_second")) or 0.0),
            cpu_us=round(middle(turns, name, place("cpu_us")) or 0.0, 1),
            cpu_of_floor=round(
                ratio(turns, name, _floor_of(name, FLOOR), place("cpu_us")) or 0.0, 2
            ),
            p50_ms=round((middle(turns, name, place("p50_us")) or 0.0) / 1000, 3),
            p50_alone_ms=round((middle(turns, name, place("p50_us", 1)) or 0.0) / 1000, 3),
        )
        for name in names(turns)
    ]


def _floor_of(name: str, floor: str) -> str:
    """The floor on the same loop."""
    return f"{floor}, uvloop" if name.endswith("uvloop") else floor


def _row(speed: Speed) -> tuple[str, ...]:
    return (
        speed.client,
        f"{speed.cancels_per_second:,.0f}",
        f"{speed.cpu_us:.1f}",
        f"{speed.cpu_of_floor:.2f}x",
        f"{speed.p50_ms:.3f}",
        f"{speed.p50_alone_ms:.3f}",
    )
