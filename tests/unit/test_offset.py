"""Which answers are believed about the exchange's clock: liars are outvoted, steps are followed."""

from __future__ import annotations

from math import floor
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from binance_papi_async.clock import Clock
from binance_papi_async.offset import BATCH, PERSISTENCE, VOTES, Offset

TRUTH = 5000.37
"""How far the exchange's clock is ahead, for whom nothing else is said."""


class World:
    """A clock that learns, and the exchange that it learns of."""

    def __init__(self, offset: float = TRUTH) -> None:
        self.now = 100.0
        self.offset = offset
        self.clock = Clock(lambda: self.now)

    def answer(
        self, gap: float, there: float, back: float, *, lie: float = 0.0, is_date: bool = True
    ) -> None:
        """After a gap, a request travels there and its answer back; the answer is off by ``lie``."""
        sent = self.now + gap
        shown = sent + there + self.offset + lie
        self.now = received = sent + there + back
        if is_date:
            self.clock.learn_date(float(floor(shown)), sent=sent, received=received)
        else:
            self.clock.learn(shown, shown, sent=sent, received=received)

    def honest(self, count: int, gap: float = 0.0173) -> None:
        """That many answers, with dates, after 5 ms there and 5 ms back."""
        for _ in range(count):
            self.answer(gap, 0.005, 0.005)

    def error(self) -> float:
        """By how much the clock is wrong."""
        return abs(self.clock.exchange_time() - (self.now + self.offset))

    def opened(self) -> World:
        """After two answers that tell the time to the millisecond, as a client opens."""
        for _ in range(2):
            self.answer(0.0, 0.005, 0.005, is_date=False)
        return self


class Heard(NamedTuple):
    """One answer of a random exchange."""

    gap: float
    there: float
    back: float
    is_date: bool
    lie: float


answers = st.builds(
    Heard,
    gap=st.one_of(st.floats(0, 0.05), st.floats(0, 5)),
    there=st.floats(0, 0.3),
    back=st.floats(0, 0.3),
    is_date=st.booleans(),
    lie=st.one_of(
        st.floats(-2, 2), st.floats(-0.2, 0.2), st.sampled_from([-600.0, 600.0, -0.9, 0.9])
    ),
)


@pytest.mark.parametrize("lie", [-600.0, -1.0, -0.9, -0.05, 0.05, 0.9, 1.0, 600.0])
@pytest.mark.parametrize("is_date", [True, False])
def test_one_liar_in_a_hundred_moves_no_timestamp(lie: float, *, is_date: bool) -> None:
    """Whenever in a second it lies: the timestamp stays within what was said of it before."""
    for phase in range(20):
        world = World().opened()
        world.honest(100 + phase)
        known = world.clock.uncertainty()
        before = world.clock.exchange_time() - world.now
        world.answer(0.05 * phase, 0.005, 0.005, lie=lie, is_date=is_date)
        assert abs(world.clock.exchange_time() - world.now - before) <= known
        assert world.error() <= world.clock.uncertainty()
        world.honest(200)
        assert world.error() <= world.clock.uncertainty() < 0.03
        assert not world.clock.must_relearn()


@pytest.mark.parametrize("step", [-600.0, -2.0, -1.2, 1.2, 2.0, 600.0])
def test_a_step_is_followed_when_three_answers_agree_on_it(step: float) -> None:
    """Two are not enough, but they make the offset less certain, by two seconds at most."""
    world = World().opened()
    world.honest(100)
    world.offset += step
    world.honest(2)
    assert world.error() == pytest.approx(abs(step), abs=0.03)
    assert 0.1 < world.clock.uncertainty() < 2.1
    assert not world.clock.must_relearn()
    world.honest(1)
    assert world.error() <= world.clock.uncertainty() < 1.0
    assert world.clock.must_relearn()


@given(st.floats(-2, 2), st.floats(0, 1), st.integers(0, 30))
def test_every_step_is_followed_within_seconds(step: float, phase: float, lied: int) -> None:
    """Also one of less than a second, which only the answers near a turn of the second show; also past a liar."""
    assume(abs(step) > 0.05)
    world = World(TRUTH + phase).opened()
    world.honest(100)
    world.offset += step
    world.honest(lied)
    world.answer(0.0, 0.005, 0.005, lie=600.0)
    world.honest(240)
    assert world.error() <= world.clock.uncertainty() + 1e-6
    assert world.clock.uncertainty() < 0.06


