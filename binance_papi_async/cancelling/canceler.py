"""Cancelling one, many, all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Final

from binance_papi_async.cancelling.clearer import Clearer, report_of
from binance_papi_async.cancelling.operation import Cancellation
from binance_papi_async.deciding.batch import Kind, Source
from binance_papi_async.deciding.desk import Desk
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.request import CancelAllRequest, CancelRequest
from binance_papi_async.outcome import CancelAllReport, Outcome, Outcomes


def _cancellation(request: Any, terms: Terms) -> Cancellation:
    if not isinstance(request, CancelRequest):
        raise TypeError(f"{request!r} cancels nothing: hand in requests such as CancelMarginOrder")
    return Cancellation(request, terms)


CANCELS: Final = Kind(_cancellation, is_keyed=True)


class Canceler:
    """Cancels."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def cancel(
        self, request: CancelRequest[Any, Any], *, deadline: float | None, urgent: bool
    ) -> Outcome[Any]:
        """One order."""
        terms = self._desk.terms(deadline, "urgent" if urgent else "cancel")
        outcome: Outcome[Any] = await self._desk.see_through(
            _cancellation(request, terms), urgent=urgent
        )
        return outcome

    async def cancel_many(
        self,
        source: Source,
        *,
        deadline: float | None,
        on_outcome: Callable[[Outcome[Any]], None] | None,
    ) -> Outcomes[Any]:
        """Every order the source names."""
        terms = self._desk.terms(deadline, "cancel", is_bulk=True)
        outcomes, weight = await self._desk.see_all_through(source, CANCELS, terms, on_outcome)
        return Outcomes(outcomes, weight=weight)

    def cancel_as_completed(
        self, source: Source, *, deadline: float | None
    ) -> AsyncIterator[Outcome[Any]]:
        """Every order the source names, each as it lands."""
        return self._desk.as_completed(
            source, CANCELS, lambda: self._desk.terms(deadline, "cancel", is_bulk=True)
        )

    async def cancel_all(
        self, requests: Iterable[CancelAllRequest[Any, Any]], *, deadline: float | None
    ) -> CancelAllReport[Any]:
        """Everything open that such requests cancel."""
        desk = self._desk
        terms = desk.terms(deadline, "cancel", is_bulk=True)
        clearers = [
            Clearer(each, terms, desk.ledger, desk.spawn) for each in dict.fromkeys(requests)
        ]
        tasks = [desk.spawn(each.run()) for each in clearers]
        try:
            ends = await asyncio.shield(asyncio.gather(*tasks, return_exceptions=True))
        except asyncio.CancelledError:
            for clearer, task in zip(clearers, tasks, strict=True):
                clearer.abandon(task)
            raise
        for end in ends:
            if isinstance(end, Exception):
                raise end
        return report_of(clearers)
