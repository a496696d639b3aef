"""When a socket is pinged, when it is lost, and when the next one is opened."""

from __future__ import annotations

from random import Random

import pytest

from binance_papi_async.stream.lifeline import Do, Pace, Pongs, Pulse, replaced_at

WAIT, PING, READ_FIRST, LOST = Do.WAIT, Do.PING, Do.READ_FIRST, Do.LOST


def answering() -> Pongs:
    """Of a server that has answered before."""
    pongs = Pongs()
    pongs.has_answered = True
    return pongs


def test_a_half_open_socket_is_noticed_in_fifteen_seconds() -> None:
    """Ten without anything, a ping, five more."""
    pulse = Pulse(answering(), 100.0)
    asked = [(at, pulse.due(at)) for at in (109.9, 110.0, 110.1, 114.9, 115.0)]
    assert asked == [(109.9, WAIT), (110.0, PING), (110.1, WAIT), (114.9, WAIT), (115.0, LOST)]


def test_the_next_look_is_told() -> None:
    """So that a timer can be set."""
    pulse = Pulse(answering(), 100.0)
    assert pulse.next_at == 110.0
    pulse.due(110.0)
    assert pulse.next_at == 115.0
    pulse.heard(112.0)
    assert (pulse.next_at, pulse.heard_at) == (122.0, 112.0)


def test_any_frame_proves_that_it_lives() -> None:
    """An event does as well as a pong."""
    pulse = Pulse(answering(), 100.0)
    assert pulse.due(110.0) is PING
    pulse.heard(114.9)
    assert [pulse.due(at) for at in (115.0, 124.8, 124.9)] == [WAIT, WAIT, PING]


def test_a_cancel_in_doubt_pings_at_once_and_waits_two_seconds() -> None:
    """It has no time for fifteen."""
    pulse = Pulse(answering(), 100.0)
    pulse.hurry(103.0)
    assert [pulse.due(at) for at in (103.0, 104.9, 105.0)] == [PING, WAIT, LOST]


def test_a_hurry_shortens_what_was_begun() -> None:
    """A ping was out already, and five seconds would be too long."""
    pulse = Pulse(answering(), 100.0)
    assert pulse.due(110.0) is PING
    pulse.hurry(111.5)
    assert [pulse.due(at) for at in (111.5, 113.4, 113.5)] == [PING, WAIT, LOST]


def test_pings_are_a_second_apart() -> None:
    """However many cancels are in doubt."""
    pulse = Pulse(answering(), 100.0)
    asked = []
    for at in (103.0, 103.1, 103.9, 104.0, 104.1):
        pulse.hurry(at)
        asked.append(pulse.due(at))
    assert asked == [PING, WAIT, WAIT, PING, WAIT]
    assert pulse.due(105.0) is LOST  # two seconds after the first of them


def test_after_a_hurry_patience_is_as_before() -> None:
    """Something was heard."""
    pulse = Pulse(answering(), 100.0)
    pulse.hurry(103.0)
    pulse.due(103.0)
    pulse.answered(103.2)
    assert [pulse.due(at) for at in (113.2, 115.3, 118.2)] == [PING, WAIT, LOST]


@pytest.mark.parametrize(("late", "first"), [(0.5, LOST), (0.51, READ_FIRST)])
def test_a_timer_that_was_held_up_reads_first(late: float, first: Do) -> None:
    """What proves that the peer lives may be waiting: most losses under load are none."""
    pulse = Pulse(answering(), 100.0)
    pulse.due(110.0)
    assert pulse.due(115.0 + late) is first


def test_what_was_held_up_and_reads_nothing_is_lost() -> None:
    """In the next turn."""
    pulse = Pulse(answering(), 100.0)
    assert [pulse.due(at) for at in (110.0, 116.0, 116.0)] == [PING, READ_FIRST, LOST]


def test_what_was_waiting_saves_the_socket() -> None:
    """Read, and judged anew; the next delay is read first again."""
    pulse = Pulse(answering(), 100.0)
    pulse.due(110.0)
    assert pulse.due(120.0) is READ_FIRST
    pulse.heard(120.0)
    assert [pulse.due(at) for at in (120.1, 130.0, 140.0, 140.0)] == [WAIT, PING, READ_FIRST, LOST]


def lose(pongs: Pongs) -> None:
    """A socket on which nothing ever came."""
    pulse = Pulse(pongs, 0.0)
    assert [pulse.due(10.0), pulse.due(15.0)] == [PING, LOST]


def test_a_server_that_never_answers_is_judged_by_its_own_pings() -> None:
    """Else an account on which nothing happens would reconnect for ever."""
    pongs = Pongs()
    seen = []
    for _ in range(2):
        lose(pongs)
        seen.append(pongs.is_mute)
    assert seen == [False, True]
    pulse = Pulse(pongs, 1000.0)
    assert [pulse.due(at) for at in (1010.0, 1199.9)] == [WAIT, WAIT]
    pulse.heard(1180.0)
    assert pulse.next_at == 1380.0
    assert [pulse.due(at) for at in (1379.9, 1380.0)] == [WAIT, LOST]
    assert pongs.mute_sockets == 2


def test_a_server_that_answered_once_is_not_mute() -> None:
    """Whatever is lost later is lost."""
    pongs = answering()
    for _ in range(3):
        lose(pongs)
    assert not pongs.is_mute
    mute = Pongs()
    lose(mute)
    lose(mute)
    Pulse(mute, 0.0).answered(1.0)
    assert not mute.is_mute


class High(Random):
    """Draws the most."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the least is not drawn
        """The most."""
        return b


def test_the_next_socket_is_opened_at_once_then_later_and_later() -> None:
    """Each pause half to whole, and from the beginning once one is up."""
    pace = Pace(High())
    waits = []
    for _ in range(9):
        waits.append(pace.next_at(100.0) - 100.0)
        pace.failed()
    assert waits == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    pace.succeeded()
    assert pace.next_at(100.0) == 100.0


def test_pauses_are_spread() -> None:
    """So that not all processes come back together."""
    pace = Pace(Random(1))
    for _ in range(7):
        pace.failed()
    waits = [pace.next_at(0.0) for _ in range(50)]
    assert min(waits) >= 7.5
    assert max(waits) <= 15.0
    assert len(set(waits)) == 50


def test_the_exchange_says_how_long_to_wait() -> None:
    """A 429 at the handshake has a ``Retry-After``."""
    pace = Pace(High())
    pace.failed()
    assert pace.next_at(100.0, retry_after=7.0) == 107.0
    assert pace.next_at(100.0, retry_after=0.1) == 100.25


def test_at_most_sixty_handshakes_in_five_minutes() -> None:
    """The limit elsewhere is 300 per IP, and others are behind it, too."""
    pace = Pace(High())
    opened = [pace.next_at(float(second)) for second in range(60)]
    assert opened == [float(second) for second in range(60)]
    assert [pace.next_at(60.0), pace.next_at(60.0)] == [300.0, 301.0]
    assert pace.next_at(400.0) == 400.0


def test_a_socket_is_replaced_before_the_exchange_ends_it() -> None:
    """After 23 hours less up to twenty minutes."""
    drawn = [replaced_at(1000.0, Random(seed)) - 1000.0 for seed in range(100)]
    assert min(drawn) >= 22 * 3600 + 40 * 60
    assert max(drawn) <= 23 * 3600
    assert max(drawn) - min(drawn) > 15 * 60
