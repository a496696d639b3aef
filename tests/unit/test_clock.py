"""The exchange's time, learned from answers, on a monotonic clock that the test moves."""

from __future__ import annotations

import time
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_papi_async.clock import Clock
from binance_papi_async.offset import DRIFT


class Monotonic:
    """A monotonic clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Its reading."""
        return self.now


def test_before_the_first_answer_the_system_clock_stands_in() -> None:
    """Something must be said before anything is known."""
    clock = Clock()
    assert not clock.is_synchronised
    assert clock.exchange_time() == pytest.approx(time.time(), abs=1)


def test_a_clock_shows_the_exchanges_time_and_how_sure_of_it_it_is() -> None:
    """Epoch seconds; before anything was learned, that."""
    clock = Clock(Monotonic())
    assert repr(clock).endswith(", not synchronised>")
    clock.learn(5000.0, 5000.0, sent=99.8, received=100.0)
    assert repr(clock) == "<Clock: 5000.100, give or take 0.100 s>"


def test_an_answer_bounds_the_offset_by_its_round_trip() -> None:
    """A time that was read between sending and receiving is half a round trip uncertain."""
    clock = Clock(Monotonic())
    clock.learn(5000.0, 5000.0, sent=99.8, received=100.0)
    assert clock.is_synchronised
    assert clock.exchange_time() == pytest.approx(5000.1)
    assert clock.uncertainty() == pytest.approx(0.1)


def test_when_something_left_is_told_as_it_was_known_then() -> None:
    """A millisecond either way more than the clock is uncertain, and what it may have drifted in ten seconds."""
    clock = Clock(Monotonic())
    clock.learn(5000.0, 5000.0, sent=99.8, received=100.0)
    left = clock.left(110.0)
    assert left == pytest.approx((110.0, 5009.998, 5010.202))
    clock.learn(7000.0, 7000.0, sent=109.8, received=110.0)
    clock.learn(7000.1, 7000.1, sent=109.9, received=110.1)
    assert clock.left(110.0).earliest > 6999, "believed now"
    assert left.latest < 5011, "known then"


def test_a_stamp_says_how_far_off_it_may_be() -> None:
    """A minute while nobody knows; more than a minute off, the exchange takes nothing."""
    clock = Clock(Monotonic())
    assert clock.stamp()[1] == 60_000
    clock.learn(5000.0, 5000.0, sent=99.75, received=100.0)
    assert clock.stamp() == (5_000_125, 125)
    clock.forget()
    assert clock.stamp() == (5_000_125, 60_000)
    clock.learn(5000.0, 5000.0, sent=99.75, received=100.0)
    assert clock.stamp()[1] == 60_000, "one answer may lie"
    clock.learn(5000.0, 5000.0, sent=99.75, received=100.0)
    assert clock.stamp() == (5_000_125, 125)


def test_dates_of_many_answers_intersect_to_about_a_round_trip() -> None:
    """A date is cut to whole seconds, but answers just before and after a second pin it down."""
    monotonic = Monotonic()
    clock, offset = Clock(monotonic), 5000.37
    for step in range(200):
        monotonic.now = sent = 100.0 + step * 0.0173
        monotonic.now = received = sent + 0.01
        date = float(int(sent + 0.005 + offset))
        clock.learn(date, date + 1, sent=sent, received=received)
    assert clock.uncertainty() < 0.03
    assert clock.exchange_time() - monotonic.now == pytest.approx(offset, abs=0.03)


def test_what_was_learned_fades() -> None:
    """Two clocks drift apart, so an old answer says less."""
    monotonic = Monotonic()
    clock = Clock(monotonic)
    clock.learn(5000.0, 5000.0, sent=100.0, received=100.0)
    monotonic.now += 1000
    assert clock.uncertainty() == pytest.approx(1000 * DRIFT)


def test_a_step_of_the_system_clock_moves_no_timestamp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed timestamps follow the monotonic clock."""
    clock = Clock(Monotonic())
    clock.learn(5000.0, 5000.0, sent=100.0, received=100.0)
    monkeypatch.setattr(time, "time", lambda: 10.0)
    assert clock.timestamp_ms() == 5_000_000


@pytest.mark.parametrize("step", [-30.0, -0.2, 0.2, 30.0])
def test_a_step_of_the_exchanges_clock_is_followed(step: float) -> None:
    """Answers that contradict what was known first add uncertainty, and then narrow it down again."""
    clock = Clock(Monotonic())
    clock.learn(5000.0, 5000.0, sent=99.99, received=100.0)
    for _ in range(2):
        clock.learn(5000.0 + step, 5000.0 + step, sent=99.99, received=100.0)
    assert clock.exchange_time() == pytest.approx(5000.0 + step, abs=0.011)
    assert clock.uncertainty() < 0.011


def test_forgetting_believes_only_what_comes_next() -> None:
    """After the exchange called a timestamp wrong, the old offset counts for nothing."""
    clock = Clock(Monotonic())
    clock.learn(5000.0, 5000.0, sent=99.99, received=100.0)
    clock.forget()
    assert not clock.is_synchronised
    clock.learn(9000.0, 9000.0, sent=99.99, received=100.0)
    assert clock.exchange_time() == pytest.approx(9000.005)


class Machine:
    """Two clocks of one machine: one that stands still while it sleeps, and one that does not."""

    def __init__(self) -> None:
        self.monotonic = Monotonic()
        self.ahead = 77.0
        self.interrupted = 0.0
        """How long another thread has its turn before the next reading of the witness."""

    def witness(self) -> float:
        """The one that does not."""
        late, self.interrupted = self.interrupted, 0.0
        return self.monotonic.now + self.ahead + late

    def clock(self) -> Clock:
        """One that knows the exchange's time."""
        clock = Clock(self.monotonic, self.witness)
        agree(clock, 5000.0)
        return clock


