"""The buckets against a model of the exchange: windows, accounts, others, liars and steps of the clock.

The model knows nothing of the buckets: it counts what arrives in each window of its own clock.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from itertools import count
from math import floor
from typing import Final, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from binance_papi_async.limits.bucket import Bucket, Charge
from binance_papi_async.limits.orders import OrderWindows

UNCERTAINTY: Final = 0.1
LIMITS: Final = {2.0: 20, 1.0: 12}
"""Orders of each account, by the seconds of the window."""


class Sent(NamedTuple):
    """One request of the script."""

    gap: float
    """Until it is made."""
    account: int
    orders: int
    there: float
    back: float
    end: str


sent = st.builds(
    Sent,
    st.floats(0.0, 0.3),
    st.integers(0, 1),
    st.integers(1, 3),
    st.floats(0.0, 0.5),
    st.floats(0.0, 0.5),
    st.sampled_from(("answered", "answered", "answered", "lost", "never sent")),
)


class Model:
    """Counts of every account in every window, and who was refused."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, float, int]] = Counter()
        self.refused = 0

    def arrive(self, account: int, orders: int, now: float) -> dict[float, int]:
        """The counts an answer would carry."""
        seen = {}
        for seconds, limit in LIMITS.items():
            key = account, seconds, floor(now / seconds)
            self.counts[key] += orders
            self.refused += self.counts[key] > limit
            seen[seconds] = self.counts[key]
        return seen


class Play:
    """Events in the order of their time."""

    def __init__(self) -> None:
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = count()

    def at(self, time: float, event: Callable[[float], None]) -> None:
        """Do it then."""
        heapq.heappush(self._events, (time, next(self._numbers), event))

    def run(self, most: int = 5000) -> None:
        """Until nothing is left to happen."""
        for _ in range(most):
            if not self._events:
                return
            time, _, event = heapq.heappop(self._events)
            event(time)
        raise AssertionError("it never ends")


@settings(max_examples=200, deadline=None)
@given(st.lists(sent, min_size=1, max_size=80), st.floats(-UNCERTAINTY, UNCERTAINTY))
def test_no_window_of_any_account_holds_more_than_its_limit(
    script: list[Sent], skew: float
) -> None:
    """Whatever the order, the delays, the losses and the clock's error."""
    accounts = [OrderWindows(LIMITS), OrderWindows(LIMITS)]
    model, play = Model(), Play()

    def send(each: Sent, now: float) -> None:
        windows = accounts[each.account]
        charge = windows.take(each.orders, now, UNCERTAINTY)
        if charge is None:
            lacking = windows.lacking(each.orders, now, UNCERTAINTY)
            assert lacking is not None
            later = windows.ready_at(lacking, now, UNCERTAINTY)
            assert later > now
            play.at(later, lambda now: send(each, now))
            return
        if each.end == "never sent":
            charge.give_back()
            return

        def arrive(now: float) -> None:
            counts = model.arrive(each.account, each.orders, now + skew)
            told = counts if each.end == "answered" else {}
            play.at(now + each.back, lambda now: charge.settle(told, now, UNCERTAINTY) and None)

        play.at(now + each.there, arrive)

    at = 1000.0
    for each in script:
        at += each.gap
        play.at(at, lambda now, each=each: send(each, now))  # type: ignore[misc]
    play.run()
    assert model.refused == 0


lies = st.dictionaries(
    st.integers(0, 60), st.sampled_from((-1, 10**11, 5000, 2900, 1500, 990, 0)), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(0.0, 0.4), min_size=30, max_size=120), lies, st.booleans())
