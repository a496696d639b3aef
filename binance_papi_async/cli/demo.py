"""``papi demo``: many orders placed and cancelled at once, each outcome checked against what really happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from msgspec import Struct

from binance_papi_async.cli.bursts import (
    STORM_RATE,
    STORM_TIMEOUT,
    SYMBOLS,
    Landed,
    Taken,
    cancel_all,
    orders_of,
    place_all,
    weight_left,
    weight_of,
)
from binance_papi_async.cli.exit_code import ExitCode, UsageError
from binance_papi_async.cli.outcome_table import Order, evidence_summary, words
from binance_papi_async.cli.reach import connected
from binance_papi_async.cli.render import note, show, show_text
from binance_papi_async.cli.simulation import listening
from binance_papi_async.cli.truth_check import disagreements, misplaced
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.outcome import Canceled, Evidence, Outcome
from binance_papi_async.simulator import Exchange

MOST_PLACED: Final = 300
"""How many of the orders the client places; the others rest already. An account may place 1,200 a minute (documented)."""


class Report(Struct, rename="camel"):
    """What ``papi demo`` tells."""

    orders: int
    """Cancelled, and before that placed by the client or at rest already."""
    seed: int | None
    """Of the storm, null without one."""
    places: dict[str, int]
    """What became of those that the client placed."""
    places_settled: int
    """Unknown ones among them that became known when the storm was over."""
    outcomes: dict[str, int]
    evidence: dict[str, int]
    """How cancels are known to have worked."""
    settled: int
    """Unknown outcomes that became known when the storm was over."""
    seconds: float
    cancels_per_second: float
    p50_ms: float
    p99_ms: float
    weight_used: int
    """In the fullest minute."""
    weight_limit: int
    resolution_weight: int
    """Spent beyond one POST and one DELETE for each order: on questions, and on sending again."""
    posts_arrived: int
    deletes_arrived: int
    disagreements: list[str]


async def demo(
    *,
    orders: int = 500,
    tls: bool = False,
    faults: bool = False,
    seed: int | None = None,
    json: bool = False,
) -> ExitCode:
    """Place and cancel many orders at once on a simulated exchange, and check every outcome against the truth.

    :param orders: How many orders to cancel; the client places the first 300 of them.
    :param tls: Speak HTTPS with the exchange.
    :param faults: Let something go wrong with three calls in ten: lost, late, torn, garbled answers.
    :param seed: Which storm of faults; by default 0.
    :param json: Write JSON, one object on one line.
    """
    if orders < 1:
        raise UsageError(f"--orders must be at least 1, not {orders}")
    if seed is not None and not faults:
        raise UsageError("--seed chooses a storm: pass --faults with it")
    storm = (seed or 0) if faults else None
    async with listening(tls=tls) as exchange:
        papi = exchange.client(timeout=STORM_TIMEOUT) if faults else exchange.client()
        async with connected(papi):
            placed = await _placed(exchange, papi, min(orders, MOST_PLACED), storm)
            wrong = misplaced(exchange, placed.said(), is_calm=storm is None)
            requests = _resting(exchange, orders)
            _announce_wait(papi, requests)
            landed = await cancel_all(exchange, papi, requests, storm)
            report = _report(exchange, requests, placed, landed, storm)
            report.disagreements += wrong
    show(report, _rows_of(report, landed), as_json=json)
    if not report.disagreements:
        return ExitCode.DONE
    if not json:
        show_text("\n".join(report.disagreements))
    note(f"the client and the exchange disagree {len(report.disagreements):,} times")
    return ExitCode.REFUSED


async def _placed(exchange: Exchange, papi: PapiClient, count: int, storm: int | None) -> Taken:
    """Place so many orders, with what it takes to pay for them."""
    for symbol in SYMBOLS:
        exchange.deposit(symbol.removesuffix("BTC"), count)
    return await place_all(exchange, papi, orders_of(count), storm)


def _resting(exchange: Exchange, count: int) -> dict[int, CancelMarginOrder]:
    """The cancel of each order id; what does not rest yet of so many orders is put there without a call."""
    lacking = count - len(exchange.book.open_orders())
    exchange.rest(SYMBOLS[0], (lacking + 1) // 2)
    exchange.rest(SYMBOLS[1], lacking // 2)
    return {
        order.order_id: CancelMarginOrder(symbol=order.symbol, order_id=order.order_id)
        for order in exchange.book.open_orders()
    }


def _announce_wait(papi: PapiClient, requests: Mapping[int, CancelMarginOrder]) -> None:
    if (weight := weight_of(requests)) > weight_left(papi):
        note(
            f"the cancels weigh {weight:,} and a minute allows {papi.limits.weight_limit:,}: "
            "the rest waits for the next minute"
        )


def _report(
    exchange: Exchange,
    requests: Mapping[int, CancelMarginOrder],
    placed: Taken,
    landed: Landed,
    storm: int | None,
) -> Report:
    outcomes, times = landed.outcomes, sorted(landed.seconds)
    evidence = Counter(each.evidence for each in outcomes if isinstance(each, Canceled))
    said = dict(zip(requests, outcomes, strict=True))
    later = {_order_id(outcome): outcome for outcome in landed.settled}
    is_calm = storm is None
    return Report(
        orders=len(outcomes),
        seed=storm,
        places=placed.outcomes.counts,
        places_settled=len(placed.settled),
        outcomes=outcomes.counts,
        evidence={each.value: evidence[each] for each in Evidence},
        settled=len(later),
        seconds=round(times[-1], 4),
        cancels_per_second=round(len(outcomes.canceled) / times[-1], 1),
        p50_ms=round(_percentile(times, 50) * 1000, 3),
        p99_ms=round(_percentile(times, 99) * 1000, 3),
        weight_used=exchange.truth.max_window_weight(),
        weight_limit=exchange.limits.weight.limit,
        resolution_weight=placed.resolution_weight
        + outcomes.weight
        + landed.settled.weight
        - weight_of(requests),
        posts_arrived=len(exchange.truth.arrivals("POST")),
        deletes_arrived=len(exchange.truth.arrivals("DELETE")),
        disagreements=disagreements(exchange, said, is_calm=is_calm)
        + disagreements(exchange, later, is_calm=False),
    )


def _order_id(outcome: Outcome[Order]) -> int:
    request = outcome.request
    assert isinstance(request, CancelMarginOrder)  # noqa: S101 - for the checkers
    assert request.order_id is not None  # noqa: S101 - for the checkers
    return request.order_id


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def _rows_of(report: Report, landed: Landed) -> dict[str, object]:
    rows: dict[str, object] = {"orders": f"{report.orders:,} on {' and '.join(SYMBOLS)}"}
    if report.seed is not None:
        rows["faults"] = f"with {STORM_RATE:.0%} of the calls; storm {report.seed}"
    rows["placing"] = _counted(report.places, report.places_settled)
    rows["cancelling"] = _counted(report.outcomes, report.settled)
    rows["evidence"] = evidence_summary(landed.outcomes)
    return rows | {
        "wall time": f"{report.seconds:.3f} s",
        "cancels per second": f"{report.cancels_per_second:,.0f}",
        "latency": f"p50 {report.p50_ms:.0f} ms, p99 {report.p99_ms:.0f} ms, from the common start",
        "weight used": f"{report.weight_used:,} of {report.weight_limit:,} in the fullest minute",
        "resolution weight": f"{report.resolution_weight:,} beyond one POST and one DELETE for each order",
        "POSTs that arrived": f"{report.posts_arrived:,}",
        "DELETEs that arrived": f"{report.deletes_arrived:,}",
        "wrong outcomes": f"{len(report.disagreements):,}",
    }


def _counted(counts: Mapping[str, int], settled: int) -> str:
    told = ", ".join(f"{count:,} {words(kind)}" for kind, count in counts.items() if count)
    return f"{told}; {settled:,} of the unknown settled afterwards" if counts["unknown"] else told
