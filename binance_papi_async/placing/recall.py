"""Doubts about what nobody sees through: requests that were only sent, or by a process that is gone."""

from __future__ import annotations

from typing import Any

from binance_papi_async.cancelling.operation import Cancellation
from binance_papi_async.clock import Left
from binance_papi_async.deciding.operation import Operation, Undecided
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.orders import modifies, places
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.errors import PapiError, UnknownOutcomeError
from binance_papi_async.placing.client_ids import ClientIds
from binance_papi_async.placing.operation import Amending, Placing


def recalled(
    request: Request[Any], terms: Terms, left: Left, error: PapiError, ids: ClientIds
) -> Operation:
    """An operation in doubt about a request that left then, and whose reply was lost so."""
    operation = _operation(request, terms, ids)
    if operation.is_decidable:
        operation.decision.leaves(*left)
        operation.decision.failed(error)
    return operation


def how_lost(error: BaseException) -> UnknownOutcomeError:
    """How a reply was lost, whatever kept the caller from it."""
    if isinstance(error, UnknownOutcomeError):
        return error
    return UnknownOutcomeError(
        str(error) if isinstance(error, PapiError) else "nobody waited for the reply"
    )


def _operation(request: Request[Any], terms: Terms, ids: ClientIds) -> Operation:
    if isinstance(request, CancelRequest):
        return Cancellation(request, terms)
    if places(request):
        bearers = ids.bearers(request.client_id)
        return Placing(request, terms, valid_for=0.0, resend=False, bearers=bearers)
    if modifies(request):
        return Amending(request, terms, valid_for=0.0)
    return Undecided(request, terms)