@given(st.floats(-1e6, 1e6), st.lists(answers, max_size=250), st.integers(0, BATCH))
def test_one_liar_in_each_batch_leaves_the_truth_within_the_uncertainty(
    offset: float, heard: list[Heard], first: int
) -> None:
    """Whatever the delays, the gaps and the lies, whether an answer gives milliseconds or only a date."""
    world = World(offset).opened()
    for place, each in enumerate(heard):
        lie = each.lie if place % BATCH == first else 0.0
        world.answer(each.gap, each.there, each.back, lie=lie, is_date=each.is_date)
        assert world.error() <= world.clock.uncertainty() + 1e-6
        assert not world.clock.must_relearn()


def told(*intervals: tuple[float, float], at: float = 100.0, first: int = 0) -> Offset:
    """An offset that heard these, at one time, one answer after the other."""
    offset = Offset()
    tell(offset, *intervals, at=at, first=first)
    return offset


def tell(
    offset: Offset, *intervals: tuple[float, float], at: float = 100.0, first: int = 10
) -> None:
    """Say these, too."""
    for answer, (low, high) in enumerate(intervals, first):
        offset.learn(low, high, at, answer)


def believed(offset: Offset) -> tuple[float, float]:
    """The interval."""
    assert offset.belief is not None
    return offset.belief.low, offset.belief.high


def test_of_two_answers_only_what_neither_denies_is_denied() -> None:
    """Either may lie, so the offset may lie in either."""
    assert believed(told((0.0, 1.0))) == (0.0, 1.0)
    assert believed(told((0.0, 1.0), (0.5, 1.5))) == (0.0, 1.5)


def test_a_bound_is_believed_once_two_answers_tell_it() -> None:
    """The second moves it, and no further than it goes itself."""
    offset = told((0.0, 1.0), (0.0, 1.0), (0.4, 1.4))
    assert believed(offset) == (0.0, 1.0)
    tell(offset, (0.3, 1.3))
    assert believed(offset) == (0.3, 1.0)
    tell(offset, (0.4, 0.6))
    assert believed(offset) == (0.4, 1.0)
    tell(offset, (-0.3, 0.7))
    assert believed(offset) == (0.4, 0.7)


@pytest.mark.parametrize(("later", "low"), [(BATCH - 1, 0.4), (BATCH, 0.0)])
def test_what_one_answer_alone_claims_is_dropped_with_its_batch(later: int, low: float) -> None:
    """Another liar a batch later does not confirm it."""
    offset = told((0.0, 1.0), (0.0, 1.0), (0.4, 1.4))
    tell(offset, (0.4, 1.4), first=later)
    assert believed(offset) == (low, 1.0)


def test_liars_are_outvoted_by_those_who_cannot_tell_them_from_the_truth() -> None:
    """At one moment of a second a date 0.9 s off contradicts no honest one; but it is seen too rarely for a step."""
    offset = told(*[(0.0, 0.1)] * 3)
    for lie in range(10):
        tell(offset, *[(-1.0, 0.1)] * 49, (-1.0, -0.9), first=50 * lie)
    assert not offset.is_doubted
    assert believed(offset) == (0.0, 0.1)


def test_a_step_is_believed_of_one_answer_in_twenty() -> None:
    """So often does a step of 0.05 s show in the dates of answers that come now and then."""
    offset = told(*[(0.0, 0.1)] * 3)
    for vote in range(3):
        assert not offset.is_doubted
        tell(offset, *[(-1.0, 0.1)] * 19, (-1.0, -0.05), first=20 * vote)
    assert offset.is_doubted
    assert believed(offset) == (-1.0, -0.05)


@pytest.mark.parametrize(("apart", "is_followed"), [(0.019, True), (0.021, False)])
def test_clocks_may_part_by_so_much_and_no_more(apart: float, *, is_followed: bool) -> None:
    """A hundred seconds at 1e-4, either way: that is drift, more is a contradiction."""
    offset = told((0.0, 0.01), (0.0, 0.01))
    tell(offset, (apart, 0.1), at=200.0)
    assert offset.is_contested != is_followed


def test_a_rival_fades_as_well() -> None:
    """Its first answer says less a hundred seconds later; one that contradicts it by less is its own."""
    offset = told((0.0, 0.01), (0.0, 0.01), (0.5, 0.51))
    tell(offset, (0.519, 0.52), at=200.0)
    tell(offset, (0.519, 0.52), at=300.0)
    assert offset.is_doubted


