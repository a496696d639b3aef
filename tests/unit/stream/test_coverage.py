"""What sockets prove, and the gaps between them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.stream.account_events import PRODUCTS
from binance_papi_async.stream.coverage import Coverage, Gap, GapReason


def told(*steps: tuple[str, str, int]) -> Coverage:
    """Coverage after sockets were ``up`` and ``heard``."""
    coverage = Coverage()
    for what, socket, now_ms in steps:
        getattr(coverage, what)(socket, now_ms)
    return coverage


def test_nothing_is_covered_before_a_socket_is_up() -> None:
    """And a gap in nothing begins and ends when its event was lost."""
    coverage = Coverage()
    assert (coverage.since_ms("um"), coverage.until_ms) == (None, None)
    assert coverage.missed(("um",), 50) == Gap(
        since_ms=50, until_ms=50, reason=GapReason.UNDECODABLE, products=("um",)
    )
    assert coverage.since_ms("um") is None


def test_a_socket_covers_from_when_it_was_up_to_what_was_heard_last() -> None:
    """That it stands proves nothing."""
    coverage = told(("up", "a", 100))
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 100)
    coverage.heard("a", 150)
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 150)


def test_a_gap_begins_at_what_was_heard_last() -> None:
    """Not when the loss was noticed: what was sent between is lost, too."""
    coverage = told(("up", "a", 100), ("heard", "a", 150))
    assert coverage.lost("a") == Gap(
        since_ms=150, until_ms=None, reason=GapReason.LOST, products=PRODUCTS
    )
    assert coverage.since_ms("margin") is None
    coverage.up("b", 400)
    assert coverage.since_ms("margin") == 400


def test_time_that_runs_back_proves_no_less() -> None:
    """The exchange's clock is corrected now and then."""
    coverage = told(("up", "a", 100), ("heard", "a", 150), ("heard", "a", 140))
    assert coverage.until_ms == 150


def test_a_second_socket_takes_over() -> None:
    """It was up before the first was heard last: coverage goes on."""
    coverage = told(("up", "a", 100), ("up", "b", 140), ("heard", "a", 150), ("heard", "b", 160))
    assert coverage.lost("a") is None
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 160)
    assert coverage.lost("b") == Gap(since_ms=160, until_ms=None, reason=GapReason.LOST)


def test_a_second_socket_that_came_too_late_leaves_a_gap() -> None:
    """The first was heard last before; between the two nobody told."""
    coverage = told(("up", "a", 100), ("heard", "a", 130), ("up", "b", 140), ("heard", "b", 160))
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 130)  # the first may yet be heard
    assert coverage.lost("a") == Gap(since_ms=130, until_ms=140, reason=GapReason.LOST)
    assert (coverage.since_ms("um"), coverage.until_ms) == (140, 160)


def test_a_first_socket_that_is_heard_late_closes_the_hole() -> None:
    """It told everything all along."""
    coverage = told(("up", "a", 100), ("up", "b", 140), ("heard", "b", 170), ("heard", "a", 150))
    assert coverage.lost("a") is None
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 170)


def test_a_lost_socket_that_proved_less_than_another_leaves_no_gap() -> None:
    """The second fails while the first goes on."""
    coverage = told(("up", "a", 100), ("up", "b", 140), ("heard", "a", 180))
    assert coverage.lost("b") is None
    assert coverage.until_ms == 180


def test_a_suspect_socket_is_believed_up_to_its_last_event() -> None:
    """It answered pings, and told nothing."""
    coverage = told(("up", "a", 100), ("heard", "a", 300), ("up", "b", 290), ("heard", "b", 310))
    gap = coverage.lost("a", reason=GapReason.SUSPECT, proven_ms=200)
    assert gap == Gap(since_ms=200, until_ms=290, reason=GapReason.SUSPECT)
    assert (coverage.since_ms("um"), coverage.until_ms) == (290, 310)


def test_a_suspect_socket_beside_a_good_one_leaves_no_gap() -> None:
    """The other one told what it did not."""
    coverage = told(("up", "a", 100), ("up", "b", 110), ("heard", "b", 300), ("heard", "a", 300))
    assert coverage.lost("a", reason=GapReason.SUSPECT, proven_ms=200) is None
    assert (coverage.since_ms("um"), coverage.until_ms) == (100, 300)


def test_a_socket_may_be_believed_no_longer_than_it_was_heard() -> None:
    """A later moment proves nothing."""
    coverage = told(("up", "a", 100), ("heard", "a", 150))
    gap = coverage.lost("a", reason=GapReason.KEY, proven_ms=900)
    assert gap == Gap(since_ms=150, until_ms=None, reason=GapReason.KEY)


def test_an_event_that_was_lost_ends_the_coverage_of_its_product() -> None:
    """From then on it is covered again; others always were."""
    coverage = told(("up", "a", 100), ("heard", "a", 150))
    assert coverage.missed(["um", "cm"], 200) == Gap(
        since_ms=150, until_ms=200, reason=GapReason.UNDECODABLE, products=("um", "cm")
    )
    assert [coverage.since_ms(product) for product in ("um", "cm", "margin")] == [200, 200, 100]
    coverage.lost("a")
    coverage.up("b", 400)
    assert coverage.since_ms("um") == 400


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15)), min_size=1, max_size=5)


@settings(deadline=None)
@given(SPANS)
def test_gaps_are_what_no_socket_spans(spans: Sequence[tuple[int, int]]) -> None:
    """Sockets that are up, heard and lost in their time: what none spans is in a gap, and nothing else."""
    steps = sorted(
        step
        for name, (begin, length) in enumerate(spans)
        for step in ((begin, 0, name), (begin + length, 1, name), (begin + length, 2, name))
    )
    coverage = Coverage()
    holes: list[tuple[int, int | None]] = []
    for now_ms, what, name in steps:
        if what == 0:
            coverage.up(name, now_ms)
            holes = [(since, now_ms if until is None else until) for since, until in holes]
        elif what == 1:
            coverage.heard(name, now_ms)
        elif (gap := coverage.lost(name)) is not None:
            holes.append((gap.since_ms, gap.until_ms))
    for moment in range(steps[0][0], steps[-1][0]):
        is_spanned = any(begin <= moment < begin + length for begin, length in spans)
        is_missed = any(since <= moment < (until or 99) for since, until in holes)
        assert is_spanned is not is_missed


@pytest.mark.parametrize("reason", GapReason)
def test_a_gap_says_why(reason: GapReason) -> None:
    """In a word that can be written down."""
    assert Gap(since_ms=1, until_ms=2, reason=reason).reason == reason.value
