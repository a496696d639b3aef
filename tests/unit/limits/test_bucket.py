"""The token bucket on a held clock, against a simple model of the exchange's own count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.limits.bucket import Bucket, Charge


def take(
    bucket: Bucket, tokens: int, now: float, uncertainty: float = 0.0, *, is_urgent: bool = True
) -> Charge | None:
    """Take as an urgent request, unless said otherwise."""
    return bucket.take(tokens, now, uncertainty, is_urgent=is_urgent)


def spend(bucket: Bucket, now: float, *, tokens: int = 2) -> int:
    """Take until nothing is left, every request answered at once; how many tokens that was."""
    spent = 0
    while (charge := take(bucket, tokens, now)) is not None:
        bucket.keep(charge, now)
        spent += tokens
    return spent


def test_a_full_bucket_gives_exactly_the_limit() -> None:
    """The limit of a window can be spent to the last token, and no further."""
    assert spend(Bucket(6000), now=30.0) == 6000


def test_headroom_is_left_for_others() -> None:
    """What nobody knows of yet has room."""
    assert spend(Bucket(6000, headroom=120), now=30.0) == 5880


def test_the_bucket_is_refilled_whole_when_the_window_turns() -> None:
    """Spent at the end of a minute, all of it is there again a moment later."""
    bucket = Bucket(600)
    assert spend(bucket, now=59.9) == 600
    assert spend(bucket, now=60.0) == 600


def test_a_bucket_does_not_refill_within_a_window() -> None:
    """A trickling refill would admit up to twice the limit in one exchange minute."""
    bucket = Bucket(600)
    spend(bucket, now=0.0)
    assert spend(bucket, now=59.999) == 0


def test_only_urgent_requests_may_take_the_reserve() -> None:
    """When reads have eaten the minute, cancels still go."""
    bucket = Bucket(100, reserve=10)
    while take(bucket, 1, 5.0, is_urgent=False) is not None:
        pass
    assert bucket.used(5.0) == 90, "the reserve is left"
    assert spend(bucket, now=5.0, tokens=1) == 10


def test_a_request_that_never_left_gives_its_tokens_back() -> None:
    """A permit that was not used costs nothing."""
    bucket = Bucket(2)
    charge = take(bucket, 2, 5.0)
    assert charge is not None
    bucket.give_back(charge)
    assert bucket.used(5.0) == 0


def test_a_request_that_may_have_left_stays_charged() -> None:
    """No answer is no proof that nothing arrived."""
    bucket = Bucket(2)
    charge = take(bucket, 2, 5.0)
    assert charge is not None
    bucket.keep(charge, 5.0)
    assert not bucket.has(1, 5.0, is_urgent=True)


def test_what_others_use_is_accounted_for_at_once() -> None:
    """The exchange's count includes everybody behind the IP."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 5.0)
    assert charge is not None
    bucket.report(charge, 502, 5.1)
    assert bucket.used(5.1) == 502
    assert spend(bucket, now=55.0) == 88, "and a little is left for more of them"


def test_a_late_report_never_lowers_the_count() -> None:
    """Of two answers that overtake each other, the higher count is the later one."""
    bucket = Bucket(600)
    first, second = take(bucket, 2, 5.0), take(bucket, 2, 5.0)
    assert first is not None
    assert second is not None
    bucket.report(second, 104, 5.1)
    bucket.report(first, 102, 5.2)
    assert bucket.used(5.2) == 104


def test_requests_under_way_are_added_to_the_report() -> None:
    """What was sent and not yet reported on may not be in the count yet."""
    bucket = Bucket(600)
    reported, under_way = take(bucket, 2, 5.0), take(bucket, 5, 5.0)
    assert reported is not None
    assert under_way is not None
    bucket.report(reported, 300, 5.1)
    assert bucket.used(5.1) == 305


def test_room_is_left_for_as_much_as_others_took_between_two_reports() -> None:
    """Somebody else who took 20 a moment ago takes 20 again while our last request is under way."""
    bucket = Bucket(600)
    for used in (2, 24):
        charge = take(bucket, 2, 5.0)
        assert charge is not None
        bucket.report(charge, used, 5.1)
    assert spend(bucket, now=5.2) == 600 - 24 - 40


def test_near_a_turn_both_windows_are_charged() -> None:
    """Within the clock's uncertainty nobody knows which minute a request lands in."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 59.95, 0.1)
    assert charge is not None
    assert bucket.used(59.95, 0.1) == 2
    bucket.keep(charge, 59.96, 0.1)
    assert bucket.used(60.2, 0.1) == 2


def test_near_a_turn_a_spent_window_holds_back_even_if_the_next_is_fresh() -> None:
    """A request that may still land in the spent minute waits until it certainly does not."""
    bucket = Bucket(600)
    spend(bucket, now=30.0)
    assert take(bucket, 2, 60.05, 0.1) is None
    assert take(bucket, 2, 60.11, 0.1) is not None


def test_a_request_unanswered_at_the_turn_is_charged_to_the_new_window_too() -> None:
    """Sent in one minute, it may still arrive in the next."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 59.0)
    assert charge is not None
    assert bucket.used(60.0) == 2
    bucket.report(charge, 580, 60.01)
    assert bucket.used(60.01) == 0, "a count beyond what the new window can hold is the old one's"


