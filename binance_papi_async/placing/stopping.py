"""Placing no more, and leaving nothing behind that nobody knows of: the way out of an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.deciding.desk import Desk
from binance_papi_async.declaring.orders import modifies, places
from binance_papi_async.declaring.request import CancelAllRequest
from binance_papi_async.outcome import CancelAllReport, Outcomes
from binance_papi_async.place_outcome import Placed, Stopped
from binance_papi_async.sending.carrier import Carrier

HALTED: Final = "placing was stopped: papi.resume_placing() allows it again"
_LOOK_EVERY: Final = 0.002
"""Seconds between looks whether the last reply has come."""


class Stopping:
    """Stops placing: lets nothing more out, waits for what is out, clears, and settles what is left in doubt.

    What is out when everything is cancelled may arrive after that; so first every reply is waited for,
    and whatever is found to be placed later is cancelled by itself.
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
        while self._is_any_out() and self._left(ends_at) > 0:  # noqa: ASYNC110 - rare, and what it looks at has no event
            await asyncio.sleep(_LOOK_EVERY)
        cleared = await self._clear(requests, ends_at)
        settled, late = await self._settle(ends_at, is_clearing=bool(requests))
        return Stopped(
            cleared=cleared,
            settled=settled,
            late=late,
            unresolved=self._desk.ledger.unresolved,
        )

    async def _clear(
        self, requests: Sequence[CancelAllRequest[Any, Any]], ends_at: float
    ) -> CancelAllReport[Any] | None:
        if not requests:
            return None
        return await self._canceler.cancel_all(requests, deadline=max(self._left(ends_at), 0.001))

    async def _settle(
        self, ends_at: float, *, is_clearing: bool
    ) -> tuple[Outcomes[Any], Outcomes[Any]]:
        """What was in doubt; and of orders that turn out to rest, their cancels."""
        ledger = self._desk.ledger
        if not ledger.operations and not ledger.unresolved:
            return Outcomes([]), Outcomes([])
        outcomes, weight = await self._desk.settle(max(self._left(ends_at), 0.0))
        resting = [
            each.to_cancel()
            for each in outcomes
            if is_clearing and isinstance(each, Placed) and each.is_open is not False
        ]
        late: Outcomes[Any] = Outcomes([])
        if resting and self._left(ends_at) > 0:
            late = await self._canceler.cancel_many(
                resting, deadline=self._left(ends_at), on_outcome=None
            )
        return Outcomes(outcomes, weight=weight), late

    def _is_any_out(self) -> bool:
        """Whether the reply to an order or to a change is still to come."""
        decided = (each.request for each in self._desk.ledger.operations if each.is_out)
        return any(
            places(each) or modifies(each) for each in (*self._carrier.loose.in_flight, *decided)
        )

    def _left(self, ends_at: float) -> float:
        return ends_at - asyncio.get_running_loop().time()
