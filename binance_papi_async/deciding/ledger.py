"""The one place that knows what may have left and is not known yet; and outcomes that nobody took.

Whatever a caller, a task or the client itself does, what is written here is not lost.
It is found by what names the order, so that news from elsewhere reaches whoever waits for it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Generator, Hashable, Iterable
from contextlib import contextmanager
from typing import Any, Final

from binance_papi_async.deciding.operation import Operation
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.errors import NotSentError
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    Evidence,
    NotSent,
    Triggered,
    Unknown,
)

MOST_UNCOLLECTED: Final = 100_000
_log = logging.getLogger("binance_papi_async")
OVER: Final = (Canceled, AlreadyClosed, Closed, Triggered)
"""Outcomes of an order that is not open any more."""


class Ledger:
    """Every request of a client that changes something, has begun, and whose outcome is not known yet."""

    def __init__(self) -> None:
        self.operations: set[Operation] = set()
        """Those under way."""
        self._named: dict[Hashable, list[Operation]] | None = None
        """The same by what names the order, from the first news on: who hears none does not pay for it."""
        self._unresolved: dict[Hashable, tuple[Operation, Unknown]] = {}
        self._same: dict[Hashable, list[Operation]] = {}
        """Others whose doubt is one of those, and stand open in the journal: of several cancels of one order."""
        self._uncollected: deque[Any] = deque(maxlen=MOST_UNCOLLECTED)
        """Outcomes whose caller had gone."""
        self._has_warned = False
        self._watches: list[list[Any]] = []

    @property
    def in_flight(self) -> tuple[Request[Any], ...]:
        """Requests that have left and whose outcome is not known yet."""
        return tuple(dict.fromkeys(each.request for each in self.operations if each.has_left))

    @property
    def unresolved(self) -> tuple[Unknown, ...]:
        """What nobody knew at its deadline."""
        return tuple(unknown for _, unknown in self._unresolved.values())

    def begin(self, operation: Operation) -> None:
        """It is under way from now on."""
        self.operations.add(operation)
        if self._named is not None:
            self._index(self._named, operation)

    def end(self, operation: Operation, outcome: Any) -> None:
        """Note whether an operation is resolved."""
        self._leave(operation)
        operation.record(outcome)
        if self._watches:
            self._tell_watches(outcome)
        if not self._unresolved and not isinstance(outcome, Unknown):
            return  # almost always
        name = operation.doubt
        if isinstance(outcome, Unknown):
            if name not in self._unresolved or self._is_doubt_of(name, operation):
                self._unresolved[name] = (operation, outcome)
            else:
                self._share(name, operation)
        elif isinstance(outcome, OVER) or self._is_doubt_of(name, operation):
            for each in self._taken_out(name):
                if each is not operation:  # which is recorded
                    each.record(outcome)

    def drop(self, operation: Operation) -> None:
        """It ended without an outcome, by an error or for want of a caller: what has left is in doubt."""
        if not self.is_under_way(operation):
            return
        if operation.has_left:
            self.end(operation, operation.give_up())
        else:
            self._leave(operation)
            operation.record(NotSent(operation.request, NotSentError("nobody waits for it")))

    def is_under_way(self, operation: Operation) -> bool:
        """Whether somebody is at it."""
        return operation in self.operations

    def give_up(self) -> None:
        """The client is closed: of whatever has left, what is known now is all there will be."""
        for operation in list(self.operations):
            self.drop(operation)

    def keep(self, outcomes: Iterable[Any]) -> None:
        """Nobody is there to be told these; of more than a program will ever ask for, the oldest are let go."""
        self._uncollected += outcomes
        if len(self._uncollected) == MOST_UNCOLLECTED and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "%d outcomes of callers that went away were never collected: call papi.settle(); "
                "the oldest are forgotten from now on, but none that is unresolved",
                MOST_UNCOLLECTED,
            )

    def tell(
        self, kind: type[CancelRequest[Any, Any]], state: Any, evidence: Evidence = Evidence.QUERY
    ) -> None:
        """News from elsewhere of what this kind of request cancels; shown open, it says nothing: it may be old."""
        if kind.fate(state) == "open":
            return
        for key in kind.keys_of(state):
            for operation in self._at((kind, key)):
                operation.tell(state, evidence)
            doubts = [each for each, _ in self._unresolved.values() if each.name == (kind, key)]
            for operation in doubts:
                if self.is_under_way(operation):
                    continue  # it has been told
                operation.tell(state, evidence)
                if (outcome := operation.known()) is not None:
                    self.end_asking(operation, outcome)

    def note(self, operation: Operation, unknown: Unknown) -> None:
        """A doubt that nobody sees through: of what was only sent, or by a process that is gone."""
        name = operation.doubt
        if name in self._unresolved:
            self._share(name, self._unresolved[name][0])
        self._unresolved[name] = (operation, unknown)

    def forget(self, request: Request[Any]) -> bool:
        """Somebody knows by other means what became of it; whether there was such a doubt."""
        doubts = [name for name, (each, _) in self._unresolved.items() if each.request == request]
        for name in doubts:
            for operation in self._taken_out(name):
                operation.forget()
        return bool(doubts)

    @contextmanager
    def watched(self) -> Generator[list[Any], None, None]:
        """Every outcome from now on, whoever is told it."""
        watch: list[Any] = []
        self._watches.append(watch)
        try:
            yield watch
        finally:
            self._watches = [each for each in self._watches if each is not watch]

    def take_doubts(self) -> list[Operation]:
        """Everything unresolved that nobody asks about already; under way from now on."""
        unresolved = (each for each, _ in self._unresolved.values())
        doubts = [each for each in unresolved if each.is_decidable and each not in self.operations]
        self.operations.update(doubts)
        if self._named is not None:
            for operation in doubts:
                self._index(self._named, operation)
        return doubts

    def end_asking(self, operation: Operation, outcome: Any) -> None:
        """Note what asking again about a doubt told, unless another cancel of it has told meanwhile."""
        name = operation.doubt
        if isinstance(outcome, Unknown) and not self._is_doubt_of(name, operation):
            self._leave(operation)
            return
        self.end(operation, outcome)
        self.keep([outcome])

    def collect(self) -> list[Any]:
        """What has become known since this was asked last."""
        known: list[Any] = [each for each in self._uncollected if not isinstance(each, Unknown)]
        self._uncollected.clear()
        return known

    def _tell_watches(self, outcome: Any) -> None:
        for watch in self._watches:
            watch.append(outcome)

    def _at(self, name: Hashable) -> list[Operation]:
        """Whoever is at that order."""
        if self._named is None:
            self._named = {}
            for operation in self.operations:
                self._index(self._named, operation)
        return self._named.get(name, [])

    @staticmethod
    def _index(named: dict[Hashable, list[Operation]], operation: Operation) -> None:
        named.setdefault(operation.name, []).append(operation)

    def _leave(self, operation: Operation) -> None:
        """It is under way no more, if it was."""
        if self._named is not None and operation in self.operations:
            named = self._named[operation.name]
            named.remove(operation)
            if not named:
                del self._named[operation.name]
        self.operations.discard(operation)

    def _share(self, name: Hashable, operation: Operation) -> None:
        """Its doubt is another's, too, and ends with that one."""
        if operation.is_recorded:
            self._same.setdefault(name, []).append(operation)

    def _taken_out(self, name: Hashable) -> list[Operation]:
        """Whoever was in that doubt, which is over."""
        if name not in self._unresolved:
            return []
        operation, _ = self._unresolved.pop(name)
        return [operation, *self._same.pop(name, ())]

    def _is_doubt_of(self, name: Hashable, operation: Operation) -> bool:
        known = self._unresolved.get(name)
        return known is not None and known[0] is operation
