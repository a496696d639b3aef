"""Lines of a file, and what they come to."""

from __future__ import annotations

from typing import Final

import pytest

from binance_papi_async import CancelMarginOrder, Closed, NotSent, Unknown
from binance_papi_async.errors import (
    JournalError,
    LimitedError,
    ReplyTimeoutError,
    UnknownOutcomeError,
)
from binance_papi_async.journal.line import became, forgotten, header, left, sealed
from binance_papi_async.journal.reading import Reading, read

PATH: Final = "/log"
HEAD: Final = header("desk", 1)


def cancel(order_id: int) -> CancelMarginOrder:
    """One of many."""
    return CancelMarginOrder(symbol="LTCBTC", order_id=order_id)


FIRST, SECOND, THIRD = (left(n, 1000 + n, cancel(n)) for n in (1, 2, 3))
ENDED: Final = became(2, 2000, Closed(cancel(2)))
DOUBTED: Final = became(3, 3000, Unknown(cancel(3), ReplyTimeoutError("silence")))
WHOLE: Final = HEAD + FIRST + SECOND + THIRD + ENDED + DOUBTED


def open_orders(reading: Reading) -> list[int]:
    """Which cancels are open."""
    return [
        each.request.order_id or 0
        for each in reading.entries
        if isinstance(each.request, CancelMarginOrder)
    ]


def test_what_has_no_outcome_is_open() -> None:
    """With its request, its time, and what is known of it."""
    reading = read(WHOLE, PATH)
    first, third = reading.entries
    assert (first.number, first.left_at_ms, first.request) == (1, 1001, cancel(1))
    assert type(first.outcome.error) is UnknownOutcomeError
    assert "ended before" in str(first.outcome.error)
    assert first.outcome.error.request == cancel(1)
    assert (third.number, third.left_at_ms, third.request) == (3, 1003, cancel(3))
    assert (type(third.outcome.error), str(third.outcome.error)) == (ReplyTimeoutError, "silence")
    assert (reading.account, reading.next) == ("desk", 4)
    assert (reading.unreadable, reading.spoilt, reading.torn) == ([], [], b"")


def test_an_entry_tells_what_its_line_does() -> None:
    """How sure its time is, and how long it may be under way; None of each that an old line lacks."""
    (old,) = read(HEAD + FIRST, PATH).entries
    assert (old.off_ms, old.recv_window) == (None, None)
    line = left(1, 1001, cancel(1), off_ms=3, recv_window=5000)
    (entry,) = read(HEAD + line, PATH).entries
    assert (entry.off_ms, entry.recv_window) == (3, 5000)


def test_a_doubt_may_end() -> None:
    """Once it is known, it is open no more."""
    reading = read(WHOLE + became(3, 4000, Closed(cancel(3))), PATH)
    assert open_orders(reading) == [1]
    assert reading.doubts == {}


def test_what_is_forgotten_is_open_no_more() -> None:
    """Somebody knows by other means, also of a doubt."""
    reading = read(WHOLE + forgotten(3, 4000) + forgotten(1, 4000), PATH)
    assert open_orders(reading) == []
    assert reading.doubts == {}


def test_what_never_left_is_not_open() -> None:
    """It was written, and then kept back."""
    line = became(1, 2000, NotSent(cancel(1), LimitedError("later")))
    assert open_orders(read(HEAD + FIRST + line, PATH)) == []


def test_numbers_go_on_where_an_older_file_ended() -> None:
    """The first line remembers those that are not there any more."""
    assert read(header("", 201) + FIRST, PATH).next == 201
    assert read(HEAD, PATH).next == 1


def test_a_file_torn_anywhere_is_read_up_to_there() -> None:
    """Whole lines count, be it without their end; what follows them is torn, and nothing is called unreadable."""
    known = {2: [1], 3: [1, 2], 4: [1, 2, 3], 5: [1, 3]}
    for end in range(len(WHOLE)):
        reading = read(WHOLE[:end], PATH)
        is_whole = WHOLE[end : end + 1] == b"\n"
        lines = WHOLE[:end].count(b"\n") + is_whole
        assert open_orders(reading) == known.get(min(lines, 5), [])
        torn = WHOLE[WHOLE.rfind(b"\n", 0, end) + 1 : end]
        assert reading.torn == (b"" if is_whole else torn)
        assert reading.unreadable == []


