"""Compressed bodies, whole, broken and far too large."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_papi_async.transport.inflating import NOT_INFLATED, inflated

LIMIT = 1000


def raw_deflate(body: bytes) -> bytes:
    """Deflate without the header that the standard asks for."""
    deflating = zlib.compressobj(wbits=-15)
    return deflating.compress(body) + deflating.flush()


Coder = Callable[[bytes], bytes]
WAYS: dict[str, tuple[str, Coder]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
}
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
@given(body=st.binary(max_size=LIMIT))
def test_what_was_compressed_is_read_again(way: str, body: bytes) -> None:
    """As either of two things that servers mean by deflate, too."""
    encoding, compress = WAYS[way]
    assert inflated(compress(body), encoding, LIMIT) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_empty_body_is_empty(encoding: str) -> None:
    """A 204 may name an encoding and have no body."""
    assert inflated(b"", encoding, LIMIT) == b""


@every_way
def test_a_body_is_inflated_to_one_byte_beyond_its_limit(way: str) -> None:
    """Enough to tell that it is too large, however far it would go."""
    encoding, compress = WAYS[way]
    assert inflated(compress(bytes(LIMIT)), encoding, LIMIT) == bytes(LIMIT)
    assert inflated(compress(bytes(10_000_000)), encoding, LIMIT) == bytes(LIMIT + 1)


@every_way
@pytest.mark.parametrize(
    "spoil", [lambda body: body[:-1], lambda body: body + b"x"], ids=["cut off", "going on"]
)
def test_a_body_that_does_not_end_where_it_says_is_none(way: str, spoil: Coder) -> None:
    """Half a reply must not be read as a whole one."""
    encoding, compress = WAYS[way]
    with pytest.raises(EOFError):
        inflated(spoil(compress(b"body" * 20)), encoding, LIMIT)


@pytest.mark.parametrize(
    ("encoding", "body", "error"),
    [("br", b"body", ValueError), ("gzip", b"body", zlib.error), ("deflate", b"\x07", zlib.error)],
)
def test_a_body_that_cannot_be_inflated_is_an_error(
    encoding: str, body: bytes, error: type[Exception]
) -> None:
    """One of those that callers look for."""
    assert error in NOT_INFLATED
    with pytest.raises(error):
        inflated(body, encoding, LIMIT)
