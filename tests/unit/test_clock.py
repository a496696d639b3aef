"""The exchange's time, learned from answers, on a monotonic clock that the test moves."""

from __future__ import annotations

import time

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
