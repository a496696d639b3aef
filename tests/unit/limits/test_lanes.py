"""Who goes next, as laws over any crowd of waiters and any stock of tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.declaring.request import Lane
from binance_papi_async.limits.lanes import LANES, URGENT, Connections, Lack, Lanes, Waiter


@dataclass
class Crowd:
    """Waiters of some clients in the order they came, and what tokens there are."""

    clients: list[Connections]
    waiters: list[Waiter]
    weight: int
    orders: int
    lanes: Lanes[Waiter] = field(default_factory=Lanes)
    went: list[Waiter] = field(default_factory=list)
    lacked: dict[Waiter, Lack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Everybody joins."""
        for waiter in self.waiters:
            self.lanes.join(waiter)

    def admit(self) -> Lack:
        """Let go whoever can, and keep who went and who lacked what."""
        return self.lanes.admit(self._take)

    @property
    def left(self) -> list[Waiter]:
        """Who still waits."""
        return [waiter for waiter in self.waiters if waiter not in self.went]

    def _take(self, waiter: Waiter) -> Lack:
        assert waiter.connections.has_one(waiter.lane)
        if waiter.weight > self.weight:
            self.lacked[waiter] = "weight"
        elif waiter.orders > self.orders:
            self.lacked[waiter] = "orders"
        else:
            self.weight -= waiter.weight
            self.orders -= waiter.orders
            waiter.connections.free -= 1
            self.went.append(waiter)
            return "nothing"
        return self.lacked[waiter]


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    """Up to three clients, with up to four connections, none of them free perhaps."""
    clients = [
        Connections(count) for count in draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    ]
    for client in clients:
        client.free = draw(st.integers(0, client.count))
    waiter = st.builds(
        Waiter,
        st.sampled_from(clients),
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from(LANES),
    )
    waiters = draw(st.lists(waiter, max_size=12))
    return Crowd(clients, waiters, draw(st.integers(0, 20)), draw(st.integers(0, 4)))


def is_behind(one: Waiter, other: Waiter) -> bool:
    """Whether two wait in one lane for connections of one client, and one came later."""
    is_same_queue = (one.lane, one.connections) == (other.lane, other.connections)
    return is_same_queue and one.arrived > other.arrived


@settings(max_examples=300)
@given(crowds())
def test_nobody_is_overtaken_within_a_lane(crowd: Crowd) -> None:
    """Whoever goes goes in turn, of whichever client; who came before and is left lacks a connection or orders."""
    crowd.admit()
    for lane in LANES:
        turns = [waiter.arrived for waiter in crowd.went if waiter.lane == lane]
        assert turns == sorted(turns)
    for waiter, left in product(crowd.went, crowd.left):
        assert not is_behind(waiter, left)
        if left.lane == waiter.lane and left.arrived < waiter.arrived:
            lacks_orders = any(left is each or is_behind(left, each) for each in crowd.lacked)
            assert lacks_orders or not left.connections.has_one(left.lane)


@given(crowds())
def test_higher_lanes_go_first(crowd: Crowd) -> None:
    """Whoever came first."""
    crowd.admit()
    places = [LANES.index(waiter.lane) for waiter in crowd.went]
    assert all(before <= after for before, after in pairwise(places))


@settings(max_examples=300)
@given(crowds())
def test_nobody_is_left_who_could_go(crowd: Crowd) -> None:
    """Each is held back by its own client's connections, by orders that one before it lacks, or by weight."""
    lack = crowd.admit()
    short_of_weight = [waiter for waiter, what in crowd.lacked.items() if what == "weight"]
    assert (lack == "weight") == bool(short_of_weight)
    for waiter in crowd.left:
        lacks_orders = any(waiter is each or is_behind(waiter, each) for each in crowd.lacked)
        is_below = any(
            LANES.index(waiter.lane) >= LANES.index(each.lane) for each in short_of_weight
        )
        assert is_below or lacks_orders or not waiter.connections.has_one(waiter.lane)


@settings(max_examples=300)
@given(crowds())
def test_what_is_left_tells_what_it_lacks(crowd: Crowd) -> None:
    """Weight above orders; nothing if it is only connections, which fall free without a timer."""
    assert crowd.admit() == max(
        crowd.lacked.values(), key=("orders", "weight").index, default="nothing"
    )
    assert crowd.lanes.waiting == len(crowd.left) == sum(map(crowd.lanes.count, LANES))


