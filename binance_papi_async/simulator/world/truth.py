"""What really happened, whatever the client was told.

A test compares this with what the client said. Nothing here is part of the exchange's interface.
Pure: times are arguments.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from binance_papi_async.simulator.world.windows import Windows

HOME_IP: Final = "127.0.0.1"
"""Where clients of the simulator come from, by either door."""


class Arrival(NamedTuple):
    """One call as it came in. It holds no signature."""

    time: float
    method: str
    path: str
    order_id: int | None
    """The order it names by the exchange's id."""
    client_order_id: str | None
    """The order it names by the client's id."""


class Truth:
    """The log of arrivals, of what was carried out, and of what was answered.

    It keeps every arrival (about 150 bytes each) unless ``keep`` says how many; counts are always whole.
    """

    def __init__(self, weights: Windows, *, keep: int | None = None) -> None:
        self._weights = weights
        self._keep = keep
        self._arrivals: deque[Arrival] = deque()
        self._of_order: defaultdict[int, deque[Arrival]] = defaultdict(deque)
        self._cancels: Counter[int] = Counter()
        self._placements: Counter[str] = Counter()
        self._amendments: Counter[int] = Counter()
        self.arrived = 0
        """How many calls came in."""
        self.statuses: Counter[int] = Counter()
        """How often each HTTP status was sent; answers that were swallowed are not in it."""
        self.unanswered = 0
        """How many calls got no whole head of an answer: closed, reset, silent, garbage."""

    @property
    def canceled(self) -> set[int]:
        """Ids of the orders cancelled through the API."""
        return set(self._cancels)

    def executions(self, order_id: int) -> int:
        """How often a cancel of this order was carried out: never more than once."""
        return self._cancels[order_id]

    def placements(self, client_order_id: str) -> int:
        """How often a call placed something under this client's id: an order, a list or a leg of one.

        Twice is two orders. What a test rests and what a trigger places is not counted.
        """
        return self._placements[client_order_id]

    def amendments(self, order_id: int) -> int:
        """How often a change of this order was carried out."""
        return self._amendments[order_id]

    def arrivals(
        self,
        method: str | None = None,
        path: str | None = None,
        order_id: int | None = None,
        *,
        client_order_id: str | None = None,
    ) -> list[Arrival]:
        """Calls that came in, oldest first; every argument narrows."""
        among: Iterable[Arrival] = self._arrivals
        if order_id is not None:
            among = self._of_order.get(order_id, ())
        return [
            arrival
            for arrival in among
            if method in (None, arrival.method)
            and path in (None, arrival.path)
            and client_order_id in (None, arrival.client_order_id)
        ]

    def window_weights(self, ip: str = HOME_IP) -> dict[int, int]:
        """Weight charged to the IP in every window, its own calls and foreign ones."""
        return self._weights.by_window(ip)

    def max_window_weight(self, ip: str = HOME_IP) -> int:
        """Most weight charged to the IP in one window."""
        return max(self.window_weights(ip).values(), default=0)

    def record_arrival(self, arrival: Arrival) -> None:
        """A call came in."""
        self.arrived += 1
        self._arrivals.append(arrival)
        if arrival.order_id is not None:
            self._of_order[arrival.order_id].append(arrival)
        if self._keep is not None and len(self._arrivals) > self._keep:
            self._forget(self._arrivals.popleft())

    def record_cancel(self, order_id: int) -> None:
        """A cancel was carried out."""
        self._cancels[order_id] += 1

    def record_placements(self, *client_order_ids: str) -> None:
        """Something was placed under each of these ids."""
        self._placements.update(client_order_ids)

    def record_amendment(self, order_id: int) -> None:
        """A change was carried out."""
        self._amendments[order_id] += 1

    def record_answer(self, status: int | None) -> None:
        """An answer was sent, or None was."""
        if status is None:
            self.unanswered += 1
        else:
            self.statuses[status] += 1

    def _forget(self, oldest: Arrival) -> None:
        if oldest.order_id is not None:
            of_order = self._of_order[oldest.order_id]
            of_order.popleft()
            if not of_order:
                del self._of_order[oldest.order_id]
