"""``papi demo``: many cancels at once, each outcome checked against what really happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from math import ceil
from time import perf_counter
from typing import Final

from msgspec import Struct

from binance_papi_async.cli.exit_code import ExitCode, UsageError
from binance_papi_async.cli.reach import connected
from binance_papi_async.cli.render import note, progress, show, show_text
from binance_papi_async.cli.simulation import listening
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.enums import OrderStatus
from binance_papi_async.errors import NotSentError, PapiError, RefusedError
from binance_papi_async.simulator import Exchange

SYMBOLS: Final = ("LTCBTC", "BNBBTC")


class Said(StrEnum):
    """What the client says became of a cancel."""

    CANCELED = "canceled"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


class Landing(Struct, frozen=True):
    """What the client said of one order, and when."""

    said: Said
    seconds: float
    """From the start of the burst."""


class Report(Struct, rename="camel"):
    """What ``papi demo`` tells."""

    orders: int
    outcomes: dict[str, int]
    seconds: float
    cancels_per_second: float
    p50_ms: float
    p99_ms: float
    weight_used: int
    """In the fullest minute."""
    weight_limit: int
    deletes_arrived: int
    disagreements: list[str]


async def demo(*, orders: int = 500, tls: bool = False, json: bool = False) -> ExitCode:
    """Cancel many orders at once on a simulated exchange, and check every outcome against the truth.

    :param orders: How many orders to rest and to cancel.
    :param tls: Speak HTTPS with the exchange.
    :param json: Write JSON, one object on one line.
    """
    if orders < 1:
        raise UsageError(f"--orders must be at least 1, not {orders}")
    async with listening(tls=tls) as exchange, connected(exchange.client()) as papi:
        requests = _rested(exchange, orders)
        _announce_wait(papi, requests)
        landings = await _burst(papi, requests)
        report = _report(exchange, landings)
    show(report, _rows_of(report), as_json=json)
    if not report.disagreements:
        return ExitCode.DONE
    if not json:
        show_text("\n".join(report.disagreements))
    note(f"the client and the exchange disagree {len(report.disagreements):,} times")
    return ExitCode.REFUSED


async def cancel_each(
    papi: PapiClient,
    requests: Mapping[int, CancelMarginOrder],
    on_outcome: Callable[[int, Said], None],
) -> None:
    """Send every cancel at once, and tell the outcome of each order id as it lands."""

    async def cancel(order_id: int, request: CancelMarginOrder) -> None:
        on_outcome(order_id, await _said_of(papi, request))

    await asyncio.gather(*(cancel(*item) for item in requests.items()))


async def _said_of(papi: PapiClient, request: CancelMarginOrder) -> Said:
    try:
        await papi.send(request)
    except NotSentError:
        return Said.NOT_SENT
    except RefusedError:
        return Said.REFUSED
    except PapiError:
        return Said.UNKNOWN
    return Said.CANCELED


def disagreements(exchange: Exchange, said: Mapping[int, Said]) -> list[str]:
    """Every difference between what the client said of each order id and what really happened.

    None means: each order that is said to be cancelled, and no other, was cancelled exactly once
    and is closed in the book, and one DELETE arrived for each order.
    """
    found = [
        f"order {order_id}: {difference}"
        for order_id, word in said.items()
        for difference in _differences(exchange, order_id, word)
    ]
    arrived = len(exchange.truth.arrivals("DELETE"))
    if arrived != len(said):
        found.append(f"{arrived:,} DELETEs arrived for {len(said):,} orders")
    return found


def _differences(exchange: Exchange, order_id: int, said: Said) -> Iterator[str]:
    executions = exchange.truth.executions(order_id)
    order = exchange.book.order(order_id)
    status = None if order is None else order.status
    arrived = len(exchange.truth.arrivals("DELETE", order_id=order_id))
    if executions != (said is Said.CANCELED):
        yield f"said to be {said}, and its cancel was carried out {executions} times"
    if (status == OrderStatus.CANCELED) is not (said is Said.CANCELED):
        yield f"said to be {said}, and is {status} in the book"
    if arrived != 1:
        yield f"{arrived} DELETEs arrived"


def _rested(exchange: Exchange, count: int) -> dict[int, CancelMarginOrder]:
    """Rest orders on both symbols; the cancel of each order id."""
    first = (count + 1) // 2
    return {
        order_id: CancelMarginOrder(symbol=symbol, order_id=order_id)
        for symbol, share in zip(SYMBOLS, (first, count - first), strict=True)
        for order_id in exchange.rest(symbol, share)
    }


def _announce_wait(papi: PapiClient, requests: Mapping[int, CancelMarginOrder]) -> None:
    weight = sum(request.weight for request in requests.values())
    limits = papi.limits
    if weight > limits.weight_limit - limits.weight_used:
        note(
            f"the cancels weigh {weight:,} and a minute allows {limits.weight_limit:,}: "
            "the rest waits for the next minute"
        )


async def _burst(papi: PapiClient, requests: Mapping[int, CancelMarginOrder]) -> dict[int, Landing]:
    """Cancel all; what was said of each order id."""
    landings: dict[int, Landing] = {}
    with progress() as bar:
        task = bar.add_task("cancelling", total=len(requests))
        began = perf_counter()

        def land(order_id: int, said: Said) -> None:
            landings[order_id] = Landing(said, perf_counter() - began)
            bar.advance(task)

        await cancel_each(papi, requests, land)
    return landings


def _report(exchange: Exchange, landings: Mapping[int, Landing]) -> Report:
    times = sorted(landing.seconds for landing in landings.values())
    said = {order_id: landing.said for order_id, landing in landings.items()}
    outcomes = Counter(said.values())
    return Report(
        orders=len(landings),
        outcomes={word.value: outcomes[word] for word in Said},
        seconds=round(times[-1], 4),
        cancels_per_second=round(outcomes[Said.CANCELED] / times[-1], 1),
        p50_ms=round(_percentile(times, 50) * 1000, 3),
        p99_ms=round(_percentile(times, 99) * 1000, 3),
        weight_used=exchange.truth.max_window_weight(),
        weight_limit=exchange.limits.weight.limit,
        deletes_arrived=len(exchange.truth.arrivals("DELETE")),
        disagreements=disagreements(exchange, said),
    )


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def _rows_of(report: Report) -> dict[str, object]:
    outcomes = [f"{count:,} {word}" for word, count in report.outcomes.items() if count]
    return {
        "orders": f"{report.orders:,} on {' and '.join(SYMBOLS)}",
        "outcomes": ", ".join(outcomes),
        "wall time": f"{report.seconds:.3f} s",
        "cancels per second": f"{report.cancels_per_second:,.0f}",
        "latency": f"p50 {report.p50_ms:.0f} ms, p99 {report.p99_ms:.0f} ms, from the common start",
        "weight used": f"{report.weight_used:,} of {report.weight_limit:,} in the fullest minute",
        "DELETEs that arrived": f"{report.deletes_arrived:,}",
        "disagreements with the truth": f"{len(report.disagreements):,}",
    }
