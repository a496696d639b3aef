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
    bucket.report(charge, 202, 5.1)
    assert bucket.used(5.1) == 202
    left = 600 - 202 - spend(bucket, now=5.2)
    assert 40 <= left <= 60, "and as much is left as they take in a second"


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


def test_room_is_left_for_the_largest_burst_and_for_the_time_it_takes_to_hear() -> None:
    """Somebody else who took 20 at once a moment ago may do so again while our last request is under way."""
    bucket = Bucket(600)
    for used, now in ((2, 5.0), (24, 5.1)):
        charge = take(bucket, 2, now)
        assert charge is not None
        bucket.report(charge, used, now + 0.1)
    left = 600 - 24 - spend(bucket, now=5.2)
    assert left == pytest.approx(20 + 20 / 5.2 * 0.2, abs=2)


def heard(bucket: Bucket, used: int, now: float, tokens: int = 2) -> None:
    """One urgent request, answered a hundredth of a second later with this count."""
    charge = take(bucket, tokens, now)
    assert charge is not None, "it may go"
    bucket.report(charge, used, now + 0.01)


def test_others_who_took_half_the_minute_between_two_answers_shut_nobody_out() -> None:
    """It was a minute's use and not a burst: urgent requests go on in this minute and in the next, reads too."""
    bucket = Bucket(6000, headroom=120, reserve=600)
    heard(bucket, 2, 1.0)
    heard(bucket, 3104, 31.0)
    assert spend(bucket, now=31.1) > 2000
    assert spend(bucket, now=61.0) > 5000
    assert bucket.has(2, 70.0, is_urgent=False) is False, "that was all but the room for others"


def test_a_burst_of_half_the_limit_leaves_nine_tenths_of_it() -> None:
    """Even what came within a moment is planned for with a tenth at most, once the rest is spent."""
    bucket = Bucket(6000, headroom=120)
    heard(bucket, 2, 1.0)
    heard(bucket, 3104, 1.02)
    spent, now = 0, 1.05
    while (charge := take(bucket, 2, now)) is not None:
        spent += 2
        now += 0.001
        bucket.report(charge, 3104 + spent, now)
    assert 5000 <= 3104 + spent <= 5400


def test_whoever_can_wait_leaves_others_what_they_will_use_of_the_minute() -> None:
    """Half the limit at most, and less with every second; urgent requests do not wait for it."""
    bucket = Bucket(6000, headroom=120)
    heard(bucket, 2, 0.1)
    heard(bucket, 1204, 59.9)  # 1,200 of theirs in the minute
    spent = 0
    while (charge := bucket.take(2, 60.5)) is not None:
        bucket.keep(charge, 60.5)
        spent += 2
    assert spent == pytest.approx(6000 - 1200, abs=30)
    assert bucket.has(2, 60.5, is_urgent=True)
    assert bucket.ready_at(60.5) == pytest.approx(61.5), "and it is looked at again each second"
    assert bucket.has(300, 90.0)


def test_an_urgent_request_goes_alone_where_the_pace_of_others_says_that_all_is_spent() -> None:
    """Nothing was heard for half a minute: one finds out, and the rest go by its answer."""
    bucket = Bucket(6000, headroom=120, reserve=600)
    heard(bucket, 2, 1.0)
    heard(bucket, 2404, 20.0)  # 120 a second
    assert not bucket.has(2, 55.0), "others will have used it all by now"
    charge = take(bucket, 2, 55.0)
    assert charge is not None
    assert take(bucket, 2, 55.0) is None, "not two"
    bucket.report(charge, 2406, 55.1)
    assert spend(bucket, now=55.2) > 2000


def test_a_count_that_cannot_be_is_not_believed() -> None:
    """Many times the limit, or below zero: the request stays charged, and nothing else comes of it."""
    bucket = Bucket(6000)
    for used in (18_001, 10**11, -1):
        charge = take(bucket, 2, 5.0)
        assert charge is not None
        assert bucket.report(charge, used, 5.1) == "absurd"
    assert bucket.used(5.1) == 6


def test_a_single_liar_is_found_out_by_the_next_answer() -> None:
    """A count that leaps over the limit, or nearly to it, shuts the window for one round trip only."""
    for lie in (17_000, 5800):
        bucket = Bucket(6000, headroom=120)
        heard(bucket, 2, 5.0)
        heard(bucket, lie, 5.1)
        asking = take(bucket, 2, 5.2)
        assert asking is not None, "one asks"
        if lie > 6000:
            assert take(bucket, 2, 5.2) is None, "and no other"
        assert bucket.report(asking, 6, 5.3) == "fell"
        assert bucket.used(5.3) == 6
        assert spend(bucket, now=5.4) > 5300


def test_what_leaves_in_the_moment_a_lie_comes_finds_it_out() -> None:
    """It reaches the exchange after the lie was told, so its count is the later one."""
    bucket = Bucket(1000, headroom=20)
    heard(bucket, 2900, 5.0)
    asking = take(bucket, 2, 5.01)
    assert asking is not None
    assert bucket.report(asking, 4, 5.02) == "fell"