def test_a_last_line_whose_end_is_spoilt_counts() -> None:
    """What it tells of may have left long ago."""
    reading = read(HEAD + FIRST[:-1] + b"\x0b", PATH)
    assert open_orders(reading) == [1]
    assert reading.torn == b"\x0b"


def test_a_flipped_bit_is_told() -> None:
    """In any byte: what can be read is, and what cannot is named; an end lost leaves open, which is safe."""
    for place in range(len(WHOLE)):
        spoilt = bytearray(WHOLE)
        spoilt[place] ^= 1 << place % 8
        reading = read(bytes(spoilt), PATH)
        line = WHOLE.count(b"\n", 0, place)  # the first is 0, so that a record's is its number
        hurt = {line, line + 1} if WHOLE[place] == ord("\n") else {line}
        assert [each.line for each in reading.unreadable] == [line + 1] or place == len(WHOLE) - 1
        assert reading.torn == (bytes(spoilt[-1:]) if place == len(WHOLE) - 1 else b"")
        is_end_lost = 4 in hurt and 2 not in hurt
        assert set(open_orders(reading)) == {1, 3} - hurt | ({2} if is_end_lost else set())


def test_an_unreadable_line_is_named_and_kept() -> None:
    """Where it stands, what is left of it, and why."""
    spoilt = SECOND.replace(b'"orderId":2', b'"orderId":3')
    reading = read(HEAD + FIRST + spoilt + ENDED, PATH)
    (unreadable,) = reading.unreadable
    assert unreadable.line == 3
    assert unreadable.text == spoilt.decode().removesuffix("\n")
    assert unreadable.reason == "its checksum is wrong"
    assert [line.text for line in reading.spoilt] == [spoilt[:-1]]
    assert open_orders(reading) == [1]


def test_a_line_of_something_else_is_named() -> None:
    """Its checksum is right, and it is no record."""
    (unreadable,) = read(HEAD + sealed({"n": "one"}), PATH).unreadable
    assert "Expected `int`, got `str`" in unreadable.reason


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"endpoint": "POST /papi/v9/gone"}, "KeyError: ('POST', '/papi/v9/gone')"),
        ({"endpoint": "DELETE /papi/v1/margin/order", "symbol": ""}, "ValidationError: "),
        ({"symbol": "LTCBTC"}, "KeyError: 'endpoint'"),
        (7, "AttributeError: "),
    ],
)
def test_a_request_that_cannot_be_made_is_named(told: object, reason: str) -> None:
    """Its endpoint is not declared here, or its parameters are refused by now; it stays open."""
    line = sealed({"n": 1, "time": 5, "left": told})
    reading = read(HEAD + line, PATH)
    (unreadable,) = reading.unreadable
    assert unreadable.line == 2
    assert unreadable.reason.startswith(f"its request cannot be made: {reason}")
    assert reading.entries == []
    assert [each.text for each in reading.left.values()] == [line[:-1]]


def test_a_request_that_cannot_be_made_and_has_ended_is_nobodys_concern() -> None:
    """Only what is open has to be read."""
    line = sealed({"n": 2, "time": 5, "left": {"endpoint": "POST /papi/v9/gone"}})
    assert read(HEAD + line + ENDED, PATH).unreadable == []


def test_a_doubt_about_nothing_is_left_out() -> None:
    """The line about its leaving is unreadable, and named as that."""
    assert read(HEAD + DOUBTED, PATH).doubts == {}


def test_another_version_is_not_read() -> None:
    """The message says what to do."""
    head = sealed({"journal": "binance_papi_async", "version": 2, "account": "", "next": 1})
    with pytest.raises(JournalError) as caught:
        read(head + FIRST, PATH)
    assert str(caught.value) == (
        "the journal /log is of version 2, and this package reads version 1: open it with the package "
        "that wrote it, or move it away once nothing in it is open"
    )
    assert caught.value.path == "/log"


@pytest.mark.parametrize(
    "content", [b"[section]\nkey = 1\n", b"\n", b"notes", b'{"a":1}', HEAD.replace(b"1", b"2")]
)
def test_a_file_of_something_else_is_left_alone(content: bytes) -> None:
    """It is not cut, not written to, and the message names it."""
    with pytest.raises(JournalError, match=r"^/log is no journal, or nothing of it can be read: "):
        read(content, PATH)
