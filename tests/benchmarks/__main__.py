"""Compare this client with the floor, with plain aiohttp and with its peers, in one run.

``python -m tests.benchmarks --out docs/explanation``; peers come with the extra ``bench``.
Contestants take turns, each turn in a fresh process on one core, the stand-in on the other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from binance_papi_async.cli.benchmark.arena import Scheme, Turn, TurnError, missing
from binance_papi_async.cli.benchmark.contestants import OWN, Contestant
from binance_papi_async.cli.benchmark.load import Measure
from tests.benchmarks.acceptance import verdicts
from tests.benchmarks.peers import PEERS
from tests.benchmarks.report import Report, versions, with_verdicts, write
from tests.benchmarks.turns import Heap, machine, stand_in, take_turn


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """Run it all; 1 if a contestant failed or a goal was missed."""
    options = _parser().parse_args(arguments)
    chosen = _chosen(options.only)
    rounds = options.rounds or (2 if options.quick else 5)
    requests = options.requests or (2000 if options.quick else 12000)
    turns = _run(chosen, rounds, measures(requests), options.heap)
    _say(with_verdicts(turns))
    report = Report(
        command=" ".join(["python -m tests.benchmarks", *arguments]),
        date=datetime.now(UTC).date().isoformat(),
        heap=options.heap,
        rounds=rounds,
        machine=machine(),
        versions=versions(),
        verdicts=verdicts(turns),
        turns=turns,
    )
    if options.out is not None:
        write(report, options.out)
    return int(any(verdict.startswith("FAIL") for verdict in report.verdicts))


def measures(requests: int) -> list[Measure]:
    """What every contestant is measured by; the first burst is on cold connections."""
    return [
        Measure("burst", 100, 1000),
        Measure("burst", 100, 1000),
        Measure("load", 1, max(1, requests // 5)),
        Measure("load", 50, requests),
        Measure("load", 500, requests),
        Measure("wire", 1, max(1, requests // 20)),
        Measure("memory", 1000, 1000),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of few requests")
    parser.add_argument("--only", action="append", metavar="NAME", help="may be given repeatedly")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--requests", type=int, help="of the fastest contestants, 50 in flight")
    parser.add_argument("--heap", choices=("settled", "fresh"), default="settled")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write JSON, chart and tables")
    return parser


def _chosen(only: Sequence[str] | None) -> list[Contestant]:
    """Whoever is wanted and installed."""
    wanted = [each for each in (*OWN, *PEERS) if only is None or each.name in only]
    for contestant in wanted:
        if missing(contestant) is not None:
            _say(f"{contestant.name}: skipped, {contestant.package} is not installed")
    return [each for each in wanted if missing(each) is None]


def _run(
    contestants: Sequence[Contestant], rounds: int, wanted: Sequence[Measure], heap: Heap
) -> list[Turn]:
    """Round robin over contestants; a contestant that fails is told of and left out."""
    schemes: tuple[Scheme, ...] = ("plain", "tls")
    turns: list[Turn] = []
    with stand_in() as stand:
        for number in range(rounds):
            for scheme in schemes:
                for contestant in contestants:
                    try:
                        turns.append(
                            take_turn(stand, contestant, scheme, wanted, heap=heap, number=number)
                        )
                    except TurnError as error:
                        _say(f"round {number + 1}, {scheme}: {error}")
    return turns


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