def test_a_few_lies_neither_pass_the_limit_nor_shut_the_window(
    gaps: list[float],
    lies: dict[int, int],
    is_urgent: bool,  # noqa: FBT001 - drawn
) -> None:
    """One request at a time, each answered; some answers lie.

    What could be sent before is sent all the same, a round trip later at most, unless the lie says that others have
    just filled the window, or the next answer lies as well and bears it out: two that agree are believed.
    """
    bucket, now, used, window = Bucket(1000, 60.0, headroom=20, reserve=100), 600.0, 0, 10
    refused = 0
    before: int | None = None
    for number, gap in enumerate(gaps):
        now += gap
        if floor(now / 60) != window:
            used, window = 0, floor(now / 60)
        charge = bucket.take(5, now, is_urgent=is_urgent)
        if charge is None:
            refused += 1
            continue
        used += 5
        assert used <= 1000
        now += 0.01
        lie = lies.get(number)
        assume(lie is None or before is None or lie < before)
        before = lie
        bucket.report(charge, used if lie is None else lie, now)
    # 990 of 1,000 leaves less than the headroom: that is believed, and shuts what is left of this window.
    # 500 at least stay for us whatever a lie that is not found out says that others will use.
    if 990 not in lies.values() and is_urgent:
        assert refused <= 3 * len(lies), (refused, lies)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.0, 0.5), st.floats(-3.0, 3.0) | st.just(0.0)),
        min_size=1,
        max_size=80,
    )
)
def test_a_reading_that_jumps_never_refills_a_window_twice(
    steps: list[tuple[float, float]],
) -> None:
    """However the clock's reading jumps to and fro within a window's length: each of its windows is spent once.

    Going by its own reading, the bucket lets no more through between two turns than the limit.
    """
    bucket, real, offset = Bucket(50, 10.0), 1005.0, 0.0
    spent: Counter[int] = Counter()
    furthest = 0
    for gap, step in steps:
        real += gap
        offset = max(-3.0, min(3.0, offset + step))
        now = real + offset
        furthest = max(furthest, floor(now / 10.0))
        while (charge := bucket.take(1, now, is_urgent=True)) is not None:
            spent[furthest] += 1
            bucket.keep(charge, now)
    assert max(spent.values()) <= 50


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 30),
    st.floats(0.05, 2.0),
    st.floats(0.002, 0.3),
    st.booleans(),
)
def test_others_who_go_on_as_they_did_bring_no_refusal(  # noqa: C901 - a play of three
    weight: int,
    every: float,
    round_trip: float,
    is_urgent: bool,  # noqa: FBT001 - drawn
) -> None:
    """Saturating demand beside somebody who uses the same again and again, from the second window on.

    At most half of the limit; the first window cannot know.
    """
    if weight / every > 50:
        every = weight / 50
    bucket, play = Bucket(6000, 60.0, headroom=120, reserve=600), Play()
    used: Counter[int] = Counter()
    refused: Counter[int] = Counter()
    start, end = 600.0, 780.0
    free, wakes = 20, 0.0

    def others(now: float) -> None:
        used[floor(now / 60)] += weight
        if now + every < end:
            play.at(now + every, others)

    def go(now: float) -> None:
        nonlocal free, wakes
        while free and now < end:
            charge = bucket.take(5, now, is_urgent=is_urgent)
            if charge is None:
                later = bucket.ready_at(now)
                if not now < wakes <= later:
                    wakes = later
                    play.at(later, go)
                return
            free -= 1

            def arrive(now: float, charge: Charge = charge) -> None:
                window = floor(now / 60)
                used[window] += 5
                refused[window] += used[window] > 6000
                count = used[window]
                play.at(now + round_trip / 2, lambda now: answered(charge, count, now))

            play.at(now + round_trip / 2, arrive)

    def answered(charge: Charge, count: int, now: float) -> None:
        nonlocal free
        bucket.report(charge, count, now)
        free += 1
        go(now)

    play.at(start + every, others)
    play.at(start, go)
    play.run(40_000)
    assert refused[11] == refused[12] == 0, refused
    if round_trip < 0.2:  # twenty at a time then spend what there is
        assert used[11] >= 0.9 * (6000 if is_urgent else 5400), "and all is used"
