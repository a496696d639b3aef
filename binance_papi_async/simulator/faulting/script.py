"""When which fault strikes: a script, the same in every run.

Pure: the clock is given, and chance comes from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from binance_papi_async.simulator.faulting.dates import WrongDates
from binance_papi_async.simulator.faulting.faults import FAULTS, Fault
from binance_papi_async.simulator.faulting.foreign import Foreign


class Target(Struct, frozen=True):
    """Which calls are meant; None is any."""

    method: str | None = None
    path: str | None = None
    order_id: int | None = None
    client_order_id: str | None = None

    def matches(
        self, method: str, path: str, order_id: int | None, client_order_id: str | None = None
    ) -> bool:
        """Whether a call is one of them."""
        return (
            self.method in (None, method)
            and self.path in (None, path)
            and self.order_id in (None, order_id)
            and self.client_order_id in (None, client_order_id)
        )


class _Injection(Struct):
    """A fault that strikes the next calls that match."""

    fault: Fault
    target: Target
    times: int | None
    skip: int

    def draw(self) -> Fault | None:
        if self.skip:
            self.skip -= 1
            return None
        if self.times is not None:
            self.times -= 1
        return self.fault


class _Storm(Struct):
    """Faults that strike a share of the calls that match."""

    random: Random
    rate: float
    faults: Sequence[Fault]
    target: Target
    times: int | None

    def draw(self) -> Fault | None:
        if self.random.random() >= self.rate:
            return None
        if self.times is not None:
            self.times -= 1
        return self.random.choice(self.faults)


class _Jitter(Struct):
    """Random delay on every call."""

    random: Random
    max_seconds: float
    target: Target


class FaultScript:
    """What goes wrong, in the order it was scripted: the first entry that strikes a call wins.

    Calls are matched as they arrive; ``order_id`` matches calls that name the order by that id,
    ``client_order_id`` those that name it, or place it, by the client's.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: list[_Injection | _Storm] = []
        self._jitter: _Jitter | None = None
        self.stale_by = 0.0
        """How many seconds reads lag behind."""
        self.foreign_usage: Foreign | None = None
        """Who else uses weight behind the IP."""
        self.dates: WrongDates | None = None
        """Whose dates are wrong."""

    def inject(  # noqa: PLR0913 - what, where, and how often
        self,
        fault: Fault,
        *,
        method: str | None = None,
        path: str | None = None,
        order_id: int | None = None,
        client_order_id: str | None = None,
        times: int | None = 1,
        skip: int = 0,
    ) -> None:
        """Strike the next ``times`` calls that match, after letting ``skip`` pass; None is always."""
        target = Target(method, path, order_id, client_order_id)
        self._entries.append(_Injection(fault, target, times, skip))

    def storm(
        self,
        seed: int,
        rate: float,
        faults: Sequence[Fault] = FAULTS,
        *,
        method: str | None = None,
        times: int | None = None,
    ) -> None:
        """Strike each call that matches with probability ``rate``, with one of ``faults``."""
        self._entries.append(_Storm(Random(seed), rate, faults, Target(method), times))  # noqa: S311

    def jitter(self, seed: int, max_seconds: float, *, method: str | None = None) -> None:
        """Delay every call that matches, up to half of ``max_seconds`` each way."""
        self._jitter = _Jitter(Random(seed), max_seconds, Target(method))  # noqa: S311

    def stale_reads(self, seconds: float) -> None:
        """Answer every GET from the state as it was so many seconds ago; 0 ends it."""
        self.stale_by = seconds

    def foreign(self, weight: int, every: float) -> None:
        """Somebody else behind the IP uses ``weight`` every so many seconds from now on."""
        self.foreign_usage = Foreign(weight, every, self._clock())

    def wrong_dates(self, seconds: float = 0.0, *, every: int = 100, pages: float = 0.0) -> None:
        """Put the ``Date`` of every so-many-th answer off by ``seconds``, that of pages from in front by ``pages``."""
        self.dates = WrongDates(seconds, every, pages)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._entries.clear()
        self._jitter = None
        self.stale_by = 0.0
        self.foreign_usage = self.dates = None

    def draw(
        self, method: str, path: str, order_id: int | None, client_order_id: str | None = None
    ) -> Fault | None:
        """The fault that strikes this call."""
        for entry in self._entries:
            if entry.times != 0 and entry.target.matches(method, path, order_id, client_order_id):
                fault = entry.draw()
                if fault is not None:
                    self._entries = [each for each in self._entries if each.times != 0]
                    return fault
        return None

    def delays(self, method: str, path: str, order_id: int | None) -> tuple[float, float]:
        """Seconds this call travels there and back."""
        jitter = self._jitter
        if jitter is None or not jitter.target.matches(method, path, order_id):
            return 0.0, 0.0
        half = jitter.max_seconds / 2
        return jitter.random.uniform(0, half), jitter.random.uniform(0, half)
