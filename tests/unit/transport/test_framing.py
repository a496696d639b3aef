"""Where a reply ends, however it is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_papi_async.transport.framing import Framing

HEAD = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"


def framing_of(data: bytes, cuts: list[int]) -> Framing:
    """A reply that came in pieces."""
    framing = Framing()
    places = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    for begin, end in pairwise(places):
        framing.add(data[begin:end], has_head=b"\r\n\r\n" in data[:begin])
    return framing


cuts = st.lists(st.integers(0, 1000), max_size=6)


@given(st.binary(max_size=20), st.sampled_from([b"", b"\n", b"\r\n", b"more"]), cuts)
def test_a_reply_of_a_length_ends_with_its_last_byte(
    body: bytes, behind: bytes, cuts: list[int]
) -> None:
    """And with none behind it, also where the parser swallows a line end."""
    framing = framing_of(HEAD + body + behind, cuts)
    assert framing.ends_with(str(len(body)), is_chunked=False) == (not behind)


@given(st.sampled_from([b"", b"\n", b"\r\n", b"0\r\n", b"10\r\n\r\n", b"more"]), cuts)
def test_a_reply_in_chunks_ends_with_the_last_chunk(behind: bytes, cuts: list[int]) -> None:
    """Of which the last piece may hold a part only."""
    framing = framing_of(HEAD + b"2\r\n{}\r\n0\r\n\r\n" + behind, cuts)
    assert framing.ends_with("", is_chunked=True) == (not behind)


@pytest.mark.parametrize("length", ["", "+2", "two"])
def test_a_length_that_is_no_number_ends_nowhere(length: str) -> None:
    """What cannot be checked is not trusted."""
    assert not framing_of(HEAD + b"{}", []).ends_with(length, is_chunked=False)


def test_a_head_has_an_end() -> None:
    """64 KiB of lines is no head; a body may be as large."""
    endless, large = Framing(), Framing()
    for _ in range(9):
        endless.add(bytes(1 << 13), has_head=False)
        large.add(bytes(1 << 13), has_head=True)
    assert endless.has_endless_head
    assert not large.has_endless_head


def test_a_body_is_too_large_beyond_its_limit() -> None:
    """Not at it."""
    framing = framing_of(HEAD, [])
    assert not framing.is_too_large(10, 10)
    assert framing.is_too_large(11, 10)


def test_framing_is_too_large_beyond_what_the_smallest_chunks_take() -> None:
    """Chunks may carry extensions without end around a body of nothing."""
    framing = Framing()
    framing.add(bytes((1 << 16) + 8 * 10), has_head=True)
    assert not framing.is_too_large(0, 10)
    framing.add(b"x", has_head=True)
    assert framing.is_too_large(0, 10)
