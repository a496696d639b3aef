"""Placing one, many; changing one; one in place of another; and placing no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Final, TypeGuard

from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.deciding.batch import Kind, Source
from binance_papi_async.deciding.desk import Desk
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest, modifies, places
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import NotSentError
from binance_papi_async.outcome import Canceled, NotSent
from binance_papi_async.place_outcome import (
    ModifyOutcome,
    PlaceOutcome,
    PlaceOutcomes,
    Replaced,
)
from binance_papi_async.placing.client_ids import ClientIds
from binance_papi_async.placing.operation import Amending, Placing
from binance_papi_async.placing.placement import TOO_LATE

VALID_FOR: Final = 1.0
"""Seconds for which a price is good unless told otherwise; a choice of ours."""
NOT_CANCELED: Final = "the order it was to replace was not cancelled by us: see what became of that"
Place = PlaceRequest[Any, Any] | Callable[[Canceled[Any]], PlaceRequest[Any, Any] | None]


class Placer:
    """Places and changes."""

    def __init__(self, desk: Desk, canceler: Canceler, ids: ClientIds) -> None:
        self._desk = desk
        self._canceler = canceler
        self.ids = ids

    async def place(
        self,
        request: PlaceRequest[Any, Any],
        *,
        deadline: float | None,
        valid_for: float | None,
        resend: bool,
        recv_window: int | None,
    ) -> PlaceOutcome[Any]:
        """One order."""
        terms = self._desk.terms(deadline, "order", recv_window=recv_window)
        kind = self._places(valid_for, resend=resend)
        outcome: PlaceOutcome[Any] = await self._desk.see_through(kind.operation(request, terms))
        return outcome

    async def place_many(  # noqa: PLR0913 - the terms of one call
        self,
        source: Source,
        *,
        deadline: float | None,
        valid_for: float | None,
        resend: bool,
        recv_window: int | None,
        on_outcome: Callable[[PlaceOutcome[Any]], None] | None,
    ) -> PlaceOutcomes[Any]:
        """Every order the source names."""
        terms = self._desk.terms(deadline, "order", is_bulk=True, recv_window=recv_window)
        kind = self._places(valid_for, resend=resend)
        outcomes, weight = await self._desk.see_all_through(source, kind, terms, on_outcome)
        return PlaceOutcomes(outcomes, weight=weight)

    def place_as_completed(
        self,
        source: Source,
        *,
        deadline: float | None,
        valid_for: float | None,
        resend: bool,
        recv_window: int | None,
    ) -> AsyncIterator[PlaceOutcome[Any]]:
        """Every order the source names, each as it lands."""

        def terms() -> Terms:
            return self._desk.terms(deadline, "order", is_bulk=True, recv_window=recv_window)

        return self._desk.as_completed(source, self._places(valid_for, resend=resend), terms)

    async def modify(
        self,
        request: ModifyRequest[Any, Any],
        *,
        deadline: float | None,
        valid_for: float | None,
        recv_window: int | None,
    ) -> ModifyOutcome[Any]:
        """One order."""
        if not modifies(request):
            raise TypeError(f"{request!r} changes no order: hand in requests such as ModifyUmOrder")
        terms = self._desk.terms(deadline, "order", recv_window=recv_window)
        operation = Amending(request, terms, valid_for=_checked_valid_for(valid_for))
        outcome: ModifyOutcome[Any] = await self._desk.see_through(operation)
        return outcome

    async def replace(
        self,
        cancel: CancelRequest[Any, Any],
        place: Place,
        *,
        deadline: float | None,
        valid_for: float | None,
    ) -> Replaced[Any, Any]:
        """Cancel, and if that is what happened, place."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if not callable(place):
            place = self.ids.named(_checked_place(place))
        canceled = await self._canceler.cancel(cancel, deadline=deadline, urgent=False)
        if not isinstance(canceled, Canceled):
            return Replaced(canceled, _not_sent(place))
        spent = loop.time() - began
        left = None if deadline is None else deadline - spent
        valid = _checked_valid_for(valid_for) - (0.0 if callable(place) else spent)
        try:
            return Replaced(canceled, await self._in_its_stead(place, canceled, left, valid))
        except BaseException:
            self._desk.ledger.keep([canceled])  # nobody else is told
            raise

    async def _in_its_stead(
        self, place: Place, canceled: Canceled[Any], left: float | None, valid_for: float
    ) -> PlaceOutcome[Any] | None:
        """The second of two, with so many seconds left for it, and valid for so many."""
        request = place(canceled) if callable(place) else place
        if request is None:
            return None
        if valid_for <= 0 or (left is not None and left <= 0):
            return NotSent(_checked_place(request), NotSentError(TOO_LATE))
        return await self.place(
            request, deadline=left, valid_for=valid_for, resend=False, recv_window=None
        )

    async def replace_many(
        self,
        pairs: Iterable[tuple[CancelRequest[Any, Any], Place]],
        *,
        deadline: float | None,
        valid_for: float | None,
    ) -> list[Replaced[Any, Any]]:
        """Each pair for itself, at once; in the order given."""
        tasks = [
            asyncio.ensure_future(
                self.replace(cancel, place, deadline=deadline, valid_for=valid_for)
            )
            for cancel, place in pairs
        ]
        try:
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            for error in filter(_is_error, ends):
                raise error  # noqa: TRY301 - what has ended is kept first
        except BaseException:
            replaced = [each.result() for each in tasks if _has_result(each)]
            for each in replaced:  # nobody else is told
                self._desk.ledger.keep(filter(None, (each.canceled, each.placed)))
            raise
        return [task.result() for task in tasks]

    def _places(self, valid_for: float | None, *, resend: bool) -> Kind:
        seconds = _checked_valid_for(valid_for)

        def operation(request: Any, terms: Terms) -> Placing:
            named = self.ids.named(_checked_place(request))
            bearers = self.ids.bearers(named.client_id)
            return Placing(named, terms, valid_for=seconds, resend=resend, bearers=bearers)

        return Kind(operation, is_keyed=False)


def _checked_place(request: Any) -> PlaceRequest[Any, Any]:
    if not places(request):
        raise TypeError(f"{request!r} places nothing: hand in requests such as NewMarginOrder")
    return request


def _not_sent(place: Place) -> NotSent | None:
    return None if callable(place) else NotSent(place, NotSentError(NOT_CANCELED))


def _is_error(end: object) -> TypeGuard[BaseException]:
    return isinstance(end, BaseException)


def _has_result(task: asyncio.Future[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _checked_valid_for(valid_for: float | None) -> float:
    if valid_for is None:
        return VALID_FOR
    if not valid_for > 0:
        raise ValueError(f"valid_for must be above zero seconds, not {valid_for}")
    return valid_for
