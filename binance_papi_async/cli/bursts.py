"""Bursts of the demo: many orders placed at once, many cancelled at once, in fair weather or in a storm of faults."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from time import perf_counter
from typing import Any, Final, NamedTuple

from binance_papi_async.cli.outcome_table import Order
from binance_papi_async.cli.render import progress
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder, NewMarginOrder
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.outcome import Outcome, Outcomes
from binance_papi_async.place_outcome import PlaceOutcome, PlaceOutcomes
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
PLACING_PATIENCE: Final = 4.0
CANCELLING_PATIENCE: Final = 8.0
"""Seconds for a burst in a storm, if a minute has weight for it."""
STORM_WINDOW: Final = 500
"""``recv_window`` in ms of what is placed in a storm: after that nothing can come, and a read proves that an order never was."""
SETTLING: Final = 3.0
"""Seconds to learn, once the storm is over, what nobody knew in it."""


class Taken(NamedTuple):
    """How the burst that places went."""

    outcomes: PlaceOutcomes[Any]
    settled: Outcomes[Any]
    """What became known of unknown ones when the storm was over."""

    @property
    def resolution_weight(self) -> int:
        """Spent beyond one POST for each order."""
        posts = sum(outcome.request.weight for outcome in self.outcomes)
        return self.outcomes.weight + self.settled.weight - posts

    def said(self) -> dict[str, PlaceOutcome[Any]]:
        """The last word on each order, by its client id."""
        return {_client_id(each): each for each in _untyped((*self.outcomes, *self.settled))}


class Landed(NamedTuple):
    """How the burst that cancels went."""

    outcomes: Outcomes[Order]
    seconds: list[float]
    """When each outcome landed, from the start of the burst."""
    settled: Outcomes[Order]
    """What became known of unknown ones when the storm was over."""


def orders_of(count: int) -> list[NewMarginOrder]:
    """So many orders that rest, on both symbols."""
    return [
        NewMarginOrder(
            symbol=SYMBOLS[number % len(SYMBOLS)],
            side=Side.SELL,
            type=OrderType.LIMIT,
            quantity=Decimal(1),
            price=Decimal(1),
            time_in_force=TimeInForce.GTC,
        )
        for number in range(count)
    ]


async def place_all(
    exchange: Exchange, papi: PapiClient, requests: Sequence[NewMarginOrder], storm: int | None
) -> Taken:
    """Place all; how it went."""
    deadline = _enough_seconds(
        exchange, papi, len(requests), None if storm is None else PLACING_PATIENCE
    )
    with progress() as bar, _weather(exchange, storm):
        task = bar.add_task("placing", total=len(requests))
        outcomes = await papi.place_many(
            requests,
            deadline=deadline,
            valid_for=deadline,
            recv_window=None if storm is None else STORM_WINDOW,
            on_outcome=lambda _: bar.advance(task),
        )
    return Taken(outcomes, await _settled(papi))


async def cancel_all(
    exchange: Exchange,
    papi: PapiClient,
    requests: Mapping[int, CancelMarginOrder],
    storm: int | None,
) -> Landed:
    """Cancel all; how it went."""
    seconds: list[float] = []
    weight = weight_of(requests)
    with progress() as bar, _weather(exchange, storm):
        task = bar.add_task("cancelling", total=len(requests))
        began = perf_counter()

        def land(_: Outcome[Order]) -> None:
            seconds.append(perf_counter() - began)
            bar.advance(task)

        outcomes = await papi.cancel_many(
            requests.values(),
            deadline=_enough_seconds(
                exchange, papi, weight, None if storm is None else CANCELLING_PATIENCE
            ),
            on_outcome=land,
        )
    return Landed(outcomes, seconds, await _settled(papi))


def _enough_seconds(
    exchange: Exchange, papi: PapiClient, weight: int, patience: float | None
) -> float:
    """A deadline for calls of that weight, whatever the second at which they begin: in a storm ``patience``."""
    if patience is not None and 2 * weight < weight_left(papi):
        return patience
    limit = exchange.limits.weight
    minutes = 2 + weight / (0.8 * limit.limit)  # some of a limit is kept unused, or for cancels
    return minutes * limit.interval


def weight_of(requests: Mapping[int, CancelMarginOrder]) -> int:
    """What one DELETE for each weighs."""
    return sum(request.weight for request in requests.values())


def weight_left(papi: PapiClient) -> int:
    """In this minute."""
    return papi.limits.weight_limit - papi.limits.weight_used


def _untyped(outcomes: Any) -> Any:
    """``settle`` tells of whatever there was; here that is places."""
    return outcomes


def _client_id(outcome: Any) -> str:
    return str(outcome.request.client_id)


@contextmanager
def _weather(exchange: Exchange, storm: int | None) -> Generator[None, None, None]:
    if storm is not None:
        exchange.faults.storm(storm, STORM_RATE, STORM)
    yield
    exchange.faults.clear()


async def _settled(papi: PapiClient) -> Outcomes[Any]:
    return await papi.settle(SETTLING) if papi.unresolved else Outcomes[Any](())
