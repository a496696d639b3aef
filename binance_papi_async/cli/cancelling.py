"""The commands that cancel: one order, those of a list, all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from binance_papi_async.cli.exit_code import (
    ExitCode,
    UsageError,
    as_usage,
    check_seconds,
    exit_code_of,
    exit_code_of_outcome,
    worst,
)
from binance_papi_async.cli.order_lines import OrderLines, read_order_lines, whole_number
from binance_papi_async.cli.outcome_table import (
    Order,
    ToldOutcome,
    evidence_summary,
    rows_of,
    show_remarkable,
    summary,
    told,
)
from binance_papi_async.cli.reach import REAL, Reach, connected
from binance_papi_async.cli.render import note, progress, show, show_lines, show_rows
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder, OpenMarginOrders
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.outcome import CancelAllReport, Outcome, Outcomes, Unknown


class OrderFile(str):
    """The path of a file of orders, or - for standard input."""

    __slots__ = ()

    def read(self) -> bytes:
        """All of it."""
        return sys.stdin.buffer.read() if self == "-" else Path(self).read_bytes()


class ToldReport(Struct, rename="camel"):
    """What ``papi cancel-all`` tells."""

    proven: bool
    """Whether a read of every symbol showed no open order."""
    weight: int
    outcomes: list[ToldOutcome]
    remaining: list[MarginOrder]
    unproven: dict[str, str]
    """Symbols without such a read, and what stood in the way."""


async def cancel(  # noqa: PLR0913 - options of a command
    symbol: str,
    *,
    order_id: str | None = None,
    client_order_id: str | None = None,
    deadline: float | None = None,
    urgent: bool = False,
    reach: Reach = REAL,
) -> ExitCode:
    """Cancel one open margin order, named by one of its two ids, and say what became of it.

    :param symbol: The trading pair, like LTCBTC.
    :param order_id: The exchange's id of the order.
    :param client_order_id: The id the order was placed under.
    :param deadline: Seconds for all of it, questions after a lost reply included; by default 10.
    :param urgent: Go before everything else that waits for weight.
    """
    check_seconds("--deadline", deadline)
    with as_usage():
        request = CancelMarginOrder(
            symbol=symbol,
            order_id=None if order_id is None else whole_number(order_id),
            orig_client_order_id=client_order_id,
        )
    async with connected(reach.client()) as papi:
        outcome = await papi.cancel(request, deadline=deadline, urgent=urgent)
        one = told(outcome)
        show(one, dict(rows_of(one)), as_json=reach.json)
        if one.error is not None:
            note(f"{one.error}{_advice(outcome, symbol)}")
    return exit_code_of_outcome(outcome)


async def cancel_many(
    file: OrderFile,
    /,
    *,
    skip_bad: bool = False,
    deadline: float | None = None,
    reach: Reach = REAL,
) -> ExitCode:
    """Cancel every open margin order that a file names, and say what became of each.

    :param file: One order on each line, as a JSON object or as CSV; - reads standard input.
    :param skip_bad: Leave out lines that name no order; without it one of them stops everything.
    :param deadline: Seconds for all of it; by default 60.
    """
    check_seconds("--deadline", deadline)
    lines = _lines_of(file)
    for number, reason in lines.bad:
        note(f"line {number}: {reason}")
    if lines.bad and not skip_bad:
        raise UsageError(
            f"nothing was sent: {len(lines.bad):,} lines name no order; "
            "correct them, or leave them out with --skip-bad"
        )
    codes = [ExitCode.NOT_SENT] * len(lines.bad)
    if lines.requests:
        async with connected(reach.client()) as papi:
            outcomes = await _canceled(papi, lines.requests, deadline, as_json=reach.json)
            _show_outcomes(outcomes, weight=outcomes.weight, as_json=reach.json)
        codes += map(exit_code_of_outcome, outcomes)
    else:
        note("there is no order to cancel")
    return worst(codes)


async def cancel_all(*symbols: str, deadline: float | None = None, reach: Reach = REAL) -> ExitCode:
    """Leave no open margin order on these symbols, order lists included, and prove it.

    :param symbols: Trading pairs, like LTCBTC BNBBTC.
    :param deadline: Seconds for all of it; by default 60.
    """
    check_seconds("--deadline", deadline)
    if not symbols:
        raise UsageError("name the symbols: papi cancel-all LTCBTC BNBBTC")
    with as_usage():
        for symbol in symbols:
            OpenMarginOrders(symbol=symbol)
    async with connected(reach.client()) as papi:
        report = await papi.cancel_all(symbols, deadline=deadline)
        if reach.json:
            show_lines([_told_report(report)])
        else:
            show_rows(_rows_of(report))
            show_remarkable(report.outcomes)
        for symbol, error in report.unproven.items():
            note(f"{symbol} is not proven empty: {type(error).__name__}: {error}")
        if report.remaining:
            note(f"{len(report.remaining):,} orders were open when last read")
    return _exit_code_of(report)


async def _canceled(
    papi: PapiClient,
    requests: Sequence[CancelMarginOrder],
    deadline: float | None,
    *,
    as_json: bool,
) -> Outcomes[Order]:
    """Cancel with a progress bar; if interrupted, what is known by then is still told."""
    landed: list[Outcome[Order]] = []
    with progress() as bar:
        task = bar.add_task("cancelling", total=len(requests))

        def land(outcome: Outcome[Order]) -> None:
            landed.append(outcome)
            bar.advance(task)

        try:
            return await papi.cancel_many(requests, deadline=deadline, on_outcome=land)
        except asyncio.CancelledError:
            bar.stop()
            _show_outcomes(landed, weight=None, as_json=as_json)
            raise


def _show_outcomes(
    outcomes: Sequence[Outcome[Order]], *, weight: int | None, as_json: bool
) -> None:
    if as_json:
        show_lines(map(told, outcomes))
    else:
        rows: dict[str, object] = {
            "orders": f"{len(outcomes):,}",
            "outcomes": summary(outcomes),
            "evidence": evidence_summary(outcomes),
        }
        if weight is not None:
            rows["weight spent"] = f"{weight:,}"
        show_rows(rows)
        show_remarkable(outcomes)
    failed = [each for each in outcomes if exit_code_of_outcome(each) is not ExitCode.DONE]
    if failed:
        note(f"{len(failed):,} of {len(outcomes):,} are not known to be closed: {summary(failed)}")


def _lines_of(file: OrderFile) -> OrderLines:
    if file.startswith("-") and file != "-":
        raise UsageError(f"Unknown option: {file.partition('=')[0]}.")
    with as_usage("cannot read the orders"):
        return read_order_lines(file.read())


def _advice(outcome: Outcome[Order], symbol: str) -> str:
    """What to do next where a cancel may or may not have happened."""
    if not isinstance(outcome, Unknown):
        return ""
    return f"; look before cancelling again: papi orders {symbol}"


def _told_report(report: CancelAllReport[MarginOrder]) -> ToldReport:
    return ToldReport(
        proven=report.is_proven,
        weight=report.outcomes.weight,
        outcomes=[told(outcome) for outcome in report.outcomes],
        remaining=list(report.remaining),
        unproven={
            symbol: f"{type(error).__name__}: {error}" for symbol, error in report.unproven.items()
        },
    )


def _rows_of(report: CancelAllReport[MarginOrder]) -> dict[str, object]:
    remaining = [f"{order.symbol} {order.order_id}" for order in report.remaining]
    return {
        "orders seen": f"{len(report.outcomes):,}",
        "outcomes": summary(report.outcomes),
        "remaining": ", ".join(remaining) or "none",
        "proven": "yes: a read of every symbol showed no open order" if report.is_proven else "no",
        "weight spent": f"{report.outcomes.weight:,}",
    }


def _exit_code_of(report: CancelAllReport[MarginOrder]) -> ExitCode:
    """Done if proven, whatever an order's own story was."""
    if report.is_proven:
        return ExitCode.DONE
    codes = [exit_code_of(error) for error in report.unproven.values()]
    codes += [ExitCode.UNKNOWN] * bool(report.remaining)
    codes += map(exit_code_of_outcome, report.outcomes)
    return worst(codes)
