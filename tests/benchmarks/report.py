"""The benchmark's table, chart and JSON, for the terminal and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from msgspec import Struct, json

from binance_papi_async.cli.benchmark.arena import Scheme, Turn
from binance_papi_async.cli.benchmark.contestants import DIRECT, FLOOR
from binance_papi_async.cli.benchmark.standing import Place, middle, names, ratio
from tests.benchmarks.acceptance import RATE, verdicts
from tests.benchmarks.peers import PEERS
from tests.benchmarks.turns import Heap

PACKAGES: Final = (
    "aiohttp", "msgspec", "uvloop", "python-binance", "ccxt", "pybotters",
    "binance-sdk-derivatives-trading-portfolio-margin",
)  # fmt: skip
COLUMNS: Final = (
    ("cancels/s, 1", Place("plain", "load", 1, "per_second"), "{:,.0f}"),
    ("50", Place("plain", "load", 50, "per_second"), "{:,.0f}"),
    ("500", Place("plain", "load", 500, "per_second"), "{:,.0f}"),
    ("CPU us, 1", Place("plain", "load", 1, "cpu_us"), "{:.1f}"),
    ("50", Place("plain", "load", 50, "cpu_us"), "{:.1f}"),
    ("500", Place("plain", "load", 500, "cpu_us"), "{:.1f}"),
    ("p50 us, 1", Place("plain", "load", 1, "p50_us"), "{:,.0f}"),
    ("p99", Place("plain", "load", 1, "p99_us"), "{:,.0f}"),
    ("p50 us, 50", Place("plain", "load", 50, "p50_us"), "{:,.0f}"),
    ("p99", Place("plain", "load", 50, "p99_us"), "{:,.0f}"),
    ("burst s, cold", Place("plain", "burst", 100, "seconds", 0), "{:.3f}"),
    ("warm", Place("plain", "burst", 100, "seconds", 1), "{:.3f}"),
    ("call to wire us", Place("plain", "wire", 1, "p50_us"), "{:.1f}"),
    ("KiB waiting", Place("plain", "memory", 1000, "kib"), "{:,.0f}"),
)
MARKS: Final = re.compile(r"(<!-- benchmark -->\n).*?(<!-- end benchmark -->)", re.DOTALL)
_ROW_HEIGHT: Final = 26
_LABELS: Final = 190
_BARS: Final = 430


class Report(Struct, frozen=True):
    """A whole run."""

    command: str
    date: str
    heap: Heap
    rounds: int
    machine: dict[str, str]
    versions: dict[str, str]
    verdicts: list[str]
    turns: list[Turn]


def versions() -> dict[str, str]:
    """What is installed of the packages compared."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def tables(turns: Sequence[Turn]) -> Iterator[str]:
    """One table for each scheme, then the ratios, as Markdown."""
    schemes: tuple[Scheme, ...] = ("plain", "tls")
    for scheme in schemes:
        mine = [turn for turn in turns if turn.scheme == scheme]
        if mine:
            yield f"{'Over TLS' if scheme == 'tls' else 'Plain'}:\n"
            yield _table(mine, scheme)
    yield "How many times as many cancels per second, 50 in flight, plain, and how many times the CPU time per cancel:\n"
    yield _ratios(turns)


def _table(turns: Sequence[Turn], scheme: Scheme) -> str:
    rows = [
        [name, *(_cell(turns, name, _over(place, scheme), form) for _, place, form in COLUMNS)]
        for name in names(turns)
    ]
    return _markdown(["", *(head for head, _, _ in COLUMNS)], rows)


def _over(place: Place, scheme: Scheme) -> Place:
    return Place(scheme, place.kind, place.in_flight, place.quantity, place.occurrence)


def _cell(turns: Sequence[Turn], name: str, place: Place, form: str) -> str:
    number = middle(turns, name, place)
    return "" if number is None else form.format(number)


def _ratios(turns: Sequence[Turn]) -> str:
    ours = [name for name in names(turns) if name.startswith(DIRECT)]
    others = [FLOOR, f"{FLOOR}, uvloop", "aiohttp loop", *(peer.name for peer in PEERS)]
    cpu = Place("plain", "load", 50, "cpu_us")
    rows = [[name, *(_times(turns, name, other, RATE, cpu) for other in others)] for name in ours]
    return _markdown(["", *others], rows)


def _times(turns: Sequence[Turn], name: str, other: str, rate: Place, cpu: Place) -> str:
    faster, busier = ratio(turns, name, other, rate), ratio(turns, name, other, cpu)
    return "" if faster is None or busier is None else f"{faster:.2f}x, {busier:.2f}x"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def page(report: Report) -> str:
    """What stands in the documentation."""
    on = report.machine
    with_versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    return "\n".join(
        [
            (
                f"Measured {report.date} with `{report.command}`, {report.rounds} rounds, medians: "
                f"{on['processor']}, {on['cores']} cores, {on['system']}, Python {on['python']}; "
                f"{with_versions}; heap {report.heap}.\n"
            ),
            "![Cancels per second with 50 in flight](benchmark.svg)\n",
            "Every figure of every round is in [benchmark.json](benchmark.json).\n",
            *tables(report.turns),
            "What was to be reached:\n",
            *(f"- {verdict}" for verdict in report.verdicts),
            "",
        ]
    )


def chart(turns: Sequence[Turn]) -> str:
    """Bars of cancels per second, 50 in flight, plain, as SVG that suits light and dark pages."""
    rates = {name: middle(turns, name, RATE) for name in names(turns)}
    known = {name: rate for name, rate in rates.items() if rate is not None}
    most = max(known.values(), default=1.0)
    ordered = sorted(known.items(), key=lambda item: -item[1])
    bars = "".join(_bar(row, name, rate, most) for row, (name, rate) in enumerate(ordered))
    width, height = _LABELS + _BARS + 90, 34 + _ROW_HEIGHT * len(ordered)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13" fill="#808080">\n'
        f'<text x="{_LABELS}" y="18">cancels per second, 50 in flight, plain, one core</text>\n'
        f"{bars}</svg>\n"
    )


def _bar(row: int, name: str, rate: float, most: float) -> str:
    y, length = 30 + row * _ROW_HEIGHT, round(_BARS * rate / most)
    colour = "#2a9d8f" if name.startswith(DIRECT) else "#8d99ae"
    return (
        f'<text x="{_LABELS - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{_LABELS}" y="{y}" width="{length}" height="18" rx="2" fill="{colour}"/>'
        f'<text x="{_LABELS + length + 6}" y="{y + 14}">{rate:,.0f}</text>\n'
    )


def write(report: Report, folder: Path) -> None:
    """The JSON, the chart, the tables; and the tables into the page that shows them, if it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_bytes(json.format(json.encode(report), indent=1) + b"\n")
    (folder / "benchmark.svg").write_text(chart(report.turns))
    latency = folder / "latency.md"
    if latency.exists():
        text = latency.read_text()
        latency.write_text(MARKS.sub(lambda found: f"{found[1]}\n{page(report)}\n{found[2]}", text))
    else:
        (folder / "benchmark.md").write_text(page(report))


def with_verdicts(turns: Sequence[Turn]) -> str:
    """What the terminal shows."""
    return "\n".join([*tables(turns), *verdicts(turns), ""])
