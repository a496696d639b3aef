"""Where a reply that comes in pieces ends, and what of it is too much.

aiohttp's parser keeps silent about a few bytes behind a reply, and bounds neither how many lines a head has
(before 3.13) nor how small chunks are. Bytes behind a reply belong to no request:
whoever kept the connection would hand them to the next.

Pure: counts what came, and reads none of it but the ends of head and body.
"""

from __future__ import annotations

from typing import Final

_HEAD_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
_MAX_HEAD_BYTES: Final = 1 << 16
_MAX_FRAMING: Final = 8
"""Bytes on the wire per byte of a body: the smallest chunks take six."""


class Framing:
    """What has come of one reply."""

    __slots__ = ("_head", "_last", "_received")

    def __init__(self) -> None:
        self._head = b""
        self._last = b""
        self._received = 0

    def add(self, piece: bytes, *, has_head: bool) -> None:
        """Count a piece; ``has_head`` if the head was whole before it."""
        self._received += len(piece)
        self._last = (self._last + piece[-len(_LAST_CHUNK) :])[-len(_LAST_CHUNK) :]
        if not has_head:
            self._head += piece

    @property
    def has_endless_head(self) -> bool:
        """Whether more has come than a head may have, if none is whole yet."""
        return len(self._head) > _MAX_HEAD_BYTES

    def is_too_large(self, body_bytes: int, limit: int) -> bool:
        """Whether the body, of which so much has been read, or what frames it goes beyond its limit."""
        return body_bytes > limit or self._received > _MAX_HEAD_BYTES + _MAX_FRAMING * limit

    def ends_with(self, length: str, *, is_chunked: bool) -> bool:
        """Whether the last byte that came is the last of a reply of this ``Content-Length``, or in chunks."""
        if is_chunked:
            return self._last == _LAST_CHUNK
        head = self._head.find(_HEAD_END) + len(_HEAD_END)
        return length.isdigit() and self._received == head + int(length)
