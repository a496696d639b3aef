"""The placing or the change of one order, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from math import inf
from typing import Any

from binance_papi_async.deciding.operation import Operation
from binance_papi_async.deciding.steps import READ_LAG
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.outcome import Evidence
from binance_papi_async.place_outcome import Modified, Placed
from binance_papi_async.placing.amendment import Amendment
from binance_papi_async.placing.bearers import Bearers
from binance_papi_async.placing.placement import Placement
from binance_papi_async.wire.message import Outgoing


class _Pricing(Operation):
    """Sends a price, which is worth nothing when it is old."""

    __slots__ = ("_valid_until",)

    def __init__(self, request: Any, terms: Terms, valid_for: float) -> None:
        super().__init__(request, terms)
        self._valid_until = asyncio.get_running_loop().time() + valid_for

    @property
    def named(self) -> CancelRequest[Any, Any]:
        """By its client id, or as the change names it."""
        named: CancelRequest[Any, Any] = self.request.to_cancel()
        return named

    @property
    def doubt(self) -> Hashable:
        """Its own: of one order there may be several."""
        return id(self)

    def calm(self) -> None:
        """The price is no good any more."""
        self._valid_until = -inf

    def time_to_send(self) -> float:
        """While the price is valid."""
        left = self._valid_until - asyncio.get_running_loop().time()
        return min(left, self.terms.time_left())

    def _leaving(self, outgoing: Outgoing, now: float) -> float:
        """Not after its price is too old, however long a connection takes."""
        outgoing.leave_by = self._valid_until
        return super()._leaving(outgoing, now)

    def proof_age(self) -> float:
        """Seconds after an attempt left from which on a read shows for good whether it was carried out.

        The exchange takes nothing later than ``recvWindow`` after its timestamp; a read may lag behind that.
        """
        carrier = self.terms.carrier
        window = self.terms.recv_window or carrier.recv_window
        return window / 1000 + 2 * carrier.clock.uncertainty() + READ_LAG


class Placing(_Pricing):
    """Places one order."""

    __slots__ = ("_bearers", "_resend")

    def __init__(
        self,
        request: PlaceRequest[Any, Any],
        terms: Terms,
        *,
        valid_for: float,
        resend: bool,
        bearers: Bearers | None,
    ) -> None:
        super().__init__(request, terms, valid_for)
        self._resend = resend
        self._bearers = bearers
        """None if its client id is none that anybody uses again."""

    def decide(self) -> Placement:
        """By the rules for one order to be placed."""
        borne_by = None if self._bearers is None else self._bearers.of(self.named)
        return Placement(
            self.request, proof_age=self.proof_age(), resend=self._resend, borne_by=borne_by
        )

    def record(self, outcome: Any) -> None:
        """Remember which order bears its client id, too."""
        super().record(outcome)
        if self._bearers is not None and issubclass(type(outcome), Placed):
            self._bearers.note(self.named, outcome.order)

    def plainly(self, request: Any, reply: Any) -> Placed[Any] | None:
        """Placed, if the reply names this order."""
        named = self.named
        if named.key in named.keys_of(reply):
            return Placed(request, reply, Evidence.REPLY)
        return None


class Amending(_Pricing):
    """Changes one order."""

    __slots__ = ()

    def __init__(self, request: ModifyRequest[Any, Any], terms: Terms, *, valid_for: float) -> None:
        super().__init__(request, terms, valid_for)

    def decide(self) -> Amendment:
        """By the rules for one change."""
        return Amendment(self.request, proof_age=self.proof_age())

    def plainly(self, request: Any, reply: Any) -> Modified[Any] | None:  # noqa: ARG002 - the decision looks at more
        """Nothing is plain about a change."""
        return None
