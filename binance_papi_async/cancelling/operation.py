"""The cancel of one order, carried out."""

from __future__ import annotations

from typing import Any

from binance_papi_async.cancelling.decision import Decision
from binance_papi_async.deciding.operation import Operation
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.outcome import Canceled, Evidence


class Cancellation(Operation):
    """Cancels one order, alone or as one of those that a cancel of all is to close."""

    __slots__ = ()

    @property
    def named(self) -> CancelRequest[Any, Any]:
        """Itself."""
        named: CancelRequest[Any, Any] = self.request
        return named

    def decide(self) -> Decision[Any]:
        """By the rules for one cancel."""
        return Decision(self.request)

    def plainly(self, request: Any, reply: Any) -> Canceled[Any] | None:
        """Canceled, if that is what the reply says of this order."""
        if request.said(reply) == "canceled":
            return Canceled(request, reply, Evidence.REPLY)
        return None
