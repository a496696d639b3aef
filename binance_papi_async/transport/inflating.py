"""A compressed body, and never more of it than may be: a few kilobytes inflate to gigabytes.

Pure.
"""

from __future__ import annotations

import zlib
from typing import Final

_WINDOW_BITS: Final = {"gzip": 31, "deflate": 15}
_RAW_DEFLATE: Final = -15
_ZLIB_METHOD: Final = 8
NOT_INFLATED: Final = (EOFError, ValueError, zlib.error)
"""What is wrong with a body: it is cut off or goes on behind its end, is of another encoding, or is broken."""


def inflated(body: bytes, encoding: str, limit: int) -> bytes:
    """What a body of this ``Content-Encoding`` says; if that is beyond the limit, one byte more than it.

    Raises one of ``NOT_INFLATED``.
    """
    bits = _WINDOW_BITS.get(encoding)
    if bits is None:
        raise ValueError(f"{encoding} is not read here")
    if encoding == "deflate" and body and body[0] & 0xF != _ZLIB_METHOD:
        bits = _RAW_DEFLATE  # what many servers mean by it
    inflating = zlib.decompressobj(bits)
    plain = inflating.decompress(body, limit + 1)
    if len(plain) <= limit and body and (not inflating.eof or inflating.unused_data):
        raise EOFError("the body does not end where it says")
    return plain
