"""Who goes next, of the requests that wait for weight, for orders or for a connection.

One queue would let five thousand reads hold up a cancel, and a client whose connections are all busy
hold up every other behind the same IP. Letting go whatever fits would have small requests overtake a large one
for ever. So:

- lanes go in the order of ``LANES``; within a lane whoever came first goes first, of whichever client;
- whoever lacks weight holds back everybody behind, the lanes below included;
- whoever lacks orders holds back no one else: only its own client's requests in the same lane;
- a client without a free connection is passed over.

Pure: waiters are values, and whether the tokens are there is asked of ``take``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from operator import attrgetter
from typing import Final, Generic, Literal, TypeVar, get_args

from binance_papi_async.declaring.request import Lane

LANES: Final[tuple[Lane, ...]] = get_args(Lane)
"""Who goes first when weight or connections are scarce."""
URGENT: Final[frozenset[Lane]] = frozenset({"urgent", "cancel", "resolve"})
"""The lanes that may use the reserves, of weight and of connections."""
RESERVED_CONNECTIONS: Final = 0.1
"""Share of a client's connections that only urgent lanes may use: slow reads never hold them all."""
Lack = Literal["nothing", "orders", "weight"]
"""What keeps a request from going."""


class Connections:
    """How many more requests one client may have under way."""

    __slots__ = ("count", "free", "is_closed", "reserved")

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"a client needs at least one connection, not {count}")
        self.count = count
        self.free = count
        self.reserved = min(count - 1, max(1, round(count * RESERVED_CONNECTIONS)))
        self.is_closed = False

    def has_one(self, lane: Lane) -> bool:
        """Whether a request of this lane finds one free."""
        return self.free > (0 if lane in URGENT else self.reserved)

    def close(self) -> None:
        """There are none any more, also when requests under way end."""
        self.is_closed = True
        self.free = 0


class Waiter:
    """A request waiting in a lane."""

    __slots__ = ("arrived", "connections", "lane", "orders", "weight")

    def __init__(self, connections: Connections, weight: int, orders: int, lane: Lane) -> None:
        self.connections = connections
        self.weight = weight
        self.orders = orders
        self.lane: Lane = lane
        self.arrived = -1
        """Its number among all who ever joined; set when it does."""


W = TypeVar("W", bound=Waiter)
_arrived: Final = attrgetter("arrived")


class Lanes(Generic[W]):
    """Everybody who waits, of all clients of one limiter."""

    def __init__(self) -> None:
        self.waiting = 0
        """How many wait, in all lanes."""
        self._arrivals = count()
        self._queues: dict[Lane, dict[Connections, OrderedDict[W, None]]] = {
            lane: {} for lane in LANES
        }
        """By client, because whoever has no connection is passed over; no queue is empty."""

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {lane}" for lane in LANES if (count := self.count(lane)))
        return f"<Lanes: {counts or 'nobody waits'}>"

    def count(self, lane: Lane, connections: Connections | None = None) -> int:
        """How many wait in this lane; of one client, if it is named."""
        queues = self._queues[lane]
        if connections is None:
            return sum(map(len, queues.values()))
        return len(queues.get(connections, ()))

    def is_ahead(self, lane: Lane) -> bool:
        """Whether anybody waits in this lane or a higher one."""
        return any(self._queues[name] for name in LANES[: LANES.index(lane) + 1])

    def join(self, waiter: W) -> None:
        """Wait at the end of its lane."""
        waiter.arrived = next(self._arrivals)
        queues = self._queues[waiter.lane]
        queue = queues.get(waiter.connections)
        if queue is None:
            queue = queues[waiter.connections] = OrderedDict()
        queue[waiter] = None
        self.waiting += 1

    def leave(self, waiter: W) -> None:
        """Wait no longer; nothing if it does not wait."""
        queues = self._queues[waiter.lane]
        queue = queues.get(waiter.connections)
        if queue is None or waiter not in queue:
            return
        del queue[waiter]
        if not queue:
            del queues[waiter.connections]
        self.waiting -= 1

    def dismiss(self, leaves: Callable[[W], bool]) -> list[W]:
        """Let everybody leave of whom that is so; who that was, whoever came first in front."""
        leaving = sorted(
            (
                waiter
                for queues in self._queues.values()
                for queue in queues.values()
                for waiter in queue
                if leaves(waiter)
            ),
            key=_arrived,
        )
        for waiter in leaving:
            self.leave(waiter)
        return leaving

    def admit(self, take: Callable[[W], Lack]) -> Lack:
        """Let everybody leave who can go now; what those wait for who are left, if it is tokens.

        ``take`` takes a waiter's connection and tokens, or tells which tokens are not there and takes nothing.
        """
        lack: Lack = "nothing"
        for lane in LANES:
            passed_over: set[Connections] = set()
            while (waiter := self._first(lane, passed_over)) is not None:
                missing = take(waiter)
                if missing == "weight":
                    return missing
                if missing == "orders":
                    lack = missing
                    passed_over.add(waiter.connections)
                else:
                    self.leave(waiter)
        return lack

    def _first(self, lane: Lane, passed_over: set[Connections]) -> W | None:
        """Who came first in a lane, of those who have a connection to leave by."""
        firsts = [
            next(iter(queue))
            for connections, queue in self._queues[lane].items()
            if connections.has_one(lane) and connections not in passed_over
        ]
        return min(firsts, key=_arrived, default=None)