def test_a_rival_is_narrowed_like_any_belief() -> None:
    """No further than two of its answers go."""
    offset = told(*[(0.0, 0.1)] * 3, (0.5, 1.5), (0.7, 1.7), (0.6, 1.6))
    assert offset.is_doubted
    assert believed(offset) == (0.6, 1.6)


def test_a_rival_is_gone_with_an_answer_that_contradicts_it() -> None:
    """Two more of its kind are too few then."""
    offset = told(*[(0.0, 0.1)] * 3, (0.5, 0.6), (0.5, 0.6), (0.0, 0.1), (0.5, 0.6), (0.5, 0.6))
    assert not offset.is_doubted
    tell(offset, (0.5, 0.6))
    assert offset.is_doubted


def test_a_third_opinion_takes_the_place_of_a_rival() -> None:
    """It contradicts both."""
    offset = told(*[(0.0, 0.1)] * 3, (0.5, 0.6), (0.5, 0.6), (2.0, 2.1), (0.5, 0.6), (2.0, 2.1))
    assert not offset.is_doubted
    assert believed(offset) == (0.0, 0.1)


def test_a_step_refuted_is_measured_against_what_was_believed_first() -> None:
    """Two steps in a row that nobody asked about are one question."""
    offset = told(*[(0.0, 0.01)] * 3, *[(0.5, 0.51)] * 3, *[(0.9, 0.91)] * 3)
    assert believed(offset) == (0.9, 0.91)
    offset.forget()
    tell(offset, (0.0, 0.01), (0.0, 0.01))
    tell(offset, *[(0.5, 0.51)] * 3)
    assert not offset.is_doubted


def test_a_step_confirmed_makes_the_next_one_easy_again() -> None:
    """However often it was refuted before."""
    offset = told(*[(0.0, 0.01)] * 3, *[(0.5, 0.51)] * 3)
    for answered, needed in [(0.0, 12), (0.5, 3)]:
        offset.forget()
        tell(offset, *[(answered, answered + 0.01)] * 2)
        other = 0.5 - answered
        tell(offset, *[(other, other + 0.01)] * (needed - 1))
        assert not offset.is_doubted
        tell(offset, (other, other + 0.01))
        assert offset.is_doubted


@given(st.lists(answers, min_size=5, max_size=20))
def test_the_uncertainty_comes_back_to_about_a_round_trip(heard: list[Heard]) -> None:
    """After whatever has happened: two honest answers that tell the time are enough."""
    world = World().opened()
    for each in heard:
        world.answer(each.gap, each.there, each.back, lie=each.lie, is_date=each.is_date)
    world.clock.forget()
    world.opened()
    assert world.error() <= world.clock.uncertainty() + 1e-6
    assert world.clock.uncertainty() <= 0.011
    assert not world.clock.must_relearn()


@pytest.mark.parametrize("lie", [-600.0, -0.9, 0.9, 600.0])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_who_has_forgotten_believes_two_of_three(lie: float, place: int) -> None:
    """Whichever of the first three lies."""
    world = World().opened()
    world.clock.forget()
    assert world.clock.must_relearn()
    assert not world.clock.is_synchronised
    for each in range(3):
        world.answer(0.0, 0.005, 0.005, lie=lie if each == place else 0.0, is_date=False)
        assert world.clock.must_relearn() == (each < 1 or (each < 2 and place < 2))
    assert world.error() <= world.clock.uncertainty() + 1e-6


def test_who_lets_no_answer_by_is_asked_about_less_and_less() -> None:
    """Dates that contradict the exchange's own word again and again need more votes each time."""
    offset = Offset()
    needed = []
    answer = 0
    for _ in range(6):
        offset.forget()
        for _ in range(2):
            offset.learn(0.0, 0.01, 100.0, answer := answer + 1)
        began = answer
        while not offset.is_doubted:
            offset.learn(0.5, 0.51, 100.0, answer := answer + 1)
        needed.append(answer - began)
    assert needed == [3, 12, 48, 192, 768, 768]
    assert needed[1] == VOTES * PERSISTENCE


def test_a_step_that_is_confirmed_leaves_the_next_one_as_easy() -> None:
    """The exchange said itself that its clock has stepped."""
    offset = Offset()
    for low in (0.0, 0.5, 1.0):
        offset.forget()
        for answer in range(2):
            offset.learn(low, low + 0.01, 100.0, answer)
        for answer in range(2, 5):
            assert not offset.is_doubted
            offset.learn(low + 0.5, low + 0.51, 100.0, answer)
        assert offset.is_doubted