def agree(clock: Clock, time: float) -> None:
    """Let two answers tell it that time."""
    for _ in range(2):
        clock.learn(time, time, sent=clock.now(), received=clock.now())


@pytest.mark.parametrize("slept", [0.11, 20.0, 86_400.0, -0.11, -3600.0])
def test_a_suspend_is_noticed_and_ends_with_two_answers_that_agree(slept: float) -> None:
    """A witness that goes back is a system clock that was set: asked about once, and no timestamp is moved."""
    machine = Machine()
    clock = machine.clock()
    assert not clock.must_relearn()
    machine.ahead += slept
    assert clock.must_relearn()
    assert clock.timestamp_ms() == 5_000_000
    clock.forget()
    clock.learn(5020.0, 5020.0, sent=100.0, received=100.0)
    assert clock.must_relearn()
    clock.learn(5020.0, 5020.0, sent=100.0, received=100.0)
    assert not clock.must_relearn()
    assert clock.timestamp_ms() == 5_020_000


def test_a_suspend_while_it_is_relearned_is_noticed_too() -> None:
    """What is learned across it is not believed."""
    machine = Machine()
    clock = machine.clock()
    clock.forget()
    machine.ahead += 20.0
    agree(clock, 5000.0)
    assert clock.must_relearn()


def test_a_moment_that_is_too_short_to_matter_is_no_suspend() -> None:
    """Timestamps may be a second ahead, and seconds behind."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead += 0.09
    assert not clock.must_relearn()


def test_another_threads_turn_is_no_suspend() -> None:
    """Between two clocks that are read one after the other time may pass."""
    machine = Machine()
    clock = machine.clock()
    machine.interrupted = 0.5
    assert not clock.must_relearn()


def test_a_clock_of_the_callers_has_no_witness_unless_it_is_given() -> None:
    """Two clocks that do not belong together say nothing about a suspend."""
    clock = Clock(Monotonic())
    agree(clock, 5000.0)
    clock.now = lambda: 1e9
    assert not clock.must_relearn()


def test_the_systems_clocks_belong_together() -> None:
    """Nothing has happened since it was made."""
    assert not Clock().must_relearn()


@given(st.floats(0, 1), st.lists(st.tuples(st.floats(0, 0.2), st.floats(0, 0.1)), max_size=90))
def test_a_date_says_that_it_was_a_time_in_that_second(
    phase: float, answers: list[tuple[float, float]]
) -> None:
    """Also those that are let pass since they were expected: what is known is the same, but for some drift."""
    monotonic = Monotonic()
    quick, thorough = Clock(monotonic), Clock(monotonic)
    for gap, round_trip in answers:
        sent = monotonic.now + gap
        monotonic.now = received = sent + round_trip
        date = float(floor(sent + round_trip / 2 + phase + 5000))
        quick.learn_date(date, sent=sent, received=received)
        thorough.learn(date, date + 1, sent=sent, received=received)
        assert quick.reading() == pytest.approx(thorough.reading(), abs=5e-4, rel=0)


@given(
    st.floats(-1e6, 1e6),
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 0.5), st.floats(0, 0.5), st.booleans())),
)
def test_the_true_time_always_lies_within_the_uncertainty(
    offset: float, answers: list[tuple[float, float, float, bool]]
) -> None:
    """Whatever the delays, and whether an answer gives milliseconds or only a date."""
    monotonic = Monotonic()
    clock = Clock(monotonic)
    for gap, there, back, is_date in answers:
        sent = monotonic.now + gap
        exchange = sent + there + offset
        monotonic.now = received = sent + there + back
        earliest = exchange // 1 if is_date else exchange
        clock.learn(earliest, earliest + is_date, sent=sent, received=received)
        error = abs(clock.exchange_time() - (monotonic.now + offset))
        assert error <= clock.uncertainty() + 1e-6
