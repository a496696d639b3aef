"""What must not be lost when a caller goes away: cancels under way, doubts, outcomes nobody took."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from binance_papi_async.cancelling.operation import Operation
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.outcome import AlreadyClosed, Canceled, Outcome, Unknown


class Ledger:
    """Every cancel of a client that has begun and whose outcome is not known yet."""

    def __init__(self) -> None:
        self.operations: set[Operation] = set()
        """Those under way."""
        self.uncollected: list[Outcome[Any]] = []
        """Outcomes whose caller had gone."""
        self._unresolved: dict[Hashable, tuple[Operation, Unknown]] = {}

    @property
    def unresolved(self) -> tuple[Unknown, ...]:
        """What nobody knew at its deadline."""
        return tuple(unknown for _, unknown in self._unresolved.values())

    def begin(self, request: CancelRequest[Any, Any], terms: Terms) -> Operation:
        """A cancel, under way from now on."""
        operation = Operation(request, terms)
        self.operations.add(operation)
        return operation

    def end(self, operation: Operation, outcome: Outcome[Any]) -> None:
        """Note whether an operation is resolved."""
        self.operations.discard(operation)
        if not self._unresolved and isinstance(outcome, Canceled):
            return  # almost always
        name = _name(operation.request)
        if isinstance(outcome, Unknown):
            self._unresolved[name] = (operation, outcome)
        elif isinstance(outcome, Canceled | AlreadyClosed) or self._is_doubt_of(name, operation):
            self._unresolved.pop(name, None)

    def drop(self, operation: Operation) -> None:
        """It ended without an outcome, by an error or for want of a caller: what has left is in doubt."""
        if operation in self.operations and operation.has_left:
            self.end(operation, operation.give_up())
        self.operations.discard(operation)

    def learn(self, outcome: Outcome[Any], terms: Terms) -> None:
        """What a cancel of everything tells of one order."""
        request: Any = outcome.request  # it makes nothing but cancels
        name = _name(request)
        if isinstance(outcome, Canceled | AlreadyClosed):
            self._unresolved.pop(name, None)
        elif isinstance(outcome, Unknown) and name not in self._unresolved:
            operation = Operation(request, terms)
            operation.doubt(outcome.error)
            self._unresolved[name] = (operation, outcome)

    def take_doubts(self) -> list[Operation]:
        """Everything unresolved that nobody asks about already; under way from now on."""
        unresolved = [operation for operation, _ in self._unresolved.values()]
        doubts = [operation for operation in unresolved if operation not in self.operations]
        self.operations.update(doubts)
        return doubts

    def end_asking(self, operation: Operation, outcome: Outcome[Any]) -> None:
        """The same of one asked about again; unless another cancel of it has told meanwhile."""
        if isinstance(outcome, Unknown) and not self._is_doubt_of(
            _name(operation.request), operation
        ):
            self.operations.discard(operation)
            return
        self.end(operation, outcome)
        self.uncollected.append(outcome)

    def collect(self) -> list[Outcome[Any]]:
        """What has become known since this was asked last."""
        known: list[Outcome[Any]] = [
            each for each in self.uncollected if not isinstance(each, Unknown)
        ]
        self.uncollected.clear()
        return known

    def _is_doubt_of(self, name: Hashable, operation: Operation) -> bool:
        known = self._unresolved.get(name)
        return known is not None and known[0] is operation


def _name(request: CancelRequest[Any, Any]) -> Hashable:
    """Names the thing a request cancels, among those of every product."""
    return (type(request), request.key)
