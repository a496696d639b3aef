"""``papi demo``: many cancels at once, each outcome checked against what really happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil
from time import perf_counter
from typing import Final, NamedTuple

from msgspec import Struct

from binance_papi_async.cli.exit_code import ExitCode, UsageError
from binance_papi_async.cli.outcome_table import Order, evidence_summary, words
from binance_papi_async.cli.reach import connected
from binance_papi_async.cli.render import note, progress, show, show_text
from binance_papi_async.cli.simulation import listening
from binance_papi_async.cli.truth_check import disagreements
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.outcome import Canceled, Evidence, Outcome, Outcomes
from binance_papi_async.simulator import FAULTS, Exchange
from binance_papi_async.simulator.faulting.faults import WAITING_KINDS

SYMBOLS: Final = ("LTCBTC", "BNBBTC")
STORM_RATE: Final = 0.3
"""Share of the calls that something goes wrong with."""
STORM: Final = tuple(
    fault
    for fault in FAULTS
    if fault.kind not in WAITING_KINDS  # these stop everybody
)
STORM_TIMEOUT: Final = 0.5
"""Seconds for a reply: some faults are silence, and the loopback answers in milliseconds."""
STORM_PATIENCE: Final = 8.0
"""Seconds for a burst that a minute has weight for."""
SETTLING: Final = 3.0
"""Seconds to learn, once the storm is over, what nobody knew in it."""


class Landed(NamedTuple):
    """How a burst went."""

    outcomes: Outcomes[Order]
    seconds: list[float]
    """When each outcome landed, from the start of the burst."""
    settled: Outcomes[Order]
    """What became known of unknown ones when the storm was over."""


class Report(Struct, rename="camel"):
    """What ``papi demo`` tells."""

    orders: int
    seed: int | None
    """Of the storm, null without one."""
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
    """Spent beyond one DELETE for each order: on questions, and on sending again."""
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
    """Cancel many orders at once on a simulated exchange, and check every outcome against the truth.

    :param orders: How many orders to rest and to cancel.
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
            requests = _rested(exchange, orders)
            _announce_wait(papi, requests)
            landed = await _burst(exchange, papi, requests, storm)
            report = _report(exchange, requests, landed, storm)
    show(report, _rows_of(report, landed), as_json=json)
    if not report.disagreements:
        return ExitCode.DONE
    if not json:
        show_text("\n".join(report.disagreements))
    note(f"the client and the exchange disagree {len(report.disagreements):,} times")
    return ExitCode.REFUSED


def _rested(exchange: Exchange, count: int) -> dict[int, CancelMarginOrder]:
    """Rest orders on both symbols; the cancel of each order id."""
    first = (count + 1) // 2
    return {
        order_id: CancelMarginOrder(symbol=symbol, order_id=order_id)
        for symbol, share in zip(SYMBOLS, (first, count - first), strict=True)
        for order_id in exchange.rest(symbol, share)
    }


def _announce_wait(papi: PapiClient, requests: Mapping[int, CancelMarginOrder]) -> None:
    if (weight := _weight(requests)) > _weight_left(papi):
        note(
            f"the cancels weigh {weight:,} and a minute allows {papi.limits.weight_limit:,}: "
            "the rest waits for the next minute"
        )


async def _burst(
    exchange: Exchange,
    papi: PapiClient,
    requests: Mapping[int, CancelMarginOrder],
    storm: int | None,
) -> Landed:
    """Cancel all, in fair weather or in a storm; how it went."""
    seconds: list[float] = []
    if storm is not None:
        exchange.faults.storm(storm, STORM_RATE, STORM)
    with progress() as bar:
        task = bar.add_task("cancelling", total=len(requests))
        began = perf_counter()

        def land(_: Outcome[Order]) -> None:
            seconds.append(perf_counter() - began)
            bar.advance(task)

        outcomes = await papi.cancel_many(
            requests.values(),
            deadline=_deadline(exchange, papi, requests, is_stormy=storm is not None),
            on_outcome=land,
        )
    exchange.faults.clear()
    settled = await papi.settle(SETTLING) if papi.unresolved else Outcomes[Order](())
    return Landed(outcomes, seconds, settled)


def _deadline(
    exchange: Exchange,
    papi: PapiClient,
    requests: Mapping[int, CancelMarginOrder],
    *,
    is_stormy: bool,
) -> float:
    """Seconds that are enough, whatever the second at which it begins."""
    weight = _weight(requests)
    if is_stormy and 2 * weight < _weight_left(papi):
        return STORM_PATIENCE
    minutes = 2 + weight / (0.9 * exchange.limits.weight.limit)  # some of a limit is kept unused
    return minutes * exchange.limits.weight.interval


def _weight(requests: Mapping[int, CancelMarginOrder]) -> int:
    return sum(request.weight for request in requests.values())


def _weight_left(papi: PapiClient) -> int:
    return papi.limits.weight_limit - papi.limits.weight_used


def _report(
    exchange: Exchange,
    requests: Mapping[int, CancelMarginOrder],
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
        outcomes=outcomes.counts,
        evidence={each.value: evidence[each] for each in Evidence},
        settled=len(later),
        seconds=round(times[-1], 4),
        cancels_per_second=round(len(outcomes.canceled) / times[-1], 1),
        p50_ms=round(_percentile(times, 50) * 1000, 3),
        p99_ms=round(_percentile(times, 99) * 1000, 3),
        weight_used=exchange.truth.max_window_weight(),
        weight_limit=exchange.limits.weight.limit,
        resolution_weight=outcomes.weight + landed.settled.weight - _weight(requests),
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
    outcomes = [f"{count:,} {words(kind)}" for kind, count in report.outcomes.items() if count]
    rows: dict[str, object] = {"orders": f"{report.orders:,} on {' and '.join(SYMBOLS)}"}
    if report.seed is not None:
        rows["faults"] = f"with {STORM_RATE:.0%} of the calls; storm {report.seed}"
    rows["outcomes"] = ", ".join(outcomes)
    rows["evidence"] = evidence_summary(landed.outcomes)
    if landed.outcomes.unknown:
        rows["settled afterwards"] = f"{report.settled:,} of {len(landed.outcomes.unknown):,}"
    return rows | {
        "wall time": f"{report.seconds:.3f} s",
        "cancels per second": f"{report.cancels_per_second:,.0f}",
        "latency": f"p50 {report.p50_ms:.0f} ms, p99 {report.p99_ms:.0f} ms, from the common start",
        "weight used": f"{report.weight_used:,} of {report.weight_limit:,} in the fullest minute",
        "resolution weight": f"{report.resolution_weight:,} beyond one DELETE for each order",
        "DELETEs that arrived": f"{report.deletes_arrived:,}",
        "wrong outcomes": f"{len(report.disagreements):,}",
    }