def test_an_answer_near_the_turn_may_be_of_the_new_window() -> None:
    """Sent well before the turn, but answered when the exchange's minute may have turned already."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 59.0, 0.1)
    assert charge is not None
    bucket.keep(charge, 59.95, 0.1)
    assert bucket.used(60.2, 0.1) == 2


def test_a_low_count_after_the_turn_is_the_new_windows() -> None:
    """Counts never fall within a window."""
    bucket = Bucket(600)
    reported, crossing = take(bucket, 2, 59.0), take(bucket, 2, 59.9)
    assert reported is not None
    assert crossing is not None
    bucket.report(reported, 400, 59.5)
    bucket.report(crossing, 90, 60.1)
    assert bucket.used(60.1) == 90


def test_a_count_that_fits_both_windows_keeps_both_charged() -> None:
    """What cannot be told apart is charged twice rather than not at all."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 59.95, 0.1)
    assert charge is not None
    bucket.report(charge, 2, 59.96, 0.1)
    assert bucket.used(59.97, 0.1) >= 2
    assert bucket.used(60.2, 0.1) == 2


def test_a_high_count_before_the_turn_is_the_old_windows() -> None:
    """Near the turn, a count that the next window cannot hold yet frees the next window."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 59.95, 0.1)
    assert charge is not None
    bucket.report(charge, 300, 59.96, 0.1)
    assert bucket.used(59.97, 0.1) == 300
    assert bucket.used(60.2, 0.1) == 0


def test_a_report_on_a_request_of_a_window_long_past_changes_nothing() -> None:
    """An answer that was given up, and settled, is of no window we keep."""
    bucket = Bucket(600)
    charge = take(bucket, 2, 5.0)
    assert charge is not None
    bucket.keep(charge, 5.1)
    bucket.report(charge, 500, 200.0)
    assert bucket.used(200.0) == 0


def test_a_window_that_is_skipped_leaves_nothing_behind() -> None:
    """After an idle minute only what is still under way counts."""
    bucket = Bucket(600)
    assert take(bucket, 2, 5.0) is not None
    settled = take(bucket, 7, 5.0)
    assert settled is not None
    bucket.report(settled, 9, 5.1)
    assert bucket.used(200.0) == 2


def test_a_closed_bucket_gives_nothing_to_anybody() -> None:
    """After a 429 even cancels wait."""
    bucket = Bucket(600)
    bucket.close(90.0)
    bucket.close(70.0)
    assert not bucket.has(1, 89.9, is_urgent=True)
    assert bucket.has(1, 90.0, is_urgent=True)
    assert bucket.next_turn(50.0) == 90.0


def test_the_next_turn_is_when_the_new_window_is_certain() -> None:
    """A clock that may be off by 0.1 s waits 0.1 s longer."""
    assert Bucket(600).next_turn(30.0, 0.1) == pytest.approx(60.1, abs=1e-5)


def test_a_clock_corrected_back_over_a_turn_does_not_refill_twice() -> None:
    """The estimate of the exchange's time may step back a little; the budget must not come back with it."""
    bucket = Bucket(600)
    spend(bucket, now=60.001)
    assert spend(bucket, now=59.999) == 0
    assert spend(bucket, now=60.002) == 0


def test_a_clock_that_was_hours_ahead_is_followed_back() -> None:
    """Before the first answer the system clock stands in, and it may be wrong by any amount."""
    bucket = Bucket(600)
    under_way = take(bucket, 1, 36_000.0)
    assert under_way is not None
    assert bucket.used(100.0) == 1, "what is under way moves along"
    assert spend(bucket, now=121.0) > 0


@dataclass
class Exchange:
    """The model: counts what arrives in each of its minutes, and what arrived beyond the limit."""

    interval: float
    limit: int
    counts: Counter[int] = field(default_factory=Counter)
    refused: int = 0

    def arrive(self, weight: int, now: float) -> int:
        """The count an answer would carry."""
        window = floor(now / self.interval)
        self.counts[window] += weight
        self.refused += self.counts[window] > self.limit
        return self.counts[window]


steps = st.lists(
    st.tuples(
        st.floats(0.0, 0.4),  # until the request is made
        st.integers(1, 10),  # its weight
        st.floats(0.0, 0.6),  # until it arrives
        st.floats(0.0, 0.6),  # until its answer is back
        st.sampled_from(("answered", "answered", "answered", "lost", "never sent")),
    ),
    min_size=1,
    max_size=120,
)


def simulate(script: list[tuple[float, int, float, float, str]], skew: float) -> Exchange:
    """Everybody sends as soon as the bucket lets them; the exchange's clock is ``skew`` off our estimate."""
    bucket, exchange = Bucket(50, 1.0), Exchange(1.0, 50)
    uncertainty, events = 0.1, []
    now = 1000.0
    for gap, weight, there, back, end in script:
        now += gap
        events.append((now, "send", (weight, there, back, end)))
    while events:
        events.sort(key=lambda event: event[0])
        now, kind, detail = events.pop(0)
        if kind == "send":
            weight, there, back, end = detail
            charge = take(bucket, weight, now, uncertainty)
            if charge is None:
                events.append((bucket.next_turn(now, uncertainty), "send", detail))
            elif end == "never sent":
                bucket.give_back(charge)
            else:
                events.append((now + there, "arrive", (charge, back, end)))  # type: ignore[arg-type]
        elif kind == "arrive":
            charge, back, end = detail  # type: ignore[misc]
            used = exchange.arrive(charge.tokens, now + skew)  # type: ignore[union-attr]
            events.append((now + back, end, (charge, used)))  # type: ignore[arg-type]
        elif kind == "lost":
            bucket.keep(detail[0], now, uncertainty)  # type: ignore[arg-type]
        else:
            bucket.report(detail[0], detail[1], now, uncertainty)  # type: ignore[arg-type]
    return exchange


@settings(max_examples=500, deadline=None)
@given(steps, st.floats(-0.1, 0.1))
def test_the_exchange_never_counts_more_than_its_limit(
    script: list[tuple[float, int, float, float, str]], skew: float
) -> None:
    """Whatever the order, the delays, the losses and the clock's error: no window holds more than the limit."""
    assert simulate(script, skew).refused == 0