def test_a_leap_that_the_next_answer_bears_out_is_believed() -> None:
    """Others did use all that: nobody asks twice."""
    bucket = Bucket(6000, headroom=120)
    heard(bucket, 2, 5.0)
    heard(bucket, 6100, 5.1)
    heard(bucket, 6102, 5.2)
    assert take(bucket, 2, 5.3) is None


def test_a_window_said_to_be_full_to_the_brim_is_left_alone() -> None:
    """That can be so, and asking would be one request too many."""
    bucket = Bucket(6000, headroom=120)
    heard(bucket, 2, 5.0)
    heard(bucket, 5990, 5.1)
    assert take(bucket, 2, 5.2) is None


def test_a_high_count_is_given_up_when_three_later_ones_say_less() -> None:
    """Sent well after it came; a count that is merely late changes nothing."""
    bucket = Bucket(6000)
    late = take(bucket, 2, 4.9)
    assert late is not None
    heard(bucket, 4, 5.0)
    heard(bucket, 2000, 5.1)
    bucket.report(late, 2, 5.2)
    heard(bucket, 8, 5.3)
    heard(bucket, 10, 6.0)
    heard(bucket, 12, 6.2)
    heard(bucket, 14, 6.3)
    assert bucket.used(6.4) >= 2000, "three are needed that left a second after it came"
    charge = take(bucket, 2, 6.4)
    assert charge is not None
    assert bucket.report(charge, 16, 6.41) == "fell"
    assert bucket.used(6.5) == 16


def test_what_the_exchange_does_not_charge_is_forgiven() -> None:
    """It counts 3 of all we sent: after a second of silence three ask, and the minute is ours again."""
    bucket = Bucket(6000, headroom=120)
    now, spent = 5.0, 0
    while (charge := take(bucket, 2, now)) is not None:
        bucket.report(charge, 3, now)
        spent += 2
        now += 0.001
    assert spent == 5880, "believed at first: the counters may lag"
    assert now < bucket.ready_at(now) <= now + 1, "somebody may ask then"
    now += 1
    asking = [take(bucket, 2, now) for _ in range(4)]
    assert [charge is None for charge in asking] == [False, False, False, True]
    for charge in filter(None, asking):
        bucket.report(charge, 3, now + 0.01)
    assert spend(bucket, now=now + 0.1) > 5500


def test_counters_that_lag_forgive_nothing() -> None:
    """Whatever they said at first, the answers after a silence count all: nothing is sent beyond the limit."""
    bucket = Bucket(6000, headroom=120)
    now, spent = 5.0, 0
    while (charge := take(bucket, 2, now)) is not None:
        bucket.report(charge, 3, now)
        spent += 2
    now += 1.1
    asking = [take(bucket, 2, now) for _ in range(3)]
    for charge in filter(None, asking):
        spent += 2
        bucket.report(charge, spent, now + 0.01)
    assert take(bucket, 2, now + 0.1) is None
    assert take(bucket, 2, now + 3.0) is None


def test_a_count_that_began_anew_forgives_nothing() -> None:
    """The exchange's minute turned before ours: its counts are low, but they grow by all that is charged."""
    bucket = Bucket(6000, headroom=120)
    now, spent = 5.0, 0
    while spent < 5000 and (charge := take(bucket, 2, now)) is not None:
        spent += 2
        bucket.report(charge, spent, now)
    anew = 0
    for tick in range(2, 40):
        charge = take(bucket, 2, 5.0 + tick)
        if charge is not None:
            anew += 2
            bucket.report(charge, anew, 5.1 + tick)
    assert bucket.used(50.0) >= 5000


def test_a_429_ends_the_forgiving() -> None:
    """What was forgiven was charged after all: our own books are kept to from then on."""
    bucket = Bucket(6000, headroom=120)
    for minute in range(2):
        now = 60.0 * minute + 5.0
        while (charge := take(bucket, 2, now)) is not None:
            bucket.report(charge, 3, now)
        now += 1.1
        asking = [charge for _ in range(3) if (charge := take(bucket, 2, now)) is not None]
        for charge in asking:
            bucket.report(charge, 3, now + 0.01)
        assert bool(asking) is (minute == 0)
        assert bucket.has(2, now + 0.1, is_urgent=True) is (minute == 0)
        bucket.overrun(60.0 * minute + 60.0)


def test_another_limit_counts_at_once() -> None:
    """What is spent stays spent."""
    bucket = Bucket(600)
    assert spend(bucket, now=5.0) == 600
    bucket.set_limit(700)
    assert spend(bucket, now=5.1) == 100


def test_a_closed_bucket_is_looked_at_when_it_opens() -> None:
    """And an open one when its window turns."""
    bucket = Bucket(600)
    assert bucket.ready_at(50.0) == pytest.approx(60.0, abs=1e-5)
    bucket.close(90.0)
    assert bucket.ready_at(50.0) == 90.0


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