def copy_without(crowd: Crowd, left_out: set[Waiter]) -> tuple[Crowd, dict[Waiter, Waiter]]:
    """The same crowd without some, and who is who in it."""
    clients = {}
    for client in crowd.clients:
        clients[client] = Connections(client.count)
        clients[client].free = client.free
    same = {
        waiter: Waiter(clients[waiter.connections], waiter.weight, waiter.orders, waiter.lane)
        for waiter in crowd.waiters
        if waiter not in left_out
    }
    return Crowd([*clients.values()], [*same.values()], crowd.weight, crowd.orders), same


@settings(max_examples=300)
@given(crowds())
def test_a_client_without_a_connection_is_passed_over(crowd: Crowd) -> None:
    """Everybody else goes as if its requests did not wait."""
    passed_over = {
        waiter for waiter in crowd.waiters if not waiter.connections.has_one(waiter.lane)
    }
    others, same = copy_without(crowd, passed_over)
    others.admit()
    crowd.admit()
    assert [same[waiter] for waiter in crowd.went] == others.went


@settings(max_examples=300)
@given(crowds())
def test_whoever_lacks_orders_holds_back_no_one_else(crowd: Crowd) -> None:
    """But those behind it, everybody goes as if it did not wait."""
    before, twin = copy_without(crowd, set())
    crowd.admit()
    short = [waiter for waiter, what in crowd.lacked.items() if what == "orders"]
    held_back = {
        twin[waiter]
        for waiter in crowd.waiters
        if any(waiter is each or is_behind(waiter, each) for each in short)
    }
    others, same = copy_without(before, held_back)
    others.admit()
    assert [same[twin[waiter]] for waiter in crowd.went] == others.went


def test_whoever_lacks_weight_holds_back_the_lanes_below() -> None:
    """Or small reads would keep a large cancel waiting for ever."""
    client = Connections(20)
    cancel, read = Waiter(client, 5, 0, "cancel"), Waiter(client, 1, 0, "read")
    crowd = Crowd([client], [read, cancel], weight=4, orders=0)
    assert crowd.admit() == "weight"
    assert crowd.went == []


def test_somebody_is_ahead_in_the_same_lane_or_in_a_higher_one() -> None:
    """The order of lanes is that of their type."""
    for waiting, lane in product(LANES, LANES):
        crowd = Crowd([], [Waiter(Connections(1), 1, 0, waiting)], weight=0, orders=0)
        assert crowd.lanes.is_ahead(lane) == (LANES.index(waiting) <= LANES.index(lane))


def test_the_urgent_lanes_are_the_highest() -> None:
    """A reserve that a lower lane could use would be no use to a higher one."""
    assert set(LANES[: len(URGENT)]) == URGENT


def test_whoever_leaves_is_counted_no_more() -> None:
    """Once, however often it leaves."""
    client = Connections(2)
    first, second = Waiter(client, 1, 0, "read"), Waiter(client, 1, 0, "read")
    lanes = Crowd([client], [first, second], weight=0, orders=0).lanes
    for waiter in (first, first, second, second):
        lanes.leave(waiter)
    assert lanes.waiting == 0
    assert not lanes.is_ahead("read")


def test_one_client_is_dismissed_or_everybody() -> None:
    """In the order they came."""
    one, other = Connections(1), Connections(1)
    waiters = [Waiter(client, 1, 0, lane) for lane in ("read", "cancel") for client in (one, other)]
    lanes = Crowd([one, other], waiters, weight=0, orders=0).lanes
    assert lanes.dismiss(lambda waiter: waiter.connections is one) == waiters[::2]
    assert (lanes.count("read", one), lanes.count("read", other)) == (0, 1)
    assert lanes.dismiss(lambda _: True) == waiters[1::2]
    assert lanes.waiting == 0


@pytest.mark.parametrize(("count", "left_by_reads"), [(1, 0), (2, 1), (4, 1), (20, 2), (100, 10)])
def test_some_connections_are_kept_for_urgent_lanes(count: int, left_by_reads: int) -> None:
    """A tenth, at least one, but never the only one."""
    client = Connections(count)
    while client.has_one("read"):
        client.free -= 1
    assert client.free == left_by_reads
    assert client.has_one("cancel") == (left_by_reads > 0)


def test_closed_connections_are_none() -> None:
    """Not even for urgent lanes."""
    client = Connections(3)
    client.close()
    assert not client.has_one("urgent")


def test_lanes_show_who_waits() -> None:
    """By lane, highest first."""
    lanes: tuple[Lane, ...] = ("read", "cancel", "read")
    waiters = [Waiter(Connections(1), 1, 0, lane) for lane in lanes]
    assert repr(Crowd([], waiters, weight=0, orders=0).lanes) == "<Lanes: 1 cancel, 2 read>"
    assert repr(Lanes[Waiter]()) == "<Lanes: nobody waits>"
