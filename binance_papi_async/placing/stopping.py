"""Placing no more, and leaving nothing behind that nobody knows of: the way out of an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.deciding.desk import Desk
from binance_papi_async.declaring.orders import PlaceRequest, modifies, places
from binance_papi_async.declaring.request import CancelAllRequest, CancelRequest
from binance_papi_async.endpoints.cm_conditional import (
    CancelAllCmConditionalOrders,
    CancelCmConditionalOrder,
)
from binance_papi_async.endpoints.cm_orders import CancelAllCmOrders, CancelCmOrder
from binance_papi_async.endpoints.margin_orders import (
    CancelAllMarginOrders,
    CancelMarginOrder,
    CancelMarginOrderList,
)
from binance_papi_async.endpoints.um_algo import CancelAllUmAlgoOrders, CancelUmAlgoOrder
from binance_papi_async.endpoints.um_orders import CancelAllUmOrders, CancelUmOrder
from binance_papi_async.outcome import CancelAllReport, Outcomes
from binance_papi_async.place_outcome import Placed, Stopped
from binance_papi_async.sending.carrier import Carrier

HALTED: Final = "placing was stopped: papi.resume_placing() allows it again"
ANSWERS_WITHIN: Final = 0.25
"""Seconds that the first cancels wait for replies to orders on their way; what comes later is cancelled then."""
_LOOK_EVERY: Final = 0.002
"""Seconds between looks whether the last reply has come."""


class Stopping:
    """Stops placing: lets nothing more out, waits for what is out, clears, and settles what is left in doubt.

    What is out when everything is cancelled may arrive after that. So replies are waited for first, but not long:
    one that hangs must not keep what rests from being cancelled. What comes later is waited for after that,
    and all is cancelled again; and whatever is found to be placed later still is cancelled by itself.
    """

    def __init__(self, carrier: Carrier, desk: Desk, canceler: Canceler) -> None:
        self._carrier = carrier
        self._desk = desk
        self._canceler = canceler

    async def stop(
        self, requests: Sequence[CancelAllRequest[Any, Any]], deadline: float
    ) -> Stopped:
        """Stop, clear what these requests cancel, and settle, within so many seconds."""
        ends_at = asyncio.get_running_loop().time() + deadline
        self._carrier.halt(HALTED)
        await self._wait_for_replies(min(ANSWERS_WITHIN, deadline / 4))
        first = None
        if self._is_any_leaving():
            first = await self._clear(requests, ends_at)
            await self._wait_for_replies(self._left(ends_at) / 2)
        with self._desk.ledger.watched() as ended:
            cleared = _joined(first, await self._clear(requests, ends_at))
            settled = await self._settle(ends_at)
        late = await self._cancel_late(_resting(ended, requests), ends_at)
        return Stopped(
            cleared=cleared,
            settled=settled,
            late=late,
            unresolved=self._desk.ledger.unresolved,
        )

    async def _wait_for_replies(self, seconds: float) -> None:
        """Until no order is on its way any more, so many seconds at most."""
        ends_at = asyncio.get_running_loop().time() + seconds
        while self._is_any_leaving() and self._left(ends_at) > 0:  # noqa: ASYNC110 - rare, and what it looks at has no event
            await asyncio.sleep(_LOOK_EVERY)

    async def _clear(
        self, requests: Sequence[CancelAllRequest[Any, Any]], ends_at: float
    ) -> CancelAllReport[Any] | None:
        if not requests:
            return None
        return await self._canceler.cancel_all(requests, deadline=max(self._left(ends_at), 0.001))

    async def _settle(self, ends_at: float) -> Outcomes[Any]:
        """What was in doubt."""
        ledger = self._desk.ledger
        if not ledger.operations and not ledger.unresolved:
            return Outcomes([])
        outcomes, weight = await self._desk.settle(max(self._left(ends_at), 0.0))
        return Outcomes(outcomes, weight=weight)

    async def _cancel_late(
        self, resting: list[CancelRequest[Any, Any]], ends_at: float
    ) -> Outcomes[Any]:
        """Of orders that turned out to rest, their cancels; those there is no time for are not sent."""
        if not resting:
            return Outcomes([])
        return await self._canceler.cancel_many(
            resting, deadline=max(self._left(ends_at), 0.001), on_outcome=None
        )

    def _is_any_leaving(self) -> bool:
        """Whether an order or a change is on its way, or the reply to one."""
        decided = (each.request for each in self._desk.ledger.operations if each.is_leaving)
        loose = self._carrier.loose.under_way
        return any(places(each) or modifies(each) for each in (*loose, *decided))

    def _left(self, ends_at: float) -> float:
        return ends_at - asyncio.get_running_loop().time()


_CLEARED_BY: Final[dict[type[CancelRequest[Any, Any]], type[CancelAllRequest[Any, Any]]]] = {
    CancelMarginOrder: CancelAllMarginOrders,
    CancelMarginOrderList: CancelAllMarginOrders,
    CancelUmOrder: CancelAllUmOrders,
    CancelCmOrder: CancelAllCmOrders,
    CancelUmAlgoOrder: CancelAllUmAlgoOrders,
    CancelCmConditionalOrder: CancelAllCmConditionalOrders,
}


def _joined(
    first: CancelAllReport[Any] | None, last: CancelAllReport[Any] | None
) -> CancelAllReport[Any] | None:
    """Both as one: the last proves, or does not."""
    if first is None or last is None:
        return last
    weight = first.outcomes.weight + last.outcomes.weight
    return replace(last, outcomes=Outcomes([*first.outcomes, *last.outcomes], weight=weight))


def _resting(
    ended: Sequence[Any], requests: Sequence[CancelAllRequest[Any, Any]]
) -> list[CancelRequest[Any, Any]]:
    """The cancels of orders that were found to be placed where all was to be cancelled."""
    return [
        each.to_cancel()
        for each in ended
        if isinstance(each, Placed)
        and each.is_open is not False
        and _cleared_by(each.request) in requests
    ]


def _cleared_by(request: PlaceRequest[Any, Any]) -> CancelAllRequest[Any, Any]:
    placed: Any = request
    return _CLEARED_BY[type(request.to_cancel())](symbol=placed.symbol)
